"""Priority schedules: one compiled loop for each admission rule, from event to event.

Both take the requests in rank order, most urgent first, and give their start steps.
"""

from __future__ import annotations

import heapq

import numpy as np

from theory.columns import Steps
from theory.compiled import compiled
from theory.running import NEVER, Running, earliest, retire, start
from theory.waiting import Waiting, enter, first_fit, first_step, leave, look

PATIENCE = 16
"""Looks in vain before the exact next start is searched for."""


@compiled
def head_of_line(
    memory: int, prompt: Steps, output: Steps, arrival: Steps, by_arrival: Steps, running: Running
) -> Steps:
    """Start steps when nothing passes a request that does not fit.

    The head starts at the first step at which it fits, for nothing else starts meanwhile; only
    the arrival of a more urgent one takes its place. So each request is looked at once, and
    once more for each arrival that takes the head's place.
    """
    n = len(prompt)
    starts = np.zeros(n, np.int64)
    waiting = [0 for _ in range(0)]  # a heap of places in rank order; empty, of integers
    step = fits_at = arrived = 0
    for _ in range(n):
        if not waiting:
            step = max(step, arrival[by_arrival[arrived]])
        head = -1
        while True:
            while arrived < n and arrival[by_arrival[arrived]] <= step:
                heapq.heappush(waiting, by_arrival[arrived])
                arrived += 1
            if waiting[0] != head:
                head = waiting[0]
                retire(running, step)
                fits_at = earliest(running, memory, prompt[head], output[head], step, NEVER)
            if arrived == n or arrival[by_arrival[arrived]] > fits_at:
                break
            step = arrival[by_arrival[arrived]]
        step = fits_at
        retire(running, step)
        start(running, prompt[head], output[head], step)
        starts[head] = step
        heapq.heappop(waiting)
    return starts


@compiled
def backfill(
    memory: int, arrival: Steps, by_arrival: Steps, running: Running, waiting: Waiting
) -> Steps:
    """Start steps when the scan goes on past what does not fit.

    Within one step the load only grows, so what was refused stays refused, and the scan is
    "the most urgent that fits", again and again. Where ``look`` is too early time and again,
    the exact ``first_step`` keeps the looks to a constant number per start and arrival.
    """
    n = len(arrival)
    starts = np.zeros(n, np.int64)
    ceiling = np.empty(waiting.least_prompt.shape[1], np.int64)
    step = arrived = started = in_vain = 0
    while started < n:
        while arrived < n and arrival[by_arrival[arrived]] <= step:
            enter(waiting, by_arrival[arrived])
            arrived += 1
        retire(running, step)
        in_vain += 1
        again = look(waiting, running, memory, step, ceiling)
        while again == step:
            request = first_fit(waiting, running, memory, step, ceiling)
            if request < 0:
                again = step + 1
                break
            start(running, waiting.prompt[request], waiting.output[request], step)
            leave(waiting, request)
            starts[request] = step
            started += 1
            in_vain = 0
            again = look(waiting, running, memory, step, ceiling)
        if in_vain > PATIENCE:
            again = first_step(waiting, running, memory, step)
            in_vain = 0
        step = again
        if arrived < n:
            step = min(step, arrival[by_arrival[arrived]])
    return starts
