"""R2, what one bit proves: smallest volume first by one bit loses a factor of order sqrt(T).

The distortion of the 1-bit rank is at most T (R1), so B4 with r^2 = T bounds the head-of-line
policy with the truthful look-ahead, and C bounds the one with restart, which needs nothing but the
bit. As soon as r is 3/2 or more the second of their two forms is the larger one, and the ratio is
simply r gamma. The paper states O(T); that is what r = T would give.
"""

from fractions import Fraction

from lemmas.b_distorted_ratio import largest, root_above
from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.policy import named_policy
from theory.request import Instance
from theory.restart import run_with_restart
from theory.schedule import cost
from theory.simulator import simulate

OBLIGATIONS = (
    Obligation(
        name="with look-ahead gamma is at least 2",
        given={"H_gamma": "g*(2 - al) - 4", "H_alpha": "al", "H_g": "g"},
        goal="g - 2",
        proof="(H_gamma + H_g*H_alpha)/2",
        twin=Twin("4 becomes 3", drop=("H_gamma",), given={"H_gamma": "g*(2 - al) - 3"}),
    ),
    Obligation(
        name="with restart gamma is at least 2",
        given={"H_gamma": "g*(1 - al) - 2", "H_alpha": "al", "H_g": "g"},
        goal="g - 2",
        proof="H_gamma + H_g*H_alpha",
        twin=Twin("2 becomes 1", drop=("H_gamma",), given={"H_gamma": "g*(1 - al) - 1"}),
    ),
    Obligation(
        name="r gamma is at least 3 from r = 3/2 on",
        given={"H_root": "2*r - 3", "H_gamma": "g - 2"},
        goal="r*g - 3",
        proof="(H_root*H_gamma + 2*H_root + 3*H_gamma)/2",
        twin=Twin("r may be 1", drop=("H_root",), given={"H_root": "r - 1"}),
    ),
    Obligation(
        name="so 1 + 2 r gamma/3 is no more than r gamma",
        given={"H_ratio": "(3 + 2*r*g)*OPT - 3*ALG", "H_more": "r*g - 3", "H_opt": "OPT"},
        goal="3*(r*g*OPT - ALG)",
        proof="H_ratio + H_more*H_opt",
        twin=Twin(
            "r gamma may be small",
            drop=("H_more",),
            model={"r": 1, "g": 1, "OPT": 3, "ALG": 5},
        ),
    ),
    Obligation(
        name="the paper's O(T): r = T is large enough",
        given={"H_T": "T - 1"},
        goal="T**2 - T",
        proof="H_T*(H_T + 1)",
        twin=Twin("T^2 becomes T", goal="T - T**2", model={"T": 2}),
    ),
)


def one_bit_root(longest: int) -> Fraction:
    """A rational r >= 3/2 with r^2 at least the distortion of R1: T, and 3 where T is 2.

    >>> one_bit_root(16), one_bit_root(2) ** 2 >= 3
    (Fraction(4, 1), True)
    """
    return max(Fraction(3, 2), root_above(Fraction(3 if longest == 2 else longest)))


def one_bit_ratio(alpha: Fraction, longest: int, restart: bool = False) -> Fraction | None:
    """The ratio proved for 1-bit SVF at alpha and longest output T; None at alpha = 1.

    r gamma, r about sqrt(T), gamma = max(4/(2 - alpha), 4/(3 (1 - alpha))) with look-ahead and
    2/(1 - alpha) with restart. Source: lemma R2.

    >>> one_bit_ratio(Fraction(1, 2), 64), one_bit_ratio(Fraction(1, 2), 64, restart=True)
    (Fraction(64, 3), Fraction(32, 1))
    """
    if alpha >= 1:
        return None
    ahead = max(4 / (2 - alpha), 4 / (3 * (1 - alpha)))
    return one_bit_root(longest) * (2 / (1 - alpha) if restart else ahead)


def _within(instance: Instance, ahead: Fraction, restart: Fraction, root: Fraction) -> bool:
    """Whether both executions cost at most what largest(gamma, root) allows."""
    policy, best = named_policy("one-bit-svf"), optimal_cost(instance)
    looking = cost(instance, simulate(instance, policy))
    restarting = run_with_restart(instance, policy.order(instance)).cost(instance)
    return looking <= largest(ahead, root) * best and restarting <= largest(restart, root) * best


def _holds(instance: Instance) -> bool:
    longest = max(request.output for request in instance.requests)
    memory, slack = instance.memory, instance.slack
    ahead = Fraction(4 * memory, min(2 * (memory + 1) - instance.peak, 3 * slack))
    return _within(instance, ahead, Fraction(2 * memory, slack), one_bit_root(longest))


LEMMA = Lemma(
    key="R2",
    title="One bit: the ratio is of order sqrt(T)",
    source="paper, Thm 3.3 (weaker: O(T)); theory.md, section 3",
    statement="1-bit SVF costs at most r gamma OPT, r >= 3/2, r^2 >= T (r^2 >= 3 where T is 2): "
    "gamma = max(4/(2 - alpha), 4/(3 (1 - alpha))) head-of-line with truthful look-ahead, "
    "gamma = 2/(1 - alpha) with restart, where the bit is all that is known of a length",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_rank": "the rank of R1, T the longest output",
        "H_admission": "head-of-line, truthful look-ahead, as in B4; or restart, as in C",
        "H_peak": "every peak is at most P <= alpha M, alpha < 1",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "B4 and C hold for every r with r^2 at least the distortion, and R1 says "
        "that T is; on one instance M/U or 2M/D stands for gamma, in the form with max",
    },
    holds=_holds,
    example=Instance.of(8, (0, 8), (0, 3), (3, 4), (0, 1)),
    overclaim=Overclaim(
        change="gamma and r are both taken to be 1",
        holds=lambda instance: _within(instance, Fraction(1), Fraction(1), Fraction(1)),
        breaks_on=Instance.of(7, *[(0, 7)] * 2, *[(0, 3)] * 4),
    ),
    rests_on=("B4", "C", "R1"),
)
