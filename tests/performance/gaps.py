"""How much of the gap to the optimum the subset bound closes, and the ratios of real traces."""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction
from math import ceil
from pathlib import Path

from tests.performance.measure import Row
from tests.performance.workloads import mixed, uniform
from theory.bounds import EVERY, LowerBounds, lower_bounds
from theory.optimum import optimum
from theory.policy import named_policy
from theory.schedule import cost
from theory.simulator import simulate
from theory.traces import read_trace

TRACES = (
    ("azure_conv.csv", 200_000, (None, 20, 6)),
    ("azure_code.csv", 400_000, (None,)),
    ("arxiv_summarization.csv", 300_000, (None,)),
)
"""File, memory in tokens, and arrivals: a burst (None) or steps per second."""


PLAIN = ("volume", "srpt-volume", "length", "mean-busy-time")
"""The bounds on all requests together."""


def _best(bounds: LowerBounds, names: Iterable[str]) -> int:
    """The largest of these bounds, rounded up."""
    return max(ceil(value) for name, value in bounds.by_name.items() if name in names)


def on_random(seeds: range) -> list[Row]:
    """Mean gap to the exact optimum over random instances of 6 to 12 requests."""
    rows: list[Row] = []
    choices = {"plain": PLAIN, "subset": (*PLAIN, "subset"), "best": EVERY}
    for name, kind in (("mixed", mixed), ("uniform", uniform)):
        for arrivals in (False, True):
            gaps: dict[str, list[float]] = {choice: [] for choice in choices}
            for seed in seeds:
                memory = (20, 50, 100)[seed % 3]
                instance = kind(6 + seed % 7, memory, seed, memory if arrivals else 0)
                best = optimum(instance)
                if best.lower != best.upper:
                    continue
                bounds = lower_bounds(instance, only=EVERY)
                for choice, names in choices.items():
                    gaps[choice].append(1 - _best(bounds, names) / best.upper)
            mean = {choice: sum(found) / len(found) for choice, found in gaps.items()}
            rows.append(
                {
                    "what": f"{name}, {'arrivals' if arrivals else 'burst'}",
                    "instances": len(gaps["plain"]),
                    "plain gap": mean["plain"],
                    "subset / plain": mean["subset"] / mean["plain"],
                    "all bounds / plain": mean["best"] / mean["plain"],
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
                bounds = lower_bounds(instance)
                plain, best = _best(bounds, PLAIN), bounds.best
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
