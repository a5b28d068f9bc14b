"""Optimistic admission with restart: the rules, the audit, and theorem C."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmas.a_distortion import distortion
from lemmas.b4_distorted_own_volume_ratio import distorted_own_volume_ratio
from lemmas.b_distorted_ratio import largest, root_above
from tests import reference
from tests.strategies import instances
from theory.errors import InputError, PolicyError
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.restart import Eviction, RestartSchedule, Run, require_valid_runs, run_with_restart
from theory.schedule import cost, is_feasible, require_feasible
from theory.simulator import follow


def pairs(schedule: RestartSchedule) -> reference.Runs:
    return [[(run.start, run.end) for run in runs] for runs in schedule.runs]


@given(st.data(), instances(7, 24) | instances(7, 24, latest=30))
def test_agrees_with_the_plain_rules(data: st.DataObject, instance: Instance) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    schedule = run_with_restart(instance, order)
    require_valid_runs(instance, schedule)
    assert pairs(schedule) == reference.restart(instance, order)
    completions = [runs[-1].end for runs in schedule.runs]
    arrivals = [request.arrival for request in instance.requests]
    assert schedule.cost(instance) == sum(completions) - sum(arrivals)


@given(st.data(), instances(5, 12))
def test_evicting_the_largest_ends_or_is_caught_in_its_circle(
    data: st.DataObject, instance: Instance
) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    expected = reference.restart(instance, order, largest=True, steps=2_000)
    if expected is None:
        with pytest.raises(PolicyError, match="goes round in circles"):
            run_with_restart(instance, order, Eviction.LARGEST)
    else:
        assert pairs(run_with_restart(instance, order, Eviction.LARGEST)) == expected


@pytest.mark.parametrize(
    "instance", [Instance.of(16, *[(0, 16)] * 2), Instance.of(16, *[(0, 8)] * 40)]
)
def test_the_largest_can_be_evicted_for_ever(instance: Instance) -> None:
    order = range(len(instance))
    with pytest.raises(PolicyError, match="goes round in circles"):
        run_with_restart(instance, order, Eviction.LARGEST)
    assert reference.restart(instance, order, largest=True) is None
    require_valid_runs(instance, run_with_restart(instance, order))


@given(st.data(), instances(7, 24))
def test_waiting_is_bounded_with_the_true_slack(data: st.DataObject, instance: Instance) -> None:
    """p_j D <= 2 V^pi_{j-1}, p_j the start of the run that completes."""
    order = data.draw(st.permutations(range(len(instance))))
    starts = run_with_restart(instance, order).starts
    before = 0
    for index in order:
        assert starts[index] * instance.slack <= 2 * before
        before += instance.requests[index].volume


@pytest.mark.parametrize("length", [2, 5, 20, 300])
def test_the_waiting_bound_is_tight(length: int) -> None:
    """Two run at a time up to the last step but one, where the second loses all it has."""
    instance = Instance.of(2 * length - 1, *[(0, length)] * 9)
    starts = run_with_restart(instance, range(9)).starts
    assert starts == tuple(j * (length - 1) for j in range(9))
    volume = length * (length + 1) // 2
    for j, start in enumerate(starts):
        assert start * instance.slack * (length + 1) == 2 * j * volume * (length - 1)


def test_own_volume_accounting_does_not_survive_restart() -> None:
    """T4's waiting bound, p_j U <= V_{j-1} + v_j/2, needs the look-ahead."""
    instance = Instance.of(39, *[(0, 20)] * 8)
    order = range(len(instance))
    four_u = min(2 * (instance.memory + 1) - instance.peak, 3 * instance.slack)
    volume = instance.requests[0].volume
    most = 4 * 7 * volume + 2 * volume
    assert follow(instance, order, Admission.HEAD_OF_LINE)[-1] * four_u <= most
    assert run_with_restart(instance, order).starts[-1] * four_u > most


