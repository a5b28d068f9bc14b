"""T4: CR(SVF) <= max(1 + 2 gamma/3, gamma), gamma = M/U <= max(4/(2 - alpha), 4/(3(1 - alpha))).

The waiting bound T4-wait gives U p_j <= V_{j-1} + v_j/2 for each request. In volume order the
right-hand sides add up to X, the quantity that the mean-busy-time bound L4 compares with the
optimum: M OPT >= X + M sum d_j, and the lag d_j is at least (2 o_j + 1)/6 > o_j/3. So

    U sum p_j <= X <= M (OPT - b/3),      b = sum of outputs,
    SVF = sum p_j + b <= gamma (OPT - b/3) + b.

When gamma <= 3, b has a coefficient >= 0 and is at most OPT (L2): 1 + 2 gamma/3. When
gamma >= 3, dropping b >= 0 leaves gamma. Either way the larger of the two is a bound.

In terms of alpha, P <= alpha M: 2 (M + 1) - P >= (2 - alpha) M and 3 (M + 1 - P) >=
3 (1 - alpha) M, whichever of the two is 4 U. At alpha = 1/3, 1/2, 3/5: 13/5, 25/9, 10/3; five,
the constant that other proofs reach at 1/2 or 3/5, is reached at 11/15. At alpha = 1 nothing is
left.
"""

from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.t4_runs import four_u
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import simulate

_G = {"H_flat": "g*(2 - alpha) - 4", "H_steep": "3*g*(1 - alpha) - 4"}
"""g is at least 4/(2 - alpha) and 4/(3 (1 - alpha))."""
_WITNESS: dict[str, int | Fraction] = {"alpha": Fraction(1, 2), "M": 4, "P": 2, "g": 3}

OBLIGATIONS = (
    Obligation(
        name="the lag is at least (2 o + 1)/6",
        note="q is the reciprocal of the lag's denominator",
        given={"H_prompt": "s", "H_output": "o - 1", "H_q": "q"},
        equal={
            "E_lag": "d*(12*s + 6*(o + 1)) - (6*s*o + (o + 1)*(2*o + 1))",
            "E_q": "q*(12*s + 6*(o + 1)) - 1",
        },
        goal="6*d - (2*o + 1)",
        proof="12*H_q*H_prompt*H_output + 6*q*E_lag - (6*d - (2*o + 1))*E_q",
        twin=Twin(
            "2 o + 1 becomes 2 o + 2",
            goal="6*d - (2*o + 2)",
            model={"s": 0, "o": 1, "q": Fraction(1, 12), "d": Fraction(1, 2)},
        ),
        witness={"s": 0, "o": 1, "q": Fraction(1, 12), "d": Fraction(1, 2)},
    ),
    Obligation(
        name="X is at most M (OPT - b/3)",
        note="n requests, lag is the sum of their d",
        given={
            "H_L4": "M*opt - X - M*lag",
            "H_lag": "6*lag - 2*b - n",
            "H_count": "n",
            "H_M": "M",
        },
        goal="3*M*opt - M*b - 3*X",
        proof="3*H_L4 + H_M*(H_lag + H_count)/2",
        twin=Twin(
            "the lag is not counted",
            drop=("H_lag",),
            model={"M": 1, "opt": 1, "X": 1, "lag": 0, "b": 1, "n": 1},
        ),
        witness={"M": 2, "opt": 1, "X": Fraction(1, 2), "lag": Fraction(1, 2), "b": 1, "n": 1},
    ),
    Obligation(
        name="U SVF <= M (OPT - b/3) + U b",
        given={"H_wait": "X - U*p", "H_X": "3*M*opt - M*b - 3*X"},
        equal={"E_cost": "svf - p - b"},
        goal="3*M*opt - M*b + 3*U*b - 3*U*svf",
        proof="3*H_wait + H_X - 3*U*E_cost",
        twin=Twin(
            "b/3 becomes b",
            goal="3*M*opt - 3*M*b + 3*U*b - 3*U*svf",
            model={
                "M": 1,
                "opt": 1,
                "b": 1,
                "X": Fraction(2, 3),
                "U": 1,
                "p": Fraction(2, 3),
                "svf": Fraction(5, 3),
            },
        ),
        witness={"M": 1, "opt": 1, "b": 1, "X": 0, "U": 1, "p": 0, "svf": 1},
    ),
    Obligation(
        name="gamma <= 3: the ratio is at most 1 + 2 gamma/3",
        given={
            "H_svf": "3*M*opt - M*b + 3*U*b - 3*U*svf",
            "H_case": "3*U - M",
            "H_L2": "opt - b",
        },
        goal="(3*U + 2*M)*opt - 3*U*svf",
        proof="H_svf + H_case*H_L2",
        twin=Twin(
            "the length bound is dropped",
            drop=("H_L2",),
            model={"M": 1, "opt": 0, "b": 1, "U": 1, "svf": Fraction(2, 3)},
        ),
        witness={"M": 1, "opt": 1, "b": 1, "U": 1, "svf": 1},
    ),
    Obligation(
        name="gamma >= 3: the ratio is at most gamma",
        given={
            "H_svf": "3*M*opt - M*b + 3*U*b - 3*U*svf",
            "H_case": "M - 3*U",
            "H_b": "b",
        },
        goal="3*M*opt - 3*U*svf",
        proof="H_svf + H_case*H_b",
        twin=Twin(
            "the case is dropped",
            drop=("H_case",),
            model={"M": 1, "opt": 1, "b": 1, "U": 1, "svf": Fraction(5, 3)},
        ),
        witness={"M": 4, "opt": 1, "b": 1, "U": 1, "svf": 1},
    ),
    Obligation(
        name="alpha: g U >= M when 4 U = 2 (M + 1) - P",
        given={
            "H_flat": _G["H_flat"],
            "H_M": "M",
            "H_alpha": "alpha*M - P",
            "H_g": "g",
        },
        equal={"E_U": "4*U - (2*(M + 1) - P)"},
        goal="g*U - M",
        proof="(H_M*H_flat + H_g*H_alpha + 2*H_g + g*E_U)/4",
        twin=Twin(
            "the peaks may exceed alpha M",
            drop=("H_alpha",),
            model={"alpha": 0, "g": 2, "M": 10, "P": 10, "U": 3},
        ),
        witness={**_WITNESS, "U": 2},
    ),
    Obligation(
        name="alpha: g U >= M when 4 U = 3 (M + 1 - P)",
        given={
            "H_steep": _G["H_steep"],
            "H_M": "M",
            "H_alpha": "alpha*M - P",
            "H_g": "g",
        },
        equal={"E_U": "4*U - 3*(M + 1 - P)"},
        goal="g*U - M",
        proof="(H_M*H_steep + 3*H_g*H_alpha + 3*H_g + g*E_U)/4",
        twin=Twin(
            "the peaks may exceed alpha M",
            drop=("H_alpha",),
            model={"alpha": 0, "g": 2, "M": 9, "P": 9, "U": Fraction(3, 4)},
        ),
        witness={**_WITNESS, "U": Fraction(9, 4)},
    ),
    Obligation(
        name="alpha, gamma <= 3: SVF <= (1 + 2 g/3) OPT",
        given={
            "H_svf": "(3*U + 2*M)*opt - 3*U*svf",
            "H_gamma": "g*U - M",
            "H_opt": "opt",
            "H_q": "q",
        },
        equal={"E_q": "q*U - 1"},
        goal="(3 + 2*g)*opt - 3*svf",
        proof="H_q*(H_svf + 2*H_gamma*H_opt) - ((3 + 2*g)*opt - 3*svf)*E_q",
        twin=Twin(
            "2 g/3 becomes g/3",
            goal="(3 + g)*opt - 3*svf",
            model={"M": 1, "opt": 1, "U": 1, "g": 1, "q": 1, "svf": Fraction(5, 3)},
        ),
        witness={"M": 1, "opt": 1, "U": 1, "g": 1, "q": 1, "svf": 1},
    ),
    Obligation(
        name="alpha, gamma >= 3: SVF <= g OPT",
        given={
            "H_svf": "3*M*opt - 3*U*svf",
            "H_gamma": "g*U - M",
            "H_opt": "opt",
            "H_q": "q",
        },
        equal={"E_q": "q*U - 1"},
        goal="g*opt - svf",
        proof="H_q*(H_svf/3 + H_gamma*H_opt) - (g*opt - svf)*E_q",
        twin=Twin(
            "gamma may exceed g",
            drop=("H_gamma",),
            model={"M": 2, "opt": 1, "U": 1, "g": 1, "q": 1, "svf": 2},
        ),
        witness={"M": 1, "opt": 1, "U": 1, "g": 1, "q": 1, "svf": 1},
    ),
)


