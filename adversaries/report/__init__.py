"""Counterexample reports: what a reader needs in order to believe, or to doubt, a refutation."""

from adversaries.report.exhibit import Exhibit, read_exhibit
from adversaries.report.page import Entry, html, latex, markdown

__all__ = ["Entry", "Exhibit", "html", "latex", "markdown", "read_exhibit"]
