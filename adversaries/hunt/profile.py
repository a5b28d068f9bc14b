"""Compiled scheduling for small instances: memory is an array with one entry a step.

The profile holds the tokens of everything placed so far, the future included, and only grows.
So the first step at which a request fits never moves back, which the priority simulation
uses: nobody is looked at again before that step. A step, a cost and a load all stay below
2^62 for the instances that :mod:`adversaries.hunt.score` sends here.
"""

from __future__ import annotations

import numpy as np

from theory.columns import Steps
from theory.compiled import compiled

NEVER = 2**62
"""Beyond every step and every cost."""


@compiled
def earliest(profile: Steps, memory: int, prompt: int, output: int, step: int) -> int:
    """First start >= step at which the request fits on the profile."""
    start = step
    age = output
    while age > 0:
        over = profile[start + age] + prompt + age - memory
        if over > 0:
            # Any start less than `over` later is as bad there, unless it comes after that step.
            start += min(over, age)
            age = output
        else:
            age -= 1
    return start


@compiled
def place(profile: Steps, prompt: int, output: int, start: int) -> None:
    """Put the request's tokens on the profile."""
    for age in range(1, output + 1):
        profile[start + age] += prompt + age


@compiled
def priority_schedule(
    prompt: Steps, output: Steps, arrival: Steps, memory: int, order: Steps, backfill: bool
) -> Steps:
    """Start steps under a fixed priority order (first is most urgent) and an admission rule."""
    n = len(order)
    profile = np.zeros(arrival.max() + output.sum() + 2, np.int64)
    starts = np.full(n, -1, np.int64)
    ready = arrival.copy()  # nobody fits before
    step = arrival.min()
    left = n
    while left:
        wake = NEVER
        for i in order:
            if starts[i] >= 0:
                continue
            if arrival[i] <= step:
                ready[i] = earliest(profile, memory, prompt[i], output[i], max(ready[i], step))
                if ready[i] == step:
                    place(profile, prompt[i], output[i], step)
                    starts[i] = step
                    left -= 1
                    continue
                if not backfill:
                    wake = min(wake, ready[i])
                    break
            wake = min(wake, ready[i])
        if not backfill:
            for i in range(n):
                if arrival[i] > step:
                    wake = min(wake, arrival[i])
        step = wake
    return starts


@compiled
def list_schedule(
    prompt: Steps,
    output: Steps,
    arrival: Steps,
    memory: int,
    order: Steps,
    gap: int,
    most: int,
    profile: Steps,
    starts: Steps,
) -> int:
    """Place each request of the order where it first fits, at least ``gap`` after the last one.

    Returns the sum of the completions, or ``most`` as soon as it cannot get below that. With a
    gap of 0 a request may start before those ahead of it in the order.
    """
    for step in range(len(profile)):
        profile[step] = 0
    total = 0
    for i in order:
        total += output[i]
    after = 0
    for i in order:
        start = earliest(profile, memory, prompt[i], output[i], max(arrival[i], after))
        place(profile, prompt[i], output[i], start)
        starts[i] = start
        if gap > 0:
            after = start + gap
        total += start
        if total >= most:
            return most
    return total


@compiled
def copy(source: Steps, target: Steps) -> None:
    """Write one array over the other."""
    for k in range(len(source)):
        target[k] = source[k]


@compiled
def move(order: Steps, source: int, target: int, result: Steps) -> None:
    """The order with one entry moved from a place to another."""
    copy(order, result)
    shift = 1 if source < target else -1
    for k in range(source, target, shift):
        result[k] = order[k + shift]
    result[target] = order[source]


@compiled
def descend(
    prompt: Steps,
    output: Steps,
    arrival: Steps,
    memory: int,
    order: Steps,
    gap: int,
    most: int,
    rounds: int,
    profile: Steps,
) -> int:
    """Improve the order in place by moving one request at a time; the sum of completions."""
    n = len(order)
    scratch = np.empty(n, np.int64)
    trial = order.copy()
    for _ in range(rounds):
        improved = False
        for source in range(n):
            for target in range(n):
                if target == source or target == source - 1:
                    continue
                move(order, source, target, trial)
                found = list_schedule(
                    prompt, output, arrival, memory, trial, gap, most, profile, scratch
                )
                if found < most:
                    most = found
                    copy(trial, order)
                    improved = True
        if not improved:
            break
    return most


@compiled
def cheapest_list(
    prompt: Steps, output: Steps, arrival: Steps, memory: int, orders: Steps, rounds: int
) -> Steps:
    """Start steps of a cheap feasible schedule: the best of some orders, then a local search.

    Each row of ``orders`` is one. Gaps matter: equal requests that grow together peak together,
    and starting them one after the other may pack them better.
    """
    n = len(prompt)
    widest = output.max()
    horizon = arrival.max() + output.sum() + n * widest + 2
    profile = np.zeros(horizon, np.int64)
    scratch = np.empty(n, np.int64)
    best = NEVER
    order = orders[0].copy()
    for k in range(len(orders)):
        found = list_schedule(prompt, output, arrival, memory, orders[k], 0, best, profile, scratch)
        if found < best:
            best = found
            copy(orders[k], order)
    best = descend(prompt, output, arrival, memory, order, 0, best, rounds, profile)
    best_gap = 0
    for gap in range(1, widest + 1):
        found = list_schedule(prompt, output, arrival, memory, order, gap, best, profile, scratch)
        if found < best:
            best = found
            best_gap = gap
    if best_gap > 0:
        descend(prompt, output, arrival, memory, order, best_gap, best, rounds, profile)
    starts = np.empty(n, np.int64)
    list_schedule(prompt, output, arrival, memory, order, best_gap, NEVER, profile, starts)
    return starts
