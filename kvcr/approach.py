"""A second pair of eyes: how close does the worst instance found come to each proved bound?

``python -m kvcr.approach --budget 60m`` (or ``make audit-hunt``) hunts the theorems of theory.md as
it hunts a policy: the score is the share of the bound that an instance reaches, with its own M
and P. A share above 1 refutes the theorem: costs are exact, and the optimum is bounded above by a
feasible schedule. Exit 0 when none is above 1, else 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf

from adversaries.hunt.budget import Budget
from adversaries.hunt.limits import Limits
from adversaries.hunt.score import Finding, score
from adversaries.hunt.search import Search
from kvcr.commands.common import emit
from lemmas.a_distortion import distortion, twice_x
from lemmas.b_distorted_ratio import largest, root_above
from theory.bounds import mean_busy_time_bound
from theory.claims import Information
from theory.declared import as_declared, by_declared_volume, follow_declared, overstatement
from theory.errors import InputError
from theory.files import instance_to_data
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.restart import run_with_restart
from theory.schedule import Schedule, cost

LIMITS = Limits(max_requests=12, max_memory=100)
DRAWS = 50
SLICE = 10_000
EXACT_SECONDS = 20.0
ONE = Fraction(1)
"""The distortion of the sorted order."""


@dataclass(frozen=True)
class Approach(Finding):
    """A finding whose ratio is the share of a proved bound that it reaches."""

    share: Fraction

    @property
    def ratio(self) -> Fraction:
        """The share: above 1 the bound would be wrong."""
        return self.share


@dataclass(frozen=True)
class Claim:
    """A proved bound: whom it speaks about, and what share of it a finding reaches.

    ``execution`` gives the starts of what completes, where the server does not look ahead by
    true lengths: then it makes the schedule, and ``policy`` only names its order.
    """

    name: str
    policy: str
    share: Callable[[Finding], Fraction]
    execution: Callable[[Instance], Schedule] | None = None
    information: Information = Information.KNOWN

    @property
    def limits(self) -> Limits:
        """Where to hunt: bursts, with a declared length for each request where one is used."""
        return replace(LIMITS, information=self.information)

    def approach(self, instance: Instance, time_limit: float = 0.0) -> Approach:
        """The instance as an approach to the bound; with a time limit against the optimum."""
        found = score(instance, named_policy(self.policy), time_limit)
        if self.execution is not None:
            starts = self.execution(instance)
            good = min(starts, found.good_schedule, key=lambda s: cost(instance, s))
            found = Finding(instance, self.policy, None, starts, good)
        schedules = found.policy_schedule, found.good_schedule
        return Approach(instance, found.policy, found.admission, *schedules, self.share(found))


def four_u(instance: Instance) -> int:
    """4 U of T4: min(2 (M + 1) - P, 3 D)."""
    return min(2 * (instance.memory + 1) - instance.peak, 3 * instance.slack)


def _t2(finding: Finding) -> Fraction:
    gamma = Fraction(2 * finding.instance.memory, finding.instance.slack)
    return finding.ratio / largest(gamma, ONE)


def _t3(finding: Finding) -> Fraction:
    instance = finding.instance
    sigma = min(Fraction(r.prompt, r.output) for r in instance.requests)
    u = (2 * sigma + 1) / (2 * sigma + 2)
    kappa = (3 * sigma + 1) / (6 * sigma + 3)
    c = Fraction(instance.memory, instance.slack) / u
    return finding.ratio / max(1 + c * (1 - kappa), c)


def _t4(finding: Finding) -> Fraction:
    gamma = Fraction(4 * finding.instance.memory, four_u(finding.instance))
    return finding.ratio / largest(gamma, ONE)


def _root(instance: Instance) -> Fraction:
    return root_above(distortion(instance))


def _b(finding: Finding) -> Fraction:
    instance = finding.instance
    gamma = Fraction(2 * instance.memory, instance.slack)
    return finding.ratio / largest(gamma, _root(instance))


def _b4(finding: Finding) -> Fraction:
    instance = finding.instance
    gamma = Fraction(4 * instance.memory, four_u(instance))
    return finding.ratio / largest(gamma, _root(instance))


def _a(finding: Finding) -> Fraction:
    if _root(finding.instance) == 1:
        return Fraction(0)  # in order: nothing is claimed
    volumes = [request.volume for request in finding.instance.requests]
    sorted_cost = twice_x(sorted(volumes)) * _root(finding.instance)
    return Fraction(twice_x(volumes)) / sorted_cost


def _l4(finding: Finding) -> Fraction:
    return mean_busy_time_bound(finding.instance) / finding.good_cost


def _l3(finding: Finding) -> Fraction:
    """The largest p_j D / (2 V_{j-1}) of the file order."""
    slack, before, worst = finding.instance.slack, 0, Fraction(0)
    for request, start in zip(finding.instance.requests, finding.policy_schedule, strict=True):
        if start:
            worst = max(worst, Fraction(start * slack, 2 * before))
        before += request.volume
    return worst


def _t4_wait(finding: Finding) -> Fraction:
    """The largest p_j U / (V_{j-1} + v_j / 2) of the file order."""
    room, before, worst = four_u(finding.instance), 0, Fraction(0)
    for request, start in zip(finding.instance.requests, finding.policy_schedule, strict=True):
        worst = max(worst, Fraction(start * room, 4 * before + 2 * request.volume))
        before += request.volume
    return worst


def _restarted(instance: Instance) -> Schedule:
    return run_with_restart(instance, range(len(instance))).starts


def _as_declared(instance: Instance) -> Schedule:
    return follow_declared(instance, by_declared_volume(instance))


def over_declared_factor(beta: Fraction) -> Fraction:
    """min(beta^2, beta (1 + 4 g)) of D with g^2 >= c, 2^c >= 2 beta: what B calls r."""
    classes = 1
    while 2**classes < 2 * beta:
        classes += 1
    return beta * min(beta, 1 + 4 * root_above(Fraction(classes)))


def _d(finding: Finding) -> Fraction:
    instance = finding.instance
    gamma = Fraction(2 * instance.memory, as_declared(instance).slack)
    return finding.ratio / largest(gamma, over_declared_factor(overstatement(instance)))


def _d_wait(finding: Finding) -> Fraction:
    """The largest p_j D' / (sum of o_i (s_i + declared_i) over i before j)."""
    instance = finding.instance
    believed = as_declared(instance)
    before, worst = 0, Fraction(0)
    for i in by_declared_volume(instance):
        if start := finding.policy_schedule[i]:
            worst = max(worst, Fraction(start * believed.slack, before))
        before += instance.requests[i].output * believed.requests[i].peak
    return worst


