"""What a family of bad instances is: a constructor, two exact costs, and the limit of their ratio.

A certificate of "this policy is worse than c" needs no optimum: the policy's cost is exact and
any feasible schedule bounds the optimum from above. A :class:`Family` therefore carries a
*good* schedule beside each instance, and closed forms for both costs, so that members can be
searched without a single simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import sympy

from theory.errors import InputError
from theory.policy import Admission
from theory.request import Instance
from theory.schedule import Schedule

Parameters: TypeAlias = dict[str, int]
"""The values of a family's named integer parameters."""

MAX_MEMORY = 10**12
"""Largest budget of a member that the searches build (tokens)."""

MAX_REPLAY = 10**8
"""Largest cost, in request-steps, of a policy on a member that ``strong`` returns."""


@dataclass(frozen=True)
class Member:
    """One bad instance, with a feasible schedule that bounds the optimum from above."""

    instance: Instance
    schedule: Schedule
    parameters: Parameters


@dataclass(frozen=True)
class Family:
    """A parametrised family of burst instances on which some policies do badly.

    ``policy_cost``, ``good_cost`` and ``requests`` (their number) are sympy expressions in
    ``parameters``, exact for every member that ``construct`` accepts. ``closed_form`` says so:
    it is False where the costs are only known by simulation.

    >>> from adversaries.families import FAMILIES
    >>> family = FAMILIES["thin-blocks-thick"]
    >>> member = family.exceed(Fraction(1), Fraction(5))
    >>> len(member.instance), family.ratio(**member.parameters) > 5
    (7, True)
    """

    name: str
    policies: tuple[str, ...]
    admissions: tuple[Admission, ...]
    summary: str
    source: str
    parameters: tuple[str, ...]
    policy_cost: Any = field(repr=False)
    good_cost: Any = field(repr=False)
    requests: Any = field(repr=False)
    construct: Callable[..., Member] = field(repr=False)
    supremum: Callable[[Any, Fraction], Any] = field(repr=False)
    """From the symbolic ratio and alpha, the limit of the ratio (None: no member at alpha)."""
    grid: Callable[[Fraction, int], Iterable[Parameters]] = field(repr=False)
    """Candidates at alpha with about so many requests, smaller budgets first."""
    ladder: Callable[[Fraction, int], Parameters | None] = field(repr=False)
    """The parameters of :meth:`at`."""
    closed_form: bool = True

    def build(self, **parameters: int) -> Member:
        """The member with these parameters.

        Raises InputError for parameters that are missing, unknown or outside the family.
        """
        if set(parameters) != set(self.parameters):
            raise InputError(f"parameters: {self.name} takes {', '.join(self.parameters)}")
        for name, value in parameters.items():
            if not isinstance(value, int) or isinstance(value, bool):
                raise InputError(f"{name} must be an integer")
        return self.construct(**parameters)

    def costs(self, **parameters: int) -> tuple[int, int]:
        """The policy's cost and the good schedule's cost, from the closed forms."""
        values = [parameters[name] for name in self.parameters]
        bad, good, _ = (exact(*values) for exact in self._evaluators)
        return bad, good

    def ratio(self, **parameters: int) -> Fraction:
        """The policy's cost over the good schedule's: at most the ratio to the optimum."""
        bad, good = self.costs(**parameters)
        return Fraction(bad, good)

    def size(self, **parameters: int) -> int:
        """The number of requests of a member."""
        return self._evaluators[2](*(parameters[name] for name in self.parameters))

    def limit(self, alpha: Fraction) -> Any:
        """The limit of the ratio over members with peak <= alpha * memory.

        A sympy number, ``sympy.oo``, or None when the family has no member at this alpha.
        """
        return self.supremum(self.policy_cost / self.good_cost, _checked(alpha))

    def at(self, alpha: Fraction, size: int) -> Member | None:
        """A member at alpha; as size = 1, 2, 3, ... grows its ratio tends to the limit."""
        if size < 1:
            raise InputError("size must be at least 1")
        parameters = self.ladder(_checked(alpha), size)
        return None if parameters is None else self.build(**parameters)

    def exceed(
        self, alpha: Fraction, bound: Fraction, most_requests: int = 20_000
    ) -> Member | None:
        """A small member at alpha of exact ratio > bound.

        Of the searched ones whose number of requests is within 5/4 of the least, the one of
        least cost: cost is what a replay of the schedule, step by step, takes. None when the
        limit is no more than the bound, or no searched member is small enough.
        """
        limit = self.limit(alpha)
        if limit is None or limit <= rational(bound):
            return None
        found = [
            (self.size(**p), self.costs(**p)[0], p)
            for ratio, p in self._search(alpha, most_requests)
            if ratio > bound
        ]
        if not found:
            return None
        least = min(size for size, _, _ in found)
        near = [item for item in found if 4 * item[0] <= 5 * least]
        return self.build(**min(near, key=lambda item: item[1])[2])

    def strong(self, alpha: Fraction, most_requests: int = 3000) -> Member | None:
        """The member of largest ratio that the search at alpha holds, or None.

        Members of cost above ``MAX_REPLAY`` are left out: a certificate is replayed.
        """
        fit = (
            (ratio, parameters)
            for ratio, parameters in self._search(alpha, most_requests)
            if self.costs(**parameters)[0] <= MAX_REPLAY
        )
        best = max(fit, key=lambda item: item[0], default=None)
        return None if best is None else self.build(**best[1])

    def _search(self, alpha: Fraction, most: int) -> Iterator[tuple[Fraction, Parameters]]:
        for parameters in self.grid(_checked(alpha), most):
            if self.size(**parameters) <= most:
                yield self.ratio(**parameters), parameters

    @cached_property
    def _evaluators(self) -> tuple[Callable[..., int], ...]:
        symbols = [symbol(name) for name in self.parameters]
        return tuple(_exact(e, symbols) for e in (self.policy_cost, self.good_cost, self.requests))


