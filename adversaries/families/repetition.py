"""Equal volumes in a bad order, again and again: long and short requests that cannot overlap.

Volume rank sees no difference between a long thin request and a short thick one of the same
volume. Taken in turn, the head of the line is always a thick one that does not fit, so that the
memory empties once per repetition.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from adversaries.families.family import (
    MAX_MEMORY,
    Family,
    Member,
    Parameters,
    counts,
    rational,
    require,
    symbol,
)
from theory.policy import Admission
from theory.request import Instance, Request

MAX_DENOMINATOR = 1000
"""Largest denominator of the peak u/v of a repetition that the searches build."""

_a, _b, _k, _c, _L, _T = (symbol(name) for name in ("a", "b", "k", "c", "length", "rounds"))
_long, _K, _N, _B = _a * _k + 1, _b * _k, (_a + _b) * _c, _b * _c


def _repetition(a: int, b: int, k: int, c: int, u: int, v: int) -> Member:
    """N = (a+b)c times: one (S - 1, 1), then K = bk of (sigma, L), L = ak + 1, all of volume S.

    M = S + K (sigma + 1): the thick one and the K long ones fill the first step, and from the
    second on the next thick one does not fit beside the K, which end together after L steps.
    So a layer takes L steps and about 1 - alpha of the memory. sigma is the least integer with
    S <= (u/v) M and with L + K - 1 long ones side by side, the batches of the good schedule.

    >>> member = _repetition(a=1, b=2, k=2, c=1, u=1, v=2)
    >>> member.instance.memory, member.instance.peak, len(member.instance)
    (66, 30, 15)
    """
    require(min(a, b, k, c) >= 1, "a, b, k and c must be at least 1")
    require(1 <= u <= v, "u/v must lie in (0, 1]")
    length, long = a * k + 1, b * k
    gain = u * long - (v - u) * length
    require(gain > 0, "a is too large for the peak u/v")
    triangle = length * (length + 1) // 2
    sigma = max(
        0,
        (length + long - 1) * length - triangle - long,
        -((u * long - (v - u) * triangle) // gain),
    )
    volume = sigma * length + triangle
    memory = volume + long * (sigma + 1)
    times, batches = (a + b) * c, b * c
    groups = [(1, Request(volume - 1, 1)), (long, Request(sigma, length))] * times
    schedule: list[int] = []
    for repetition in range(times):
        schedule.append(batches * length + repetition)
        first = repetition * long
        schedule += [(first + i) // (length + long - 1) * length for i in range(long)]
    parameters = {"a": a, "b": b, "k": k, "c": c, "u": u, "v": v}
    return Member(Instance.from_groups(memory, groups), tuple(schedule), parameters)


def _parameters(alpha: Fraction, b: int, k: int, c: int, stretch: int = 8) -> Parameters | None:
    """With the largest a such that (a k + 1)(1 - alpha) < alpha b k; at alpha = 1, stretch * b.

    An alpha of large denominator is rounded down: the budget grows with the denominator.
    """
    if alpha.denominator > MAX_DENOMINATOR:
        alpha = Fraction(alpha * MAX_DENOMINATOR // 1, MAX_DENOMINATOR)
    u, v = alpha.numerator, alpha.denominator
    a = stretch * b if u == v else ((u * b * k - 1) // (v - u) - 1) // k
    return {"a": a, "b": b, "k": k, "c": c, "u": u, "v": v} if a >= 1 else None


def _repetition_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    stretches = tuple(2**i for i in range(1, 11)) if alpha == 1 else (1,)
    for b, k, stretch in product(counts(400, finesse=6), counts(60, finesse=4), stretches):
        found = _parameters(alpha, b, k, 1, stretch)
        if found is None or ((found["a"] + b) * k) ** 3 * found["v"] > MAX_MEMORY:
            continue
        each = (found["a"] + b) * (b * k + 1)
        for c in counts(most // each, finesse=3):
            yield {**found, "c": c}


def _repetition_limit(ratio: Any, alpha: Fraction) -> Any:
    steady = sympy.limit(ratio, _c, sympy.oo)
    wide = sympy.limit(steady, _k, sympy.oo)
    if alpha == 1:
        return sympy.limit(wide, _a, sympy.oo)
    return sympy.simplify(wide.subs(_a, _b * rational(alpha / (1 - alpha))))


LONG_SHORT_REPETITION = Family(
    name="long-short-repetition",
    policies=("svf", "fcfs"),
    admissions=(Admission.HEAD_OF_LINE,),
    summary="equal volumes: after each thick request a layer of long ones, no two layers overlap",
    source="theory.md, section 2, 'Below', 1/(1 - alpha), in a synchronous form",
    parameters=("a", "b", "k", "c", "u", "v"),
    policy_cost=_long * _N * (_N - 1) / 2 + _N + _K * _long * _N * (_N + 1) / 2,
    good_cost=(_a + _b) * _k * _long * _B * (_B + 1) / 2 + _N * _B * _long + _N * (_N + 1) / 2,
    requests=_N * (_K + 1),
    construct=_repetition,
    supremum=_repetition_limit,
    grid=_repetition_grid,
    ladder=lambda alpha, size: _parameters(
        alpha, 4 * size * max(1, alpha.denominator // (2 * alpha.numerator)), 2, 1, size
    ),
)


def _alternation(length: int, rounds: int) -> Member:
    """Alternately (0, length) and (M - 1, 1), M = length (length + 1) / 2 the volume of both.

    >>> _alternation(length=3, rounds=2).schedule
    (2, 0, 3, 1)
    """
    require(length >= 2 and rounds >= 1, "length must be at least 2, rounds at least 1")
    memory = length * (length + 1) // 2
    groups = [(1, Request(0, length)), (1, Request(memory - 1, 1))] * rounds
    schedule = [start for i in range(rounds) for start in (rounds + i, i)]
    parameters = {"length": length, "rounds": rounds}
    return Member(Instance.from_groups(memory, groups), tuple(schedule), parameters)


def _alternation_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    if alpha < 1:
        return
    for rounds in counts(most // 2):
        for power in range(11):
            length = max(2, 2**power * rounds // 32)
            if length <= 100_000:
                yield {"length": length, "rounds": rounds}


def _alternation_limit(ratio: Any, alpha: Fraction) -> Any:
    if alpha < 1:
        return None
    return sympy.limit(sympy.limit(ratio, _T, sympy.oo), _L, sympy.oo)


EQUAL_VOLUME_ALTERNATION = Family(
    name="equal-volume-alternation",
    policies=("svf", "fcfs"),
    admissions=(Admission.HEAD_OF_LINE,),
    summary="thin and full-memory requests of one volume in turn: each waits for the one before",
    source="theory.md, section 2, 'Below', alpha = 1, about L/2",
    parameters=("length", "rounds"),
    policy_cost=(_L + 1) * _T**2 + _L * _T,
    good_cost=2 * _T**2 + _L * _T,
    requests=2 * _T,
    construct=_alternation,
    supremum=_alternation_limit,
    grid=_alternation_grid,
    ladder=lambda alpha, size: (
        None if alpha < 1 else {"length": 4 * size, "rounds": 16 * size * size}
    ),
)
