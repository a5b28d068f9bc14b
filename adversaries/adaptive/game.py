"""The game between an adversary and every online policy, and its certificates.

At each step the adversary releases requests, then the policy starts some of those that wait.
A :class:`Leaf` ends the game: the adversary lists what is still to come, and shows a good
schedule of all that it released. If every leaf costs the policy, whatever it does from there,
at least ``bound`` times the good schedule, then every deterministic non-preemptive policy pays
that ratio on some instance: the one on the path that its own choices take.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, product
from typing import Any, TypeAlias

from adversaries.adaptive.objective import Objective, total
from theory.request import Instance, Request
from theory.running import RunningSet
from theory.schedule import Schedule


@dataclass(frozen=True)
class Leaf:
    """The adversary stops: ``release`` is the last of it, ``good`` serves all ever released."""

    release: tuple[Request, ...]
    good: Schedule


@dataclass(frozen=True)
class Turn:
    """The adversary releases, and has a node for each set of requests that the policy may start.

    A reply names requests by their position in the order of release.
    """

    release: tuple[Request, ...]
    replies: tuple[tuple[tuple[int, ...], Node], ...]


Node: TypeAlias = Leaf | Turn


@dataclass(frozen=True)
class Position:
    """What has happened before ``step``: the requests in order of release, and their starts.

    ``starts[i]`` is None for a request that waits or is still to come.
    """

    memory: int
    step: int = 0
    requests: tuple[Request, ...] = ()
    starts: tuple[int | None, ...] = ()

    @property
    def instance(self) -> Instance:
        """All that was released. Raises InputError when that is nothing."""
        return Instance(self.memory, self.requests)

    def release(self, requests: Sequence[Request]) -> Position:
        """The same step, with more requests."""
        more = (None,) * len(requests)
        return Position(self.memory, self.step, (*self.requests, *requests), (*self.starts, *more))

    def start(self, chosen: Sequence[int]) -> Position:
        """The next step, after the policy started these requests."""
        starts = list(self.starts)
        for index in chosen:
            starts[index] = self.step
        return Position(self.memory, self.step + 1, self.requests, tuple(starts))

    def replies(self) -> Iterator[tuple[int, ...]]:
        """Every set of waiting requests that may start now, up to exchange of equal shapes.

        A set may start when it and what runs stay within memory in all later steps.

        >>> two = (Request(0, 2), Request(0, 2), Request(3, 1))
        >>> list(Position(memory=4).release(two).replies())
        [(), (2,), (0,), (0, 1)]
        """
        kinds: dict[tuple[int, int], list[int]] = {}
        for index, request in enumerate(self.requests):
            if self.starts[index] is None and request.arrival <= self.step:
                kinds.setdefault((request.prompt, request.output), []).append(index)
        for counts in product(*(range(len(kind) + 1) for kind in kinds.values())):
            chosen = tuple(
                i for kind, k in zip(kinds.values(), counts, strict=True) for i in kind[:k]
            )
            if self._fits(chosen):
                yield chosen

    def _fits(self, chosen: Sequence[int]) -> bool:
        running = self._running()
        for index in chosen:
            if running.earliest(self.requests[index], self.step) != self.step:
                return False
            running.start(self.requests[index], self.step)
        return True

    def _running(self) -> RunningSet:
        running = RunningSet(self.memory)
        for request, start in zip(self.requests, self.starts, strict=True):
            if start is not None and start + request.output > self.step:
                running.start(request, start)
        return running

    def least_cost(self, objective: Objective) -> int:
        """No policy pays less in the end, whatever it does from here.

        What has started completes when it must. Any other request holds at least as many tokens
        in its first step as the smallest prompt plus one, so what runs lets only so many start
        at each step; starting as many as that, as soon as they arrive, is the least.

        >>> busy = Position(4).release([Request(1, 3)]).start([0])
        >>> busy.release([Request(0, 1, 1), Request(0, 1, 1)]).least_cost(Objective.FLOW)
        7
        """
        sent = [(r, p) for r, p in zip(self.requests, self.starts, strict=True) if p is not None]
        rest = [r for r, p in zip(self.requests, self.starts, strict=True) if p is None]
        spent = sum(r.output for r in self.requests) + sum(p for _, p in sent)
        if objective is Objective.FLOW:
            spent -= sum(r.arrival for r in self.requests)
        coming = sorted(r.arrival for r in rest)
        tokens = 1 + min((r.prompt for r in rest), default=0)
        step, served = self.step, 0
        while served < len(coming):
            step = max(step, coming[served])
            after = step + 1
            held = sum(r.prompt + after - p for r, p in sent if p < after <= p + r.output)
            arrived = bisect_right(coming, step) - served
            now = min(arrived, (self.memory - held) // tokens)
            spent += now * step
            served += now
            step += 1
        return spent

    def ratio(self, good: Schedule, objective: Objective) -> Fraction:
        """The least cost over the cost of a good schedule of everything released."""
        return Fraction(self.least_cost(objective), total(self.instance, good, objective))


@dataclass(frozen=True)
class Game:
    """Every deterministic non-preemptive policy pays at least ``bound`` times the optimum.

    Believed only after the checker has replayed the certificate.
    """

    memory: int
    objective: Objective
    bound: Fraction
    root: Node

    def certificate(self) -> dict[str, Any]:
        """A kvcr-certificate/1 of kind "game": the nodes in a list, parents before children."""
        nodes: list[dict[str, Any]] = []
        numbered = 1
        todo: deque[Node] = deque([self.root])
        while todo:
            node = todo.popleft()
            data: dict[str, Any] = {"release": _groups(node.release)}
            if isinstance(node, Leaf):
                data["good"] = list(node.good)
            else:
                data["replies"] = [
                    {"start": list(chosen), "then": numbered + k}
                    for k, (chosen, _) in enumerate(node.replies)
                ]
                numbered += len(node.replies)
                todo.extend(child for _, child in node.replies)
            nodes.append(data)
        return {
            "format": "kvcr-certificate/1",
            "kind": "game",
            "memory": self.memory,
            "objective": self.objective.value,
            "bound": str(self.bound),
            "nodes": nodes,
        }


def _groups(requests: Sequence[Request]) -> list[dict[str, int]]:
    return [
        {"prompt": r.prompt, "output": r.output, "arrival": r.arrival, "count": len(list(equal))}
        for r, equal in groupby(requests)
    ]
