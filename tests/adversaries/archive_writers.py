"""Writers that are killed or compete, in forks of a process of their own: see test_archive.py.

python -m tests.adversaries.archive_writers kills|rivals PATH
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from adversaries.hunt.archive import Archive
from adversaries.hunt.records import Provenance
from adversaries.hunt.score import score
from theory.policy import named_policy
from theory.request import Instance

KILLS = 10


def write(path: Path, begin: int, end: int, say: int) -> None:
    """Add findings numbered from begin to end, and tell each number once it is safe."""
    archive = Archive(path)
    for k in range(begin, end):
        instance = Instance.of(99, (k % 40, 1 + k // 40), (8, 1))
        archive.add(score(instance, named_policy("svf")), Provenance("test", k))
        os.write(say, f"{k}\n".encode())


def forked(path: Path, begin: int, end: int) -> tuple[int, int]:
    """A writer in a process of its own: its id, and where it can be heard."""
    hear, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        write(path, begin, end, say)
        os._exit(0)
    os.close(say)
    return pid, hear


def kills(path: Path) -> None:
    """Kill one writer after another; what each said that it wrote must be there."""
    count = 0
    for round_ in range(KILLS):
        pid, hear = forked(path, count, 1600)
        said = os.read(hear, 1)  # it has begun
        time.sleep(0.001 * round_)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        while more := os.read(hear, 1 << 16):
            said += more
        os.close(hear)
        archive = Archive(path)
        assert not archive.problems
        numbers = {provenance.seed for _, provenance in archive.provenances()}
        assert {int(k) for k in said.split()} <= numbers
        assert numbers == set(range(len(numbers)))
        assert len(numbers) > count
        count = len(numbers)
    print(count)


def rivals(path: Path) -> None:
    """Two writers at once, a third of whose findings are the same."""
    both = [forked(path, 0, 60), forked(path, 30, 90)]
    for pid, hear in both:
        _, status = os.waitpid(pid, 0)
        assert status == 0
        os.close(hear)
    print(len(Archive(path)))


if __name__ == "__main__":
    {"kills": kills, "rivals": rivals}[sys.argv[1]](Path(sys.argv[2]))
