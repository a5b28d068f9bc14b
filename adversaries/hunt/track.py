"""What one worker does: draw, look at the families, climb, and tell the archive."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adversaries.hunt.archive import Archive
from adversaries.hunt.budget import Budget
from adversaries.hunt.evolve import evolve
from adversaries.hunt.front import Front
from adversaries.hunt.limits import Limits
from adversaries.hunt.records import Provenance, Resolver
from adversaries.hunt.score import Finding, score
from adversaries.hunt.search import Search
from theory.claims import Cell, Traffic
from theory.policy import Policy, named_policy
from theory.request import Instance

MOST_DRAWS = 50
"""A few: what they find is where the first climb begins, and that gets on much faster."""
SLICE = 10_000
"""Evaluations of a climb between two looks at what the other workers have found."""


@dataclass(frozen=True)
class Task:
    """What a worker needs to know; everything in it can be pickled.

    ``resolve`` finds the policy by its name, and is asked again for every run of a
    :class:`Scheduler`, which may remember what it saw. ``archive`` is the file shared with
    the other workers, if any; without ``resume`` what it held before is no place to start.
    """

    cell: Cell
    limits: Limits
    budget: Budget
    seed: int
    resolve: Resolver
    families: bool = True
    archive: Path | None = None
    resume: bool = True

    def score(self) -> Callable[..., Finding]:
        """Scores an instance against the task's policy, with a time limit if one is given."""
        name, admission = self.cell.policy, self.cell.admission
        policy = self.resolve(name, admission)

        def scored(instance: Instance, time_limit: float = 0.0) -> Finding:
            fresh = policy if isinstance(policy, Policy) else self.resolve(name, admission)
            return score(instance, fresh, time_limit, name)

        return scored


@dataclass(frozen=True)
class Trail:
    """What a worker comes back with: its front, and the breach of the policy's contract if any."""

    findings: tuple[Finding, ...]
    evaluations: int
    breach: tuple[Instance, str] | None


def track(task: Task) -> Trail:
    """Hunt on one core until the budget is used up. Raises InputError for an unknown policy."""
    policy = task.resolve(task.cell.policy, task.cell.admission)
    kept = _Kept(task)
    _warm_up()
    begin, seconds, most = time.monotonic(), task.budget.seconds, task.budget.evaluations
    front = Front(kept.known())
    search = Search(task.score(), task.limits, front=front)
    search.on_find = lambda finding: kept.add(finding, search.evaluations)
    if seconds is not None:
        search.deadline = begin + seconds / 20
    search.draw(MOST_DRAWS if most is None else min(MOST_DRAWS, 1 + most // 20), task.seed)
    if task.families and isinstance(policy, Policy) and not search.is_over:
        if seconds is not None:
            search.deadline = begin + seconds / 8
        evolve(search, policy, MOST_DRAWS if most is None else 1 + most // 20, task.seed)
    if seconds is not None:
        search.deadline = begin + seconds
    slices = 0
    while not search.is_over and not search.is_late and (most is None or search.evaluations < most):
        left = SLICE if most is None else min(SLICE, most - search.evaluations)
        search.climb(left, task.seed + slices)
        slices += 1
        search.learn(kept.news())
    return Trail(tuple(search.front), search.evaluations, search.breach)


def _warm_up() -> None:
    """Load the compiled loops, or compile them, before the clock starts."""
    score(Instance.of(4, (0, 2), (0, 3)), named_policy("svf"))


class _Kept:
    """The archive as one worker sees it; nothing happens where there is none."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._archive = None if task.archive is None else Archive(task.archive, task.resolve)
        self._old: frozenset[Instance] = frozenset()
        if not task.resume:
            self._old = frozenset(finding.instance for finding in self.known())

    def add(self, finding: Finding, evaluations: int) -> None:
        if self._archive is not None:
            self._archive.add(finding, Provenance("hunt", self._task.seed, evaluations))

    def news(self) -> list[Finding]:
        if self._archive is None:
            return []
        self._archive.refresh()
        return self.known()

    def known(self) -> list[Finding]:
        """What the archive knows of the cell, within the limits."""
        if self._archive is None:
            return []
        cell, limits = self._task.cell, self._task.limits
        policy = self._task.resolve(cell.policy, cell.admission)
        admission = cell.admission if isinstance(policy, Policy) else None
        found = self._archive.select(
            cell.policy, admission, cell.alpha, cell.traffic is Traffic.BURST
        )
        return [f for f in found if limits.hold(f.instance) and f.instance not in self._old]
