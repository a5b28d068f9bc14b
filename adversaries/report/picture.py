"""Memory over time as stacked shapes: what each request holds, from start to completion.

Everything is measured in the unit square: x is time over the horizon, y tokens over M. A short
schedule is drawn step by step (step t is the interval from t - 1 to t), a longer one as ramps,
and one with too many shapes as bands, one for each kind, at its fullest steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from adversaries.report.exhibit import Exhibit
from adversaries.report.kinds import Kind, kind_of
from adversaries.report.text import counted, span, whole
from theory.request import Instance
from theory.schedule import occupancy

MOST_STEPS = 160
"""Longest schedule that is drawn step by step."""
MOST_PIECES = 6_000
"""Most straight pieces of shapes in one picture; with more, bands are drawn."""
COLUMNS = 360
"""Columns of a picture of bands."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Bundle:
    """Equal requests that start together: one shape. ``output`` is the life of a cut run."""

    kind: int
    start: int
    prompt: int
    output: int
    members: tuple[int, ...]
    is_cut: bool = False

    @property
    def end(self) -> int:
        """Completion step."""
        return self.start + self.output


@dataclass(frozen=True)
class Shape:
    """A polygon in the unit square, what it stands for, and where its letter may go.

    ``middle`` lies inside, half-way through its life; ``room`` is its length and its height there.
    """

    kind: int
    points: tuple[Point, ...]
    info: str
    middle: Point
    room: Point
    is_cut: bool = False


@dataclass(frozen=True)
class Picture:
    """One schedule's shapes, bottom to top; ``drawn`` says how they are drawn."""

    shapes: tuple[Shape, ...]
    drawn: str
    bands: bool = False


class _Edge:
    """A shape as it grows from left to right, in steps and tokens."""

    def __init__(self) -> None:
        self.low: list[tuple[int, int]] = []
        self.high: list[tuple[int, int]] = []

    def extend(self, begin: int, end: int, low: tuple[int, int], high: tuple[int, int]) -> None:
        for line, (left, right) in ((self.low, low), (self.high, high)):
            _append(line, (begin, left))
            _append(line, (end, right))

    def shape(
        self, kind: int, info: str, horizon: int, memory: int, middle: float | None = None
    ) -> Shape:
        points = [(x / horizon, y / memory) for x, y in [*self.high, *reversed(self.low)]]
        begin, end = self.low[0][0], self.low[-1][0]
        middle = (begin + end) / 2 if middle is None else middle
        low, high = _height(self.low, middle), _height(self.high, middle)
        spot = (middle / horizon, (low + high) / 2 / memory)
        return Shape(
            kind, tuple(points), info, spot, ((end - begin) / horizon, (high - low) / memory)
        )


def _height(line: Sequence[tuple[int, int]], x: float) -> float:
    """The height of a line, given from left to right, above x."""
    for (x0, y0), (x1, y1) in pairwise(line):
        if x0 <= x <= x1 and x0 < x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line[-1][1]


def _append(line: list[tuple[int, int]], point: tuple[int, int]) -> None:
    """Add a point; the one before it goes when it lies on the straight line or is the same."""
    if line and line[-1] == point:
        return
    if len(line) > 1:
        (x0, y0), (x1, y1), (x2, y2) = line[-2], line[-1], point
        if (x1 - x0) * (y2 - y1) == (x2 - x1) * (y1 - y0) and x0 <= x1 <= x2:
            line.pop()
    line.append(point)


def bundles(instance: Instance, starts: Sequence[int], kinds: Sequence[Kind]) -> list[Bundle]:
    """Equal requests that start together, in order of start, the longest first."""
    of, found = kind_of(kinds), dict[tuple[int, int, int], list[int]]()
    for index, (start, r) in enumerate(zip(starts, instance.requests, strict=True)):
        found.setdefault((start, -r.output, r.prompt), []).append(index)
    return [
        Bundle(of[members[0]], start, prompt, -output, tuple(members))
        for (start, output, prompt), members in sorted(found.items())
    ]


def picture(exhibit: Exhibit, starts: Sequence[int], kinds: Sequence[Kind]) -> Picture:
    """The shapes of one of the exhibit's schedules, on the horizon of both.

    >>> from adversaries.report.example import example
    >>> from adversaries.report.kinds import kinds
    >>> shown = example()
    >>> drawing = picture(shown, shown.good, kinds(shown.instance))
    >>> len(drawing.shapes), drawing.drawn
    (4, 'Each step is drawn as it is.')
    """
    instance, horizon = exhibit.instance, exhibit.horizon
    found = bundles(instance, starts, kinds)
    if starts is exhibit.bad:
        found = sorted([*found, *_cut(exhibit, kinds)], key=lambda bundle: bundle.start)
    stepwise = horizon <= MOST_STEPS
    changes = sorted({step for bundle in found for step in (bundle.start, bundle.end)})
    cuts = list(range(horizon + 1)) if stepwise else changes
    if _pieces(found, cuts) > MOST_PIECES:
        return _bands(exhibit, starts, kinds)
    edges = [_Edge() for _ in found]
    running: list[int] = []
    entered = 0
    for begin, end in pairwise(cuts):
        running = [place for place in running if found[place].end > begin]
        while entered < len(found) and found[entered].start <= begin:
            running.append(entered)
            entered += 1
        left = right = 0
        for place in running:
            bundle, count = found[place], len(found[place].members)
            after = count * (bundle.prompt + end - bundle.start)
            before = after if stepwise else count * (bundle.prompt + begin - bundle.start)
            edges[place].extend(begin, end, (left, right), (left + before, right + after))
            left, right = left + before, right + after
    shapes = (
        replace(
            edge.shape(bundle.kind, _info(exhibit, bundle, kinds), horizon, instance.memory),
            is_cut=bundle.is_cut,
        )
        for edge, bundle in zip(edges, found, strict=True)
    )
    ramps = "Growth by a token a step is drawn as a ramp."
    return Picture(tuple(shapes), "Each step is drawn as it is." if stepwise else ramps)


