"""The compiled scheduling of small instances against the plain one, and what a score says."""

from fractions import Fraction
from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.hunt.profile import earliest, list_schedule, move, priority_schedule
from adversaries.hunt.score import is_small, score
from tests import reference
from tests.strategies import instances
from theory.policy import LOOK_AHEAD, POLICIES, Admission, named_policy
from theory.request import Instance
from theory.schedule import cost, is_feasible
from theory.simulator import simulate

policies = st.builds(named_policy, st.sampled_from(sorted(POLICIES)), st.sampled_from(LOOK_AHEAD))
patient = settings(deadline=None)  # the first call compiles


def plain_list(instance: Instance, order: list[int], gap: int = 0) -> tuple[int, ...]:
    """Each request where it first fits, step by step, a gap after the last one placed."""
    horizon = instance.last_arrival + instance.total_output + (gap + 1) * len(order) + 2
    profile = [0] * (2 * horizon)
    starts = [0] * len(order)
    after = 0
    for i in order:
        request = instance.requests[i]
        step = max(request.arrival, after)
        while not reference.fits(instance.memory, profile, request, step):
            step += 1
        reference.add(profile, request, step)
        starts[i] = step
        after = step + gap if gap else 0
    return tuple(starts)


@patient
@given(instances(8, 30, latest=9), policies)
def test_priority_schedules_agree_with_the_plain_simulator(instance: Instance, policy) -> None:  # type: ignore[no-untyped-def]
    c = instance.columns
    order = policy.order(instance)
    backfill = policy.admission is Admission.BACKFILL
    found = priority_schedule(
        c.prompt, c.output, c.arrival, instance.memory, np.array(order, np.int64), backfill
    )
    assert tuple(found.tolist()) == reference.simulate(instance, order, backfill)


@patient
@given(instances(6, 20, latest=9), st.integers(0, 4), st.data())
def test_list_schedules_agree_with_the_plain_ones(
    instance: Instance, gap: int, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    c = instance.columns
    profile = np.zeros(4000, np.int64)
    starts = np.zeros(len(order), np.int64)
    completions = list_schedule(
        c.prompt,
        c.output,
        c.arrival,
        instance.memory,
        np.array(order, np.int64),
        gap,
        2**62,
        profile,
        starts,
    )
    expected = plain_list(instance, order, gap)
    assert tuple(starts.tolist()) == expected
    assert completions == sum(
        p + r.output for p, r in zip(expected, instance.requests, strict=True)
    )


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.data())
@patient
def test_the_earliest_fit_skips_no_step(loads: list[int], data: st.DataObject) -> None:
    memory = 10
    output = data.draw(st.integers(1, 5))
    prompt = data.draw(st.integers(0, memory - output))
    step = data.draw(st.integers(0, len(loads)))
    profile = loads + [0] * 20
    request = Instance.of(memory, (prompt, output)).requests[0]
    expected = next(t for t in range(step, 30) if reference.fits(memory, profile, request, t))
    assert earliest(np.array(profile, np.int64), memory, prompt, output, step) == expected


@given(st.permutations(range(6)), st.integers(0, 5), st.integers(0, 5))
@patient
def test_a_move_takes_one_entry_to_another_place(
    order: list[int], source: int, target: int
) -> None:
    result = np.zeros(6, np.int64)
    move(np.array(order, np.int64), source, target, result)
    expected = order.copy()
    expected.insert(target, expected.pop(source))
    assert result.tolist() == expected


@given(instances(5, 8, latest=4), policies)
@patient
def test_the_ratio_is_a_lower_bound(instance: Instance, policy) -> None:  # type: ignore[no-untyped-def]
    finding = score(instance, policy)
    assert finding.policy_schedule == simulate(instance, policy)
    assert is_feasible(instance, finding.good_schedule)
    best = reference.optimum(instance)
    assert best <= finding.good_cost <= finding.policy_cost
    assert 1 <= finding.ratio <= Fraction(finding.policy_cost, best)


@given(instances(4, 10))
@patient
def test_no_list_schedule_of_a_tried_order_is_cheaper(instance: Instance) -> None:
    finding = score(instance, named_policy("svf"))
    for rank in (lambda r: r.volume, lambda r: r.output, lambda r: -r.prompt):
        order = sorted(range(len(instance)), key=lambda i, rank=rank: rank(instance.requests[i]))  # type: ignore[misc]
        assert finding.good_cost <= cost(instance, plain_list(instance, order))


def test_the_local_search_finds_what_no_rank_has() -> None:
    instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    lists = [plain_list(instance, list(order)) for order in permutations(range(4))]
    assert min(cost(instance, starts) for starts in lists) == 48
    assert score(instance, named_policy("svf")).good_cost == 47  # by a gap between two starts


def test_large_instances_are_scored_too() -> None:
    many = Instance.of(40, *((s % 7, 1 + s % 5) for s in range(200)))
    long = Instance.of(10**6, (0, 10**6), (10**6 - 1, 1), (3, 10**5))
    for instance in (many, long):
        assert not is_small(instance)
        finding = score(instance, named_policy("ljf"))
        assert is_feasible(instance, finding.good_schedule)
        assert finding.ratio >= 1


class OneAtATime:
    """Starts a request when nothing runs."""

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return None if running else waiting[0].index


def test_a_scheduler_brings_its_own_admission() -> None:
    finding = score(Instance.of(4, (0, 2), (0, 2)), OneAtATime())
    assert (finding.policy, finding.admission) == ("OneAtATime", None)
    assert finding.ratio == Fraction(6, 4)
    assert finding.tokens == 4


def test_the_solver_never_makes_it_worse() -> None:
    instance = Instance.of(20, (3, 9), (0, 12), (10, 4), (2, 2), (15, 1))
    quick = score(instance, named_policy("peak"))
    thorough = score(instance, named_policy("peak"), time_limit=5, name="mine")
    assert thorough.good_cost <= quick.good_cost
    assert thorough.policy == "mine"
