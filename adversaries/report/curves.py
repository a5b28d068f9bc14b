"""Curves: running totals of a schedule, thinned to what a picture can show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from theory.request import Instance

MOST_POINTS = 400
"""Most points of one drawn curve."""


@dataclass(frozen=True)
class Totals:
    """Running totals of a schedule, at each arrival and completion step and at step 0.

    ``unfinished[k]`` requests have arrived and not completed after step ``steps[k]``;
    ``paid[k]`` request-steps have been spent by then, the last of which is the cost.

    >>> found = totals(Instance.of(60, (0, 10), (59, 1)), (0, 10))
    >>> found.steps, found.unfinished, found.paid
    ((0, 10, 11), (2, 1, 0), (0, 20, 21))
    """

    steps: tuple[int, ...]
    unfinished: tuple[int, ...]
    completed: tuple[int, ...]
    paid: tuple[int, ...]

    def at(self, step: int) -> tuple[int, int]:
        """(completed, paid) by a step."""
        place = bisect_right(self.steps, step) - 1
        return self.completed[place], self.paid[place] + self.unfinished[place] * (
            step - self.steps[place]
        )


def totals(instance: Instance, starts: Sequence[int]) -> Totals:
    """The running totals of a schedule. Every request costs one a step from arrival on."""
    changes: dict[int, list[int]] = {0: [0, 0]}
    for start, r in zip(starts, instance.requests, strict=True):
        changes.setdefault(r.arrival, [0, 0])[0] += 1
        changes.setdefault(start + r.output, [0, 0])[1] += 1
    steps = tuple(sorted(changes))
    inside = done = spent = 0
    rows: list[tuple[int, int, int]] = []
    for step, following in pairwise([*steps, steps[-1]]):
        arrived, left = changes[step]
        inside, done = inside + arrived - left, done + left
        rows.append((inside, done, spent))
        spent += inside * (following - step)
    unfinished, completed, paid = zip(*rows, strict=True)
    return Totals(steps, unfinished, completed, paid)


def staircase(steps: Sequence[int], values: Sequence[int], end: int) -> list[tuple[int, int]]:
    """Corners of the function that has values[k] from steps[k] on, up to ``end``.

    >>> staircase([0, 2], [3, 1], 4)
    [(0, 3), (2, 3), (2, 1), (4, 1)]
    """
    corners = [(steps[0], values[0])]
    for step, value in zip(steps[1:], values[1:], strict=True):
        corners += [(step, corners[-1][1]), (step, value)]
    return [*corners, (end, corners[-1][1])]


def thinned(points: Sequence[tuple[int, int]], most: int = MOST_POINTS) -> list[tuple[int, int]]:
    """At most about ``most`` of the points, evenly chosen; first and last are kept."""
    if len(points) <= most:
        return list(points)
    return [points[k * (len(points) - 1) // (most - 1)] for k in range(most)]
