"""How far each rank strays from the order of volumes: its distortion, exactly.

A rank has distortion lambda when i before j implies v_i <= lambda v_j, an adversary ordering ties.
It depends on which requests there are. Here: all with output at most T and peak at most P, with
1 <= T <= P, all of them integers. Three rivals compute it: a closed form, a walk over all
requests, and Z3, which looks for a pair above a bound (theory.md, section 3, table).

======  =====================  ======================================
rank    lambda                 a pair that has it, worse one first
======  =====================  ======================================
svf     1                      (0, 1), (0, 1)
sjf     P                      (P - 1, 1), (0, 1)
peak    T (2P - T + 1)/(2P)    (P - T, T), (P - 1, 1)
area    T (T + 1)/2            (0, T), (0, 1)
fcfs    T (2P - T + 1)/2       (P - T, T), (0, 1)
ljf     T (2P - T + 1)/2       (P - T, T), (0, 1)
======  =====================  ======================================

At T = P, where every prompt may be 0, the last two and area are P (P + 1)/2, peak is (P + 1)/2.
Without a bound on prompts (P to infinity) peak stays below T and area is what it is; sjf, fcfs and
ljf are unbounded. All of them grow with P or T: no constant in alpha = P/M alone follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, product
from typing import Any

import z3

from theory.bits import Bits, one_bit
from theory.errors import InputError
from theory.policy import Rank
from theory.request import Request

Pair = tuple[Request, Request]
"""Two requests of which the first may go before the second."""


@dataclass(frozen=True)
class RankForm:
    """A rank as a formula in (prompt, output), its distortion in (P, T), and a pair that has it.

    The formulas take integers, Fractions, and terms of sympy and Z3 alike.
    """

    rank: Callable[[Any, Any], Any]
    distortion: Callable[[Any, Any], Any]
    pair: Callable[[int, int], Pair]


def _largest(peak: Any, longest: Any) -> Any:
    """The largest volume: that of (P - T, T)."""
    return longest * (2 * peak - longest + 1) / 2


FORMS: dict[str, RankForm] = {
    "svf": RankForm(
        lambda s, o: 2 * s * o + o * (o + 1),
        lambda peak, longest: peak / peak,
        lambda peak, longest: (Request(0, 1), Request(0, 1)),
    ),
    "sjf": RankForm(
        lambda s, o: o,
        lambda peak, longest: peak,
        lambda peak, longest: (Request(peak - 1, 1), Request(0, 1)),
    ),
    "peak": RankForm(
        lambda s, o: s + o,
        lambda peak, longest: _largest(peak, longest) / peak,
        lambda peak, longest: (Request(peak - longest, longest), Request(peak - 1, 1)),
    ),
    "area": RankForm(
        lambda s, o: s * o,
        lambda peak, longest: longest * (longest + 1) / 2,
        lambda peak, longest: (Request(0, longest), Request(0, 1)),
    ),
    "fcfs": RankForm(
        lambda s, o: 0,
        _largest,
        lambda peak, longest: (Request(peak - longest, longest), Request(0, 1)),
    ),
    "ljf": RankForm(
        lambda s, o: -o,
        _largest,
        lambda peak, longest: (Request(peak - longest, longest), Request(0, 1)),
    ),
}
"""The ranks that have a closed form; fcfs as it is in a burst, where every order is a tie."""


def distortion_of(policy: str, peak: int, longest: int) -> Fraction:
    """The exact distortion of a built-in rank over peaks up to ``peak``, outputs up to ``longest``.

    For one-bit-svf ``longest`` is also the T that its threshold is made of, and prompts are not
    bounded, so that it may be a little more than peaks allow. Raises InputError for another
    policy, or unless 1 <= longest <= peak. Source: lemmas R and R1.

    >>> [str(distortion_of(name, 63, 63)) for name in ("fcfs", "sjf", "peak", "one-bit-svf")]
    ['2016', '63', '32', '56']
    """
    if not 1 <= longest <= peak:
        raise InputError(f"need 1 <= longest <= peak, got {longest} and {peak}")
    if policy == "one-bit-svf":
        return one_bit(longest).worst(longest).distortion
    return Fraction(_form(policy).distortion(Fraction(peak), Fraction(longest)))


def predicted_distortion(eta: Fraction) -> Fraction:
    """The distortion of any rank within a factor eta >= 1 of the volume: eta^2.

    Exact as a supremum: v_i just below eta w and v_j just above w/eta are ranked alike.

    >>> predicted_distortion(Fraction(3, 2))
    Fraction(9, 4)
    """
    if eta < 1:
        raise InputError(f"eta must be at least 1, got {eta}")
    return eta**2


def requests_up_to(peak: int, longest: int) -> list[Request]:
    """Every (prompt, output) with output <= ``longest`` and prompt + output <= ``peak``.

    >>> len(requests_up_to(4, 2))
    7
    """
    return [Request(s, o) for o in range(1, longest + 1) for s in range(peak - o + 1)]


def measured(rank: Rank, requests: Iterable[Request]) -> Fraction:
    """The distortion of a rank over these requests, by looking at all of them.

    >>> measured(lambda request: request.output, requests_up_to(5, 5))
    Fraction(5, 1)
    """
    worst, least = Fraction(1), None
    later_first = sorted(requests, key=rank, reverse=True)
    for _, tied in groupby(later_first, key=rank):
        volumes = [request.volume for request in tied]
        least = min(volumes) if least is None else min(least, *volumes)
        worst = max(worst, Fraction(max(volumes), least))
    return worst


# --- Z3 -----------------------------------------------------------------------------------------


def pair_above(policy: str, peak: int, longest: int, bound: Fraction) -> Pair | None:
    """A pair with v_i > bound v_j and rank(i) <= rank(j), found by Z3; None: there is none.

    For each two outputs up to ``longest`` volumes are linear in the prompts, so that each of the
    ``longest``^2 queries is decided. Raises InputError as :func:`distortion_of`.

    >>> pair_above("sjf", 6, 6, Fraction(6)), pair_above("sjf", 6, 6, Fraction(59, 10))[0].volume
    (None, 6)
    """
    if not 1 <= longest <= peak:
        raise InputError(f"need 1 <= longest <= peak, got {longest} and {peak}")
    rank = _form(policy).rank
    outputs = range(1, longest + 1)
    cases = ((o, u, rank, rank) for o, u in product(outputs, repeat=2))
    return _first_pair(cases, bound, peak)


def bits_pair_above(bits: Bits, longest: int, bound: Fraction) -> Pair | None:
    """The same for a rank by a few bits, all prompts and the outputs 1..longest.

    A class's rank does not change with the output and volumes grow with it, so the longest of one
    class against the shortest of another are all the cases there are.

    >>> bits_pair_above(one_bit(64), 64, Fraction(416, 9))
    """
    classes = bits.classes(longest)
    cases = (
        (c.longest, d.shortest, _of_class(c.stand_in), _of_class(d.stand_in))
        for c, d in product(classes, repeat=2)
    )
    return _first_pair(cases, bound, None)


def _of_class(stand_in: Fraction) -> Callable[[Any, Any], Any]:
    """Twice the rank of a class."""
    top, bottom = stand_in.numerator, stand_in.denominator
    return lambda s, o: z3.Q(top, bottom) * (2 * s + z3.Q(top + bottom, bottom))


def _first_pair(
    cases: Iterable[tuple[int, int, Callable[[Any, Any], Any], Callable[[Any, Any], Any]]],
    bound: Fraction,
    peak: int | None,
) -> Pair | None:
    s, x = z3.Ints("s x")
    for o, u, rank_first, rank_second in cases:
        solver = z3.Solver()
        solver.add(s >= 0, x >= 0)
        if peak is not None:
            solver.add(s + o <= peak, x + u <= peak)
        first, second = (2 * s * o + o * (o + 1)), (2 * x * u + u * (u + 1))  # twice the volumes
        solver.add(rank_first(s, o) <= rank_second(x, u))
        solver.add(bound.denominator * first > bound.numerator * second)
        answer = solver.check()
        if answer == z3.sat:
            model = solver.model()
            prompts = (model.eval(p, model_completion=True).as_long() for p in (s, x))
            return Request(next(prompts), o), Request(next(prompts), u)
        if answer != z3.unsat:
            raise InputError(f"z3 did not decide the outputs {o} and {u}")
    return None


def is_exact(policy: str, peak: int, longest: int) -> bool:
    """Whether Z3 finds no pair above the closed form, and the form's own pair has it.

    >>> is_exact("peak", 5, 3)
    True
    """
    value, (first, second) = distortion_of(policy, peak, longest), worst_pair(policy, peak, longest)
    attained = Fraction(first.volume, second.volume) == value
    return attained and pair_above(policy, peak, longest, value) is None


def worst_pair(policy: str, peak: int, longest: int) -> Pair:
    """The pair of the table: within the bounds, and ranked with the first no later.

    >>> [request.volume for request in worst_pair("peak", 5, 5)]
    [15, 5]
    """
    return _form(policy).pair(peak, longest)


def _form(policy: str) -> RankForm:
    if policy not in FORMS:
        raise InputError(f"policy: no closed form for {policy!r}; known: {', '.join(FORMS)}")
    return FORMS[policy]
