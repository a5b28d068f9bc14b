"""F1, one crowd: for flow time no deterministic non-preemptive policy has a constant.

The adversary lets a bait (M - L, L) arrive at step 0 and waits until the policy starts it, at b.
At b + 1 a crowd of M requests (0, 1) arrives. In the step in which those that start at b + 1 + k
run, the bait has left L - 2 - k tokens: so few may start, and each saves L - 1 - k steps against
the end of the bait. So the crowd's flow time is at least

    late  =  L M - (sum of j (j + 1) for j <= L - 2)  =  L M - L (L - 1)(L - 2)/3.

Who knew would have served the crowd at b + 1, in one step, and the bait after it; or, if
b >= L - 1, the bait at once, as it ends before the crowd comes. The least ratio is at the start
b = L - 2, when the bait has waited as long as it may. (What never starts the bait waits for ever.)
With M = L^2 that ratio is at least (2 L - 1)/3, of order sqrt(M).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance, Request

CROWD = (
    Obligation(
        name="what starts beside the bait",
        note="x requests start k steps after the crowd came; the bait then holds M - L + k + 2",
        given={"H_memory": "M - (x + M - L + k + 2)"},
        goal="L - 2 - k - x",
        proof="H_memory",
        twin=Twin("the budget is ignored", drop=("H_memory",)),
    ),
    Obligation(
        name="with j tokens left at most j (j + 1) is saved",
        note="x start, and each saves j + 1 steps",
        given={"H_room": "j - x", "H_j": "j"},
        goal="j*(j + 1) - x*(j + 1)",
        proof="H_j*H_room + H_room",
        twin=Twin("more may start than has room", drop=("H_room",)),
    ),
    Obligation(
        name="savings add up to j (j + 1)(j + 2)/3",
        given={
            "H_so_far": "j*(j + 1)*(j + 2) - 3*saved",
            "H_next": "(j + 1)*(j + 2) - more",
        },
        goal="(j + 1)*(j + 2)*(j + 3) - 3*(saved + more)",
        proof="H_so_far + 3*H_next",
        twin=Twin("the next saving is not bounded", drop=("H_next",)),
    ),
    Obligation(
        name="so the crowd's flow time is at least late",
        given={
            "H_saved": "(L - 2)*(L - 1)*L - 3*saved",
            "H_flow": "flow - (L*M - saved)",
        },
        goal="3*flow - 3*L*M + L*(L - 1)*(L - 2)",
        proof="3*H_flow + H_saved",
        twin=Twin("nothing is saved", goal="flow - L*M"),
    ),
)

BEST_START = (
    Obligation(
        name="started by L - 2: the promise is least at b = L - 2",
        note="the bait and the crowd cost b + L + late at least, b + L + c with hindsight",
        given={
            "H_start": "L - 2 - b",
            "H_worth": "late - c",
            "H_paid": "ALG - (b + L + late)",
            "H_hindsight": "b + L + c - OPT",
            "H_late": "2*L - 2 + late",
            "H_c": "2*L - 2 + c",
        },
        goal="(2*L - 2 + c)*ALG - (2*L - 2 + late)*OPT",
        proof="H_c*H_paid + H_late*H_hindsight + H_start*H_worth",
        witness={"L": 2, "b": 0, "late": 8, "c": 6, "ALG": 10, "OPT": 8},
        twin=Twin(
            "the start is not bounded",
            drop=("H_start",),
            model={"L": 2, "b": 9, "late": 8, "c": 6, "ALG": 19, "OPT": 17},
        ),
    ),
    Obligation(
        name="started at L - 1 or later: the bait costs the hindsight nothing",
        given={
            "H_start": "b - L + 1",
            "H_paid": "ALG - (b + L + late)",
            "H_hindsight": "L + c - OPT",
            "H_late": "2*L - 2 + late",
            "H_c": "c",
            "H_length": "L - 2",
        },
        goal="(2*L - 2 + c)*ALG - (2*L - 2 + late)*OPT",
        proof="(2*H_length + 2 + H_c)*H_paid + H_late*H_hindsight"
        " + (2*H_length + 2 + H_c)*(H_start + 1) + H_late*H_length",
        witness={"L": 2, "b": 1, "late": 8, "c": 4, "ALG": 11, "OPT": 6},
        twin=Twin(
            "the bait costs the hindsight another b",
            drop=("H_hindsight",),
            given={"H_hindsight": "L + c + b - OPT"},
            model={"L": 2, "b": 9, "late": 20, "c": 0, "ALG": 31, "OPT": 11},
        ),
    ),
    Obligation(
        name="a crowd that is served no later than with hindsight: the promise is at most 1",
        given={
            "H_worthless": "c - late",
            "H_optimal": "ALG - OPT",
            "H_cost": "OPT",
            "H_c": "2*L - 2 + c",
        },
        goal="(2*L - 2 + c)*ALG - (2*L - 2 + late)*OPT",
        proof="H_c*H_optimal + H_cost*H_worthless",
        witness={"L": 2, "late": 4, "c": 4, "ALG": 6, "OPT": 6},
        twin=Twin(
            "the crowd is late",
            drop=("H_worthless",),
            model={"L": 2, "late": 8, "c": 4, "ALG": 6, "OPT": 6},
        ),
    ),
)
"""No start b escapes the promise (2 L - 2 + late)/(2 L - 2 + c), for a crowd of any kind."""

NO_CONSTANT = Obligation(
    name="with M = L^2 the ratio is at least (2 L - 1)/3, so more than any constant k",
    note="both sides times 3 (L^2 + 2 L) > 0",
    given={
        "H_promise": "(L**2 + 2*L)*ALG - (2*L - 2 + late)*OPT",
        "H_late": "3*late - 3*L**3 + L*(L - 1)*(L - 2)",
        "H_k": "2*L - 1 - 3*k",
        "H_cost": "OPT",
        "H_length": "L - 1",
    },
    goal="3*(L**2 + 2*L)*(ALG - k*OPT)",
    proof="3*H_promise + H_cost*H_late + 6*H_length*H_cost"
    " + (H_length**2 + 4*H_length + 3)*H_k*H_cost",
    witness={"L": 2, "late": 8, "ALG": 10, "OPT": 8, "k": 1},
    twin=Twin(
        "k may be larger",
        drop=("H_k",),
        model={"L": 2, "late": 8, "ALG": 10, "OPT": 8, "k": 9},
    ),
)


def crowd_flow(memory: int, length: int) -> int:
    """The least flow time of the crowd behind a bait that has just started, step by step.

    >>> crowd_flow(memory=9, length=3), crowd_late(memory=9, length=3)
    (25, Fraction(25, 1))
    """
    left, flow = memory, 0
    for k in range(length):
        now = left if k == length - 1 else min(left, length - 2 - k)
        flow += now * (k + 1)
        left -= now
    return flow


def crowd_late(memory: int, length: int) -> Fraction:
    """The closed form of the same: L M - L (L - 1)(L - 2)/3."""
    return length * memory - Fraction(length * (length - 1) * (length - 2), 3)


def promise(memory: int, length: int) -> Fraction:
    """The ratio that no deterministic non-preemptive policy escapes, 2 <= length <= memory.

    >>> promise(memory=16, length=4)
    Fraction(31, 12)
    """
    late = crowd_late(memory, length)
    return Fraction(2 * length - 2 + late) / (2 * length + memory)


def against(memory: int, length: int, start: int) -> Fraction:
    """The least ratio of a schedule that starts the bait at this step, against the optimum."""
    bait, crowd = Request(memory - length, length), Request(0, 1, start + 1)
    paid = start + length + crowd_flow(memory, length)
    return Fraction(paid, optimal_cost(Instance(memory, (bait, *[crowd] * memory))))


def _forced(instance: Instance, ratio: Callable[[int, int], Fraction]) -> bool:
    """Whether every start of a bait of the first request's length is answered with the ratio."""
    memory, length = instance.memory, instance.requests[0].output
    if length < 2:
        return True
    value = ratio(memory, length)
    return all(against(memory, length, start) >= value for start in range(length + 1))


