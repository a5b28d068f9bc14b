"""Measuring: seconds, peak memory, geometric means, tables."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """The fastest of a few runs."""
    best = math.inf
    for _ in range(repeat):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def geometric_mean(values: Iterable[float]) -> float:
    """The geometric mean of positive numbers."""
    logs = [math.log(value) for value in values]
    return math.exp(math.fsum(logs) / len(logs))


def in_a_process(code: str, *arguments: str, limit: float | None = None) -> Row:
    """Run Python code that prints one JSON object; add its peak memory in MB and its seconds.

    The peak of a process never falls, so what one measurement needs is measured in its own.
    Raises subprocess.TimeoutExpired after ``limit`` seconds.
    """
    tail = (
        "\nimport json as _j, resource as _r\n"
        "print(_j.dumps(result | "
        "{'peak_mb': _r.getrusage(_r.RUSAGE_SELF).ru_maxrss / 1024}))"
    )
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code + tail, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=limit,
    )
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found | {"wall": time.perf_counter() - begin}


def show(title: str, rows: Sequence[Row]) -> None:
    """Print rows as a table."""
    print(f"\n{title}")
    if not rows:
        return
    columns = list(rows[0])
    lines = [columns] + [[_shown(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for line in lines:
        cells = (
            text.ljust(w) if i == 0 else text.rjust(w)
            for i, (text, w) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip(), flush=True)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
