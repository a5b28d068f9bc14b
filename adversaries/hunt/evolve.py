"""CMA-ES on the parameters of a family: how far its members go within given limits."""

from __future__ import annotations

from importlib import import_module
from math import exp, log
from typing import Any

from adversaries.families import Family, Member, families_against
from adversaries.hunt.limits import Limits
from adversaries.hunt.search import EnoughError, Search
from theory.errors import InputError
from theory.policy import Policy

FEWEST = 40
"""Parameters tried for a family, at least: fewer tell nothing about it."""
OUTSIDE = 1000.0
"""What parameters outside the limits cost, more than any ratio, and more the farther off."""
WIDEST = 25.0
"""Largest logarithm of a parameter: families stop at budgets of 10^12."""


def evolve(search: Search, policy: Policy, most: int, seed: int) -> None:
    """Try ``most`` parameters, a share for each family against the policy.

    Parameters are whole numbers, so CMA-ES moves their logarithms, which are rounded. It is
    steered by the closed forms; members that improve on the family's own best are evaluated
    like any other instance. Raises InputError when the package cma is not installed.
    """
    families = families_against(policy.name, policy.admission)
    try:
        for family in families[: max(1, most // FEWEST)]:
            _evolve(search, family, max(FEWEST, most // len(families)), seed)
    except EnoughError:
        return


def _evolve(search: Search, family: Family, most: int, seed: int) -> None:
    best = 0.0

    def loss(logarithms: Any) -> float:
        nonlocal best
        member = member_at(family, logarithms)
        if member is None:
            return 2 * OUTSIDE + float(sum(abs(x) for x in logarithms))
        excess = outside(member, search.limits)
        if excess > 0:
            return OUTSIDE + excess
        ratio = float(family.ratio(**member.parameters))
        if ratio > best:
            best = ratio
            search.evaluate(member.instance)
        return -ratio

    strategy = _cma(len(family.parameters), most, seed)
    while not strategy.stop() and strategy.countevals < most:
        search.check_time()
        tried = strategy.ask()
        strategy.tell(tried, [loss(logarithms) for logarithms in tried])


def _cma(dimensions: int, most: int, seed: int) -> Any:
    try:
        cma = import_module("cma")
    except ImportError:
        raise InputError("families: CMA-ES needs the package cma (pip install cma)") from None
    options = {"seed": 1 + seed % 2**31, "verbose": -9, "maxfevals": most}
    return cma.CMAEvolutionStrategy([1.0] * dimensions, 0.7, options)


def member_at(family: Family, logarithms: Any) -> Member | None:
    """The member whose parameters have these logarithms, rounded, or None outside the family."""
    values = [round(exp(min(max(x, 0.0), WIDEST))) for x in logarithms]
    try:
        return family.build(**dict(zip(family.parameters, values, strict=True)))
    except InputError:
        return None


def outside(member: Member, limits: Limits) -> float:
    """How far a member lies outside the limits, as a sum of logarithms: 0 within.

    >>> from adversaries.families import FAMILIES
    >>> member = FAMILIES["thin-blocks-thick"].build(m=3, length=6)
    >>> outside(member, Limits(max_requests=4, max_memory=22))
    0.0
    """
    instance = member.instance
    pairs = (
        (len(instance), limits.max_requests),
        (instance.memory, limits.max_memory),
        (instance.alpha, limits.alpha),
    )
    return sum(max(0.0, log(value / most)) for value, most in pairs)
