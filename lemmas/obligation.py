"""Proof obligations: polynomial inequalities, discharged by Z3 and by an explicit identity.

An obligation says: whenever the *given* polynomials are >= 0 and the *equal* ones are 0, the
*goal* is >= 0 (or = 0). Its ``proof`` writes the goal as a combination, with non-negative
coefficients, of products of givens (and squares), plus anything times an equation. Two
judges must agree on it:

- sympy expands the proof and compares it with the goal, coefficient by coefficient;
- Z3 refutes (given and not goal) over the reals. The products that the proof uses are handed
  to Z3 as facts, each being a product of non-negative factors, so that what is left for Z3 is
  linear in the monomials and does not depend on its nonlinear heuristics.

Each obligation carries a ``witness``, a point at which all hypotheses hold, and a ``twin``: the
same obligation with a wrong constant or a dropped hypothesis, which the same machinery must
refute by a counter-model.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
import z3

Point = Mapping[str, int | Fraction]


class Outcome(StrEnum):
    """What became of an obligation; only DISCHARGED counts as success."""

    DISCHARGED = "discharged"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Twin:
    """A sabotage: which hypotheses to drop, or what to claim or assume instead.

    ``model``, if given, is a point to try before Z3 is asked for one.
    """

    change: str
    drop: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    goal: str | None = None
    model: Point | None = None


@dataclass(frozen=True)
class Obligation:
    """given >= 0 and equal = 0 imply goal >= 0 (``relation`` ">= 0") or goal = 0 ("= 0").

    All texts are arithmetic expressions in named real variables. In ``proof``, the names are
    those of givens, equations and squares; a variable may appear in it only to an even power
    or in a term that contains an equation. Division only by integers.

    >>> blocked = Obligation(
    ...     name="what blocks the head holds at least D tokens",
    ...     given={"H_blocked": "load + peak - (M + 1)", "H_peak": "P - peak"},
    ...     goal="load - (M + 1 - P)",
    ...     proof="H_blocked + H_peak",
    ...     twin=Twin("the peak bound is dropped", drop=("H_peak",)),
    ... )
    >>> blocked.discharge().value, blocked.refute_twin() is not None
    ('discharged', True)
    """

    name: str
    goal: str
    proof: str
    twin: Twin
    given: Mapping[str, str] = field(default_factory=dict)
    equal: Mapping[str, str] = field(default_factory=dict)
    squares: Mapping[str, str] = field(default_factory=dict)
    relation: str = ">= 0"
    witness: Point | None = None
    note: str = ""

    @property
    def texts(self) -> list[str]:
        """All polynomials of the statement."""
        return [self.goal, *self.given.values(), *self.equal.values(), *self.squares.values()]

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, sorted."""
        symbols = set[sympy.Symbol]().union(*(parse(text).free_symbols for text in self.texts))
        return tuple(sorted(symbol.name for symbol in symbols))

    @property
    def linear(self) -> bool:
        """Whether hypotheses and goal are linear, so that Z3's answer is a decision procedure."""
        symbols = [sympy.Symbol(name) for name in self.variables]
        return all(sympy.Poly(parse(t), *symbols).total_degree() <= 1 for t in self.texts)

    def adds_up(self) -> bool:
        """Whether the proof is well-formed and equals the goal identically (sympy)."""
        names = [*self.given, *self.equal, *self.squares]
        if set(names) & set(self.variables) or len(set(names)) < len(names):
            return False
        return (
            self._signs()
            and sympy.expand(parse(self.proof).xreplace(self._values()) - parse(self.goal)) == 0
        )

    def _terms(self) -> list[tuple[Any, dict[str, int]]]:
        proof = sympy.expand(parse(self.proof))
        names = sorted(symbol.name for symbol in proof.free_symbols)
        if not names:
            return [(proof, {})] if proof != 0 else []
        poly = sympy.Poly(proof, *map(sympy.Symbol, names))
        return [
            (coefficient, {n: k for n, k in zip(names, powers, strict=True) if k})
            for powers, coefficient in poly.terms()
        ]

    def _signs(self) -> bool:
        for coefficient, powers in self._terms():
            if any(name in self.equal for name in powers):
                continue
            if self.relation == "= 0" or coefficient < 0:
                return False
            known = {**self.given, **self.squares}
            if any(name not in known and power % 2 for name, power in powers.items()):
                return False
        return True

    def _values(self) -> dict[Any, Any]:
        """What each name in the proof stands for."""
        table = {**self.given, **self.equal}
        values = {sympy.Symbol(name): parse(text) for name, text in table.items()}
        return values | {sympy.Symbol(n): parse(t) ** 2 for n, t in self.squares.items()}

    def refutation_query(self) -> list[Any]:
        """Z3 assertions that are unsatisfiable exactly when the obligation holds.

        Includes, as redundant facts, the products of non-negative factors in the proof.
        """
        facts = [to_z3(parse(t)) >= 0 for t in self.given.values()]
        facts += [to_z3(parse(t)) == 0 for t in self.equal.values()]
        goal = to_z3(parse(self.goal))
        facts.append(goal < 0 if self.relation == ">= 0" else goal != 0)
        values = self._values()
        for _, powers in self._terms():
            product = sympy.Integer(1)
            for name, power in powers.items():
                product *= values.get(sympy.Symbol(name), sympy.Symbol(name)) ** power
            term = to_z3(sympy.expand(product))
            facts.append(term == 0 if set(powers) & set(self.equal) else term >= 0)
        return facts

    def discharge(self, timeout_ms: int = 60_000) -> Outcome:
        """DISCHARGED when sympy and Z3 both accept, REFUTED on a counter-model, else UNKNOWN."""
        answer, _ = solve(self.refutation_query(), self.variables, timeout_ms)
        if answer == z3.sat:
            return Outcome.REFUTED
        return Outcome.DISCHARGED if answer == z3.unsat and self.adds_up() else Outcome.UNKNOWN

    def find_witness(self) -> dict[str, Fraction] | None:
        """A point at which every hypothesis holds: the given one, checked, or Z3's."""
        if self.witness is not None:
            point = {name: Fraction(value) for name, value in self.witness.items()}
            return point if self._satisfied(point) else None
        facts = [to_z3(parse(t)) >= 0 for t in self.given.values()]
        facts += [to_z3(parse(t)) == 0 for t in self.equal.values()]
        return solve(facts, self.variables)[1]

    def sabotaged(self) -> Obligation:
        """The twin as an obligation of its own (its proof is the original's, and wrong)."""
        kept = {name: text for name, text in self.given.items() if name not in self.twin.drop}
        equal = {name: text for name, text in self.equal.items() if name not in self.twin.drop}
        return replace(
            self,
            name=f"{self.name} [{self.twin.change}]",
            given={**kept, **self.twin.given},
            equal=equal,
            goal=self.twin.goal if self.twin.goal is not None else self.goal,
            proof="0",
            witness=None,
        )

    def refute_twin(self) -> dict[str, Fraction] | None:
        """A counter-model of the twin: hypotheses hold, goal fails. None means not refuted."""
        twin = self.sabotaged()
        if self.twin.model is not None:
            point = {name: Fraction(value) for name, value in self.twin.model.items()}
        else:
            found = solve(twin.refutation_query(), twin.variables)[1]
            if found is None:
                return None
            point = found
        value = evaluate(twin.goal, point)
        fails = value < 0 or (self.relation == "= 0" and value != 0)
        return point if twin._satisfied(point) and fails else None

    def _satisfied(self, point: Mapping[str, Fraction]) -> bool:
        return all(evaluate(t, point) >= 0 for t in self.given.values()) and all(
            evaluate(t, point) == 0 for t in self.equal.values()
        )

    def certificate(self) -> dict[str, Any]:
        """The obligation as JSON data for the independent checker.

        Raises ValueError when there is no witness or the twin is not refuted.
        """
        witness, model = self.find_witness(), self.refute_twin()
        if witness is None or model is None:
            raise ValueError(f"{self.name}: no witness, or the twin is not refuted")
        twin = self.sabotaged()
        return {
            "name": self.name,
            "given": dict(self.given),
            "equal": dict(self.equal),
            "squares": dict(self.squares),
            "goal": self.goal,
            "relation": self.relation,
            "proof": self.proof,
            "witness": {name: str(value) for name, value in witness.items()},
            "twin": {
                "change": self.twin.change,
                "given": dict(twin.given),
                "equal": dict(twin.equal),
                "squares": {},
                "goal": twin.goal,
                "model": {name: str(value) for name, value in model.items()},
            },
        }


