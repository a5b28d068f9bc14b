"""What our hunts have found against each policy, beside what is proved for those sizes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from kvcr.hunted import best_hunted
from kvcr.hunting import certificate
from lemmas.b_distorted_ratio import largest, root_above
from lemmas.distortion_of_ranks import ratio_for
from theory.claims import Traffic
from theory.distortion import FORMS, distortion_of
from theory.literature import LITERATURE
from theory.policy import POLICIES, Admission, OnlinePolicy, Policy
from theory.request import Instance

ALPHAS = tuple(Fraction(text) for text in ("1/4", "1/2", "3/4", "1"))
"""Where a cell's page shows what the hunt has found: peaks at most this share of memory."""


@dataclass(frozen=True)
class Standing:
    """The worst instance that our hunts know for a policy, beside what is proved for its sizes.

    ``bound`` holds for every burst with that memory, those peaks and outputs; None where nothing
    is proved. ``theorem`` names the lemma. ``certified``: the checker accepts the ratio;
    for a policy that it does not know, the cost is the simulator's word.
    """

    alpha: Fraction
    ratio: Fraction
    instance: Instance
    bound: Fraction | None
    theorem: str
    certified: bool

    def to_data(self) -> dict[str, Any]:
        """The standing as JSON data, exact numbers as strings."""
        return {
            "alpha": str(self.alpha),
            "ratio": str(self.ratio),
            "requests": len(self.instance),
            "memory": self.instance.memory,
            "bound": None if self.bound is None else str(self.bound),
            "theorem": self.theorem,
            "certified": self.certified,
        }


@dataclass(frozen=True)
class Hunt:
    """A policy under an admission and a traffic, with its standings by ascending alpha."""

    policy: str
    admission: str
    traffic: Traffic
    standings: tuple[Standing, ...]

    def to_data(self) -> dict[str, Any]:
        """The hunt as JSON data."""
        return {
            "policy": self.policy,
            "admission": self.admission,
            "traffic": self.traffic.value,
            "standings": [standing.to_data() for standing in self.standings],
        }


def standings(policy: Policy | OnlinePolicy, traffic: Traffic) -> list[Standing]:
    """What the hunts have found against the policy at each of ``ALPHAS``, and what is proved.

    Nothing for Poisson traffic, of whose mean no one instance tells anything.
    """
    if traffic is Traffic.POISSON:
        return []
    rule = policy.admission if isinstance(policy, Policy) else None
    found = [
        (alpha, best_hunted(policy.name, rule, alpha, bursts=traffic is Traffic.BURST))
        for alpha in ALPHAS
    ]
    return [
        Standing(
            alpha,
            worst.ratio,
            worst.instance,
            *(_beside(policy, worst.instance) if traffic is Traffic.BURST else (None, "")),
            certificate(worst, alpha) is not None,
        )
        for alpha, worst in found
        if worst is not None
    ]


@cache
def hunts() -> tuple[Hunt, ...]:
    """What our hunts found against every built-in policy, under each admission and traffic.

    >>> row = hunts()[0]
    >>> row.policy, row.admission, row.standings[0].certified
    ('svf', 'head-of-line', True)
    """
    ranks = [policy.with_admission(rule) for policy in POLICIES.values() for rule in Admission]
    rows = []
    for policy, traffic in product((*ranks, *LITERATURE.values()), Traffic):
        found = tuple(standings(policy, traffic))
        rule = policy.admission.value if isinstance(policy, Policy) else "its own"
        if found:
            rows.append(Hunt(policy.name, rule, traffic, found))
    return tuple(rows)


def _beside(policy: Policy | OnlinePolicy, instance: Instance) -> tuple[Fraction | None, str]:
    """What is proved for bursts of the instance's memory, largest peak and longest output."""
    name = "sjf" if policy.name == "mc-sf" else policy.name  # the same rules
    known = name in FORMS or name == "one-bit-svf"
    if not isinstance(policy, Policy) or not known:
        return None, ""
    longest = max(request.output for request in instance.requests)
    if policy.admission is Admission.HEAD_OF_LINE:
        bound = ratio_for(name, instance.memory, instance.peak, longest)
        return bound, "T4" if name == "svf" else "B4"
    if policy.admission is Admission.RESTART:
        root = root_above(distortion_of(name, instance.peak, longest))
        return largest(Fraction(2 * instance.memory, instance.slack), root), "C"
    return None, ""
