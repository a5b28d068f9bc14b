"""Deciding a claim: by a theorem, by a counterexample, by a bounded search, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from adversaries.adaptive.eager import Rush
from adversaries.families import FAMILIES, families_against
from kvcr.certificates import counterexample, verified
from kvcr.loading import order_of, time_limit
from kvcr.witnesses import certified_lower
from lemmas.b_distorted_ratio import distorted_ratio
from lemmas.chain import ratios, support
from theory.claims import Cell, Evidence, Information, Interval, Traffic, Verdict
from theory.errors import InputError
from theory.literature import policy_by_name
from theory.policy import POLICIES, Admission, AnyPolicy, Policy
from theory.schedule import cost
from theory.simulator import simulate

MOST_RUSH = Fraction(20)
"""A larger bound is not refuted by a rush of arrivals: it would take ten thousands of requests."""


@dataclass(frozen=True)
class Decision:
    """The answer to one claim, and everything a reader needs to doubt it.

    ``rests_on`` names theorem, lemmas and trusted schemas, or the family of the counterexample.
    ``certified`` holds the worst ratio of the cell: below, a checked instance; above, a theorem.
    """

    verdict: Verdict
    evidence: Evidence
    certified: Interval
    rests_on: tuple[str, ...] = ()
    reason: str = ""
    counterexample: dict[str, Any] | None = None
    trusts: tuple[str, ...] = ()
    limits: dict[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """The decision as JSON data, exact numbers as strings."""
        upper = self.certified.upper
        data = {
            "verdict": self.verdict.value,
            "certified": {
                "lower": str(self.certified.lower),
                "upper": None if upper is None else str(upper),
            },
            "rests_on": list(self.rests_on),
            "evidence": self.evidence.value,
            "trusts": list(self.trusts),
            "reason": self.reason,
        }
        return data | ({"counterexample": self.counterexample} if self.counterexample else {})

    @classmethod
    def undecided(
        cls,
        reason: str,
        lower: Fraction = Fraction(1),
        upper: Fraction | None = None,
        verdict: Verdict = Verdict.UNKNOWN,
    ) -> Decision:
        """UNKNOWN, or another verdict without evidence, and what is certified all the same."""
        return cls(verdict, Evidence.NONE, Interval(lower, upper), (), reason)


def proved(key: str, known: Interval, reason: str = "", trusts: tuple[str, ...] = ()) -> Decision:
    """PROVED by a lemma or theorem whose whole chain is discharged; ERROR when it is not.

    ``known`` holds the worst ratio; a lower end above the upper one is an ERROR too. ``trusts``
    is named before the schemas of the chain.
    """
    chain = support(key)
    below = (key, *(lemma.key for lemma in chain.chain))
    problems = "; ".join(chain.problems)
    if known.upper is not None and known.lower > known.upper:
        problems = f"{key} and an instance contradict each other: {known.upper}, {known.lower}"
    if problems:
        return Decision(Verdict.ERROR, Evidence.NONE, Interval(Fraction(1), None), below, problems)
    reason = reason or f"{chain.obligations} obligations discharged, every sabotaged twin refuted"
    named = (*trusts, *(schema.value for schema in chain.schemas))
    return Decision(Verdict.PROVED, Evidence.SMT, known, below, reason, trusts=named)


def theorem_applies(cell: Cell) -> bool:
    """Whether T1, T2 and T4 speak about the cell: svf, head-of-line, burst, known lengths."""
    return (
        cell.policy == "svf"
        and cell.admission is Admission.HEAD_OF_LINE
        and cell.traffic is Traffic.BURST
        and cell.information is Information.KNOWN
    )


def is_modelled(cell: Cell) -> bool:
    """Whether instances and schedules of the cell are what the simulator makes of them."""
    if cell.traffic is Traffic.POISSON:
        return False
    if ":" in cell.policy:  # a user's own gets to see what the cell says
        return True
    return cell.information.reveals(policy_by_name(cell.policy).sees)


def _outside(cell: Cell) -> str:
    if cell.traffic is Traffic.POISSON:
        return "a claim about a mean: no one instance decides it; the register's are P1 and P2"
    return f"{cell.policy} reads more of the lengths than {cell.information.value} tells"


def proved_ratios(cell: Cell) -> dict[str, Fraction]:
    """The ratio that each theorem states for every instance of the cell.

    Smallest volume first on bursts: T1, T2 and T4 with head-of-line, C with restart, which needs
    no look-ahead.

    >>> proved_ratios(Cell("svf", Fraction(1, 2), Admission.RESTART))
    {'C': Fraction(4, 1)}
    """
    if theorem_applies(cell):
        return ratios(cell.alpha)
    if theorem_applies(replace(cell, admission=Admission.HEAD_OF_LINE)):
        restarted = distorted_ratio(cell.alpha, Fraction(1))
        if cell.admission is Admission.RESTART and restarted is not None:
            return {"C": restarted}
    return {}


def strongest_theorem(cell: Cell) -> tuple[str, Fraction] | None:
    """The theorem of smallest ratio whose whole chain is discharged, and that ratio."""
    proved = sorted(proved_ratios(cell).items(), key=lambda item: item[1])
    return next((pair for pair in proved if not support(pair[0]).problems), None)


def certified_upper(cell: Cell) -> Fraction | None:
    """The smallest ratio that is proved for the cell."""
    strongest = strongest_theorem(cell)
    return None if strongest is None else strongest[1]


def decide(cell: Cell, bound: Fraction, policy: AnyPolicy) -> Decision:
    """Decide "every instance of the cell has cost(policy) <= bound * optimum".

    The shortest theorem that suffices is named; the interval comes from the strongest.
    """
    if not is_modelled(cell):
        return Decision.undecided(_outside(cell))
    if not isinstance(policy, Policy) or policy.name not in POLICIES:
        return _attack(cell, bound, policy)
    upper = certified_upper(cell)
    for key, value in proved_ratios(cell).items():
        if value <= bound:
            known = Interval(certified_lower(policy, cell.alpha).ratio, upper)
            return proved(key, known, f"{key} gives {value} at alpha = {cell.alpha}")
    return _refute(cell, bound, policy, upper)


def _refute(cell: Cell, bound: Fraction, policy: Policy, upper: Fraction | None) -> Decision:
    found = [
        (len(member.instance), family.name, member.instance, member.schedule)
        for family in families_against(cell.policy, cell.admission)
        if (member := family.exceed(cell.alpha, bound)) is not None
    ]
    if cell.traffic is Traffic.ADVERSARIAL:
        rush = Rush.beyond(min(bound, MOST_RUSH), cell.alpha)
        found.append((len(rush.instance), "rush", rush.instance, rush.good))
    for size, name, instance, good in sorted(found, key=lambda entry: entry[:2]):
        certificate = counterexample(instance, policy, good, cell.alpha, bound)
        if verified(certificate):
            ratio = Fraction(certificate["ratio"])
            reason = f"{name}: {size} requests, ratio {float(ratio):.4g}"
            known = Interval(max(ratio, certified_lower(policy, cell.alpha).ratio), upper)
            return Decision(Verdict.REFUTED, Evidence.WITNESS, known, (name,), reason, certificate)
    lower = certified_lower(policy, cell.alpha).ratio
    reason = "no theorem reaches the bound and no known instance exceeds it"
    return Decision.undecided(reason, lower, upper)


def _attack(cell: Cell, bound: Fraction, policy: AnyPolicy) -> Decision:
    """A user's policy: no theorem is known for it, every family is tried against it."""
    lower, tried = Fraction(1), 0
    for family in FAMILIES.values():
        member = family.at(cell.alpha, 3)
        if member is None or len(member.instance) > 2000:
            continue
        instance, good = member.instance, member.schedule
        try:
            with time_limit():
                ratio = Fraction(cost(instance, simulate(instance, policy)), cost(instance, good))
        except InputError:  # no instance for this policy
            continue
        lower, tried = max(lower, ratio), tried + 1
        if ratio <= bound:
            continue
        if not isinstance(policy, Policy):
            reason = f"{family.name}: ratio {ratio}, which only a simulation of the policy shows"
            return Decision.undecided(reason, lower)
        order = order_of(policy, instance)
        certificate = counterexample(instance, policy, good, cell.alpha, bound, order)
        if verified(certificate):
            reason = f"{family.name}: {len(instance)} requests"
            found = Interval(lower, None)
            return Decision(
                Verdict.REFUTED, Evidence.WITNESS, found, (family.name,), reason, certificate
            )
    reason = f"none of {tried} families' instances exceeds the bound; that is no proof"
    return Decision.undecided(reason, lower)
