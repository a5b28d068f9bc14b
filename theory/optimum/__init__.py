"""The exact offline optimum, with a status that never lies.

Cheap bounds and a local search first (:mod:`local`); then our own branch and bound
(:mod:`solver`, on the prices of :mod:`theory.bounds.relaxation`, the states of :mod:`memo` and the
search of :mod:`search`) where the instance suits it, and CP-SAT's interval model (:mod:`cp_sat`)
where it does not.
"""

from __future__ import annotations

import time
from dataclasses import replace
from enum import StrEnum
from functools import cache

from theory.bounds import lower_bounds
from theory.bounds.windows import latest_starts
from theory.errors import InputError
from theory.optimum.local import best_heuristic, improve
from theory.optimum.result import Optimum, Status
from theory.optimum.solver import branch_and_bound, suits
from theory.request import Instance
from theory.schedule import Schedule, cost, require_feasible

__all__ = [
    "Method",
    "Optimum",
    "Status",
    "best_heuristic",
    "improve",
    "latest_starts",
    "optimum",
]

MOVES_EACH = 40
"""Moves of local search for each request, before anything is proved."""


class Method(StrEnum):
    """Who proves: our own search, CP-SAT, or whichever suits the instance."""

    PORTFOLIO = "portfolio"
    SEARCH = "search"
    CP_SAT = "cp-sat"


def optimum(
    instance: Instance,
    time_limit: float = 20.0,
    workers: int = 1,
    start: Schedule | None = None,
    method: Method | str = Method.PORTFOLIO,
) -> Optimum:
    """The least total latency of any feasible schedule, or the interval found in time.

    ``time_limit`` is in seconds of wall clock (0: only cheap bounds and heuristics), ``workers``
    threads for CP-SAT, ``start`` a feasible schedule to begin with. Under "search", an instance
    too large for branch and bound keeps its cheap interval. The returned schedule has been
    audited. Raises InputError for a start that is not feasible, or an unknown method.

    >>> best = optimum(Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6)))
    >>> best.lower, best.upper, best.status.value, best.trusts
    (47, 47, 'exact', 'search')
    """
    if method not in tuple(Method):
        raise InputError(f"method: unknown name {method!r}; known: {', '.join(Method)}")
    if time_limit > 0:
        _load()
    deadline = time.monotonic() + time_limit
    if start is not None:
        require_feasible(instance, start)
    if time_limit > 0 and method != Method.CP_SAT:
        moves = MOVES_EACH * len(instance)
        schedule = improve(instance, start, moves=moves, seconds=time_limit / 10)
        upper = cost(instance, schedule)
        known = Optimum(instance.total_output, upper, schedule, "bounds")
        if suits(instance, upper):
            known = branch_and_bound(instance, known, deadline - time.monotonic())
    else:
        schedule = best_heuristic(instance) if start is None else start
        known = Optimum(instance.total_output, cost(instance, schedule), schedule, "bounds")
    if known.status is Status.BOUNDS:
        lower = lower_bounds(instance).best
        if lower > known.lower:
            known = replace(known, lower=lower, trusts="bounds")
    if known.status is Status.BOUNDS and time_limit > 0 and method != Method.SEARCH:
        from theory.optimum.cp_sat import interval_model  # slow to import, seldom needed

        known = interval_model(instance, known, deadline - time.monotonic(), workers)
    return known


@cache
def _load() -> None:
    """Load the compiled loops, or compile them, before the clock starts: once a process."""
    late = (0, 6, 3)
    for tiny in (Instance.of(4, (0, 2), (1, 2), (0, 3)), Instance.of(4, (0, 2), (1, 2, 1), (0, 3))):
        lower_bounds(tiny)
        best_heuristic(tiny)
        improve(tiny, late, moves=1)
        branch_and_bound(tiny, Optimum(0, cost(tiny, late), late, "bounds"), seconds=60)
