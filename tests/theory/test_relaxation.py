"""Any prices bound the optimum from below, and rule out no start of a better schedule."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import reference
from tests.strategies import instances
from theory.bounds.relaxation import NEVER, ROWS, Pricing, Rows
from theory.optimum import latest_starts
from theory.request import Instance


def pricing(instance: Instance, upper: int) -> Pricing:
    latest = np.array(latest_starts(instance, upper - 1), np.int64)
    return Pricing(instance.columns, instance.memory, latest)


@given(st.integers(1, 60))
def test_rows_are_superadditive(memory: int) -> None:
    rows = Rows.of(memory)
    for k in range(1, ROWS):
        thresholds = rows.threshold[rows.row == k]
        value = [int(np.sum(thresholds <= x)) for x in range(memory + 1)]
        assert value[0] == 0
        assert value[memory] == rows.capacity[k] == k
        for x in range(memory + 1):
            for y in range(memory + 1 - x):
                assert value[x] + value[y] <= value[x + y]


@settings(max_examples=60, deadline=None)
@given(instances(5, 10, latest=5), st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_any_prices_do(instance: Instance, seed: int, spare: int) -> None:
    found: list[list[int]] = []
    best = reference.optimum(instance, found.append)
    relaxed = pricing(instance, best + spare)
    relaxed.prices = np.random.default_rng(seed).exponential(0.2, relaxed.prices.shape)
    relaxation = relaxed.relaxation(best + spare)
    assert relaxation.bound <= best * relaxation.scale
    for j, start in enumerate(found[-1]):
        assert start <= relaxation.latest[j]
        assert relaxation.least[j, start] <= relaxation.priced[j, start] < NEVER


@settings(max_examples=30, deadline=None)
@given(instances(5, 10, latest=5))
def test_better_prices_do_too(instance: Instance) -> None:
    best = reference.optimum(instance)
    relaxed = pricing(instance, best + 1)
    for _ in range(3):
        relaxed.improve(best + 1, 30)
        relaxation = relaxed.relaxation(best + 1)
        assert relaxation.bound <= best * relaxation.scale


def test_prices_bound_well() -> None:
    three = Instance.of(10, (5, 1), (5, 1), (5, 1))  # one at a time: 1 + 2 + 3
    relaxed = pricing(three, 7)
    relaxed.improve(7, 400)
    assert 5 < relaxed.relaxation(7).bound / relaxed.relaxation(7).scale <= 6


def test_huge_prices_do_not_overflow() -> None:
    instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    relaxed = pricing(instance, 60)
    relaxed.prices[:] = 1e300
    relaxation = relaxed.relaxation(60)
    assert relaxation.bound <= 47 * relaxation.scale
