"""Declared lengths: the rules against a plain loop, the truthful check, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import instances
from theory.declared import (
    as_declared,
    by_declared_volume,
    declared_outputs,
    follow_declared,
    overstatement,
)
from theory.errors import InputError
from theory.policy import Admission
from theory.request import Instance, Request
from theory.schedule import is_feasible
from theory.simulator import follow


def step_by_step(instance: Instance, order: list[int], declared: list[int]) -> tuple[int, ...]:
    """The rules as they are stated: every step, every later step, every reservation."""
    requests, starts, step = instance.requests, dict[int, int](), 0

    def reserved(index: int, later: int) -> int:
        age = later - starts[index]
        is_over = starts[index] + requests[index].output <= step
        return 0 if is_over or age > declared[index] else requests[index].prompt + age

    while len(starts) < len(requests):
        for index in order:
            if index in starts or requests[index].arrival > step:
                continue
            beside = list(starts)
            starts[index] = step
            if any(
                sum(reserved(other, later) for other in [*beside, index]) > instance.memory
                for later in range(step + 1, step + declared[index] + 1)
            ):
                del starts[index]
                break
        step += 1
    return tuple(starts[index] for index in range(len(requests)))


@st.composite
def declared_instances(draw: st.DrawFn) -> tuple[Instance, list[int], list[int]]:
    """An instance, an order, and declared outputs that fit in memory."""
    instance = draw(instances(7, 16, latest=6))
    order = draw(st.permutations(range(len(instance))))
    room = [(r.output, instance.memory - r.prompt) for r in instance.requests]
    declared = [draw(st.one_of(st.just(most), st.integers(o, most))) for o, most in room]
    return instance, order, declared


@given(declared_instances())
def test_agrees_with_the_rules_step_by_step(drawn: tuple[Instance, list[int], list[int]]) -> None:
    instance, order, declared = drawn
    starts = follow_declared(instance, order, declared)
    assert starts == step_by_step(instance, order, declared)
    assert is_feasible(instance, starts)


@given(instances(8, 20, latest=8), st.data())
def test_a_true_declaration_is_the_truthful_check(instance: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    assert follow_declared(instance, order) == follow(instance, order, Admission.HEAD_OF_LINE)


@given(declared_instances())
def test_predicted_upper_ends_are_declarations(
    drawn: tuple[Instance, list[int], list[int]],
) -> None:
    instance, order, declared = drawn
    predicted = Instance(
        instance.memory,
        tuple(
            Request(r.prompt, r.output, r.arrival, (1, length))
            for r, length in zip(instance.requests, declared, strict=True)
        ),
    )
    assert list(declared_outputs(predicted)) == declared
    assert follow_declared(predicted, order) == follow_declared(instance, order, declared)
    beta = overstatement(predicted)
    pairs = list(zip(declared, instance.requests, strict=True))
    assert beta >= 1
    assert all(length <= beta * r.output for length, r in pairs)
    assert any(length == beta * r.output for length, r in pairs)


def test_a_completion_frees_its_reservation_at_once() -> None:
    instance = Instance.of(10, (0, 2), (0, 6))
    assert follow_declared(instance, (0, 1), (10, 6)) == (0, 2)
    assert follow_declared(instance, (0, 1), (2, 6)) == (0, 0)


def test_the_order_of_declared_volume_is_not_that_of_volume() -> None:
    assert by_declared_volume(Instance.of(9, (0, 1), (0, 3)), (9, 3)) == (1, 0)


@pytest.mark.parametrize(
    ("order", "declared", "message"),
    [
        ((0, 0), (2, 3), "order: not a permutation"),
        ((0, 1), (2,), "declared: 1 lengths for 2 requests"),
        ((0, 1), (1, 3), "declared: request 0: 1 is below its output 2"),
        ((0, 1), (2, 9), "request 1: prompt . output = 10 exceeds memory = 9"),
    ],
)
def test_what_is_refused(order: tuple[int, ...], declared: tuple[int, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        follow_declared(Instance.of(9, (0, 2), (1, 3)), order, declared)
    assert as_declared(Instance.of(9, (0, 2), (1, 3))).requests[1].output == 3
