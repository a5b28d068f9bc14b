"""How much of the gap to the optimum the subset bound closes, and the ratios of real traces."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

from tests.performance.measure import Row
from tests.performance.workloads import mixed, uniform
from theory.bounds import lower_bounds
from theory.files import read_trace
from theory.optimum import optimum
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import simulate

TRACES = (
    ("azure_conv.csv", 200_000, (None, 20, 6)),
    ("azure_code.csv", 400_000, (None,)),
    ("arxiv_summarization.csv", 300_000, (None,)),
)
"""File, memory in tokens, and arrivals: a burst (None) or steps per second."""


def _plain_and_best(instance: Instance) -> tuple[int, int]:
    """The best of the bounds on all requests together, and the best bound there is."""
    bounds = lower_bounds(instance)
    alone = [value for name, value in bounds.by_name.items() if name != "subset"]
    return -int(-max(alone) // 1), bounds.best


def on_random(seeds: range) -> list[Row]:
    """Mean gap to the exact optimum over random instances of 6 to 12 requests."""
    rows: list[Row] = []
    for name, kind in (("mixed", mixed), ("uniform", uniform)):
        for arrivals in (False, True):
            plain_gaps, best_gaps = [], []
            for seed in seeds:
                memory = (20, 50, 100)[seed % 3]
                instance = kind(6 + seed % 7, memory, seed, memory if arrivals else 0)
                best = optimum(instance)
                if best.lower != best.upper:
                    continue
                plain, with_subset = _plain_and_best(instance)
                plain_gaps.append(1 - plain / best.upper)
                best_gaps.append(1 - with_subset / best.upper)
            before, after = sum(plain_gaps) / len(plain_gaps), sum(best_gaps) / len(best_gaps)
            rows.append(
                {
                    "what": f"{name}, {'arrivals' if arrivals else 'burst'}",
                    "instances": len(plain_gaps),
                    "gap without subset": before,
                    "gap with": after,
                    "with / without": after / before,
                }
            )
    return rows


def on_traces(folder: Path) -> list[Row]:
    """The proved ratio of each policy on each trace, and the seconds it took."""
    rows: list[Row] = []
    for name, memory, speeds in TRACES:
        if not (folder / name).is_file():
            print(f"{name}: not in the folder, skipped")
            continue
        trace = read_trace(folder / name)
        for speed in speeds:
            instance = trace.timed(memory, Fraction(speed)) if speed else trace.burst(memory)
            for policy in ("svf", "sjf", "fcfs"):
                begin = time.perf_counter()
                spent = cost(instance, simulate(instance, named_policy(policy)))
                plain, best = _plain_and_best(instance)
                rows.append(
                    {
                        "what": name,
                        "requests": len(instance),
                        "memory": memory,
                        "arrivals": f"{speed} steps/s" if speed else "burst",
                        "policy": policy,
                        "ratio at most": round(spent / best, 4),
                        "without subset": round(spent / plain, 4),
                        "seconds": time.perf_counter() - begin,
                    }
                )
    return rows
