"""The worst ratio of a class of bursts, by looking at every one of them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import isfinite

from theory.errors import InputError
from theory.exhaustion.result import ExhaustionError, Worst, audit
from theory.exhaustion.search import Search
from theory.exhaustion.shapes import MAX_MEMORY, MAX_REQUESTS, Shapes, instances
from theory.policy import LOOK_AHEAD, Admission
from theory.schedule import cost

ONE = Fraction(1)
MAX_BOUND = 10**9
"""Largest numerator or denominator of a bound; products with costs stay below 2^62."""


def worst(
    policy: str,
    admission: Admission | str,
    requests: int,
    memory: int,
    alpha: Fraction = ONE,
    bound: Fraction | None = None,
    time_limit: float | None = None,
    workers: int | None = None,
) -> Worst:
    """The largest ratio of the policy over all bursts of exactly ``requests`` requests.

    Every burst is looked at, under every order of ties (:func:`theory.simulator.tie_orders`).
    With a ``bound``, only instances that exceed it are sought, and the search may end at the
    first. After ``time_limit`` seconds it stops and says what it has. ``workers`` threads, one
    per processor if None. Raises InputError for a class out of range
    (:mod:`theory.exhaustion.shapes`); :func:`instances` tells how large a class is.

    >>> found = worst("svf", "head-of-line", 3, 12)
    >>> print(found)
    svf head-of-line, bursts of 3 requests, M = 12, peaks at most M: worst ratio exactly 25/14
    >>> [(r.prompt, r.output) for r in found.instance.requests]
    [(0, 6), (9, 2), (5, 3)]
    >>> worst("svf", "head-of-line", 4, 9, bound=Fraction(2)).at_most
    Fraction(2, 1)
    """
    _check(requests, memory, [alpha], bound)
    least, deadline = max(ONE, bound or ONE), _deadline(time_limit)
    first = bound is not None
    return _search(policy, admission, requests, memory, [alpha], least, first, deadline, workers)[0]


def worst_by_alpha(
    policy: str,
    admission: Admission | str,
    requests: int,
    memory: int,
    alphas: Sequence[Fraction],
    time_limit: float | None = None,
    workers: int | None = None,
) -> tuple[Worst, ...]:
    """:func:`worst` for each of several ascending ``alphas``, from one search.

    >>> found = worst_by_alpha("svf", "backfill", 3, 9, (Fraction(1, 3), Fraction(1)))
    >>> [str(each.at_least) for each in found]
    ['1', '5/3']
    """
    _check(requests, memory, alphas, None)
    deadline = _deadline(time_limit)
    return _search(policy, admission, requests, memory, alphas, ONE, False, deadline, workers)


def worst_up_to(
    policy: str,
    admission: Admission | str,
    requests: int,
    memory: int,
    alpha: Fraction = ONE,
    bound: Fraction | None = None,
    time_limit: float | None = None,
    workers: int | None = None,
) -> Worst:
    """:func:`worst` over 1 to ``requests`` requests and budgets from 1 to ``memory``.

    >>> found = worst_up_to("sjf", "head-of-line", 3, 6)
    >>> found.at_least, found.is_exact, len(found.instance), found.instance.memory
    (Fraction(3, 2), True, 3, 2)
    """
    begin = time.monotonic()
    _check(requests, memory, [alpha], bound)
    first, deadline = bound is not None, _deadline(time_limit)
    budgets = [m for m in range(1, memory + 1) if alpha * m >= 1]
    cells = [(n, m) for n in range(1, requests + 1) for m in budgets]
    least = max(ONE, bound or ONE)
    found: list[Worst] = []
    for n, m in cells:  # each looks only for what exceeds all before
        found += _search(policy, admission, n, m, [alpha], least, first, deadline, workers)
        least = max(least, found[-1].at_least)
        if found[-1].at_most is None:
            break
    most = [each.at_most for each in found if each.at_most is not None]
    return replace(
        max(found, key=lambda each: each.at_least),
        requests=range(1, requests + 1),
        memory=range(budgets[0], memory + 1),
        at_most=max(most) if len(most) == len(cells) else None,
        instances=sum(instances(n, m, alpha) for n, m in cells),
        seconds=time.monotonic() - begin,
    )


def _search(
    policy: str,
    admission: Admission | str,
    requests: int,
    memory: int,
    alphas: Sequence[Fraction],
    least: Fraction,
    first: bool,
    deadline: float | None,
    workers: int | None,
) -> tuple[Worst, ...]:
    """Each alpha's worst ratio above ``least``; with ``first``, some ratio above it."""
    begin = time.monotonic()
    if admission not in LOOK_AHEAD:
        raise InputError(f"admission must be one of {', '.join(LOOK_AHEAD)}, got {admission!r:.40}")
    admission = Admission(admission)
    shapes = Shapes.of(policy, memory, alphas)
    search = Search(policy, admission, shapes, requests, memory, len(alphas), least)
    search.run(deadline, first, workers or os.cpu_count() or 1)
    if search.complete and search.seen != shapes.orders(requests):
        raise ExhaustionError(f"{search.seen} orders seen of {shapes.orders(requests)}")
    found = []
    for row, alpha in enumerate(alphas):
        instance, starts, good = search.witness(row)
        ratio = Fraction(cost(instance, starts), cost(instance, good))
        found.append(
            Worst(
                policy,
                admission,
                range(requests, requests + 1),
                range(memory, memory + 1),
                Fraction(alpha),
                ratio,
                max(ratio, least) if search.complete else None,
                instance,
                starts,
                good,
                instances(requests, memory, alpha),
                time.monotonic() - begin,
            )
        )
        audit(found[-1])
    return tuple(found)


def _check(requests: int, memory: int, alphas: Sequence[Fraction], bound: Fraction | None) -> None:
    for name, number, largest in (
        ("requests", requests, MAX_REQUESTS),
        ("memory", memory, MAX_MEMORY),
    ):
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= largest:
            raise InputError(f"{name} must be an integer in [1, {largest}], got {number!r:.40}")
    if not alphas or any(not isinstance(a, (Fraction, int)) or not 0 < a <= 1 for a in alphas):
        raise InputError("alpha must be a fraction in (0, 1]")
    if list(alphas) != sorted(alphas):
        raise InputError("alphas must ascend")
    if alphas[0] * memory < 1:
        raise InputError("alpha times memory is below 1: no request is that small")
    if bound is not None and not isinstance(bound, (Fraction, int)):
        raise InputError("bound must be a fraction")
    if bound is not None and not 0 < bound.numerator <= MAX_BOUND >= bound.denominator:
        raise InputError(f"bound must have a numerator and a denominator in [1, {MAX_BOUND}]")


def _deadline(time_limit: float | None) -> float | None:
    if time_limit is None:
        return None
    if isinstance(time_limit, bool) or not isinstance(time_limit, (int, float)):
        raise InputError("time_limit must be a number of seconds")
    if not (isfinite(time_limit) and time_limit >= 0):
        raise InputError(f"time_limit must not be negative, got {time_limit}")
    return time.monotonic() + time_limit
