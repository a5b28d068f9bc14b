"""Small changes of an instance, on integers, each of which stays within the limits.

A move that cannot apply (nothing to drop, no place to add) returns the instance as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from random import Random
from typing import TypeAlias

from adversaries.hunt.limits import Limits, clamp, twins
from theory.request import Instance, Request

Move: TypeAlias = Callable[[Random, Instance, Limits], Instance]
"""From a source of randomness, an instance within the limits to another."""


def neighbour(random: Random, instance: Instance, limits: Limits, most_moves: int = 3) -> Instance:
    """The instance after one to ``most_moves`` random moves, within the limits as it was.

    >>> limits = Limits(max_requests=3, max_memory=12)
    >>> limits.hold(neighbour(Random(1), Instance.of(12, (0, 9), (1, 5)), limits))
    True
    """
    for _ in range(random.randint(1, most_moves)):
        instance = random.choice(MOVES)(random, instance, limits)
    return instance


def random_request(random: Random, memory: int, limits: Limits) -> Request:
    """A request of any shape, at the extremes (one step, no prompt, largest peak) often."""
    cap = limits.cap(memory)
    peak = random.choice((cap, random.randint(1, cap)))
    output = random.choice((1, peak, random.randint(1, peak)))
    low, high = random.randint(1, output), random.randint(output, cap)
    arrival = random.randint(0, limits.latest)
    return limits.fitted(memory, peak - output, output, arrival, (low, high))


def add(random: Random, instance: Instance, limits: Limits) -> Instance:
    """A new request at any position."""
    if len(instance) >= limits.max_requests:
        return instance
    place = random.randint(0, len(instance))
    request = random_request(random, instance.memory, limits)
    return _with(instance, [*instance.requests[:place], request, *instance.requests[place:]])


def drop(random: Random, instance: Instance, limits: Limits) -> Instance:
    """One request fewer."""
    if len(instance) == 1:
        return instance
    place = random.randrange(len(instance))
    return _with(instance, instance.requests[:place] + instance.requests[place + 1 :])


def duplicate(random: Random, instance: Instance, limits: Limits) -> Instance:
    """One more copy of a request, beside it."""
    if len(instance) >= limits.max_requests:
        return instance
    place = random.randrange(len(instance))
    return _with(instance, instance.requests[: place + 1] + instance.requests[place:])


def nudge_prompt(random: Random, instance: Instance, limits: Limits) -> Instance:
    """A prompt a little longer or shorter, for one request or for all its copies."""
    step = _step(random, instance.memory)
    return _change(random, instance, limits, lambda r: (r.prompt + step, r.output, r.arrival))


def nudge_output(random: Random, instance: Instance, limits: Limits) -> Instance:
    """An output a little longer or shorter, for one request or for all its copies."""
    step = _step(random, instance.memory)
    return _change(random, instance, limits, lambda r: (r.prompt, r.output + step, r.arrival))


def nudge_arrival(random: Random, instance: Instance, limits: Limits) -> Instance:
    """An arrival a little later or earlier, for one request or for all its copies."""
    step = _step(random, limits.latest) if limits.latest else 0
    return _change(random, instance, limits, lambda r: (r.prompt, r.output, r.arrival + step))


def trade(random: Random, instance: Instance, limits: Limits) -> Instance:
    """Prompt against output at the same peak: thicker and shorter, or thinner and longer."""
    step = _step(random, instance.memory)

    def traded(r: Request) -> tuple[int, int, int]:
        output = clamp(r.output + step, 1, r.peak)
        return r.peak - output, output, r.arrival

    return _change(random, instance, limits, traded)


def swap(random: Random, instance: Instance, limits: Limits) -> Instance:
    """Two requests change places, which matters where ranks are tied."""
    i, j = random.randrange(len(instance)), random.randrange(len(instance))
    requests = list(instance.requests)
    requests[i], requests[j] = requests[j], requests[i]
    return _with(instance, requests)


def merge(random: Random, instance: Instance, limits: Limits) -> Instance:
    """One request becomes a copy of another: one count grows, another falls."""
    i, j = random.randrange(len(instance)), random.randrange(len(instance))
    return _replace(instance, i, instance.requests[j])


def split(random: Random, instance: Instance, limits: Limits) -> Instance:
    """One copy leaves its group and is changed a little, while the others stay."""
    i = random.randrange(len(instance))
    request = instance.requests[i]
    step = _step(random, instance.memory)
    fitted = limits.fitted(
        instance.memory, request.prompt + step, request.output, request.arrival, request.predicted
    )
    return _replace(instance, i, fitted)


def rescale(random: Random, instance: Instance, limits: Limits) -> Instance:
    """Budget and lengths times one factor, rounded: arrivals too."""
    top = random.randint(limits.least_memory, limits.max_memory)
    size = instance.memory
    return _refit(
        instance,
        limits,
        top,
        lambda r: (r.prompt * top // size, ceil(r.output * top / size), r.arrival * top // size),
    )


def nudge_memory(random: Random, instance: Instance, limits: Limits) -> Instance:
    """A slightly different budget for the same requests."""
    memory = instance.memory + _step(random, instance.memory)
    top = clamp(memory, limits.least_memory, limits.max_memory)
    return _refit(instance, limits, top, lambda r: (r.prompt, r.output, r.arrival))


def retarget(random: Random, instance: Instance, limits: Limits) -> Instance:
    """The least budget in which the same requests respect alpha: memory as scarce as may be."""
    top = clamp(ceil(instance.peak / limits.alpha), limits.least_memory, limits.max_memory)
    return _refit(instance, limits, top, lambda r: (r.prompt, r.output, r.arrival))


def equalise(random: Random, instance: Instance, limits: Limits) -> Instance:
    """One request gets another shape of the volume that a request has, itself perhaps."""
    model = random.choice(instance.requests)
    shapes = twins(model, limits.cap(instance.memory))
    if not shapes:  # only for outputs beyond those that are tried
        return instance
    shape = random.choice(shapes)
    return _change(random, instance, limits, lambda r: (*shape, r.arrival))


def tie(random: Random, instance: Instance, limits: Limits) -> Instance:
    """One request gets another's output, at its own peak or with its own prompt."""
    output = random.choice(instance.requests).output
    keeps_peak = random.random() < 0.5

    def tied(r: Request) -> tuple[int, int, int]:
        return (r.peak - output if keeps_peak else r.prompt), output, r.arrival

    return _change(random, instance, limits, tied)