def _cut(exhibit: Exhibit, kinds: Sequence[Kind]) -> Iterator[Bundle]:
    """The runs that were cut, one by one."""
    of = kind_of(kinds)
    for index, start, end in exhibit.cut:
        prompt = exhibit.instance.requests[index].prompt
        yield Bundle(of[index], start, prompt, end - start, (index,), is_cut=True)


def _pieces(found: Iterable[Bundle], cuts: Sequence[int]) -> int:
    places = {step: place for place, step in enumerate(cuts)}
    return sum(places[bundle.end] - places[bundle.start] for bundle in found)


def _info(exhibit: Exhibit, bundle: Bundle, kinds: Sequence[Kind]) -> str:
    label, members = kinds[bundle.kind].label, bundle.members
    arrivals = [exhibit.instance.requests[i].arrival for i in members]
    arrival = "" if not any(arrivals) else f"arrives at {span(min(arrivals), max(arrivals))}, "
    if len(members) == 1:
        who = f"request {whole(members[0])}"
    elif members[-1] - members[0] == len(members) - 1:
        who = f"requests {span(members[0], members[-1])} ({whole(len(members))} alike)"
    else:
        who = f"{counted(len(members), 'request')} alike"
    if bundle.is_cut:
        return (
            f"{label}: {who}, prompt {whole(bundle.prompt)}; {arrival}starts at step "
            f"{whole(bundle.start)}, is cut at step {whole(bundle.end)}"
        )
    return (
        f"{label}: {who}, prompt {whole(bundle.prompt)}, output {whole(bundle.output)}; {arrival}"
        f"starts at step {whole(bundle.start)}, completes at step {whole(bundle.end)}"
    )


def _bands(exhibit: Exhibit, starts: Sequence[int], kinds: Sequence[Kind]) -> Picture:
    """One band for each kind; each column shows the step in it with most tokens held."""
    horizon, memory = exhibit.horizon, exhibit.instance.memory
    edges = [_Edge() for _ in kinds]
    tallest = [(-1, 0.0)] * len(kinds)
    begin = 0
    for end, by_kind in _columns(exhibit, starts, kinds):
        low = 0
        for place, tokens in enumerate(by_kind):
            tallest[place] = max(tallest[place], (tokens, (begin + end) / 2))
            edges[place].extend(begin, end, (low, low), (low + tokens, low + tokens))
            low += tokens
        begin = end
    words = [f"{kind.label}: {counted(len(kind.members), 'request')}" for kind in kinds]
    shapes = tuple(
        edge.shape(place, words[place], horizon, memory, tallest[place][1])
        for place, edge in enumerate(edges)
    )
    drawn = "Requests of a kind are drawn as one band, each column at its fullest step."
    if starts is exhibit.bad and exhibit.cut:
        drawn += " Runs that were cut are left out."
    return Picture(shapes, drawn, bands=True)


def _columns(
    exhibit: Exhibit, starts: Sequence[int], kinds: Sequence[Kind]
) -> Iterator[tuple[int, list[int]]]:
    """(last step, tokens by kind at the fullest step) of each column.

    The load only grows between completions: it is largest at one of these or at the end.
    """
    horizon = exhibit.horizon
    columns = min(COLUMNS, horizon)
    ends = [(column + 1) * horizon // columns for column in range(columns)]
    best: dict[int, tuple[int, int]] = {}
    for step, tokens in occupancy(exhibit.instance, starts):
        column = -(-step * columns // horizon) - 1
        best[column] = max(best.get(column, (-1, 0)), (tokens, step))
    peaks = [best[column][1] if column in best else end for column, end in enumerate(ends)]
    at_peaks, at_ends = (_held(exhibit, starts, steps, kinds) for steps in (peaks, ends))
    for end, one, other in zip(ends, at_peaks, at_ends, strict=True):
        yield end, max(one, other, key=sum)


def _held(
    exhibit: Exhibit, starts: Sequence[int], steps: Sequence[int], kinds: Sequence[Kind]
) -> Iterator[list[int]]:
    """Tokens held by each kind in each of the steps. Below M in sum, so 64 bits are enough."""
    columns, begins = exhibit.instance.columns, np.asarray(starts, np.int64)
    members = [np.asarray(kind.members) for kind in kinds]
    for step in steps:
        lives = (begins < step) & (step <= begins + columns.output)
        tokens = np.where(lives, columns.prompt + step - begins, 0)
        yield [int(tokens[chosen].sum()) for chosen in members]
