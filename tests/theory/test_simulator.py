"""The event-driven simulator makes the schedules of the plain one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.errors import InputError, PolicyError
from theory.policy import LOOK_AHEAD, POLICIES, Admission, named_policy
from theory.request import Instance, Request
from theory.running import NEVER, RunningSet, earliest, idle, retire, start
from theory.schedule import cost, is_feasible
from theory.simulator import drive, follow, simulate, tie_orders, worst_schedule
from theory.waiting import enter, first_fit, first_step, leave, look, nobody

compiling = settings(deadline=None)
"""The first example may have to wait for the compiler."""


@compiling
@given(instances(8, 30, latest=9), st.sampled_from(sorted(POLICIES)), st.sampled_from(LOOK_AHEAD))
def test_agrees_with_the_plain_simulator(
    instance: Instance, name: str, admission: Admission
) -> None:
    policy = named_policy(name, admission)
    starts = simulate(instance, policy)
    assert is_feasible(instance, starts)
    order = policy.order(instance)
    assert starts == reference.simulate(instance, order, admission is Admission.BACKFILL)


@compiling
@given(st.data(), instances(30, 60, latest=40) | instances(30, 60))
def test_agrees_in_any_order(data: st.DataObject, instance: Instance) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    for admission in LOOK_AHEAD:
        expected = reference.simulate(instance, order, admission is Admission.BACKFILL)
        assert follow(instance, order, admission) == expected


def random_instance(seed: int, n: int, memory: int, longest: int, latest: int) -> Instance:
    """Prompts mostly small and now and then near the memory, some shapes repeated."""
    rng = np.random.default_rng(seed)
    output = rng.integers(1, longest + 1, n)
    thick = rng.random(n) < 0.1
    prompt = np.where(thick, rng.integers(0, memory, n), rng.integers(0, memory // 8 + 1, n))
    prompt = np.minimum(prompt, memory - output)
    again = rng.random(n) < 0.3
    prompt[again], output[again] = prompt[0], output[0]
    columns = (prompt.tolist(), output.tolist(), rng.integers(0, latest + 1, n).tolist())
    return Instance(memory, tuple(map(Request, *columns)))


@pytest.mark.parametrize("admission", LOOK_AHEAD)
@pytest.mark.parametrize(
    ("memory", "longest", "latest"), [(300, 40, 0), (900, 100, 1500), (120, 60, 0), (3000, 9, 200)]
)
def test_agrees_on_hundreds(memory: int, longest: int, latest: int, admission: Admission) -> None:
    instance = random_instance(memory, 300, memory, longest, latest)
    order = np.random.default_rng(1).permutation(300).tolist()
    expected = reference.simulate(instance, order, admission is Admission.BACKFILL)
    assert follow(instance, order, admission) == expected


def test_a_long_way_between_starts() -> None:
    """Steps near 10^15, gaps of 10^9, and kinds so wide that the quick look is too early."""
    rng = np.random.default_rng(0)
    scale = 10**9
    small = random_instance(3, 200, 400, 60, 300)
    wide = Instance(
        small.memory * scale,
        tuple(
            Request(r.prompt * scale, r.output * scale, 10**15 - r.arrival * scale)
            for r in small.requests
        ),
    )
    order = rng.permutation(200).tolist()
    for admission in LOOK_AHEAD:
        starts = follow(wide, order, admission)
        assert is_feasible(wide, starts)
        assert starts == drive_by_looking(wide, order, admission)


def drive_by_looking(instance: Instance, order: list[int], admission: Admission) -> tuple[int, ...]:
    """The schedule from the exact look-ahead alone, every waiting request at every event."""
    running = RunningSet(instance.memory)
    arrivals = sorted({r.arrival for r in instance.requests})
    starts: dict[int, int] = {}
    step = arrivals[0]
    while len(starts) < len(order):
        events = [a for a in arrivals if a > step]
        for index in order:
            request = instance.requests[index]
            if index in starts or request.arrival > step:
                continue
            fits_at = running.earliest(request, step)
            if fits_at == step:
                running.start(request, step)
                starts[index] = step
            else:
                events.append(fits_at)
                if admission is Admission.HEAD_OF_LINE:
                    break
        step = min(events, default=step)
    return tuple(starts[i] for i in range(len(order)))


def test_a_solid_block_of_equal_requests() -> None:
    """Twenty times 10^4 side by side, each lot run in full before the next."""
    instance = Instance.from_groups(80_000, [(200_000, Request(3, 5))])
    for admission in LOOK_AHEAD:
        starts = simulate(instance, named_policy("svf", admission))
        assert starts == tuple(5 * (k // 10_000) for k in range(200_000))


def test_the_largest_numbers() -> None:
    """900 requests of 10^12 fit side by side in 10^15 tokens; of 10^15, one at a time."""
    memory = 10**15
    side_by_side = Instance(memory, tuple(Request(0, 10**12 + k) for k in range(900)))
    in_turn = Instance.from_groups(memory, [(3, Request(0, memory, memory))])
    for admission in LOOK_AHEAD:
        policy = named_policy("ljf", admission)
        assert set(simulate(side_by_side, policy)) == {0}
        assert simulate(in_turn, policy) == (memory, 2 * memory, 3 * memory)


@compiling
@given(st.data(), st.integers(1, 25))
def test_the_look_ahead_is_the_first_step_that_fits(data: st.DataObject, memory: int) -> None:
    """A running set, grown and retired at random, against a profile of tokens per step."""
    running = RunningSet(memory)
    profile = [0] * 600
    step = 0
    ends: list[int] = []
    for _ in range(data.draw(st.integers(1, 25))):
        output = data.draw(st.integers(1, min(memory, 12)))
        request = Request(data.draw(st.integers(0, memory - output)), output)
        expected = next(t for t in range(step, 599) if reference.fits(memory, profile, request, t))
        assert running.earliest(request, step) == expected
        if data.draw(st.booleans()):
            step = expected
            running.retire(step)
            running.start(request, step)
            reference.add(profile, request, step)
            ends = [end for end in ends if end > step] + [step + output]
            assert len(running) == len(ends)
        else:
            step += data.draw(st.integers(0, 3))


@compiling
@given(st.integers(0, 10**6), st.integers(1, 400), st.integers(40, 4000), st.integers(0, 60))
def test_the_queue_finds_what_a_scan_finds(seed: int, n: int, memory: int, ahead: int) -> None:
    """Many blocks and kinds; some of the requests run, others have left the queue."""
    rng = np.random.default_rng(seed)
    columns = random_instance(seed, n, memory, int(rng.integers(1, 40)), 0).columns
    prompt, output = columns.prompt, columns.output
    waiting, running = nobody(prompt, output), idle(n, memory)
    for request in range(n):
        enter(waiting, request)
    here = set(range(n))
    step = 0
    for request in rng.permutation(n)[: n // 2].tolist():
        step += int(rng.random() < 0.1)
        retire(running, step)
        leave(waiting, request)
        here.remove(request)
        if earliest(running, memory, prompt[request], output[request], step, NEVER) == step:
            start(running, prompt[request], output[request], step)
    step += ahead
    retire(running, step)
    fits_at = {i: earliest(running, memory, prompt[i], output[i], step, NEVER) for i in here}
    ceiling = np.empty(waiting.least_prompt.shape[1], np.int64)
    again = look(waiting, running, memory, step, ceiling)
    soonest = min(fits_at.values())
    assert step <= again <= soonest
    for kind, largest in enumerate(ceiling.tolist()):
        shortest = min((output[i] for i in here if waiting.kind[i] == kind), default=NEVER)
        if shortest != NEVER and largest >= 0:
            assert earliest(running, memory, largest, shortest, step, NEVER) == step
        if shortest + largest < memory:
            assert earliest(running, memory, largest + 1, shortest, step, NEVER) > step
    assert first_step(waiting, running, memory, step) == soonest
    fitting = [i for i in sorted(here) if fits_at[i] == step]
    assert first_fit(waiting, running, memory, step, ceiling) == (fitting[0] if fitting else -1)


class HeadOfLine:
    """SVF head-of-line, written as an online scheduler."""

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        head = min(waiting, key=lambda job: (job.request.volume, job.index))
        horizon = {j.start + j.request.output for j in running} | {step + head.request.output}
        for t in horizon:
            held = sum(
                j.request.prompt + t - j.start
                for j in running
                if j.start < t <= j.start + j.request.output
            )
            if t <= step + head.request.output and held + head.request.prompt + t - step > memory:
                return None
        return head.index


@compiling
@given(instances(7, 15, latest=6))
def test_an_online_scheduler_can_be_svf(instance: Instance) -> None:
    assert drive(instance, HeadOfLine()) == simulate(instance, named_policy("svf"))


class Witness:
    """Starts what comes first, one a step, and keeps what it is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, list[int], list[int]]] = []

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        self.shown.append((step, [j.index for j in waiting], [j.index for j in running]))
        return waiting[0].index if len(running) <= step else None


