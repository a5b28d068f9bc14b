"""Exhaustion finds what slow enumeration finds, misses no order, and notices when it is wrong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances as some_instances
from tests.theory.enumeration import enumerated_worst, shapes
from theory.errors import InputError
from theory.exhaustion import (
    POLICY_NAMES,
    ExhaustionError,
    Worst,
    instances,
    search,
    worst,
    worst_by_alpha,
    worst_up_to,
)
from theory.exhaustion.cheapest import cheapest
from theory.exhaustion.placing import backfill, earliest
from theory.exhaustion.result import audit
from theory.exhaustion.shapes import Shapes
from theory.policy import LOOK_AHEAD, Admission, named_policy
from theory.request import Instance
from theory.schedule import cost, is_feasible
from theory.simulator import follow, tie_orders, worst_schedule

CLASSES = [(1, 4), (2, 1), (2, 4), (3, 1), (3, 2), (3, 4), (4, 3)]
ALPHAS = (Fraction(1, 2), Fraction(2, 3), Fraction(1))


@cache
def up_to(name: str, admission: Admission, alpha: Fraction) -> Fraction:
    found = worst_up_to(name, admission, 3, 6, alpha)
    assert found.at_most is not None
    return found.at_most


# The compiled parts


@settings(max_examples=200, deadline=None)
@given(instance=some_instances(6, 15), data=st.data())
def test_admissions_are_the_simulator_s(instance: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    ranked = instance.select(order)
    columns = ranked.columns
    n = len(ranked)
    begin, scratch = np.zeros(n, np.int64), np.zeros((3, n), np.int64)
    spent = backfill(columns.prompt, columns.output, n, ranked.memory, begin, scratch)
    starts = follow(ranked, range(n), Admission.BACKFILL)
    assert (tuple(begin.tolist()), spent) == (starts, cost(ranked, starts))
    for j, request in enumerate(ranked.requests):
        ready = int(begin[j - 1]) if j else 0
        begin[j] = earliest(
            columns.prompt,
            columns.output,
            begin,
            j,
            request.prompt,
            request.output,
            ready,
            ranked.memory,
        )
    assert tuple(begin.tolist()) == follow(ranked, range(n), Admission.HEAD_OF_LINE)


@settings(max_examples=150, deadline=None)
@given(instance=some_instances(5, 12))
def test_cheapest_is_the_optimum(instance: Instance) -> None:
    best = reference.optimum(instance)
    columns, n = instance.columns, len(instance)
    good, work = np.zeros(n, np.int64), np.zeros((7, n), np.int64)
    for most in (best, best + 1, best + 10):
        least = cheapest(columns.prompt, columns.output, n, instance.memory, most, good, work)
        assert least == best
        assert is_feasible(instance, good.tolist())
        assert cost(instance, good.tolist()) == best
    for most in (best - 1, best // 2, 0):
        least = cheapest(columns.prompt, columns.output, n, instance.memory, most, good, work)
        assert least == most + 1


# The worst ratio


@pytest.mark.parametrize("admission", LOOK_AHEAD)
@pytest.mark.parametrize("name", POLICY_NAMES)
def test_worst_is_the_enumerated_one(name: str, admission: Admission) -> None:
    backfills = admission is Admission.BACKFILL
    for n, memory in CLASSES:
        alphas = [alpha for alpha in ALPHAS if alpha * memory >= 1]
        together = worst_by_alpha(name, admission, n, memory, alphas)
        for alpha, found in zip(alphas, together, strict=True):
            expected = enumerated_worst(name, n, memory, alpha, backfills)
            assert found.at_least == found.at_most == expected
            assert worst(name, admission, n, memory, alpha, workers=1).at_least == expected


def test_every_order_that_an_adversary_may_choose_is_counted_once() -> None:
    for name, n in product(POLICY_NAMES, (1, 2, 3)):
        orders = set()
        for chosen in combinations_with_replacement(shapes(3), n):
            instance = Instance(3, chosen)
            for order in tie_orders(instance, named_policy(name)):
                orders.add(tuple(chosen[i] for i in order))
        assert Shapes.of(name, 3, [Fraction(1)]).orders(n) == len(orders)


def test_instances_counts_multisets() -> None:
    for n, memory in product((1, 2, 3), (1, 2, 3, 4)):
        expected = sum(1 for _ in combinations_with_replacement(shapes(memory), n))
        assert instances(n, memory) == expected
        assert instances(n, 2 * memory, Fraction(1, 2)) == expected
    assert instances(4, 12) == comb(78 + 3, 4)


@settings(max_examples=60, deadline=None)
@given(instance=some_instances(3, 6), name=st.sampled_from(POLICY_NAMES))
def test_no_instance_exceeds_the_worst(instance: Instance, name: str) -> None:
    for admission in LOOK_AHEAD:
        policy = named_policy(name, admission)
        spent = cost(instance, worst_schedule(instance, policy))
        assert spent <= up_to(name, admission, instance.alpha) * reference.optimum(instance)


def test_up_to_takes_the_worst_of_all_sizes() -> None:
    for admission in LOOK_AHEAD:
        each = [worst("svf", admission, n, m) for n in (1, 2, 3) for m in range(1, 7)]
        found = worst_up_to("svf", admission, 3, 6)
        assert found.is_exact
        assert found.at_least == max(one.at_least for one in each)
        assert found.instances == sum(one.instances for one in each)
        assert "1 to 3 requests, M = 1 to 6" in str(found)


# Bounds and limits


def test_a_bound_is_proved_or_exceeded() -> None:
    exact = worst("svf", "head-of-line", 3, 9).at_least
    proved = worst("svf", "head-of-line", 3, 9, bound=exact)
    assert proved.at_most == exact
    above = exact + Fraction(1, 7)
    assert worst("svf", "head-of-line", 3, 9, bound=above).at_most == above
    below = worst("svf", "head-of-line", 3, 9, bound=exact - Fraction(1, 1000))
    assert below.at_least == exact
    assert worst("svf", "head-of-line", 3, 9, bound=Fraction(1, 2)).at_least > Fraction(1, 2)
    refuted = worst_up_to("svf", "head-of-line", 3, 9, bound=Fraction(3, 2))
    assert refuted.at_least > Fraction(3, 2)


def test_no_time_proves_nothing() -> None:
    for found in (
        worst("svf", "head-of-line", 5, 30, time_limit=0),
        worst_up_to("svf", "backfill", 5, 30, time_limit=0),
        worst_up_to("svf", "backfill", 5, 30, bound=Fraction(9), time_limit=0),
        worst("fcfs", "backfill", 8, 400, Fraction(1, 10), time_limit=0.05),
    ):
        assert found.at_most is None
        assert not found.is_exact
        assert found.at_least >= 1
        assert "at most" not in str(found).split("worst ratio")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("one-bit-svf", "backfill", 2, 4), "policy"),
        (("svf", "sideways", 2, 4), "admission"),
        (("svf", "backfill", 0, 4), "requests"),
        (("svf", "backfill", 9, 4), "requests"),
        (("svf", "backfill", True, 4), "requests"),
        (("svf", "backfill", 2, 0), "memory"),
        (("svf", "backfill", 2, 501), "memory"),
        (("svf", "backfill", 2, 4, Fraction(0)), "alpha"),
        (("svf", "backfill", 2, 4, Fraction(5, 4)), "alpha"),
        (("svf", "backfill", 2, 4, 0.5), "alpha"),
        (("svf", "backfill", 2, 4, Fraction(1, 5)), "below 1"),
        (("svf", "backfill", 2, 4, Fraction(1), 1.5), "bound"),
        (("svf", "backfill", 2, 4, Fraction(1), Fraction(0)), "bound"),
        (("svf", "backfill", 2, 4, Fraction(1), Fraction(10**10)), "bound"),
        (("svf", "backfill", 2, 4, Fraction(1), None, -1.0), "time_limit"),
        (("svf", "backfill", 2, 4, Fraction(1), None, float("nan")), "time_limit"),
    ],
)
def test_bad_parameters_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    for query in (worst, worst_up_to):
        with pytest.raises(InputError, match=message):
            query(*arguments)


# A wrong search is noticed


def test_the_audit_tells_a_false_witness() -> None:
    found = worst("svf", "head-of-line", 3, 7)
    audit(found)
    later = tuple(start + 1 for start in found.good_schedule)
    wrong: list[tuple[Worst, str]] = [
        (replace(found, at_least=found.at_least + 1), "the ratio"),
        (replace(found, policy_schedule=later), "not the policy's"),
        (replace(found, good_schedule=(0, 0, 0)), "tokens held"),
        (replace(found, good_schedule=later), "the ratio"),
        (replace(found, alpha=Fraction(1, 2)), "outside"),
        (replace(found, requests=range(1, 3)), "outside"),
        (replace(found, instance=found.instance.select((2, 1, 0))), "not the policy's"),
    ]
    for false, message in wrong:
        with pytest.raises(ExhaustionError, match=message):
            audit(false)


def test_an_order_that_is_skipped_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = search.explore

    def skips(table: Any, requests: int, memory: int, *rest: Any) -> bool:
        return real(
            table[:, :-1].copy(), requests, memory, *rest
        )  # the last shape is never followed

    monkeypatch.setattr(search, "explore", skips)
    with pytest.raises(ExhaustionError, match="orders seen"):
        worst("svf", "head-of-line", 2, 3)
