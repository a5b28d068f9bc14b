"""Good schedules, made with hindsight: requests are placed one by one, each where it first fits.

Unlike a priority policy, placing may leave the server idle now for what is known to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from typing import TypeAlias

from adversaries.adaptive.objective import Objective, total
from theory.request import Instance, Request
from theory.schedule import Schedule

Shape: TypeAlias = tuple[int, int]
"""Prompt and output, in tokens."""

MOST_SHAPES = 4
"""Up to so many different shapes are placed in every order."""


def place(instance: Instance, order: Sequence[int]) -> Schedule:
    """The schedule that gives each request, in this order, its first feasible start.

    Time and memory grow with the last arrival plus the total output (steps).

    >>> late_burst = Instance.of(4, (0, 3), (3, 1, 1))
    >>> place(late_burst, (0, 1)), place(late_burst, (1, 0))
    ((0, 3), (2, 1))
    """
    held = [0] * (instance.last_arrival + instance.total_output + 2)  # tokens in each step
    earliest = dict[object, int]()  # equal requests need not look again at what was full
    starts = [0] * len(instance)
    for index in order:
        request = instance.requests[index]
        free = instance.memory - request.prompt
        start = earliest.get(request, request.arrival)
        while any(held[start + k] + k > free for k in range(1, request.output + 1)):
            start += 1
        for k in range(1, request.output + 1):
            held[start + k] += request.prompt + k
        starts[index] = earliest[request] = start
    return tuple(starts)


def good_schedule(instance: Instance, objective: Objective = Objective.FLOW) -> Schedule:
    """The cheapest placing over the orders of the shapes; equal shapes go by position.

    Every order is tried of up to ``MOST_SHAPES`` shapes; of more, those by volume, by output, by
    peak and their reverses. Only an upper bound on the optimum.

    >>> good_schedule(Instance.of(4, (0, 3), (3, 1, 1), (3, 1, 2)))
    (3, 1, 2)
    """
    kinds: dict[Shape, list[int]] = {}
    for index, request in enumerate(instance.requests):
        kinds.setdefault((request.prompt, request.output), []).append(index)
    orders: Iterable[Sequence[Shape]]
    if len(kinds) <= MOST_SHAPES:
        orders = permutations(kinds)
    else:
        keys: tuple[Callable[[Request], int], ...]
        keys = (lambda r: r.volume, lambda r: r.output, lambda r: r.peak)
        orders = [
            sorted(kinds, key=lambda shape: key(Request(*shape)), reverse=turned)
            for key in keys
            for turned in (False, True)
        ]
    placings = (place(instance, [i for shape in order for i in kinds[shape]]) for order in orders)
    return min(placings, key=lambda starts: total(instance, starts, objective))
