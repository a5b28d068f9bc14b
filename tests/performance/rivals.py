"""A time-indexed MILP under HiGHS: what the exact optimum is held against beside CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from theory.optimum import best_heuristic, latest_starts
from theory.request import Instance
from theory.schedule import cost


@dataclass(frozen=True)
class Solved:
    """The cost that HiGHS found, and whether it says that it is the least."""

    cost: int
    proved: bool


def highs(instance: Instance, time_limit: float) -> Solved:
    """Minimise the total latency over binaries x[j, p] = "request j starts at step p"."""
    upper = cost(instance, best_heuristic(instance))
    latest = latest_starts(instance, upper)
    columns = [
        (j, p)
        for j, (request, last) in enumerate(zip(instance.requests, latest, strict=True))
        for p in range(request.arrival, last + 1)
    ]
    n = len(instance)
    horizon = max(last + r.output for last, r in zip(latest, instance.requests, strict=True))
    begins, rows, values, costs = [0], list[int](), list[float](), list[float]()
    for j, p in columns:
        request = instance.requests[j]
        rows.append(j)
        values.append(1.0)
        for k in range(1, request.output + 1):
            rows.append(n + p + k - 1)
            values.append(request.prompt + k)
        begins.append(len(rows))
        costs.append(p + request.output - request.arrival)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(columns), n + horizon
    lp.col_cost_ = np.array(costs)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(columns)), np.ones(len(columns))
    lp.row_lower_ = np.concatenate([np.ones(n), np.full(horizon, -highspy.kHighsInf)])
    lp.row_upper_ = np.concatenate([np.ones(n), np.full(horizon, float(instance.memory))])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.array(begins)
    lp.a_matrix_.index_ = np.array(rows)
    lp.a_matrix_.value_ = np.array(values)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", time_limit)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(lp)
    solver.run()
    proved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    found = solver.getInfo().objective_function_value
    return Solved(round(found) if proved else upper, proved)
