"""The example reports, which ``make reports`` builds: ``python -m kvcr.make_reports OUT``.

OUT gets atlas.html with atlas.json, below reports/ three counterexamples with their
certificates, the worst instance of the atlas for one alpha, and the proof of T4, and below
pictures/ two drawings for a README. The same version of kvcr writes the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from kvcr.atlas import Band, atlas, to_data
from kvcr.atlas_page import FEATURED, atlas_page, links_beside
from kvcr.certificates import counterexample
from kvcr.decide import decide
from kvcr.pictures import atlas_svg, counterexample_svg
from kvcr.proof_report import proof_report
from kvcr.reports import counterexample_report, verified_entry
from kvcr.witnesses import Witness
from theory.claims import Cell
from theory.errors import InputError
from theory.policy import Admission, named_policy

CLAIMS = (
    Cell("svf", Fraction(1)),
    Cell("svf", Fraction(1, 5), Admission.BACKFILL),
    Cell("sjf", Fraction(1, 2)),
)
"""Cells in which a ratio of 5 is refuted, by the smallest instance known."""
BOUND = Fraction(5)
WORST = Cell("svf", Fraction(1))
"""Where the atlas's own instance, the worst one replayed, gets a report too."""
THEOREM = "T4"


def make_reports(out: Path, bands: Sequence[Band] | None = None) -> list[Path]:
    """Write the reports below ``out`` and return the pages; ``bands`` is the atlas to show.

    Raises InputError when a claim is not refuted any more, or a file cannot be written.
    """
    bands = atlas() if bands is None else bands
    folder = out / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    pages = [_counterexample(folder, name, table) for name, table in _certificates(bands).items()]
    proof = folder / f"proof-{THEOREM}.html"
    proof.write_text(proof_report(THEOREM), encoding="utf-8")
    page = out / "atlas.html"
    document = page.with_suffix(".json")
    document.write_text(json.dumps(to_data(bands), indent=2) + "\n", encoding="utf-8")
    page.write_text(atlas_page(bands, links_beside(page), document.name), encoding="utf-8")
    _draw(out / "pictures", bands, pages[0].with_suffix(".json"))
    return [*pages, proof, page]


def _draw(folder: Path, bands: Sequence[Band], certificate: Path) -> None:
    folder.mkdir(exist_ok=True)
    example = counterexample_svg(verified_entry(certificate).exhibit)
    (folder / "counterexample.svg").write_text(example, encoding="utf-8")
    for band in bands:
        if (band.policy, band.admission, band.traffic, band.information) == FEATURED:
            (folder / "atlas.svg").write_text(atlas_svg(band), encoding="utf-8")


def _certificates(bands: Sequence[Band]) -> dict[str, dict[str, Any]]:
    """Name of a report -> its certificate."""
    found = {}
    for cell in CLAIMS:
        table = decide(cell, BOUND, named_policy(cell.policy, cell.admission)).counterexample
        if table is None:
            raise InputError(f"no counterexample to {BOUND} any more: {cell}")
        found[_name(cell)] = table
    for band in bands:
        if (band.policy, band.admission) == (WORST.policy, WORST.admission):
            for point in band.points:
                if point.alpha == WORST.alpha and point.lower.witness is not None:
                    found[f"{_name(WORST)}-worst"] = _worst(point.lower.witness)
    return found


def _worst(witness: Witness) -> dict[str, Any]:
    """A certificate against the largest whole constant that the witness exceeds."""
    policy, bound = named_policy(WORST.policy, WORST.admission), Fraction(ceil(witness.ratio) - 1)
    return counterexample(witness.instance, policy, witness.good, WORST.alpha, bound)


def _name(cell: Cell) -> str:
    alpha = str(cell.alpha).replace("/", "-of-")
    return f"{cell.policy}-{cell.admission.value}-{alpha}"


def _counterexample(folder: Path, name: str, table: dict[str, Any]) -> Path:
    certificate, page = folder / f"{name}.json", folder / f"{name}.html"
    certificate.write_text(json.dumps(table) + "\n", encoding="utf-8")
    page.write_text(counterexample_report([certificate]), encoding="utf-8")
    return page


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m kvcr.make_reports OUT")
    for written in make_reports(Path(sys.argv[1])):
        print(written)
