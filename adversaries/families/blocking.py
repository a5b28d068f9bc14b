"""One long request, or one batch of them, that keeps many short ones waiting.

The short requests need so much memory that none fits beside the long ones, and the policy's
rank puts the long ones first. Every short one then waits for the whole length of a long one,
where it could have gone ahead at the price of a few steps for the long ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isqrt
from typing import Any

import sympy

from adversaries.families.family import (
    MAX_MEMORY,
    Family,
    Member,
    Parameters,
    copies,
    counts,
    require,
    symbol,
)
from theory.policy import Admission
from theory.request import Instance, Request

BOTH = (Admission.HEAD_OF_LINE, Admission.BACKFILL)

_k, _q, _r, _m, _L = (symbol(name) for name in ("k", "q", "r", "m", "length"))


def _thin(m: int, length: int) -> Member:
    """One (0, length), then m of (M - 1, 1), M just above the volume of the first.

    >>> _thin(m=2, length=3).instance.groups()
    [(1, Request(prompt=0, output=3, arrival=0, predicted=None)), \
(2, Request(prompt=6, output=1, arrival=0, predicted=None))]
    """
    require(m >= 1 and length >= 2, "m must be at least 1, length at least 2")
    memory = length * (length + 1) // 2 + 1
    groups = [(1, Request(0, length)), (m, Request(memory - 1, 1))]
    instance = Instance.from_groups(memory, groups)
    return Member(instance, (m, *range(m)), {"m": m, "length": length})


def _thin_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    if alpha < 1:
        return
    longest = isqrt(2 * MAX_MEMORY) - 2
    for m in counts(most - 1):
        for power in range(1, 20):
            length = 2**power * m
            if length <= longest:
                yield {"m": m, "length": length}


def _thin_limit(ratio: Any, alpha: Fraction) -> Any:
    if alpha < 1:
        return None
    return sympy.limit(ratio.subs(_L, _m**2), _m, sympy.oo)


THIN_BLOCKS_THICK = Family(
    name="thin-blocks-thick",
    policies=("svf", "one-bit-svf", "ljf", "fcfs", "peak", "area"),
    admissions=BOTH,
    summary="one thin long request goes first and no request as thick as the memory fits beside it",
    source="theory.md, section 2, 'Below', alpha = 1 without ties",
    parameters=("m", "length"),
    policy_cost=_L + _m * _L + _m * (_m + 1) / 2,
    good_cost=_m * (_m + 1) / 2 + _m + _L,
    requests=_m + 1,
    construct=_thin,
    supremum=_thin_limit,
    grid=_thin_grid,
    ladder=lambda alpha, size: None if alpha < 1 else {"m": 4 * size, "length": 16 * size * size},
)


def _solid(k: int, length: int, q: int, r: int = 1) -> tuple[Instance, tuple[int, ...]]:
    """First k of (P-1-length, length), then k*q of (P-r, r), M = k*P, P = k*length + r.

    The k long ones leave less than P - r free from their first step on. Their peak is P - 1.
    """
    require(k >= 1 and q >= 1 and r >= 1, "k, q and r must be at least 1")
    require(length > r, "length must exceed r")
    peak = k * length + r
    groups = [(k, Request(peak - 1 - length, length)), (k * q, Request(peak - r, r))]
    schedule = [r * q] * k + [r * batch for batch in range(q) for _ in range(k)]
    return Instance.from_groups(k * peak, groups), tuple(schedule)


def _solid_block(k: int, length: int, q: int) -> Member:
    instance, schedule = _solid(k, length, q)
    return Member(instance, schedule, {"k": k, "length": length, "q": q})


def _solid_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    k = copies(alpha)
    for q in counts(max(0, most // k - 1)):
        for power in range(1, 16):
            length = 2**power * q
            if k * k * length < MAX_MEMORY // 2 and length <= 2_000_000:
                yield {"k": k, "length": length, "q": q}


SOLID_BLOCK = Family(
    name="solid-block",
    policies=("fcfs", "ljf", "peak"),
    admissions=BOTH,
    summary="k long requests of large prompt leave too little room for thick short ones",
    source="derived here; sharpens the fcfs and peak rows of theory.md, section 3",
    parameters=("k", "length", "q"),
    policy_cost=_k * (_L + _q * _L + _q * (_q + 1) / 2),
    good_cost=_k * (_q * (_q + 1) / 2 + _q + _L),
    requests=_k * (_q + 1),
    construct=_solid_block,
    supremum=lambda ratio, alpha: sympy.limit(ratio.subs(_L, _q**2), _q, sympy.oo),
    grid=_solid_grid,
    ladder=lambda alpha, size: {"k": copies(alpha), "length": 16 * size * size, "q": 4 * size},
)


def _one_bit(k: int, q: int, r: int) -> Member:
    require(r >= 2, "r must be at least 2")
    instance, schedule = _solid(k, r * r - 1, q, r)
    return Member(instance, schedule, {"k": k, "q": q, "r": r})


def _one_bit_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    k = copies(alpha)
    for q in counts(max(0, most // k - 1)):
        for r in counts(1400, least=2):
            if k * k * r * r < MAX_MEMORY // 2:
                yield {"k": k, "q": q, "r": r}


_long = _r**2 - 1

ONE_BIT_BLOCK = Family(
    name="one-bit-block",
    policies=("one-bit-svf", "fcfs", "ljf", "peak"),
    admissions=BOTH,
    summary="lengths r^2 - 1 and r share a class, so the smaller prompt of the long ones decides",
    source="derived here; theory.md, section 3, Omega(sqrt T) for one bit",
    parameters=("k", "q", "r"),
    policy_cost=_k * (_long + _q * _long + _r * _q * (_q + 1) / 2),
    good_cost=_k * (_r * _q * (_q + 1) / 2 + _r * _q + _long),
    requests=_k * (_q + 1),
    construct=_one_bit,
    supremum=lambda ratio, alpha: sympy.limit(ratio.subs(_r, _q**2), _q, sympy.oo),
    grid=_one_bit_grid,
    ladder=lambda alpha, size: {"k": copies(alpha), "q": 2 * size, "r": 4 * size * size},
)
