"""Drawn instances lie in their cell, and the structures that hurt do occur."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from adversaries.hunt.limits import Limits
from adversaries.strategies import instances, within
from theory.claims import Cell, Information, Traffic
from theory.errors import InputError
from theory.request import Instance

SEARCH = settings(max_examples=2000, deadline=None, database=None, derandomize=True)

limits = st.builds(
    Limits,
    alpha=st.fractions(Fraction(1, 9), 1, max_denominator=9),
    max_requests=st.integers(1, 9),
    max_memory=st.integers(9, 70),
    latest=st.sampled_from((0, 0, 1, 30)),
    information=st.sampled_from(Information),
)


@given(limits, st.data())
@settings(deadline=None)
def test_every_instance_is_within_its_limits(chosen: Limits, data: st.DataObject) -> None:
    instance = data.draw(within(chosen))
    assert chosen.hold(instance)
    assert len(instance) <= chosen.max_requests
    assert all(r.peak <= chosen.alpha * instance.memory for r in instance.requests)


@given(st.data())
@settings(deadline=None)
def test_every_instance_is_in_its_cell(data: st.DataObject) -> None:
    cell = Cell(
        "svf",
        Fraction(2, 5),
        traffic=data.draw(st.sampled_from(Traffic)),
        information=data.draw(st.sampled_from(Information)),
    )
    instance = data.draw(instances(cell, max_requests=5, max_memory=30))
    assert instance.alpha <= Fraction(2, 5)
    assert instance.memory <= 30
    assert instance.is_burst or cell.traffic is not Traffic.BURST
    for r in instance.requests:
        assert (r.predicted is not None) == (cell.information is Information.INTERVAL)
        if r.predicted is not None:
            assert r.predicted[0] <= r.output <= r.predicted[1]
            assert r.prompt + r.predicted[1] <= cell.alpha * instance.memory


def thin_beside_thick(instance: Instance) -> bool:
    half = instance.peak // 2
    thin = any(r.output > half and r.prompt <= 2 for r in instance.requests)
    return thin and any(r.output <= 2 and r.prompt > half for r in instance.requests)


def equal_volumes(instance: Instance) -> bool:
    shapes = {(r.prompt, r.output): r.volume for r in instance.requests}
    return max(Counter(shapes.values()).values()) > 1


def tied_outputs(instance: Instance) -> bool:
    return len({r.output for r in instance.requests}) < len({r.prompt for r in instance.requests})


def ladder_of_four(instance: Instance) -> bool:
    peaks = [r.peak for r in instance.requests]
    steps = [b - a for a, b in pairwise(peaks)]
    return any(steps[i] == steps[i + 1] == steps[i + 2] != 0 for i in range(max(0, len(steps) - 2)))


def full_memory(instance: Instance) -> bool:
    return len(instance) > 2 and sum(r.peak for r in instance.requests) == instance.memory


def five_copies(instance: Instance) -> bool:
    return max(Counter(instance.requests).values()) >= 5


def alpha_exactly(instance: Instance) -> bool:
    return len(instance) > 1 and instance.memory > 10 and instance.alpha == Fraction(1, 2)


@pytest.mark.parametrize(
    "occurs",
    [
        thin_beside_thick,
        equal_volumes,
        tied_outputs,
        ladder_of_four,
        full_memory,
        five_copies,
        alpha_exactly,
    ],
)
def test_the_structures_occur(occurs: Callable[[Instance], bool]) -> None:
    assert occurs(find(instances(alpha=Fraction(1, 2)), occurs, settings=SEARCH))


def test_short_requests_arrive_just_after_a_long_one() -> None:
    def occurs(instance: Instance) -> bool:
        first = min(instance.requests, key=lambda r: r.arrival)
        late = [r for r in instance.requests if r.arrival == first.arrival + 1 and r.output == 1]
        return first.output > 5 and len(late) >= 3

    assert occurs(find(instances(traffic=Traffic.ADVERSARIAL), occurs, settings=SEARCH))


def test_examples_shrink_to_few_requests_and_small_numbers() -> None:
    found = find(instances(), lambda i: i.peak > 3 and len(i) > 1, settings=SEARCH)
    assert len(found) == 2
    assert found.memory == 4
    assert sum(r.peak for r in found.requests) <= 8


@pytest.mark.parametrize(
    "sizes",
    [{"alpha": Fraction(1, 9), "max_memory": 8}, {"max_requests": 0}, {"alpha": 0}],
)
def test_sizes_that_leave_nothing_are_refused(sizes: dict[str, Fraction]) -> None:
    with pytest.raises(InputError):
        instances(**sizes)  # type: ignore[arg-type]
