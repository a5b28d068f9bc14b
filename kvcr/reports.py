"""Counterexample reports from certificate files: verified first, then written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from adversaries.report import Entry, Exhibit, html, latex, markdown, read_exhibit
from adversaries.report.analysis import accounts
from adversaries.report.findings import Ceilings
from kvcr import __version__
from kvcr.decide import theorem_applies
from lemmas import checker
from lemmas.b4_distorted_own_volume_ratio import distorted_own_volume_ratio
from lemmas.b_distorted_ratio import root_above
from lemmas.chain import LEMMAS
from theory.claims import Cell
from theory.errors import InputError
from theory.policy import Admission


class Format(StrEnum):
    """What a report is written in."""

    HTML = "html"
    MARKDOWN = "md"
    LATEX = "latex"


_WRITERS: dict[Format, Callable[[Sequence[Entry], str], str]] = {
    Format.HTML: html,
    Format.MARKDOWN: markdown,
    Format.LATEX: latex,
}


def counterexample_report(files: Sequence[Path], form: Format = Format.HTML) -> str:
    """One report on all the certificates; the same files give the same bytes.

    Raises what :func:`verified_entry` raises: no report is written of a certificate that the
    independent checker does not accept.
    """
    return _WRITERS[form]([verified_entry(file) for file in files], __version__)


def verified_entry(file: Path) -> Entry:
    """A counterexample that the independent checker has accepted, ready to be reported.

    Raises checker.Invalid with the reason when the checker rejects it, and InputError when the
    file cannot be read or is no counterexample.
    """
    try:
        kind, trusts = checker.check(str(file))
        raw = file.read_bytes()
    except checker.Invalid as error:
        raise checker.Invalid(f"{file}: {error}") from None
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from None
    except checker.MALFORMED as error:
        raise InputError(f"{file}: {error}") from None
    if kind != "counterexample":
        raise InputError(f"{file}: a certificate of kind {kind[:40]}, not a counterexample")
    exhibit = read_exhibit(raw, file.name)
    return Entry(exhibit, True, tuple(trusts), ceilings(exhibit))


def ceilings(exhibit: Exhibit) -> Ceilings:
    """The ratios that theorems state at the claimed alpha, for comparison; none with arrivals.

    For svf T1, T2 and T4; for another head-of-line order B4, with the order's distortion on this
    instance.
    """
    if not exhibit.instance.is_burst or exhibit.admission is not Admission.HEAD_OF_LINE:
        return {}
    if not exhibit.listed and theorem_applies(Cell(exhibit.policy, exhibit.alpha)):
        stated = {key: lemma.ratio for key, lemma in LEMMAS.items() if lemma.ratio is not None}
        return {key: ratio(exhibit.alpha) for key, ratio in stated.items()}
    distortion = accounts(exhibit).distortion
    above = distorted_own_volume_ratio(exhibit.alpha, root_above(distortion))
    return {f"B4 for distortion {distortion}": above}
