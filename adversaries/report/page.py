"""The report as HTML, Markdown or LaTeX: one data model, three templates that escape by default.

No time stamps and no floats but in coordinates: the same input gives the same bytes.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from adversaries.report import text
from adversaries.report.curves import Totals, staircase, thinned, totals
from adversaries.report.exhibit import Exhibit
from adversaries.report.findings import Ceilings, findings
from adversaries.report.kinds import Kind, kind_of, kinds
from adversaries.report.names import policy_name
from adversaries.report.picture import Picture, Point, picture
from adversaries.report.svg import chart, path, plot_labels, ticks

MOST_ROWS = 2_500
"""Most rows of the table of schedules; the certificate holds everything."""
MOST_STRETCHES = 12
"""Most rows of the table of blocked stretches."""


@dataclass(frozen=True)
class Entry:
    """One counterexample to report: the exhibit, and what the independent checker said of it.

    The caller has the certificate accepted by the checker; ``trusts`` is what that rests on.
    ``checked`` says that it was; ``ceilings`` are the ratios that theorems state at the claimed
    alpha, where any apply.
    """

    exhibit: Exhibit
    checked: bool = False
    trusts: Sequence[str] = ()
    ceilings: Ceilings = field(default_factory=dict)


def html(entries: Sequence[Entry], version: str) -> str:
    """A self-contained page: nothing is loaded from anywhere.

    >>> from adversaries.report.example import example
    >>> page = html([Entry(example())], "1.0")
    >>> "46/19" in page, page == html([Entry(example())], "1.0")
    (True, True)
    """
    return render_html("counterexample.html", _context(entries, version))


def markdown(entries: Sequence[Entry], version: str) -> str:
    """The report's words and tables as Markdown.

    >>> from adversaries.report.example import example
    >>> markdown([Entry(example())], "1.0").splitlines()[0]
    '# svf, head-of-line, exceeds 2 times the optimum'
    """
    return _MARKDOWN.get_template("counterexample.md").render(_context(entries, version))


def latex(entries: Sequence[Entry], version: str) -> str:
    r"""The report as a document for pdflatex, with pictures in TikZ.

    >>> from adversaries.report.example import example
    >>> latex([Entry(example())], "1.0").splitlines()[0]
    '\\documentclass[11pt]{article}'
    """
    return _LATEX.get_template("counterexample.tex").render(_context(entries, version))


def render_html(template: str, context: Mapping[str, Any]) -> str:
    """An HTML template of this package with everything in ``context`` escaped."""
    return _HTML.get_template(template).render(context)


def _environment(**options: Any) -> Environment:
    environment = Environment(
        loader=PackageLoader("adversaries.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )
    environment.filters |= {
        "whole": text.whole,
        "decimal": text.decimal,
        "number": text.number,
        "counted": text.counted,
        "span": lambda pair: text.span(*pair),
        "clean": text.clean,
        "shortened": text.shortened,
        "symbols": lambda words: words.replace("<=", "≤").replace(">=", "≥"),
        "path": path,
        "tikz": _tikz,
        "place": lambda share: Markup(f"{share:.4f}"),
        "percent": lambda share: Markup(f"{100 * share:.2f}%"),
    }
    return environment


def _tikz(points: Iterable[Point]) -> Markup:
    return Markup(" -- ".join(f"({x:.4f},{y:.4f})" for x, y in points))


def _escaping(escape: Callable[[object], str]) -> Callable[[object], object]:
    return lambda value: value if isinstance(value, Markup) else escape(value)


_HTML = _environment(autoescape=True)
_MARKDOWN = _environment(finalize=_escaping(text.markdown))
_LATEX = _environment(
    finalize=_escaping(text.latex),
    block_start_string="<%",
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    comment_start_string="<#",
    comment_end_string="#>",
)


def _context(entries: Sequence[Entry], version: str) -> dict[str, Any]:
    reports = [_report(entry, f"r{place}") for place, entry in enumerate(entries, 1)]
    return {"reports": reports, "version": version}


def _report(entry: Entry, key: str) -> dict[str, Any]:
    exhibit = entry.exhibit
    found = kinds(exhibit.instance)
    stated = findings(exhibit, found, entry.ceilings)
    sums = [totals(exhibit.instance, starts) for starts in (exhibit.bad, exhibit.good)]
    rows = _schedule_rows(exhibit, found)
    ruler = [(step / exhibit.horizon, text.whole(step)) for step in ticks(exhibit.horizon)]
    return {
        "key": key,
        "exhibit": exhibit,
        "title": f"{policy_name(exhibit)}, exceeds {exhibit.bound} times the optimum",
        "kinds": found,
        "measures": _measures(found),
        "findings": stated,
        "main": stated.blockings[0] if stated.blockings else None,
        "stretches": stated.blockings[:MOST_STRETCHES],
        "marks": [b for b in stated.blockings[:200] if b.end > b.begin],
        "pictures": _pictures(exhibit, found),
        "ruler": ruler,
        "curves": _curves(exhibit, sums),
        "totals": _totals_rows(exhibit, sums),
        "rows": rows[:MOST_ROWS],
        "all_rows": len(rows),
        "checked": entry.checked,
        "trusts": entry.trusts,
        "commands": _commands(exhibit),
        "download": PurePath(text.shortened(exhibit.file, 80)).name,
        "data": base64.b64encode(exhibit.raw).decode(),
    }


def _pictures(exhibit: Exhibit, found: Sequence[Kind]) -> list[dict[str, Any]]:
    shown = []
    for title, starts, spent, bad in (
        (policy_name(exhibit), exhibit.bad, exhibit.bad_cost, True),
        ("A feasible schedule", exhibit.good, exhibit.good_cost, False),
    ):
        drawing: Picture = picture(exhibit, starts, found)
        shown.append(
            {
                "title": title,
                "cost": spent,
                "bad": bad,
                "drawing": drawing,
                "labels": plot_labels(drawing, [kind.label for kind in found]),
            }
        )
    return shown


def _measures(found: Sequence[Kind]) -> list[dict[str, tuple[int, int]]]:
    return [
        {
            "prompt": kind.spread(lambda r: r.prompt),
            "output": kind.spread(lambda r: r.output),
            "arrival": kind.spread(lambda r: r.arrival),
            "peak": kind.spread(lambda r: r.peak),
            "volume": kind.spread(lambda r: r.volume),
        }
        for kind in found
    ]


def _curves(exhibit: Exhibit, sums: Sequence[Totals]) -> list[dict[str, Any]]:
    names = (policy_name(exhibit), "feasible schedule")
    waiting = [thinned(staircase(found.steps, found.unfinished, exhibit.horizon)) for found in sums]
    spent = [
        thinned([*zip(found.steps, found.paid, strict=True), (exhibit.horizon, found.paid[-1])])
        for found in sums
    ]
    most = max(value for found in sums for value in found.unfinished)
    dearest = max(found.paid[-1] for found in sums)
    return [
        chart(
            "Requests not yet completed",
            "The area below each line is its cost.",
            list(zip(names, waiting, strict=True)),
            (exhibit.horizon, most),
            (0, most),
        ),
        chart(
            "Cost so far",
            "Request-steps spent by each step; the ends are the two costs.",
            list(zip(names, spent, strict=True)),
            (exhibit.horizon, dearest),
            (0, dearest),
        ),
    ]


def _totals_rows(exhibit: Exhibit, sums: Sequence[Totals]) -> list[list[int]]:
    """Step, then completed and paid in both schedules, at about ten steps."""
    parts = min(10, exhibit.horizon)
    steps = [part * exhibit.horizon // parts for part in range(parts + 1)]
    return [[step, *sums[0].at(step), *sums[1].at(step)] for step in steps]


def _schedule_rows(exhibit: Exhibit, found: Sequence[Kind]) -> list[dict[str, Any]]:
    """Both schedules, neighbours in the file that are equal in everything as one row."""
    of = kind_of(found)
    requests, bad, good = exhibit.instance.requests, exhibit.bad, exhibit.good
    rows = []
    for (r, start, other), run in groupby(
        range(len(requests)), key=lambda i: (requests[i], bad[i], good[i])
    ):
        members = list(run)
        rows.append(
            {
                "who": text.span(members[0], members[-1]),
                "kind": found[of[members[0]]].label,
                "request": r,
                "bad": start,
                "good": other,
            }
        )
    return rows


def _commands(exhibit: Exhibit) -> list[tuple[str, str]]:
    """What to type, and what for."""
    plain = text.shortened(exhibit.file, 200) == exhibit.file
    file = shlex.quote(exhibit.file) if plain else "FILE"
    found = [
        (f"kvcr verify {file}", "checks the certificate with the independent checker"),
        (f"python lemmas/checker.py {file}", "the same, with the standard library only"),
        (f"kvcr report {file} -o report.html", "writes this report"),
    ]
    if not exhibit.listed and exhibit.instance.is_burst:
        check = (
            f"kvcr check --policy {exhibit.policy} --admission {exhibit.admission.value} "
            f"--alpha {exhibit.alpha} --bound {exhibit.bound}"
        )
        found.append((check, "decides the claim anew; it may find another counterexample"))
    return found
