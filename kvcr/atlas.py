"""The atlas: what is certified about the worst ratio, cell by cell, as a function of alpha.

Below, an instance that the independent checker has replayed. Above, a theorem whose chain is
discharged. Between them, an open gap, which is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

import sympy

from adversaries.adaptive.eager import least_ratio
from adversaries.families import FAMILIES, families_against
from kvcr.decide import is_modelled, strongest_theorem
from kvcr.hunted import from_hunted
from kvcr.standings import hunts
from kvcr.witnesses import Best, Witness, best_of, from_families, from_frontier
from theory.claims import Cell, Information, Traffic
from theory.literature import LITERATURE
from theory.policy import LOOK_AHEAD, POLICIES, Admission, Policy, named_policy

GRID = (
    *(Fraction(k, 20) for k in range(1, 20)),
    *(Fraction(text) for text in ("1/3", "2/3", "11/15", "99/100", "1")),
)
"""Where the atlas looks. Classes grow with alpha: a bad instance counts for all above its own."""

MOST_REQUESTS = 1000
"""Largest member of a family that the atlas replays: the limit tells what larger ones do."""


@dataclass(frozen=True)
class Point:
    """What is known at one alpha.

    ``lower`` is a checked instance, ``upper`` the ratio that ``theorem`` proves. ``limit`` is
    the supremum over the families' members by their closed forms ("oo": no constant holds),
    which is sympy's word and replays no schedule.
    """

    alpha: Fraction
    lower: Best
    upper: Fraction | None
    theorem: str | None
    limit: str | None
    limit_family: str | None

    def to_data(self) -> dict[str, Any]:
        """The point as JSON data, exact numbers as strings."""
        witness = self.lower.witness
        return {
            "alpha": str(self.alpha),
            "lower": str(self.lower.ratio),
            "upper": None if self.upper is None else str(self.upper),
            "witness": None
            if witness is None
            else {
                "source": witness.source,
                "requests": len(witness.instance),
                "memory": witness.instance.memory,
            },
            "theorem": self.theorem,
            "limit": self.limit,
            "limit_family": self.limit_family,
        }


@dataclass(frozen=True)
class Band:
    """A cell without its alpha, and what is known over the grid; nothing where none applies."""

    policy: str
    admission: Admission
    traffic: Traffic
    information: Information
    points: tuple[Point, ...]

    @property
    def gap(self) -> str:
        """The open question of the cell in one sentence."""
        if not self.points:
            if self.traffic is Traffic.POISSON:
                return "a mean, of which no one instance tells: P1 and P2 bound the wait"
            return "does not apply: the policy reads what the cell does not tell"
        closed = next((p.alpha for p in self.points if p.limit == "oo"), None)
        beyond = "" if closed is None else f"no constant holds from alpha = {closed} on"
        if closed == self.points[0].alpha:
            return f"closed: {beyond}"
        known = [p for p in self.points if p.limit != "oo"]
        proved = [p for p in known if p.upper is not None]
        if proved:
            widest = max(proved, key=lambda p: (p.upper or Fraction(0)) / p.lower.ratio)
            assert widest.upper is not None
            text = (
                f"open: widest at alpha = {widest.alpha}, between "
                f"{float(widest.lower.ratio):.4g} and {float(widest.upper):.4g}"
            )
        else:
            text = f"open: at least {float(known[-1].lower.ratio):.4g}, no upper bound is proved"
        return f"{text}; {beyond}" if beyond else text

    def to_data(self) -> dict[str, Any]:
        """The band as JSON data."""
        return {
            "policy": self.policy,
            "admission": self.admission.value,
            "traffic": self.traffic.value,
            "information": self.information.value,
            "gap": self.gap,
            "points": [point.to_data() for point in self.points],
        }


def atlas(
    found: Iterable[Witness] = (),
    alphas: Iterable[Fraction] = GRID,
    policies: Sequence[str] = tuple(POLICIES),
) -> list[Band]:
    """Every cell of the taxonomy; ``found`` are witnesses of a hunt's archive, all checked.

    A witness of an archive counts for the policy and admission that its source names.
    """
    extra, grid = list(found), sorted(alphas)
    bands = []
    for name, admission in product(policies, LOOK_AHEAD):
        policy = named_policy(name, admission)
        lowers = {traffic: list(_lowers(policy, grid, extra, traffic)) for traffic in Traffic}
        for traffic, information in product(Traffic, Information):
            cells = [Cell(name, alpha, admission, traffic, information) for alpha in grid]
            modelled = is_modelled(cells[0])
            pairs = zip(cells, lowers[traffic], strict=True)
            points = [_point(cell, lower) for cell, lower in pairs if modelled]
            bands.append(Band(name, admission, traffic, information, tuple(points)))
    return bands


def _lowers(
    policy: Policy, alphas: Sequence[Fraction], extra: list[Witness], traffic: Traffic
) -> Iterator[Best]:
    """The best witness at each alpha; a burst counts wherever an adversary chooses arrivals."""
    bursts = traffic is Traffic.BURST
    pool = [*extra, *from_hunted(policy.name, policy.admission, bursts)]
    best = Best(Fraction(1))
    for alpha in alphas:
        pool += from_families(policy.name, policy.admission, alpha, MOST_REQUESTS)
        pool += from_frontier(policy.name, policy.admission, alpha)
        pool = [w for w in pool if w.ratio > best.ratio]
        found = best_of(pool, policy, alpha)
        best = found if found.ratio > best.ratio else best
        yield best


@lru_cache(maxsize=4096)
def _limit(family_name: str, alpha: Fraction) -> Any:
    return FAMILIES[family_name].limit(alpha)


@lru_cache
def _rush() -> Any:
    """What a rush of ever longer baits tends to."""
    length = sympy.Symbol("L", positive=True)
    return sympy.limit(least_ratio(length), length, sympy.oo)


def _point(cell: Cell, lower: Best) -> Point:
    limits = [
        (limit, family.name)
        for family in families_against(cell.policy, cell.admission)
        if (limit := _limit(family.name, cell.alpha)) is not None
    ]
    if cell.traffic is Traffic.ADVERSARIAL:  # with peaks of M/k, for every k
        limits.append((_rush(), "rush (F4), any policy that starts what fits"))
    limit, name = max(limits, key=lambda pair: pair[0], default=(None, None))
    strongest = strongest_theorem(cell)
    theorem, upper = strongest or (None, None)
    shown = None if limit is None else str(sympy.nsimplify(limit))
    return Point(cell.alpha, lower, upper, theorem, shown, name)


def to_data(bands: Sequence[Band]) -> dict[str, Any]:
    """The whole atlas as one JSON document."""
    names = {band.policy for band in bands}
    hunted = [row.to_data() for row in hunts() if row.policy in names or row.policy in LITERATURE]
    return {
        "format": "kvcr-atlas/1",
        "cells": [band.to_data() for band in bands],
        "hunted": hunted,
    }
