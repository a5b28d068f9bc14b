"""The laws of every named policy: feasible, complete, deterministic, blind, and as written."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf, isqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.errors import InputError, PolicyError
from theory.literature import LITERATURE, policy_by_name
from theory.literature.named import MAX_REQUESTS
from theory.policy import (
    POLICIES,
    Action,
    Admission,
    AnyPolicy,
    Job,
    OnlinePolicy,
    Policy,
    named_policy,
    restricted,
)
from theory.request import Instance, Request
from theory.restart import RestartSchedule
from theory.schedule import cost, is_feasible
from theory.simulator import drive, execute, simulate
from theory.view import Information, Views

KNOWN, INTERVAL = Information.KNOWN, Information.INTERVAL
ONE_BIT, NONE = Information.ONE_BIT, Information.NONE
ONLY_BURSTS = ("sorted-f", "gsa", "gba")

ALL: dict[str, Policy | OnlinePolicy] = {
    **{name: policy_by_name(name) for name in [*POLICIES, *LITERATURE]},
    **{f"{name}, backfill": named_policy(name, "backfill") for name in POLICIES},
    **{f"{name}, restart": named_policy(name, "restart") for name in POLICIES},
}
BLIND = [name for name, policy in ALL.items() if policy.sees is not KNOWN]
few = settings(max_examples=25)  # for each of the policies
each_policy = pytest.mark.parametrize("name", ALL)


@st.composite
def predicted(draw: st.DrawFn, latest: int = 0, most: int = 6) -> Instance:
    """A small instance whose predictions hold: either end may be exact, or far off."""
    instance = draw(instances(most, 14, latest))
    requests = []
    for request in instance.requests:
        low = draw(st.one_of(st.just(request.output), st.integers(1, request.output)))
        room = instance.memory - request.prompt
        high = draw(st.one_of(st.just(request.output), st.integers(request.output, room + 2)))
        requests.append(replace(request, predicted=(low, high)))
    return Instance(instance.memory, tuple(requests))


def for_policy(draw: Callable[..., Any], name: str) -> Instance:
    latest = 0 if name in ONLY_BURSTS else draw(st.sampled_from((0, 9)))
    instance: Instance = draw(predicted(latest))
    return instance


def pairs(schedule: RestartSchedule) -> reference.Runs:
    return [[(run.start, run.end) for run in runs] for runs in schedule.runs]


@each_policy
@few
@given(data=st.data())
def test_feasible_complete_and_deterministic(name: str, data: st.DataObject) -> None:
    instance = for_policy(data.draw, name)
    made = execute(instance, ALL[name])
    reference.audit(instance, pairs(made))
    assert execute(instance, ALL[name]) == made
    starts = simulate(instance, ALL[name])
    assert starts == made.starts
    assert is_feasible(instance, starts)
    assert cost(instance, starts) == made.cost(instance)
    if name in POLICIES or "backfill" in name:
        assert made.evictions == 0


def plainly(instance: Instance, policy: Policy, order: Sequence[int]) -> reference.Runs | None:
    if policy.admission is Admission.RESTART:
        return reference.restart(instance, order)
    starts = reference.simulate(instance, order, policy.admission is Admission.BACKFILL)
    return [[(p, p + r.output)] for p, r in zip(starts, instance.requests, strict=True)]


def plain_rank(name: str, instance: Instance) -> Callable[[Request], int]:
    longest = max(request.output for request in instance.requests)
    edge, low, high = isqrt(longest), isqrt(isqrt(longest)), isqrt(isqrt(longest**3))

    def volume(prompt: int, output: int) -> int:
        return sum(prompt + k for k in range(1, output + 1))

    ranks: dict[str, Callable[[Request], int]] = {
        "svf": lambda r: volume(r.prompt, r.output),
        "one-bit-svf": lambda r: volume(r.prompt, high if r.output > edge else low),
        "sjf": lambda r: r.output,
        "mc-sf": lambda r: r.output,
        "ljf": lambda r: -r.output,
        "fcfs": lambda r: r.arrival,
        "peak": lambda r: r.prompt + r.output,
        "area": lambda r: r.prompt * r.output,
    }
    return ranks[name]


@pytest.mark.parametrize("admission", Admission)
@pytest.mark.parametrize("name", [*POLICIES, "mc-sf"])
@few
@given(instance=predicted() | predicted(latest=9))
def test_a_rank_replays_as_its_plain_form(
    name: str, admission: Admission, instance: Instance
) -> None:
    policy = policy_by_name(name)
    assert isinstance(policy, Policy)
    policy = policy.with_admission(admission)
    rank = plain_rank(name, instance)
    order = sorted(range(len(instance)), key=lambda i: rank(instance.requests[i]))
    assert pairs(execute(instance, policy)) == plainly(instance, policy, order)


@pytest.mark.parametrize("name", ["vllm-fcfs", "a-min", "gsa", "gba"])
@given(data=st.data())
def test_an_online_policy_replays_as_its_plain_form(name: str, data: st.DataObject) -> None:
    instance = for_policy(data.draw, name)
    plain = getattr(reference, name.replace("-", "_"))
    assert pairs(execute(instance, ALL[name])) == plain(instance)


def other_output(request: Request, sees: Information, longest: int, room: int) -> st.SearchStrategy:
    """Outputs that look the same as this one's."""
    low, high = 1, room
    if sees is INTERVAL:
        assert request.predicted is not None
        low, high = request.predicted[0], min(request.predicted[1], room)
    if sees is ONE_BIT:
        edge = isqrt(longest)
        low, high = (
            (edge + 1, min(longest, room)) if request.output > edge else (1, min(edge, room))
        )
    return st.integers(low, high)


