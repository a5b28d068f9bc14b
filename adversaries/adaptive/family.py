"""Adversaries with a bait and a trap: they see when a policy starts the bait, then strike.

A request of great memory, the bait, arrives at step 0. The step after the policy starts it, many
small requests arrive, which the bait now keeps out. Had the policy waited, it would have served
them first; so the good schedule does. A policy that waits for nothing is left to wait.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from typing import Any

from adversaries.adaptive.game import Game, Leaf, Node, Turn
from adversaries.adaptive.objective import Objective, total
from adversaries.adaptive.placing import good_schedule
from theory.errors import InputError, PolicyError
from theory.policy import Policy, Scheduler
from theory.request import Instance, Request
from theory.schedule import Schedule
from theory.simulator import simulate


@dataclass(frozen=True)
class Setting:
    """A budget, the bait, and the trap by the step at which the policy started the bait."""

    memory: int
    bait: Request
    trap: Callable[[int], tuple[Request, ...]]

    def instance(self, start: int | None) -> Instance:
        """Everything released against a start of the bait at this step (None: never seen)."""
        trap = () if start is None else self.trap(start)
        return Instance(self.memory, (self.bait, *trap))


@dataclass(frozen=True)
class Play:
    """One game against one policy: its schedule of what was released, and a better one.

    ``start`` is when the policy started the bait, None when the adversary stopped waiting.
    """

    instance: Instance
    objective: Objective
    schedule: Schedule
    good: Schedule
    start: int | None

    @property
    def ratio(self) -> Fraction:
        """What the policy pays over the good schedule: at most its ratio to the optimum."""
        paid = total(self.instance, self.schedule, self.objective)
        return Fraction(paid, total(self.instance, self.good, self.objective))


@dataclass(frozen=True)
class Guarantee:
    """A lower bound on the ratio of every deterministic non-preemptive policy, to be quoted."""

    adversary: str
    objective: Objective
    memory: int
    ratio: Fraction
    limit: str
    source: str


@dataclass(frozen=True)
class AdaptiveFamily:
    """A bait-and-trap adversary with integer parameters, and what it forces of every policy.

    ``guaranteed`` and ``limit`` are sympy expressions: the ratio that no deterministic
    non-preemptive policy escapes, and what it tends to or grows like (``limit_text`` in words).

    >>> from adversaries.adaptive import ONE_SHOT
    >>> from theory.policy import named_policy
    >>> ONE_SHOT.guarantee(length=4).ratio
    Fraction(35, 16)
    >>> ONE_SHOT.play(named_policy("svf"), length=4).ratio
    Fraction(33, 14)
    """

    name: str
    summary: str
    source: str
    objective: Objective
    parameters: tuple[str, ...]
    guaranteed: Any = field(repr=False)
    limit: Any = field(repr=False)
    limit_text: str
    construct: Callable[..., Setting] = field(repr=False)

    def setting(self, **parameters: int) -> Setting:
        """Budget, bait and trap. Raises InputError for parameters outside the family."""
        if set(parameters) != set(self.parameters):
            raise InputError(f"parameters: {self.name} takes {', '.join(self.parameters)}")
        for name, value in parameters.items():
            if not isinstance(value, int) or isinstance(value, bool):
                raise InputError(f"{name} must be an integer")
        return self.construct(**parameters)

    def guarantee(self, **parameters: int) -> Guarantee:
        """The ratio that the closed form promises against every policy, with these parameters."""
        memory = self.setting(**parameters).memory
        value = self.guaranteed.subs({s: parameters[s.name] for s in self.guaranteed.free_symbols})
        ratio = Fraction(int(value.p), int(value.q))
        return Guarantee(self.name, self.objective, memory, ratio, self.limit_text, self.source)

    def patience(self, **parameters: int) -> int:
        """The step from which on a bait that still waits has cost the guaranteed ratio alone."""
        output = self.setting(**parameters).bait.output
        return ceil((self.guarantee(**parameters).ratio - 1) * output)

    def play(self, policy: Policy | Scheduler, **parameters: int) -> Play:
        """Let the adversary play against a policy, which is run again with the trap in place.

        Raises PolicyError when the policy breaks its contract, and when it starts the bait at
        another step once the trap is there: it looks ahead or is not deterministic.
        """
        setting, patience = self.setting(**parameters), self.patience(**parameters)
        # Something is still to come, so an idle server is not taken for a deadlock.
        decoy = replace(setting.trap(0)[0], arrival=patience)
        seen = simulate(Instance(setting.memory, (setting.bait, decoy)), policy)[0]
        start = seen if seen < patience else None
        instance = setting.instance(start)
        schedule = simulate(instance, policy)
        if schedule[0] != seen and (start is not None or schedule[0] < patience):
            name = getattr(policy, "name", type(policy).__name__)
            raise PolicyError(
                f"{name}: request 0 starts at step {seen}, but at step {schedule[0]} when other "
                "requests come later: the policy looks ahead or is not deterministic"
            )
        good = good_schedule(instance, self.objective)
        return Play(instance, self.objective, schedule, good, start)

    def game(self, **parameters: int) -> Game:
        """The adversary's whole game tree, for a certificate at these parameters."""
        setting = self.setting(**parameters)
        node: Node = Leaf((), (0,))
        for step in range(self.patience(**parameters) - 1, -1, -1):
            good = good_schedule(setting.instance(step), self.objective)
            node = Turn((), (((), node), ((0,), Leaf(setting.trap(step), good))))
        root = replace(node, release=(setting.bait,))
        ratio = self.guarantee(**parameters).ratio
        return Game(setting.memory, self.objective, ratio, root)
