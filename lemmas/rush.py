"""F4, a rush: who starts whatever fits has no constant for completion times, at any alpha.

M = k L^2. At step 0 there are k baits (L^2 - L, L), of peak M/k, which fit together; they run from
0 on in every policy that never leaves waiting what fits. At step 1 a crowd of M requests (0, 1)
arrives. In the step in which those that start at 1 + i run, the baits have left k (L - 2 - i)
tokens; each that starts there saves L - 1 - i steps against the end of the baits. So all complete
at a sum of at least

    k L  +  k L^2 (L + 1)  -  k L (L - 1)(L - 2)/3,

where 2 M + k (L + 2) is enough: the crowd at 1, the baits at 2. That is a ratio of L/3 at least,
which is of the order sqrt(P), for every k.
"""

from __future__ import annotations

from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.one_shot import CROWD
from theory.request import Instance, Request

_, _, SAVINGS, _ = CROWD
"""Savings of j (j + 1) for j = 0, 1, ... add up to j (j + 1)(j + 2)/3."""

OBLIGATIONS = (
    Obligation(
        name="what starts beside the baits",
        note="x requests start i steps after the crowd came",
        given={"H_memory": "k*L**2 - x - k*(L**2 - L + i + 2)"},
        goal="k*(L - 2 - i) - x",
        proof="H_memory",
        twin=Twin("the budget is ignored", drop=("H_memory",)),
    ),
    Obligation(
        name="with k j tokens left at most k j (j + 1) is saved",
        note="x start, and each saves j + 1 steps",
        given={"H_room": "k*j - x", "H_j": "j"},
        goal="k*j*(j + 1) - x*(j + 1)",
        proof="H_j*H_room + H_room",
        twin=Twin("more may start than has room", drop=("H_room",)),
    ),
    SAVINGS,
    Obligation(
        name="3 times the completion times, for k = 1 and per bait",
        note="saved, cost: over k; the crowd completes at L + 1 but for what is saved",
        given={
            "H_saved": "(L - 2)*(L - 1)*L - 3*saved",
            "H_cost": "ALG - (L + L**2*(L + 1) - saved)",
        },
        goal="3*ALG - (2*L**3 + 6*L**2 + L)",
        proof="3*H_cost + H_saved",
        twin=Twin("nothing is saved", goal="ALG - (L + L**2*(L + 1))"),
    ),
    Obligation(
        name="so the ratio is L/3 at least",
        note="both costs over k",
        given={
            "H_paid": "3*ALG - (2*L**3 + 6*L**2 + L)",
            "H_hindsight": "2*L**2 + L + 2 - OPT",
            "H_length": "L - 1",
        },
        goal="3*ALG - L*OPT",
        proof="H_paid + (H_length + 1)*H_hindsight + (H_length + 1)*(5*H_length + 4)",
        twin=Twin("L becomes 2 L", goal="3*ALG - 2*L*OPT"),
    ),
)


def rush(length: int, baits: int) -> Instance:
    """The instance: M = baits * length^2, the baits at step 0, then the crowd at step 1."""
    share = length * length
    crowd = [Request(0, 1, 1)] * (baits * share)
    return Instance(baits * share, (*[Request(share - length, length)] * baits, *crowd))


def rushed(length: int, baits: int) -> Fraction:
    """The least ratio in completion times of a schedule that starts all baits at step 0.

    >>> rushed(length=3, baits=1)
    Fraction(37, 23)
    """
    instance = rush(length, baits)
    left, paid = instance.memory, baits * length
    for i in range(length):
        room = left if i == length - 1 else min(left, baits * (length - 2 - i))
        left -= room
        paid += room * (i + 2)
    return Fraction(paid, optimal_cost(instance) + instance.memory)


def _exceeds(instance: Instance, share: Fraction) -> bool:
    """Whether the ratio is at least this share of L, with L 2 or 3 and one or two baits."""
    length = min(3, max(2, instance.requests[0].output))
    return all(rushed(length, baits) >= share * length for baits in (1, 2))


LEMMA = Lemma(
    key="F4",
    title="A rush, completion times",
    source="derived for this project",
    statement="for all L >= 2, k >= 1 there is an instance with arrivals, M = k L^2 and P = M/k, "
    "on which every policy that starts at each step all that fits, whatever its order, pays at "
    "least L/3 times the least sum of completion times: no constant at any alpha",
    hypotheses={
        "H_eager": "what arrives at step 0 and fits together is started at step 0",
        "H_whole": "a request runs its o steps without interruption and without restart",
        "H_feasible": "in every step the requests that run hold at most M tokens together",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "hindsight serves the crowd at 1, as it fits, and the baits at 2",
        Schema.STEPS: "savings are added over the steps in which the baits run",
    },
    holds=lambda instance: _exceeds(instance, Fraction(1, 3)),
    example=Instance.of(9, (6, 3), (0, 1)),
    overclaim=Overclaim(
        change="L/3 becomes 2 L/3",
        holds=lambda instance: _exceeds(instance, Fraction(2, 3)),
        breaks_on=Instance.of(9, (6, 3), (0, 1)),
    ),
)
