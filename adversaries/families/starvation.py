"""Backfill that starves the most urgent: volume rank without a reserved head of line.

A thick request of output 1 has the smallest volume and the first place in the queue. If it does
not fit for one step, backfill hands the rest of the memory to longer requests of larger volume,
and it then waits for as long as they run. A short ladder of rising sizes repeats this until
almost all memory is held by long requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
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

_k, _L, _q, _M, _m = (symbol(name) for name in ("k", "length", "q", "memory", "m"))


def _starvation(k: int, length: int, q: int) -> Member:
    """A ladder of k rungs, each with one long request, and k (k - 1) / 2 + k q thick ones after.

    Sizes rise by G = k L, L the length: a_i = 2 k^2 G + i G, and M = k a_k, so no peak exceeds
    M / k. Rung i is k - i of (a_i, 1), taking the prompt as a_i - 1. In step i they leave less
    than a_(i+1), and the long request i, of peak tau_0 = k^2 G or tau_i = a_(i-1) - (k - i) G,
    takes exactly the rest for L steps. After the last rung the memory not promised to long ones
    is a_(k-1) < a_k, so every request of size a_k waits for the first long one to end. From then
    on i + 1 of them fit in step L + i, and k in each step after L + k - 2.

    >>> member = _starvation(k=5, length=600, q=6)
    >>> len(member.instance), member.instance.memory, member.instance.alpha
    (60, 825000, Fraction(1, 5))
    """
    require(min(k, q) >= 1, "k and q must be at least 1")
    require(length >= max(5, k + 2), "length must be at least 5 and k + 2")
    gap = k * length
    sizes = [(2 * k * k + i) * gap for i in range(k + 1)]
    memory = k * sizes[k]
    rest = k * (k - 1) // 2 + k * q
    groups = [(k - i, Request(sizes[i] - 1, 1)) for i in range(k)]
    groups.append((rest, Request(sizes[k] - 1, 1)))
    peaks = [k * k * gap] + [sizes[i - 1] - (k - i) * gap for i in range(1, k)]
    groups += [(1, Request(peak - length, length)) for peak in peaks]
    schedule = [i // k for i in range(k * (k + q))] + [k + q] * k
    parameters = {"k": k, "length": length, "q": q}
    return Member(Instance.from_groups(memory, groups), tuple(schedule), parameters)


def _starvation_costs() -> tuple[Any, Any]:
    i = sympy.symbols("i", integer=True)
    ladder = sympy.summation((_k - i) * (i + 1), (i, 0, _k - 1))
    long = _k * _L + _k * (_k - 1) / 2
    release = sympy.summation((i + 1) * (_L + i + 1), (i, 0, _k - 2))
    steady = _k * (_q * (_L + _k - 1) + _q * (_q + 1) / 2)
    policy = ladder + long + release + steady
    good = _k * (_k + _q) * (_k + _q + 1) / 2 + _k * (_k + _q + _L)
    return policy, good


def _starvation_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    k = copies(alpha)
    for q in counts(max(0, (most - k * (k + 1)) // k)):
        for power in range(3, 21):
            length = 2**power
            if k + 2 <= length and k**3 * (2 * k + 1) * length <= MAX_MEMORY:
                yield {"k": k, "length": length, "q": q}


_policy, _good = _starvation_costs()

BACKFILL_STARVATION = Family(
    name="backfill-starvation",
    policies=("svf", "one-bit-svf", "sjf", "fcfs", "area"),
    admissions=(Admission.BACKFILL,),
    summary="a ladder of thick sizes lets long requests seize the memory rung by rung",
    source="theory.md, section 2, 'Backfill', with one long request per rung",
    parameters=("k", "length", "q"),
    policy_cost=_policy,
    good_cost=_good,
    requests=_k * (_k + _q) + _k,
    construct=_starvation,
    supremum=lambda ratio, alpha: sympy.limit(
        sympy.limit(sympy.cancel(ratio.subs(_k, copies(alpha))), _L, sympy.oo), _q, sympy.oo
    ),
    grid=_starvation_grid,
    ladder=lambda alpha, size: {
        "k": copies(alpha),
        "length": 2 * (copies(alpha) + 2) ** 2 * 4 * size**2,
        "q": 4 * size,
    },
)


def _sqrt(memory: int, m: int) -> Member:
    """(1, 1), then m of (M - 1, 1), and (0, M - 1), which starts at once beside the first.

    >>> _sqrt(memory=6, m=2).instance.requests[-1].volume
    15
    """
    require(memory >= 4 and m >= 1, "memory must be at least 4, m at least 1")
    groups = [(1, Request(1, 1)), (m, Request(memory - 1, 1)), (1, Request(0, memory - 1))]
    schedule = (m, *range(m), m)
    parameters = {"memory": memory, "m": m}
    return Member(Instance.from_groups(memory, groups), schedule, parameters)


def _sqrt_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    if alpha < 1:
        return
    for m in counts(most - 2):
        for power in range(1, 20):
            memory = max(4, 2**power * m)
            if memory <= 10**8:
                yield {"memory": memory, "m": m}


def _sqrt_limit(ratio: Any, alpha: Fraction) -> Any:
    if alpha < 1:
        return None
    return sympy.limit(ratio.subs(_M, _m**2), _m, sympy.oo)


SQRT_BACKFILL = Family(
    name="sqrt-backfill",
    policies=("svf", "one-bit-svf", "sjf", "ljf", "fcfs", "peak", "area"),
    admissions=(Admission.BACKFILL,),
    summary="one token in the way of full-memory requests lets a long one past them",
    source="theory.md, section 2, 'Backfill', alpha = 1",
    parameters=("memory", "m"),
    policy_cost=_M + _m * (_M - 1) + _m * (_m + 1) / 2,
    good_cost=_m * (_m + 1) / 2 + 2 * _m + _M,
    requests=_m + 2,
    construct=_sqrt,
    supremum=_sqrt_limit,
    grid=_sqrt_grid,
    ladder=lambda alpha, size: None if alpha < 1 else {"memory": 16 * size * size, "m": 4 * size},
)
