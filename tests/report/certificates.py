"""Certificates for the tests of reports, made from the families of bad instances."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from adversaries.families import families_against
from adversaries.report import Exhibit, read_exhibit
from kvcr.certificates import counterexample
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.simulator import simulate

CLAIMS = (
    ("svf", "head-of-line", "1"),
    ("svf", "backfill", "1/5"),
    ("sjf", "head-of-line", "1/2"),
)
"""Policy, admission, alpha: claims of a ratio of 5 that fail."""


def exhibit_of(raw: bytes) -> Exhibit:
    """The exhibit in a certificate."""
    return read_exhibit(raw, "file.json")


@cache
def refuting(policy: str, admission: str, alpha: str) -> bytes:
    """The smallest known counterexample to a ratio of 5, as a certificate."""
    chosen = named_policy(policy, admission)
    members = [
        member
        for family in families_against(policy, chosen.admission)
        if (member := family.exceed(Fraction(alpha), Fraction(5))) is not None
    ]
    best = min(members, key=lambda member: len(member.instance))
    table = counterexample(best.instance, chosen, best.schedule, Fraction(alpha), Fraction(5))
    return json.dumps(table).encode()


def comparing(
    instance: Instance,
    policy: tuple[str, str] = ("ljf", "head-of-line"),
    other: str = "svf",
    name: str | None = None,
    **more: object,
) -> bytes:
    """A certificate that holds one policy against another, for a bound that anything exceeds.

    With ``name`` the policy is one that the checker knows only by its order.
    """
    chosen = named_policy(*policy)
    good = simulate(instance, named_policy(other))
    bound = Fraction(1, 10**6)
    table = counterexample(instance, chosen, good, Fraction(1), bound)
    del table["digest"]
    if name is not None:
        table["policy"] = {"name": name, "order": list(chosen.order(instance))}
    return json.dumps(table | more).encode()


def noted(note: str, pairs: Sequence[tuple[int, int]] = ((0, 10), (59, 1), (59, 1))) -> Instance:
    """A small instance with a note."""
    return Instance(60, tuple(Request(*pair) for pair in pairs), note)
