"""E, delayed start: with arrivals, a constant for the sum of completion times.

For flow time no policy has a constant (F1, F2), and for completion times none has that starts
whatever fits (F4): a long request may have just begun when a crowd of short ones comes. Here no
request starts before theta times its output, and then (:mod:`lemmas.e_waiting`)

    D (p_j - (1 + 1/theta) m_j)  <=  2 V^pi_{j-1},    m_j = max(a_j, theta o_j).

A schedule that respects arrivals is also one for the same requests in a burst, and there its
completion times are its cost: L4 and A give 2 sum of V^pi_{j-1} <= 2 r M (OPT - b/3). With any
w >= 2 r M/D,

    sum of c_j  <=  sum of [(1 + 1/theta) m_j + o_j - w o_j/3]  +  w OPT,

and as the optimum, too, completes j no sooner than a_j + o_j, the bracket sums up to at most
R OPT if R is at least 1 + 1/theta (for m_j = a_j) and theta + 2 - w/3 (for m_j = theta o_j).
"""

from __future__ import annotations

from fractions import Fraction

from lemmas.a_distortion import distortion
from lemmas.b_distorted_ratio import GAMMA, root_above
from lemmas.e_waiting import DELAY, WAITING, waits_in_time
from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.delayed import completion_time, delayed
from theory.request import Instance

CHARGING = (
    Obligation(
        name="what is waited for: 2 A <= 2 r M (OPT - b/3)",
        note="A: sum of V^pi_{j-1}; L4, for the same requests in a burst; A for the order",
        given={
            "H_busy": "M*OPT - X - M*lags",
            "H_lags": "3*lags - b",
            "H_order": "r*X - Xpi",
            "H_halves": "Xpi - A",
            "H_root": "r",
            "H_memory": "M",
        },
        goal="2*r*M*(3*OPT - b) - 6*A",
        proof="6*H_root*H_busy + 2*H_root*H_memory*H_lags + 6*H_order + 6*H_halves",
        twin=Twin("the order is taken to be sorted", goal="2*M*(3*OPT - b) - 6*A"),
        witness={"M": 1, "OPT": 2, "X": 1, "lags": 1, "b": 3, "r": 1, "Xpi": 1, "A": 1},
    ),
    Obligation(
        name="the same with any w >= 2 r M/D",
        given={
            "H_waits": "2*r*M*(3*OPT - b) - 6*A",
            "H_w": "D*w - 2*r*M",
            "H_length": "OPT - b",
            "H_outputs": "b",
        },
        goal="D*w*(3*OPT - b) - 6*A",
        proof="H_waits + 3*H_w*H_length + 2*H_w*H_outputs",
        twin=Twin(
            "w >= r M/D is taken to be enough",
            drop=("H_w",),
            given={"H_w": "D*w - r*M"},
            model={"r": 1, "M": 1, "D": 1, "w": 1, "OPT": 1, "b": 0, "A": 1},
        ),
        witness={"r": 1, "M": 1, "D": 1, "w": 2, "OPT": 1, "b": 1, "A": 0},
    ),
    Obligation(
        name="one request, m_j = a_j: (1 + q) m + o - w o/3 <= R (a + o)",
        given={
            "H_R": "R - 1 - q",
            "H_q": "q",
            "H_w": "w",
            "H_arrival": "a",
            "H_output": "o",
        },
        equal={"E_m": "m - a"},
        goal="3*R*(a + o) - 3*((1 + q)*m + o) + w*o",
        proof="3*H_R*H_arrival + 3*H_R*H_output + 3*H_q*H_output + H_w*H_output - 3*(1 + q)*E_m",
        witness={"R": 2, "q": 1, "w": 2, "a": 1, "o": 1, "m": 1},
        twin=Twin(
            "R >= 1 + q is dropped",
            drop=("H_R",),
            model={"R": 0, "q": 1, "w": 0, "a": 1, "o": 0, "m": 1},
        ),
    ),
    Obligation(
        name="one request, m_j = theta o_j: (1 + q) m + o - w o/3 <= R (a + o)",
        given={
            "H_R": "3*R - 3*(theta + 2) + w",
            "H_positive": "R",
            "H_arrival": "a",
            "H_output": "o",
        },
        equal={"E_m": "m - theta*o", "E_inverse": "theta*q - 1"},
        goal="3*R*(a + o) - 3*((1 + q)*m + o) + w*o",
        proof="H_R*H_output + 3*H_positive*H_arrival - 3*(1 + q)*E_m - 3*o*E_inverse",
        witness={"R": 3, "theta": 1, "q": 1, "w": 0, "a": 0, "o": 1, "m": 1},
        twin=Twin(
            "theta + 2 becomes theta + 1",
            drop=("H_R",),
            given={"H_R": "3*R - 3*(theta + 1) + w"},
            model={"R": 2, "theta": 1, "q": 1, "w": 0, "a": 0, "o": 1, "m": 1},
        ),
    ),
    Obligation(
        name="sum of completions <= (R + w) OPT",
        note="T: sum of (1 + q) m_j + o_j; B: sum of a_j + o_j",
        given={
            "H_completions": "D*T + 2*A - D*ALG",
            "H_waits": "D*w*(3*OPT - b) - 6*A",
            "H_charge": "3*R*B - 3*T + w*b",
            "H_optimum": "OPT - B",
            "H_R": "R",
            "H_slack": "D",
        },
        goal="3*D*((R + w)*OPT - ALG)",
        proof="3*H_completions + H_waits + H_slack*H_charge + 3*H_slack*H_R*H_optimum",
        witness={"D": 1, "T": 3, "A": 0, "ALG": 3, "w": 2, "OPT": 1, "b": 1, "R": 3, "B": 1},
        twin=Twin(
            "w is not paid",
            goal="3*D*(R*OPT - ALG)",
            model={"D": 1, "T": 3, "A": 3, "ALG": 9, "w": 2, "OPT": 3, "b": 0, "R": 1, "B": 3},
        ),
    ),
)


