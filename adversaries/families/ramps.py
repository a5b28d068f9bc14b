"""Requests of no prompt, (0, P): cheap to start, expensive to finish all at once.

Started together, k of them reach the budget k P in the same step and hold half of it on
average; nothing else long can start before they end.
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
from theory.policy import POLICIES, Admission
from theory.request import Instance, Request

_m, _k, _e, _c, _q = (symbol(name) for name in ("m", "k", "e", "c", "q"))


def _identical(m: int, c: int) -> Member:
    """In all m c of (0, 2m - 1), M = m (2m - 1): started one a step, they hold exactly M.

    2m - 1 run at once, at 1, 2, ..., 2m - 1 tokens. A policy has no choice but to start m at
    once and wait.

    >>> _identical(m=2, c=2).schedule
    (0, 1, 2, 3)
    """
    require(m >= 1 and c >= 1, "m and c must be at least 1")
    length = 2 * m - 1
    instance = Instance.from_groups(m * length, [(m * c, Request(0, length))])
    return Member(instance, tuple(range(m * c)), {"m": m, "c": c})


def _identical_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    for m in counts(1000, least=copies(alpha), finesse=8):
        for c in counts(most // m, finesse=8):
            yield {"m": m, "c": c}


IDENTICAL_RAMPS = Family(
    name="identical-ramps",
    policies=tuple(POLICIES),
    admissions=(Admission.HEAD_OF_LINE, Admission.BACKFILL),
    summary="identical promptless requests, started in batches where a steady stagger fits",
    source="theory.md, section 2, 'Below', 2 - 1/m",
    parameters=("m", "c"),
    policy_cost=_m * (2 * _m - 1) * _c * (_c + 1) / 2,
    good_cost=_m * _c * (_m * _c - 1) / 2 + _m * _c * (2 * _m - 1),
    requests=_m * _c,
    construct=_identical,
    supremum=lambda ratio, alpha: sympy.limit(sympy.limit(ratio, _c, sympy.oo), _m, sympy.oo),
    grid=_identical_grid,
    ladder=lambda alpha, size: {"m": copies(alpha) - 1 + 2 * size, "c": 32 * size},
)


def _queue(k: int, e: int, c: int, q: int) -> Member:
    """First k c of (0, P), then k Q of (P - 1, 1), P = 2 e k, M = k P, Q = e (k - 1) + q.

    The (0, P) run in c batches of k. Nothing starts behind the head of the line until the last
    batch has; while that grows, k - i thick ones fit in each step of its i-th stretch of 2 e.

    >>> _queue(k=1, e=1, c=1, q=2).schedule
    (2, 0, 1)
    """
    require(min(k, e, c, q) >= 1, "k, e, c and q must be at least 1")
    peak, steps = 2 * e * k, e * (k - 1) + q
    groups = [(k * c, Request(0, peak)), (k * steps, Request(peak - 1, 1))]
    schedule = [steps + i // k * peak for i in range(k * c)] + [i // k for i in range(k * steps)]
    parameters = {"k": k, "e": e, "c": c, "q": q}
    return Member(Instance.from_groups(k * peak, groups), tuple(schedule), parameters)


def _queue_costs() -> tuple[Any, Any]:
    i, t = sympy.symbols("i t", integer=True)
    peak, steps = 2 * _e * _k, _e * (_k - 1) + _q
    beside = sympy.summation(
        sympy.expand((_k - i) * sympy.summation(t, (t, 2 * _e * (i - 1) + 1, 2 * _e * i))),
        (i, 1, _k),
    )
    policy = (
        _k * peak * _c * (_c + 1) / 2
        + (_c - 1) * peak * _k * _e * (_k - 1)
        + beside
        + _k * (_q * _c * peak + _q * (_q + 1) / 2)
    )
    good = _k * (steps * (steps + 1) / 2 + _c * steps + peak * _c * (_c + 1) / 2)
    return policy, good


def _queue_grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    k = copies(alpha)
    for c in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64):
        for e in counts(4000, finesse=4):
            if 2 * e * k * k > MAX_MEMORY:
                break
            for q in counts(most // k - c - e * (k - 1), finesse=3):
                yield {"k": k, "e": e, "c": c, "q": q}


def _queue_limit(ratio: Any, alpha: Fraction) -> Any:
    y = symbol("y")
    shaped = sympy.cancel(ratio.subs({_k: copies(alpha), _q: _c * y, _e: y**2}))
    return sympy.limit(sympy.limit(shaped, _c, sympy.oo), y, sympy.oo)


_policy, _good = _queue_costs()

RAMP_QUEUE = Family(
    name="ramp-queue",
    policies=("area", "fcfs", "ljf", "peak"),
    admissions=(Admission.HEAD_OF_LINE,),
    summary="promptless requests, of area s*o = 0, all go before many short thick ones",
    source="theory.md, section 3, fcfs row, with thick short requests",
    parameters=("k", "e", "c", "q"),
    policy_cost=_policy,
    good_cost=_good,
    requests=_k * (_c + _e * (_k - 1) + _q),
    construct=_queue,
    supremum=_queue_limit,
    grid=_queue_grid,
    ladder=lambda alpha, size: {
        "k": copies(alpha),
        "e": 4 * size**2,
        "c": 4 * size**2,
        "q": 8 * size**3,
    },
)
