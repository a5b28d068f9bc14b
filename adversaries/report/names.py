"""What policies and requests are called in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from adversaries.report.exhibit import Exhibit
from adversaries.report.kinds import Kind, kind_of
from adversaries.report.text import name, whole


def policy_name(exhibit: Exhibit) -> str:
    """Policy and admission rule, short enough for a headline."""
    return f"{name(exhibit.policy)}, {exhibit.admission.value}"


class Names:
    """How requests are called: by position in the file, counted from 0, and by kind."""

    def __init__(self, exhibit: Exhibit, kinds: Sequence[Kind]) -> None:
        """Take the kinds of the exhibit's instance."""
        self._labels = [kind.label for kind in kinds]
        self._kind = kind_of(kinds)
        self._exhibit = exhibit

    def short(self, index: int) -> str:
        """Position and kind: "request 1 (B)"."""
        return f"request {index} ({self._labels[self._kind[index]]})"

    def full(self, index: int) -> str:
        """Position, kind and size."""
        r = self._exhibit.instance.requests[index]
        label = self._labels[self._kind[index]]
        return f"request {index} ({label}: prompt {whole(r.prompt)}, output {whole(r.output)})"
