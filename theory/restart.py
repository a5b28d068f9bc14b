"""Optimistic admission with restart: start what fits now, evict when memory runs over.

A server that knows no output length cannot look ahead. It starts a waiting request as soon as the
next step has room for it, and when what runs would overflow the next step it evicts: the evicted
request loses its progress, keeps its rank and waits to start afresh. Each step t (theory.md,
section 3, C):

1. retire what completes at t;
2. while step t + 1 would hold more than M tokens, evict;
3. scan the waiting in rank order, start each that step t + 1 has room for, stop at the first
   that it has not. What was evicted in this very step may start again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from typing import NamedTuple

from theory.errors import InputError, PolicyError
from theory.request import Instance, Request
from theory.schedule import Schedule, require_feasible


class Eviction(StrEnum):
    """Who loses its progress when memory runs over."""

    LOWEST_RANKED = "lowest-ranked"
    LARGEST = "largest"
    LAST_STARTED = "last-started"  # and nothing starts in a step that evicts, as in vLLM


class Run(NamedTuple):
    """One attempt at a request: it holds tokens in the steps start < t <= end."""

    start: int
    end: int
    completed: bool


@dataclass(frozen=True)
class RestartSchedule:
    """The runs of each request, in the instance's order; the last run of each completes.

    >>> schedule = run_with_restart(Instance.of(5, (0, 4), (0, 2)), (0, 1))
    >>> schedule.starts, schedule.evictions
    ((0, 0), 0)
    """

    runs: tuple[tuple[Run, ...], ...]

    @classmethod
    def whole(cls, instance: Instance, starts: Schedule) -> RestartSchedule:
        """A schedule in which nothing was cut.

        >>> RestartSchedule.whole(Instance.of(5, (0, 4)), (3,)).runs
        ((Run(start=3, end=7, completed=True),),)
        """
        pairs = zip(starts, instance.requests, strict=True)
        return cls(tuple((Run(p, p + request.output, True),) for p, request in pairs))

    @property
    def starts(self) -> Schedule:
        """Start step of the run that completes, of each request."""
        return tuple(runs[-1].start for runs in self.runs)

    @property
    def evictions(self) -> int:
        """Number of runs that were cut."""
        return sum(len(runs) - 1 for runs in self.runs)

    def cost(self, instance: Instance) -> int:
        """Total end-to-end latency: the sum over requests of completion minus arrival, in steps.

        >>> inst = Instance.of(4, (0, 4), (0, 2))
        >>> run_with_restart(inst, (0, 1)).cost(inst)     # the second is complete at 2
        6
        """
        return sum(
            runs[-1].end - request.arrival
            for runs, request in zip(self.runs, instance.requests, strict=True)
        )


def run_with_restart(
    instance: Instance, order: Sequence[int], eviction: Eviction = Eviction.LOWEST_RANKED
) -> RestartSchedule:
    """The runs that a fixed rank order (indices, first is most urgent) makes of an instance.

    Under ``lowest-ranked`` it always ends: once all have arrived, the most urgent unfinished
    request starts when what is before it is gone, at the latest; from then on it could be evicted
    only while it runs alone, and alone it fits. Under ``largest`` (the most tokens held, then the
    lowest rank) two requests can evict each other for ever. ``last-started`` (then the lowest
    rank) is the same as ``lowest-ranked`` where ranks are arrivals, but for the pause that it
    makes. Raises PolicyError when the server returns to a state that it was in since the last
    arrival or completion, InputError for an order that is not a permutation.
    Work: O(log n) for each run. Source: theory.md, section 3, C.

    >>> inst = Instance.of(16, (0, 16), (0, 16))
    >>> schedule = run_with_restart(inst, (0, 1))
    >>> schedule.starts, len(schedule.runs[1])
    ((0, 16), 5)
    >>> run_with_restart(inst, (0, 1), Eviction.LARGEST)
    Traceback (most recent call last):
        ...
    theory.errors.PolicyError: step 33: evicting the largest goes round in circles, 2 unfinished
    """
    if sorted(order) != list(range(len(instance))):
        raise InputError("order: not a permutation of the requests")
    server = _Server(instance, order, Eviction(eviction))
    while server.unfinished:
        server.step()
    return RestartSchedule(tuple(map(tuple, server.runs)))


class _Server:
    """The state of the server; it jumps from one step at which something happens to the next.

    Requests are known by their rank. Between two events nothing but the age of what runs
    changes, so step t + 1 holds ``base + len(running) * (t + 1)`` tokens, and who waits cannot
    start: the room only shrinks. Heaps may hold runs that are over; ``running`` says which.
    """

    def __init__(self, instance: Instance, order: Sequence[int], eviction: Eviction) -> None:
        self.order = order
        self.requests = [instance.requests[i] for i in order]
        self.memory = instance.memory
        self.eviction = eviction
        self.runs: list[list[Run]] = [[] for _ in order]
        self.unfinished = len(order)
        self.arrivals = sorted(
            range(len(order)), key=lambda rank: self.requests[rank].arrival, reverse=True
        )
        self.waiting: list[int] = []  # a heap of ranks
        self.running: dict[int, int] = {}  # rank -> start
        self.base = 0  # sum of prompt - start over what runs
        self.completions: list[tuple[int, int, int]] = []  # a heap of (end, rank, start)
        self.victims: list[tuple[int, int, int]] = []  # a heap of (urgency to keep, -rank, start)
        self.seen: set[tuple[tuple[int, int], ...]] = set()
        self.now = 0
        self.paused = False  # whether the scan was left out at this step

    def step(self) -> None:
        """Do what the next step brings at which anything happens."""
        self.now = self._next_event()
        while self.arrivals and self.requests[self.arrivals[-1]].arrival <= self.now:
            heappush(self.waiting, self.arrivals.pop())
            self.seen.clear()
        while self.completions and self.completions[0][0] <= self.now:
            _, rank, start = heappop(self.completions)
            if self.running.get(rank) == start:
                self._end(rank, completed=True)
                self.unfinished -= 1
                self.seen.clear()
        evicted = False
        while self._next_total() > self.memory:
            self._evict()
            evicted = True
        self.paused = evicted and self.eviction is Eviction.LAST_STARTED
        while self.waiting and not self.paused:
            rank = self.waiting[0]
            if self._next_total() + self.requests[rank].prompt + 1 > self.memory:
                break
            self._start(heappop(self.waiting))
        if evicted and self.eviction is not Eviction.LOWEST_RANKED:
            self._require_progress()

    def _next_total(self) -> int:
        return self.base + len(self.running) * (self.now + 1)

    def _next_event(self) -> int:
        """The next arrival, completion or overflow; a completion may be one that was cut off."""
        steps = [self.now + 1] if self.paused else []
        if self.arrivals:
            steps.append(self.requests[self.arrivals[-1]].arrival)
        if self.running:
            steps.append(self.completions[0][0])
            steps.append((self.memory - self.base) // len(self.running))
        return min(steps)

    def _start(self, rank: int) -> None:
        request, now = self.requests[rank], self.now
        self.running[rank] = now
        self.base += request.prompt - now
        heappush(self.completions, (now + request.output, rank, now))
        held = request.prompt - now  # all that run grow alike, so this orders them by size
        key = {Eviction.LARGEST: -held, Eviction.LAST_STARTED: -now}.get(self.eviction, 0)
        heappush(self.victims, (key, -rank, now))

    def _end(self, rank: int, completed: bool) -> None:
        start = self.running.pop(rank)
        self.base -= self.requests[rank].prompt - start
        self.runs[self.order[rank]].append(Run(start, self.now, completed))

    def _evict(self) -> None:
        while True:
            _, minus_rank, start = heappop(self.victims)
            if self.running.get(-minus_rank) == start:
                break
        self._end(-minus_rank, completed=False)
        heappush(self.waiting, -minus_rank)

    def _require_progress(self) -> None:
        """Until something arrives or completes, what runs and since when is the whole state."""
        state = tuple(sorted((rank, self.now - start) for rank, start in self.running.items()))
        if state in self.seen:
            raise PolicyError(
                f"step {self.now}: evicting the {self.eviction.value} goes round in circles, "
                f"{self.unfinished} unfinished"
            )
        self.seen.add(state)


def require_valid_runs(instance: Instance, schedule: RestartSchedule) -> None:
    """Raise InputError, naming request or step, unless the runs could have happened.

    Every request has one complete run, its last, as long as its output; the runs before it were
    cut short; none starts before the arrival or before the last one ended; and no step holds
    more than ``memory`` tokens, those of cut runs included.

    >>> inst = Instance.of(4, (0, 2), (1, 2))
    >>> require_valid_runs(inst, RestartSchedule(((Run(0, 2, True),), (Run(0, 1, False),))))
    Traceback (most recent call last):
        ...
    theory.errors.InputError: runs: request 1: its last run is not complete
    """
    if len(schedule.runs) != len(instance):
        raise InputError(f"runs: those of {len(schedule.runs)} for {len(instance)} requests")
    attempts: list[Request] = []
    starts: list[int] = []
    for index, (runs, request) in enumerate(zip(schedule.runs, instance.requests, strict=True)):
        free = request.arrival
        if not runs or not runs[-1].completed:
            raise InputError(f"runs: request {index}: its last run is not complete")
        for number, run in enumerate(runs):
            where = f"runs: request {index}, run {number}"
            if run.start < free:
                raise InputError(f"{where}: starts at {run.start}, not free before {free}")
            length = run.end - run.start
            if run.completed != (number == len(runs) - 1):
                raise InputError(f"{where}: complete, but not the last")
            if not (length == request.output if run.completed else 0 < length < request.output):
                raise InputError(f"{where}: lasts {length} steps, the output is {request.output}")
            attempts.append(Request(request.prompt, length, request.arrival))
            starts.append(run.start)
            free = run.end
    # A run holds what a request of its own length would hold.
    require_feasible(Instance(instance.memory, tuple(attempts)), starts)
