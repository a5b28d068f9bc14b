"""What runs on the server, as a function of time: the exact look-ahead that admission needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theory.request import Request

_Steps = NDArray[np.int64]


class RunningSet:
    """The running requests, by completion step, with the tokens held at each completion.

    The load is the only state: ``finish[i]`` is the i-th completion step (ascending) and
    ``load[i]`` what the requests that run now hold together in that step. Between completions
    the load grows by one token per request and step, so these points determine it everywhere.
    All steps are below 2^62 and all loads at most M <= 10^15 (:mod:`theory.request`), so 64-bit
    integers are exact.

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
        self._finish: _Steps = np.empty(0, np.int64)
        self._load: _Steps = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._finish)

    def retire(self, step: int) -> None:
        """Forget what has completed by ``step``."""
        done = int(np.searchsorted(self._finish, step, side="right"))
        if done:
            self._finish, self._load = self._finish[done:], self._load[done:]

    def start(self, request: Request, step: int) -> None:
        """Let ``request`` run from ``step`` on; the caller has checked that it fits."""
        end = step + request.output
        at = int(np.searchsorted(self._finish, end, side="left"))
        held = request.peak
        if at < len(self._finish):  # the load at `end`, read back from the next completion
            behind = len(self._finish) - at
            held += int(self._load[at]) - behind * (int(self._finish[at]) - end)
        upto = int(np.searchsorted(self._finish, end, side="right"))
        self._load[:upto] += request.prompt - step + self._finish[:upto]
        self._finish = np.insert(self._finish, at, end)
        self._load = np.insert(self._load, at, held)

    def earliest(self, request: Request, step: int) -> int:
        """First step >= ``step`` at which ``request`` fits, if nothing else starts.

        For the i-th completion c with load L let e = L + peak - M. The request, started at t,
        overflows at c when c - output <= t < min(c, c - output + e); and its own last step
        overflows, on the way up to c, when c - t - output < e / (number that run at c). Both
        sets are intervals that touch at t = c - output, hence one forbidden interval for each
        completion with e > 0. The answer is the first step outside their union.
        """
        self.retire(step)
        excess = self._load + (request.peak - self._memory)
        hit = np.flatnonzero(excess > 0)
        if not len(hit):
            return step
        finish, excess = self._finish[hit], excess[hit]
        before = np.where(hit > 0, self._finish[hit - 1], step)
        reach = (excess - 1) // (len(self._finish) - hit)
        first = np.maximum(before + 1, finish - reach) - request.output
        last = np.minimum(finish, finish - request.output + excess) - 1
        free = np.maximum(np.maximum.accumulate(last) + 1, step)
        if first[0] > step:
            return step
        gap = np.flatnonzero(first[1:] > free[:-1])
        return int(free[gap[0]] if len(gap) else free[-1])
