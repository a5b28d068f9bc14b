"""B, any order: a head-of-line policy of distortion lambda loses at most sqrt(lambda).

Blocking (L3) does not ask in which order requests stand, so D times the sum of starts is at most
2 X^pi. Order distortion (A) gives X^pi <= r X with r = sqrt(lambda), and the mean-busy-time bound
(L4) gives X <= M (OPT - b/3), b the sum of outputs. What is left is arithmetic, in two cases,
since the outputs b are paid for by OPT as well (L2). This module states that arithmetic for any
waiting rate U with p_j U <= V^pi_{j-1} + v_j/2; here U = D/2, in B4 it is T4's.
"""

from fractions import Fraction
from math import isqrt

from lemmas.a_distortion import distortion
from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.policy import Admission
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import follow

FROM_WAITING_TO_RATIO = (
    Obligation(
        name="the waits add up to U W <= r X",
        note="W: the sum of starts; Xpi: the sum of V^pi_{j-1} + v_j/2",
        given={"H_wait": "Xpi - U*W", "H_A": "r*X - Xpi"},
        goal="r*X - U*W",
        proof="H_wait + H_A",
        twin=Twin("r is left out", goal="X - U*W"),
    ),
    Obligation(
        name="waits against the optimum: 3 U W <= r M (3 OPT - b)",
        note="L4 with d_j >= o_j/3: 3 X <= 3 M OPT - M b",
        given={"H_wait": "r*X - U*W", "H_L4": "3*M*OPT - M*b - 3*X", "H_root": "r - 1"},
        goal="r*M*(3*OPT - b) - 3*U*W",
        proof="3*H_wait + H_root*H_L4 + H_L4",
        twin=Twin("3 OPT becomes 2 OPT", goal="r*M*(2*OPT - b) - 3*U*W"),
    ),
    Obligation(
        name="case r M >= 3 U: U cost <= r M OPT",
        given={
            "H_cost": "r*M*(3*OPT - b) - 3*U*W",
            "H_case": "r*M - 3*U",
            "H_outputs": "b",
        },
        goal="3*r*M*OPT - 3*U*(W + b)",
        proof="H_cost + H_outputs*H_case",
        twin=Twin("the case is dropped", drop=("H_case",)),
    ),
    Obligation(
        name="case r M <= 3 U: 3 U cost <= (3 U + 2 r M) OPT",
        given={
            "H_cost": "r*M*(3*OPT - b) - 3*U*W",
            "H_case": "3*U - r*M",
            "H_L2": "OPT - b",
        },
        goal="(3*U + 2*r*M)*OPT - 3*U*(W + b)",
        proof="H_cost + H_case*H_L2",
        twin=Twin("2 r M becomes r M", goal="(3*U + r*M)*OPT - 3*U*(W + b)"),
    ),
    Obligation(
        name="in alpha, first case: cost <= r gamma OPT when M <= gamma U (times U)",
        given={
            "H_ratio": "r*M*OPT - U*ALG",
            "H_gamma": "g*U - M",
            "H_root": "r",
            "H_opt": "OPT",
        },
        goal="U*(r*g*OPT - ALG)",
        proof="H_ratio + H_root*H_opt*H_gamma",
        twin=Twin("gamma becomes gamma - 1", goal="U*(r*(g - 1)*OPT - ALG)"),
    ),
    Obligation(
        name="in alpha, second case: cost <= (1 + 2 r gamma/3) OPT when M <= gamma U (times 3 U)",
        given={
            "H_ratio": "(3*U + 2*r*M)*OPT - 3*U*ALG",
            "H_gamma": "g*U - M",
            "H_root": "r",
            "H_opt": "OPT",
        },
        goal="U*((3 + 2*r*g)*OPT - 3*ALG)",
        proof="H_ratio + 2*H_root*H_opt*H_gamma",
        twin=Twin("2 r gamma becomes r gamma", goal="U*((3 + r*g)*OPT - 3*ALG)"),
    ),
)
"""From p_j U <= V^pi_{j-1} + v_j/2 to max(1 + 2 r gamma/3, r gamma), gamma = M/U."""

