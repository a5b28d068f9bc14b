"""Looking for an instance of large ratio: draws that are steered, then climbs by small moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity

from adversaries.hunt.front import Front
from adversaries.hunt.limits import Limits
from adversaries.hunt.moves import neighbour, random_request
from adversaries.hunt.score import Finding
from adversaries.strategies import within
from theory.errors import PolicyError
from theory.request import Instance

PATIENCE = 200
"""Neighbours without progress before a climb starts again elsewhere."""
AT_ONCE = 100
"""Examples of one run of Hypothesis: the steering of a longer one can wander on a plateau for
minutes, on examples that it has seen and does not count."""
KICK = 8
"""Most moves between a finding and the place where a climb from it begins."""


class EnoughError(Exception):
    """Ends a phase: the search has what it looked for, or no time is left."""


@dataclass
class Search:
    """The worst finding so far, and the front of small and bad ones.

    The search is over once the ratio exceeds ``bound``, if any, or when the policy breaks its
    contract: ``breach`` holds the instance and the reason. Each phase also ends at
    ``deadline``, a time of the monotonic clock. ``on_find`` is told every finding that joins
    the front. Without a deadline and with one seed the search goes the same way again.

    >>> from adversaries.hunt.score import score
    >>> from theory.policy import named_policy
    >>> search = Search(lambda i: score(i, named_policy("ljf")), Limits(), bound=Fraction(3, 2))
    >>> search.draw(examples=20, seed=1)
    >>> search.climb(most=1000, seed=1)
    >>> search.is_over, search.worst.ratio > Fraction(3, 2)
    (True, True)
    """

    score: Callable[[Instance], Finding]
    limits: Limits
    bound: Fraction | None = None
    deadline: float | None = None
    on_find: Callable[[Finding], None] = lambda finding: None
    front: Front = field(default_factory=Front)
    breach: tuple[Instance, str] | None = None
    evaluations: int = 0
    _record: Fraction = field(default=Fraction(0), init=False)

    def __post_init__(self) -> None:
        if self.front.best is not None:
            self._record = self.front.best.ratio

    @property
    def worst(self) -> Finding | None:
        """The finding of largest ratio, or None."""
        return self.front.best

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to look for."""
        if self.breach is not None:
            return True
        return self._exceeds(self._record)

    def draw(self, examples: int, seed: int) -> None:
        """Let Hypothesis draw instances, steered towards large ratios."""
        for done in range(0, examples, AT_ONCE):
            if not self.is_over and not self.is_late:
                self._draw(min(AT_ONCE, examples - done), seed + done)

    def climb(self, most: int, seed: int) -> None:
        """Go on by small moves, ``most`` of them: from the worst, then the front or anywhere."""
        random = Random(seed)
        end = self.evaluations + most
        worst = self.worst
        start = self._anywhere(random) if worst is None else worst.instance
        try:
            while not self.is_over and self.evaluations < end:
                self._ascend(random, start, end)
                start = self._start(random)
        except EnoughError:
            return

    def learn(self, findings: Iterable[Finding]) -> None:
        """Go on from what others have found as well."""
        for finding in findings:
            self.front.add(finding)
            self._record = max(self._record, finding.ratio)

    @property
    def is_late(self) -> bool:
        """Whether the deadline is past."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def check_time(self) -> None:
        """Raise EnoughError when the deadline is past."""
        if self.is_late:
            raise EnoughError

    def offer(self, finding: Finding) -> None:
        """Keep a finding if it belongs to the front."""
        if self.front.add(finding):
            self._record = max(self._record, finding.ratio)
            self.on_find(finding)

    def evaluate(self, instance: Instance) -> Finding:
        """The finding; the worst one so far is kept.

        Raises EnoughError when there is nothing more to look for, or no time.
        """
        self.check_time()
        self.evaluations += 1
        try:
            finding = self.score(instance)
        except PolicyError as error:
            self.breach = self.breach or (instance, str(error))
            raise EnoughError from None
        if finding.ratio > self._record:
            self.offer(finding)
        if self._exceeds(finding.ratio):
            raise EnoughError
        return finding

    def _draw(self, examples: int, seed: int) -> None:
        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.target),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        @hypothesis.given(within(self.limits))
        def draw(instance: Instance) -> None:
            hypothesis.target(float(self.evaluate(instance).ratio))

        try:
            draw()
        except (EnoughError, hypothesis.errors.Flaky):
            return

    def _ascend(self, random: Random, start: Instance, end: int) -> None:
        here = self.evaluate(start)
        stale = 0
        while stale < PATIENCE and self.evaluations < end:
            there = self.evaluate(neighbour(random, here.instance, self.limits))
            stale = 0 if there.ratio > here.ratio else stale + 1
            if there.ratio >= here.ratio:  # sideways too: plateaus are wide
                here = there
        self.offer(here)

    def _start(self, random: Random) -> Instance:
        """Near the worst finding or another one of the front, or anywhere."""
        worst = self.worst
        if worst is None or random.random() < 0.5:
            return self._anywhere(random)
        member = random.choice((worst, random.choice(list(self.front))))
        return neighbour(random, member.instance, self.limits, KICK)

    def _anywhere(self, random: Random) -> Instance:
        memory = random.randint(self.limits.least_memory, self.limits.max_memory)
        count = random.randint(1, self.limits.max_requests)
        return Instance(
            memory, tuple(random_request(random, memory, self.limits) for _ in range(count))
        )

    def _exceeds(self, ratio: Fraction) -> bool:
        return self.bound is not None and ratio > self.bound
