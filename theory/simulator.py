"""The exact simulator: what schedule a policy makes of an instance, in integer steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import groupby, permutations, product
from math import factorial, prod

import numpy as np

from theory.errors import InputError, PolicyError
from theory.policy import Admission, AnyPolicy, Job, OnlinePolicy, Policy, Restarter, Scheduler
from theory.priority import backfill, head_of_line
from theory.request import Instance
from theory.restart import RestartSchedule, run_with_restart
from theory.restarting import drive_with_restart
from theory.running import RunningSet, idle
from theory.schedule import Schedule, cost
from theory.view import Information, Views
from theory.waiting import nobody

MAX_TIE_ORDERS = 20_000
"""Most orders of tied requests that ``worst_schedule`` tries."""


def simulate(instance: Instance, policy: AnyPolicy) -> Schedule:
    """The start steps that ``policy`` gives the requests, in the instance's order.

    Of a policy that evicts, the starts of the runs that complete: a feasible schedule of the
    same cost; :func:`execute` tells what was cut. Raises PolicyError when the policy peeks or
    breaks its contract, InputError when it does not take the instance.

    >>> from theory.policy import named_policy
    >>> instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    >>> simulate(instance, named_policy("svf"))
    (5, 0, 14, 1)
    >>> simulate(instance, named_policy("svf", "restart"))
    (9, 0, 18, 4)
    """
    if isinstance(policy, Policy) and policy.admission is not Admission.RESTART:
        return follow(instance, policy.order(instance), policy.admission)
    return execute(instance, policy).starts


def execute(instance: Instance, policy: AnyPolicy) -> RestartSchedule:
    """All runs that ``policy`` makes of the requests, those that it cuts included.

    Raises as :func:`simulate` does.

    >>> from theory.policy import named_policy
    >>> execute(Instance.of(4, (0, 3), (0, 3)), named_policy("svf", "restart")).runs[1]
    (Run(start=0, end=2, completed=False), Run(start=2, end=5, completed=True))
    """
    if isinstance(policy, Policy):
        if policy.admission is Admission.RESTART:
            return run_with_restart(instance, policy.order(instance), policy.eviction)
        return RestartSchedule.whole(instance, simulate(instance, policy))
    if isinstance(policy, OnlinePolicy):
        views = Views(instance, policy.sees, policy.name)
        scheduler = views.ask("", policy.fresh, views.instance)
    else:
        views = Views(instance, sees_of(policy), type(policy).__name__)
        scheduler = policy
    if isinstance(scheduler, Restarter):
        return drive_with_restart(instance, scheduler, views)
    return RestartSchedule.whole(instance, drive(instance, scheduler, views))


def sees_of(scheduler: Scheduler | Restarter) -> Information:
    """What a scheduler says that it sees, by an attribute ``sees``; all lengths by default."""
    return Information(getattr(scheduler, "sees", Information.KNOWN))


def follow(instance: Instance, order: Sequence[int], admission: Admission) -> Schedule:
    """The schedule of a fixed priority order (indices, first is most urgent).

    Source: theory.md, section 1.

    >>> inst = Instance.of(5, (0, 3), (4, 1), (0, 2))
    >>> follow(inst, (0, 1, 2), Admission.HEAD_OF_LINE)
    (0, 3, 4)
    >>> follow(inst, (0, 1, 2), Admission.BACKFILL)
    (0, 3, 0)
    """
    if admission is Admission.RESTART:
        return run_with_restart(instance, order).starts
    columns, n = instance.columns, len(order)
    by_rank = np.fromiter(order, np.int64, n)
    prompt, output = columns.prompt[by_rank], columns.output[by_rank]
    arrival = columns.arrival[by_rank]
    by_arrival = np.argsort(arrival, kind="stable")
    memory, running = instance.memory, idle(n, instance.memory)
    starts = np.empty(n, np.int64)
    if admission is Admission.HEAD_OF_LINE:
        starts[by_rank] = head_of_line(memory, prompt, output, arrival, by_arrival, running)
    else:
        starts[by_rank] = backfill(memory, arrival, by_arrival, running, nobody(prompt, output))
    return tuple(starts.tolist())


def drive(instance: Instance, scheduler: Scheduler, views: Views | None = None) -> Schedule:
    """The schedule of a :class:`Scheduler`, with its contract enforced at every choice.

    It sees what ``views`` show of the requests, by default what it says that it sees. Raises
    PolicyError when it peeks, starts what is not waiting or does not fit, or lets an empty
    server idle although requests wait and none will arrive.
    """
    requests = instance.requests
    views = views or Views(instance, sees_of(scheduler), type(scheduler).__name__)
    shown = [views.request(request) for request in requests]
    arrivals = sorted(range(len(requests)), key=lambda i: (-requests[i].arrival, -i))
    waiting: dict[int, Job] = {}
    running: dict[int, Job] = {}
    ends: list[tuple[int, int]] = []  # a heap of (completion, index)
    parts: tuple[tuple[Job, ...], tuple[Job, ...]] | None = None  # None when they have changed
    memory = RunningSet(instance.memory)
    starts = [0] * len(requests)
    step = 0
    while waiting or arrivals:
        if not waiting:
            step = max(step, requests[arrivals[-1]].arrival)
        while arrivals and requests[arrivals[-1]].arrival <= step:
            index = arrivals.pop()
            waiting[index] = Job(index, shown[index])
            parts = None
        while ends and ends[0][0] <= step:
            del running[heappop(ends)[1]]
            parts = None
        while waiting:
            parts = parts or (tuple(waiting.values()), tuple(running.values()))
            choice = views.ask(f"step {step}: ", scheduler.choose, step, *parts, instance.memory)
            if choice is None:
                break
            if not isinstance(choice, int) or isinstance(choice, bool) or choice not in waiting:
                raise PolicyError(f"step {step}: policy chose {choice!r:.60}, which is not waiting")
            request = requests[choice]
            if memory.earliest(request, step) != step:
                raise PolicyError(f"step {step}: policy starts request {choice}, which cannot fit")
            memory.start(request, step)
            starts[choice] = step
            running[choice] = Job(choice, shown[choice], step)
            heappush(ends, (step + request.output, choice))
            del waiting[choice]
            parts = None
        if waiting and not running and not arrivals:
            raise PolicyError(f"step {step}: policy idles for ever with {len(waiting)} waiting")
        step += 1
    return tuple(starts)


def tie_orders(instance: Instance, policy: Policy) -> Iterator[tuple[int, ...]]:
    """Every priority order that agrees with the rank, up to exchange of equal requests.

    Raises InputError when there are more than ``MAX_TIE_ORDERS`` of them.
    """
    rank = policy.rank_for(instance)
    by_rank = sorted(range(len(instance)), key=lambda i: rank(instance.requests[i]))
    blocks: list[list[list[int]]] = []
    count = 1
    for _, members in groupby(by_rank, key=lambda i: rank(instance.requests[i])):
        block = list(members)
        kinds = [instance.requests[i] for i in block]
        sizes = [kinds.count(kind) for kind in set(kinds)]
        count *= factorial(len(block)) // prod(map(factorial, sizes))
        if count > MAX_TIE_ORDERS:
            raise InputError(f"ties: more than {MAX_TIE_ORDERS} orders of tied requests")
        blocks.append(_arrangements(instance, block))
    for choice in product(*blocks):
        yield tuple(index for block in choice for index in block)


def _arrangements(instance: Instance, block: list[int]) -> list[list[int]]:
    """Orders of the block that differ in more than an exchange of equal requests."""
    if len({instance.requests[i] for i in block}) == 1:
        return [block]
    seen: dict[tuple[object, ...], list[int]] = {}
    for order in permutations(block):
        seen.setdefault(tuple(instance.requests[i] for i in order), list(order))
    return list(seen.values())


def worst_schedule(instance: Instance, policy: Policy) -> Schedule:
    """The schedule of largest cost over all orders of tied requests (``--ties worst``).

    The adversary fixes one order of each tie in advance. Raises InputError when there are
    too many orders to try.

    >>> from theory.policy import named_policy
    >>> inst = Instance.of(3, (2, 1), (0, 2))          # both of volume 3
    >>> cost(inst, worst_schedule(inst, named_policy("svf")))
    5
    >>> cost(inst, simulate(inst, named_policy("svf")))
    4
    """
    schedules = (follow(instance, o, policy.admission) for o in tie_orders(instance, policy))
    return max(schedules, key=lambda starts: cost(instance, starts))
