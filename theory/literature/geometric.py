"""GSA and GBA: slices and batches of geometric lengths, staggered so that memory stays level.

Source: arXiv 2601.22996, of which only the abstract was at hand. GSA "manages uncertainty through
a geometric phase structure that periodically restarts jobs to bound memory exposure, combined with
a staggered pipeline mechanism that enables high concurrency by smoothing aggregate memory
consumption"; GBA is "the clairvoyant counterpart". Everything beyond that is reconstructed here,
so a ratio measured on these policies says nothing about the paper's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from theory.errors import InputError
from theory.literature.belief import age, fits, of_output
from theory.policy import Action, Job
from theory.request import Instance, Request


class Pipeline:
    """Staggers what it starts: in order, safely, and no faster than memory lets it through.

    A request starts when all fits if everything runs to the end of its slice, and when what was
    started before it holds less over its life (in tokens times steps) than the whole memory
    since the pipeline began. An idle server starts the next one at once.
    """

    def __init__(self) -> None:
        self._since: int | None = None
        self._volume = 0

    def begin(self, step: int) -> None:
        """Count from this step."""
        self._since, self._volume = step, 0

    def starts(
        self,
        step: int,
        queue: Iterable[tuple[int, Request]],
        started: Sequence[tuple[Request, int]],
        memory: int,
    ) -> list[int]:
        """Who starts now, of a queue of (index, slice), beside these (slice, start)."""
        if self._since is None:
            self.begin(step)
        assert self._since is not None
        going, chosen = list(started), []
        for index, piece in queue:
            room = (step + 1 - self._since) * memory
            if going and (self._volume >= room or not fits(memory, going, piece, step)):
                break
            going.append((piece, step))
            chosen.append(index)
            self._volume += piece.volume
        return chosen


class GSA:
    """GSA, reconstructed: phases k = 0, 1, 2, ... of slices of 2^k steps, knowing no length.

    In phase k every unfinished request gets one slice: it runs for at most 2^k steps (or as many
    as the memory allows for its prompt, after which it must be complete), in the order of the
    file, staggered by a :class:`Pipeline`. What has not completed within its slice is cut, loses
    its progress and waits for the next phase, which begins when the last slice has ended. So
    memory never runs over, whatever the outputs. For bursts. Source: see the module.

    >>> from theory.literature import LITERATURE
    >>> from theory.simulator import execute
    >>> schedule = execute(Instance.of(4, (0, 1), (0, 2)), LITERATURE["gsa"])
    >>> [[(run.start, run.end) for run in runs] for runs in schedule.runs]
    [[(0, 1)], [(0, 1), (1, 3)]]
    """

    def __init__(self) -> None:
        self._slice = 1
        self._served: set[int] = set()
        self._pipeline = Pipeline()

    def act(self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int) -> Action:
        """Cut what its slice is over for, and begin the next phase when all have had theirs."""
        cut = [job for job in running if age(job, step) == self._piece(job, memory).output]
        self._served |= {job.index for job in cut}
        kept = [job for job in running if job not in cut]
        queue = [job for job in waiting if job.index not in self._served]
        if not kept and not queue:
            self._slice *= 2
            self._served.clear()
            self._pipeline.begin(step)
            queue = [*waiting, *cut]
        queue.sort(key=lambda job: job.index)
        started = [(self._piece(job, memory), step - age(job, step)) for job in kept]
        pieces = [(job.index, self._piece(job, memory)) for job in queue]
        chosen = self._pipeline.starts(step, pieces, started, memory)
        return Action([job.index for job in cut], chosen)

    def _piece(self, job: Job, memory: int) -> Request:
        """What the job holds if it runs through its slice."""
        return of_output(job.request, min(self._slice, memory - job.request.prompt))


class GBA:
    """GBA, reconstructed: classes of outputs (2^(k-1), 2^k] in ascending order, lengths known.

    Within a class in the order of the file; everything is staggered by one :class:`Pipeline`, with
    true lengths for slices. For bursts. Source: see the module.

    >>> from theory.literature import LITERATURE
    >>> from theory.simulator import simulate
    >>> simulate(Instance.of(9, (0, 8), (0, 4), (0, 7)), LITERATURE["gba"])
    (1, 0, 8)
    """

    def __init__(self) -> None:
        self._pipeline = Pipeline()

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        """The first of the least class, if the pipeline lets it start."""
        head = min(waiting, key=lambda job: ((job.request.output - 1).bit_length(), job.index))
        started = [(job.request, step - age(job, step)) for job in running]
        chosen = self._pipeline.starts(step, [(head.index, head.request)], started, memory)
        return head.index if chosen else None


def gsa(instance: Instance) -> GSA:
    """A fresh GSA. Raises InputError when there are arrivals."""
    _require_burst(instance, "GSA")
    return GSA()


def gba(instance: Instance) -> GBA:
    """A fresh GBA. Raises InputError when there are arrivals."""
    _require_burst(instance, "GBA")
    return GBA()


def _require_burst(instance: Instance, name: str) -> None:
    if not instance.is_burst:
        raise InputError(f"arrival: {name} is defined for requests that all arrive at step 0")
