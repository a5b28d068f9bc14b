"""Deciding a claim for small bursts only, by looking at all of them or by asking Z3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

from kvcr.certificates import counterexample, verified
from kvcr.decide import Decision, certified_upper
from kvcr.witnesses import certified_lower
from theory.claims import Cell, Evidence, Information, Interval, Traffic, Verdict
from theory.encoding import Outcome, ratio_query_up_to
from theory.encoding.result import describe
from theory.errors import InputError
from theory.exhaustion import POLICY_NAMES, instances, worst_up_to
from theory.exhaustion.shapes import MAX_MEMORY, MAX_REQUESTS
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.schedule import Schedule

MOST_INSTANCES = 10**9
"""Largest class that ``auto`` exhausts: a minute or so on two cores."""
ONLY = {
    "exhaustion": "exhaustion of all instances (theory/exhaustion), tested against brute force; it "
    "skips the optimum where L2 and L4 already bound the ratio",
    "z3": "the Z3 encoding of schedules (theory/encoding), tested against the simulator",
}


class Method(StrEnum):
    """Who looks: whoever suits the class, one of the two rivals, or both, who must agree."""

    AUTO = "auto"
    EXHAUSTION = "exhaustion"
    Z3 = "z3"
    BOTH = "both"


def decide_bounded(
    cell: Cell,
    bound: Fraction,
    requests: int,
    memory: int | None,
    timeout: float = 60.0,
    method: Method = Method.AUTO,
) -> Decision:
    """Decide the claim for bursts of at most ``requests`` requests and budgets up to ``memory``.

    ``memory`` None means every budget, which only Z3 can, head-of-line. An adversary orders
    ties. The certified interval speaks of the whole cell, so a bounded proof does not close it
    from above. Raises InputError for a policy, a cell or a size that the method cannot take.
    """
    if cell.traffic is not Traffic.BURST or cell.information is not Information.KNOWN:
        raise InputError("bounded proofs: only bursts with known lengths")
    if method is Method.AUTO:
        method = Method.EXHAUSTION if _exhaustible(cell, requests, memory) else Method.Z3
    if method is Method.BOTH:
        first = _exhausted(cell, bound, requests, memory, timeout)
        return _agreed(first, _queried(cell, bound, requests, memory, timeout))
    decide: Callable[..., Decision] = _queried if method is Method.Z3 else _exhausted
    return decide(cell, bound, requests, memory, timeout)


def _exhaustible(cell: Cell, requests: int, memory: int | None) -> bool:
    if memory is None or cell.policy not in POLICY_NAMES:
        return False
    if requests > MAX_REQUESTS or memory > MAX_MEMORY:
        return False
    budgets = [m for m in range(1, memory + 1) if cell.alpha * m >= 1]
    sizes = (instances(n, m, cell.alpha) for n in range(1, requests + 1) for m in budgets)
    return sum(sizes) <= MOST_INSTANCES


def _exhausted(
    cell: Cell, bound: Fraction, requests: int, memory: int | None, timeout: float
) -> Decision:
    if memory is None:
        raise InputError("--memory: exhaustion needs a largest budget")
    found = worst_up_to(
        cell.policy, cell.admission, requests, memory, cell.alpha, bound, time_limit=timeout
    )
    said = f"{found.instances} bursts exhausted: {found}"
    if found.at_least > bound:
        return _refuted(cell, bound, found.instance, found.good_schedule, "exhaustion", said)
    if found.at_most is not None and found.at_most <= bound:
        alpha = None if cell.alpha == 1 else cell.alpha
        shown = describe(range(1, requests + 1), found.memory, alpha)
        said = f"exhausted, {found.instances} {shown}, {cell.policy}: ratio at most {bound}"
        return _proved(cell, ("exhaustion",), said)
    return Decision(Verdict.TIMEOUT, Evidence.NONE, _known(cell), (), f"stopped: {said}")


def _queried(
    cell: Cell, bound: Fraction, requests: int, memory: int | None, timeout: float
) -> Decision:
    if cell.admission is not Admission.HEAD_OF_LINE:
        raise InputError("bounded proofs by Z3: only head-of-line; backfill needs exhaustion")
    budgets = None if memory is None else range(1, memory + 1)
    result = ratio_query_up_to(cell.policy, requests, budgets, cell.alpha, bound, timeout)
    if result.outcome is Outcome.NONE:
        return _proved(cell, ("z3",), str(result))
    if result.instance is not None and result.good_schedule is not None:
        return _refuted(
            cell, bound, result.instance, result.good_schedule, "ratio query", str(result)
        )
    verdict = Verdict.TIMEOUT if result.outcome is Outcome.TIMEOUT else Verdict.UNKNOWN
    return Decision(verdict, Evidence.NONE, _known(cell), (), str(result))


def _known(cell: Cell) -> Interval:
    policy = named_policy(cell.policy, cell.admission)
    return Interval(certified_lower(policy, cell.alpha).ratio, certified_upper(cell))


def _proved(cell: Cell, methods: tuple[str, ...], reason: str) -> Decision:
    trusts = tuple(ONLY[method] for method in methods)
    return Decision(
        Verdict.PROVED_BOUNDED, Evidence.BOUNDED, _known(cell), (), reason, trusts=trusts
    )


def _refuted(
    cell: Cell, bound: Fraction, instance: Instance, good: Schedule, source: str, reason: str
) -> Decision:
    """What a counterexample says, once the checker has seen it."""
    policy, known = named_policy(cell.policy, cell.admission), _known(cell)
    certificate = counterexample(instance, policy, good, cell.alpha, bound)
    if not verified(certificate):
        return Decision(Verdict.ERROR, Evidence.NONE, known, (), f"not verified: {reason}")
    found = replace(known, lower=max(known.lower, Fraction(certificate["ratio"])))
    return Decision(Verdict.REFUTED, Evidence.WITNESS, found, (source,), reason, certificate)


def _agreed(first: Decision, second: Decision) -> Decision:
    """The verdict of both rivals; undecided when one is, an error when they contradict."""
    for decision in (first, second):
        if decision.verdict not in (Verdict.PROVED_BOUNDED, Verdict.REFUTED):
            return decision
    reason = f"{first.reason}; {second.reason}"
    if first.verdict is not second.verdict:
        text = f"two methods contradict each other: {reason}"
        return replace(first, verdict=Verdict.ERROR, evidence=Evidence.NONE, reason=text)
    return replace(first, reason=reason, trusts=() if first.counterexample else first.trusts)
