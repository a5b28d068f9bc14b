"""Theorem E: true on instances with arrivals, for every rank and delay; and what it promises."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas.a_distortion import distortion
from lemmas.b_distorted_ratio import distorted_ratio, root_above
from lemmas.e_delayed import LEMMA, delayed_ratio, largest, within
from lemmas.e_waiting import waits_in_time
from lemmas.obligation import evaluate
from tests.strategies import instances
from theory.delayed import completion_time, delayed, eligible
from theory.request import Instance

HALF, ONE = Fraction(1, 2), Fraction(1)
thetas = st.fractions(Fraction(1, 4), 3, max_denominator=4)


@settings(max_examples=60)
@given(instances(4, 9, latest=6), thetas, st.data())
def test_holds_with_arrivals_for_every_order(
    instance: Instance, theta: Fraction, data: st.DataObject
) -> None:
    instance = instance.select(data.draw(st.permutations(range(len(instance)))))
    gamma = Fraction(2 * instance.memory, instance.slack)
    assert LEMMA.holds(instance)
    assert waits_in_time(instance, theta)
    assert within(instance, theta, largest(gamma, theta, root_above(distortion(instance))))


@settings(max_examples=150)
@given(instances(7, 12, latest=9), thetas, st.data())
def test_the_steps_of_the_proof(instance: Instance, theta: Fraction, data: st.DataObject) -> None:
    """From f_j until j starts, all that runs is before j, and its peaks add up to D at least."""
    instance = instance.select(data.draw(st.permutations(range(len(instance)))))
    requests = instance.requests
    starts = delayed(instance, range(len(instance)), theta)
    for j, request in enumerate(eligible(instance, theta).requests):
        e, m = request.arrival, max(Fraction(requests[j].arrival), theta * request.output)
        quiet = max(e, int((1 + 1 / theta) * (e - 1)))
        assert quiet <= (1 + 1 / theta) * m
        for step in range(quiet, starts[j]):
            runs = [i for i, r in enumerate(requests) if starts[i] <= step < starts[i] + r.output]
            assert max(runs) < j
            assert sum(requests[i].peak for i in runs) >= instance.slack


def test_holds_on_all_tiny_instances_with_arrivals() -> None:
    requests = [(s, o, a) for o in (1, 2) for s in range(3 - o) for a in (0, 1, 2)]
    for chosen in combinations_with_replacement(requests, 3):
        assert LEMMA.holds(Instance.of(2, *chosen))


def test_the_tail_is_waited_for_to_its_last_step() -> None:
    """The first in rank comes a step after the last has started, and waits for its end."""
    instance = Instance.of(10, (9, 1, 9), (2, 8))
    assert delayed(instance, (0, 1)) == (16, 8)
    assert waits_in_time(instance, ONE)  # V = 0, and 16 = (1 + 1/theta) (9 - 1)


def test_the_ratios() -> None:
    assert delayed_ratio(HALF) == max(2 + 4, 3 + Fraction(8, 3))
    assert delayed_ratio(ONE) is None
    for k in range(1, 20):
        alpha = Fraction(k, 20)
        for root in (ONE, Fraction(3, 2)):
            burst = distorted_ratio(alpha, root)
            assert burst is not None
            assert delayed_ratio(alpha, ONE, root) == burst + 2


@pytest.mark.parametrize("theta", [HALF, ONE, Fraction(6, 7), Fraction(3)])
@pytest.mark.parametrize("gamma", [Fraction(2), Fraction(3), Fraction(10)])
def test_the_ratio_is_that_of_the_obligations(theta: Fraction, gamma: Fraction) -> None:
    """R + w is least, with no slack in one of the two cases."""
    rest = largest(gamma, theta, ONE) - gamma
    point = {"R": rest, "q": 1 / theta, "theta": theta, "w": gamma}
    slacks = [
        evaluate(obligation.given["H_R"], point)
        for obligation in LEMMA.obligations
        if obligation.name.startswith("one request")
    ]
    assert len(slacks) == 2
    assert min(slacks) == 0


@pytest.mark.parametrize("length", [4, 12, 24, 36])
def test_without_delay_there_is_no_constant(length: int) -> None:
    """Two requests of half the memory start at 0; a crowd comes at 1 and waits for their end."""
    memory = 2 * length * length
    crowd, baits = [(0, 1, 1)] * memory, [(memory // 2 - length, length)] * 2
    instance = Instance.of(memory, *crowd, *baits)
    cost, good = (
        completion_time(instance, delayed(instance, range(len(instance)), theta))
        for theta in (0, 1)
    )
    assert 3 * cost > (length - 1) * good
