"""A proof as a page: the theorem, its chain, the evidence for each link, and what is trusted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from textwrap import shorten, wrap
from typing import Any

from adversaries.report.page import render_html
from adversaries.report.svg import chart
from kvcr import __version__
from lemmas.b4_distorted_own_volume_ratio import distorted_own_volume_ratio
from lemmas.b_distorted_ratio import distorted_ratio
from lemmas.chain import LEMMAS, failures, foundations, support
from lemmas.lemma import Lemma
from lemmas.obligation import Obligation, Outcome
from theory.errors import InputError
from theory.request import Instance

SAMPLES = 200
"""At how many alphas the constants are drawn."""
HIGHEST = 10
"""Largest constant that is drawn."""
AT = (*(Fraction(k, 10) for k in range(10)), Fraction(11, 15))
"""The alphas of the table of constants."""

Curve = Callable[[Fraction], Fraction | None]


def proof_report(key: str) -> str:
    """The proof of a lemma or theorem as a self-contained page.

    Every obligation is run, so the page says what holds now. A new process gives the same
    bytes; within one, Z3's choice of a twin's counter-model depends on what it solved before.
    Raises InputError for a key that is not in lemmas.chain.

    >>> "PROVED" in proof_report("L2")
    True
    """
    if key not in LEMMAS:
        raise InputError(f"no lemma {key[:40]!r}; known: {', '.join(LEMMAS)}")
    found = support(key)
    lemmas = [*found.chain, found.theorem]
    curves = constants(key)
    return render_html(
        "proof.html",
        {
            "version": __version__,
            "theorem": found.theorem,
            "problems": found.problems,
            "obligations": found.obligations,
            "schemas": found.schemas,
            "diagram": diagram(key),
            "lemmas": [_lemma(lemma) for lemma in lemmas],
            "plot": _plot(curves),
            "ruler": [(k / 5, f"{k / 5:g}") for k in range(6)],
            "curves": curves,
            "table": [(alpha, [curve(alpha) for curve in curves.values()]) for alpha in sorted(AT)],
        },
    )


def constants(key: str) -> dict[str, Curve]:
    """Name -> ratio over alpha: the theorem beside its like. Empty for a lemma with no ratio.

    B and B4 depend on the distortion of the order too; they are drawn at three of its values.

    >>> list(constants("T1")), constants("L1")
    (['T1', 'T2', 'T4'], {})
    """
    distorted = {"B": distorted_ratio, "B4": distorted_own_volume_ratio}
    if key in distorted:
        ratio = distorted[key]
        return {
            f"{key}, distortion {root**2}": _at_root(ratio, Fraction(root)) for root in (1, 2, 3)
        }
    found = {name: lemma.ratio for name, lemma in LEMMAS.items() if lemma.ratio is not None}
    return found if key in found else {}


def _at_root(ratio: Callable[[Fraction, Fraction], Fraction | None], root: Fraction) -> Curve:
    return lambda alpha: ratio(alpha, root)


def _plot(curves: dict[str, Curve]) -> dict[str, Any] | None:
    if not curves:
        return None
    lines = []
    for name, curve in curves.items():
        values = ((k / SAMPLES, curve(Fraction(k, SAMPLES))) for k in range(SAMPLES))
        points = [(x, float(y)) for x, y in values if y is not None and y <= HIGHEST]
        if points:
            lines.append((name, points))
    about = f"Upper bounds on the ratio when no peak exceeds alpha M, up to {HIGHEST}."
    return chart("The constant over alpha", about, lines, (1, HIGHEST), (1, 3, 5, 7, 9), 1)


def diagram(key: str) -> dict[str, Any]:
    """The chain as boxes in layers, the theorem below what it rests on, and arrows.

    An arrow that others imply is left out.

    >>> drawn = diagram("T1")
    >>> len(drawn["boxes"]), len(drawn["arrows"])
    (4, 3)
    """
    depth = {key: 0}
    for lemma in reversed([*foundations(key), LEMMAS[key]]):
        for below in lemma.rests_on:
            depth[below] = max(depth.get(below, 0), depth[lemma.key] + 1)
    layers = [[k for k in depth if depth[k] == level] for level in range(max(depth.values()) + 1)]
    layers.reverse()
    boxes = {
        name: ((place + 0.5) * 420 / len(layer), 40 + 105 * row)
        for row, layer in enumerate(layers)
        for place, name in enumerate(layer)
    }
    arrows = [
        (boxes[below], boxes[name])
        for name in depth
        for below in LEMMAS[name].rests_on
        if not any(below in _below(other) for other in LEMMAS[name].rests_on)
    ]
    return {
        "height": 105 * len(layers) - 25,
        "boxes": [
            (n, wrap(shorten(LEMMAS[n].title, 36, placeholder="…"), 19), *boxes[n], n == key)
            for n in depth
        ],
        "arrows": arrows,
        "words": "; ".join(
            f"{name} rests on {', '.join(LEMMAS[name].rests_on) or 'nothing'}" for name in depth
        ),
    }


def _below(key: str) -> set[str]:
    return {lemma.key for lemma in foundations(key)}


def _lemma(lemma: Lemma) -> dict[str, Any]:
    return {
        "lemma": lemma,
        "own": [problem for problem in failures(lemma.key) if problem.startswith(f"{lemma.key}:")],
        "obligations": [_obligation(obligation) for obligation in lemma.obligations],
        "example": requests(lemma.example),
        "breaks_on": requests(lemma.overclaim.breaks_on),
        "overclaim_refuted": not lemma.overclaim.holds(lemma.overclaim.breaks_on),
    }


def _obligation(obligation: Obligation) -> dict[str, Any]:
    """An obligation with what became of it and of its twin, run now."""
    twin, point = obligation.sabotaged(), obligation.refute_twin()
    return {
        "it": obligation,
        "discharged": obligation.discharge() is Outcome.DISCHARGED,
        "twin_goal": twin.goal,
        "model": None if point is None else ", ".join(f"{n} = {v}" for n, v in point.items()),
    }


def requests(instance: Instance) -> str:
    """An instance in one line.

    >>> requests(Instance.of(6, (0, 3), (2, 2), (2, 2)))
    'M = 6; (0, 3), 2 × (2, 2)'
    """
    shown = (
        f"{f'{count} × ' if count > 1 else ''}({r.prompt}, {r.output})"
        + (f" at {r.arrival}" if r.arrival else "")
        for count, r in instance.groups()
    )
    return f"M = {instance.memory}; {', '.join(shown)}"
