"""The exhibit: what a counterexample certificate says, read back and computed anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from theory.errors import InputError
from theory.files import instance_from_data
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.schedule import Schedule, cost, makespan, require_feasible


class Run(NamedTuple):
    """A run that was cut: its request, its start, and the last step in which it held tokens."""

    request: int
    start: int
    end: int


@dataclass(frozen=True)
class Exhibit:
    """An instance on which ``policy`` costs more than ``bound`` times a feasible schedule.

    The claim under attack: every instance with peaks at most ``alpha`` M has cost(policy) <=
    ``bound`` OPT. ``order`` lists the requests from most to least urgent; ``bad`` is the
    policy's schedule and ``good`` the other one. ``raw`` is the certificate as it was read,
    ``details`` what else it says of its origin. ``cut`` are the runs that the policy evicted under
    restart; ``bad`` has those that complete. Source: theory.md, section 6.
    """

    instance: Instance
    policy: str
    admission: Admission
    order: tuple[int, ...]
    listed: bool
    alpha: Fraction
    bound: Fraction
    bad: Schedule
    good: Schedule
    file: str
    raw: bytes
    details: Mapping[str, str] = field(default_factory=dict)
    cut: tuple[Run, ...] = ()

    @cached_property
    def bad_cost(self) -> int:
        """What the policy pays, in steps."""
        return cost(self.instance, self.bad)

    @cached_property
    def good_cost(self) -> int:
        """What the feasible schedule pays, in steps: at least the optimum."""
        return cost(self.instance, self.good)

    @property
    def ratio(self) -> Fraction:
        """Policy's cost over the good cost: at most the policy's ratio on this instance."""
        return Fraction(self.bad_cost, self.good_cost)

    @cached_property
    def horizon(self) -> int:
        """Last completion step of either schedule."""
        return max(makespan(self.instance, self.bad), makespan(self.instance, self.good))

    @property
    def sha256(self) -> str:
        """Digest of the certificate's bytes."""
        return hashlib.sha256(self.raw).hexdigest()


def read_exhibit(raw: bytes, file: str) -> Exhibit:
    """The exhibit in a certificate of kind counterexample.

    Schedules are audited and every number is computed anew. Whether the policy makes this
    schedule is for the independent checker, which the caller runs first. Raises InputError when
    the certificate is malformed, a schedule is not feasible, or a number disagrees.

    >>> read_exhibit(b"{}", "empty.json")
    Traceback (most recent call last):
        ...
    theory.errors.InputError: empty.json: not a counterexample (kvcr-certificate/1)
    """
    try:
        return _exhibit(json.loads(raw), raw, file)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    except (ValueError, TypeError, KeyError, RecursionError, ZeroDivisionError) as error:
        raise InputError(f"{file}: malformed: {type(error).__name__}: {error}") from None


def _exhibit(table: Any, raw: bytes, file: str) -> Exhibit:
    form = (table.get("format"), table.get("kind")) if isinstance(table, dict) else None
    if form != ("kvcr-certificate/1", "counterexample"):
        raise InputError("not a counterexample (kvcr-certificate/1)")
    instance = instance_from_data(table["instance"])
    if table["admission"] not in set(Admission):
        raise InputError(f"a report does not draw the admission {table['admission']!r:.40}")
    policy, admission = table["policy"], Admission(table["admission"])
    listed = isinstance(policy, dict)
    if listed:
        name, order = str(policy["name"]), tuple(policy["order"])
        if sorted(order) != list(range(len(instance))):
            raise InputError("order: not a permutation of the requests")
    else:
        name, order = policy, named_policy(policy, admission).order(instance)
    exhibit = Exhibit(
        instance,
        name,
        admission,
        order,
        listed,
        Fraction(table["claim"]["alpha"]),
        Fraction(table["claim"]["bound"]),
        tuple(table["policy_schedule"]),
        tuple(table["good_schedule"]),
        file,
        raw,
        _details(table),
        tuple(Run(*map(int, run)) for run in table.get("cut", ())),
    )
    require_feasible(instance, exhibit.bad)
    require_feasible(instance, exhibit.good)
    stated = {
        "policy_cost": exhibit.bad_cost,
        "good_cost": exhibit.good_cost,
        "ratio": exhibit.ratio,
        "alpha": instance.alpha,
    }
    for field_name, value in stated.items():
        if Fraction(table[field_name]) != value:
            raise InputError(f"{field_name}: it is {value}")
    if exhibit.ratio <= exhibit.bound or instance.alpha > exhibit.alpha:
        raise InputError("the claim is not refuted by this instance")
    return exhibit


def _details(table: Mapping[str, Any]) -> dict[str, str]:
    """Where the certificate says that it comes from: seed, provenance, or the like."""
    found = table.get("provenance")
    entries = dict(found) if isinstance(found, dict) else {}
    if found is not None and not entries:
        entries["provenance"] = found
    if "seed" in table:
        entries["seed"] = table["seed"]
    return {
        str(key): value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for key, value in entries.items()
    }
