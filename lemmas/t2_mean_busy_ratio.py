"""T2: smallest volume first costs at most max(1 + 4M/(3D), 2M/D) times the optimum.

T1 pays for lengths twice: once inside the volumes, once as b. L4 sees that the optimum, too, has
to complete what it holds: with d_j >= o_j / 3 it gives 6 M OPT >= 6 A + 2 M b, A the sum of
V_{j-1}. SVF pays 3 D SVF <= 6 A + 3 D b by L3. Subtract:

    3 D SVF <= 6 M OPT + (3D - 2M) b.

If 3D >= 2M, use b <= OPT (L2); otherwise drop b. Each case gives one entry of the maximum. When
no request is larger than half the memory, both entries are at most 4.
"""

from __future__ import annotations

from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.t1_volume_ratio import svf_cost
from theory.request import Instance

_SVF = "6*A + 3*D*b - 3*D*svf"
_OPT = "6*M*OPT - 6*A - 2*M*b"

OBLIGATIONS = (
    Obligation(
        name="waiting adds up: D times the sum of starts is at most 2 A",
        note="A = sum of V_{j-1} so far; V: the volume before the next request",
        given={"H_so_far": "2*A - D*starts", "H_wait": "2*V - D*p"},
        goal="2*(A + V) - D*(starts + p)",
        proof="H_so_far + H_wait",
        twin=Twin("the next request's wait is not bounded", drop=("H_wait",)),
    ),
    Obligation(
        name="lags add up: 6 times their sum is at least 2 b",
        given={"H_so_far": "6*lags - 2*b", "H_lag": "6*d - (2*o + 1)"},
        goal="6*(lags + d) - 2*(b + o)",
        proof="H_so_far + H_lag + 1",
        twin=Twin("2 o becomes 3 o", goal="6*(lags + d) - 2*b - 3*o"),
    ),
    Obligation(
        name="what SVF pays: 3 D SVF <= 6 A + 3 D b",
        given={"H_waits": "2*A - D*starts"},
        equal={"E_cost": "svf - starts - b"},
        goal=_SVF,
        proof="3*H_waits - 3*D*E_cost",
        twin=Twin(
            "b is not paid",
            goal="6*A - 3*D*svf",
            model={"A": 0, "D": 1, "starts": 0, "b": 1, "svf": 1},
        ),
    ),
    Obligation(
        name="what the optimum pays: 6 M OPT >= 6 A + 2 M b",
        given={
            "H_busy": "M*OPT - X - M*lags",
            "H_lags": "6*lags - 2*b",
            "H_volumes": "total",
            "H_budget": "M - 1",
        },
        equal={"E_halves": "X - A - total/2"},
        goal=_OPT,
        proof="6*H_busy + 6*E_halves + 3*H_volumes + (H_budget + 1)*H_lags",
        twin=Twin(
            "2 M b becomes 3 M b",
            goal="6*M*OPT - 6*A - 3*M*b",
            model={"M": 1, "A": 0, "total": 0, "X": 0, "b": 3, "lags": 1, "OPT": 1},
        ),
        witness={"M": 1, "A": 1, "total": 2, "X": 2, "b": 3, "lags": 1, "OPT": 3},
    ),
    Obligation(
        name="case 3D >= 2M: (3D + 4M) OPT >= 3 D SVF",
        given={
            "H_svf": _SVF,
            "H_opt": _OPT,
            "H_length": "OPT - b",
            "H_case": "3*D - 2*M",
        },
        goal="(3*D + 4*M)*OPT - 3*D*svf",
        proof="H_svf + H_opt + H_case*H_length",
        twin=Twin(
            "4M becomes 3M",
            goal="(3*D + 3*M)*OPT - 3*D*svf",
            model={"M": 1, "D": 1, "A": Fraction(2, 3), "b": 1, "OPT": 1, "svf": Fraction(7, 3)},
        ),
        witness={"M": 1, "D": 1, "A": 0, "b": 1, "OPT": 1, "svf": 1},
    ),
    Obligation(
        name="case 3D <= 2M: 2 M OPT >= D SVF",
        given={
            "H_svf": _SVF,
            "H_opt": _OPT,
            "H_outputs": "b",
            "H_case": "2*M - 3*D",
        },
        goal="2*M*OPT - D*svf",
        proof="(H_svf + H_opt + H_case*H_outputs)/3",
        twin=Twin(
            "2M becomes M",
            goal="M*OPT - D*svf",
            model={"M": 3, "D": 1, "A": 3, "b": 0, "OPT": 1, "svf": 6},
        ),
        witness={"M": 3, "D": 1, "A": 0, "b": 1, "OPT": 1, "svf": 1},
    ),
    Obligation(
        name="alpha form, case one: (7 - 3 alpha) OPT >= 3 (1 - alpha) SVF",
        note="both sides times M > 0; the ratio is 1 + 4/(3(1 - alpha))",
        given={
            "H_ratio": "(3*(M + 1 - P) + 4*M)*OPT - 3*(M + 1 - P)*svf",
            "H_alpha": "alpha*M - P",
            "H_optimal": "svf - OPT",
        },
        goal="M*((7 - 3*alpha)*OPT - 3*(1 - alpha)*svf)",
        proof="H_ratio + 3*(H_alpha + 1)*H_optimal",
        twin=Twin(
            "the peaks are not bounded by alpha M",
            drop=("H_alpha",),
            model={"M": 3, "P": 3, "alpha": 0, "OPT": 1, "svf": 5},
        ),
        witness={"M": 4, "P": 2, "alpha": Fraction(1, 2), "OPT": 3, "svf": 4},
    ),
    Obligation(
        name="alpha form, case two: 2 OPT >= (1 - alpha) SVF",
        note="both sides times M > 0; the ratio is 2/(1 - alpha)",
        given={
            "H_ratio": "2*M*OPT - (M + 1 - P)*svf",
            "H_alpha": "alpha*M - P",
            "H_cost": "svf",
        },
        goal="M*(2*OPT - (1 - alpha)*svf)",
        proof="H_ratio + (H_alpha + 1)*H_cost",
        twin=Twin(
            "the peaks are not bounded by alpha M",
            drop=("H_alpha",),
            model={"M": 3, "P": 3, "alpha": 0, "OPT": 1, "svf": 6},
        ),
        witness={"M": 4, "P": 2, "alpha": Fraction(1, 2), "OPT": 3, "svf": 4},
    ),
    Obligation(
        name="requests of at most half the memory, case one: 4 OPT >= SVF",
        note="both sides times D > 0; 2P <= M + 1 means 2D >= M + 1, so 9D >= 4M",
        given={
            "H_ratio": "(3*(M + 1 - P) + 4*M)*OPT - 3*(M + 1 - P)*svf",
            "H_half": "M + 1 - 2*P",
            "H_optimum": "OPT",
            "H_budget": "M - 1",
        },
        goal="(M + 1 - P)*(4*OPT - svf)",
        proof="(H_ratio + (9*H_half + H_budget + 10)/2*H_optimum)/3",
        twin=Twin(
            "requests of any size",
            drop=("H_half",),
            model={"M": 3, "P": 3, "OPT": 1, "svf": 5},
        ),
        witness={"M": 3, "P": 2, "OPT": 3, "svf": 4},
    ),
    Obligation(
        name="requests of at most half the memory, case two: 4 OPT >= SVF",
        note="both sides times D > 0",
        given={
            "H_ratio": "2*M*OPT - (M + 1 - P)*svf",
            "H_half": "M + 1 - 2*P",
            "H_optimum": "OPT",
        },
        goal="(M + 1 - P)*(4*OPT - svf)",
        proof="H_ratio + 2*(H_half + 1)*H_optimum",
        twin=Twin(
            "requests of any size",
            drop=("H_half",),
            model={"M": 3, "P": 3, "OPT": 1, "svf": 6},
        ),
        witness={"M": 3, "P": 2, "OPT": 3, "svf": 4},
    ),
)


