"""Texts for Rocq to evaluate: what the simulator says, and counterexamples.

Each compiles only if Rocq's own evaluation of the policies, proved correct in
``lemmas/rocq/implementation/evaluation.v``, agrees. Numbers are unary there: instances are small.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.schedule import cost
from theory.simulator import simulate

RANKS = {"svf": "svf", "sjf": "sjf", "fcfs": "fcfs", "peak": "smallest_peak"}
"""Policies that the development knows, and what it calls their ranks."""
MAX_MEMORY = 2000
"""Largest budget that is evaluated, in tokens."""
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


def refutation(
    instance: Instance, policy: str, alpha: Fraction, bound: Fraction, starts: Sequence[int]
) -> str:
    """A text that compiles if the schedule ``starts`` shows that the policy costs more.

    It proves that the policy (head-of-line, burst, ties by position) is not ``bound``-competitive
    on requests with peaks up to ``alpha`` times the memory. Raises InputError for a policy that
    the development does not know, for arrivals, and for a budget above ``MAX_MEMORY``.

    >>> long_first = Instance.of(10, (0, 4), (9, 1), (9, 1), (9, 1))
    >>> text = refutation(long_first, "svf", Fraction(1), Fraction(3, 2), (3, 0, 1, 2))
    >>> print(text.splitlines()[-2])
    Proof. by apply: (@refutes_competitive svf 1 1 3 2 10 requests starts); vm_compute. Qed.
    """
    if policy not in RANKS:
        raise InputError(f"policy: Rocq knows {', '.join(RANKS)}, not {policy!r:.60}")
    if not instance.is_burst:
        raise InputError("requests: Rocq evaluates bursts only")
    if instance.memory > MAX_MEMORY:
        raise InputError(f"memory: Rocq evaluates up to {MAX_MEMORY} tokens, got {instance.memory}")
    a, b, n, d = alpha.numerator, alpha.denominator, bound.numerator, bound.denominator
    return "\n".join(
        (
            HEADER,
            f"Definition requests := {request_list(instance)}.",
            f"Definition starts := {_list(map(str, starts))}.",
            f"Theorem refuted : ~ competitive {RANKS[policy]} ({a}%:R / {b}%:R) ({n}%:R / {d}%:R).",
            f"Proof. by apply: (@refutes_competitive {RANKS[policy]} {a} {b} {n} {d} "
            f"{instance.memory} requests starts); vm_compute. Qed.",
            "Print Assumptions refuted.",
        )
    )


def _list(items: Iterable[str]) -> str:
    return f"[:: {'; '.join(items)}]"
