"""Exact sums over many requests: 64-bit integers where they cannot overflow, else Python's.

An array of Python integers (dtype ``object``) obeys the same arithmetic as one of int64, only
slower, so each formula is written once and the check decides which of the two it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from theory.columns import Columns, Steps
from theory.request import Request

F = TypeVar("F", bound=Callable[..., Any])
SAFE = 2**62
"""Integers below it are safe in 64 bits."""
MOST_DENOMINATORS = 256
"""With more different denominators, the terms of a sum are rounded down: multiples of 2^-40."""


def interpreted(function: F) -> F:
    """A compiled function as the Python it was written in: no overflow, nothing to compile."""
    return cast(F, cast(Any, function).py_func)


def total(terms: Iterable[Fraction]) -> Fraction:
    """Exact sum, by halves: denominators stay small for as long as possible.

    >>> total([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    Fraction(1, 1)
    """
    level = list(terms)
    while len(level) > 1:
        pairs = [a + b for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[2 * len(pairs) :]
    return level[0] if level else Fraction(0)


def exact_sum(numbers: Steps) -> int:
    """Sum of non-negative integers, without overflow.

    >>> exact_sum(np.full(4, 2**61)) == 2**63
    True
    """
    if numbers.dtype == object:
        return sum(numbers.tolist())
    high, low = numbers >> 31, numbers & (2**31 - 1)
    return (int(high.sum()) << 31) + int(low.sum())


def sum_of_prefix_sums(numbers: Steps) -> int:
    """V_1 + ... + V_n, V_j the sum of the first j numbers.

    >>> sum_of_prefix_sums(np.array([1, 3]))   # 1 + (1 + 3)
    5
    """
    n = len(numbers)
    if exact_sum(numbers) * n >= SAFE:
        numbers = numbers.astype(object)
    return int((numbers * np.arange(n, 0, -1)).sum())


def sum_of_ratios(numerators: Steps, denominators: Steps) -> Fraction:
    """Sum of p/q over non-negative p and positive q: exact, or rounded down a little.

    The terms of one denominator are added as integers. But the exact sum of many different
    fractions has a denominator of thousands of digits; so with more than ``MOST_DENOMINATORS``
    denominators each term is rounded down to a multiple of 2^-40: what is lost is below 2^-17
    for five million requests, and a lower bound remains one.

    >>> sum_of_ratios(np.array([1, 1, 3]), np.array([2, 3, 2]))
    Fraction(7, 3)
    """
    if not len(numerators):
        return Fraction(0)
    q = denominators
    if int(q.max()) >= 2**38:  # so that neither 2^23 parts nor 2^20 times one overflow
        q = q.astype(object)
    whole, part = exact_sum(numerators // q), numerators % q
    distinct = np.unique(q[: 16 * MOST_DENOMINATORS])
    if len(distinct) <= MOST_DENOMINATORS:  # else the first few have shown it
        distinct = np.unique(q)
    if len(distinct) > MOST_DENOMINATORS:
        high, rest = (part << 20) // q, (part << 20) % q
        low = (rest << 20) // q
        return whole + Fraction((exact_sum(high) << 20) + exact_sum(low), 2**40)
    sums = np.zeros(len(distinct), q.dtype)
    np.add.at(sums, np.searchsorted(distinct, q), part)
    return whole + total(map(Fraction, sums.tolist(), distinct.tolist()))


def without_overflow(columns: Columns, peak: int) -> Columns:
    """The columns, as Python integers unless all peaks are below ``peak``.

    >>> without_overflow(Columns(*np.array([[2**40], [2**40], [0]])), 2**31).volume.tolist()
    [1813388729422493517873152]
    """
    if not len(columns) or int(columns.peak.max()) < peak:
        return columns
    return Columns(*(c.astype(object) for c in (columns.prompt, columns.output, columns.arrival)))


def volumes(columns: Columns) -> Steps:
    """The volume of each request, exact whatever the lengths."""
    return without_overflow(columns, 2**31).volume


def sum_of_lags(columns: Columns) -> Fraction:
    """Sum of the lags d_j (L4) in steps: see :func:`sum_of_ratios` for when it is exact."""
    columns = without_overflow(columns, 2**30)  # numerators reach 9/4 peak^2
    s, o = columns.prompt, columns.output
    return sum_of_ratios(6 * s * o + (o + 1) * (2 * o + 1), 12 * s + 6 * (o + 1))


def total_lag(requests: Iterable[Request]) -> Fraction:
    """Sum of the requests' lags d_j, in steps: see :func:`sum_of_ratios` for when it is exact.

    >>> total_lag([Request(0, 1), Request(0, 2)])
    Fraction(4, 3)
    """
    table = np.array([(r.prompt, r.output, 0) for r in requests], np.int64).reshape(-1, 3)
    return sum_of_lags(Columns(*table.T))


def selected(columns: Columns, chosen: Steps | NDArray[np.bool_]) -> Columns:
    """The columns of some requests: an array of indices, or of booleans."""
    return Columns(columns.prompt[chosen], columns.output[chosen], columns.arrival[chosen])
