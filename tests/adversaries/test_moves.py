"""Moves stay within the limits and do what they say; shrinking ends at a minimum."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.hunt import moves
from adversaries.hunt.limits import Limits
from adversaries.hunt.moves import MOVES, Move, neighbour
from adversaries.hunt.score import score
from adversaries.hunt.shrink import complexity, shrink, simplifications
from adversaries.strategies import within
from tests.adversaries.test_strategies import limits
from theory.policy import named_policy
from theory.request import Instance


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.__name__)
@given(limits, st.data(), st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_every_move_stays_within_the_limits(
    move: Move, chosen: Limits, data: st.DataObject, seed: int
) -> None:
    instance = data.draw(within(chosen))
    moved = move(Random(seed), instance, chosen)
    assert chosen.hold(moved)
    assert abs(len(moved) - len(instance)) <= 1


INSTANCE = Instance.of(40, (3, 9, 1), (3, 9, 1), (0, 12), (10, 4, 7))
ROOM = Limits(Fraction(1, 2), max_requests=6, max_memory=60, latest=20)


def shapes(instance: Instance) -> Counter[tuple[int, int, int]]:
    return Counter((r.prompt, r.output, r.arrival) for r in instance.requests)


def only(field: str) -> Callable[[Instance], bool]:
    """Changes this field of some requests, and no other."""

    def holds(moved: Instance) -> bool:
        kept = {"prompt", "output", "arrival"} - {field}
        return all(
            getattr(a, name) == getattr(b, name)
            for a, b in zip(moved.requests, INSTANCE.requests, strict=True)
            for name in kept
        )

    return holds


EFFECTS: list[tuple[Move, Callable[[Instance], bool]]] = [
    (moves.add, lambda moved: shapes(INSTANCE) < shapes(moved) and len(moved) == 5),
    (moves.drop, lambda moved: shapes(moved) < shapes(INSTANCE) and len(moved) == 3),
    (moves.duplicate, lambda moved: set(shapes(moved)) == set(shapes(INSTANCE))),
    (moves.nudge_prompt, only("prompt")),
    (moves.nudge_arrival, only("arrival")),
    (moves.trade, lambda m: [r.peak for r in m.requests] == [r.peak for r in INSTANCE.requests]),
    (moves.swap, lambda moved: shapes(moved) == shapes(INSTANCE)),
    (moves.merge, lambda moved: set(shapes(moved)) <= set(shapes(INSTANCE))),
    (moves.split, lambda moved: sum((shapes(moved) & shapes(INSTANCE)).values()) >= 3),
    (moves.tie, lambda moved: {r.output for r in moved.requests} <= {9, 12, 4}),
    (moves.retarget, lambda moved: moved.alpha == ROOM.alpha),
    (moves.nudge_memory, lambda moved: 30 <= moved.memory <= 50),
    (moves.rescale, lambda moved: len(moved) == len(INSTANCE)),
]


@pytest.mark.parametrize(
    ("move", "holds"), EFFECTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_moves_do_what_they_say(move: Move, holds: Callable[[Instance], bool]) -> None:
    moved = [move(Random(seed), INSTANCE, ROOM) for seed in range(60)]
    assert all(holds(m) for m in moved if m.requests != INSTANCE.requests or move is moves.retarget)
    assert len(set(moved)) > 1 or move is moves.retarget


def test_equalising_meets_a_volume_and_filling_fills() -> None:
    equal = [moves.equalise(Random(seed), INSTANCE, ROOM) for seed in range(60)]
    assert any(
        len({(r.prompt, r.output) for r in m.requests if r.volume == v}) > 1
        for m in equal
        for v in {r.volume for r in m.requests}
    )
    roomy = Limits(max_requests=6, max_memory=60, latest=20)
    full = [moves.fill(Random(seed), INSTANCE, roomy) for seed in range(60)]
    assert any(sum(r.peak for r in m.requests) == INSTANCE.memory for m in full)


def test_a_seed_gives_one_neighbour() -> None:
    once, again = (neighbour(Random(7), INSTANCE, ROOM) for _ in range(2))
    assert once == again
    assert len({neighbour(Random(seed), INSTANCE, ROOM) for seed in range(40)}) > 30


@given(limits, st.data())
@settings(deadline=None, max_examples=30)
def test_shrinking_ends_at_a_minimum(chosen: Limits, data: st.DataObject) -> None:
    instance = data.draw(within(chosen))
    target = min(instance.total_output, 6)

    def shows(i: Instance) -> bool:
        return i.total_output >= target

    small = shrink(instance, chosen, shows)
    assert shows(small)
    assert chosen.hold(small)
    assert complexity(small) <= complexity(instance)
    for simpler in simplifications(small, chosen):
        assert chosen.hold(simpler)
        assert complexity(simpler) < complexity(small)
        assert not shows(simpler)


def test_shrinking_stops_after_the_trials_it_is_given() -> None:
    asked: list[Instance] = []

    def shows(instance: Instance) -> bool:
        asked.append(instance)
        return False

    assert shrink(INSTANCE, ROOM, shows, most_trials=5) == INSTANCE
    assert len(asked) == 5


def test_a_bad_instance_for_svf_shrinks_to_few_requests() -> None:
    svf = named_policy("svf")
    bad = Instance.of(45, *[(0, 9), (44, 1), (0, 9), (35, 2), (28, 2), (44, 1), (0, 9), (44, 1)])
    assert score(bad, svf).ratio > 3
    small = shrink(bad, Limits(), lambda i: score(i, svf).ratio > 2)
    assert score(small, svf).ratio > 2
    assert len(small) <= 3
