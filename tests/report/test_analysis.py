"""The report's analysis and its drawings, held against plain counting, step by step."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.report import Exhibit
from adversaries.report import picture as pictures
from adversaries.report.analysis import accounts, blockings, inversion, overtaking, witness
from adversaries.report.curves import totals
from adversaries.report.kinds import kinds
from adversaries.report.picture import picture
from tests.report.certificates import comparing, exhibit_of
from tests.strategies import instances
from theory.policy import LOOK_AHEAD, Admission
from theory.request import Instance
from theory.schedule import cost

POLICIES = st.tuples(
    st.sampled_from(("svf", "sjf", "ljf", "fcfs", "peak")), st.sampled_from(LOOK_AHEAD)
)


def held_by_step(exhibit: Exhibit) -> list[int]:
    """Tokens held in each step of the policy's schedule, counted one by one."""
    lives = list(zip(exhibit.instance.requests, exhibit.bad, strict=True))
    return [
        sum(r.prompt + t - p for r, p in lives if p < t <= p + r.output)
        for t in range(exhibit.horizon + 2)
    ]


def heights(points: tuple[pictures.Point, ...], x: float) -> list[float]:
    """Where the outline of a polygon with horizontal pieces crosses x."""
    around = zip(points, (*points[1:], points[0]), strict=True)
    return [y0 for (x0, y0), (x1, y1) in around if min(x0, x1) < x < max(x0, x1) and y0 == y1]


@settings(max_examples=50, deadline=None)
@given(instances(most_requests=7, latest=4), POLICIES)
def test_blocked_stretches_hold_all_the_waiting(
    instance: Instance, policy: tuple[str, Admission]
) -> None:
    exhibit = exhibit_of(comparing(instance, policy))
    requests, starts = instance.requests, exhibit.bad
    held, found = held_by_step(exhibit), blockings(exhibit)
    spent = sum(p - r.arrival for r, p in zip(requests, starts, strict=True))
    assert sum(b.paid for b in found) == spent
    for b in found:
        waiting = [
            [i for i in exhibit.order if requests[i].arrival <= t < starts[i]]
            for t in range(b.begin, b.end)
        ]
        assert b.heads == tuple(dict.fromkeys(line[0] for line in waiting))
        assert b.most_waiting == max(map(len, waiting))
        assert b.held == held[b.emptiest + 1] == min(held[b.begin + 1 : b.end + 1])
        reason = witness(exhibit, b.heads[0], b.begin)
        assert reason is not None
        place = exhibit.order.index(b.heads[0])
        before = [i for k, i in enumerate(exhibit.order) if starts[i] < b.begin or k < place]
        assert reason.load == sum(
            requests[i].prompt + reason.at - starts[i]
            for i in before
            if starts[i] <= b.begin and reason.at <= starts[i] + requests[i].output
        )
        assert reason.load + reason.wanted > instance.memory
        assert reason.load >= instance.slack  # the first step of L3
        assert b.begin < reason.at <= b.begin + requests[b.heads[0]].output


@settings(max_examples=50, deadline=None)
@given(instances(most_requests=7, latest=4), POLICIES)
def test_overtaking_and_inversion_are_the_first_of_their_kind(
    instance: Instance, policy: tuple[str, Admission]
) -> None:
    exhibit = exhibit_of(comparing(instance, policy))
    requests, starts, order = instance.requests, exhibit.bad, exhibit.order
    pairs = [(i, j) for i in order for j in order if requests[j].arrival <= starts[i] < starts[j]]
    passed = [starts[i] for i, j in pairs if order.index(i) > order.index(j)]
    larger = [starts[i] for i, j in pairs if requests[i].volume > requests[j].volume]
    for found, steps in ((overtaking(exhibit), passed), (inversion(exhibit), larger)):
        assert (found is None) == (not steps)
        if found is not None:
            assert found.step == min(steps) == starts[found.first] < starts[found.behind]
    if policy[1] is Admission.HEAD_OF_LINE:
        assert not passed


