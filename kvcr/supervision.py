"""A user's policy under supervision: it sees what it may see, and every breach is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from theory.errors import PolicyError
from theory.literature import LITERATURE
from theory.policy import POLICIES, Job, OnlinePolicy, Policy, Rank, Scheduler, restricted
from theory.request import Instance, Request
from theory.view import Information, Views

BUILT_IN: dict[str, Policy | OnlinePolicy] = {**POLICIES, **LITERATURE}


class _Supervised:
    """What a policy gets to see of each request: copies, so that nothing of ours can change."""

    def __init__(self, name: str, instance: Instance, information: Information) -> None:
        self.name = name
        self.views = Views(instance, information, name)
        self.seen = [self._copy(r) for r in instance.requests]
        self._kept = [self._copy(r) for r in instance.requests]
        self.instance: Any = self.views.instance
        if information is Information.KNOWN:
            self.instance = SimpleNamespace(memory=instance.memory, requests=tuple(self.seen))

    def _copy(self, request: Request) -> Request:
        known = self.views.sees is Information.KNOWN
        return replace(request) if known else self.views.request(request)

    def call(self, when: str, function: Callable[..., Any], *arguments: object) -> Any:
        """The policy's answer. Raises PolicyError that names what it did wrong meanwhile."""
        try:
            answer = self.views.ask(when, function, *arguments)
        except FrozenInstanceError as error:
            raise PolicyError(f"{when}{self.name} mutates a request: {error}") from None
        except (Exception, SystemExit) as error:
            if self.views.watch.peeks:
                raise
            if isinstance(error, PolicyError):
                raise PolicyError(f"{when}{error}") from None
            reason = " ".join(str(error).split())[:200]
            raise PolicyError(
                f"{when}{self.name} raised {type(error).__name__}: {reason}"
            ) from None
        for index, (seen, kept) in enumerate(zip(self.seen, self._kept, strict=True)):
            if seen != kept:
                raise PolicyError(f"{when}{self.name} mutates request {index}")
        return answer


class SupervisedScheduler:
    """A scheduler on one instance: at every choice held to its contract, and to its information.

    Raises PolicyError when it peeks at a hidden output, changes a request, starts one before
    its arrival or twice, overfills the memory, or throws; :func:`theory.simulator.drive` adds
    the one that idles for ever.
    """

    def __init__(
        self, name: str, scheduler: Scheduler, instance: Instance, information: Information
    ) -> None:
        self._scheduler = scheduler
        self._instance = instance
        self._views = _Supervised(name, instance, information)

    def choose(
        self, step: int, waiting: Sequence[Job], running: Sequence[Job], memory: int
    ) -> int | None:
        """The scheduler's choice, once it has passed."""
        choice = self._views.call(
            f"step {step}: ",
            self._scheduler.choose,
            step,
            self._shown(waiting),
            self._shown(running),
            memory,
        )
        if choice is None:
            return None
        breach = self._breach(step, choice, waiting, running)
        if breach:
            raise PolicyError(f"step {step}: {self._views.name} {breach}")
        return int(choice)

    def _shown(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        return tuple(Job(job.index, self._views.seen[job.index], job.start) for job in jobs)

    def _breach(
        self, step: int, choice: object, waiting: Sequence[Job], running: Sequence[Job]
    ) -> str:
        """What is wrong with starting ``choice`` now; empty when nothing is."""
        requests = self._instance.requests
        if not isinstance(choice, int) or isinstance(choice, bool):
            return f"chose {choice!r:.60}, which is no index"
        if not 0 <= choice < len(requests):
            return f"chose {choice}, and there is no such request"
        if choice not in {job.index for job in waiting}:
            if requests[choice].arrival > step:
                return f"starts request {choice} before its arrival at {requests[choice].arrival}"
            return f"starts request {choice} a second time"
        started = [(job.start or 0, job.request) for job in running] + [(step, requests[choice])]
        for end in sorted(begin + request.output for begin, request in started):
            held = sum(
                request.prompt + end - begin
                for begin, request in started
                if begin < end <= begin + request.output
            )
            if held > self._instance.memory:
                return (
                    f"overfills memory: with request {choice}, step {end} would hold {held} "
                    f"tokens of {self._instance.memory}"
                )
        return ""


def supervised_run(policy: OnlinePolicy, instance: Instance) -> OnlinePolicy | SupervisedScheduler:
    """The policy for one run on the instance, its choices supervised.

    A policy that evicts has no supervision but its driver's.
    """
    views = Views(instance, policy.sees, policy.name)
    scheduler = views.ask("", policy.fresh, views.instance)
    if isinstance(scheduler, Scheduler):
        return SupervisedScheduler(policy.name, scheduler, instance, policy.sees)
    return policy


def supervised_policy(policy: Policy, information: Information) -> Policy:
    """The priority policy, its rank blind to what the information hides.

    The admission check still knows the true lengths, as in theory.md, section 3: it belongs to
    the server. A built-in rank is taken at its word; any other is watched at every request.
    """
    told = restricted(policy, information)
    built_in = BUILT_IN.get(policy.name)
    if isinstance(built_in, Policy) and told == replace(
        built_in, admission=told.admission, sees=told.sees
    ):
        return told

    def make_rank(instance: Instance) -> Rank:
        watched = _Supervised(policy.name, instance, told.sees)
        shown = {id(r): view for r, view in zip(instance.requests, watched.seen, strict=True)}
        rank = watched.call("", policy.make_rank, watched.instance)
        return lambda request: _number(policy.name, watched.call("", rank, shown[id(request)]))

    return replace(policy, make_rank=make_rank, by_columns=False, sees=Information.KNOWN)


def _number(name: str, value: object) -> int | Fraction:
    """A rank, exact. Raises PolicyError for what is no finite number."""
    if isinstance(value, float) and value - value == 0:
        return Fraction(value)
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return value
    raise PolicyError(f"{name}: rank {value!r:.40} is not a finite number")
