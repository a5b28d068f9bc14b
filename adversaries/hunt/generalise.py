"""From one bad instance to a family: which numbers grow with a parameter, and which stay.

Equal requests are grouped. Every number is hypothesised to be a polynomial in one integer t that
is the number itself at t = 1: it stays, grows like t or t^2, or a prompt keeps its peak's
distance to alpha M. Hypotheses are tried by simulation, the best are fitted: both costs must be
polynomials in t, which sizes that were not used for the fit then confirm or refute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from random import Random
from typing import Any, TypeAlias

import sympy

from adversaries.hunt.score import Finding, score
from theory.errors import InputError
from theory.policy import Policy
from theory.request import Instance, Request

Form: TypeAlias = tuple[Fraction, Fraction, Fraction]
"""Coefficients of 1, t and t^2."""

FITTED = (2, 3, 4, 5)
"""Sizes that determine a cost, a cubic at most; 1 may be too small to be typical."""
CHECKED = (6, 7, 9)
"""Sizes that the fit has not seen, at which it must be exact."""
MOST_GROUPS = 4
"""More kinds of requests are no family that a person could read."""
MOST_HYPOTHESES = 6000
"""Tried at most; of more, a random choice."""
MOST_FITS = 10
"""The best hypotheses are fitted, the others forgotten."""
MOST_REQUESTS = 100
"""In the largest member that is simulated."""

PEAK = "peak"
"""In place of a prompt's form: the peak keeps its distance to alpha M."""

_t = sympy.Symbol("t", integer=True, positive=True)


@dataclass(frozen=True)
class Fit:
    """A family in one parameter t >= 1, whose member at 1 is the instance it came from.

    ``memory`` and each of ``groups`` (count, prompt, output) are polynomials in t, and so are
    both costs (sympy expressions): exact at all sizes that were simulated, 2 to 9, and beyond
    them a conjecture. ``limit`` is that of their ratio (``sympy.oo`` when it grows for ever).
    """

    memory: Any
    groups: tuple[tuple[Any, Any, Any], ...]
    policy_cost: Any
    good_cost: Any
    limit: Any
    _forms: tuple[Form, ...]

    def build(self, t: int) -> Instance:
        """The member at t. Raises InputError when there is none."""
        found = _member(self._forms, t)
        if found is None:
            raise InputError(f"t: the family has no member at {t}")
        return found

    def ratio(self, t: int) -> Fraction:
        """The ratio at t according to the polynomials."""
        value = sympy.nsimplify((self.policy_cost / self.good_cost).subs(_t, t))
        return Fraction(int(value.p), int(value.q))

    def __str__(self) -> str:
        shapes = ", ".join(f"{count} of ({s}, {o})" for count, s, o in self.groups)
        return f"M = {self.memory}: {shapes}; ratio -> {self.limit}"


def generalise(finding: Finding, policy: Policy, alpha: Fraction | None = None) -> Fit | None:
    """The family of largest limit that the finding fits into, or None when it fits none.

    Peaks stay at most ``alpha`` (by default the finding's own) times the memory.

    >>> from theory.policy import named_policy
    >>> svf = named_policy("svf")
    >>> found = score(Instance.of(22, (0, 6), (21, 1), (21, 1)), svf)
    >>> print(generalise(found, svf))
    M = 22*t**2: 1 of (0, 6*t), 2*t of (22*t**2 - 1, 1); ratio -> 7
    """
    alpha = finding.instance.alpha if alpha is None else alpha
    ordered = finding.instance.select(policy.order(finding.instance))
    groups = ordered.groups()
    if len(groups) > MOST_GROUPS or not ordered.is_burst:
        return None
    ranked = []
    for forms in _hypotheses(ordered.memory, groups, alpha):
        ratios = _ratios(forms, policy, alpha, (2, 3))
        if len(ratios) == 2 and finding.ratio < ratios[1] and ratios[0] <= ratios[1]:
            ranked.append((ratios[1], forms))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    fits = (_fit(forms, policy, alpha) for _, forms in ranked[:MOST_FITS])
    known = [fit for fit in fits if fit is not None]
    return max(known, key=lambda fit: fit.limit, default=None)


