"""A bound by prices: what a step's memory costs, and what each request then prefers to do.

Put a price on every token held in each step, and another on holding more than M/2 tokens in
it. No schedule holds more than M tokens in a step, and no two requests hold more than M/2 each.
So whatever all pay for their tokens and their thickness is at most what the whole memory would
cost in all steps, and

    cost >= sum over j of min over starts p >= a_j of (p + o_j - a_j + what j pays when it
            starts at p)  -  M * sum of token prices  -  sum of thick prices,

for every choice of prices >= 0. This is weak duality for the linear relaxation with a variable
for each request and start, so good prices give more than L1, L2, L4 and every subset of them
can: there a request may run faster than it does. The prices are found by going uphill along
subgradients; the bound is then computed from them in integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from theory.bounds.machine import machine_ends
from theory.bounds.sums import SAFE, exact_sum, interpreted, volumes, without_overflow
from theory.columns import Steps
from theory.compiled import compiled
from theory.errors import InputError
from theory.request import Instance

Floats = NDArray[np.float64]

UNIT = 2**20
"""Prices are integers in units of 1/UNIT step."""
MOST_STARTS = 2_000_000
"""Most pairs of a request and a start for which prices are sought."""
ROUNDS = 500
"""Most steps uphill."""
WORK = 4 * 10**8
"""Pairs looked at in all rounds together; the rounds are cut to stay below (about a second)."""


@dataclass(frozen=True)
class Prices:
    """Prices >= 0 of one token, and of more than M/2, in steps 1, 2, ...; then all is free.

    In units of 1/UNIT step. Both arrays begin with an unused entry for step 0.
    """

    token: Steps
    thick: Steps


def price_bound(instance: Instance, prices: Prices | None = None) -> Fraction:
    """The bound for these prices, or for those of :func:`good_prices`, in steps.

    Raises InputError for negative prices or arrays of different lengths. Source: the module's
    text; the thick prices are a dual-feasible function of optimum.md.

    >>> price_bound(Instance.of(10, (5, 1), (5, 1), (5, 1))) > 5   # one at a time: 1 + 2 + 3
    True
    >>> price_bound(Instance.of(10, (5, 1), (5, 1)), Prices(np.zeros(2, int), np.array([0, UNIT])))
    Fraction(3, 1)
    """
    found = good_prices(instance) if prices is None else prices
    token, thick = found.token, found.thick
    if len(token) != len(thick) or not len(token) or min(token.min(), thick.min()) < 0:
        raise InputError("prices: two arrays of non-negative integers, of one length")
    columns, memory, work = instance.columns, instance.memory, _value
    span = len(token) + memory + instance.last_arrival + instance.total_output
    if (exact_sum(token) + exact_sum(thick) + UNIT) * span * (len(columns) + 4) >= SAFE:
        columns, work = without_overflow(columns, 0), interpreted(_value)
        token, thick = token.astype(object), thick.astype(object)
    starts = np.zeros(len(columns), np.int64)
    lists = (columns.prompt, columns.output, columns.arrival)
    value = work(*lists, token, thick, memory, starts)
    return Fraction(int(value), UNIT)


def good_prices(instance: Instance) -> Prices:
    """Prices for which the bound is large; no prices at all where the search would be too long.

    The same for the same instance. Sought while requests times steps stay below
    ``MOST_STARTS``. The subgradient is what the preferred starts hold in each step beyond what
    there is. Steps are Polyak's towards a target a little above the best value, along directions
    that remember the last one; after some rounds without gain, from the best prices again and
    shorter.
    """
    columns, memory, n = instance.columns, instance.memory, len(instance)
    busy = 2 * exact_sum(volumes(columns)) // memory + int(columns.output.max())
    horizon = instance.last_arrival + min(instance.total_output, busy)
    most = 2 * n * (horizon + instance.total_output) * UNIT  # above it, prices cannot pay
    if n * horizon > MOST_STARTS or (horizon + memory) * (most // memory + 2) * 8 >= SAFE:
        return Prices(*np.zeros((2, 1), np.int64))
    lists = (columns.prompt, columns.output, columns.arrival)
    capacity = np.array([[memory], [1]])
    best, price = np.zeros((2, 2, horizon + 1))  # of all of the memory, and of being thick
    price[0, 1:] = UNIT * _alive(instance, np.arange(0.5, horizon))
    direction, starts = np.zeros_like(price), np.zeros(n, np.int64)
    highest, stalled, stride = instance.total_output * UNIT, 0, 1.0  # with no prices
    for _ in range(min(ROUNDS, WORK // (n * horizon))):
        token, thick = (price / capacity).astype(np.int64)
        value = _value(*lists, token, thick, memory, starts)
        stalled += 1
        if value > highest:
            highest, stalled, best = value, 0, price
        elif stalled == 20:
            stalled, stride, price = 0, 0.6 * stride, best
            direction[:] = 0
        used = np.zeros((2, horizon + 1), np.int64)
        _use(*lists[:2], starts, memory, *used)
        direction = 0.7 * direction + used / capacity - 1
        direction[:, 0] = 0
        norm = (direction[(price > 0) | (direction > 0)] ** 2).sum()
        if norm == 0:
            break
        price = np.maximum(price + stride * (1.1 * highest - value) / norm * direction, 0)
        price *= min(1.0, most / max(price.sum(), 1.0))
    return Prices(*(best / capacity).astype(np.int64))


def _alive(instance: Instance, times: Floats) -> Floats:
    """About how many requests the preemptive machine has in hand: its price of the memory.

    For L4 these prices are the best: with them, no request gains from moving its tokens.
    """
    arrivals, ends = np.sort(instance.columns.arrival), machine_ends(instance)
    arrived = np.searchsorted(arrivals, times)
    return np.maximum(arrived - np.interp(times, np.append(0, ends), np.arange(len(ends) + 1)), 0)


@compiled
def _value(
    prompt: Steps,
    output: Steps,
    arrival: Steps,
    token: Steps,
    thick: Steps,
    memory: int,
    starts: Steps,
) -> int:
    """The bound in units of 1/UNIT; the start that each request prefers goes to ``starts``."""
    last = len(token) - 1
    held, aged, thicker = token.copy(), token.copy(), thick.copy()  # sums up to each step
    held[0], aged[0], thicker[0] = 0, 0, 0
    for t in range(1, last + 1):
        held[t] = held[t - 1] + token[t]
        aged[t] = aged[t - 1] + token[t] * t
        thicker[t] = thicker[t - 1] + thick[t]
    value: int = -memory * held[last] - thicker[last]
    for j in range(len(prompt)):
        s, o, a = prompt[j], output[j], arrival[j]
        grown = min(o, max(0, memory // 2 - s))  # steps in which it still holds at most M/2
        least = o * UNIT if a >= last else (last - a + o) * UNIT  # from `last` on all is free
        starts[j] = max(a, last)
        for p in range(a, last):
            end = min(p + o, last)
            pays = (s - p) * (held[end] - held[p]) + aged[end] - aged[p]
            pays += thicker[end] - thicker[min(p + grown, last)]
            pays += (p - a + o) * UNIT
            if pays < least:
                least = pays
                starts[j] = p
        value += least
    return value


@compiled
def _use(
    prompt: Steps, output: Steps, starts: Steps, memory: int, token: Steps, thick: Steps
) -> None:
    """Add the tokens held in each step, and how many requests hold more than M/2."""
    for j in range(len(prompt)):
        p, s = starts[j], prompt[j]
        for k in range(1, min(output[j], len(token) - 1 - p) + 1):
            token[p + k] += s + k
            if s + k > memory // 2:
                thick[p + k] += 1