def symbol(name: str) -> Any:
    """The positive integer symbol of a parameter."""
    return sympy.Symbol(name, integer=True, positive=True)


def rational(value: Fraction) -> Any:
    """A Fraction as a sympy number."""
    return sympy.Rational(value.numerator, value.denominator)


def copies(alpha: Fraction) -> int:
    """The least k with 1/k <= alpha: so many requests of peak alpha * memory fit side by side.

    >>> copies(Fraction(1)), copies(Fraction(1, 2)), copies(Fraction(2, 5))
    (1, 2, 3)
    """
    return -(-alpha.denominator // alpha.numerator)


def counts(most: int, least: int = 1, finesse: int = 16) -> Iterator[int]:
    """Numbers from least to most: first every one, later in steps of about 1/finesse.

    >>> list(counts(12, finesse=4))
    [1, 2, 3, 4, 5, 6, 7, 8, 10, 12]
    """
    value = least
    while value <= most:
        yield value
        value += max(1, value // finesse)


def require(condition: bool, message: str) -> None:
    """Raise InputError with the message unless the condition holds."""
    if not condition:
        raise InputError(message)


def _checked(alpha: Fraction) -> Fraction:
    if not 0 < alpha <= 1:
        raise InputError(f"alpha must lie in (0, 1], got {alpha}")
    return alpha


def _exact(expression: Any, symbols: list[Any]) -> Callable[..., int]:
    """Integer evaluation of a polynomial with rational coefficients."""
    numerator, denominator = sympy.fraction(sympy.together(sympy.expand(expression)))
    top = sympy.lambdify(symbols, numerator, modules=[])
    bottom = int(denominator)

    def evaluate(*values: int) -> int:
        quotient, rest = divmod(top(*values), bottom)
        if rest:
            raise InputError("parameters: the closed form is no integer here")
        return int(quotient)

    return evaluate
