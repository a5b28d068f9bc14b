"""Bounds with arrivals: one preemptive machine that processes volumes at M tokens a step.

Every feasible schedule is one of that machine's schedules, with the tokens spread over each
step; so what the machine does best, by SRPT for completions and by smallest total volume for
mean busy times, no schedule beats (theory.md, section 4). Requests above M/2 need a machine to
themselves.
"""

from __future__ import annotations

import heapq
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from theory.bounds.sums import SAFE, exact_sum, interpreted, sum_of_lags, sum_of_ratios, volumes
from theory.columns import Columns, Steps
from theory.compiled import compiled
from theory.request import Instance

WORTH_COMPILING = 64
"""Fewer requests are run by the interpreter: loading compiled code takes longer."""


@compiled
def _preempt(
    volume: Steps, release: Steps, shrinking: bool, end: Steps, whole: Steps, part: Steps
) -> None:
    """Run the machine: least remaining volume first (``shrinking``), or least total volume.

    Requests come in order of release. Time is counted in units of 1/M step, so that a volume v
    takes v units and all is integer. Written are ``end``, and the mean busy time as
    whole + part / (2 volume): the sum of (u - t)(u + t) over the pieces (t, u), divided by
    twice the volume as it grows, so that nothing larger than 2 volume^2 appears.
    """
    n = len(volume)
    left = volume.copy()
    ready = [(volume[0], 0)]
    ready.pop()
    now = release[0]
    following = 0
    while following < n or len(ready) > 0:
        if len(ready) == 0:
            now = max(now, release[following])
        while following < n and release[following] <= now:
            heapq.heappush(ready, (volume[following], following))
            following += 1
        _, i = heapq.heappop(ready)
        until = now + left[i]
        if following < n and release[following] < until:
            until = release[following]
        ran, twice = until - now, 2 * volume[i]
        rest = part[i] + ran * ((now + until) % twice)
        whole[i] += ran * ((now + until) // twice) + rest // twice
        part[i] = rest % twice
        left[i] -= ran
        now = until
        if left[i] > 0:
            heapq.heappush(ready, (left[i] if shrinking else volume[i], i))
        else:
            end[i] = now


def _run(work: Steps, release: Steps, shrinking: bool) -> tuple[Steps, ...]:
    """Order of release, then in that order: volumes, ends, and the two parts of the mean."""
    order = np.argsort(release, kind="stable")
    work, release = work[order], release[order]
    fits = int(release[-1]) + exact_sum(work) < SAFE // 2 and int(work.max()) < 2**30
    fast = fits and len(order) >= WORTH_COMPILING
    kind = np.int64 if fast else object
    work, release = work.astype(kind), release.astype(kind)
    end, whole, part = (np.zeros(len(order), kind) for _ in range(3))
    preempt = _preempt if fast else interpreted(_preempt)
    preempt(work, release, shrinking, end, whole, part)
    return order, work, end, whole, part


def _released(columns: Columns, memory: int) -> Steps:
    """Arrivals in units of 1/M step."""
    last = int(columns.arrival.max())
    return columns.arrival.astype(np.int64 if last * memory < SAFE else object) * memory


def srpt_bound(instance: Instance) -> Fraction:
    """Total flow time of SRPT on one machine with processing times v_j / M, in steps.

    Source: theory.md, section 4 (the relaxation is optimal for the sum of completions).

    >>> srpt_bound(Instance.of(2, (0, 1), (0, 2)))   # volumes 1 and 3: ends at 1/2 and 2
    Fraction(5, 2)
    """
    columns, memory = instance.columns, instance.memory
    _, _, end, _, _ = _run(volumes(columns), _released(columns, memory), True)
    return Fraction(exact_sum(end), memory) - exact_sum(columns.arrival)


def thick_bound(instance: Instance) -> Fraction:
    """As if only requests that hold more than M/2 tokens were in each other's way, in steps.

    Two that hold more than M/2 never do so in one step. So the last steps of each request, those
    in which it holds more, are jobs on one machine, released when the request can have grown to
    M/2 at the earliest; SRPT is best for the sum of their ends, which are the completions. The
    other requests take at least their lengths.

    >>> thick_bound(Instance.of(9, (8, 1), (4, 2), (0, 3)))   # 1 + 3, and 3
    Fraction(7, 1)
    """
    columns, half = instance.columns, instance.memory // 2
    grown = np.minimum(np.maximum(half - columns.prompt, 0), columns.output)
    job = columns.output - grown
    thick = job > 0
    lengths = exact_sum(columns.output[~thick])
    if not thick.any():
        return Fraction(lengths)
    arrival = columns.arrival[thick]
    _, _, end, _, _ = _run(job[thick], arrival + grown[thick], True)
    return Fraction(lengths + exact_sum(end) - exact_sum(arrival))


def preemptive_mean_busy_time_bound(instance: Instance) -> Fraction:
    """Mean busy times of smallest-total-volume-first on one machine, plus lags, minus arrivals.

    Source: theory.md, section 4. Equals :func:`~theory.bounds.burst.mean_busy_time_bound` on a
    burst, where both are exact.

    >>> preemptive_mean_busy_time_bound(Instance.of(1, (0, 1, 3)))   # one step, from 3 to 4
    Fraction(1, 1)
    """
    return preemptive_mean_busy_time(instance.columns, instance.memory)


def preemptive_mean_busy_time(columns: Columns, memory: int) -> Fraction:
    """:func:`preemptive_mean_busy_time_bound` of requests given as columns, maybe none."""
    if not len(columns):
        return Fraction(0)
    _, volume, _, whole, part = _run(volumes(columns), _released(columns, memory), False)
    means = exact_sum(whole) + sum_of_ratios(part, 2 * volume)
    return means / memory + sum_of_lags(columns) - exact_sum(columns.arrival)


def mean_busy_flows(columns: Columns, memory: int) -> NDArray[np.float64]:
    """About each request's mean busy time after its arrival, in steps: floats, for steering."""
    flows = np.zeros(len(columns))
    if len(columns):
        order, volume, _, whole, part = _run(volumes(columns), _released(columns, memory), False)
        means = (whole + part / (2 * volume)) / memory
        flows[order] = means.astype(float) - columns.arrival[order]
    return flows