def seeming_the_same(draw: Callable[..., Any], instance: Instance, sees: Information) -> Instance:
    """Another instance of which the policy sees the same before it starts anything."""
    longest = max(request.output for request in instance.requests)
    keeps = next(i for i, r in enumerate(instance.requests) if r.output == longest)
    changed = list(instance.requests)
    for index, request in enumerate(instance.requests):
        if sees is not ONE_BIT or index != keeps:  # one bit: T is known
            room = instance.memory - request.prompt
            output = draw(other_output(request, sees, longest, room))
            changed[index] = replace(request, output=output)
    return Instance(instance.memory, tuple(changed))


def decisions(runs: reference.Runs, before: float) -> list[list[tuple[int, float]]]:
    """What was started and cut before a step; what ends later has not ended."""
    return [[(p, min(end, before)) for p, end in attempts if p < before] for attempts in runs]


@pytest.mark.parametrize(
    "name", [n for n in BLIND if n not in ("one-bit-svf", "one-bit-svf, backfill")]
)
@few
@given(data=st.data())
def test_decisions_do_not_depend_on_what_is_hidden(name: str, data: st.DataObject) -> None:
    """Until a completion tells two instances apart, they are treated alike.

    fcfs with look-ahead knows nothing, but the server's check does, so only its order counts.
    """
    policy = ALL[name]
    one = for_policy(data.draw, name)
    two = seeming_the_same(data.draw, one, policy.sees)
    if isinstance(policy, Policy):
        assert policy.order(one) == policy.order(two)
        if policy.admission is not Admission.RESTART:
            return
    first, second = (pairs(execute(instance, policy)) for instance in (one, two))
    done = [{(i, runs[-1][1]) for i, runs in enumerate(made)} for made in (first, second)]
    differ = min((end for _, end in done[0] ^ done[1]), default=inf)
    assert decisions(first, differ) == decisions(second, differ)


@given(data=st.data())
def test_one_bit_orders_by_its_bit(data: st.DataObject) -> None:
    one = data.draw(instances(6, 20))
    two = seeming_the_same(data.draw, one, ONE_BIT)
    policy = named_policy("one-bit-svf")
    assert policy.order(one) == policy.order(two)
    wide = replace(policy, by_columns=False)
    assert wide.order(one) == policy.order(one)


HIDDEN = ("output", "peak", "volume", "area", "lag")


