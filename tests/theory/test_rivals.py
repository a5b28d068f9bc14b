"""Two ways to the same number: exhaustion looks at every burst, Z3 at constraints.

They share the definitions and nothing else, so an error in one shows as a disagreement.
``python -m tests.theory.test_rivals 4 10`` compares them up to n = 4, M = 10.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import product

import pytest

from theory import encoding, exhaustion
from theory.encoding import RANKED

ALPHAS = (Fraction(1, 2), Fraction(3, 5), Fraction(1))
CLASSES = [(1, 3), (2, 2), (2, 5), (2, 9), (3, 2), (3, 3), (3, 4), (3, 6)]


def both(name: str, n: int, memory: int, alpha: Fraction) -> tuple[Fraction, Fraction]:
    """The worst ratio by exhaustion and by Z3, each proved to be the largest."""
    exhausted = exhaustion.worst(name, "head-of-line", n, memory, alpha)
    solved = encoding.worst_ratio(name, n, memory, alpha, timeout=600)
    assert exhausted.is_exact
    assert solved.proved, solved.reason
    return exhausted.at_least, solved.ratio


@pytest.mark.parametrize("name", RANKED)
def test_exhaustion_and_z3_agree(name: str) -> None:
    for (n, memory), alpha in product(CLASSES, ALPHAS):
        if alpha * memory >= 1:
            exhausted, solved = both(name, n, memory, alpha)
            assert exhausted == solved, (name, n, memory, alpha)


def test_they_agree_on_the_worst_of_a_range_of_budgets() -> None:
    exhausted = exhaustion.worst_up_to("svf", "head-of-line", 3, 12)
    solved = [encoding.worst_ratio("svf", n, range(1, 13), None) for n in (1, 2, 3)]
    assert exhausted.is_exact
    assert all(one.proved for one in solved)
    assert exhausted.at_least == max(one.ratio for one in solved)


if __name__ == "__main__":
    most_requests, most_memory = map(int, sys.argv[1:])
    for policy, n, memory, alpha in product(
        RANKED, range(1, most_requests + 1), range(1, most_memory + 1), ALPHAS
    ):
        if alpha * memory >= 1:
            exhausted, solved = both(policy, n, memory, alpha)
            print(policy, n, memory, alpha, exhausted, solved, flush=True)
            assert exhausted == solved
