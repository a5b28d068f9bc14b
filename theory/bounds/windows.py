"""When a request can start in a schedule that is better than a known one."""

from __future__ import annotations

from theory.request import Instance


def latest_starts(instance: Instance, upper: int) -> list[int]:
    """Last useful start of each request in a schedule of cost at most ``upper``, in steps.

    Every other request takes at least its length, and no optimal schedule idles to the end:
    after the last arrival something always runs, or all that waits could move one step left.
    At least the arrival, even where ``upper`` leaves no room at all.

    >>> latest_starts(Instance.of(4, (0, 2), (1, 1)), 4)
    [1, 1]
    """
    spare = upper - instance.total_output
    horizon = instance.last_arrival + instance.total_output
    return [max(r.arrival, min(r.arrival + spare, horizon - r.output)) for r in instance.requests]
