"""The exact offline optimum through CP-SAT's interval model, with a status that never lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from ortools.sat.python import cp_model

from theory.bounds import lower_bounds
from theory.policy import POLICIES, Admission
from theory.request import Instance, Request
from theory.schedule import Schedule, cost, require_feasible
from theory.simulator import simulate

MAX_INTERVALS = 40_000
"""Largest interval model that is built; beyond it only bounds are given."""


class Status(StrEnum):
    """What is known about the optimum."""

    EXACT = "exact"
    BOUNDS = "bounds"


@dataclass(frozen=True)
class Optimum:
    """An interval [lower, upper] (steps) that holds the optimal cost, and a schedule of cost upper.

    ``trusts`` says whose word the lower end is: "bounds" (exact rational lower bounds of
    :mod:`theory.bounds`) or "cp-sat" (the solver's own claim, not certified).
    """

    lower: int
    upper: int
    schedule: Schedule
    trusts: str

    @property
    def status(self) -> Status:
        """EXACT when the two ends meet."""
        return Status.EXACT if self.lower == self.upper else Status.BOUNDS


def best_heuristic(instance: Instance) -> Schedule:
    """The cheapest schedule among all built-in policies under both admissions."""
    candidates = [
        simulate(instance, policy.with_admission(admission))
        for policy in POLICIES.values()
        for admission in Admission
    ]
    return min(candidates, key=lambda starts: cost(instance, starts))


def optimum(
    instance: Instance, time_limit: float = 20.0, workers: int = 1, start: Schedule | None = None
) -> Optimum:
    """The least total latency of any feasible schedule, or the interval found in ``time_limit`` s.

    The model is exact: request j is an interval [p, p + o) of demand s + 1 and o - 1 intervals
    [p + k - 1, p + o) of demand 1, under one cumulative constraint of capacity M. The returned
    schedule has been audited. Source: optimum.md.

    >>> best = optimum(Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6)))
    >>> best.lower, best.upper, best.status.value
    (47, 47, 'exact')
    """
    incumbent = start if start is not None else best_heuristic(instance)
    require_feasible(instance, incumbent)
    upper = cost(instance, incumbent)
    lower = lower_bounds(instance).best
    if lower == upper or instance.total_output > MAX_INTERVALS or time_limit <= 0:
        return Optimum(lower, upper, incumbent, "bounds")

    model = cp_model.CpModel()
    latest = latest_starts(instance, upper)
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
    model.add(sum(begins) + base <= upper - 1)
    model.minimize(sum(begins))

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        incumbent = tuple(solver.value(begin) for begin in begins)
        require_feasible(instance, incumbent)
        upper = cost(instance, incumbent)
    if status in (cp_model.OPTIMAL, cp_model.INFEASIBLE):
        return Optimum(upper, upper, incumbent, "cp-sat")
    claimed = ceil(Fraction(solver.best_objective_bound) - Fraction(1, 10**6)) + base
    if claimed > lower and solver.best_objective_bound > 0:
        return Optimum(min(claimed, upper), upper, incumbent, "cp-sat")
    return Optimum(lower, upper, incumbent, "bounds")


def latest_starts(instance: Instance, upper: int) -> list[int]:
    """Last useful start of each request in a schedule of cost at most ``upper``.

    Every other request takes at least its length, and no optimal schedule idles to the end.
    """
    spare = upper - instance.total_output
    horizon = instance.last_arrival + instance.total_output
    return [max(r.arrival, min(r.arrival + spare, horizon - r.output)) for r in instance.requests]
