"""F3, a blocked burst: for completion times no deterministic non-preemptive policy is below 2.

M = K (L - 1). The bait (M - L, L) arrives at 0; when the policy starts it, at b <= L - 2, K
requests (L - 2, 1) arrive at b + 1. Together they fill the memory, but beside the bait there is
no room for even one. So all wait for its end, where hindsight serves them first. A policy that
waits until L - 1 has doubled the completion time of the bait, and nothing else comes. The best is
b = L - 2, with the ratio 2 - 1/L - 2/(K + 2). On one machine this is the classical bound of 2,
which delayed shortest processing time meets; with memory, E proves a little more than 4.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance, Request

_LEAST = "K*(2*L - 1) + 2*L - 2"

OBLIGATIONS = (
    Obligation(
        name="beside the bait starts less than one",
        note="x requests start k steps after the burst came; the bait then holds M - L + k + 2",
        given={"H_memory": "M - x*(L - 1) - (M - L + k + 2)", "H_k": "k"},
        goal="(1 - x)*(L - 1) - 1",
        proof="H_memory + H_k",
        twin=Twin("the budget is ignored", drop=("H_memory",)),
    ),
    Obligation(
        name="started by L - 2: the ratio is least at b = L - 2",
        given={
            "H_start": "L - 2 - b",
            "H_paid": "ALG - (b + L + K*(b + L + 1))",
            "H_hindsight": "K*(b + 2) + b + 2 + L - OPT",
            "H_burst": "K - 2",
            "H_length": "L - 2",
        },
        goal=f"(K + 2)*L*ALG - ({_LEAST})*OPT",
        proof="(H_burst + 4)*(H_length + 2)*H_paid"
        " + ((H_burst + 2)*(2*H_length + 3) + 2*H_length + 2)*H_hindsight"
        " + H_start*(H_burst + 3)*((H_burst + 2)*H_length + H_burst)",
        witness={"L": 2, "K": 2, "b": 0, "ALG": 8, "OPT": 8},
        twin=Twin(
            "the start is not bounded",
            drop=("H_start",),
            model={"L": 3, "K": 2, "b": 9, "ALG": 38, "OPT": 36},
        ),
    ),
    Obligation(
        name="started at L - 1 or later: the bait alone costs enough",
        given={
            "H_start": "b - L + 1",
            "H_paid": "ALG - b - L",
            "H_hindsight": "L - OPT",
            "H_burst": "K - 2",
            "H_length": "L - 2",
        },
        goal=f"(K + 2)*L*ALG - ({_LEAST})*OPT",
        proof="(H_burst + 4)*(H_length + 2)*(H_paid + H_start)"
        " + ((H_burst + 2)*(2*H_length + 3) + 2*H_length + 2)*H_hindsight"
        " + 2*(H_length + 2)*(H_length + 2)",
        witness={"L": 2, "K": 2, "b": 1, "ALG": 3, "OPT": 2},
        twin=Twin(
            "it may have started earlier",
            drop=("H_start",),
            model={"L": 3, "K": 2, "b": 0, "ALG": 3, "OPT": 3},
        ),
    ),
    Obligation(
        name="the ratio is 2 - 1/L - 2/(K + 2)",
        note="times (K + 2) L",
        goal=f"{_LEAST} - (2*(K + 2)*L - (K + 2) - 2*L)",
        relation="= 0",
        proof="0",
        witness={"K": 2, "L": 2},
        twin=Twin(
            "2/(K + 2) becomes 1/(K + 2)",
            goal=f"{_LEAST} - (2*(K + 2)*L - (K + 2) - L)",
            model={"K": 2, "L": 2},
        ),
    ),
    Obligation(
        name="with K = 2 L - 2 the ratio is at least 2 - 2/L, so more than any c < 2",
        note="both sides times 2 L^2 > 0",
        given={
            "H_ratio": "2*L*L*ALG - ((2*L - 2)*(2*L - 1) + 2*L - 2)*OPT",
            "H_c": "2*L - 2 - c*L",
            "H_cost": "OPT",
            "H_length": "L - 2",
        },
        goal="2*L*L*(ALG - c*OPT)",
        proof="H_ratio + 2*(H_length + 2)*H_c*H_cost",
        witness={"L": 2, "c": 1, "ALG": 1, "OPT": 1},
        twin=Twin(
            "c may be larger",
            drop=("H_c",),
            model={"L": 2, "c": 9, "ALG": 1, "OPT": 1},
        ),
    ),
)


def burst_promise(length: int, count: int) -> Fraction:
    """The ratio that no deterministic non-preemptive policy escapes; length, count >= 2.

    >>> burst_promise(10, 18)
    Fraction(9, 5)
    """
    return 2 - Fraction(1, length) - Fraction(2, count + 2)


def against(length: int, count: int, start: int) -> Fraction:
    """The least ratio of a schedule that starts the bait at this step, against the optimum."""
    memory = count * (length - 1)
    if start >= length - 1:
        return Fraction(start + length, length)
    burst = [Request(length - 2, 1, start + 1)] * count
    instance = Instance(memory, (Request(memory - length, length), *burst))
    paid = start + length + count * (start + length + 1)
    return Fraction(paid, optimal_cost(instance) + count * (start + 1))


def _forced(instance: Instance, ratio: Callable[[int, int], Fraction]) -> bool:
    """Whether every start is answered, for a bait and a burst of about the instance's size."""
    length, count = max(2, instance.requests[0].output), len(instance) + 1
    value = ratio(length, count)
    return all(against(length, count, start) >= value for start in range(length))


LEMMA = Lemma(
    key="F3",
    title="A blocked burst, completion times",
    source="the bound of one machine, carried over to memory",
    statement="for L, K >= 2 every deterministic non-preemptive policy pays, on some instance "
    "with arrivals and M = K (L - 1), at least 2 - 1/L - 2/(K + 2) times the least sum of "
    "completion times; no c < 2 can be had for all budgets",
    hypotheses={
        "H_online": "what a policy starts at a step depends on nothing that arrives later",
        "H_whole": "a request runs its o steps without interruption and without restart",
        "H_feasible": "in every step the requests that run hold at most M tokens together",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "less than one is none; hindsight serves the burst at b + 1 and starts the "
        "bait at b + 2, or the bait at 0 when there is no burst",
    },
    holds=lambda instance: _forced(instance, burst_promise),
    example=Instance.of(9, (6, 3), (0, 1)),
    overclaim=Overclaim(
        change="2 is reached",
        holds=lambda instance: _forced(instance, lambda length, count: Fraction(2)),
        breaks_on=Instance.of(9, (6, 3), (0, 1)),
    ),
)