def delayed_ratio(
    alpha: Fraction, theta: Fraction = Fraction(1), root: Fraction = Fraction(1)
) -> Fraction | None:
    """What E proves for peaks <= alpha M, delay theta > 0, distortion root^2; None at alpha = 1.

    >>> [str(delayed_ratio(Fraction(*pair))) for pair in ((0, 1), (1, 3), (1, 2))]
    ['13/3', '5', '6']
    >>> delayed_ratio(Fraction(0), Fraction(6, 7))
    Fraction(88, 21)
    """
    return None if alpha >= 1 else largest(2 / (1 - alpha), theta, root)


def largest(gamma: Fraction, theta: Fraction, root: Fraction) -> Fraction:
    """max(1 + 1/theta + r gamma, theta + 2 + 2 r gamma/3)."""
    return max(1 + 1 / theta + root * gamma, theta + 2 + 2 * root * gamma / 3)


THETAS = (Fraction(1, 2), Fraction(1), Fraction(5, 3))
"""Delays at which instances are tried."""


def within(instance: Instance, theta: Fraction, ratio: Fraction) -> bool:
    """Whether the file order, delayed by theta, completes within this ratio of the optimum."""
    starts = delayed(instance, range(len(instance)), theta)
    best = optimal_cost(instance) + sum(request.arrival for request in instance.requests)
    return completion_time(instance, starts) <= ratio * best


def _holds(instance: Instance) -> bool:
    gamma = Fraction(2 * instance.memory, instance.slack)
    root = root_above(distortion(instance))
    return all(
        waits_in_time(instance, theta) and within(instance, theta, largest(gamma, theta, root))
        for theta in THETAS
    )


def _free(instance: Instance) -> bool:
    """Whether B's ratio, which speaks of a burst without delay, holds at every delay tried."""
    gamma, root = Fraction(2 * instance.memory, instance.slack), root_above(distortion(instance))
    free = max(root * gamma, 1 + 2 * root * gamma / 3)
    return all(within(instance, theta, free) for theta in THETAS)


LEMMA = Lemma(
    key="E",
    title="Delayed start, completion times with arrivals",
    source="derived for this project",
    statement="sum of c_j <= max(1 + 1/theta + r g, theta + 2 + 2 r g/3) OPT for the sum of "
    "completion times with any arrivals, g = 2 M/D <= 2/(1 - alpha), for every order pi of "
    "distortion r^2, head-of-line among the requests that have waited for theta times their "
    "output; with theta = 1 and volume order: max(2 + 2 M/D, 3 + 4 M/(3 D))",
    hypotheses={
        "H_delay": "request j is eligible from the first step >= max(a_j, theta o_j), theta > 0",
        "H_head_of_line": "at every step eligible requests are started in the order pi, up to "
        "the first that does not fit by the truthful forward-looking check",
        "H_distortion": "i before j in pi implies v_i <= r^2 v_j, r >= 1 rational",
        "H_peak": "every peak is at most P <= M; P <= alpha M, alpha < 1 for the form in alpha",
        "H_completion": "OPT and cost are sums of completion times, counted from step 0",
    },
    obligations=(*DELAY, *WAITING, *CHARGING, GAMMA),
    schemas={
        Schema.MODEL: "while j waits nothing behind it starts, so what runs at f_j or later is "
        "before j; without its arrivals a schedule is one of a burst, where L4 bounds the sum "
        "of completion times; w = r g; D > 0 cancels",
        Schema.STEPS: "blocked steps are added one by one, from none at f_j",
        Schema.DOUBLE_COUNT: "peaks of what runs, by steps and by requests",
        Schema.SUM: "completions, charges and lags d_j >= o_j/3 over the requests; a_j + o_j, "
        "which no schedule completes before",
    },
    holds=_holds,
    example=Instance.of(8, (1, 1, 1), (0, 3), (1, 2, 3), (2, 2, 1)),
    overclaim=Overclaim(
        change="the delay is free: the ratio that B proves for a burst",
        holds=_free,
        breaks_on=Instance.of(40, (0, 1), (0, 1)),
    ),
    rests_on=("L2", "L4", "A"),
)