GAMMA = Obligation(
    name="gamma = 2/(1 - alpha) serves U = D/2",
    given={
        "H_peak": "al*M - P",
        "H_gamma": "g*(1 - al) - 2",
        "H_g": "g",
        "H_M": "M - 1",
    },
    goal="g*(M + 1 - P) - 2*M",
    proof="H_g*H_peak + H_g + H_M*H_gamma + H_gamma",
    twin=Twin("2 becomes 1", drop=("H_gamma",), given={"H_gamma": "g*(1 - al) - 1"}),
)


def largest(gamma: Fraction, root: Fraction) -> Fraction:
    """max(1 + 2 r gamma/3, r gamma)."""
    return max(1 + 2 * root * gamma / 3, root * gamma)


def distorted_ratio(alpha: Fraction, root: Fraction) -> Fraction | None:
    """The ratio that B proves at alpha for distortion root^2; None at alpha = 1.

    >>> distorted_ratio(Fraction(1, 2), Fraction(1)), distorted_ratio(Fraction(1, 2), Fraction(3))
    (Fraction(4, 1), Fraction(12, 1))
    """
    return None if alpha >= 1 else largest(2 / (1 - alpha), root)


def root_above(value: Fraction) -> Fraction:
    """A rational r with r^2 >= value, at most 1/1000 above the root.

    >>> root_above(Fraction(9)), root_above(Fraction(2)) ** 2 >= 2
    (Fraction(3, 1), True)
    """
    scaled = value * 10**6
    whole = isqrt(scaled.numerator // scaled.denominator)
    exact = scaled.denominator == 1 and whole * whole == scaled.numerator
    return Fraction(whole if exact else whole + 1, 1000)


def within(instance: Instance, gamma: Fraction, root: Fraction) -> bool:
    """Whether the file order, head-of-line, costs at most largest(gamma, root) times OPT."""
    starts = follow(instance, range(len(instance)), Admission.HEAD_OF_LINE)
    return cost(instance, starts) <= largest(gamma, root) * optimal_cost(instance)


def _holds(instance: Instance) -> bool:
    gamma = Fraction(2 * instance.memory, instance.slack)
    return within(instance, gamma, root_above(distortion(instance)))


BLOCKED = Instance.of(12, *[(0, 6)] * 3, *[(0, 1)] * 12)

LEMMA = Lemma(
    key="B",
    title="Any order of bounded distortion",
    source="theory.md, section 3, B",
    statement="cost(pi) <= max(1 + 4 r M/(3 D), 2 r M/D) OPT for every head-of-line order pi of "
    "distortion r^2; at most max(1 + 4 r/(3 (1 - alpha)), 2 r/(1 - alpha))",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_head_of_line": "requests are started in the order pi, each at the first step at which "
        "it fits by the truthful forward-looking check",
        "H_distortion": "i before j in pi implies v_i <= r^2 v_j, r >= 1 rational",
        "H_peak": "every peak is at most P <= M; P <= alpha M, alpha < 1 for the form in alpha",
    },
    obligations=(*FROM_WAITING_TO_RATIO, GAMMA),
    schemas={
        Schema.SUM: "over the requests j: L3 with U = D/2, and the lags d_j >= o_j/3 of L4",
        Schema.MODEL: "cost = W + b, W the sum of starts and b that of outputs; U > 0 cancels",
    },
    holds=_holds,
    example=BLOCKED,
    overclaim=Overclaim(
        change="gamma and r are both taken to be 1",
        holds=lambda instance: within(instance, Fraction(1), Fraction(1)),
        breaks_on=BLOCKED,
    ),
    rests_on=("L2", "L3", "L4", "A"),
)
