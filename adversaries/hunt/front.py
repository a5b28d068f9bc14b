"""The findings worth keeping: none is beaten in requests, tokens and ratio at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adversaries.hunt.score import Finding


class Front:
    """Findings of which no other is as small, in requests and in tokens, and as bad.

    Of findings that agree in requests, tokens and ratio the first is kept.

    >>> from adversaries.hunt.score import score
    >>> from theory.policy import named_policy
    >>> from theory.request import Instance
    >>> small, large = Instance.of(3, (2, 1), (0, 2), (0, 1)), Instance.of(3, (2, 1), (0, 2))
    >>> front = Front(score(instance, named_policy("ljf")) for instance in (small, large))
    >>> [len(finding.instance) for finding in front], front.best.ratio
    ([2, 3], Fraction(3, 2))
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._members: list[Finding] = []
        for finding in findings:
            self.add(finding)

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Finding]:
        """In order of requests, then of tokens."""
        return iter(sorted(self._members, key=lambda f: (len(f.instance), f.tokens)))

    @property
    def best(self) -> Finding | None:
        """The finding of largest ratio, or None when there is none."""
        return max(self._members, key=lambda f: f.ratio, default=None)

    def add(self, finding: Finding) -> bool:
        """Whether the finding belongs here; those that it beats go."""
        if any(_covers(member, finding) for member in self._members):
            return False
        self._members = [member for member in self._members if not _covers(finding, member)]
        self._members.append(finding)
        return True


def _covers(one: Finding, other: Finding) -> bool:
    """As small and as bad."""
    return (
        len(one.instance) <= len(other.instance)
        and one.tokens <= other.tokens
        and one.ratio >= other.ratio
    )
