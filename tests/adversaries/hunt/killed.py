"""Hunts that are killed at random moments: see test_kills.py.

python -m tests.adversaries.hunt.killed FOLDER KILLS
"""

from __future__ import annotations

import os
import signal
import sys
import time
from fractions import Fraction
from pathlib import Path
from random import Random

from adversaries.hunt import track as tracking
from adversaries.hunt.archive import Archive
from adversaries.hunt.budget import Budget
from adversaries.hunt.hunt import FOUND, hunt
from adversaries.hunt.limits import Limits
from adversaries.hunt.score import Finding
from theory.claims import Cell

CELL = Cell("svf", Fraction(1))


def hunting(folder: Path, seed: int, say: int) -> None:
    """Hunt from where the archive stands, and tell each ratio once it is safe."""
    add = tracking._Kept.add

    def told(kept: tracking._Kept, finding: Finding, evaluations: int) -> None:
        add(kept, finding, evaluations)
        os.write(say, f"{finding.ratio}\n".encode())

    tracking._Kept.add = told  # type: ignore[method-assign]
    hunt(CELL, Budget(evaluations=10**9), seed=seed, archive=folder, families=False)


def main() -> None:
    """Kill one hunt after another; every ratio that was told must be covered ever after."""
    tracking._warm_up()  # once, for all the forks
    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    random = Random(1)
    told: set[Fraction] = set()
    records = 0
    for seed in range(kills):
        hear, say = os.pipe()
        pid = os.fork()
        if pid == 0:
            hunting(folder, seed, say)
            os._exit(0)
        os.close(say)
        said = os.read(hear, 1)  # it has begun
        time.sleep(random.random() / 2)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        while more := os.read(hear, 1 << 16):
            said += more
        os.close(hear)
        whole = said[: said.rfind(b"\n") + 1]  # the last word may have been cut off
        told |= {Fraction(word) for word in whole.decode().split()}
        archive = Archive(folder / FOUND)
        assert not archive.problems
        assert told <= {finding.ratio for finding in archive}
        assert len(archive) >= records
        records = len(archive)
    before = max(told)
    result = hunt(CELL, Budget(evaluations=500), archive=folder, families=False)
    assert result.best is not None
    assert result.best.ratio >= before
    assert Limits().hold(result.best.instance)
    print(records, before)


if __name__ == "__main__":
    main()
