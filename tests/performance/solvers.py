"""The exact optimum against CP-SAT and HiGHS, and the warm-up of the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.performance.measure import Row, geometric_mean
from tests.performance.rivals import highs
from tests.performance.workloads import mixed, solver_instances
from theory.files import instance_to_data
from theory.optimum import optimum
from theory.request import Instance

LIMIT = 20.0
"""Seconds that each solver gets for one instance."""


def _timed(solve: Callable[[], tuple[int, bool]]) -> tuple[float, int, bool]:
    begin = time.perf_counter()
    value, proved = solve()
    return time.perf_counter() - begin, value, proved


def ours(instance: Instance) -> tuple[int, bool]:
    """The whole portfolio as it ships."""
    best = optimum(instance, LIMIT)
    return best.upper, best.lower == best.upper


def cp_sat(instance: Instance) -> tuple[int, bool]:
    """The interval model under CP-SAT, one worker, started like ours from the heuristics."""
    best = optimum(instance, LIMIT, workers=1, method="cp-sat")
    return best.upper, best.lower == best.upper


def against_cp_sat(count: int = 60) -> list[Row]:
    """Geometric mean time on small instances; a disagreement raises AssertionError."""
    instances = solver_instances(range(8, 13), (20, 50, 100), range(4))[:count]
    ours(instances[0]), cp_sat(instances[0])  # compile and load
    pairs = [(_timed(lambda i=i: ours(i)), _timed(lambda i=i: cp_sat(i))) for i in instances]
    for (_, mine, proved), (_, theirs, also) in pairs:
        assert not (proved and also) or mine == theirs, "two solvers disagree"
    left = geometric_mean(seconds for (seconds, _, _), _ in pairs)
    right = geometric_mean(seconds for _, (seconds, _, _) in pairs)
    return [
        {
            "what": f"optimum, {count} instances, n = 8..12, M = 20, 50, 100",
            "ours (s)": left,
            "CP-SAT (s)": right,
            "CP-SAT / ours": right / left,
            "solved": f"{sum(p for (_, _, p), _ in pairs)} : {sum(p for _, (_, _, p) in pairs)}",
            "lost": sum(also and not proved for (_, _, proved), (_, _, also) in pairs),
        }
    ]


def solved_at(count: int, budgets: tuple[int, ...], seeds: range) -> list[Row]:
    """How many larger instances each solves within the limit."""
    instances = solver_instances(range(count, count + 1), budgets, seeds)
    rivals: dict[str, Callable[[Instance], tuple[int, bool]]] = {
        "ours": ours,
        "CP-SAT": cp_sat,
        "HiGHS": lambda i: ((found := highs(i, LIMIT)).cost, found.proved),
    }
    rows = []
    values: list[set[int]] = [set() for _ in instances]
    for name, solve in rivals.items():
        runs = [_timed(lambda i=i, solve=solve: solve(i)) for i in instances]
        for known, (_, value, proved) in zip(values, runs, strict=True):
            if proved:
                known.add(value)
        rows.append(
            {
                "what": f"n = {count}, M = {budgets}, {LIMIT:g} s",
                "solver": name,
                "solved": f"{sum(p for _, _, p in runs)} of {len(runs)}",
                "mean (s)": sum(s for s, _, _ in runs) / len(runs),
            }
        )
    assert all(len(known) <= 1 for known in values), "two solvers disagree"
    return rows


def warm_up() -> list[Row]:
    """Wall time of ``kvcr ratio`` on n = 8 in a fresh process, cold and warm cache."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "instance.json"
        file.write_text(json.dumps(instance_to_data(mixed(8, 50, 1))), encoding="utf-8")
        command = "import sys; from kvcr.cli import run; sys.exit(run(sys.argv[1:]))"
        for cache in ("cold", "warm"):
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", command, "ratio", str(file)],
                check=True,
                capture_output=True,
                env={"NUMBA_CACHE_DIR": folder, "PATH": ""},
            )
            wall = time.perf_counter() - begin
            rows.append({"what": "kvcr ratio, n = 8", "cache": cache, "wall (s)": wall})
    return rows
