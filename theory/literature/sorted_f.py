"""Sorted-F: batches that finish cheaply, one after another, and the order that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from theory.errors import InputError
from theory.literature.belief import fits
from theory.policy import Job
from theory.request import Instance

MAX_STATES = 10_000_000
"""Largest n^2 M for which Sorted-F looks for its batches."""


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
        return head.index if fits(memory, started, head.request, step) else None


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
