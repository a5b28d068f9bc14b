"""Two pictures for a README, as SVG that stands alone: the atlas of svf, and a counterexample."""

from __future__ import annotations

from adversaries.report.exhibit import Exhibit
from adversaries.report.kinds import kinds
from adversaries.report.names import policy_name
from adversaries.report.page import render_html
from adversaries.report.picture import picture
from adversaries.report.svg import plot_labels
from kvcr.atlas import Band
from kvcr.atlas_chart import across, chart, height, limit_value, paper_curve

TOP = 30
"""The largest ratio drawn."""


def atlas_svg(band: Band) -> str:
    """The chart of a cell about which a theorem speaks: what is refuted, open and proved.

    >>> from fractions import Fraction
    >>> from kvcr.atlas import atlas
    >>> band = atlas(alphas=[Fraction(1, 2)], policies=["svf"])[0]
    >>> atlas_svg(band).startswith("<svg xmlns=")
    True
    """
    point = min(band.points, key=lambda p: abs(p.alpha - 3 / 10))
    known = max(float(point.lower.ratio), limit_value(point.limit) or 1)
    above = height(point.upper or TOP, TOP)
    return render_html(
        "atlas.svg",
        {
            "drawn": chart(band, TOP),
            "paper": paper_curve(TOP),
            "x": across(point.alpha),
            "refuted": height(point.lower.ratio, TOP) / 2,
            "open": (height(known, TOP) + above) / 2,
            "proved": above,
            "theorem": point.theorem,
        },
    )


def counterexample_svg(exhibit: Exhibit) -> str:
    """Memory over time under the policy and in the feasible schedule, one below the other.

    >>> from adversaries.report.example import example
    >>> "46/19" in counterexample_svg(example())
    True
    """
    found = kinds(exhibit.instance)
    panels = [
        {
            "title": title,
            "cost": spent,
            "shapes": drawn.shapes,
            "labels": plot_labels(drawn, [kind.label for kind in found]),
        }
        for title, spent, drawn in (
            (policy_name(exhibit), exhibit.bad_cost, picture(exhibit, exhibit.bad, found)),
            ("another order", exhibit.good_cost, picture(exhibit, exhibit.good, found)),
        )
    ]
    return render_html("counterexample.svg", {"x": exhibit, "panels": panels, "kinds": found})