def _hypotheses(
    memory: int, groups: Sequence[tuple[int, Request]], alpha: Fraction
) -> Iterator[tuple[Form, ...]]:
    """Forms of the memory, then of count, prompt and output of each group."""
    menus: list[Sequence[Any]] = [_powers(memory, 2)]
    for count, request in groups:
        prompts: tuple[Any, ...] = _powers(request.prompt, 2 if request.prompt else 0)
        if request.prompt and 2 * request.peak > alpha * memory:
            prompts += (PEAK,)
        menus += [_powers(count, 1), prompts, _powers(request.output, 1)]
    if prod(map(len, menus)) <= MOST_HYPOTHESES:
        chosen: Iterator[Sequence[Any]] = product(*menus)
    else:
        random = Random(0)
        chosen = ([random.choice(menu) for menu in menus] for _ in range(MOST_HYPOTHESES))
    for top, *rest in chosen:
        forms = [top]
        for k, (_, request) in enumerate(groups):
            count, prompt, output = rest[3 * k : 3 * k + 3]
            if prompt == PEAK:
                room = alpha * memory - request.peak
                terms = [alpha * m - o for m, o in zip(top, output, strict=True)]
                prompt = (terms[0] - room, terms[1], terms[2])
            forms += [count, prompt, output]
        yield tuple(forms)


def _powers(value: int, most: int) -> tuple[Form, ...]:
    """The number itself, times t, and so on."""
    zero, number = Fraction(0), Fraction(value)
    forms = ((number, zero, zero), (zero, number, zero), (zero, zero, number))
    return forms[: most + 1]


def _at(form: Form, t: int) -> Fraction:
    return form[0] + form[1] * t + form[2] * t * t


def _member(forms: Sequence[Form], t: int) -> Instance | None:
    values = [_at(form, t) for form in forms]
    if any(value.denominator > 1 for value in values):
        return None
    memory, *rest = (value.numerator for value in values)
    counts = rest[::3]
    if sum(counts) > MOST_REQUESTS:
        return None
    try:
        shapes = zip(counts, rest[1::3], rest[2::3], strict=True)
        return Instance.from_groups(memory, [(n, Request(s, o)) for n, s, o in shapes])
    except InputError:
        return None


def _findings(
    forms: Sequence[Form], policy: Policy, alpha: Fraction, sizes: Sequence[int]
) -> Iterator[Finding]:
    """The members scored, up to the first that does not exist or respect alpha."""
    for t in sizes:
        member = _member(forms, t)
        if member is None or member.alpha > alpha:
            return
        yield score(member, policy)


def _ratios(
    forms: Sequence[Form], policy: Policy, alpha: Fraction, sizes: Sequence[int]
) -> list[Fraction]:
    return [finding.ratio for finding in _findings(forms, policy, alpha, sizes)]


def _fit(forms: tuple[Form, ...], policy: Policy, alpha: Fraction) -> Fit | None:
    """The family of these forms, unless a cost is no cubic or a size refutes it."""
    sizes = FITTED + CHECKED
    found = list(_findings(forms, policy, alpha, sizes))
    if len(found) < len(sizes):
        return None
    policy_cost = _polynomial(sizes, [finding.policy_cost for finding in found])
    good_cost = _polynomial(sizes, [finding.good_cost for finding in found])
    if policy_cost is None or good_cost is None:
        return None
    limit = sympy.limit(policy_cost / good_cost, _t, sympy.oo)
    memory, *rest = (_shown(form) for form in forms)
    groups = tuple(zip(rest[::3], rest[1::3], rest[2::3], strict=True))
    return Fit(memory, groups, policy_cost, good_cost, limit, forms)


def _polynomial(sizes: Sequence[int], values: Sequence[int]) -> Any | None:
    """Through the fitted sizes; None when a checked size lies elsewhere."""
    first = len(FITTED)
    points = list(zip(sizes[:first], values[:first], strict=True))
    through = sympy.expand(sympy.interpolate(points, _t))
    rest = zip(sizes[first:], values[first:], strict=True)
    return through if all(through.subs(_t, t) == value for t, value in rest) else None


def _shown(form: Form) -> Any:
    powers = (sympy.Integer(1), _t, _t**2)
    terms = zip(form, powers, strict=True)
    return sum(
        (sympy.Rational(a.numerator, a.denominator) * power for a, power in terms),
        sympy.Integer(0),
    )
