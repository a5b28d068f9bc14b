"""The hunt: one or many workers look for bad instances; what they found is made small and exact."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from adversaries.hunt.archive import Archive
from adversaries.hunt.budget import Budget
from adversaries.hunt.crew import in_processes, on_cluster
from adversaries.hunt.front import Front
from adversaries.hunt.limits import Limits
from adversaries.hunt.records import Provenance, Resolver
from adversaries.hunt.score import Finding
from adversaries.hunt.search import EnoughError, Search
from adversaries.hunt.shrink import shrink
from adversaries.hunt.track import Task, Trail, track
from theory.claims import Cell, Traffic
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance

FOUND = "found.jsonl"
"""The archive's file in its folder."""
POLISH = 0.15
"""Share of the time for making small and exact what has been found."""
MOST_TRIALS = 3000
"""Simpler instances tried for one finding."""
EXACT_SECONDS = 10.0
"""Most time for the exact optimum of one finding."""


@dataclass(frozen=True)
class HuntResult:
    """The worst instance found, those that are smaller or as bad, and what it took.

    ``breach`` is an instance on which the policy broke its contract, and how: the hunt ends
    there. ``best`` is None only when that happened at once.
    """

    best: Finding | None
    front: tuple[Finding, ...]
    evaluations: int
    seconds: float
    breach: tuple[Instance, str] | None = None


def hunt(
    cell: Cell,
    budget: Budget,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    archive: Path | None = None,
    resume: bool = True,
    workers: int = 1,
    dask: str | None = None,
    families: bool = True,
    resolve: Resolver = named_policy,
) -> HuntResult:
    """Look for an instance of the cell on which its policy does as badly as possible.

    Steered draws, then CMA-ES on the families (unless not ``families``), then climbs on the
    integers; at the end the front is shrunk at its ratios and held against the exact optimum.
    ``limits`` bounds the sizes (by default 8 requests, 60 tokens). ``archive`` is a folder:
    every finding of the front is safe in its found.jsonl before the hunt goes on, and with
    ``resume`` it starts from what is there. ``workers`` processes share it; with ``dask``, the
    address of a scheduler, they are tasks of that cluster, whose machines must see the folder.
    ``resolve`` finds the policy by name; with processes it must be picklable.

    One worker, one seed, one budget of evaluations and one content of the archive find the same
    again. Raises InputError for bad arguments, Poisson traffic among them (no one instance
    refutes a claim about its mean), or when a needed package is missing.

    >>> from fractions import Fraction
    >>> found = hunt(Cell("ljf", Fraction(1)), Budget(evaluations=300), seed=1, families=False)
    >>> found.best.ratio > Fraction(3, 2)
    True
    """
    if cell.traffic is Traffic.POISSON:
        raise InputError("traffic: a claim about Poisson traffic is refuted by no one instance")
    if workers < 1:
        raise InputError(f"workers must be at least 1, got {workers}")
    begin = time.monotonic()
    limits = limits or Limits.of(cell)
    with _shared_file(archive, workers) as file:
        share = budget.share(workers)
        if share.seconds is not None:
            share = replace(share, seconds=share.seconds * (1 - POLISH))
        task = Task(cell, limits, share, seed, resolve, families, file, resume)
        trails = _trails(task, workers, dask)
        front = Front(finding for trail in trails for finding in trail.findings)
        deadline = None
        if budget.seconds is not None:
            deadline = time.monotonic() + budget.seconds * POLISH
        polished = _polished(front, task, deadline)
        if archive is not None and file is not None:
            kept = Archive(file, resolve)
            for finding in polished.front:
                kept.add(finding, Provenance("hunt", seed, polished.evaluations))
    return HuntResult(
        polished.worst,
        tuple(polished.front),
        polished.evaluations + sum(trail.evaluations for trail in trails),
        time.monotonic() - begin,
        next((trail.breach for trail in trails if trail.breach), None),
    )


@contextmanager
def _shared_file(folder: Path | None, workers: int) -> Iterator[Path | None]:
    """The archive's file; a temporary one where workers need it to exchange what they find."""
    if folder is None and workers == 1:
        yield None
    elif folder is None:
        with TemporaryDirectory() as scratch:
            yield Path(scratch) / FOUND
    else:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: {error.strerror}") from None
        yield folder / FOUND


def _trails(task: Task, workers: int, dask: str | None) -> list[Trail]:
    tasks = [task] + [replace(task, seed=_derived(task.seed, k)) for k in range(1, workers)]
    if dask is not None:
        return on_cluster(track, tasks, dask)
    return [track(task)] if workers == 1 else in_processes(track, tasks)


def _derived(seed: int, worker: int) -> int:
    return Random(f"{seed}/{worker}").getrandbits(32)


def _polished(front: Front, task: Task, deadline: float | None) -> Search:
    """The front, each finding shrunk as far as its ratio stays, then held against the optimum."""
    score = task.score()
    search = Search(score, task.limits, deadline=deadline, front=front)
    try:
        for finding in sorted(front, key=lambda f: -f.ratio):
            _shrink(search, finding)
        for finding in sorted(search.front, key=lambda f: -f.ratio):
            left = EXACT_SECONDS if deadline is None else deadline - time.monotonic()
            search.check_time()
            search.offer(score(finding.instance, min(EXACT_SECONDS, left)))
    except EnoughError:
        pass
    return search


def _shrink(search: Search, finding: Finding) -> None:
    smallest = finding

    def shows(instance: Instance) -> bool:
        nonlocal smallest
        found = search.evaluate(instance)
        if found.ratio >= finding.ratio:
            smallest = found  # and the shrinking goes on from here
        return found.ratio >= finding.ratio

    try:
        shrink(finding.instance, search.limits, shows, MOST_TRIALS)
    finally:
        search.offer(smallest)