def test_a_scheduler_sees_what_waits_and_what_runs() -> None:
    witness = Witness()
    assert drive(Instance.of(9, (0, 3), (0, 1), (0, 2, 2)), witness) == (0, 1, 2)
    assert witness.shown == [
        (0, [0, 1], []),
        (0, [1], [0]),
        (1, [1], [0]),
        (2, [2], [0]),
    ]


@pytest.mark.parametrize(
    ("choice", "words"),
    [(7, "not waiting"), (None, "idles for ever"), ("x", "not waiting"), (1, "cannot fit")],
)
def test_cheating_schedulers_are_named(choice: object, words: str) -> None:
    class Cheat:
        def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
            return 0 if choice == 1 and step == 0 and len(waiting) == 2 else choice

    with pytest.raises(PolicyError, match=words):
        drive(Instance.of(4, (0, 4), (0, 4)), Cheat())


@compiling
@given(instances(5, 6))
def test_worst_ties_are_at_least_ties_by_position(instance: Instance) -> None:
    policy = named_policy("sjf")
    worst = worst_schedule(instance, policy)
    assert cost(instance, worst) >= cost(instance, simulate(instance, policy))
    assert worst in {follow(instance, o, policy.admission) for o in tie_orders(instance, policy)}


def test_too_many_ties_are_refused() -> None:
    instance = Instance.of(40, *((s, 1) for s in range(20)))
    with pytest.raises(InputError, match="more than 20000 orders"):
        worst_schedule(instance, named_policy("sjf"))
