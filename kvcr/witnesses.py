"""Known bad instances for a cell of the taxonomy, each believed only after the checker saw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from adversaries.families import FAMILIES, families_against
from kvcr.certificates import counterexample, verified
from kvcr.frontier import best_row
from theory.policy import Admission, Policy
from theory.request import Instance
from theory.schedule import Schedule

if TYPE_CHECKING:  # the hunt is slow to import, and deciding a claim does without it
    from adversaries.hunt.archive import Archive

MOST_REQUESTS = 3000
"""Largest member of a family that is looked at."""


@dataclass(frozen=True)
class Witness:
    """An instance, a feasible schedule, and the ratio that somebody says the policy has on it.

    ``source`` names the family or the search that found it. ``ratio`` is a claim until
    :func:`best_of` has had it checked.
    """

    source: str
    instance: Instance
    good: Schedule
    ratio: Fraction


@dataclass(frozen=True)
class Best:
    """The largest checked ratio: 1 with no witness when nothing bad is known."""

    ratio: Fraction
    witness: Witness | None = None
    certificate: dict[str, Any] | None = None


def from_families(
    policy: str, admission: Admission, alpha: Fraction, most_requests: int = MOST_REQUESTS
) -> Iterator[Witness]:
    """The strongest searched member at alpha of each family against the policy."""
    for family in families_against(policy, admission):
        witness = _strongest(family.name, alpha, most_requests)
        if witness is not None:
            yield witness


def from_frontier(policy: str, admission: Admission, alpha: Fraction) -> Iterator[Witness]:
    """The worst recorded instance of a small class (:mod:`kvcr.frontier`), if there is one."""
    row = best_row(policy, admission, alpha)
    if row is not None:
        source = f"{row.method}, {row.requests} requests"
        yield Witness(source, row.instance, row.good_schedule, row.at_least)


def from_archive(archive: Archive, policy: str, admission: Admission) -> Iterator[Witness]:
    """The findings of a hunt against the policy on bursts, at any alpha."""
    for found in archive.select(policy, admission, Fraction(1)):
        source = f"hunt, {policy}, {admission.value}"
        yield Witness(source, found.instance, found.good_schedule, found.ratio)


@lru_cache(maxsize=1024)
def _strongest(family_name: str, alpha: Fraction, most_requests: int) -> Witness | None:
    family = FAMILIES[family_name]
    member = family.strong(alpha, most_requests)
    if member is None:
        return None
    ratio = family.ratio(**member.parameters)
    return Witness(family.name, member.instance, member.schedule, ratio)


def best_of(witnesses: Iterable[Witness], policy: Policy, alpha: Fraction) -> Best:
    """The witness of largest ratio within alpha that the independent checker accepts.

    Witnesses are tried in the order of their claims, so a wrong claim costs time, not truth.
    """
    within = [w for w in witnesses if w.instance.alpha <= alpha and w.ratio > 1]
    best = Best(Fraction(1))
    for witness in sorted(within, key=lambda w: w.ratio, reverse=True):
        if witness.ratio <= best.ratio:
            break
        certificate = counterexample(witness.instance, policy, witness.good, alpha, Fraction(0))
        ratio = Fraction(certificate["ratio"])
        if ratio > best.ratio and verified(certificate):
            best = Best(ratio, witness, certificate)
    return best


@lru_cache(maxsize=256)
def certified_lower(policy: Policy, alpha: Fraction) -> Best:
    """The best witness against a named policy among those that come with kvcr."""
    cell = policy.name, policy.admission, alpha
    return best_of([*from_families(*cell), *from_frontier(*cell)], policy, alpha)
