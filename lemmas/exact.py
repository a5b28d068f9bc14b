"""The optimum that a statement is held against: exact, and not by the statement's own bounds.

A ratio may not be excused by the upper end of an interval, so an optimum that is not settled is
refused. Nor may a lower bound confirm itself: :func:`theory.optimum.optimum` stops early when its
lower bounds, which are L1, L2 and L4, meet the schedule it starts from. Here it starts from one
in which every request runs a step late, and CP-SAT, which knows none of them, must close that
gap on its own.
"""

from __future__ import annotations

from functools import lru_cache

from theory.errors import InputError
from theory.optimum import best_heuristic, optimum
from theory.request import Instance


@lru_cache(maxsize=8192)
def optimal_cost(instance: Instance) -> int:
    """The least total latency of any feasible schedule.

    Raises InputError when the solver does not settle it in its time.

    >>> optimal_cost(Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6)))
    47
    """
    late = tuple(start + 1 for start in best_heuristic(instance))
    found = optimum(instance, start=late, method="cp-sat")
    if found.lower != found.upper or found.trusts != "cp-sat":
        raise InputError(f"instance: the optimum of {len(instance)} requests was not settled")
    return found.upper
