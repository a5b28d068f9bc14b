"""What exhaustion knows about the worst ratio of a class."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from theory.errors import InputError
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.schedule import Schedule, cost, require_feasible
from theory.simulator import simulate


class ExhaustionError(RuntimeError):
    """The search's answer failed its audit: the search is wrong."""


@dataclass(frozen=True)
class Worst:
    """What is known of the largest cost(policy) / optimum over a class of bursts.

    The class: bursts of ``requests`` requests (a range), budgets in ``memory`` (a range), peaks
    at most alpha M; an adversary fixes the order of ties in advance. ``at_least`` is the ratio
    of ``instance``, whose requests are in the order in which the policy ranks them; no burst
    of the class exceeds ``at_most``, which is None when the search was stopped. ``instances``
    is the size of the class (multisets of shapes), ``seconds`` is how long the search took.
    """

    policy: str
    admission: Admission
    requests: range
    memory: range
    alpha: Fraction
    at_least: Fraction
    at_most: Fraction | None
    instance: Instance
    policy_schedule: Schedule
    good_schedule: Schedule
    instances: int
    seconds: float

    @property
    def is_exact(self) -> bool:
        """Whether ``at_least`` is the largest ratio."""
        return self.at_least == self.at_most

    def __str__(self) -> str:
        """One sentence that says what is and what is not known."""
        known = f"at least {self.at_least}"
        if self.is_exact:
            known = f"exactly {self.at_least}"
        elif self.at_most is not None:
            known += f", at most {self.at_most}"
        peaks = "M" if self.alpha == 1 else f"{self.alpha} M"
        return (
            f"{self.policy} {self.admission.value}, bursts of {_span(self.requests)} requests, "
            f"M = {_span(self.memory)}, peaks at most {peaks}: worst ratio {known}"
        )


def _span(numbers: range) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def audit(found: Worst) -> None:
    """Raise ExhaustionError unless the exact simulator and audit confirm the witness.

    What they cannot confirm is that no burst is worse; that rests on the search.
    """
    instance = found.instance
    named = named_policy(found.policy, found.admission)
    rank = named.rank_for(instance)
    ranks = [rank(request) for request in instance.requests]
    inside = len(instance) in found.requests and instance.memory in found.memory
    if not inside or instance.alpha > found.alpha or not instance.is_burst:
        raise ExhaustionError(f"outside the class: {instance}")
    if ranks != sorted(ranks) or simulate(instance, named) != found.policy_schedule:
        raise ExhaustionError(f"{found.policy_schedule} is not the policy's: {instance}")
    try:
        require_feasible(instance, found.good_schedule)
    except InputError as error:
        raise ExhaustionError(f"{found.good_schedule} of {instance}: {error}") from error
    spent = cost(instance, found.policy_schedule)
    if Fraction(spent, cost(instance, found.good_schedule)) != found.at_least:
        raise ExhaustionError(f"the ratio is not {found.at_least}: {instance}")
