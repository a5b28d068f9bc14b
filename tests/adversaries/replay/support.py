"""What the tests of the replay share: instances, and whether there is a vLLM to run them on."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest

from adversaries.families import FAMILIES
from theory.policy import LOOK_AHEAD, Policy, named_policy
from theory.request import Instance

needs_vllm = pytest.mark.skipif(
    importlib.util.find_spec("vllm") is None, reason="vLLM is not installed: make vllm"
)
POLICIES = ("svf", "one-bit-svf", "sjf", "fcfs")


def random_instance(rnd: random.Random, most_memory: int = 50, latest: int = 12) -> Instance:
    """Thin and thick requests, many ties, some instances with all arrivals at 0."""
    memory = rnd.randint(8, most_memory)
    largest = rnd.randint(4, memory)
    latest = rnd.choice((0, latest))
    shapes = []
    for _ in range(rnd.randint(3, 25)):
        peak = rnd.randint(1, largest)
        output = rnd.choice((1, peak, rnd.randint(1, peak), rnd.randint(1, peak)))
        shapes.append((peak - output, output, rnd.randint(0, latest)))
    return Instance.of(memory, *shapes)


def random_cases(seed: int, count: int) -> Iterator[tuple[Instance, Policy]]:
    """Random instances, each with a policy and an admission rule, all of them in turn."""
    rnd = random.Random(seed)
    for number in range(count):
        admission = LOOK_AHEAD[number // len(POLICIES) % 2]
        yield random_instance(rnd), named_policy(POLICIES[number % len(POLICIES)], admission)


def family_cases() -> Iterator[tuple[Instance, Policy]]:
    """Members of every family, at three alphas, up to 1,000 requests, with what they attack."""
    for family in FAMILIES.values():
        for alpha in (Fraction(1), Fraction(1, 2), Fraction(1, 3)):
            for size in (1, 2, 3):
                member = family.at(alpha, size)
                if member is None or len(member.instance) > 1000:
                    continue
                instance = member.instance
                if sum(r.prompt for r in instance.requests) > 300_000:
                    continue
                number = size + len(instance)
                name = family.policies[number % len(family.policies)]
                admission = family.admissions[number % len(family.admissions)]
                yield instance, named_policy(name, admission)
