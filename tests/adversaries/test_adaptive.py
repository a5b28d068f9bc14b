"""Adaptive adversaries: closed forms, plays against many policies, game trees, and the machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from adversaries.adaptive import (
    ADAPTIVE,
    BLOCKED_BURST,
    ONE_SHOT,
    STREAM,
    UNIT_ONE_SHOT,
    UNIT_STREAM,
    AdaptiveFamily,
    Leaf,
    Objective,
    Position,
)
from adversaries.adaptive.machine import adaptive_machine
from adversaries.adaptive.objective import total
from adversaries.adaptive.placing import good_schedule, place
from adversaries.adaptive.search import Menu, search
from lemmas import checker
from tests import reference
from tests.strategies import instances, requests
from theory.errors import InputError, PolicyError
from theory.policy import POLICIES, Admission, Job, Policy, Scheduler, named_policy
from theory.request import Instance, Request
from theory.schedule import is_feasible, require_feasible
from theory.simulator import simulate

NAMED = [named_policy(name, admission) for name in POLICIES for admission in Admission]


class Delayed:
    """Serves nothing before a given step; from then on, the smallest prompt that fits."""

    def __init__(self, until: int) -> None:
        self.until = until
        self.name = f"delayed-{until}"

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        if step < self.until:
            return None
        for job in sorted(waiting, key=lambda job: job.request.prompt):
            profile = [0] * (step + 2 * memory + 1)
            for other in running:
                assert other.start is not None
                reference.add(profile, other.request, other.start)
            if reference.fits(memory, profile, job.request, step):
                return job.index
        return None


class OneAtATime:
    """Idles on purpose: nothing runs beside anything else."""

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        return None if running else waiting[-1].index


class Fickle:
    """Starts the bait a step later each time that it is run."""

    def __init__(self) -> None:
        self.runs = -1

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        if running:
            return None
        if step == 0 and waiting[0].index == 0:
            self.runs += 1
        return waiting[0].index if step >= self.runs else None


def sizes(family: AdaptiveFamily, scale: int) -> dict[str, int]:
    """Parameters of about this size: of the length where there is one, else of the memory."""
    if family in (ONE_SHOT, UNIT_ONE_SHOT):
        return {"length": scale}
    if family is BLOCKED_BURST:
        return {"length": scale, "count": 2 * scale}
    return {"memory": scale, "steps": 3 * scale // 2}


def force(family: AdaptiveFamily, parameters: dict[str, int], start: int) -> Fraction:
    """What the adversary forces of a policy that starts the bait at this step."""
    setting = family.setting(**parameters)
    position = Position(setting.memory).release([setting.bait])
    for _ in range(start):
        position = position.start([])
    position = position.start([0]).release(setting.trap(start))
    good = good_schedule(setting.instance(start), family.objective)
    require_feasible(setting.instance(start), good)
    return position.ratio(good, family.objective)


@pytest.mark.parametrize("family", ADAPTIVE.values(), ids=lambda family: family.name)
def test_the_closed_form_is_the_least_over_all_starts_of_the_bait(family: AdaptiveFamily) -> None:
    for scale in (4, 6, 8, 10):
        parameters = sizes(family, scale)
        promised = family.guarantee(**parameters).ratio
        output = family.setting(**parameters).bait.output
        patience = family.patience(**parameters)
        forced = [force(family, parameters, start) for start in range(min(patience, 2 * output))]
        assert min(forced) >= promised > 1
        assert Fraction(patience + output, output) >= promised
        if family.objective is Objective.FLOW:
            assert promised in forced
        else:
            assert promised == force(family, parameters, output - 2)


@pytest.mark.parametrize("family", ADAPTIVE.values(), ids=lambda family: family.name)
def test_the_limit_is_the_limit(family: AdaptiveFamily) -> None:
    share = family.guaranteed / family.limit
    for name in reversed(family.parameters):  # N before M, K before L
        if name != "memory":
            share = sympy.limit(share, sympy.Symbol(name, integer=True, positive=True), sympy.oo)
    assert sympy.simplify(share) == 1
    assert family.guarantee(**sizes(family, 8)).limit == family.limit_text


def test_single_tokens_force_more_than_pairs() -> None:
    for length in (4, 8, 16, 32):
        pairs, units = (f.guarantee(length=length).ratio for f in (ONE_SHOT, UNIT_ONE_SHOT))
        assert units > pairs
    for memory in (4, 8, 16, 32):
        pairs, units = (f.guarantee(memory=memory, steps=99).ratio for f in (STREAM, UNIT_STREAM))
        assert units > pairs


def policies(patience: int) -> Iterator[Policy | Scheduler]:
    yield from NAMED
    yield OneAtATime()
    for until in (1, patience // 3, patience - 1):
        yield Delayed(until)


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        *((ONE_SHOT, {"length": length}) for length in (4, 8, 16)),
        (UNIT_ONE_SHOT, {"length": 8}),
        (STREAM, {"memory": 16, "steps": 16}),
        (UNIT_STREAM, {"memory": 16, "steps": 16}),
        *((BLOCKED_BURST, {"length": length, "count": length}) for length in (4, 16)),
    ],
)
def test_no_policy_escapes(family: AdaptiveFamily, parameters: dict[str, int]) -> None:
    promised = family.guarantee(**parameters)
    starts = set()
    for policy in policies(family.patience(**parameters)):
        play = family.play(policy, **parameters)
        assert play.instance.memory == promised.memory
        require_feasible(play.instance, play.schedule)
        require_feasible(play.instance, play.good)
        assert play.ratio >= promised.ratio
        starts.add(play.start)
    assert len(starts) >= 2


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        (ONE_SHOT, {"length": 32}),
        (UNIT_ONE_SHOT, {"length": 32}),
        (STREAM, {"memory": 64, "steps": 64}),
        (UNIT_STREAM, {"memory": 32, "steps": 40}),
        (BLOCKED_BURST, {"length": 32, "count": 33}),
    ],
)
def test_no_named_policy_escapes_at_size(
    family: AdaptiveFamily, parameters: dict[str, int]
) -> None:
    for policy in NAMED:
        play = family.play(policy, **parameters)
        assert play.start == 0
        assert play.ratio >= family.guarantee(**parameters).ratio


def test_a_policy_that_waits_too_long_gets_no_trap() -> None:
    class Patient(OneAtATime):
        def choose(
            self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
        ) -> int | None:
            late = [job for job in waiting if job.index > 0] or waiting
            return None if running or step < 5 else late[-1].index

    assert ONE_SHOT.patience(length=4) == 5
    with pytest.raises(PolicyError, match="idles for ever"):
        ONE_SHOT.play(Patient(), length=4)


def test_a_policy_that_changes_its_mind_is_named() -> None:
    with pytest.raises(PolicyError, match=r"Fickle: request 0 starts at step 0, but at step 1"):
        ONE_SHOT.play(Fickle(), length=4)


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        (ONE_SHOT, {"length": 5}),
        (ONE_SHOT, {"length": 0}),
        (ONE_SHOT, {"memory": 4}),
        (UNIT_ONE_SHOT, {"length": 1}),
        (STREAM, {"memory": 7, "steps": 9}),
        (STREAM, {"memory": 8, "steps": 7}),
        (UNIT_STREAM, {"memory": 2, "steps": 7}),
        (UNIT_STREAM, {"memory": 4, "steps": True}),
        (BLOCKED_BURST, {"length": 1, "count": 3}),
    ],
)
def test_refuses_parameters_outside(family: AdaptiveFamily, parameters: dict[str, int]) -> None:
    with pytest.raises(InputError):
        family.setting(**parameters)


@given(instances(4, 8, latest=4), st.data())
def test_placing_fits_and_leaves_no_earlier_start(instance: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    profile = [0] * (instance.last_arrival + 2 * instance.total_output + 2)
    starts = place(instance, order)
    for index in order:
        request = instance.requests[index]
        fitting = (
            step
            for step in range(request.arrival, len(profile))
            if reference.fits(instance.memory, profile, request, step)
        )
        assert starts[index] == next(fitting)
        reference.add(profile, request, starts[index])


@settings(deadline=None)
@given(instances(6, 8, latest=4), st.sampled_from(Objective))
def test_a_good_schedule_is_feasible_and_never_below_the_optimum(
    instance: Instance, objective: Objective
) -> None:
    starts = good_schedule(instance, objective)
    require_feasible(instance, starts)
    arrivals = sum(request.arrival for request in instance.requests)
    extra = arrivals * (objective is Objective.COMPLETION)
    if len(instance) <= 4:
        assert total(instance, starts, objective) >= reference.optimum(instance) + extra


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


def as_read(certificate: dict[str, Any]) -> dict[str, Any]:
    """The certificate as the checker reads it from a file."""
    read: dict[str, Any] = json.loads(json.dumps(certificate))
    return read


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


QUIET = settings(
    max_examples=40,
    stateful_step_count=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate, Phase.target),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(
    "policy", [named_policy("svf"), named_policy("sjf", "backfill"), OneAtATime()]
)
def test_the_machine_plays_a_sound_policy_to_the_end(policy: Policy | Scheduler) -> None:
    run_state_machine_as_test(adaptive_machine(policy, memory=6), settings=QUIET)


def test_the_machine_finds_a_ratio_above_the_bound() -> None:
    machine = adaptive_machine(named_policy("svf"), memory=6, bound=Fraction(6, 5))
    with pytest.raises(AssertionError, match=r"ratio \S+ > 6/5: memory 6, requests"):
        run_state_machine_as_test(machine, settings=settings(QUIET, max_examples=500))


def test_the_machine_catches_a_policy_that_looks_ahead() -> None:
    crowd = Policy("crowd", lambda instance: lambda r: r.volume * (-1) ** len(instance))
    with pytest.raises(PolicyError, match="looks ahead"):
        run_state_machine_as_test(
            adaptive_machine(crowd, memory=6), settings=settings(QUIET, max_examples=300)
        )


def test_the_machine_catches_a_policy_that_breaks_its_contract() -> None:
    class Overfull(OneAtATime):
        def choose(
            self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
        ) -> int | None:
            return waiting[0].index

    with pytest.raises(PolicyError, match="cannot fit"):
        run_state_machine_as_test(adaptive_machine(Overfull(), memory=4), settings=QUIET)


def test_the_machine_charges_completion_times() -> None:
    machine = adaptive_machine(named_policy("svf"), 6, objective=Objective.COMPLETION)()
    machine.requests, machine.step = (Request(0, 3, 2), Request(4, 1, 2)), 2
    machine._play()
    instance = Instance(6, machine.requests)
    assert is_feasible(instance, machine.schedule)
    paid = total(instance, machine.schedule, Objective.COMPLETION)
    best = reference.optimum(instance) + 4
    assert 1 <= machine.ratio <= Fraction(paid, best)


def test_a_leaf_holds_the_last_release() -> None:
    game = ONE_SHOT.game(length=2)
    assert game.root == Leaf((Request(2, 2),), (0,))
    assert checker.check_game(as_read(game.certificate()))
