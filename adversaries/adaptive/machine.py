"""Hypothesis in the adversary's place: it releases requests while it watches the policy.

A state machine from :func:`adaptive_machine` is a test of a policy of one's own::

    TestMyPolicy = adaptive_machine(my_policy, memory=12, bound=Fraction(3)).TestCase
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis import target
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from adversaries.adaptive.objective import Objective, total
from adversaries.adaptive.placing import good_schedule
from theory.errors import PolicyError
from theory.policy import Policy, Scheduler
from theory.request import Instance, Request
from theory.schedule import Schedule, require_feasible
from theory.simulator import simulate


class AdaptiveMachine(RuleBasedStateMachine):
    """One game: ``release`` requests at the present step, ``let_pass`` steps, or ``let_start``.

    After every move the policy is run on all that was released. Raises PolicyError when it
    breaks its contract, or when what it did in past steps changes with what came later;
    AssertionError when it pays more than ``bound`` times a good schedule.
    """

    policy: Policy | Scheduler
    memory: int
    objective: Objective = Objective.FLOW
    bound: Fraction | None = None
    most_requests: int = 8

    def __init__(self) -> None:
        super().__init__()
        self.step = 0
        self.requests: tuple[Request, ...] = ()
        self.schedule: Schedule = ()
        self.ratio = Fraction(1)

    @precondition(lambda self: len(self.requests) < self.most_requests)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """Up to as many copies of one request as may still come."""
        count = data.draw(st.integers(1, self.most_requests - len(self.requests)), label="count")
        peak = data.draw(st.integers(1, self.memory), label="peak")
        output = data.draw(st.integers(1, peak), label="output")
        self.requests += (Request(peak - output, output, self.step),) * count
        self._play()

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def let_pass(self, data: st.DataObject) -> None:
        """Some steps without a release, no more than the longest request can run."""
        self.step += data.draw(st.integers(1, self.memory), label="steps")

    @precondition(lambda self: any(start >= self.step for start in self.schedule))
    @rule()
    def let_start(self) -> None:
        """All steps up to the policy's next start: what is released next, it did not foresee."""
        self.step = min(start for start in self.schedule if start >= self.step) + 1

    def _play(self) -> None:
        instance = Instance(self.memory, self.requests)
        schedule = simulate(instance, self.policy)
        require_feasible(instance, schedule)
        for index, (before, now) in enumerate(zip(self.schedule, schedule, strict=False)):
            if before != now and min(before, now) < self.step:
                raise PolicyError(
                    f"request {index} starts at step {before}, but at step {now} when other "
                    f"requests come at step {self.step}: the policy looks ahead or is not "
                    "deterministic"
                )
        self.schedule = schedule
        good = good_schedule(instance, self.objective)
        paid = total(instance, schedule, self.objective)
        self.ratio = Fraction(paid, total(instance, good, self.objective))
        if self.bound is not None and self.ratio > self.bound:
            shown = ", ".join(f"({r.prompt}, {r.output}, {r.arrival})" for r in self.requests)
            raise AssertionError(
                f"ratio {self.ratio} > {self.bound}: memory {self.memory}, requests {shown}, "
                f"the policy starts them at {schedule}, better is {good}"
            )

    def teardown(self) -> None:
        """Steer Hypothesis towards games that cost the policy much."""
        target(float(self.ratio), label="ratio")


def adaptive_machine(
    policy: Policy | Scheduler,
    memory: int,
    *,
    objective: Objective = Objective.FLOW,
    bound: Fraction | None = None,
    most_requests: int = 8,
) -> type[AdaptiveMachine]:
    """A state machine that plays against ``policy`` with a budget of ``memory`` tokens.

    ``bound`` is the ratio that it must keep to (None: only its contract is tested). The policy
    is run from step 0 again and again, so it must depend on nothing but what it is shown.

    >>> from hypothesis import settings
    >>> from hypothesis.stateful import run_state_machine_as_test
    >>> from theory.policy import named_policy
    >>> machine = adaptive_machine(named_policy("svf"), memory=6, most_requests=3)
    >>> run_state_machine_as_test(machine, settings=settings(max_examples=5, database=None))
    """
    fields = {
        "policy": policy,
        "memory": memory,
        "objective": objective,
        "bound": bound,
        "most_requests": most_requests,
    }
    return type("AdaptiveMachine", (AdaptiveMachine,), fields)