class Reads:
    """One at a time; swallows what goes wrong when it looks at an attribute."""

    def __init__(self, attribute: str, sees: Information) -> None:
        self.attribute, self.sees = attribute, sees

    def choose(self, step: int, waiting: Any, running: Any, memory: int) -> int | None:
        with suppress(PolicyError):
            assert getattr(waiting[0].request, self.attribute) is not None
        return None if running else waiting[0].index


class Cuts(Reads):
    """The same for a policy that evicts."""

    def act(self, step: int, waiting: Any, running: Any, memory: int) -> Action:
        index = Reads.choose(self, step, waiting, running, memory) if waiting else None
        return Action((), () if index is None else (index,))

    choose = None  # type: ignore[assignment]


@pytest.mark.parametrize("sees", [NONE, ONE_BIT, INTERVAL])
@pytest.mark.parametrize("attribute", HIDDEN)
def test_who_peeks_is_told_though_it_swallows_the_error(attribute: str, sees: Information) -> None:
    instance = Instance.of(5, (1, 2), (0, 3))

    def rank(request: Request) -> int:
        try:
            return int(getattr(request, attribute))
        except PolicyError:
            return 0

    words = f"peeks at {attribute}, which depends on the hidden output"
    slow = Policy("slow", lambda _: rank, sees=sees)
    fast = Policy("fast", lambda _: lambda r: getattr(r, attribute), sees=sees, by_columns=True)
    online = OnlinePolicy("online", lambda _: Reads(attribute, KNOWN), sees)
    subjects: list[AnyPolicy] = [slow, fast, online, Reads(attribute, sees), Cuts(attribute, sees)]
    for policy in subjects:
        with pytest.raises(PolicyError, match=words):
            simulate(instance, policy)
    with pytest.raises(PolicyError, match=f"step 0: Reads {words}"):
        drive(instance, Reads(attribute, sees))


@pytest.mark.parametrize("sees", [NONE, ONE_BIT, INTERVAL])
def test_the_instance_hides_lengths_too(sees: Information) -> None:
    instance = Instance.of(5, (1, 2), (0, 3))
    for attribute in ("peak", "alpha", "slack", "total_output"):
        policy = Policy("nosy", lambda i, a=attribute: (getattr(i, a), lambda r: 0)[1], sees=sees)
        with pytest.raises(PolicyError, match=f"nosy peeks at {attribute}"):
            policy.order(instance)
    seen = Views(instance, sees).instance
    assert (seen.memory, len(seen), seen.is_burst) == (5, 2, True)
    assert [r.prompt for r in seen.requests] == [1, 0]


@given(predicted(latest=9))
def test_views_show_what_they_should(instance: Instance) -> None:
    assert Views(instance, KNOWN).instance is instance
    longest = max(request.output for request in instance.requests)
    for sees in (NONE, ONE_BIT, INTERVAL):
        views: Any = Views(instance, sees)
        shown = list(views.instance.requests)
        assert shown == [views.request(request) for request in instance.requests]
        for request, view in zip(instance.requests, shown, strict=True):
            assert (view.prompt, view.arrival) == (request.prompt, request.arrival)
            assert view.predicted == (request.predicted if sees is INTERVAL else None)
        if sees is ONE_BIT:
            bits = [r.output > isqrt(longest) for r in instance.requests]
            assert [r.is_long for r in shown] == views.columns.is_long.tolist() == bits
            assert views.instance.longest == longest
        else:
            for who in (shown[0], views.columns):
                with pytest.raises(PolicyError, match="peeks at is_long"):
                    who.is_long  # noqa: B018


def test_what_is_not_there_is_no_breach() -> None:
    view = Views(Instance.of(5, (1, 2)), NONE).request(Request(1, 2))
    with pytest.raises(AttributeError, match="has no attribute colour"):
        view.colour  # type: ignore[attr-defined]  # noqa: B018


def test_restricting_takes_away_and_never_gives() -> None:
    for policy in ALL.values():
        for information in Information:
            told = restricted(policy, information)
            assert information.reveals(told.sees)
            assert policy.sees.reveals(told.sees)
    with pytest.raises(PolicyError, match="sjf peeks at output"):
        restricted(named_policy("sjf"), INTERVAL).order(Instance.of(3, (0, 2)))


