"""The search of one class: threads that share the worst orders known so far."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from threading import Lock

import numpy as np

from theory.columns import Steps
from theory.exhaustion.orders import explore
from theory.exhaustion.shapes import Shapes
from theory.policy import Admission, named_policy
from theory.request import Instance, Request
from theory.schedule import Schedule
from theory.simulator import simulate

TURNS = 500_000
"""Turns of the search between two looks at the clock: a fraction of a second."""


class Search:
    """All orders of ``requests`` shapes, one task for each shape that an order begins with.

    ``run`` ends when all are seen, at the deadline (seconds of the monotonic clock), or, with
    ``first``, when an order exceeds ``least``: it alone is sought then. ``complete`` says
    whether all were seen, ``seen`` how many.
    """

    def __init__(
        self,
        policy: str,
        admission: Admission,
        shapes: Shapes,
        requests: int,
        memory: int,
        rows: int,
        least: Fraction,
    ) -> None:
        self._policy = named_policy(policy, admission)
        self._shapes = shapes
        self._requests = requests
        self._memory = memory
        self._record = np.full((rows, 2 + 3 * requests), -1, np.int64)
        self._record[:, 0], self._record[:, 1] = least.numerator, least.denominator
        self._lock = Lock()
        self._stopped = False
        self._finished = 0
        self.seen = 0

    @property
    def complete(self) -> bool:
        """Whether every order was seen."""
        return self._finished == len(self._shapes.requests)

    def run(self, deadline: float | None, first: bool, workers: int) -> None:
        """Search; an exception, also an interrupt, stops all threads."""
        with ThreadPoolExecutor(workers) as threads:
            leads = range(len(self._shapes.requests))
            try:
                for _ in threads.map(lambda lead: self._explore(lead, deadline, first), leads):
                    pass
            finally:
                self._stopped = True

    def _explore(self, lead: int, deadline: float | None, first: bool) -> None:
        state = np.array([1, lead, 0, 0], np.int64)
        work = np.zeros((22, self._requests + 1), np.int64)
        work[3, 1] = lead - 1
        record = self._record.copy()
        backfilling = self._policy.admission is Admission.BACKFILL
        done = False
        while not done and not self._stopped:
            if deadline is not None and time.monotonic() >= deadline:
                return
            done = explore(
                self._shapes.table,
                self._requests,
                self._memory,
                backfilling,
                record,
                state,
                work,
                TURNS,
            )
            self._share(record)
            self._stopped |= first and self.has_witness(len(record) - 1)
        with self._lock:
            self.seen += int(state[2])
            self._finished += done

    def _share(self, mine: Steps) -> None:
        """Exchange what is known with the other threads: each row keeps the larger ratio."""
        with self._lock:
            larger = mine[:, 0] * self._record[:, 1] > self._record[:, 0] * mine[:, 1]
            self._record[larger] = mine[larger]
            mine[:] = self._record

    def has_witness(self, row: int) -> bool:
        """Whether some order exceeds ``least`` in this row."""
        return bool(self._record[row, 2] >= 0)

    def witness(self, row: int) -> tuple[Instance, Schedule, Schedule]:
        """The worst order as an instance in that order, the policy's schedule, a cheapest one.

        Where none exceeds ``least``: equal requests of one token, the policy's schedule twice.
        """
        n = self._requests
        if not self.has_witness(row):
            instance = Instance(self._memory, (Request(0, 1),) * n)
            starts = simulate(instance, self._policy)
            return instance, starts, starts
        entries = self._record[row, 2:].tolist()
        requests = tuple(self._shapes.requests[x] for x in entries[:n])
        return Instance(self._memory, requests), tuple(entries[n : 2 * n]), tuple(entries[2 * n :])
