"""Delayed policies: nothing starts before its own length has passed.

A long request that starts too early holds its memory against all that come later, and nothing can
take it back. So it has to wait for theta times its output first: by then it may keep others out
no longer than they have waited anyway. On one machine this is delayed shortest processing time
(Hoogeveen and Vestjens), 2-competitive for the sum of completion times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from theory.errors import InputError
from theory.policy import Admission, Policy
from theory.request import Instance
from theory.schedule import Schedule, cost
from theory.simulator import follow


def eligible(instance: Instance, theta: Fraction | int) -> Instance:
    """The same requests, none arriving before theta times its output (rounded up, steps).

    What starts no request before it is eligible is a priority policy on this instance. Raises
    InputError for a negative theta, or when a step above 10^15 would be needed.
    Source: lemma E.

    >>> late = eligible(Instance.of(9, (4, 5), (0, 3, 8)), Fraction(3, 2))
    >>> [request.arrival for request in late.requests]
    [8, 8]
    """
    if theta < 0:
        raise InputError(f"theta must be at least 0, got {theta}")
    requests = (
        replace(request, arrival=max(request.arrival, ceil(theta * request.output)))
        for request in instance.requests
    )
    return Instance(instance.memory, tuple(requests))


def delayed(instance: Instance, order: Sequence[int], theta: Fraction | int = 1) -> Schedule:
    """The schedule of a fixed order of priority, head-of-line among the eligible requests.

    ``order`` lists indices, most urgent first. Raises InputError as :func:`eligible`.
    Source: lemma E.

    >>> early_bait = Instance.of(5, (2, 3), (4, 1, 1))
    >>> delayed(early_bait, (1, 0)), delayed(early_bait, (1, 0), theta=0)
    ((3, 1), (0, 3))
    """
    return follow(eligible(instance, theta), order, Admission.HEAD_OF_LINE)


def delayed_policy(instance: Instance, policy: Policy, theta: Fraction | int = 1) -> Schedule:
    """The schedule of a ranking policy, head-of-line among the eligible requests.

    The rank is of the requests as they are. Raises InputError as :func:`eligible`.

    >>> from theory.policy import named_policy
    >>> delayed_policy(Instance.of(5, (2, 3), (4, 1, 1)), named_policy("svf"))
    (3, 1)
    """
    return delayed(instance, policy.order(instance), theta)


def completion_time(instance: Instance, starts: Sequence[int]) -> int:
    """The sum of the completion steps: total latency plus the sum of the arrivals.

    >>> completion_time(Instance.of(5, (2, 3), (4, 1, 1)), (3, 1))
    8
    """
    return cost(instance, starts) + sum(request.arrival for request in instance.requests)
