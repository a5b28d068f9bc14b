"""What Theorems 3.4 and 3.5 assume, put to Z3: can it hold together at all?

Both let output lengths be geometric and bound every peak by alpha M. But a geometric length
exceeds any bound with positive probability, and a request longer than M can never be served: the
expected cost of every schedule, the optimum included, is infinite. So as they are stated the
theorems speak of nothing. With o = min(Geo(mu), T) the same hypotheses have a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import z3

from theory.errors import InputError

GEOMETRIC, PEAKS = "outputs are geometric", "every peak is at most alpha M"
MODEL = "no prompt is negative"
"""A fact of the model, not a hypothesis: it is never blamed."""
THEOREMS = ("3.4", "3.5")


def hypotheses(theorem: str, longest: int | None = None) -> dict[str, z3.BoolRef]:
    """The hypotheses of Theorem 3.4 or 3.5 by name, with o = min(Geo(mu), ``longest``) if given.

    Unknown are the tail P(o > k) at every k, P(s + o > k) at every k, and the numbers: the limit
    floor(alpha M), M, q = 1 - mu, the load rho; for 3.5 also E[v] and eps. Raises InputError for
    another theorem.
    """
    if theorem not in THEOREMS:
        raise InputError(f"theorem: {theorem!r} is not one of {', '.join(THEOREMS)}")
    tail = z3.Function("P(o > k)", z3.IntSort(), z3.RealSort())
    excess = z3.Function("P(s + o > k)", z3.IntSort(), z3.RealSort())
    k, limit, memory = z3.Ints("k limit M")
    q, load, volume, error = z3.Reals("q rho E[v] eps")
    lengths = z3.ForAll(k, z3.Implies(k >= 0, tail(k) > 0))  # it is q^k
    if longest is not None:
        short = z3.And(k >= 0, k < longest)
        lengths = z3.ForAll(k, z3.If(short, tail(k) > 0, z3.Implies(k >= 0, tail(k) == 0)))
    found = {
        GEOMETRIC: z3.And(q > 0, q < 1, lengths),
        PEAKS: z3.And(limit > 0, limit < memory, excess(limit) == 0),
        MODEL: z3.ForAll(k, excess(k) >= tail(k)),
        "rho is below 1": z3.And(load > 0, load < 1),
    }
    return found | ({"E[v] exceeds eps": volume > error} if theorem == "3.5" else {})


@dataclass(frozen=True)
class Consistency:
    """Z3's answer: whether all hypotheses can hold, and if not, the names of those that clash.

    ``clash`` is a smallest such set: without any one of them, the others have a model.
    """

    answer: str
    clash: tuple[str, ...] = ()


def consistency(facts: dict[str, z3.BoolRef], timeout_ms: int = 20_000) -> Consistency:
    """Whether the named facts have a model; if not, a smallest set of them that has none.

    The answer is "sat", "unsat" or "unknown"; unknown also when the smallest set is not settled.

    >>> consistency(hypotheses("3.4", longest=22)).answer
    'sat'
    """
    answer = _ask(facts, timeout_ms)
    if answer != "unsat":
        return Consistency(answer)
    kept = dict(facts)
    for name in facts:
        if name == MODEL:
            continue
        rest = {other: fact for other, fact in kept.items() if other != name}
        without = _ask(rest, timeout_ms)
        if without == "unknown":
            return Consistency("unknown")
        if without == "unsat":
            kept = rest
    return Consistency("unsat", tuple(name for name in kept if name != MODEL))


def _ask(facts: dict[str, z3.BoolRef], timeout_ms: int) -> str:
    """Z3's answer, in a context of its own."""
    alone = z3.Context()
    solver = z3.Solver(ctx=alone)
    solver.set("timeout", timeout_ms)
    solver.add([fact.translate(alone) for fact in facts.values()])
    return str(solver.check())


def offending_length(limit: Fraction, prompt: int, mu: Fraction) -> tuple[int, Fraction]:
    """The smallest o with s + o > ``limit`` tokens, and the probability of it or a longer one.

    A geometric length reaches k with probability (1 - mu)^(k - 1).

    >>> offending_length(Fraction(3), 1, Fraction(1, 2))
    (3, Fraction(1, 4))
    """
    length = max(1, floor(limit) - prompt + 1)
    return length, (1 - mu) ** (length - 1)