def ratio(alpha: Fraction) -> Fraction | None:
    """The larger of 1 + 4/(3(1 - alpha)) and 2/(1 - alpha); nothing at alpha = 1.

    >>> [str(ratio(Fraction(*pair))) for pair in ((0, 1), (1, 3), (1, 2), (3, 5))]
    ['7/3', '3', '4', '5']
    """
    if not 0 <= alpha < 1:
        return None
    return max(1 + Fraction(4, 3) / (1 - alpha), 2 / (1 - alpha))


def _at_most_four(instance: Instance) -> bool:
    return svf_cost(instance) <= 4 * optimal_cost(instance)


def _within(instance: Instance) -> bool:
    """Whether D SVF <= max(D + 4M/3, 2M) OPT, and SVF <= 4 OPT if no request exceeds half."""
    if not instance.is_burst:
        return True
    d, m = instance.slack, instance.memory
    if 2 * instance.peak <= m + 1 and not _at_most_four(instance):
        return False
    return 3 * d * svf_cost(instance) <= max(3 * d + 4 * m, 6 * m) * optimal_cost(instance)


LEMMA = Lemma(
    key="T2",
    title="Mean busy time ratio",
    source="derived; theory.md, T2",
    statement="D cost(SVF) <= max(D + 4M/3, 2M) OPT, D = M + 1 - P; hence cost(SVF) <= "
    "max(1 + 4/(3(1 - alpha)), 2/(1 - alpha)) OPT when P <= alpha M, alpha < 1, and "
    "cost(SVF) <= 4 OPT when 2P <= M + 1",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_known": "volumes are known to the policy",
        "H_svf": "smallest volume first, head-of-line, ties in any fixed order",
        "H_peak": "every peak is at most P <= M",
        "H_alpha": "P <= alpha M with alpha < 1 (for the form in alpha)",
        "H_half": "2P <= M + 1 (for the bound 4)",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "in a burst, SVF's cost is its starts plus its lengths; X is A plus half "
        "of all volumes; no feasible schedule costs less than OPT; division by M, D, 1 - alpha",
        Schema.REQUESTS: "waiting is added in order of volume, lags one by one",
    },
    rests_on=("L2", "L3", "L4"),
    holds=_within,
    example=Instance.of(6, (0, 3), (2, 2), (1, 2), (0, 4)),
    overclaim=Overclaim(
        change="2P <= M + 1 is dropped: 4 is claimed for all requests",
        holds=_at_most_four,
        breaks_on=Instance.of(466, (0, 30), *[(465, 1)] * 6),
    ),
    proof="3 D SVF <= 6 A + 3 D b <= 6 M OPT + (3D - 2M) b, then b <= OPT or b >= 0",
    ratio=ratio,
)