@settings(max_examples=50, deadline=None)
@given(instances(most_requests=7), POLICIES)
def test_accounts_add_up(instance: Instance, policy: tuple[str, Admission]) -> None:
    exhibit = exhibit_of(comparing(instance, policy))
    sums, order = accounts(exhibit), exhibit.order
    volumes = [instance.requests[i].volume for i in order]
    pairs = [(u, v) for place, v in enumerate(volumes) for u in volumes[:place]]
    assert sums.waiting + sums.lengths == exhibit.bad_cost
    assert sums.before == sum(u for u, _ in pairs)
    assert sums.least_before == sum(min(pair) for pair in pairs)
    assert sums.distortion >= 1
    assert all(u <= sums.distortion * v for u, v in pairs)
    if policy[1] is Admission.HEAD_OF_LINE:
        assert exhibit.bad[sums.worst] * instance.slack <= 2 * sums.volumes_before


@settings(max_examples=50, deadline=None)
@given(instances(most_requests=7, latest=4), POLICIES)
def test_shapes_have_the_area_of_the_volumes(
    instance: Instance, policy: tuple[str, Admission]
) -> None:
    exhibit = exhibit_of(comparing(instance, policy))
    shapes = picture(exhibit, exhibit.bad, kinds(instance)).shapes
    area = 0.0
    for shape in shapes:
        around = zip(shape.points, (*shape.points[1:], shape.points[0]), strict=True)
        area -= sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in around) / 2
        assert all(-1e-9 <= v <= 1 + 1e-9 for point in shape.points for v in point)
    tokens = sum(r.volume for r in instance.requests)
    assert area * exhibit.horizon * instance.memory == pytest.approx(tokens)


@settings(max_examples=50, deadline=None)
@given(instances(most_requests=7, latest=4), POLICIES, st.integers(1, 6))
def test_bands_show_the_fullest_step_of_each_column(
    instance: Instance, policy: tuple[str, Admission], columns: int
) -> None:
    exhibit = exhibit_of(comparing(instance, policy))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "MOST_PIECES", 0)
        patch.setattr(pictures, "COLUMNS", columns)
        shown = picture(exhibit, exhibit.bad, kinds(instance))
    assert shown.bands
    columns = min(columns, exhibit.horizon)
    ends = [(column + 1) * exhibit.horizon // columns for column in range(columns)]
    held = held_by_step(exhibit)
    begin = 0
    for end in ends:
        middle = (begin + end) / 2 / exhibit.horizon
        tops = [y for shape in shown.shapes for y in heights(shape.points, middle)]
        assert max(tops) * instance.memory == pytest.approx(max(held[begin + 1 : end + 1]))
        begin = end


@settings(max_examples=50, deadline=None)
@given(instances(most_requests=7, latest=4))
def test_running_totals_end_in_the_cost(instance: Instance) -> None:
    exhibit = exhibit_of(comparing(instance))
    found = totals(instance, exhibit.bad)
    assert found.paid[-1] == exhibit.bad_cost == cost(instance, exhibit.bad)
    assert found.completed[-1] == len(instance)
    ends = [p + r.output for r, p in zip(instance.requests, exhibit.bad, strict=True)]
    for step in range(exhibit.horizon + 1):
        spent = sum(
            max(0, min(step, end) - r.arrival)
            for r, end in zip(instance.requests, ends, strict=True)
        )
        assert found.at(step) == (sum(end <= step for end in ends), spent)


@settings(max_examples=50, deadline=None)
@given(instances(most_requests=30))
def test_kinds_are_a_partition(instance: Instance) -> None:
    found = kinds(instance)
    assert sorted(i for kind in found for i in kind.members) == list(range(len(instance)))
    volumes = [kind.spread(lambda r: r.volume) for kind in found]
    assert all(one[1] <= other[0] for one, other in pairwise(volumes))
    assert len(found) <= 12