def fill(random: Random, instance: Instance, limits: Limits) -> Instance:
    """One request's peak becomes what others, at their peaks, leave of the memory."""
    i = random.randrange(len(instance))
    others = [r for k, r in enumerate(instance.requests) if k != i]
    random.shuffle(others)
    rest = instance.memory
    for other in others[: random.randint(0, len(others))]:
        if other.peak < rest:
            rest -= other.peak
    rest += random.choice((0, 0, 1))  # exactly, or one token too many
    request = instance.requests[i]
    output = min(request.output, rest)
    fitted = limits.fitted(
        instance.memory, rest - output, output, request.arrival, request.predicted
    )
    return _replace(instance, i, fitted)


MOVES: tuple[Move, ...] = (
    add,
    drop,
    duplicate,
    nudge_prompt,
    nudge_output,
    nudge_arrival,
    trade,
    swap,
    merge,
    split,
    rescale,
    nudge_memory,
    retarget,
    equalise,
    tie,
    fill,
)
"""All moves, equally likely in :func:`neighbour`."""


def _step(random: Random, scale: int) -> int:
    """Not zero: one more or less half of the time, else up to a quarter of the scale."""
    size = random.choice((1, random.randint(1, max(1, scale // 4))))
    return random.choice((-size, size))


def _with(instance: Instance, requests: Iterable[Request]) -> Instance:
    return Instance(instance.memory, tuple(requests))


def _replace(instance: Instance, index: int, request: Request) -> Instance:
    requests = list(instance.requests)
    requests[index] = request
    return _with(instance, requests)


def _change(
    random: Random,
    instance: Instance,
    limits: Limits,
    shape: Callable[[Request], tuple[int, int, int]],
) -> Instance:
    """Reshape one request, or it and all its copies."""
    i = random.randrange(len(instance))
    chosen = instance.requests[i]
    fitted = limits.fitted(instance.memory, *shape(chosen), chosen.predicted)
    if random.random() < 0.5:
        return _replace(instance, i, fitted)
    return _with(instance, (fitted if r == chosen else r for r in instance.requests))


def _refit(
    instance: Instance,
    limits: Limits,
    memory: int,
    shape: Callable[[Request], tuple[int, int, int]],
) -> Instance:
    """The reshaped requests in another budget."""
    fitted = (limits.fitted(memory, *shape(r), r.predicted) for r in instance.requests)
    return Instance(memory, tuple(fitted))
