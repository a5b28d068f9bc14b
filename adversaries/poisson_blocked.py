"""Why the term C/D of P2 cannot be dropped: an exact expected wait that exceeds what is left.

Two kinds arrive: *thin* ones hold much for long and have the larger volume, *thick* ones are
short, rare, and go first. Whoever is thick waits for no one but the thin that run already: the
bound without C/D is near 1 step. But while a single thin one runs, no thick one fits.

The wait of a thick request that arrives at a fixed step, on a server empty at step 0, is settled
by what arrived up to then: later thick ones come after it, thin ones always do. Its mean is at
least the sum, over some patterns of arrivals, of their probability times the wait, which the
simulator finds exactly. The patterns taken here have a few thin requests and no other thick one.

``python -m adversaries.poisson_blocked`` prints them, as JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import factorial, prod
from typing import Any

from theory.poisson import Kind, PoissonTraffic, exp_below, rank_of
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.simulator import simulate

THIN, THICK = Kind(40, 20, Fraction(3, 100)), Kind(59, 1, Fraction(1, 1000))
TRAFFIC = PoissonTraffic(100, (THIN, THICK))
"""One thin request leaves no room for a thick one, nor for another thin one that starts soon."""
STEP = 19
"""When the thick request arrives: a thin one of step 0 still has one step to go."""


@dataclass(frozen=True)
class Pattern:
    """What arrives by ``STEP``: thin requests at these steps and nothing else.

    ``probability`` is a rational number at most its probability, ``wait`` what svf makes the
    thick request wait, in steps.
    """

    thin: tuple[int, ...]
    probability: Fraction
    wait: int


def wait(thin: tuple[int, ...]) -> int:
    """How long a thick request of step ``STEP`` waits, thin ones having arrived at these steps.

    >>> wait(()), wait((9,)), wait((2, 9))    # the second starts when the first is complete
    (0, 10, 3)
    """
    requests = [Request(THIN.prompt, THIN.output, step) for step in thin]
    last = Request(THICK.prompt, THICK.output, STEP)
    instance = Instance(TRAFFIC.memory, (*requests, last))
    return simulate(instance, named_policy("svf"))[-1] - STEP


def patterns(most: int) -> Iterator[Pattern]:
    """All patterns of at most so many thin requests.

    The steps up to ``STEP`` are independent, so a pattern with k_t thin ones at step t has the
    probability e^-((STEP + 1) rate) times the product of lam^k_t / k_t!.
    """
    steps = STEP + 1
    nothing_else = exp_below(TRAFFIC.rate * steps)
    for count in range(most + 1):
        for thin in combinations_with_replacement(range(steps), count):
            same = prod(map(factorial, Counter(thin).values()))
            yield Pattern(thin, nothing_else * THIN.rate**count / same, wait(thin))


@dataclass(frozen=True)
class Refutation:
    """Patterns of arrivals, and the ``bound`` (steps) that their waits exceed in the mean."""

    patterns: tuple[Pattern, ...]
    bound: Fraction

    @property
    def covered(self) -> Fraction:
        """At most the probability that one of the patterns arrives."""
        return sum((pattern.probability for pattern in self.patterns), Fraction(0))

    @property
    def wait(self) -> Fraction:
        """At most the mean wait of the thick request, in steps."""
        return sum((pattern.probability * pattern.wait for pattern in self.patterns), Fraction(0))

    @property
    def holds(self) -> bool:
        """Whether the bound is exceeded."""
        return self.wait > self.bound

    def to_data(self) -> dict[str, Any]:
        """Everything that a reader needs to add it up again, exact numbers as strings."""
        kinds = {"thin": THIN, "thick": THICK}
        return {
            "memory": TRAFFIC.memory,
            "kinds": {
                name: {"prompt": kind.prompt, "output": kind.output, "rate": str(kind.rate)}
                for name, kind in kinds.items()
            },
            "thick_arrives": STEP,
            "patterns": [
                {"thin": list(p.thin), "probability": str(p.probability), "wait": p.wait}
                for p in self.patterns
            ],
            "covered": str(self.covered),
            "wait": str(self.wait),
            "bound": str(self.bound),
        }


def refutation(most: int = 1) -> Refutation:
    """What the patterns of at most ``most`` thin requests say about (1 + w_r)/(1 - rho_r).

    >>> found = refutation()
    >>> found.holds, len(found.patterns), round(float(found.wait), 3), round(float(found.bound), 3)
    (True, 21, 3.066, 1.003)
    """
    bound = TRAFFIC.wait_bound_without_run_off(THICK, rank_of("svf", TRAFFIC))
    assert bound is not None
    return Refutation(tuple(patterns(most)), bound)


def in_the_long_run() -> Fraction:
    """A lower bound on the stationary mean wait of the thick, in steps: lam T (T - 1)/2.

    The load is below 1, so as many thin requests start per step as arrive; no two run at once. A
    thick one that arrives k steps after such a start, 0 < k < T, waits T - k steps at least.

    >>> in_the_long_run()
    Fraction(57, 10)
    """
    return THIN.rate * THIN.output * (THIN.output - 1) / 2


if __name__ == "__main__":
    print(json.dumps(refutation().to_data(), indent=1))
