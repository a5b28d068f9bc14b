"""What a ratio query was asked, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from theory.encoding.schedule import Outcome
from theory.request import Instance
from theory.schedule import Schedule, cost


@dataclass(frozen=True)
class QueryResult:
    """The question asked and what is known about it.

    ``sizes`` are the numbers of requests covered, ``memory`` the budgets, None for all.
    COUNTEREXAMPLE comes with an instance whose requests are in rank order, in which the policy
    takes them, and two audited schedules in that order. NONE is a proof for every size and
    budget stated; ``second`` says what a second solver made of it, if it was asked.
    """

    policy: str
    sizes: range
    memory: range | None
    alpha: Fraction | None
    bound: Fraction
    outcome: Outcome
    seconds: float
    instance: Instance | None = None
    policy_schedule: Schedule | None = None
    good_schedule: Schedule | None = None
    reason: str = ""
    second: str = ""

    @property
    def ratio(self) -> Fraction | None:
        """cost(policy) / cost(good schedule) of the counterexample, which exceeds the bound."""
        if self.instance is None or self.policy_schedule is None or self.good_schedule is None:
            return None
        spent = cost(self.instance, self.policy_schedule)
        return Fraction(spent, cost(self.instance, self.good_schedule))

    def __str__(self) -> str:
        """One sentence that says what is and what is not proved."""
        within = f"{describe(self.sizes, self.memory, self.alpha)}, {self.policy}"
        match self.outcome:
            case Outcome.NONE:
                second = f" ({self.second})" if self.second else ""
                return f"proved for {within}: ratio at most {self.bound}{second}"
            case Outcome.COUNTEREXAMPLE:
                return f"refuted for {within}: ratio {self.ratio} exceeds {self.bound}"
        return f"not decided for {within}: ratio at most {self.bound}? ({self.reason})"


@dataclass(frozen=True)
class WorstRatio:
    """An interval [``ratio``, ``at_most``] that holds the largest ratio over a class of bursts.

    ``witness`` is the counterexample that reaches ``ratio``; None for ratio 1 (any burst).
    ``at_most`` is proved; the number of requests, when nothing better is
    (:func:`theory.encoding.ratio.worst_ratio`).
    """

    ratio: Fraction
    at_most: Fraction
    witness: QueryResult | None
    rounds: int
    seconds: float
    reason: str = ""
    second: str = ""

    @property
    def proved(self) -> bool:
        """Whether ``ratio`` is the largest ratio."""
        return self.ratio == self.at_most

    def __str__(self) -> str:
        """What is known, and no more."""
        if self.proved:
            return f"exactly {self.ratio}"
        return f"at least {self.ratio}, at most {self.at_most}"


def describe(sizes: range, memory: range | None, alpha: Fraction | None) -> str:
    """The class of bursts in words, with every number that limits it."""
    count = f"exactly {sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    budget = "every M"
    if memory is not None:
        budget = f"M = {memory[0]}" if len(memory) == 1 else f"M from {memory[0]} to {memory[-1]}"
    peaks = "M" if alpha is None else f"{alpha} M"
    return f"bursts of {count} requests, {budget}, peaks at most {peaks}"
