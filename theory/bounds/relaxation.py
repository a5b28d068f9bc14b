"""A lower bound by prices: the Lagrangian relaxation of memory, exact in integers.

Put a price list pi on every step: holding x tokens in step u costs pi_u(x). Every list used here
is superadditive, pi(x) + pi(y) <= pi(x + y), and rises from pi(0) = 0, so whatever fits in memory
together pays at most pi_u(M). Let each request pay for what it holds, and give the total
sum_u pi_u(M) back: a feasible schedule gets at least what it pays. So its cost is at least

    sum over j of min over p of [p + o_j - a_j + what j pays when started at p] - sum_u pi_u(M),

where each request picks its start alone. That is true of *any* lists with those two properties,
which is why they may be found with floats (subgradient ascent) and are then rounded to integers:
cost and prices are counted in units of 1/scale step, and bound and start costs are exact.

A list is a non-negative sum of x itself (memory is linear) and of the dual feasible functions
w_k(x) = ceil((k + 1) x / M) - 1 for x >= 1, k = 1..4: at most one request can hold more than M/2
tokens, at most two more than M/3, and so on. Superadditive because
ceil(a) - 1 + ceil(b) - 1 <= ceil(a + b) - 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.columns import Columns, Steps
from theory.compiled import compiled

NEVER = 2**60
"""The cost of a start that is ruled out; every real cost (in units of 1/scale) stays below."""
SCALE = 2**20
"""Units in a step, unless the numbers grow too large for it."""
SMALLEST = 2e-3
"""Ascent ends when its steps have shrunk to this part of their first size."""
ROWS = 5
"""Functions whose sums make a price list: x and w_1, ..., w_4."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """The functions of one memory: row 0 is x, the others count thresholds that x reaches."""

    memory: int
    row: Steps
    threshold: Steps
    capacity: Steps

    @classmethod
    def of(cls, memory: int) -> Rows:
        """The five rows for a budget of ``memory`` tokens.

        >>> rows = Rows.of(12)
        >>> rows.threshold[rows.row == 2].tolist(), rows.capacity.tolist()
        ([5, 9], [12, 1, 2, 3, 4])
        """
        pairs = [(k, i * memory // (k + 1) + 1) for k in range(1, ROWS) for i in range(1, k + 1)]
        row, threshold = np.array(pairs, np.int64).T
        capacity = np.array([memory, *range(1, ROWS)], np.int64)
        return cls(memory, row.copy(), threshold.copy(), capacity)


@dataclass(frozen=True)
class Relaxation:
    """Exact consequences of one price list per step.

    Costs are in units of 1/scale step. ``bound`` is a lower bound on the cost of every schedule
    whose starts lie within the windows. ``price[u, x]`` is what x tokens cost in step u;
    ``priced[j, p]`` what request j costs when started at p, the price of its tokens included, or
    NEVER where no schedule of cost below the target starts it; ``least[j, p]`` the smallest of
    these from p on; ``latest[j]`` the last start that is left, -1 if none is.
    """

    scale: int
    bound: int
    price: Steps
    priced: Steps
    least: Steps
    latest: Steps


@compiled
def _ascend(
    prompt: Steps,
    output: Steps,
    arrival: Steps,
    latest: Steps,
    row: Steps,
    threshold: Steps,
    capacity: Steps,
    prices: Floats,
    target: float,
    rounds: int,
    size: float,
) -> float:
    """Improve the prices in place: subgradient steps along a direction that remembers.

    ``prices[f, u]`` is per unit of row f. Stops when the bound passes ``target``. Steps shrink,
    from ``size`` times Polyak's; how far is returned, for the next call.
    """
    count = len(prompt)
    rows, width = prices.shape
    current = prices.copy()
    paid = np.zeros((rows, width))
    moment = np.zeros(width)
    excess = np.zeros((rows, width))
    direction = np.zeros((rows, width))
    cost = np.empty(width)
    best = -1e300
    stale = 0
    for _ in range(rounds):
        bound = 0.0
        for f in range(rows):
            for u in range(1, width):
                paid[f, u] = paid[f, u - 1] + current[f, u]
                excess[f, u] = -capacity[f]
            bound -= paid[f, width - 1] * capacity[f]
        for u in range(1, width):
            moment[u] = moment[u - 1] + current[0, u] * u
        for j in range(count):
            s = prompt[j]
            o = output[j]
            first = arrival[j]
            last = latest[j]
            for p in range(first, last + 1):
                linear = (s - p) * (paid[0, p + o] - paid[0, p]) + moment[p + o] - moment[p]
                cost[p] = p + o - first + linear
            for i in range(len(row)):
                age = max(threshold[i] - s, 1)
                f = row[i]
                if age <= o:
                    for p in range(first, last + 1):
                        cost[p] += paid[f, p + o] - paid[f, p + age - 1]
            start = first
            for p in range(first, last + 1):
                if cost[p] < cost[start] - 1e-12:
                    start = p
            bound += cost[start]
            for k in range(1, o + 1):
                excess[0, start + k] += s + k
            for i in range(len(row)):
                for k in range(max(threshold[i] - s, 1), o + 1):
                    excess[row[i], start + k] += 1.0
        stale = 0 if bound > best + 1e-4 * abs(best) else stale + 1
        if bound > best:
            best = bound
            prices[:] = current
        if best > target:
            return size
        if stale >= 12:
            stale = 0
            size *= 0.6
            if size < SMALLEST:
                return size
            current[:] = prices
            direction[:] = 0.0
            continue
        norm = 0.0
        for f in range(rows):
            for u in range(1, width):
                step = 0.35 * excess[f, u] / capacity[f] + 0.65 * direction[f, u]
                direction[f, u] = step
                if current[f, u] > 0 or step > 0:
                    norm += step * step
        if norm < 1e-12:
            return 0.0
        move = size * (target + 1 - bound) / norm
        for f in range(rows):
            for u in range(1, width):
                current[f, u] = max(0.0, current[f, u] + move / capacity[f] * direction[f, u])
    return size


@compiled
def _price_lists(prices: Steps, row: Steps, threshold: Steps, memory: int) -> Steps:
    """Entry [u, x]: what holding x tokens in step u costs."""
    width = prices.shape[1]
    lists = np.zeros((width, memory + 1), np.int64)
    for u in range(1, width):
        for x in range(1, memory + 1):
            lists[u, x] = prices[0, u] * x
        for i in range(len(row)):
            if prices[row[i], u] > 0:
                for x in range(threshold[i], memory + 1):
                    lists[u, x] += prices[row[i], u]
    return lists


@compiled
def _evaluate(
    prompt: Steps,
    output: Steps,
    arrival: Steps,
    latest: Steps,
    price: Steps,
    scale: int,
    limit: int,
    priced: Steps,
    least: Steps,
) -> int:
    """Fill ``priced``, ``least`` and ``latest`` exactly; return the bound."""
    count = len(prompt)
    width = len(price)
    bound = 0
    for u in range(width):
        bound -= price[u, -1]
    for j in range(count):
        smallest = NEVER
        for p in range(arrival[j], latest[j] + 1):
            cost = scale * (p + output[j] - arrival[j])
            for k in range(1, output[j] + 1):
                cost += price[p + k, prompt[j] + k]
            priced[j, p] = cost
            smallest = min(smallest, cost)
        least[j, 0] = smallest
        bound += smallest
    for j in range(count):
        smallest = least[j, 0]
        last = -1
        for p in range(arrival[j], latest[j] + 1):
            if bound - smallest + priced[j, p] > limit:
                priced[j, p] = NEVER
            else:
                last = p
        latest[j] = last
        smallest = NEVER
        for p in range(width - 1, -1, -1):
            smallest = min(smallest, priced[j, p])
            least[j, p] = smallest
    return bound


class Pricing:
    """Prices that get better with every call to :meth:`improve`, and their exact bound.

    ``latest`` holds the last start of each request in any schedule of interest, and at least its
    arrival. Steps run to the last completion within these windows.
    """

    def __init__(self, columns: Columns, memory: int, latest: Steps) -> None:
        self.columns = columns
        self.rows = Rows.of(memory)
        self.latest = latest
        self.size = 1.0
        self.width = int((latest + columns.output).max()) + 1
        # A first guess: a token-step is worth the more, the more requests still wait behind it.
        volume = int(columns.volume.sum())
        busy = volume / memory + 1
        self.prices = np.zeros((ROWS, self.width))
        falling = np.maximum(0.0, 1 - np.arange(self.width) / (1.2 * busy))
        self.prices[0] = 0.25 * len(columns) * busy / volume * falling
        self.prices[0, 0] = 0.0

    def improve(self, upper: int, rounds: int) -> None:
        """Some rounds of ascent towards a proof that no schedule costs less than ``upper``."""
        c, r = self.columns, self.rows
        if self.size < SMALLEST:
            return
        lists = (c.prompt, c.output, c.arrival, self.latest, r.row, r.threshold, r.capacity)
        self.size = _ascend(*lists, self.prices, float(upper - 1), rounds, self.size)

    def relaxation(self, upper: int) -> Relaxation:
        """The exact bound, with the starts ruled out that no schedule below ``upper`` uses.

        One start is ruled out when the bound, with that request held to that start, exceeds
        upper - 1: then every schedule with this start costs at least ``upper``.
        """
        c, r = self.columns, self.rows
        scale, prices = self._rounded()
        price = _price_lists(prices, r.row, r.threshold, r.memory)
        shape = (len(c), self.width + 1)  # one column more: nothing starts past the last step
        priced, least = np.full(shape, NEVER), np.full(shape, NEVER)
        latest = self.latest.copy()
        lists = (c.prompt, c.output, c.arrival, latest, price)
        bound = _evaluate(*lists, scale, scale * (upper - 1), priced, least)
        return Relaxation(scale, bound, price, priced, least, latest)

    def _rounded(self) -> tuple[int, Steps]:
        """Integer prices and their scale, small enough for every sum here to stay below NEVER."""
        capacity = self.rows.capacity.tolist()
        scale = SCALE
        while True:
            prices = np.minimum(np.floor(self.prices * scale), 2**50).astype(np.int64)
            paid = sum(c * sum(row.tolist()) for c, row in zip(capacity, prices, strict=True))
            if (len(self.columns) + 2) * (paid + scale * self.width) < NEVER:
                return scale, prices
            if scale == 1:
                return scale, np.zeros_like(prices)
            scale //= 2
