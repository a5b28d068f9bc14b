"""Findings kept for ever: an append-only file of records, one a line, shared by processes.

Writers hold an exclusive lock (flock) while they append one line and force it to disk, so only
the last line can be torn, by a writer that was killed. Whoever opens or appends next completes
a record of which only the line's end is missing, and cuts any other torn tail off, which is
kept in ``NAME.torn``. A line that is not as it was written, or does not hold when it is
evaluated again, is listed in ``problems`` and never used.

Two records are of one instance when budget and requests agree, the requests in the policy's
own order (:func:`adversaries.hunt.records.instance_key`). Multiplying budget and lengths by k
is *no* equivalence: a request still grows by one token a step, so volumes do not scale, and
svf's ratio on (2, 1), (0, 2) with M = 3 goes from 1 to 5/4 when all is doubled. Scaled copies
are records of their own; :meth:`Archive.pareto` leaves those that pay for their tokens.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from adversaries.hunt.front import Front
from adversaries.hunt.records import (
    Provenance,
    Record,
    Resolver,
    evaluated,
    from_line,
    is_whole,
    to_line,
)
from adversaries.hunt.score import Finding
from theory.errors import InputError
from theory.policy import Admission, named_policy

_BLOCK = 1 << 16


@dataclass(frozen=True)
class Problem:
    """A line, counted from 1, that is not used, and why."""

    line: int
    reason: str


class Archive:
    """The findings in a file, each evaluated again before it is believed.

    ``resolve`` finds policies by name; records of a policy that it does not know are listed in
    ``problems``. The file is made when it is missing. Raises InputError, one line that names
    the file, when it cannot be read or written.

    >>> from tempfile import TemporaryDirectory
    >>> from adversaries.hunt.score import score
    >>> from theory.request import Instance
    >>> found = score(Instance.of(3, (2, 1), (0, 2), (0, 1)), named_policy("ljf"))
    >>> with TemporaryDirectory() as folder:
    ...     archive = Archive(Path(folder) / "found.jsonl")
    ...     archive.add(found), archive.add(found), len(Archive(archive.path))
    (True, False, 1)
    """

    def __init__(self, path: Path, resolve: Resolver = named_policy) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._resolve = resolve
        self._records: dict[str, Record] = {}
        self._position = 0  # all complete lines before it have been read
        self._lines = 0
        self.refresh()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Finding]:
        """For each instance its finding of largest ratio, in order of first appearance."""
        return (record.finding for record in self._records.values())

    def add(self, finding: Finding, provenance: Provenance | None = None) -> bool:
        """Append a finding; False when its instance is known with a ratio at least as large.

        Raises InputError when the finding is not what it says, or cannot be written.
        """
        record = evaluated(finding, provenance or Provenance(), self._resolve)
        line = to_line(record)
        with self._locked() as file:
            self._catch_up(file)
            known = self._records.get(record.key)
            if known is not None and known.finding.ratio >= finding.ratio:
                return False
            _append(file, line)
            self._catch_up(file)
        return True

    def refresh(self) -> None:
        """Read what other processes have appended."""
        with self._locked() as file:
            self._catch_up(file)

    def provenances(self) -> list[tuple[Finding, Provenance]]:
        """Each instance's finding of largest ratio, and how it came about."""
        return [(record.finding, record.provenance) for record in self._records.values()]

    def select(
        self, policy: str, admission: Admission | None, alpha: Fraction, bursts: bool = True
    ) -> list[Finding]:
        """The findings with peaks <= alpha * memory; with ``bursts`` only those at step 0."""
        return [
            f
            for f in self
            if (f.policy, f.admission) == (policy, admission)
            and f.instance.alpha <= alpha
            and (f.instance.is_burst or not bursts)
        ]

    def best(
        self, policy: str, admission: Admission | None, alpha: Fraction, bursts: bool = True
    ) -> Finding | None:
        """The finding of largest ratio, of those the simplest, or None."""
        found = self.select(policy, admission, alpha, bursts)
        return min(found, key=lambda f: (-f.ratio, len(f.instance), f.tokens), default=None)

    def pareto(
        self, policy: str, admission: Admission | None, alpha: Fraction, bursts: bool = True
    ) -> list[Finding]:
        """The findings that no other equals or beats in requests, tokens and ratio together.

        In order of requests, then of tokens. Of those that agree in all three, the first.
        """
        return list(Front(self.select(policy, admission, alpha, bursts)))

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, whole lines only, under an exclusive lock.

        It is opened anew each time: processes that share one open file also share its lock.
        """
        try:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
            file = os.open(self.path, flags, 0o666)
            try:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    raise InputError(f"{self.path}: not a regular file")
                fcntl.flock(file, fcntl.LOCK_EX)
                self._mend(file)
                yield file
            finally:
                os.close(file)  # which releases the lock
        except OSError as error:
            raise InputError(f"{self.path}: {error.strerror or error}") from None

    def _mend(self, file: int) -> None:
        """Complete or cut off what a killed writer has left after the last line's end."""
        size = os.fstat(file).st_size
        begin = _last_line(file, size)
        if begin == size:
            return
        tail = os.pread(file, size - begin, begin)
        if is_whole(tail):
            _append(file, b"\n")
            return
        with Path(f"{self.path}.torn").open("ab") as torn:
            torn.write(tail + b"\n")
            torn.flush()
            os.fsync(torn.fileno())
        os.ftruncate(file, begin)
        os.fsync(file)

    def _catch_up(self, file: int) -> None:
        """Read the lines appended since the last time."""
        size = os.fstat(file).st_size
        if size < self._position:
            raise InputError(f"{self.path}: an append-only file has become shorter")
        with open(os.dup(file), "rb") as lines:  # noqa: PTH123 - there is no path to open
            lines.seek(self._position)
            for line in lines:
                self._lines += 1
                try:
                    record = from_line(line.rstrip(b"\n"), self._resolve)
                except InputError as error:
                    self.problems.append(Problem(self._lines, str(error)))
                    continue
                known = self._records.get(record.key)
                if known is None or known.finding.ratio < record.finding.ratio:
                    self._records[record.key] = record
        self._position = size


def _last_line(file: int, size: int) -> int:
    """Where the last line begins: after the last line's end."""
    end = size
    while end:
        begin = max(0, end - _BLOCK)
        found = os.pread(file, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _append(file: int, data: bytes) -> None:
    """Append all of the data and force it to disk, or take back what was written of it."""
    size = os.fstat(file).st_size
    try:
        rest = data
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise
