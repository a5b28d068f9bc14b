"""A_max and A_min: look ahead with a *belief* about each output, between predicted ends.

They ask whether the schedule would be feasible if every output were what they believe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from theory.errors import InputError
from theory.policy import Action, Job
from theory.request import Instance, Request
from theory.schedule import is_feasible


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

    >>> from theory.literature import LITERATURE
    >>> from theory.simulator import simulate
    >>> pair = [Request(0, 2, predicted=(1, 4)), Request(0, 2, predicted=(1, 3))]
    >>> instance = Instance(5, tuple(pair))            # together they might hold 6 in step 3
    >>> simulate(instance, LITERATURE["a-max"])
    (1, 0)
    """

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        """The waiting request of least upper end, if it fits."""
        head = min(waiting, key=lambda job: (_upper_end(job.request, memory), job.index))
        believed = [
            (
                of_output(job.request, max(_upper_end(job.request, memory), step - job.start + 1)),
                job.start,
            )
            for job in running
            if job.start is not None
        ]
        candidate = of_output(head.request, _upper_end(head.request, memory))
        return head.index if fits(memory, believed, candidate, step) else None


class AMin:
    """A_min: every output is believed to be as short as can be; who was wrongly started restarts.

    The belief about a request begins as the lower end of ``predicted`` and grows to the largest
    number of tokens that it has been seen to generate. Each step: (1) while the next step
    would overflow, evict what runs with the least belief, which loses its progress but not the
    belief; (2) start waiting requests in ascending order of belief while nothing would overflow
    if all ended as believed (what runs for one step more, at least), up to the first that does
    not fit. It looks at predictions and ages, never at outputs.
    A reconstruction of arXiv 2508.14544: the order of evictions and the rule of admission follow
    a summary; ties there are random, here the later position is evicted first and starts last.
    A lower end beyond the memory says no more than the memory does.

    It ends: the largest belief among what runs is never evicted and grows with age, so it
    completes unless a larger one starts, and beliefs are bounded by outputs and lower ends.
    Raises InputError for a request without prediction.

    >>> from theory.literature import LITERATURE
    >>> from theory.simulator import execute
    >>> pair = [Request(0, 4, predicted=(1, 4))] * 2
    >>> schedule = execute(Instance(4, tuple(pair)), LITERATURE["a-min"])
    >>> [[(run.start, run.end) for run in runs] for runs in schedule.runs]
    [[(0, 4)], [(0, 2), (2, 3), (4, 8)]]
    """

    def __init__(self) -> None:
        self._belief: dict[int, int] = {}

    def act(self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int) -> Action:
        """Evict the least believed until the next step fits, then start as believed."""
        belief = self._belief
        for job in (*waiting, *running):
            low = min(_interval(job.request)[0], memory - job.request.prompt)
            belief[job.index] = max(belief.get(job.index, low), age(job, step))
        kept = sorted(running, key=lambda job: (-belief[job.index], job.index))
        cut = []
        while sum(job.request.prompt + age(job, step) + 1 for job in kept) > memory:
            cut.append(kept.pop())
        believed = [
            (
                of_output(job.request, max(belief[job.index], age(job, step) + 1)),
                step - age(job, step),
            )
            for job in kept
        ]
        begin = []
        for job in sorted((*waiting, *cut), key=lambda job: (belief[job.index], job.index)):
            candidate = of_output(job.request, belief[job.index])
            if not fits(memory, believed, candidate, step):
                break
            believed.append((candidate, step))
            begin.append(job.index)
        return Action([job.index for job in cut], begin)


def age(job: Job, step: int) -> int:
    """Tokens that the job has generated; none while it waits."""
    return 0 if job.start is None else step - job.start


def fits(
    memory: int, started: Sequence[tuple[Request, int]], candidate: Request, step: int
) -> bool:
    """Whether all is feasible when the candidate joins what was started, at this step."""
    requests = tuple(request for request, _ in started)
    starts = [start for _, start in started]
    return is_feasible(Instance(memory, (*requests, candidate)), [*starts, step])


def of_output(request: Request, output: int) -> Request:
    """The request as it would be with that output."""
    return Request(request.prompt, output)


def _interval(request: Request) -> tuple[int, int]:
    if request.predicted is None:
        raise InputError("predicted: this policy needs a prediction for every request")
    return request.predicted


def _upper_end(request: Request, memory: int) -> int:
    return min(_interval(request)[1], memory - request.prompt)
