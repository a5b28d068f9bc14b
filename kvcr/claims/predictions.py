"""Deciding claims about a server whose lengths are declared, predicted, or not known at all.

Three kinds, each about bursts: ``declared`` (reservations of declared lengths: D), ``predicted``
(an order of predicted volumes with the truthful check: B-eta), ``restart`` (no look-ahead: C).
Above, the theorem; below, one instance, which the checker replays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any, TypeAlias

from adversaries.over_declared import over_declared
from adversaries.uninformed import long_first, misjudged, near_ramps
from kvcr.certificates import counterexample, declared_counterexample, verified
from kvcr.decide import Decision, proved
from lemmas.b4_distorted_own_volume_ratio import distorted_own_volume_ratio
from lemmas.b_distorted_ratio import distorted_ratio, root_above
from lemmas.d_over_declared import over_declared_ratio
from theory.claims import Evidence, Interval, Verdict
from theory.distortion import distortion_of
from theory.errors import InputError
from theory.policy import Admission, named_policy

Certify: TypeAlias = Callable[[Fraction], dict[str, Any]]
"""From a bound the certificate that the instance tried exceeds it, true or not."""

RAMPS = 60
"""Identical requests in the instance against restart, unless a claim says how many."""


def decide_declared(given: Mapping[str, Any]) -> Decision:
    """Decide "declared <= ``overstatement`` * output: at most bound * optimum".

    Prompt plus declared output is at most ``declared_up_to`` * memory for every request. Below,
    the family of :mod:`adversaries.over_declared` with so many ``requests``.
    """
    alpha, beta = Fraction(given["declared_up_to"]), Fraction(given["overstatement"])
    upper = over_declared_ratio(alpha, beta)
    longest = beta.numerator // beta.denominator
    if longest < 2:
        return _settled("D", upper, Fraction(given["bound"]), None)
    member = over_declared(longest, given.get("requests", 200), copies=ceil(1 / alpha))

    def certify(bound: Fraction) -> dict[str, Any]:
        return declared_counterexample(
            member.instance, named_policy("svf"), member.schedule, alpha, bound, beta
        )

    return _settled("D", upper, Fraction(given["bound"]), certify)


def decide_predicted(given: Mapping[str, Any]) -> Decision:
    """Decide "volumes known within a factor ``eta``: at most bound * optimum".

    An integer eta >= 2; peaks up to ``peaks_up_to`` * memory. Below, volumes 36 and 36/eta^2 or
    more, all predicted to be 36/eta: long requests go first.
    """
    alpha, eta = Fraction(given["peaks_up_to"]), given["eta"]
    instance, good = misjudged(alpha, eta)
    policy = replace(named_policy("fcfs"), name=f"volumes within {eta}")

    def certify(bound: Fraction) -> dict[str, Any]:
        order = range(len(instance))
        return counterexample(instance, policy, good, alpha, bound, order)

    upper = distorted_own_volume_ratio(alpha, Fraction(eta))
    return _settled("B-eta", upper, Fraction(given["bound"]), certify)


def decide_restart(given: Mapping[str, Any]) -> Decision:
    """Decide "``policy`` with restart, which admits without any length, is bound-competitive".

    Peaks up to ``peaks_up_to`` * memory, and up to ``peak`` tokens where the rank's distortion
    depends on them: for every policy but svf. Below, so many ``requests``, ramps that almost fit
    together, or long ones before short ones. Raises InputError for another policy without ``peak``.
    """
    alpha, name, peak = Fraction(given["peaks_up_to"]), given["policy"], given.get("peak")
    policy = named_policy(name, Admission.RESTART)
    if peak is None and name != "svf":
        raise InputError(f"peak: the distortion of {name} depends on it")
    root = Fraction(1) if peak is None else root_above(distortion_of(name, peak, peak))
    if peak is None:
        instance, good = near_ramps(alpha, given.get("requests", RAMPS))
    else:
        instance, good = long_first(alpha, peak, root)

    def certify(bound: Fraction) -> dict[str, Any]:
        return counterexample(instance, policy, good, alpha, bound)

    return _settled("C", distorted_ratio(alpha, root), Fraction(given["bound"]), certify)


def _settled(
    theorem: str, upper: Fraction | None, bound: Fraction, certify: Certify | None
) -> Decision:
    """PROVED by the theorem's ratio, REFUTED by the certificate, or UNKNOWN between the two."""
    lower, made = Fraction(1), None
    if certify is not None:
        made = certify(bound)
        lower = max(lower, Fraction(made["ratio"]))
        tried = made if lower > bound else made | {"claim": made["claim"] | {"bound": "0"}}
        if not verified(tried):
            reason = "the checker refuses the instance tried"
            return Decision.undecided(reason, upper=upper, verdict=Verdict.ERROR)
    known, gives = Interval(lower, upper), f"{theorem} proves {_short(upper)}"
    decision = proved(theorem, known, gives)
    if decision.verdict is Verdict.ERROR or (upper is not None and upper <= bound):
        return decision
    if made is not None and lower > bound:
        reason = f"{len(made['good_schedule'])} requests, ratio {float(lower):.4g}; {gives}"
        return Decision(Verdict.REFUTED, Evidence.WITNESS, known, (theorem,), reason, made)
    return Decision.undecided(f"{gives} and no instance tried exceeds the bound", lower, upper)


def _short(upper: Fraction | None) -> str:
    return "nothing" if upper is None else f"{float(upper):.4g}"