def parse(text: str) -> Any:
    """The sympy expression of an arithmetic text; every name is a plain symbol.

    >>> parse("2*x - x*y/3").subs({"x": 3, "y": 2})
    4
    """
    # Names such as S, N or E mean something to sympy; here they are variables like any other.
    names = {node.id for node in ast.walk(ast.parse(text, mode="eval")) if type(node) is ast.Name}
    return sympy.sympify(text, locals={name: sympy.Symbol(name) for name in names}, rational=True)


def evaluate(text: str, point: Mapping[str, Fraction]) -> Fraction:
    """The exact value of an expression at a point. Raises KeyError when a variable has none."""
    expression = parse(text)
    missing = {symbol.name for symbol in expression.free_symbols} - set(point)
    if missing:
        raise KeyError(f"no value for {', '.join(sorted(missing))}")
    exact = {n: sympy.Rational(v.numerator, v.denominator) for n, v in point.items()}
    value = expression.subs(exact)
    return Fraction(int(value.p), int(value.q))


def to_z3(expression: Any) -> Any:
    """A sympy polynomial as a Z3 real term."""
    poly = sympy.expand(expression)
    symbols = sorted(poly.free_symbols, key=lambda s: s.name)
    if not symbols:
        return z3.RealVal(str(poly))
    terms = []
    for powers, coefficient in sympy.Poly(poly, *symbols).terms():
        factors = [z3.RealVal(str(coefficient))]
        for symbol, power in zip(symbols, powers, strict=True):
            factors += [z3.Real(symbol.name)] * power
        terms.append(z3.Product(*factors))
    return z3.Sum(*terms)


def solve(
    facts: list[Any], variables: tuple[str, ...], timeout_ms: int = 60_000
) -> tuple[Any, dict[str, Fraction] | None]:
    """Z3's answer, and a rational model when it has one.

    In a context of its own: what a process solved before would change which model Z3 finds.
    """
    alone = z3.Context()
    solver = z3.Solver(ctx=alone)
    solver.set("timeout", timeout_ms)
    solver.add([fact.translate(alone) for fact in facts])
    answer = solver.check()
    if answer != z3.sat:
        return answer, None
    model, point = solver.model(), {}
    for name in variables:
        value = model.eval(z3.Real(name, alone), model_completion=True)
        if not z3.is_rational_value(value):
            return answer, None
        point[name] = Fraction(value.numerator_as_long(), value.denominator_as_long())
    return answer, point
