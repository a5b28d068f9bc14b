"""The chain from lemmas to theorems: what rests on what, and what each theorem proves.

>>> [lemma.key for lemma in foundations("T1")]
['L1', 'L2', 'L3']
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from lemmas import (
    a_distortion,
    b4_distorted_own_volume_ratio,
    b_distorted_ratio,
    b_predicted_ratio,
    blocked_burst,
    c_restart,
    d_over_declared,
    distortion_of_ranks,
    e_delayed,
    l1_volume,
    l2_length,
    l3_blocking,
    l4_mean_busy_time,
    one_bit_and_more,
    one_bit_distortion,
    one_bit_lower_bound,
    one_bit_ratio,
    one_shot,
    p_pathwise_wait,
    p_poisson_wait,
    rush,
    stream,
    t1_volume_ratio,
    t2_mean_busy_ratio,
    t3_shape_ratio,
    t4_chain,
    t4_own_volume_ratio,
    t4_tile,
    t4_wait,
)
from lemmas.lemma import Lemma, Schema

LEMMAS: dict[str, Lemma] = {
    module.LEMMA.key: module.LEMMA
    for module in (
        l1_volume,
        l2_length,
        l3_blocking,
        l4_mean_busy_time,
        t1_volume_ratio,
        t2_mean_busy_ratio,
        t3_shape_ratio,
        t4_tile,
        t4_chain,
        t4_wait,
        t4_own_volume_ratio,
        a_distortion,
        b_distorted_ratio,
        b4_distorted_own_volume_ratio,
        b_predicted_ratio,
        c_restart,
        d_over_declared,
        distortion_of_ranks,
        one_bit_distortion,
        one_bit_ratio,
        one_bit_lower_bound,
        one_bit_and_more,
        e_delayed,
        one_shot,
        stream,
        blocked_burst,
        rush,
        p_pathwise_wait,
        p_poisson_wait,
    )
}
"""Every lemma and theorem by key, each after what it rests on."""


def foundations(key: str) -> list[Lemma]:
    """The lemmas that ``key`` rests on, directly or not, in the order of the register."""
    needed: set[str] = set()
    frontier = list(LEMMAS[key].rests_on)
    while frontier:
        name = frontier.pop()
        if name not in needed:
            needed.add(name)
            frontier += LEMMAS[name].rests_on
    return [lemma for name, lemma in LEMMAS.items() if name in needed]


@cache
def failures(key: str) -> tuple[str, ...]:
    """What is wrong with the lemma or anything it rests on; empty when all is discharged."""
    below = [problem for lemma in foundations(key) for problem in failures(lemma.key)]
    own = [f"{key}: {problem}" for problem in LEMMAS[key].failures()]
    return tuple(dict.fromkeys(below + own))


@dataclass(frozen=True)
class Support:
    """A theorem, everything below it, and what is trusted: the evidence for one upper bound."""

    theorem: Lemma
    chain: tuple[Lemma, ...]
    problems: tuple[str, ...]

    @property
    def obligations(self) -> int:
        """How many obligations the chain discharges."""
        return sum(len(lemma.obligations) for lemma in (*self.chain, self.theorem))

    @property
    def schemas(self) -> list[Schema]:
        """The induction and summation schemas that are trusted, each once."""
        used = (s for lemma in (*self.chain, self.theorem) for s in lemma.schemas)
        return list(dict.fromkeys(used))


def support(key: str) -> Support:
    """The theorem with its chain, all obligations run."""
    return Support(LEMMAS[key], tuple(foundations(key)), failures(key))


def ratios(alpha: Fraction) -> dict[str, Fraction]:
    """The ratio that each theorem proves for svf, head-of-line, burst, peaks <= alpha M."""
    found = {key: lemma.ratio(alpha) for key, lemma in LEMMAS.items() if lemma.ratio is not None}
    return {key: value for key, value in found.items() if value is not None}
