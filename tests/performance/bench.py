"""Benchmarks: each figure is a ratio of two things measured in one run.

``make bench`` prints the tables and writes bench.json. ``make bench TRACES=folder`` samples its
lengths from azure_conv.csv there and adds the certified ratios of the traces it finds.
``--only NAME`` runs one part.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.performance import bounded, gaps, hunting, scale, solvers
from tests.performance.measure import Row, show


def parts(folder: Path | None, scratch: Path) -> dict[str, Callable[[], list[Row]]]:
    """The tables by name, in the order in which they run."""
    tables: dict[str, Callable[[], list[Row]]] = {
        "optimum": solvers.against_cp_sat,
        "larger": lambda: solvers.solved_at(15, (20, 50), range(4)),
        "warm-up": solvers.warm_up,
        "simulator": lambda: scale.simulator(folder),
        "certify": lambda: scale.certify(folder, scratch),
        "subset": lambda: gaps.on_random(range(60)),
        "exhaustion": bounded.exhausted,
        "z3": bounded.queried,
        "hunt": hunting.to_ratio_two,
        "rate": hunting.rate,
    }
    if folder is not None:
        tables["traces"] = lambda: gaps.on_traces(folder)
    return tables


def main() -> None:
    """Run, print, write bench.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=Path, help="folder of the traces")
    parser.add_argument("--only", action="append", help="a part, by name")
    parser.add_argument("--output", type=Path, default=Path("bench.json"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tables = parts(given.traces, Path(scratch))
        unknown = set(given.only or ()) - set(tables)
        if unknown:
            parser.error(f"unknown part {', '.join(unknown)}; known: {', '.join(tables)}")
        results = {}
        for name, measure in tables.items():
            if given.only is None or name in given.only:
                results[name] = measure()
                show(name, results[name])
    if given.traces is None:
        print("\nno folder of traces given: make bench TRACES=folder adds them")
    given.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
