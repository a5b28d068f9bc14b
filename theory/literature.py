"""Policies of the literature, to hold beside those of :mod:`theory.policy`.

Their sources' bodies were not at hand: they were read through abstracts and summaries, and each
docstring says what that leaves open. GSA and GBA (arXiv 2601.22996) are missing for that reason:
their phases and slices could not be established.

Three of them look ahead with a *belief* about each output. They ask whether the schedule would be
feasible if every output were what they believe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from theory.errors import InputError
from theory.policy import Job, Policy
from theory.request import Instance, Request
from theory.restart import RestartSchedule, Run
from theory.schedule import is_feasible

MAX_STATES = 10_000_000
"""Largest n^2 M for which Sorted-F looks for its batches."""

MC_SF = Policy("mc-sf", lambda _: lambda r: r.output, summary="MC-SF: shortest output that fits")
"""Memory-constrained shortest first, for known lengths; the same rules as "sjf".

Waiting requests in ascending order of output, each started when no later step would exceed the
memory, up to the first that would. Source: arXiv 2502.07115; a reconstruction in one respect, that
it stops at the first one that does not fit.
"""


@dataclass(frozen=True)
class InOrder:
    """A scheduler that starts requests in one fixed order, each as soon as it fits.

    ``places[i]`` is the place of request i, all different; outputs are known.
    """

    places: tuple[int, ...]

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        """The first in the order that waits, if it fits."""
        head = min(waiting, key=lambda job: self.places[job.index])
        started = [(job.request, job.start) for job in running if job.start is not None]
        return head.index if _fits(memory, started, head.request, step) else None


def sorted_f(instance: Instance) -> InOrder:
    """Sorted-F for a burst with known lengths: batches that finish cheaply, one after another.

    From what is left it takes the batch X that minimises (sum of outputs over X) / |X|^2 among
    those whose peaks add up to at most M, again and again; batches in that order, each in
    ascending order of output, make the order in which requests start as soon as they fit.
    A reconstruction of arXiv 2508.06133: the metric and the two phases are recalled, not read; a
    batch is taken to be feasible when its peaks fit together; ties go to the larger batch, then
    by position. The batches are found exactly, by dynamic programming over (size, peaks).

    Raises InputError when there are arrivals, or when n^2 M exceeds ``MAX_STATES``.

    >>> sorted_f(Instance.of(6, (5, 1), (0, 2), (0, 3))).places     # 1/1 before (2 + 3)/4
    (0, 1, 2)
    >>> sorted_f(Instance.of(6, (4, 2), (0, 2), (0, 3))).places     # (2 + 3)/4 before 2/1
    (2, 0, 1)
    """
    if not instance.is_burst:
        raise InputError("arrival: Sorted-F is defined for requests that all arrive at step 0")
    if len(instance) ** 2 * instance.memory > MAX_STATES:
        raise InputError(f"requests: n^2 * memory above {MAX_STATES} is too much for Sorted-F")
    left = list(range(len(instance)))
    places = [0] * len(instance)
    placed = 0
    while left:
        batch = _cheapest_batch(instance, left)
        for index in sorted(batch, key=lambda i: (instance.requests[i].output, i)):
            places[index] = placed
            placed += 1
        left = [index for index in left if index not in batch]
    return InOrder(tuple(places))


def _cheapest_batch(instance: Instance, left: Sequence[int]) -> tuple[int, ...]:
    """The indices of the batch of least (sum of outputs) / size^2 whose peaks fit together."""
    best: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {(0, 0): (0, ())}
    for index in left:
        request = instance.requests[index]
        for (size, peaks), (outputs, members) in list(best.items()):
            key = (size + 1, peaks + request.peak)
            longer = (outputs + request.output, (*members, index))
            if key[1] <= instance.memory and (key not in best or longer < best[key]):
                best[key] = longer
    del best[0, 0]
    return min(
        (Fraction(outputs, size**2), -size, members)
        for (size, _), (outputs, members) in best.items()
    )[2]


@dataclass(frozen=True)
class AMax:
    """A_max: every output is believed to be as long as its prediction allows.

    Waiting requests in ascending order of the upper end of ``predicted``, each started when
    nothing would overflow if all ran to their upper ends, up to the first that does not fit; a
    completion frees its memory at once. It looks at predictions and ages, never at outputs.
    A reconstruction of arXiv 2508.14544, which has one interval for all requests: the rank by
    upper ends is ours. An upper end beyond the memory says no more than the memory does. Where
    predictions are wrong, a start may be refused by the driver as a PolicyError.

    Raises InputError for a request without prediction.

    >>> from theory.simulator import simulate
    >>> pair = [Request(0, 2, predicted=(1, 4)), Request(0, 2, predicted=(1, 3))]
    >>> simulate(Instance(5, tuple(pair)), AMax())     # together they might hold 6 in step 3
    (1, 0)
    """

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        """The waiting request of least upper end, if it fits."""
        head = min(waiting, key=lambda job: (_upper_end(job.request, memory), job.index))
        believed = [
            (
                _of_output(job.request, max(_upper_end(job.request, memory), step - job.start + 1)),
                job.start,
            )
            for job in running
            if job.start is not None
        ]
        candidate = _of_output(head.request, _upper_end(head.request, memory))
        return head.index if _fits(memory, believed, candidate, step) else None


def a_min(instance: Instance) -> RestartSchedule:
    """A_min: every output is believed to be as short as can be; who was wrongly started restarts.

    The belief about a request begins as the lower end of ``predicted`` and grows to the largest
    number of tokens that it has been seen to generate. Each step t: (1) retire the finished;
    (2) while step t + 1 would overflow, evict what runs with the least belief, which loses its
    progress but not the belief; (3) start waiting requests in ascending order of belief while
    nothing would overflow if all ended as believed (what runs for one step more, at least), up to
    the first that does not fit. It looks at predictions and ages, never at outputs.
    A reconstruction of arXiv 2508.14544: the order of evictions and the rule of admission follow
    a summary; ties there are random, here the later position is evicted first and starts last.

    It ends: the largest belief among what runs is never evicted and grows with age, so it
    completes unless a larger one starts, and beliefs are bounded by the outputs. One pass over
    what runs for each step and start: for small instances. Raises InputError for a request
    without prediction, or with a lower end above its output.

    >>> pair = [Request(0, 4, predicted=(1, 4))] * 2
    >>> [[(run.start, run.end) for run in runs] for runs in a_min(Instance(4, tuple(pair))).runs]
    [[(0, 4)], [(0, 2), (2, 3), (4, 8)]]
    """
    requests = instance.requests
    belief = [_interval(request)[0] for request in requests]
    for index, request in enumerate(requests):
        if belief[index] > request.output:
            raise InputError(f"request {index}: predicted at least {belief[index]} tokens")
    runs: list[list[Run]] = [[] for _ in requests]
    running: dict[int, int] = {}  # index -> start
    unfinished = set(range(len(requests)))
    step = min(request.arrival for request in requests)
    while unfinished:
        for index, start in list(running.items()):
            belief[index] = max(belief[index], step - start)
            if step - start == requests[index].output:
                del running[index]
                unfinished.remove(index)
                runs[index].append(Run(start, step, completed=True))
        while _held(instance, running, step + 1) > instance.memory:
            victim = min(running, key=lambda i: (belief[i], -i))
            runs[victim].append(Run(running.pop(victim), step, completed=False))
        believed = [
            (_of_output(requests[i], max(belief[i], step - start + 1)), start)
            for i, start in running.items()
        ]
        waiting = [i for i in unfinished - set(running) if requests[i].arrival <= step]
        for index in sorted(waiting, key=lambda i: (belief[i], i)):
            candidate = _of_output(requests[index], belief[index])
            if not _fits(instance.memory, believed, candidate, step):
                break
            running[index] = step
            believed.append((candidate, step))
        later = [requests[i].arrival for i in unfinished if requests[i].arrival > step]
        step = step + 1 if running or not later else min(later)
    return RestartSchedule(tuple(map(tuple, runs)))


def _held(instance: Instance, running: dict[int, int], step: int) -> int:
    return sum(instance.requests[i].prompt + step - start for i, start in running.items())


def _fits(
    memory: int, started: Sequence[tuple[Request, int]], candidate: Request, step: int
) -> bool:
    """Whether all is feasible when the candidate joins what was started, at this step."""
    requests = tuple(request for request, _ in started)
    starts = [start for _, start in started]
    return is_feasible(Instance(memory, (*requests, candidate)), [*starts, step])


def _of_output(request: Request, output: int) -> Request:
    return Request(request.prompt, output, request.arrival)


def _interval(request: Request) -> tuple[int, int]:
    if request.predicted is None:
        raise InputError("predicted: this policy needs a prediction for every request")
    return request.predicted


def _upper_end(request: Request, memory: int) -> int:
    return min(_interval(request)[1], memory - request.prompt)