class Does:
    """Cuts and starts as told, in the first steps."""

    def __init__(self, *actions: tuple[Sequence[Any], Sequence[Any]]) -> None:
        self._actions = list(actions)

    def act(self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int) -> Action:
        return Action(*self._actions.pop(0)) if self._actions else Action((), ())


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ([([], [])], "step 0: policy idles for ever with 2 waiting"),
        ([([], [2])], "step 0: policy starts 2, which does not wait"),
        ([([], [True])], "step 0: policy starts True, which does not wait"),
        ([([0], [])], "step 0: policy cuts 0, which does not run"),
        ([([], [0, 0])], "step 0: policy starts a request twice"),
        ([([], [0]), ([0, 0], [])], "step 1: policy cuts a request twice"),
        ([([], [0]), ([], [0])], "step 1: policy starts 0, which does not wait"),
        ([([], [0, 1])], "step 0: policy overfills memory: step 1 would hold 5 tokens of 4"),
        ([([], [0]), ([], [1])], "step 1: policy overfills memory: step 2 would hold 6"),
    ],
)
def test_a_breach_of_the_contract_is_named(actions: list[Any], words: str) -> None:
    instance = Instance.of(4, (1, 3), (2, 2))
    with pytest.raises(PolicyError, match=words):
        execute(instance, Does(*actions))


def test_a_restarter_is_driven() -> None:
    instance = Instance.of(4, (1, 3), (2, 2, 7))
    made = execute(instance, Does(([], [0]), ([0], [0]), *[([], [])] * 2, ([], [1])))
    assert pairs(made) == [[(0, 1), (1, 4)], [(7, 9)]]


def test_who_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Undecided:
        def act(self, step: int, waiting: Any, running: Any, memory: int) -> Action:
            return Action(
                [job.index for job in running], [job.index for job in [*waiting, *running]]
            )

    monkeypatch.setattr("theory.restarting.MAX_LOOKS", 1000)
    with pytest.raises(InputError, match="more than 1000 looks"):
        execute(Instance.of(4, (0, 2)), Undecided())


@pytest.mark.parametrize("name", ["a-max", "a-min", "gsa", "gba", "sorted-f"])
def test_what_is_too_large_is_refused(name: str) -> None:
    large = Instance.from_groups(4, [(MAX_REQUESTS + 1, Request(0, 1, predicted=(1, 1)))])
    with pytest.raises(InputError, match=f"requests: {name} takes at most"):
        simulate(large, LITERATURE[name])


@pytest.mark.parametrize("name", ONLY_BURSTS)
def test_bursts_only(name: str) -> None:
    with pytest.raises(InputError, match=r"arrival: .* all arrive at step 0"):
        simulate(Instance.of(4, (0, 1), (0, 1, 1)), LITERATURE[name])


def test_gsa_holds_more_than_one_slice_at_a_time() -> None:
    """Thirty equal requests of 8 tokens, M = 36: some eight slices in flight, evenly spaced."""
    made = execute(Instance.of(36, *[(0, 8)] * 30), LITERATURE["gsa"])
    last = sorted(made.starts)
    assert all(len(runs) == 4 for runs in made.runs)
    assert last[-1] - last[0] < 36
    assert max(last.count(step) for step in last) <= 2


def test_vllm_pauses_where_restart_does_not() -> None:
    instance = Instance.of(7, (0, 5), (0, 5), (0, 2))
    assert execute(instance, ALL["vllm-fcfs"]) != execute(instance, ALL["fcfs, restart"])


def test_names() -> None:
    assert policy_by_name("mc-sf", "backfill") == replace(
        LITERATURE["mc-sf"], admission=Admission.BACKFILL
    )
    assert policy_by_name("vllm-fcfs", "backfill") is LITERATURE["vllm-fcfs"]
    with pytest.raises(InputError, match=r"unknown name 'nobody'; known: svf, .*, gba"):
        policy_by_name("nobody")
