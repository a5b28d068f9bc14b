"""What an instance is worth to the adversary: a certified lower bound on the policy's ratio."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from adversaries.hunt.profile import cheapest_list, priority_schedule
from theory.columns import Columns, Steps
from theory.optimum import best_heuristic, optimum
from theory.policy import Admission, AnyPolicy, OnlinePolicy, Policy
from theory.request import Instance
from theory.schedule import Schedule, cost
from theory.simulator import simulate

SMALL = 2 * 10**7
"""Most work of a pass of the compiled local search, in array entries: a few hundredths of a s."""
DESCENTS = 3
"""Most passes of the local search over the order."""


@dataclass(frozen=True)
class Finding:
    """An instance, what the policy makes of it, and a feasible schedule that is better.

    The optimum costs at most what the good schedule costs, so ``ratio`` is a lower bound on the
    policy's ratio to the optimum. ``admission`` is None for a policy that brings its own. Of a
    policy that evicts, the schedule holds the starts of the runs that complete.
    """

    instance: Instance
    policy: str
    admission: Admission | None
    policy_schedule: Schedule
    good_schedule: Schedule

    @cached_property
    def policy_cost(self) -> int:
        """Total latency of the policy's schedule, in steps."""
        return cost(self.instance, self.policy_schedule)

    @cached_property
    def good_cost(self) -> int:
        """Total latency of the good schedule, in steps: at least the optimum's."""
        return cost(self.instance, self.good_schedule)

    @property
    def ratio(self) -> Fraction:
        """Policy's cost over the good schedule's: at most the ratio to the optimum."""
        return Fraction(self.policy_cost, self.good_cost)

    @property
    def tokens(self) -> int:
        """Prompt and output tokens of all requests."""
        return sum(request.peak for request in self.instance.requests)


def score(
    instance: Instance, policy: AnyPolicy, time_limit: float = 0.0, name: str = ""
) -> Finding:
    """Run the policy and find a feasible schedule to hold it against.

    Without ``time_limit`` the good schedule comes from list schedules and a local search, fit
    for a climb; with one (seconds), the solver of :mod:`theory.optimum` tries to improve on
    it. ``name`` says what to call a policy that has no name. Raises PolicyError when the
    policy breaks its contract.

    >>> from theory.policy import named_policy
    >>> found = score(Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6)), named_policy("svf"))
    >>> found.policy_cost, found.good_cost
    (48, 47)
    >>> found.ratio
    Fraction(48, 47)
    """
    starts = _policy_schedule(instance, policy)
    good = _good_schedule(instance, starts)
    if time_limit > 0:
        good = optimum(instance, time_limit, start=good).schedule
    if isinstance(policy, Policy):
        return Finding(instance, name or policy.name, policy.admission, starts, good)
    own = policy.name if isinstance(policy, OnlinePolicy) else type(policy).__name__
    return Finding(instance, name or own, None, starts, good)


def is_small(instance: Instance) -> bool:
    """Whether the compiled loops take the instance: little work, and no product overflows."""
    requests = len(instance)
    longest = max(request.output for request in instance.requests)
    horizon = instance.last_arrival + instance.total_output + requests * longest
    return horizon * (requests * requests + longest) <= SMALL and instance.is_narrow


def _policy_schedule(instance: Instance, policy: AnyPolicy) -> Schedule:
    restarts = isinstance(policy, Policy) and policy.admission is Admission.RESTART
    if not isinstance(policy, Policy) or restarts or not is_small(instance):
        return simulate(instance, policy)
    columns = instance.columns
    order = np.array(policy.order(instance), np.int64)
    backfill = policy.admission is Admission.BACKFILL
    return _tuple(
        priority_schedule(
            columns.prompt, columns.output, columns.arrival, instance.memory, order, backfill
        )
    )


def _good_schedule(instance: Instance, starts: Schedule) -> Schedule:
    """The cheapest schedule found, the policy's own among them."""
    if is_small(instance):
        c = instance.columns
        orders = _orders(c, starts)
        found = _tuple(
            cheapest_list(c.prompt, c.output, c.arrival, instance.memory, orders, DESCENTS)
        )
    else:
        found = best_heuristic(instance)
    return min(starts, found, key=lambda schedule: cost(instance, schedule))


def _orders(c: Columns, starts: Schedule) -> Steps:
    """The policy's order of starts, and the ranks that are worth a try, one a row."""
    keys = (np.array(starts, np.int64), c.volume, c.output, c.peak, c.prompt, -c.prompt, -c.output)
    return np.argsort(np.stack(keys), axis=1, kind="stable")


def _tuple(starts: Steps) -> Schedule:
    return tuple(starts.tolist())
