"""The atlas as a page: a chart for every modelled cell, and the same numbers as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from adversaries.report.page import render_html
from kvcr import __version__
from kvcr.atlas import Band, Point
from kvcr.atlas_chart import across, chart, height, limit_value, paper_curve
from kvcr.register import read_register
from kvcr.reports import verified_entry
from kvcr.standings import ALPHAS, Hunt, hunts
from lemmas import checker
from lemmas.chain import LEMMAS
from theory.errors import InputError
from theory.literature import LITERATURE
from theory.policy import LOOK_AHEAD, POLICIES, Admission

FEATURED = ("svf", "head-of-line", "burst", "known")
"""The cell that comes first, and large: the one that theorems speak about."""
TOP, SMALL_TOP = 100, 500
"""The largest ratio drawn in the large chart and in the small ones."""
ELSEWHERE = (
    ("GSA", Fraction("61.92"), "gsa-61.92"),
    ("Sorted-F", Fraction(48), "sorted-f-48"),
    ("GSA, common prompt", Fraction(32), "gsa-61.92"),
    ("a clairvoyant policy", Fraction(16), "clairvoyant-16"),
    ("GBA", Fraction("10.67"), "gba-10.67"),
    ("GBA, common prompt", Fraction("6.75"), "gba-10.67"),
)
"""Constants that the literature states: policy, constant, claim of the register."""

Regime = tuple[str, str]
"""Traffic and information."""


@dataclass(frozen=True)
class Reported:
    """A counterexample with a page of its own at ``href``."""

    policy: str
    admission: Admission
    alpha: Fraction
    bound: Fraction
    ratio: Fraction
    requests: int
    href: str


@dataclass(frozen=True)
class Links:
    """Pages that the atlas may link to: counterexamples, and proofs by theorem."""

    reports: tuple[Reported, ...] = ()
    proofs: Mapping[str, str] = field(default_factory=dict)


def links_beside(page: Path, folder: str = "reports") -> Links:
    """The reports that lie in ``folder`` beside the page.

    A counterexample is NAME.html with its certificate NAME.json, which is verified; the proof
    of T4 is proof-T4.html. Raises InputError when a certificate cannot be read or is not valid.
    """
    reports = []
    for file in sorted((page.parent / folder).glob("*.json")):
        if not file.with_suffix(".html").exists():
            continue
        try:
            x = verified_entry(file).exhibit
        except checker.Invalid as error:
            raise InputError(f"invalid certificate: {error}") from None
        href = f"{folder}/{file.stem}.html"
        count = len(x.instance)
        reports.append(Reported(x.policy, x.admission, x.alpha, x.bound, x.ratio, count, href))
    proofs = {key: f"{folder}/proof-{key}.html" for key in LEMMAS}
    return Links(
        tuple(sorted(reports, key=lambda r: (r.bound, r.requests, r.href))),
        {key: href for key, href in proofs.items() if (page.parent / href).exists()},
    )


def atlas_page(bands: Sequence[Band], links: Links | None = None, data: str = "") -> str:
    """The atlas as a self-contained page; the same bands and links give the same bytes.

    ``data`` is the address of the JSON document with the same numbers, if it lies beside.

    >>> from kvcr.atlas import atlas
    >>> page = atlas_page(atlas(alphas=[Fraction(1, 2)], policies=["svf"]))
    >>> "1886/1017" in page, "25/9" in page
    (True, True)
    """
    links = Links() if links is None else links
    groups = _groups(bands)
    charts = [_chart(group, links, place) for place, group in enumerate(groups)]
    modelled = [band for band in bands if band.points]
    return render_html(
        "atlas.html",
        {
            "version": __version__,
            "charts": charts,
            "policies": _policies(bands),
            "cells": len(bands),
            "modelled": len(modelled),
            "closed": sum(band.points[0].limit == "oo" for band in modelled),
            "proved": sum(band.points[0].upper is not None for band in modelled),
            "missing": _missing(bands),
            "elsewhere": _elsewhere(),
            "alphas": ALPHAS,
            "hunted": _hunted(bands),
            "paper": paper_curve(TOP),
            "data": data,
        },
    )


def _groups(bands: Iterable[Band]) -> list[list[Band]]:
    """Modelled cells about which the same is known share a chart; the featured one comes first."""
    groups: dict[tuple[Any, ...], list[Band]] = {}
    for band in bands:
        if band.points:
            known = tuple((p.alpha, p.lower.ratio, p.upper, p.limit) for p in band.points)
            groups.setdefault((band.policy, band.admission, known), []).append(band)
    return sorted(groups.values(), key=lambda group: FEATURED not in map(_cell, group))


def _cell(band: Band) -> tuple[str, str, str, str]:
    return band.policy, band.admission.value, *_regime(band)


def _chart(group: Sequence[Band], links: Links, place: int) -> dict[str, Any]:
    band = group[0]
    featured = FEATURED in map(_cell, group)
    gap = band.gap.replace("alpha", "α")
    top = TOP if featured else SMALL_TOP
    reports = [r for r in links.reports if (r.policy, r.admission) == (band.policy, band.admission)]
    return {
        "id": f"c{place}",
        "featured": featured,
        "title": f"{band.policy}, {band.admission}",
        "cells": _span(map(_regime, group)),
        "names": " ".join("/".join(_regime(b)) for b in group),
        "gap": gap,
        "sentence": f"{gap[:1].upper()}{gap[1:]}.",
        "closed": band.points[0].limit == "oo",
        "picture": chart(band, top),
        "pins": [(r, across(r.alpha), min(height(r.ratio, top), 0.95)) for r in reports],
        "proofs": [(key, links.proofs[key]) for key in _theorems(band) if key in links.proofs],
        "labels": _labels(band, featured, top),
        "rows": [_row(point, reports, links.proofs) for point in band.points],
    }


def _theorems(band: Band) -> list[str]:
    return sorted({point.theorem for point in band.points if point.theorem is not None})


def _labels(band: Band, featured: bool, top: int) -> list[tuple[str, float, float, str]]:
    """Words for the regions of a chart, and where they go."""
    where = Fraction(3, 10) if featured else Fraction(1, 2)
    point = min(band.points, key=lambda p: abs(p.alpha - where))
    x, low = min(across(point.alpha), 0.7), height(point.lower.ratio, top)
    found = [("refuted", x, low / 2, "refuted")] if low > 0.1 else []
    if band.points[0].limit == "oo":
        return [*found, ("unbounded", x, (1 + low) / 2, "no constant holds")]
    if not featured or point.upper is None:
        return [*found, ("open", x, (1 + low) / 2, "open: no upper bound")]
    high = height(point.upper, top)
    below = max(low, height(limit_value(point.limit) or 1, top))
    return [
        *found,
        ("open", x, (below + high) / 2, "open"),
        ("proved", x, high + 0.045, f"proved by {point.theorem}"),
    ]


def _row(point: Point, reports: Sequence[Reported], proofs: Mapping[str, str]) -> dict[str, Any]:
    witness = point.lower.witness
    reported = [
        r.href
        for r in reports
        if witness is not None and (r.ratio, r.requests) == (witness.ratio, len(witness.instance))
    ]
    return {
        "point": point,
        "witness": witness,
        "report": reported[0] if reported else None,
        "proof": proofs.get(point.theorem or ""),
    }


def _span(regimes: Iterable[Regime]) -> str:
    """Several combinations of traffic and information in words."""
    pairs = list(regimes)
    traffic = list(dict.fromkeys(one for one, _ in pairs))
    information = list(dict.fromkeys(other for _, other in pairs))
    if len(pairs) == len(traffic) * len(information):
        return f"{_either(traffic)} traffic, lengths {_either(information)}"
    return "; ".join(f"{one} traffic, lengths {other}" for one, other in pairs)


def _regime(band: Band) -> Regime:
    return band.traffic.value, band.information.value


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _policies(bands: Sequence[Band]) -> list[tuple[str, str]]:
    names = dict.fromkeys(band.policy for band in bands)
    return [(name, POLICIES[name].summary) for name in names]


def _missing(bands: Sequence[Band]) -> list[tuple[str, str]]:
    """What is not modelled: policies with their admissions, and the traffic and information."""
    by_regime: dict[Regime, list[str]] = {}
    for band in bands:
        if not band.points:
            by_regime.setdefault(_regime(band), []).append(f"{band.policy}, {band.admission}")
    groups: dict[tuple[str, ...], list[Regime]] = {}
    for regime, cells in by_regime.items():
        groups.setdefault(tuple(cells), []).append(regime)
    everybody = {f"{band.policy}, {band.admission}" for band in bands}
    return [(_short(cells, everybody), _span(regimes)) for cells, regimes in groups.items()]


def _short(cells: Sequence[str], everybody: set[str]) -> str:
    """Names of policies for cells that come with both admissions; "every policy" for all."""
    if set(cells) == everybody:
        return "every policy, either admission"
    policies = list(dict.fromkeys(cell.rsplit(", ", 1)[0] for cell in cells))
    if set(cells) == {f"{p}, {rule}" for p, rule in product(policies, LOOK_AHEAD)}:
        return f"{', '.join(policies)}, either admission"
    return "; ".join(cells)


def _hunted(bands: Sequence[Band]) -> list[Hunt]:
    """The rows of our own hunts: the policies of the page, and those of the literature."""
    names = {band.policy for band in bands}
    return [row for row in hunts() if row.policy in names or row.policy in LITERATURE]


def _elsewhere() -> list[dict[str, Any]]:
    register = read_register()
    return [
        {
            "policy": policy,
            "constant": constant,
            "height": height(constant, TOP),
            "claim": register[key],
        }
        for policy, constant, key in ELSEWHERE
    ]
