"""Texts for Rocq to evaluate: what the simulator says of small instances.

Each compiles only if Rocq's own evaluation of the policies, proved correct in
``lemmas/rocq/implementation/evaluation.v``, agrees. Numbers are unary there: instances are small.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from lemmas.rocq_refutation import RANKS
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.schedule import cost
from theory.simulator import simulate

HEADER = """From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.behavior Require Import request.
From kvcr.policy Require Import priority ranks.
From kvcr.implementation Require Import evaluation."""


def random_instances(count: int, seed: int = 0) -> Iterator[Instance]:
    """Small bursts, thin and long, thick and short, or anything between."""
    draw = random.Random(seed)
    for _ in range(count):
        memory = draw.randint(1, 30)
        cap = draw.randint(1, memory)
        requests = []
        for _ in range(draw.randint(1, 8)):
            peak = draw.choice((cap, draw.randint(1, cap)))
            output = draw.choice((1, peak, draw.randint(1, peak)))
            requests.append(Request(peak - output, output))
        yield Instance(memory, tuple(requests))


def request_list(instance: Instance) -> str:
    """The requests as a list in Rocq.

    >>> request_list(Instance.of(12, (4, 8), (0, 9)))
    '[:: (4, 8); (0, 9)]'
    """
    return _list(f"({r.prompt}, {r.output})" for r in instance.requests)


def agreement(
    instances: Iterable[Instance], policies: Iterable[str] = ("svf", "sjf", "fcfs")
) -> str:
    """A text that compiles if Rocq gives the starts and costs that the simulator gives."""
    parts = [HEADER]
    kept = list(instances)
    for name in policies:
        cases = []
        for instance in kept:
            starts = simulate(instance, named_policy(name))
            said = f"{_list(map(str, starts))}, {cost(instance, starts)}"
            cases.append(f"({instance.memory}, {request_list(instance)}, {said})")
        parts.append(
            f"Definition {name}_cases : seq (nat * seq request * seq nat * nat) :=\n"
            f"{_list(cases)}.\n"
            f"Lemma {name}_agrees : all (agrees {RANKS[name]}) {name}_cases.\n"
            "Proof. by vm_compute. Qed."
        )
    return "\n".join(parts) + "\n"


def _list(items: Iterable[str]) -> str:
    return f"[:: {'; '.join(items)}]"
