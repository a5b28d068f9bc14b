"""What a schedule is charged for: its flow time or its completion time."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from theory.request import Instance
from theory.schedule import cost


class Objective(StrEnum):
    """Flow time counts from the arrival of each request, completion time from step 0."""

    FLOW = "flow-time"
    COMPLETION = "completion-time"


def total(instance: Instance, starts: Sequence[int], objective: Objective) -> int:
    """What the schedule costs under the objective, in steps summed over the requests.

    >>> instance = Instance.of(4, (0, 2), (1, 1, 3))
    >>> total(instance, (0, 3), Objective.FLOW), total(instance, (0, 3), Objective.COMPLETION)
    (3, 6)
    """
    flow = cost(instance, starts)
    if objective is Objective.FLOW:
        return flow
    return flow + sum(request.arrival for request in instance.requests)
