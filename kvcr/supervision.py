"""A user's policy under supervision: it sees what it may see, and every breach is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, dataclass, field, replace
from fractions import Fraction
from math import isqrt
from types import SimpleNamespace
from typing import Any, cast

from theory.claims import Information
from theory.errors import PolicyError
from theory.policy import POLICIES, Job, Policy, Rank, Scheduler
from theory.request import Instance, Request


@dataclass(frozen=True)
class HiddenRequest:
    """A request whose output the policy may not read; reading it is a breach.

    ``prompt`` and ``arrival`` are known, ``predicted`` under interval information, and
    :attr:`is_long` under one bit. Everything that follows from the output raises PolicyError,
    and is remembered in ``peeks`` in case the policy catches the error.

    >>> HiddenRequest(3, 0).volume
    Traceback (most recent call last):
        ...
    theory.errors.PolicyError: peeks at volume, which depends on the hidden output
    """

    prompt: int
    arrival: int
    predicted: tuple[int, int] | None = None
    bit: bool | None = field(default=None, repr=False)
    peeks: list[str] = field(default_factory=list, repr=False, compare=False)

    def _peek(self, name: str) -> PolicyError:
        message = f"peeks at {name}, which depends on the hidden output"
        self.peeks.append(message)
        return PolicyError(message)

    @property
    def is_long(self) -> bool:
        """The one bit: output > sqrt T, T the longest output of the instance."""
        if self.bit is None:
            raise self._peek("is_long")
        return self.bit

    @property
    def output(self) -> int:
        """Hidden."""
        raise self._peek("output")

    @property
    def peak(self) -> int:
        """Hidden."""
        raise self._peek("peak")

    @property
    def volume(self) -> int:
        """Hidden."""
        raise self._peek("volume")

    @property
    def area(self) -> int:
        """Hidden."""
        raise self._peek("area")

    @property
    def lag(self) -> Fraction:
        """Hidden."""
        raise self._peek("lag")


class _Views:
    """What a policy gets to see of each request: copies, so that nothing of ours can change."""

    def __init__(self, name: str, instance: Instance, information: Information) -> None:
        self.name = name
        self.peeks: list[str] = []
        threshold = isqrt(max(r.output for r in instance.requests))
        one_bit = information is Information.ONE_BIT

        def view(r: Request) -> Request | HiddenRequest:
            if information is Information.KNOWN:
                return replace(r)
            bit = r.output > threshold if one_bit else None
            return HiddenRequest(r.prompt, r.arrival, r.predicted, bit, self.peeks)

        self.seen = [cast(Request, view(r)) for r in instance.requests]
        self._kept = [cast(Request, view(r)) for r in instance.requests]

    def call(self, when: str, function: Callable[..., Any], *arguments: object) -> Any:
        """The policy's answer. Raises PolicyError that names what it did wrong meanwhile."""
        try:
            answer = function(*arguments)
        except FrozenInstanceError as error:
            raise PolicyError(f"{when}{self.name} mutates a request: {error}") from None
        except (Exception, SystemExit) as error:
            if isinstance(error, PolicyError) and not self.peeks:
                raise PolicyError(f"{when}{error}") from None
            if not self.peeks:
                reason = " ".join(str(error).split())[:200]
                raise PolicyError(
                    f"{when}{self.name} raised {type(error).__name__}: {reason}"
                ) from None
        if self.peeks:
            raise PolicyError(f"{when}{self.name} {self.peeks[0]}")
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
        self._views = _Views(name, instance, information)

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


def supervised_policy(policy: Policy, information: Information) -> Policy:
    """The priority policy, its rank blind to what the information hides.

    The admission check still knows the true lengths, as in theory.md, section 3: it belongs to
    the server. A built-in policy is taken at its word where its rank reads no more than the
    cell allows.
    """
    trusted = policy.by_columns and POLICIES.get(policy.name) == replace(
        policy, admission=POLICIES[policy.name].admission
    )
    if trusted and (information is Information.KNOWN or _reads_one_bit(policy, information)):
        return policy

    def rank_for(instance: Instance) -> Rank:
        views = _Views(policy.name, instance, information)
        shown = {id(r): view for r, view in zip(instance.requests, views.seen, strict=True)}
        whole = SimpleNamespace(memory=instance.memory, requests=tuple(views.seen))
        rank = views.call("", policy.rank_for, whole)
        return lambda request: _number(policy.name, views.call("", rank, shown[id(request)]))

    return replace(policy, rank_for=rank_for, by_columns=False)


def _reads_one_bit(policy: Policy, information: Information) -> bool:
    return policy.name == "one-bit-svf" and information is Information.ONE_BIT


def _number(name: str, value: object) -> int | Fraction:
    """A rank, exact. Raises PolicyError for what is no finite number."""
    if isinstance(value, float) and value - value == 0:
        return Fraction(value)
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return value
    raise PolicyError(f"{name}: rank {value!r:.40} is not a finite number")
