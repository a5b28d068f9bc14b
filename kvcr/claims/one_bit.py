"""Deciding claims about distortion, and about 1-bit SVF at one longest output T."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kvcr.decide import Decision, proved
from kvcr.one_bit_table import BATCHES, THEOREM, bounded, certified
from theory.bits import one_bit
from theory.claims import Evidence, Interval, Verdict
from theory.distortion import FORMS, Pair, bits_pair_above, pair_above, worst_pair
from theory.errors import InputError
from theory.policy import Admission

NOTHING = Interval(Fraction(1), None)
BY_CASES = (
    "Z3's linear integer arithmetic, one query for each two outputs; of one bit for the longest "
    "output of a class against the shortest of another, as its rank sees no more"
)


@dataclass(frozen=True)
class Ranked:
    """A rank on the requests with outputs up to T and, unless ``peak`` is None, peaks up to P.

    Those of one-bit-svf have no bound on prompts, those of every other rank one. Raises InputError
    when ``peak`` says otherwise, and for an unknown policy.

    >>> Ranked("one-bit-svf", 64, None).worst()[1]
    Request(prompt=0, output=9, arrival=0, predicted=None)
    """

    policy: str
    longest: int
    peak: int | None

    def __post_init__(self) -> None:
        if (self.policy == "one-bit-svf") != (self.peak is None):
            raise InputError(f"peak: give it for every rank but one-bit-svf, not for {self.policy}")

    def above(self, bound: Fraction) -> Pair | None:
        """A pair with v_i > bound v_j of which the first may go before the second, by Z3."""
        if self.peak is None:
            return bits_pair_above(one_bit(self.longest), self.longest, bound)
        return pair_above(self.policy, self.peak, self.longest, bound)

    def worst(self) -> Pair | None:
        """The pair that has the distortion, if one has."""
        if self.peak is None:
            return one_bit(self.longest).worst(self.longest).pair
        return worst_pair(self.policy, self.peak, self.longest)

    def admits(self, pair: Pair) -> bool:
        """Whether both requests are within the bounds and the first may go before the second."""
        first, second = pair
        if max(first.output, second.output) > self.longest:
            return False
        if self.peak is None:
            rank = one_bit(self.longest).rank
            return rank(first) <= rank(second)
        form = FORMS[self.policy].rank
        ordered = form(first.prompt, first.output) <= form(second.prompt, second.output)
        return bool(ordered) and max(first.peak, second.peak) <= self.peak


def decide_distortion(given: Mapping[str, Any]) -> Decision:
    """Decide "the rank's distortion is at most ``bound``", or with ``exact`` that it is ``bound``.

    ``given`` holds policy, bound, longest (T) and, but for one-bit-svf, peak (P). Z3 looks for a
    pair above the bound; what it finds is checked.
    """
    bound = Fraction(given["bound"])
    ranked = Ranked(given["policy"], given["longest"], given.get("peak"))
    above = ranked.above(bound)
    if above is not None:
        if not (ratio_of(above) > bound and ranked.admits(above)):
            reason = f"Z3's pair does not have it: {_words(above)}"
            return Decision.undecided(reason, verdict=Verdict.ERROR)
        reason = f"{_words(above)}, and the first may go before the second"
        return Decision(Verdict.REFUTED, Evidence.WITNESS, NOTHING, ("z3",), reason)
    reason = f"Z3: unsat, no pair of outputs up to {ranked.longest} has more than {bound}"
    if given.get("exact", False):
        worst = ranked.worst()
        if worst is None or ratio_of(worst) != bound or not ranked.admits(worst):
            reason += ", and no pair is known that has it"
            return Decision.undecided(reason)
        reason += f"; {_words(worst)}"
    return Decision(Verdict.PROVED, Evidence.SMT, NOTHING, ("z3",), reason, trusts=(BY_CASES,))


def ratio_of(pair: Pair) -> Fraction:
    """v_i / v_j."""
    return Fraction(pair[0].volume, pair[1].volume)


def _words(pair: Pair) -> str:
    first, second = (f"({r.prompt}, {r.output}) of volume {r.volume}" for r in pair)
    return f"{first} against {second}: {ratio_of(pair)}"


def decide_one_bit(given: Mapping[str, Any]) -> Decision:
    """Decide "1-bit SVF is ``bound``-competitive" on bursts, longest output T, peaks up to alpha M.

    Above, B4 or C with the exact distortion; below, a checked instance. Head-of-line with truthful
    look-ahead, or with ``admission = "restart"`` without any.
    """
    longest, bound = given["longest"], Fraction(given["bound"])
    alpha = Fraction(given["peaks_up_to"])
    admission = Admission(given.get("admission", Admission.HEAD_OF_LINE))
    theorem, batches = THEOREM[admission], BATCHES[admission, alpha]
    distortion, upper = bounded(longest, alpha, admission)
    certificate = certified(longest, alpha, admission, batches)
    known = Interval(Fraction(certificate["ratio"]), upper)
    gives = f"{theorem} with distortion {distortion} gives {float(upper):.4g} at T = {longest}"
    decision = proved(theorem, known, gives, (BY_CASES,))
    if bound >= upper or decision.verdict is Verdict.ERROR:
        return decision
    if bound < known.lower:
        count = len(certificate["good_schedule"])
        reason = f"tied lengths: {count} requests, ratio {float(known.lower):.4g}"
        tight = certified(longest, alpha, admission, batches, bound)
        return Decision(Verdict.REFUTED, Evidence.WITNESS, known, ("tied lengths",), reason, tight)
    reason = f"{theorem} does not reach the bound and no known instance exceeds it"
    return Decision.undecided(reason, known.lower, upper)