def _within(instance: Instance, factor: int) -> bool:
    """Whether SVF <= max(1 + 2 gamma/3, gamma) OPT, gamma divided by ``factor``."""
    gamma = Fraction(4 * instance.memory, factor * four_u(instance.memory, instance.peak))
    bound = max(1 + 2 * gamma / 3, gamma)
    return cost(instance, simulate(instance, named_policy("svf"))) <= (
        bound * optimal_cost(instance)
    )


def ratio(alpha: Fraction) -> Fraction | None:
    """max(1 + 2 g/3, g), g = max(4/(2 - alpha), 4/(3 (1 - alpha))); None at alpha = 1.

    >>> ratio(Fraction(1, 2)), ratio(Fraction(11, 15))
    (Fraction(25, 9), Fraction(5, 1))
    """
    if alpha >= 1:
        return None
    g = max(4 / (2 - alpha), 4 / (3 * (1 - alpha)))
    return max(1 + 2 * g / 3, g)


LEMMA = Lemma(
    key="T4",
    title="Ratio of SVF by own-volume accounting",
    source="theory.md, T4; theory-t4.md",
    statement="cost(SVF) <= max(1 + 2 gamma/3, gamma) OPT, gamma = M/U, "
    "U = min((2 (M + 1) - P)/4, 3 (M + 1 - P)/4); gamma <= max(4/(2 - alpha), "
    "4/(3 (1 - alpha))) when P <= alpha M, alpha < 1",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_svf": "smallest volume first, head-of-line, with known lengths",
        "H_peak": "every peak is at most P <= M",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.SUM: "the waiting bound over the requests, the lag over the requests",
        Schema.MODEL: "svf and opt are total latencies, X and b sums over the volume order",
    },
    rests_on=("L2", "L4", "T4-wait"),
    holds=lambda instance: _within(instance, 1),
    example=Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6)),
    overclaim=Overclaim(
        change="gamma is divided by 6",
        holds=lambda instance: _within(instance, 6),
        breaks_on=Instance.of(3, (1, 1), (0, 1), (0, 1), (1, 1), (0, 2), (1, 1)),
    ),
    ratio=ratio,
)