CLAIMS = (
    Claim("T2", "svf", _t2),
    Claim("T3", "svf", _t3),
    Claim("T4", "svf", _t4),
    Claim("A", "fcfs", _a),
    Claim("B", "fcfs", _b),
    Claim("B4", "fcfs", _b4),
    Claim("L4", "svf", _l4),
    Claim("L3 (waiting)", "fcfs", _l3),
    Claim("T4 (waiting)", "fcfs", _t4_wait),
    Claim("C", "fcfs", _b, _restarted),
    Claim("D", "svf", _d, _as_declared, Information.INTERVAL),
    Claim("D (waiting)", "svf", _d_wait, _as_declared, Information.INTERVAL),
)
"""In a burst the order of fcfs is that of the file: any order at all. C is B's bound, restarted."""


def closest(claim: Claim, budget: Budget, seed: int = 0) -> tuple[Approach, int]:
    """The closest approach to the claim within the budget, and the evaluations it took.

    >>> closest(CLAIMS[0], Budget(evaluations=200))[0].share < 1
    True
    """
    search = Search(claim.approach, claim.limits, bound=Fraction(1))
    claim.approach(Instance.of(4, (0, 2), (0, 3)))  # compiled before the clock starts
    if budget.seconds is not None:
        search.deadline = time.monotonic() + budget.seconds
    most = inf if budget.evaluations is None else budget.evaluations
    search.draw(int(min(DRAWS, 1 + most // 20)), seed)
    while not search.is_over and not search.is_late and search.evaluations < most:
        search.climb(int(min(SLICE, most - search.evaluations)), seed + search.evaluations)
    assert isinstance(search.worst, Approach)
    exact = claim.approach(search.worst.instance, EXACT_SECONDS)
    return max(search.worst, exact, key=lambda found: found.share), search.evaluations


def _shown(request: Request) -> str:
    said = "" if request.predicted is None else f", declared {request.predicted[1]}"
    return f"({request.prompt}, {request.output}{said})"


def main(arguments: list[str] | None = None) -> int:
    """Hunt every claim for its part of the budget, and print what comes closest."""
    parser = argparse.ArgumentParser(description="How close do bad instances come to the theorems?")
    parser.add_argument("--budget", default="10m", help="in all, such as 60m or 100000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        whole = Budget.of(given.budget)
    except InputError as error:
        parser.error(str(error))
    seconds = None if whole.seconds is None else whole.seconds / len(CLAIMS)
    part = Budget(whole.share(len(CLAIMS)).evaluations, seconds)
    rows, refuted = [], False
    for claim in CLAIMS:
        found, evaluations = closest(claim, part, given.seed)
        refuted = refuted or found.share > 1
        rows.append(
            {
                "claim": claim.name,
                "share": str(found.share),
                "evaluations": evaluations,
                "instance": instance_to_data(found.instance),
            }
        )
        if not given.json:
            groups = found.instance.groups()
            shapes = ", ".join(f"{n} x {_shown(request)}" for n, request in groups)
            verdict = "REFUTED" if found.share > 1 else "not refuted"
            share = f"{float(found.share):.4f} of the bound"
            print(
                f"{claim.name:13} {verdict}: {share} is the closest in "
                f"{evaluations} evaluations, M = {found.instance.memory}: {shapes}",
                flush=True,
            )
    if given.json:
        emit({"claims": rows})
    return 1 if refuted else 0


if __name__ == "__main__":
    sys.exit(main())
