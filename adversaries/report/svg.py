"""Coordinates for drawings: paths, ticks, letters, curves.

Plots are stretched to the width of the page, so text stays out of the SVG: labels are placed in
per cent over it and keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from adversaries.report.picture import Picture, Point

WIDTH, HEIGHT = 1000, 300
"""The coordinates inside a plot."""
MOST_LETTERS = 60
"""Most letters in one plot."""


def path(points: Iterable[Point], closed: bool = True) -> Markup:
    """Points of the unit square (y upwards) as SVG path data.

    >>> str(path([(0, 0), (0.5, 1), (1, 0)]))
    'M0 300L500 0L1000 300Z'
    """
    parts = [f"{_short(x * WIDTH)} {_short((1 - y) * HEIGHT)}" for x, y in points]
    return Markup("M" + "L".join(parts) + "Z" * closed)


def _short(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"


def ticks(most: int, about: int = 6) -> list[int]:
    """Round numbers from 0 up to ``most``, about so many.

    >>> ticks(102), ticks(7), ticks(1)
    ([0, 20, 40, 60, 80, 100], [0, 2, 4, 6], [0, 1])
    """
    gap = 1
    while most > about * gap:
        leading = int(str(gap)[0])
        gap = gap * 5 // 2 if leading == 2 else gap * 2
    return list(range(0, most + 1, gap))


def plot_labels(drawing: Picture, letters: Sequence[str]) -> list[dict[str, Any]]:
    """Letters on shapes, the large ones first, none over another.

    Shapes with room get one, and the largest shape of each kind if it is free. ``wide`` letters
    have room on a narrow screen too.
    """
    labels: list[dict[str, Any]] = []
    lettered: set[int] = set()
    for shape in sorted(drawing.shapes, key=lambda shape: -shape.room[0] * shape.room[1]):
        (width, height), (x, y) = shape.room, shape.middle
        roomy = width > 0.022 and height > 0.07
        if len(labels) == MOST_LETTERS or not (roomy or shape.kind not in lettered):
            continue
        if any(abs(x - one["x"]) < 0.025 and abs(1 - y - one["y"]) < 0.08 for one in labels):
            continue
        lettered.add(shape.kind)
        labels.append({"text": letters[shape.kind], "x": x, "y": 1 - y, "wide": width > 0.05})
    return labels


def chart(
    title: str,
    about: str,
    lines: Sequence[tuple[str, Sequence[Point]]],
    corner: Point,
    marks: Sequence[float] = (),
    bottom: float = 0,
) -> dict[str, Any]:
    """A plot of named lines between (0, bottom) and ``corner``, with marks on the y axis.

    >>> chart("t", "", [("n", [(0, 0), (4, 5)])], (4, 10), (10,))["lines"][0]["points"]
    [(0.0, 0.0), (1.0, 0.5)]
    """
    right, top = corner
    height = top - bottom
    return {
        "title": title,
        "about": about,
        "marks": [((mark - bottom) / height, f"{mark:,}") for mark in marks],
        "lines": [
            {"name": name, "points": [(x / right, (y - bottom) / height) for x, y in points]}
            for name, points in lines
        ],
    }
