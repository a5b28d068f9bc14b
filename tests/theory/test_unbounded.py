"""Every budget at once: what is proved holds for the budgets that can be exhausted."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product

import pytest
import z3

from tests.theory.enumeration import shapes
from theory.encoding import RANKED, EncodingError, Outcome, question, ratio_query, worst_ratio
from theory.encoding.question import Question
from theory.encoding.schedule import numeric_jobs
from theory.encoding.unbounded import PRODUCTS, burst_of, order, product_order, simplest
from theory.exhaustion import worst
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost

ALPHAS = (Fraction(1, 2), Fraction(2, 3), Fraction(1))


@cache
def exhausted(name: str, n: int, alpha: Fraction) -> Fraction:
    """The worst ratio for M up to 14."""
    budgets = range(2, 15)
    return max(worst(name, "head-of-line", n, m, alpha).at_least for m in budgets)


@pytest.mark.parametrize("name", RANKED)
def test_what_is_proved_for_every_budget_holds_for_small_ones(name: str) -> None:
    for n, alpha in product((1, 2, 3), ALPHAS):
        found = worst_ratio(name, n, None, alpha)
        assert exhausted(name, n, alpha) <= found.at_most
        assert 1 <= found.ratio <= found.at_most
        proved = ratio_query(name, n, None, alpha, found.at_most)
        assert proved.outcome is Outcome.NONE
        assert "every M" in str(proved)


@pytest.mark.parametrize("name", [name for name in RANKED if name not in PRODUCTS])
def test_for_linear_ranks_nothing_is_lost(name: str) -> None:
    """The interval closes, and its lower end is an audited instance."""
    for n, alpha in product((2, 3), ALPHAS):
        found = worst_ratio(name, n, None, alpha)
        assert found.at_most - found.ratio < Fraction(1, 100)
        if found.ratio > 1:
            assert found.witness is not None
            instance, starts = found.witness.instance, found.witness.policy_schedule
            good = found.witness.good_schedule
            assert instance is not None
            assert starts is not None
            assert good is not None
            assert Fraction(cost(instance, starts), cost(instance, good)) == found.ratio


def test_sjf_is_exact_for_every_budget() -> None:
    for n, expected in ((1, 1), (2, 1), (3, Fraction(3, 2))):
        found = worst_ratio("sjf", n, None, None)
        assert found.proved
        assert found.ratio == expected
        assert str(found) == f"exactly {expected}"


@pytest.mark.parametrize("name", PRODUCTS)
def test_consequences_of_the_product_order_follow_from_it(name: str) -> None:
    """Two concrete requests in rank order satisfy them; some that are not, do not."""
    refuted = 0
    for pair in product(shapes(5), repeat=2):
        instance = Instance(5, pair)
        rank = named_policy(name).rank_for(instance)
        jobs = numeric_jobs(instance, "p")
        allowed = z3.is_true(z3.simplify(z3.And(product_order(name, jobs))))
        assert allowed or rank(pair[0]) > rank(pair[1])
        refuted += not allowed
    assert refuted > 70  # of 225 pairs, about 100 are out of order


@pytest.mark.parametrize("name", [name for name in RANKED if name not in PRODUCTS])
def test_linear_orders_are_the_policy_order(name: str) -> None:
    for pair in product(shapes(4), repeat=2):
        instance = Instance(4, pair)
        rank = named_policy(name).rank_for(instance)
        allowed = z3.is_true(z3.simplify(z3.And(order(name, numeric_jobs(instance, "p")))))
        assert allowed == (rank(pair[0]) <= rank(pair[1]))


def test_a_solution_becomes_a_burst_by_its_denominators() -> None:
    asked = Question.of(2, None)
    s0, o0, s1, o1, m = (z3.Real(x) for x in ("s0", "o0", "s1", "o1", "M"))
    solver = z3.Solver()
    solver.add(*asked.constraints(Fraction(1)), *order("peak", asked.jobs))
    solver.add(s0 == z3.Q(1, 2), o0 == z3.Q(4, 3), s1 == z3.Q(1, 2), o1 == z3.Q(3, 2), m == 3)
    assert solver.check() == z3.sat
    burst = burst_of("peak", asked, solver.model())
    assert burst is not None
    assert burst[0] == Instance.of(
        burst[0].memory, *((r.prompt, r.output) for r in burst[0].requests)
    )
    scale = Fraction(burst[0].memory, 3)
    assert [r.output / scale for r in burst[0].requests] == [Fraction(4, 3), Fraction(3, 2)]
    assert [r.prompt / scale for r in burst[0].requests] == [Fraction(1, 2), Fraction(1, 2)]


def test_a_query_over_all_budgets_refutes_with_an_instance() -> None:
    found = ratio_query("fcfs", 3, None, Fraction(1, 2), Fraction(7, 5))
    assert found.outcome is Outcome.COUNTEREXAMPLE
    assert found.ratio is not None
    assert found.ratio > Fraction(7, 5)
    assert found.memory is None


def test_a_solution_that_is_no_burst_proves_nothing() -> None:
    """Below the relaxed optimum of svf there are solutions; none is reported as an instance."""
    found = ratio_query("svf", 3, None, Fraction(3, 4), Fraction(39, 20))
    assert found.outcome in (Outcome.UNKNOWN, Outcome.COUNTEREXAMPLE)
    if found.outcome is Outcome.UNKNOWN:
        assert "no burst" in found.reason
        assert "not decided" in str(found)


def test_a_wrong_policy_schedule_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = question.head_of_line
    monkeypatch.setattr(question, "head_of_line", lambda jobs, memory: real(jobs, memory / 2))
    with pytest.raises(EncodingError):
        worst_ratio("sjf", 3, None, None)


def test_simplest_lies_between_and_has_the_least_denominator() -> None:
    fractions = sorted({Fraction(a, b) for b in range(1, 9) for a in range(4 * b)})
    for low, high in product(fractions, repeat=2):
        if low <= high:
            found = simplest(low, high)
            assert low <= found <= high
            least = min(f.denominator for f in fractions if low <= f <= high)
            assert found.denominator == least
