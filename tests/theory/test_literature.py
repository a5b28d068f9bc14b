"""Policies of the literature: feasible, complete, and blind to what they may not see."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.errors import InputError, PolicyError
from theory.literature import LITERATURE, MC_SF, AMax, InOrder, sorted_f
from theory.policy import Admission, Job, Scheduler, named_policy
from theory.request import Instance, Request
from theory.restart import RestartSchedule, require_valid_runs
from theory.schedule import Schedule, is_feasible
from theory.simulator import drive, execute, follow, simulate


@st.composite
def predicted(draw: st.DrawFn, latest: int = 0) -> Instance:
    """A small instance, each output within its predicted interval; some intervals are exact."""
    instance = draw(instances(6, 12, latest))
    requests = []
    for request in instance.requests:
        low = draw(st.one_of(st.just(request.output), st.integers(1, request.output)))
        high = draw(st.one_of(st.just(request.output), st.integers(request.output, 15)))
        requests.append(replace(request, predicted=(low, high)))
    return Instance(instance.memory, tuple(requests))


def exact(instance: Instance) -> Instance:
    """The same instance with perfect predictions."""
    return Instance(
        instance.memory,
        tuple(replace(r, predicted=(r.output, r.output)) for r in instance.requests),
    )


@given(instances(8, 20, latest=9))
def test_mc_sf_is_shortest_job_first(instance: Instance) -> None:
    starts = simulate(instance, MC_SF)
    assert starts == simulate(instance, named_policy("sjf"))
    order = sorted(range(len(instance)), key=lambda i: instance.requests[i].output)
    assert starts == reference.simulate(instance, order, backfill=False)


@given(instances(6, 12), st.data())
def test_a_fixed_order_is_followed(instance: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    places = tuple(order.index(i) for i in range(len(instance)))
    assert isinstance(InOrder(places), Scheduler)
    expected = follow(instance, order, Admission.HEAD_OF_LINE)
    assert drive(instance, InOrder(places)) == expected


def metric(instance: Instance, batch: tuple[int, ...]) -> Fraction:
    return Fraction(sum(instance.requests[i].output for i in batch), len(batch) ** 2)


@given(instances(7, 12))
def test_sorted_f_takes_the_best_batch_again_and_again(instance: Instance) -> None:
    places = sorted_f(instance).places
    order = sorted(range(len(instance)), key=places.__getitem__)
    assert sorted(places) == list(range(len(instance)))
    while order:
        candidates = [
            batch
            for size in range(1, len(order) + 1)
            for batch in combinations(sorted(order), size)
            if sum(instance.requests[i].peak for i in batch) <= instance.memory
        ]
        best = min(metric(instance, batch) for batch in candidates)
        size = max(len(b) for b in candidates if metric(instance, b) == best)
        batch = tuple(order[:size])
        assert tuple(sorted(batch)) in candidates
        assert metric(instance, batch) == best
        outputs = [instance.requests[i].output for i in batch]
        assert outputs == sorted(outputs)
        order = order[size:]


@given(instances(7, 12))
def test_sorted_f_is_feasible(instance: Instance) -> None:
    assert is_feasible(instance, simulate(instance, sorted_f(instance)))


def test_sorted_f_beats_shortest_first_where_its_paper_says() -> None:
    """Thick short requests in front of many thin ones that are hardly longer."""
    instance = Instance.of(40, *[(39, 1)] * 10, *[(0, 2)] * 20)
    order = sorted(range(30), key=sorted_f(instance).places.__getitem__)
    assert order == [*range(10, 30), *range(10)]
    starts = simulate(instance, sorted_f(instance))
    assert starts == (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, *[0] * 20)
    assert simulate(instance, MC_SF) == (*range(10), *[10] * 20)


def test_sorted_f_refuses_arrivals_and_what_is_too_large() -> None:
    with pytest.raises(InputError, match="all arrive at step 0"):
        sorted_f(Instance.of(4, (0, 2, 1)))
    with pytest.raises(InputError, match="too much for Sorted-F"):
        sorted_f(Instance.of(10**9, (0, 2)))


@given(predicted(latest=9))
def test_a_max_is_feasible_and_never_refused(instance: Instance) -> None:
    assert isinstance(AMax(), Scheduler)
    assert is_feasible(instance, a_max(instance))


@given(instances(6, 12, latest=9))
def test_a_max_with_perfect_predictions_is_mc_sf(instance: Instance) -> None:
    assert a_max(exact(instance)) == simulate(instance, MC_SF)


@given(predicted(), st.data())
def test_a_max_does_not_look_at_outputs(instance: Instance, data: st.DataObject) -> None:
    """The same jobs with other outputs: the same choice."""
    jobs = [Job(i, request) for i, request in enumerate(instance.requests)]
    split = data.draw(st.integers(0, len(jobs) - 1))
    ages = data.draw(st.lists(st.integers(0, 5), min_size=split, max_size=split))
    running = [replace(j, start=5 - age) for j, age in zip(jobs, ages, strict=False)]
    assume(all(age < job.request.output for job, age in zip(running, ages, strict=True)))

    def other(job: Job) -> Job:
        room = instance.memory - job.request.prompt
        return replace(job, request=replace(job.request, output=data.draw(st.integers(1, room))))

    choice = AMax().choose(5, jobs[split:], running, instance.memory)
    changed = [list(map(other, part)) for part in (jobs[split:], running)]
    assert AMax().choose(5, *changed, instance.memory) == choice


def test_a_max_trusts_its_predictions() -> None:
    wrong = Instance(5, (Request(0, 3, predicted=(1, 3)), Request(0, 4, predicted=(1, 2))))
    with pytest.raises(PolicyError, match="cannot fit"):
        a_max(wrong)


@pytest.mark.parametrize("name", ["a-max", "a-min"])
def test_predictions_are_needed(name: str) -> None:
    with pytest.raises(InputError, match="needs a prediction"):
        simulate(Instance.of(4, (0, 2)), LITERATURE[name])


def a_min(instance: Instance) -> RestartSchedule:
    return execute(instance, LITERATURE["a-min"])


def a_max(instance: Instance) -> Schedule:
    return simulate(instance, LITERATURE["a-max"])


@given(predicted() | predicted(latest=9))
def test_a_min_follows_its_plain_rules(instance: Instance) -> None:
    found = [[(run.start, run.end) for run in runs] for runs in a_min(instance).runs]
    assert found == reference.a_min(instance)


@given(predicted() | predicted(latest=9))
def test_a_min_completes_every_request_within_memory(instance: Instance) -> None:
    schedule = a_min(instance)
    require_valid_runs(instance, schedule)
    assert is_feasible(instance, schedule.starts)


@given(instances(6, 12, latest=9))
def test_a_min_with_perfect_predictions_is_mc_sf(instance: Instance) -> None:
    schedule = a_min(exact(instance))
    assert schedule.evictions == 0
    assert schedule.starts == simulate(instance, MC_SF)


def test_a_lower_end_that_is_too_high_does_no_harm() -> None:
    wrong = Instance(4, (Request(0, 2, predicted=(3, 9)), Request(2, 1, predicted=(9, 9))))
    assert a_min(wrong).starts == (1, 0)


def test_a_min_beats_a_max_where_predictions_are_wide() -> None:
    """Outputs at the lower ends: optimism is right, caution runs them one by one."""
    instance = Instance(10, tuple(Request(0, 1, predicted=(1, 10)) for _ in range(10)))
    assert a_min(instance).starts == (0,) * 10
    assert a_max(instance) == tuple(range(10))
