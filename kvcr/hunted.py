"""What our own hunts have found, kept in a file: the worst small instances, cell by cell.

``kvcr/hunted.jsonl`` is an archive of the hunt (one ``kvcr-record/1`` a line), for every policy
and admission rule, for bursts and for arrivals, at several alphas. ``make hunted`` makes it anew.
A line is evaluated again before it is used, and the checker has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

from adversaries.hunt.records import from_line
from adversaries.hunt.score import Finding
from kvcr.witnesses import Witness
from theory.literature import policy_by_name
from theory.policy import Admission

FILE = Path(__file__).with_name("hunted.jsonl")


@cache
def _lines() -> dict[tuple[str, str | None], tuple[bytes, ...]]:
    """The file's lines by policy and admission, read once."""
    found: dict[tuple[str, str | None], tuple[bytes, ...]] = {}
    for line in FILE.read_bytes().splitlines():
        entry = json.loads(line)
        cell = entry["policy"], entry["admission"]
        found[cell] = (*found.get(cell, ()), line)
    return found


@cache
def hunted(policy: str, admission: Admission | None) -> tuple[Finding, ...]:
    """The recorded findings against a policy; admission None for one that is no rank.

    Raises InputError for a line that is damaged or does not hold.

    >>> worst = max(hunted("svf", Admission.BACKFILL), key=lambda found: found.ratio)
    >>> worst.ratio > 4
    True
    """
    key = policy, None if admission is None else admission.value
    return tuple(from_line(line, policy_by_name).finding for line in _lines().get(key, ()))


def best_hunted(
    policy: str, admission: Admission | None, alpha: Fraction, bursts: bool = True
) -> Finding | None:
    """The finding of largest ratio with peaks <= alpha M; with ``bursts`` only those at step 0."""
    within = [
        found
        for found in hunted(policy, admission)
        if found.instance.alpha <= alpha and (found.instance.is_burst or not bursts)
    ]
    return max(within, key=lambda found: found.ratio, default=None)


def from_hunted(policy: str, admission: Admission, bursts: bool = True) -> Iterator[Witness]:
    """The recorded findings against a rank as witnesses, at any alpha."""
    for found in hunted(policy, admission):
        if found.instance.is_burst or not bursts:
            yield Witness("our own hunts", found.instance, found.good_schedule, found.ratio)
