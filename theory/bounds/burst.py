"""Bounds for a burst: volume (L1), length (L2) and mean busy time (L4), each O(n log n)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from theory.bounds.sums import exact_sum, sum_of_lags, sum_of_prefix_sums, volumes
from theory.columns import Columns
from theory.request import Instance


def volume_bound(instance: Instance) -> Fraction:
    """Sum of prefix volumes over M, the requests in order of volume. Source: L1.

    >>> volume_bound(Instance.of(2, (0, 1), (0, 2)))   # volumes 1 and 3
    Fraction(5, 2)
    """
    return Fraction(sum_of_prefix_sums(np.sort(volumes(instance.columns))), instance.memory)


def length_bound(instance: Instance) -> Fraction:
    """Sum of outputs: nobody completes sooner than that after arrival. Source: L2."""
    return Fraction(instance.total_output)


def mean_busy_time_bound(instance: Instance) -> Fraction:
    """X/M plus the sum of lags, X = sum of (earlier volumes + half the own). Source: L4.

    Rounded down a little where :func:`~theory.bounds.sums.sum_of_ratios` does.

    >>> mean_busy_time_bound(Instance.of(1, (0, 1)))
    Fraction(1, 1)
    """
    return mean_busy_time(instance.columns, instance.memory)


def mean_busy_time(columns: Columns, memory: int) -> Fraction:
    """:func:`mean_busy_time_bound` of requests given as columns, maybe none."""
    ascending = np.sort(volumes(columns))
    twice_x = 2 * sum_of_prefix_sums(ascending) - exact_sum(ascending)
    return Fraction(twice_x, 2 * memory) + sum_of_lags(columns)
