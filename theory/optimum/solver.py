"""Our own exact solver: prices, then search, in slices short enough to be interrupted."""

from __future__ import annotations

import time

import numpy as np

from theory.bounds.relaxation import Pricing
from theory.bounds.windows import latest_starts
from theory.columns import Columns, Steps
from theory.optimum.memo import Memo
from theory.optimum.result import Optimum
from theory.optimum.rules import BEST, DEPTH, NODES, board, first_path
from theory.optimum.search import search
from theory.request import Instance
from theory.schedule import cost, require_feasible

MOST_REQUESTS = 60
"""A set of requests is the bits of one 64-bit integer."""
MOST_CELLS = 2**23
"""Largest stack (requests^2 times steps) that is set up; memory is touched only as it is used."""
ROUNDS = 25
"""Rounds of price improvement between two looks at the clock."""
PHASES = ((1, 2_000), (4, 30_000), (20, None))
"""Times ROUNDS rounds, then the most states searched with these prices."""
SLICE = 2_000
"""States searched between two looks at the clock: milliseconds."""


def suits(instance: Instance, upper: int) -> bool:
    """Whether the instance is small enough for branch and bound below a cost of ``upper``.

    >>> suits(Instance.of(12, (0, 9), (1, 5)), 20), suits(Instance.of(10**9, (0, 10**8)), 10**8)
    (True, False)
    """
    count = len(instance)
    if count > MOST_REQUESTS or not instance.is_narrow:
        return False
    ends = zip(latest_starts(instance, upper), instance.requests, strict=True)
    steps = max(last + r.output for last, r in ends) + 2
    return steps * max(count * count, instance.memory + 1) <= MOST_CELLS


def branch_and_bound(instance: Instance, known: Optimum, seconds: float) -> Optimum:
    """What our own search adds to ``known`` in so many seconds (wall clock).

    The instance must suit (:func:`suits`). When time is over, the bound of the prices is what
    remains. The schedule is audited.

    >>> late = Optimum(33, 48, (0, 12, 10, 2), "bounds")
    >>> branch_and_bound(Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6)), late, 10).upper
    47
    """
    if known.lower == known.upper:
        return known
    deadline = time.monotonic() + seconds
    requests = instance.requests
    order = sorted(
        range(len(requests)),
        key=lambda i: (requests[i].volume, requests[i].output, requests[i].arrival, i),
    )
    columns = instance.select(order).columns
    twin = _twins(columns)
    lower, upper, schedule, trusts = known.lower, known.upper, known.schedule, known.trusts
    latest = np.array(latest_starts(instance, upper - 1), np.int64)[order]
    pricing = Pricing(columns, instance.memory, latest)
    memo = Memo.empty()
    for times, most in PHASES:
        for _ in range(times):
            pricing.improve(upper, ROUNDS)
            if time.monotonic() > deadline:
                break
        relaxation = pricing.relaxation(upper)
        bound = min(upper, -(-relaxation.bound // relaxation.scale))
        if bound > lower:
            lower, trusts = bound, "search"
        if lower == upper:
            break
        game = board(columns, twin, relaxation)
        path = first_path(game, upper)
        counters = path.counters
        while counters[DEPTH] >= 0 and time.monotonic() < deadline:
            if most is not None and counters[NODES] >= most:
                break
            search(game, path, memo, instance.memory, relaxation.scale, SLICE)
        if counters[BEST] < upper:
            starts = [0] * len(order)
            for position, index in enumerate(order):
                starts[index] = int(path.best[position])
            schedule = tuple(starts)
            require_feasible(instance, schedule)
            upper = cost(instance, schedule)
        if counters[DEPTH] < 0:
            lower, trusts = upper, "search"
            break
    return Optimum(lower, upper, schedule, trusts)


def _twins(columns: Columns) -> Steps:
    """1 where a request equals the one before it."""
    table = np.stack([columns.prompt, columns.output, columns.arrival])
    same = (table[:, 1:] == table[:, :-1]).all(axis=0)
    return np.concatenate([[0], same]).astype(np.int64)
