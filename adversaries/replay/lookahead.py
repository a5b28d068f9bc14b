"""Whether a request fits beside what runs, in every step to come, in whole KV blocks.

The blocks held only grow between two completions, so it suffices to look at the last step of
each request (theory.md, section 1; with blocks of more than one token, rounded up request by
request).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Future: TypeAlias = tuple[int, int]
"""Of one request: tokens held at the end of this step, and steps left, this one included."""


class LookAhead:
    """The KV blocks held in the steps to come, if every request runs as foretold.

    ``capacity`` in blocks of ``block_size`` tokens; ``running`` what runs now. All numbers are
    tokens and steps of one server, far below 2^62.

    >>> ahead = LookAhead(capacity=10, block_size=1, running=[(1, 6)])
    >>> ahead.fits((7, 2)), ahead.fits((1, 8))  # the second holds 6 when the first holds 6
    (True, False)
    """

    def __init__(self, capacity: int, block_size: int, running: Sequence[Future]) -> None:
        self._capacity = capacity
        self._block_size = block_size
        self._held = np.array([held for held, _ in running], np.int64)
        self._left = np.array([left for _, left in running], np.int64)
        self._last = np.unique(self._left) - 1
        alive = self._left[:, None] > self._last
        self._load = (self._blocks(self._held[:, None] + self._last) * alive).sum(axis=0)
        self._now = int(self._blocks(self._held).sum())

    def fits(self, request: Future) -> bool:
        """Whether the capacity is never exceeded if this request starts now."""
        held, left = request
        if self._now + int(self._blocks(held)) > self._capacity:
            return False
        meanwhile = self._last[: np.searchsorted(self._last, left)]
        load = self._load[: len(meanwhile)] + self._blocks(held + meanwhile)
        if len(load) and int(load.max()) > self._capacity:
            return False
        return self._at(left - 1) + int(self._blocks(held + left - 1)) <= self._capacity

    def start(self, request: Future) -> None:
        """Let this request run from now on."""
        held, left = request
        place = int(np.searchsorted(self._last, left - 1))
        if place == len(self._last) or self._last[place] != left - 1:
            self._load = np.insert(self._load, place, self._at(left - 1))
            self._last = np.insert(self._last, place, left - 1)
        self._load[: place + 1] += self._blocks(held + self._last[: place + 1])
        self._held = np.append(self._held, held)
        self._left = np.append(self._left, left)
        self._now += int(self._blocks(held))

    def _at(self, later: int) -> int:
        """Blocks that what runs holds so many steps later."""
        return int(self._blocks(self._held[self._left > later] + later).sum())

    def _blocks(self, tokens: NDArray[np.int64] | int) -> NDArray[np.int64]:
        return np.asarray(-(-tokens // self._block_size), np.int64)
