"""Positions and game trees, and their replay by the checker."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.adaptive import (
    ADAPTIVE,
    ONE_SHOT,
    AdaptiveFamily,
    Leaf,
    Objective,
    Position,
)
from lemmas import checker
from tests import reference
from tests.adversaries.adaptive.support import as_read, sizes
from tests.strategies import requests
from theory.request import Request


@st.composite
def positions(draw: st.DrawFn) -> Position:
    """A position that a game can reach: some requests run, some wait, some are still to come."""
    memory = draw(st.integers(1, 6))
    drawn = draw(st.lists(requests(memory, latest=4), min_size=1, max_size=4))
    position = Position(memory)
    for _ in range(draw(st.integers(0, 3))):
        now = [r for r in drawn if r.arrival == position.step]
        position = position.release(now)
        position = position.start(draw(st.sampled_from(list(position.replies()))))
    return position.release([r for r in drawn if r.arrival >= position.step])


def occupied(position: Position) -> list[int]:
    profile = [0] * 60
    for request, start in zip(position.requests, position.starts, strict=True):
        if start is not None:
            reference.add(profile, request, start)
    return profile


def shapes(position: Position, chosen: Sequence[int]) -> list[tuple[int, int]]:
    return sorted((position.requests[i].prompt, position.requests[i].output) for i in chosen)


@settings(deadline=None)
@given(positions())
def test_replies_are_all_that_fits_up_to_exchange(position: Position) -> None:
    waiting = [
        i
        for i, request in enumerate(position.requests)
        if position.starts[i] is None and request.arrival <= position.step
    ]
    legal = []
    for taken in product((False, True), repeat=len(waiting)):
        chosen = [i for i, take in zip(waiting, taken, strict=True) if take]
        profile = occupied(position)
        for index in chosen:
            reference.add(profile, position.requests[index], position.step)
        if max(profile) <= position.memory and shapes(position, chosen) not in legal:
            legal.append(shapes(position, chosen))
    replies = [shapes(position, chosen) for chosen in position.replies()]
    assert sorted(replies) == sorted(legal)
    started = [
        (p, r.prompt, r.output)
        for r, p in zip(position.requests, position.starts, strict=True)
        if p is not None
    ]
    kinds = [(position.requests[i].prompt, position.requests[i].output) for i in waiting]
    assert sorted(checker.legal_replies(position.memory, kinds, started, position.step)) == sorted(
        legal
    )


def cheapest(position: Position) -> int:
    """The least sum of starts of what has not started, by trying everything."""
    rest = [i for i, start in enumerate(position.starts) if start is None]
    profile, latest = occupied(position), position.step + 24
    best = latest * len(rest)

    def go_on(k: int, spent: int) -> None:
        nonlocal best
        if k == len(rest) or spent >= best:
            best = min(best, spent)
            return
        request = position.requests[rest[k]]
        for step in range(max(position.step, request.arrival), latest):
            if spent + step >= best:
                break
            if reference.fits(position.memory, profile, request, step):
                reference.add(profile, request, step)
                go_on(k + 1, spent + step)
                reference.add(profile, request, step, -1)

    go_on(0, 0)
    return best


@settings(deadline=None)
@given(positions(), st.sampled_from(Objective))
def test_no_continuation_costs_less_than_the_least_cost(
    position: Position, objective: Objective
) -> None:
    least = position.least_cost(objective)
    sent = [p for p in position.starts if p is not None]
    fixed = sum(request.output for request in position.requests) + sum(sent)
    fixed -= sum(r.arrival for r in position.requests) * (objective is Objective.FLOW)
    true = cheapest(position) + fixed
    assert least <= true
    rest = {r for r, p in zip(position.requests, position.starts, strict=True) if p is None}
    if len({r.prompt for r in rest}) <= 1 and all(r.output == 1 for r in rest):
        assert least == true
    started = [
        (p, r.prompt, r.output)
        for r, p in zip(position.requests, position.starts, strict=True)
        if p is not None
    ]
    waiting = [
        (r.prompt, r.output, r.arrival)
        for r, p in zip(position.requests, position.starts, strict=True)
        if p is None
    ]
    again = checker.least_starts(position.memory, waiting, started, position.step)
    assert again + fixed == least


@pytest.mark.parametrize("family", ADAPTIVE.values(), ids=lambda family: family.name)
def test_the_checker_replays_the_tree_of_a_family(family: AdaptiveFamily) -> None:
    for scale in (4, 8, 16):
        parameters = sizes(family, scale)
        table = as_read(family.game(**parameters).certificate())
        assert checker.check_game(table) == [
            "that a policy cannot tell what is released after it chooses"
        ]
        table["bound"] = str(family.guarantee(**parameters).ratio * Fraction(9, 8))
        with pytest.raises(checker.Invalid, match="is below"):
            checker.check_game(table)


def test_a_leaf_holds_the_last_release() -> None:
    game = ONE_SHOT.game(length=2)
    assert game.root == Leaf((Request(2, 2),), (0,))
    assert checker.check_game(as_read(game.certificate()))
