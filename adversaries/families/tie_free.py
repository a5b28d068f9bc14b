"""The long and short repetition without ties: the policy has no choice, and is still that bad.

Repetition r has one thick request of volume S_r - 1 and k long ones of volume S_r, where S_r
rises by the length from one repetition to the next: the volume order is strict, but for the k
identical long ones. The budget is one token short of a thick request beside k long ones in their
first step. So k - 1 long ones start with the thick one, the last one a step later, and the next
thick one waits until they end. One more long one is late in each repetition; when all k are, the
next thick request waits a step longer and the cycle begins anew: k repetitions take k L + 1 steps.
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
    copies,
    counts,
    rational,
    require,
    symbol,
)
from theory.policy import Admission
from theory.request import Instance, Request

_k, _L, _C, _B = (symbol(name) for name in ("k", "length", "cycles", "batches"))
_wide, _times = _L + _k - 1, _k * _C


def _tie_free(k: int, length: int, cycles: int, batches: int, u: int, v: int) -> Member:
    """R = k cycles repetitions; the good schedule runs the long ones, then the thick ones.

    Its batches are of length + k - 1 long ones, the last perhaps smaller. sigma, the least
    prompt of a long one, is the least for which every batch fits, k - 1 long ones fit beside
    the last thick one, and no peak exceeds (u/v) M.

    >>> volumes = [r.volume for r in _tie_free(2, 3, 1, 1, 3, 4).instance.requests]
    >>> volumes == sorted(volumes), len(set(volumes))
    (True, 4)
    """
    require(min(k, cycles, batches) >= 1, "k, cycles and batches must be at least 1")
    require(length >= 2, "length must be at least 2")
    require(1 <= u <= v, "u/v must lie in (0, 1]")
    wide, times = length + k - 1, k * cycles
    require(
        wide * (batches - 1) < k * times <= wide * batches,
        "batches must be k k cycles / (length + k - 1), rounded up",
    )
    gain = u * k - (v - u) * length
    require(gain > 0, "length is too large for the peak u/v")
    triangle = length * (length + 1) // 2
    rise = times - 1
    sigma = max(
        rise * wide + (k - 1) * (length - 1),
        wide * (rise + length) - triangle + 2 - k,
        -(-((v - u) * (triangle - 1) + v * rise * length - u * (k - 1)) // gain),
    )
    groups: list[tuple[int, Request]] = []
    schedule: list[int] = []
    for r in range(times):
        thick = (sigma + r) * length + triangle - 1
        groups += [(1, Request(thick - 1, 1)), (k, Request(sigma + r, length))]
        schedule.append(batches * length + r)
        schedule += [(r * k + i) // wide * length for i in range(k)]
    memory = sigma * length + triangle - 1 + k * (sigma + 1) - 1
    parameters = {"k": k, "length": length, "cycles": cycles, "batches": batches, "u": u, "v": v}
    return Member(Instance.from_groups(memory, groups), tuple(schedule), parameters)


def _costs() -> tuple[Any, Any]:
    c, i = sympy.symbols("c i", integer=True)
    start = c * (_k * _L + 1) + i * _L
    repetition = start + 1 + _k * (start + _L) + i + 1  # i + 1 of the k long ones end a step late
    policy = sympy.summation(sympy.expand(repetition), (i, 0, _k - 1), (c, 0, _C - 1))
    full = _L * (_k * _times * _B - _wide * _B * (_B - 1) / 2)
    good = full + _times * _B * _L + _times * (_times + 1) / 2
    return policy, good


def _parameters(alpha: Fraction, k: int, cycles: int, stretch: int) -> Parameters | None:
    """With the largest length such that length (1 - alpha) < alpha k; at alpha = 1, stretch k."""
    u, v = alpha.numerator, alpha.denominator
    length = stretch * k if u == v else (u * k - 1) // (v - u)
    if length < 2:
        return None
    batches = -(-k * k * cycles // (length + k - 1))
    return {"k": k, "length": length, "cycles": cycles, "batches": batches, "u": u, "v": v}


def _ladder(alpha: Fraction, size: int) -> Parameters | None:
    k = 4 * size * copies(alpha)
    found = _parameters(alpha, k, 1, 4 * size)
    return found and _parameters(alpha, k, 16 * size * (found["length"] + k) // k**2 + 1, 4 * size)


def _grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    stretches = tuple(2**i for i in range(2, 11)) if alpha == 1 else (1,)
    for k, stretch in product(counts(200), stretches):
        for cycles in counts(most // (k * (k + 1)), finesse=8):
            found = _parameters(alpha, k, cycles, stretch)
            if found is None:
                break
            width, times = found["length"] + k, k * cycles
            if 2 * width**2 * (width + times) * alpha.denominator > MAX_MEMORY:
                break
            yield found


def _limit(ratio: Any, alpha: Fraction) -> Any:
    c = symbol("c")
    full = sympy.cancel(ratio.subs({_C: _wide * c, _B: _k**2 * c}))  # no batch is half empty
    steady = sympy.limit(full, c, sympy.oo)
    if alpha == 1:
        return sympy.limit(steady.subs(_k, 1), _L, sympy.oo)
    shaped = sympy.cancel(steady.subs(_L, _k * rational(alpha / (1 - alpha))))
    return sympy.limit(shaped, _k, sympy.oo)


_policy, _good = _costs()

TIE_FREE_REPETITION = Family(
    name="tie-free-repetition",
    policies=("svf", "fcfs"),
    admissions=(Admission.HEAD_OF_LINE,),
    summary="volumes rise strictly; k long requests, one of them late, hold up each thick one",
    source="theory.md, section 2, 'Below', 1/(1 - alpha) without ties",
    parameters=("k", "length", "cycles", "batches", "u", "v"),
    policy_cost=_policy,
    good_cost=_good,
    requests=_times * (_k + 1),
    construct=_tie_free,
    supremum=_limit,
    grid=_grid,
    ladder=_ladder,
)
