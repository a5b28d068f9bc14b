"""Driving a policy that evicts: one step at a time, its contract enforced at each."""

from __future__ import annotations

from collections.abc import Sequence

from theory.errors import InputError, PolicyError
from theory.policy import Job, Restarter
from theory.request import Instance
from theory.restart import RestartSchedule, Run
from theory.view import Views

MAX_LOOKS = 20_000_000
"""Most jobs that a policy is shown, over all steps of a run: some tens of seconds."""


def drive_with_restart(
    instance: Instance, restarter: Restarter, views: Views | None = None
) -> RestartSchedule:
    """The runs of a :class:`Restarter`, which sees what ``views`` show of the requests.

    Raises PolicyError when it peeks, cuts what does not run, starts what does not wait,
    overfills the next step, or lets an empty server idle although requests wait and none will
    arrive; InputError when it has been shown more than ``MAX_LOOKS`` jobs.
    """
    requests = instance.requests
    views = views or Views(instance, who=type(restarter).__name__)
    shown = [views.request(request) for request in requests]
    arrivals = sorted(range(len(requests)), key=lambda i: (-requests[i].arrival, -i))
    waiting: dict[int, Job] = {}
    running: dict[int, Job] = {}
    runs: list[list[Run]] = [[] for _ in requests]
    step = looks = 0
    while waiting or running or arrivals:
        while arrivals and requests[arrivals[-1]].arrival <= step:
            index = arrivals.pop()
            waiting[index] = Job(index, shown[index])
        for index, start in [(i, _start(job)) for i, job in running.items()]:
            if start + requests[index].output == step:
                del running[index]
                runs[index].append(Run(start, step, completed=True))
        if not waiting and not running:
            step = requests[arrivals[-1]].arrival if arrivals else step
            continue
        looks += len(waiting) + len(running)
        if looks > MAX_LOOKS:
            raise InputError(
                f"requests: more than {MAX_LOOKS} looks at a request: too large an instance for "
                "a policy that is asked at every step, or it never ends"
            )
        parts = tuple(waiting.values()), tuple(running.values())
        when = f"step {step}: "
        cut, begin = views.ask(when, restarter.act, step, *parts, instance.memory)
        for index in _indices(when, "cuts", cut, running):
            start = _start(running.pop(index))
            runs[index].append(Run(start, step, completed=False))
            waiting[index] = Job(index, shown[index])
        for index in _indices(when, "starts", begin, waiting):
            del waiting[index]
            running[index] = Job(index, shown[index], step)
        held = sum(requests[i].prompt + step + 1 - _start(job) for i, job in running.items())
        if held > instance.memory:
            raise PolicyError(
                f"{when}policy overfills memory: step {step + 1} would hold {held} tokens of "
                f"{instance.memory}"
            )
        if waiting and not running and not arrivals:
            raise PolicyError(f"{when}policy idles for ever with {len(waiting)} waiting")
        step += 1
    return RestartSchedule(tuple(map(tuple, runs)))


def _start(job: Job) -> int:
    assert job.start is not None
    return job.start


def _indices(when: str, does: str, indices: Sequence[int], able: dict[int, Job]) -> Sequence[int]:
    """The indices, if they are different and all able. Raises PolicyError."""
    for index in indices:
        if not isinstance(index, int) or isinstance(index, bool) or index not in able:
            state = "run" if does == "cuts" else "wait"
            raise PolicyError(f"{when}policy {does} {index!r:.60}, which does not {state}")
    if len(set(indices)) < len(indices):
        raise PolicyError(f"{when}policy {does} a request twice")
    return indices
