"""The exact offline optimum through CP-SAT's interval model."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from ortools.sat.python import cp_model

from theory.bounds.windows import latest_starts
from theory.optimum.result import Optimum
from theory.request import Instance, Request
from theory.schedule import cost, require_feasible

MAX_INTERVALS = 40_000
"""Largest interval model that is built; beyond it what is known is handed back."""


def interval_model(instance: Instance, known: Optimum, seconds: float, workers: int) -> Optimum:
    """What CP-SAT adds to ``known`` in so many seconds (wall clock); the schedule is audited.

    The model is exact: request j is an interval [p, p + o) of demand s + 1 and o - 1 intervals
    [p + k - 1, p + o) of demand 1, under one cumulative constraint of capacity M.

    >>> late = Optimum(3, 5, (2, 0), "bounds")
    >>> best = interval_model(Instance.of(4, (0, 2), (1, 1)), late, seconds=5, workers=1)
    >>> best.lower, best.upper, best.trusts
    (3, 3, 'cp-sat')
    """
    if instance.total_output > MAX_INTERVALS or seconds <= 0:
        return known
    model = cp_model.CpModel()
    latest = latest_starts(instance, known.upper)
    begins = [
        model.new_int_var(r.arrival, last, "")
        for r, last in zip(instance.requests, latest, strict=True)
    ]
    intervals, demands = [], []
    for begin, request in zip(begins, instance.requests, strict=True):
        for k in range(request.output):
            intervals.append(model.new_fixed_size_interval_var(begin + k, request.output - k, ""))
            demands.append(request.prompt + 1 if k == 0 else 1)
    model.add_cumulative(intervals, demands, instance.memory)
    previous: dict[Request, cp_model.IntVar] = {}
    for begin, request in zip(begins, instance.requests, strict=True):
        if request in previous:  # equal requests may as well start in file order
            model.add(previous[request] <= begin)
        previous[request] = begin
    base = sum(r.output - r.arrival for r in instance.requests)
    model.add(sum(begins) + base <= known.upper - 1)
    model.minimize(sum(begins))

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    upper, schedule = known.upper, known.schedule
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        schedule = tuple(solver.value(begin) for begin in begins)
        require_feasible(instance, schedule)
        upper = cost(instance, schedule)
    if status in (cp_model.OPTIMAL, cp_model.INFEASIBLE):
        return Optimum(upper, upper, schedule, "cp-sat")
    claimed = ceil(Fraction(solver.best_objective_bound) - Fraction(1, 10**6)) + base
    if claimed > known.lower and solver.best_objective_bound > 0:
        return Optimum(min(claimed, upper), upper, schedule, "cp-sat")
    return Optimum(known.lower, upper, schedule, known.trusts)
