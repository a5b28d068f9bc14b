"""Counterexamples as theorems of Rocq: a text that compiles only if the claim is false.

The text holds the requests in priority order with their starts under the policy, why each waited
(:mod:`lemmas.rocq_witness`), and a cheaper schedule. Rocq evaluates all checks with binary numbers
(``implementation/binary.v``) and concludes, by ``implementation/verdict.v``, that the policy is not
competitive. Whoever reads the statement need not trust how the text was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from lemmas.rocq_witness import witnesses
from theory.errors import InputError
from theory.policy import Admission, named_policy
from theory.request import Instance

RANKS = {"svf": "svf", "sjf": "sjf", "fcfs": "fcfs", "peak": "smallest_peak"}
"""Policies that the development knows, and what it calls their ranks."""
LEMMAS = {Admission.HEAD_OF_LINE: "head_of_line", Admission.BACKFILL: "backfill"}
"""Admission rules that it knows, as in ``head_of_line_refuted``."""
MAX_CHECKS = 10_000_000
"""Most comparisons of requests, entries times checks, that Rocq is asked for: about a minute."""
MAX_NUMERAL = 5000
"""Largest numerator or denominator in a statement: Rocq reads these as unary numbers."""
HEADER = """From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.policy Require Import priority ranks backfill.
From kvcr.implementation Require Import binary verdict.
Delimit Scope N_scope with num."""


def statement(policy: str, admission: Admission, alpha: Fraction, bound: Fraction) -> str:
    """The theorem's statement: the policy is not ``bound``-competitive on peaks up to alpha M.

    Raises InputError for a policy or an admission rule that the development does not know.

    >>> statement("svf", Admission.BACKFILL, Fraction(1, 5), Fraction(5))
    '~ backfill_competitive svf (1%:R / 5%:R) (5%:R / 1%:R)'
    """
    if policy not in RANKS:
        raise InputError(f"policy: Rocq knows {', '.join(RANKS)}, not {policy!r:.60}")
    if admission not in LEMMAS:
        raise InputError(f"admission: Rocq checks {' and '.join(LEMMAS)}, not {admission}")
    numbers = (alpha.numerator, alpha.denominator, bound.numerator, bound.denominator)
    if not 0 <= min(numbers) <= max(numbers) <= MAX_NUMERAL:
        raise InputError(f"claim: Rocq reads numerators and denominators up to {MAX_NUMERAL}")
    a, b, n, d = numbers
    prefix = "backfill_" if admission is Admission.BACKFILL else ""
    return f"~ {prefix}competitive {RANKS[policy]} ({a}%:R / {b}%:R) ({n}%:R / {d}%:R)"


def refutation(
    instance: Instance,
    policy: str,
    admission: Admission,
    alpha: Fraction,
    bound: Fraction,
    starts: Sequence[int],
    good: Sequence[int],
) -> str:
    """A text that compiles if ``starts`` is the policy's schedule and ``good`` too much cheaper.

    Ties go by position. Raises InputError for what the development does not cover: a policy that
    it does not know, arrivals, and instances that would take too long.

    >>> blocked = Instance.of(10, (0, 4), (9, 1), (9, 1), (9, 1))
    >>> text = refutation(blocked, "svf", Admission.HEAD_OF_LINE, Fraction(1), Fraction(3, 2),
    ...                   (0, 4, 5, 6), (3, 0, 1, 2))
    >>> text.splitlines()[8]
    '[:: [::]; [:: After 1 4]; [:: At 5 5]; [:: At 6 6]]%num.'
    >>> text.splitlines()[9]
    'Theorem refuted : ~ competitive svf (1%:R / 1%:R) (3%:R / 2%:R).'
    """
    said = statement(policy, admission, alpha, bound)
    if not instance.is_burst:
        raise InputError("requests: Rocq checks bursts only")
    if len(instance) ** 2 > MAX_CHECKS:
        raise InputError(f"requests: {len(instance)} are too many for Rocq")
    order = named_policy(policy).order(instance)
    entries = [(instance.requests[i], starts[i]) for i in order]
    why = list[list[str]]()
    checks = 0
    for reasons in witnesses(instance.memory, entries, admission):
        why.append(reasons)
        checks += (1 + len(reasons)) * len(entries)
        if checks > MAX_CHECKS:
            raise InputError("requests: their waits take too many checks for Rocq")
    numbers = f"{alpha.numerator} {alpha.denominator} {bound.numerator} {bound.denominator}"
    rank = RANKS[policy]
    listed = _list(f"({r.prompt}, {r.output}, {start})" for r, start in entries)
    return "\n".join(
        (
            HEADER,
            f"Definition requests : seq (N * N * N) := {listed}%num.",
            f"Definition good : seq N := {_list(str(good[i]) for i in order)}%num.",
            f"Definition why : seq (seq witness) :=\n{_list(map(_list, why))}%num.",
            f"Theorem refuted : {said}.",
            f"Proof. by apply: (@{LEMMAS[admission]}_refuted {instance.memory}%num requests good "
            f"{numbers} _ {rank}_key {rank} why {rank}_reads); vm_compute. Qed.",
            "Print Assumptions refuted.",
        )
    )


def _list(items: Iterable[str]) -> str:
    text = "; ".join(items)
    return f"[:: {text}]" if text else "[::]"