def _at_once(memory: int, length: int) -> Fraction:
    """The ratio that a policy pays which starts the bait at step 0."""
    return (length + crowd_late(memory, length)) / (length + 2 + memory)


LEMMA = Lemma(
    key="F1",
    title="One crowd, flow time",
    source="theory.md, section 4, with a crowd of (0, 1)",
    statement="for 2 <= L <= M every deterministic non-preemptive policy pays, on some instance "
    "with arrivals, at least (2 L - 2 + late)/(2 L + M) times the least flow time, late = L M - "
    "L (L - 1)(L - 2)/3; with M = L^2 that is at least (2 L - 1)/3: no constant",
    hypotheses={
        "H_online": "what a policy starts at a step depends on nothing that arrives later",
        "H_whole": "a request runs its o steps without interruption and without restart",
        "H_feasible": "in every step the requests that run hold at most M tokens together",
    },
    obligations=(*CROWD, *BEST_START, NO_CONSTANT),
    schemas={
        Schema.MODEL: "hindsight serves the crowd at b + 1 and starts the bait at b + 2, so "
        "c = M + 2, or, if b >= L - 1, the bait at 0; a bait that never starts costs more than "
        "any multiple of L",
        Schema.STEPS: "savings are added over the steps in which the bait runs",
    },
    holds=lambda instance: _forced(instance, promise),
    example=Instance.of(9, (6, 3), (0, 1)),
    overclaim=Overclaim(
        change="the ratio of a policy that starts the bait at step 0 is claimed for all",
        holds=lambda instance: _forced(instance, _at_once),
        breaks_on=Instance.of(9, (6, 3), (0, 1)),
    ),
)
