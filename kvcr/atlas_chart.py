"""The atlas drawn: what is refuted, open and proved over alpha, the ratio on a log scale.

Coordinates lie in the unit square, y upwards. A float is good enough for a drawing; the numbers
beside it are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import log

import sympy

from adversaries.report.picture import Point as Spot
from adversaries.report.text import counted, decimal, name, number, whole
from kvcr.atlas import Band, Point
from lemmas.chain import ratios

RIGHT = 1.03
"""The largest alpha drawn: a little room to see what holds at 1."""
SAMPLES = 200
"""At how many alphas a theorem's ratio is drawn."""
MARKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

Region = tuple[Spot, ...]


@dataclass(frozen=True)
class Slice:
    """What the chart tells around one alpha of the grid: where, the spots to light, and words."""

    left: float
    right: float
    spots: tuple[Spot, ...]
    info: str


@dataclass(frozen=True)
class Chart:
    """One cell over alpha, as regions and lines of the unit square.

    ``refuted`` lies below what an instance shows, ``proved`` above what a theorem says, ``open``
    between them; in ``unbounded`` a family exceeds every constant, by its closed form. ``off``
    names the largest checked ratio when it lies above the drawing.
    """

    refuted: Region
    open: Region
    proved: Region
    unbounded: Region
    lower: Region
    upper: Region
    limit: Region
    slices: tuple[Slice, ...]
    marks: tuple[tuple[float, str], ...]
    ruler: tuple[tuple[float, str], ...]
    off: str | None


def across(alpha: Fraction | float) -> float:
    """Where an alpha lies, from 0 to 1."""
    return float(alpha) / RIGHT


def height(ratio: Fraction | float, top: int) -> float:
    """Where a ratio of at least 1 lies, 0 at 1 and 1 at ``top`` and beyond.

    >>> height(1, 100), height(10, 100), height(1000, 100)
    (0.0, 0.5, 1.0)
    """
    return min(1.0, log(ratio) / log(top))


def chart(band: Band, top: int) -> Chart:
    """The chart of a modelled cell, for ratios from 1 to ``top``."""
    points = band.points
    lower = _steps([(p.alpha, height(p.lower.ratio, top)) for p in points], 0.0)
    proved_by = {p.theorem for p in points if p.theorem is not None}
    upper = _curve(lambda alpha: _smallest(proved_by, alpha), top) if proved_by else ()
    start = next((across(p.alpha) for p in points if p.limit == "oo"), 1.0)
    limits = [(p.alpha, limit_value(p.limit)) for p in points]
    known = [(alpha, height(value, top)) for alpha, value in limits if value is not None]
    floor = _until(lower, start)
    ceiling = upper or ((0.0, 1.0), (1.0, 1.0))
    return Chart(
        refuted=(*lower, (1.0, 0.0), (0.0, 0.0)),
        open=(*floor, *reversed(_until((*ceiling, (1.0, 1.0)), start))),
        proved=(*upper, (upper[-1][0], 1.0), (0.0, 1.0)) if upper else (),
        unbounded=(*_after(lower, start), (1.0, 1.0), (start, 1.0)) if start < 1 else (),
        lower=lower,
        upper=upper,
        limit=_until(_steps(known, None), start),
        slices=_slices(points, top),
        marks=tuple((height(mark, top), whole(mark)) for mark in MARKS if mark <= top),
        ruler=tuple((across(k / 5), f"{k / 5:g}") for k in range(6)),
        off=_off(points, top),
    )


def paper_curve(top: int) -> Region:
    """The paper's 1 + 2/(1 - alpha), which T1 proves."""
    return _curve(lambda alpha: 1 + 2 / (1 - alpha) if alpha < 1 else None, top)


def limit_value(limit: str | None) -> float | None:
    """A family's limit as a number; None for no limit and for no bound ("oo").

    >>> limit_value("10/3"), limit_value("oo"), limit_value(None)
    (3.3333333333333335, None, None)
    """
    return None if limit in (None, "oo") else float(sympy.sympify(limit))


def words(point: Point) -> str:
    """Everything that is known at one alpha, in a sentence or three."""
    ratio, witness = point.lower.ratio, point.lower.witness
    parts = [f"α ≤ {point.alpha}: at least {number(ratio)}"]
    if witness is not None:
        parts.append(
            f" ({name(witness.source)}, {counted(len(witness.instance), 'request')}, "
            f"M = {whole(witness.instance.memory)}, replayed by the checker)"
        )
    if point.upper is not None:
        parts.append(f"; at most {number(point.upper)} ({point.theorem})")
    elif point.limit != "oo":
        parts.append("; no upper bound is proved")
    if point.limit == "oo":
        parts.append(f"; no constant holds ({point.limit_family}, by its closed form)")
    elif point.limit is not None:
        parts.append(f"; {point.limit_family} tends to {point.limit}, by its closed form")
    return "".join(parts)


def _smallest(theorems: Iterable[str], alpha: Fraction) -> Fraction | None:
    stated = ratios(alpha)
    return min((stated[key] for key in theorems if key in stated), default=None)


def _curve(ratio: Callable[[Fraction], Fraction | None], top: int) -> Region:
    """A ratio over alpha, up to where it leaves the drawing or says nothing."""
    spots: list[Spot] = []
    for k in range(SAMPLES):
        alpha = Fraction(k, SAMPLES)
        value = ratio(alpha)
        if value is None:
            break
        spots.append((across(alpha), height(value, top)))
        if value >= top:
            break
    return tuple(spots)


def _steps(values: Sequence[tuple[Fraction, float]], before: float | None) -> Region:
    """A step function that changes at each alpha; ``before`` is its value left of the first."""
    spots: list[Spot] = [] if before is None else [(0.0, before)]
    for alpha, value in values:
        if spots:
            spots.append((across(alpha), spots[-1][1]))
        spots.append((across(alpha), max(value, spots[-1][1]) if spots else value))
    return (*spots, (1.0, spots[-1][1])) if spots else ()


def _until(line: Region, x: float) -> Region:
    """The part of a line from left to right that lies left of x."""
    kept = [spot for spot in line if spot[0] <= x]
    if len(kept) == len(line) or not kept:
        return tuple(kept)
    return (*kept, (x, _at(line, x))) if kept[-1][0] < x else tuple(kept)


def _after(line: Region, x: float) -> Region:
    """The part of a line from left to right that lies right of x."""
    return ((x, _at(line, x)), *(spot for spot in line if spot[0] > x))


def _at(line: Region, x: float) -> float:
    """The height of a line at x; of a step, the upper end."""
    for (x0, y0), (x1, y1) in reversed(list(pairwise(line))):
        if x0 <= x <= x1:
            return y1 if x0 == x1 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line[-1][1]


def _slices(points: Sequence[Point], top: int) -> tuple[Slice, ...]:
    """A slice around each alpha, which ends half-way to the next."""
    places = [across(point.alpha) for point in points]
    cuts = [0.0, *((x + y) / 2 for x, y in pairwise(places)), 1.0]
    return tuple(
        Slice(
            left,
            right,
            tuple(
                (x, height(ratio, top))
                for ratio in (point.lower.ratio, point.upper)
                if ratio is not None
            ),
            words(point),
        )
        for point, x, (left, right) in zip(points, places, pairwise(cuts), strict=True)
    )


def _off(points: Sequence[Point], top: int) -> str | None:
    last = points[-1]
    if last.lower.ratio <= top:
        return None
    return f"{decimal(last.lower.ratio, 1)} at α = {last.alpha}"
