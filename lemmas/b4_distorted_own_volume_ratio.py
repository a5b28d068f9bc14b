"""B4, any order, with own-volume accounting: B with the waiting rate of T4.

The waiting bound of T4, p_j U <= V^pi_{j-1} + v_j/2, never uses that the order is sorted. With
U in place of D/2 the arithmetic of B goes through unchanged and is never worse.
"""

from fractions import Fraction

from lemmas.a_distortion import distortion
from lemmas.b_distorted_ratio import BLOCKED, FROM_WAITING_TO_RATIO, largest, root_above, within
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance

GAMMAS = (
    Obligation(
        name="gamma >= 4/(2 - alpha) serves 4 U = 2 (M + 1) - P",
        given={
            "H_peak": "al*M - P",
            "H_gamma": "g*(2 - al) - 4",
            "H_g": "g",
            "H_M": "M - 1",
        },
        goal="g*(2*(M + 1) - P) - 4*M",
        proof="H_g*H_peak + 2*H_g + H_M*H_gamma + H_gamma",
        twin=Twin("4 becomes 3", drop=("H_gamma",), given={"H_gamma": "g*(2 - al) - 3"}),
    ),
    Obligation(
        name="gamma >= 4/(3 (1 - alpha)) serves 4 U = 3 (M + 1 - P)",
        given={
            "H_peak": "al*M - P",
            "H_gamma": "3*g*(1 - al) - 4",
            "H_g": "g",
            "H_M": "M - 1",
        },
        goal="3*g*(M + 1 - P) - 4*M",
        proof="3*H_g*H_peak + 3*H_g + H_M*H_gamma + H_gamma",
        twin=Twin("4 becomes 3", drop=("H_gamma",), given={"H_gamma": "3*g*(1 - al) - 3"}),
    ),
)


def distorted_own_volume_ratio(alpha: Fraction, root: Fraction) -> Fraction | None:
    """The ratio that B4 proves at alpha for distortion root^2; None at alpha = 1.

    >>> distorted_own_volume_ratio(Fraction(1, 2), Fraction(1))
    Fraction(25, 9)
    """
    if alpha >= 1:
        return None
    return largest(max(4 / (2 - alpha), 4 / (3 * (1 - alpha))), root)


def _holds(instance: Instance) -> bool:
    four_u = min(2 * (instance.memory + 1) - instance.peak, 3 * instance.slack)
    return within(instance, Fraction(4 * instance.memory, four_u), root_above(distortion(instance)))


LEMMA = Lemma(
    key="B4",
    title="Any order of bounded distortion, own-volume form",
    source="theory.md, section 3, B4",
    statement="cost(pi) <= max(1 + 2 r gamma/3, r gamma) OPT for every head-of-line order pi of "
    "distortion r^2; gamma = M/U <= max(4/(2 - alpha), 4/(3 (1 - alpha)))",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_head_of_line": "requests are started in the order pi, each at the first step at which "
        "it fits by the truthful forward-looking check",
        "H_distortion": "i before j in pi implies v_i <= r^2 v_j, r >= 1 rational",
        "H_peak": "every peak is at most P <= M; P <= alpha M, alpha < 1 for the form in alpha",
    },
    obligations=(*FROM_WAITING_TO_RATIO, *GAMMAS),
    schemas={
        Schema.SUM: "over the requests j: the waits of T4-wait, the lags d_j >= o_j/3 of L4",
        Schema.MODEL: "cost = W + b, W the sum of starts and b that of outputs; U > 0 cancels",
    },
    holds=_holds,
    example=BLOCKED,
    overclaim=Overclaim(
        change="gamma and r are both taken to be 1",
        holds=lambda instance: within(instance, Fraction(1), Fraction(1)),
        breaks_on=BLOCKED,
    ),
    rests_on=("L2", "L4", "A", "T4-wait"),
)
