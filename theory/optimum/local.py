"""Better schedules at any size: take a few requests out, put them back in another order.

Each comes back at the first start that fits, so what changes is who chooses first. That alone
cannot start a request later than it could, and sometimes an optimal schedule does (M = 12,
(0,9),(1,5),(4,8),(2,6)); so now and then the first to choose has to wait a little on purpose.
"""

from __future__ import annotations

import time

import numpy as np

from theory.columns import Steps
from theory.compiled import compiled
from theory.errors import InputError
from theory.optimum.profile import first_fit, hold
from theory.policy import LOOK_AHEAD, POLICIES
from theory.request import Instance
from theory.schedule import Schedule, cost, makespan, require_feasible
from theory.simulator import simulate

MOST_STEPS = 5_000_000
"""Longest schedule, in steps, that is worked on; a longer one is handed back as it is."""
SLICE = 500
"""Moves between two looks at the clock; then as many requests move left alone if they can."""
NEIGHBOURS = 12
"""How far apart, in order of start, requests of one move may lie."""
TAKEN = 6
"""Most requests taken out in one move."""
PAUSE = 4
"""Steps, about: how far from its old start one may be that waits on purpose."""


@compiled
def _moves(
    prompt: Steps,
    output: Steps,
    arrival: Steps,
    memory: int,
    starts: Steps,
    profile: Steps,
    order: Steps,
    moves: int,
    seed: int,
) -> None:
    """Make so many moves among ``order``, keeping each that is no worse."""
    np.random.seed(seed)
    count = len(starts)
    last = len(profile)  # some start fits long before
    taken = np.zeros(TAKEN, np.int64)
    before = np.zeros(TAKEN, np.int64)
    for _ in range(moves if count > 1 else 0):
        middle = np.random.randint(count)
        low = max(0, middle - NEIGHBOURS)
        high = min(count, middle + NEIGHBOURS + 1)
        wanted = np.random.randint(2, TAKEN + 1)
        size = 0
        for _ in range(wanted):
            j = order[np.random.randint(low, high)]
            fresh = True
            for i in range(size):
                fresh = fresh and taken[i] != j
            if fresh:
                taken[size] = j
                size += 1
        freed = starts[taken[0]]
        change = 0
        for i in range(size):
            j = taken[i]
            before[i] = starts[j]
            freed = min(freed, starts[j])
            change -= starts[j]
            hold(profile, prompt[j], output[j], starts[j], -1)
        waits = np.random.randint(4) == 0
        for i in range(size):
            j = taken[i]
            begin = max(arrival[j], freed + 1 - output[j])  # to the left of this nothing is new
            if waits and i == 0:
                begin = max(begin, starts[j] + np.random.randint(-PAUSE, 2 * PAUSE + 1))
            starts[j] = first_fit(profile, memory, prompt[j], output[j], begin, last)
            hold(profile, prompt[j], output[j], starts[j], 1)
        if waits:
            j = taken[0]
            hold(profile, prompt[j], output[j], starts[j], -1)
            begin = max(arrival[j], freed + 1 - output[j])
            starts[j] = first_fit(profile, memory, prompt[j], output[j], begin, last)
            hold(profile, prompt[j], output[j], starts[j], 1)
        for i in range(size):
            change += starts[taken[i]]
        if change > 0:
            for i in range(size):
                j = taken[i]
                hold(profile, prompt[j], output[j], starts[j], -1)
            for i in range(size):
                j = taken[i]
                starts[j] = before[i]
                hold(profile, prompt[j], output[j], starts[j], 1)


@compiled
def _settle(
    prompt: Steps,
    output: Steps,
    arrival: Steps,
    memory: int,
    starts: Steps,
    profile: Steps,
    which: Steps,
) -> None:
    """Move each of these requests, in turn, to the first start that fits."""
    for j in which:
        hold(profile, prompt[j], output[j], starts[j], -1)
        starts[j] = first_fit(profile, memory, prompt[j], output[j], arrival[j], len(profile))
        hold(profile, prompt[j], output[j], starts[j], 1)


def best_heuristic(instance: Instance) -> Schedule:
    """The cheapest schedule among all built-in policies under both admissions."""
    candidates = [
        simulate(instance, policy.with_admission(admission))
        for policy in POLICIES.values()
        for admission in LOOK_AHEAD
    ]
    return min(candidates, key=lambda starts: cost(instance, starts))


def improve(
    instance: Instance,
    start: Schedule | None = None,
    *,
    moves: int = 20_000,
    seconds: float | None = None,
    seed: int = 0,
) -> Schedule:
    """A feasible schedule that costs no more than ``start`` (by default: :func:`best_heuristic`).

    Local search: ``moves`` moves, or fewer if ``seconds`` (wall clock) are over first; without
    ``seconds`` the result depends on nothing but the arguments. The result is audited. Raises
    InputError if ``start`` is not feasible or ``moves`` is negative.

    >>> slow = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    >>> cost(slow, best_heuristic(slow)), cost(slow, improve(slow))
    (48, 47)
    """
    if moves < 0:
        raise InputError("moves must not be negative")
    schedule = best_heuristic(instance) if start is None else tuple(start)
    require_feasible(instance, schedule)
    length = max(makespan(instance, schedule), instance.last_arrival + instance.total_output)
    longest = max(request.output for request in instance.requests)
    if length + longest > MOST_STEPS:
        return schedule
    deadline = None if seconds is None else time.monotonic() + seconds
    columns = instance.columns
    starts = np.array(schedule, np.int64)
    profile = np.zeros(2 * (length + longest + PAUSE) + 2, np.int64)
    for j, request in enumerate(instance.requests):
        held = slice(schedule[j] + 1, schedule[j] + request.output + 1)
        profile[held] += request.prompt + np.arange(1, request.output + 1)
    lists = (columns.prompt, columns.output, columns.arrival, instance.memory, starts, profile)
    for done in range(0, moves, SLICE):
        if deadline is not None and time.monotonic() >= deadline:
            break
        order = np.argsort(starts)
        _moves(*lists, order, min(SLICE, moves - done), (seed + done) % 2**32)
        first = done % len(order)
        _settle(*lists, order[first : first + SLICE])
    found: Schedule = tuple(starts.tolist())
    require_feasible(instance, found)
    return found if cost(instance, found) <= cost(instance, schedule) else schedule