def test_no_look_ahead_costs_more_than_look_ahead_can() -> None:
    """All volumes are equal, so SVF with look-ahead is bound by T4 here; restart goes beyond."""
    instance = Instance.of(601, *[(0, 301)] * 100)
    every_third = tuple(101 * j for j in range(100))
    require_feasible(instance, every_third)
    restarted = run_with_restart(instance, range(100)).cost(instance)
    proved = distorted_own_volume_ratio(instance.alpha, Fraction(1))
    assert proved is not None
    assert restarted > proved * cost(instance, every_third)


@given(st.data(), instances(4, 9))
def test_theorem_c_against_the_exact_optimum(data: st.DataObject, instance: Instance) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    schedule = run_with_restart(instance, order)
    root = root_above(distortion(instance.select(order)))
    gamma = Fraction(2 * instance.memory, instance.slack)
    assert schedule.cost(instance) <= largest(gamma, root) * reference.optimum(instance)


@given(instances(7, 24, latest=9))
def test_the_runs_that_complete_are_a_feasible_schedule(instance: Instance) -> None:
    """Dropping the cut runs only frees memory, so that the optimum may be compared with."""
    schedule = run_with_restart(instance, range(len(instance)))
    assert is_feasible(instance, schedule.starts)
    assert schedule.cost(instance) == cost(instance, schedule.starts)


@given(st.data(), instances(7, 24))
def test_without_growth_nothing_is_evicted(data: st.DataObject, instance: Instance) -> None:
    """Outputs of one token never grow into each other: restart is plain head-of-line."""
    short = Instance.of(instance.memory, *[(r.peak - 1, 1) for r in instance.requests])
    order = data.draw(st.permutations(range(len(short))))
    schedule = run_with_restart(short, order)
    assert schedule.evictions == 0
    assert schedule.starts == follow(short, order, Admission.HEAD_OF_LINE)


def test_thousands_of_requests() -> None:
    instance = Instance.of(2_000, *[(i * 7 % 90, 1 + i * 13 % 150) for i in range(2_000)])
    order = named_policy("svf").order(instance)
    schedule = run_with_restart(instance, order)
    require_valid_runs(instance, schedule)
    assert schedule.evictions > len(instance)
    before = 0
    for index in order:
        assert schedule.starts[index] * instance.slack <= 2 * before
        before += instance.requests[index].volume


@pytest.mark.parametrize("order", [(0,), (0, 0), (0, 2), (1, 0, 2)])
def test_refuses_what_is_not_an_order(order: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="order: not a permutation"):
        run_with_restart(Instance.of(4, (0, 2), (1, 2)), order)


WHOLE = (Run(0, 2, True),)


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ((WHOLE,), "those of 1 for 2 requests"),
        ((WHOLE, ()), "request 1: its last run is not complete"),
        ((WHOLE, (Run(2, 4, False),)), "request 1: its last run is not complete"),
        ((WHOLE, (Run(2, 4, True), Run(4, 6, True))), "run 0: complete, but not the last"),
        ((WHOLE, (Run(2, 3, True),)), "run 0: lasts 1 steps"),
        ((WHOLE, (Run(2, 4, False), Run(4, 6, True))), "run 0: lasts 2 steps"),
        ((WHOLE, (Run(2, 2, False), Run(4, 6, True))), "run 0: lasts 0 steps"),
        ((WHOLE, (Run(2, 3, False), Run(2, 4, True))), "run 1: starts at 2, not free before 3"),
        ((WHOLE, (Run(0, 2, True),)), "run 0: starts at 0, not free before 1"),
        ((WHOLE, (Run(1, 2, False), Run(2, 4, True))), "step 2: 5 tokens held"),
    ],
)
def test_the_audit_refuses(runs: tuple[tuple[Run, ...], ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        require_valid_runs(Instance.of(4, (0, 2), (2, 2, 1)), RestartSchedule(runs))


def test_the_audit_counts_what_a_cut_run_held() -> None:
    instance = Instance.of(4, (0, 2), (1, 2))
    cut = RestartSchedule((WHOLE, (Run(0, 1, False), Run(2, 4, True))))
    require_valid_runs(instance, cut)
    with pytest.raises(InputError, match="step 2: 5 tokens held"):
        require_valid_runs(
            Instance.of(4, (0, 2), (1, 3)),
            RestartSchedule((WHOLE, (Run(0, 2, False), Run(2, 5, True)))),
        )
