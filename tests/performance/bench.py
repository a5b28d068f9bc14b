"""Benchmarks: ratios of two things measured in one run, and the certified ratios of real traces.

``make bench`` prints the tables and writes bench.json. ``make bench TRACES=folder`` adds the
traces azure_conv.csv, azure_code.csv and arxiv_summarization.csv where the folder has them.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests import reference
from theory.bounds import lower_bounds
from theory.files import read_trace
from theory.optimum import optimum
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import simulate

TRACES = (
    ("azure_conv.csv", 200_000, (None, 20, 6)),
    ("azure_code.csv", 400_000, (None,)),
    ("arxiv_summarization.csv", 300_000, (None,)),
)
"""File, memory in tokens, and arrivals: a burst (None) or steps per second."""


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """The fastest of a few runs."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def mixed(count: int, memory: int, seed: int) -> Instance:
    """Thin-long and thick-short requests, half of each."""
    draw = random.Random(seed)
    pairs = []
    for _ in range(count):
        long = draw.random() < 0.5
        output = draw.randint(memory // 8, memory // 2) if long else draw.randint(1, 3)
        prompt = draw.randint(0, memory // 10) if long else draw.randint(memory // 2, memory - 3)
        pairs.append((min(prompt, memory - output), output))
    return Instance.of(memory, *pairs)


def against_plain_code() -> list[dict[str, Any]]:
    """The simulator against the plain one, CP-SAT against brute force: times and their ratio."""
    rows = []
    burst = mixed(400, 400, seed=1)
    for admission in Admission:
        policy = named_policy("svf", admission)
        order = policy.order(burst)
        backfill = admission is Admission.BACKFILL
        plain = seconds(lambda o=order, b=backfill: reference.simulate(burst, o, b), 1)
        ours = seconds(lambda p=policy: simulate(burst, p))
        rows.append(
            {"what": f"simulate svf {admission.value}, n = 400", "ours": ours, "plain": plain}
        )
    small = mixed(5, 16, seed=3)
    plain = seconds(lambda: reference.optimum(small), 1)
    rows.append(
        {"what": "optimum, n = 5, M = 16", "ours": seconds(lambda: optimum(small)), "plain": plain}
    )
    return [row | {"plain / ours": row["plain"] / row["ours"]} for row in rows]


def on_traces(folder: Path) -> list[dict[str, Any]]:
    """The proved ratio of each policy on each trace, and the seconds it took."""
    rows = []
    for name, memory, speeds in TRACES:
        if not (folder / name).is_file():
            print(f"{name}: not in the folder, skipped")
            continue
        trace = read_trace(folder / name)
        for speed in speeds:
            burst = speed is None
            instance = trace.burst(memory) if burst else trace.timed(memory, Fraction(speed))
            for policy in ("svf", "sjf", "fcfs"):
                begin = time.perf_counter()
                spent = cost(instance, simulate(instance, named_policy(policy)))
                bound = lower_bounds(instance).best
                rows.append(
                    {
                        "trace": name,
                        "requests": len(instance),
                        "memory": memory,
                        "arrivals": "burst" if burst else f"{speed} steps/s",
                        "policy": policy,
                        "ratio at most": str(Fraction(spent, bound)),
                        "decimal": round(spent / bound, 4),
                        "seconds": round(time.perf_counter() - begin, 2),
                    }
                )
    return rows


def show(title: str, rows: list[dict[str, Any]]) -> None:
    """Print rows as a table."""
    print(f"\n{title}")
    columns = [c for c in (rows[0] if rows else {}) if c != "ratio at most"]
    for line in [dict(zip(columns, columns, strict=True)), *rows]:
        cells = (line[c] for c in columns)
        print(
            "  ".join(f"{x:.4g}".rjust(12) if isinstance(x, float) else f"{x!s:>12}" for x in cells)
        )


def main() -> None:
    """Run, print, write bench.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=Path, help="folder of the traces")
    folder = parser.parse_args().traces
    results = {"against plain code": against_plain_code()}
    show("against plain code (seconds)", results["against plain code"])
    if folder is None:
        print("\nno folder of traces given: make bench TRACES=folder adds them")
    else:
        results["traces"] = on_traces(folder)
        show("traces", results["traces"])
    Path("bench.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
