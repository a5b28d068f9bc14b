"""What runs on the server, as a function of time: the exact look-ahead that admission needs.

The load is the only state, kept at the distinct completion steps of what runs; between two of
them it grows by one token per request and step, so these points determine it everywhere. They
are few. Let D completions be pending after step t, and let c be the m-th of them: what ends
there or later is at least D - m + 1 requests, each started by t and so holding at least
c - t >= m tokens in step c. Hence (D - m + 1) m <= M, which in the middle says that
D <= sqrt(4M + 1) - 1. One start or one look-ahead passes over them once.

All steps are below 2^62 and all loads at most M <= 10^15 (:mod:`theory.request`), so 64-bit
integers are exact.
"""

from __future__ import annotations

from math import isqrt
from typing import NamedTuple

import numpy as np

from theory.columns import Steps
from theory.compiled import compiled
from theory.request import MAX_HORIZON, Request

NEVER = MAX_HORIZON
"""A step that no schedule reaches."""
FIRST, ALIVE = 0, 1
"""Places in ``Running.tally``: of the first pending completion, of the count of requests."""


class Running(NamedTuple):
    """The running requests by distinct completion step, in ascending order.

    Of each completion from ``tally[FIRST]`` to the end of the arrays: ``finish``, its step;
    ``load``, what the running requests hold together in that step; ``ends``, how many complete
    there. ``tally[ALIVE]`` is the number of running requests. The free room is in front, so
    that what has completed drops off and a start moves only the completions before its own.
    """

    finish: Steps
    load: Steps
    ends: Steps
    tally: Steps


def idle(requests: int, memory: int) -> Running:
    """Nothing running, with room for that many requests within that memory."""
    room = min(requests, isqrt(4 * memory + 1))
    finish, load, ends = np.empty((3, room), np.int64)
    return Running(finish, load, ends, np.array([room, 0], np.int64))


@compiled
def retire(running: Running, step: int) -> None:
    """Forget what has completed by ``step``."""
    finish, ends, tally = running.finish, running.ends, running.tally
    while tally[FIRST] < len(finish) and finish[tally[FIRST]] <= step:
        tally[ALIVE] -= ends[tally[FIRST]]
        tally[FIRST] += 1


@compiled
def start(running: Running, prompt: int, output: int, step: int) -> None:
    """Let a request that fits run from ``step`` on; what completed by ``step`` is retired."""
    first = running.tally[FIRST]
    end = step + output
    place = first + np.searchsorted(running.finish[first:], end)
    sooner = place - first
    is_new = place == len(running.finish) or running.finish[place] != end
    back = 1 if is_new else 0  # the completions before `end` move one place to the front
    finish, load, ends = (
        running.finish[first - back :],
        running.load[first - back :],
        running.ends[first - back :],
    )
    grown = prompt - step
    later = running.tally[ALIVE]
    for k in range(sooner):
        finish[k] = finish[k + back]
        load[k] = load[k + back] + grown + finish[k + back]
        ends[k] = ends[k + back]
        later -= ends[k]
    if is_new:
        held = prompt + output
        if sooner + 1 < len(finish):  # what the later ones hold at `end`
            held += load[sooner + 1] - later * (finish[sooner + 1] - end)
        finish[sooner], load[sooner], ends[sooner] = end, held, 0
    else:
        load[sooner] += prompt + output
    ends[sooner] += 1
    running.tally[FIRST] -= back
    running.tally[ALIVE] += 1


@compiled
def earliest(running: Running, memory: int, prompt: int, output: int, step: int, limit: int) -> int:
    """First step >= ``step`` at which the request fits, if nothing else starts.

    Exact when it is below ``limit``; else some step >= ``limit`` before which it cannot fit.
    What completed by ``step`` is retired.

    Take the completion c with load L, and let e = L + peak - M. Started at t, the request
    overflows at c when c - output <= t < min(c, c - output + e); and in its own last step, on
    the way up to c, when 0 < c - t - output < e / (number that run at c). Both sets are
    intervals that touch at t = c - output: one forbidden interval for each completion. Their
    lower ends ascend with c, so a sweep over ascending completions may stop at the first that
    begins beyond t. No product overflows: what runs at c holds at least c - step tokens each.
    """
    first = running.tally[FIRST]
    finish, load, ends = running.finish[first:], running.load[first:], running.ends[first:]
    alive = running.tally[ALIVE]
    base = prompt + output - memory
    for k in range(len(finish)):
        end = finish[k]
        excess = load[k] + base
        beyond = end - step - output  # from the request's last step to this completion
        if beyond > 0 and excess <= beyond * alive:
            return step
        if excess > 0:
            step = max(step, min(end, end - output + excess))
        if step >= limit:
            return step
        alive -= ends[k]
    return step


class RunningSet:
    """The running requests, as the driver of a scheduler keeps them: one step at a time.

    >>> running = RunningSet(memory=10)
    >>> running.start(Request(prompt=0, output=6), step=0)
    >>> running.earliest(Request(prompt=6, output=2), step=0)
    0
    >>> running.earliest(Request(prompt=0, output=8), step=0)  # at step 6: 6 + (6 - 2) = 10
    2
    >>> running.earliest(Request(prompt=9, output=1), step=0)
    6
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._running = idle(16, memory)

    def __len__(self) -> int:
        return int(self._running.tally[ALIVE])

    def retire(self, step: int) -> None:
        """Forget what has completed by ``step``."""
        retire(self._running, step)

    def start(self, request: Request, step: int) -> None:
        """Let ``request`` run from ``step`` on; the caller has checked that it fits."""
        if self._running.tally[FIRST] == 0:
            self._make_room()
        start(self._running, request.prompt, request.output, step)

    def earliest(self, request: Request, step: int) -> int:
        """First step >= ``step`` at which ``request`` fits, if nothing else starts."""
        retire(self._running, step)
        prompt, output = request.prompt, request.output
        return int(earliest(self._running, self._memory, prompt, output, step, NEVER))

    def _make_room(self) -> None:
        finish, load, ends, tally = self._running
        room = np.empty_like(finish)
        tally[FIRST] = len(room)
        self._running = Running(
            np.append(room, finish), np.append(room, load), np.append(room, ends), tally
        )
