"""Kinds of requests: what gets one letter, one colour and one row of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from theory.request import Instance, Request

MOST_SHAPES = 12
"""With more different shapes than this, requests of similar volume share a kind."""
CLASSES = 8
"""Into how many classes of volume they are then divided."""


@dataclass(frozen=True)
class Kind:
    """Requests drawn alike: equal (prompt, output), or a class of neighbouring volumes.

    ``members`` are indices into the instance, ascending.

    >>> kind = kinds(Instance.of(60, (0, 10), (59, 1), (59, 1)))[1]
    >>> kind.label, kind.members, kind.spread(lambda request: request.peak)
    ('B', (1, 2), (60, 60))
    """

    label: str
    members: tuple[int, ...]
    requests: tuple[Request, ...]

    def spread(self, measure: Callable[[Request], int]) -> tuple[int, int]:
        """Smallest and largest value of a measure."""
        values = [measure(request) for request in set(self.requests)]
        return min(values), max(values)

    @property
    def is_exact(self) -> bool:
        """Whether all members have the same prompt and output."""
        return len({(r.prompt, r.output) for r in self.requests}) == 1


def kinds(instance: Instance) -> tuple[Kind, ...]:
    """The kinds of an instance, smallest volume first: A, B, C, ...

    Equal shapes stay together.
    """
    shapes: dict[tuple[int, int, int], list[int]] = {}
    for index, r in enumerate(instance.requests):
        shapes.setdefault((r.volume, r.prompt, r.output), []).append(index)
    groups = [shapes[shape] for shape in sorted(shapes)]
    if len(groups) > MOST_SHAPES:
        groups = _classes(groups, len(instance))
    return tuple(
        Kind(
            chr(ord("A") + place), tuple(sorted(g)), tuple(instance.requests[i] for i in sorted(g))
        )
        for place, g in enumerate(groups)
    )


def _classes(groups: Sequence[list[int]], requests: int) -> list[list[int]]:
    """Neighbouring groups joined into about equally many requests each."""
    joined: list[list[int]] = []
    seen = 0
    for group in groups:
        if not joined or seen * CLASSES >= len(joined) * requests:
            joined.append([])
        joined[-1] += group
        seen += len(group)
    return joined


def kind_of(found: Sequence[Kind]) -> dict[int, int]:
    """Index of a request -> position of its kind."""
    return {index: place for place, kind in enumerate(found) for index in kind.members}
