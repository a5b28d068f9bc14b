"""The search for game trees: sound, and as good as minimax."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.adaptive import (
    ONE_SHOT,
    UNIT_STREAM,
    Objective,
    Position,
)
from adversaries.adaptive.objective import total
from adversaries.adaptive.placing import good_schedule
from adversaries.adaptive.search import Menu, search
from lemmas import checker
from tests.adversaries.adaptive.support import NAMED, as_read
from tests.strategies import requests
from theory.errors import InputError
from theory.policy import Policy
from theory.request import Instance, Request
from theory.simulator import simulate


def walk(table: dict[str, Any], policy: Policy) -> Fraction:
    """The ratio at the leaf to which a policy's own choices lead."""
    node, step, released = table["nodes"][0], 0, list[Request]()
    while True:
        for group in node["release"]:
            request = Request(group["prompt"], group["output"], group["arrival"])
            released += [request] * group["count"]
        instance = Instance(table["memory"], tuple(released))
        starts = simulate(instance, policy)
        if "good" in node:
            objective = Objective(table["objective"])
            good = total(instance, node["good"], objective)
            return Fraction(total(instance, starts, objective), good)
        chosen = sorted(
            (r.prompt, r.output) for r, p in zip(released, starts, strict=True) if p == step
        )
        for reply in node["replies"]:
            if chosen == sorted((released[i].prompt, released[i].output) for i in reply["start"]):
                node = table["nodes"][reply["then"]]
        step += 1


SMALL = [
    (Menu.of(memory, steps, horizon=12), objective)
    for memory, steps, objective in (
        (2, (1, 16), Objective.FLOW),
        (4, (1, 16), Objective.FLOW),
        (5, (8,), Objective.FLOW),
        (3, (1, 4), Objective.COMPLETION),
        (5, (4,), Objective.COMPLETION),
    )
]


@pytest.mark.parametrize(("menu", "objective"), SMALL)
def test_what_the_search_finds_holds_against_every_policy(menu: Menu, objective: Objective) -> None:
    game = search(menu, objective)
    assert game is not None
    assert game.bound > 1
    table = as_read(game.certificate())
    checker.check_game(table)
    for policy in NAMED:
        assert walk(table, policy) >= game.bound
    table["bound"] = str(game.bound + Fraction(1, 10**6))
    with pytest.raises(checker.Invalid, match="is below"):
        checker.check_game(table)


def test_the_search_finds_the_one_shot_and_a_little_more() -> None:
    setting = ONE_SHOT.setting(length=4)
    burst = setting.trap(0)
    menu = Menu(
        setting.memory,
        openings=((1, (setting.bait.prompt, setting.bait.output)),),
        closings=((1, len(burst), (burst[0].prompt, burst[0].output)),),
    )
    game = search(menu, Objective.FLOW)
    assert game is not None
    checker.check_game(as_read(game.certificate()))
    assert game.bound > ONE_SHOT.guarantee(length=4).ratio


def test_the_search_beats_the_stream_of_the_same_length() -> None:
    for memory in (4, 6):
        game = search(Menu.of(memory, (16,)), Objective.FLOW)
        assert game is not None
        assert game.bound > UNIT_STREAM.guarantee(memory=memory, steps=16).ratio


def minimax(menu: Menu, objective: Objective, position: Position, watched: int) -> Fraction:
    """The best ratio that the menu forces from here, by going through everything."""
    best = Fraction(1)
    endings = [[]] + [
        [Request(s, o, position.step + k) for k in range(steps) for _ in range(count)]
        for steps, count, (s, o) in menu.closings
    ]
    for release in endings:
        end = position.release(release)
        if end.requests:
            good = good_schedule(Instance(menu.memory, end.requests), objective)
            best = max(best, end.ratio(good, objective))
    if position.step < menu.horizon:
        moves: list[tuple[int, list[Request]]] = [(watched, [])] if position.requests else []
        if watched:
            moves += [
                (watched - 1, [Request(s, o, position.step)] * count)
                for count, (s, o) in menu.openings
            ]
        for left, release in moves:
            then = position.release(release)
            replies = (
                minimax(menu, objective, then.start(chosen), left) for chosen in then.replies()
            )
            best = max(best, min(replies))
    return best


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 4), st.sampled_from(Objective))
def test_the_search_is_a_minimax(data: st.DataObject, memory: int, objective: Objective) -> None:
    shape = requests(memory).map(lambda request: (request.prompt, request.output))
    menu = Menu(
        memory,
        tuple(data.draw(st.lists(st.tuples(st.integers(1, 2), shape), min_size=1, max_size=2))),
        tuple(
            data.draw(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4), shape), max_size=2))
        ),
        watched=data.draw(st.integers(1, 2)),
        horizon=data.draw(st.integers(0, 3)),
    )
    game = search(menu, objective)
    value = minimax(menu, objective, Position(memory), menu.watched)
    assert (game.bound if game else 1) == value


def test_the_search_stops_at_its_limit() -> None:
    menu, objective = SMALL[1]
    assert search(menu, objective, most_nodes=0) is None
    some, all_ = search(menu, objective, most_nodes=30), search(menu, objective)
    assert some is not None
    assert all_ is not None
    assert 1 < some.bound < all_.bound
    with pytest.raises(InputError):
        search(Menu(4, (), ()), Objective.FLOW)
