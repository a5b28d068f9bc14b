"""The gallery: the worst small instances of a hunt's archive, with pictures and filters."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from operator import le
from typing import Any

from adversaries.hunt.archive import Archive
from adversaries.hunt.records import Provenance
from adversaries.hunt.score import Finding
from adversaries.report.exhibit import Exhibit
from adversaries.report.kinds import kinds
from adversaries.report.page import render_html
from adversaries.report.picture import picture
from kvcr import __version__
from kvcr.hunting import certificate
from kvcr.proof_report import requests
from theory.errors import InputError
from theory.policy import Admission

MOST_CARDS = 40
"""Most instances shown for one policy and admission: those of largest ratio."""
MOST_DRAWN = 60
"""Most requests of an instance whose schedules are drawn this small."""
MOST_PROBLEMS = 50
"""Most unusable lines listed."""
ALPHAS = ("1/5", "1/3", "1/2", "2/3", "4/5")
"""The classes to filter by: peaks at most this share of memory."""

Found = tuple[Finding, Provenance]
Size = tuple[Fraction, ...]
"""Requests, tokens, alpha and the ratio's negative: small is good."""


def front(found: Iterable[Found]) -> list[Found]:
    """The findings above ratio 1 that none against the same policy equals or beats in everything.

    Everything is: few requests, few tokens, low peaks (alpha) and a large ratio. In order of
    policy, admission and falling ratio; of findings that agree in all four, the first.
    """

    def cell(pair: Found) -> tuple[str, str]:
        return pair[0].policy, str(pair[0].admission)

    kept: list[Found] = []
    for _, group in groupby(sorted((p for p in found if p[0].ratio > 1), key=cell), key=cell):
        members: list[tuple[Size, Found]] = []
        for size, pair in sorted(((_size(p[0]), p) for p in group), key=lambda sized: sized[0]):
            if not any(all(map(le, smaller, size)) for smaller, _ in members):
                members.append((size, pair))
        kept += sorted((pair for _, pair in members), key=lambda p: -p[0].ratio)
    return kept


def _size(f: Finding) -> Size:
    return Fraction(len(f.instance)), Fraction(f.tokens), f.instance.alpha, -f.ratio


def gallery_page(archive: Archive) -> str:
    """The gallery as a self-contained page; the same archive gives the same bytes.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from adversaries.hunt.score import score
    >>> from theory.policy import named_policy
    >>> from theory.request import Instance
    >>> found = score(Instance.of(60, (0, 10), *[(59, 1)] * 3), named_policy("svf"))
    >>> with TemporaryDirectory() as folder:
    ...     archive = Archive(Path(folder) / "found.jsonl")
    ...     added = archive.add(found)
    ...     "46/19" in gallery_page(archive)
    True
    """
    members = front(archive.provenances())
    shown = _shown(members)
    return render_html(
        "gallery.html",
        {
            "version": __version__,
            "records": len(archive),
            "front": len(members),
            "most": MOST_CARDS,
            "cards": [_card(*pair) for pair in shown],
            "policies": list(dict.fromkeys(f.policy for f, _ in shown)),
            "admissions": list(dict.fromkeys(_admission(f) for f, _ in shown)),
            "alphas": [(text, float(Fraction(text))) for text in ALPHAS],
            "problems": archive.problems[:MOST_PROBLEMS],
            "all_problems": len(archive.problems),
        },
    )


def _shown(members: Sequence[Found]) -> list[Found]:
    by_cell = groupby(members, key=lambda p: (p[0].policy, p[0].admission))
    return [pair for _, group in by_cell for pair in list(group)[:MOST_CARDS]]


def _admission(finding: Finding) -> str:
    return "its own" if finding.admission is None else finding.admission.value


def _card(finding: Finding, provenance: Provenance) -> dict[str, Any]:
    raw = _certificate(finding)
    return {
        "finding": finding,
        "admission": _admission(finding),
        "provenance": provenance,
        "requests": requests(finding.instance),
        "alpha": float(finding.instance.alpha),
        "thumbnails": _thumbnails(finding),
        "data": None if raw is None else base64.b64encode(raw).decode(),
    }


def _certificate(finding: Finding) -> bytes | None:
    """A certificate of a ratio above 1, if the checker accepts it."""
    try:
        table = certificate(finding, finding.instance.alpha)
    except InputError:
        return None
    return None if table is None else json.dumps(table).encode()


def _thumbnails(finding: Finding) -> list[dict[str, Any]]:
    """Both schedules as small pictures, on the horizon of both; none of a large instance."""
    if len(finding.instance) > MOST_DRAWN:
        return []
    exhibit = Exhibit(
        finding.instance,
        finding.policy,
        finding.admission or Admission.HEAD_OF_LINE,  # the picture does not look at it
        tuple(range(len(finding.instance))),
        False,
        finding.instance.alpha,
        Fraction(1),
        finding.policy_schedule,
        finding.good_schedule,
        "",
        b"",
    )
    alike = kinds(finding.instance)
    evicts = finding.admission is Admission.RESTART
    policy = "the policy, runs that complete" if evicts else "the policy"
    return [
        {"title": title, "cost": spent, "shapes": picture(exhibit, starts, alike).shapes}
        for title, starts, spent in (
            (policy, finding.policy_schedule, finding.policy_cost),
            ("a feasible schedule", finding.good_schedule, finding.good_cost),
        )
    ]
