"""T3: prompts that are long against their outputs help.

If s_i >= sigma o_i for every request, tokens ramp up less steeply. Put

    u = (2 sigma + 1)/(2 sigma + 2),  kappa = (3 sigma + 1)/(6 sigma + 3),  c = M/(u D).

In L3 a tile (x', x] of length k is held by jobs of age at least k at x; each held at least u
times its occupancy at x on average over the tile (u = 1/2 without the shape). So the same tiles
give u D p_j <= V_{j-1}. And the lags of L4 satisfy d_j >= kappa o_j (1/3 without the shape).
With A the sum of V_{j-1}: u D SVF <= A + u D b and M OPT >= A + kappa M b, so

    u D SVF <= M OPT + (u D - kappa M) b,

and b <= OPT or b >= 0 gives CR <= max(1 + c (1 - kappa), c). sigma = 0 is T2; sigma = 1 and
alpha -> 0 give 47/27; sigma -> infinity gives 3/2.
"""

from __future__ import annotations

from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.t1_volume_ratio import svf_cost
from lemmas.t3_tiles import WAITING
from theory.request import Instance

_SVF = "A + u*D*b - u*D*svf"
_OPT = "M*OPT - A - kappa*M*b"
_HALF = Fraction(1, 2)

LAGS = (
    Obligation(
        name="the lag is at least kappa o",
        note="m = 2 v d as in L4; both sides times 6 (6 sigma + 3)",
        given={"H_shape": "s - sigma*o", "H_sigma": "sigma", "H_output": "o - 1"},
        equal={
            "E_ages": "6*m - 6*s*o**2 - o*(o + 1)*(2*o + 1)",
            "E_volume": "2*v - 2*s*o - o*(o + 1)",
        },
        goal="(6*sigma + 3)*6*m - 6*(3*sigma + 1)*o*(2*v)",
        proof="(6*sigma + 3)*E_ages - 6*(3*sigma + 1)*o*E_volume"
        " + (H_output + 1)*(6*(H_output + 1)*H_shape + 6*H_sigma + 3*(H_output + 2))",
        twin=Twin(
            "the shape is dropped",
            drop=("H_shape",),
            model={"s": 0, "sigma": 9, "o": 9, "v": 45, "m": 285},
        ),
        witness={"s": 1, "sigma": 1, "o": 1, "v": 2, "m": 2},
    ),
    Obligation(
        name="lags add up: their sum is at least kappa b",
        given={"H_so_far": "lags - kappa*b", "H_lag": "d - kappa*o"},
        goal="(lags + d) - kappa*(b + o)",
        proof="H_so_far + H_lag",
        twin=Twin(
            "the next lag is not bounded",
            drop=("H_lag",),
            model={"lags": 0, "kappa": 1, "b": 0, "d": 0, "o": 1},
        ),
        witness={"lags": 1, "kappa": 1, "b": 1, "d": 1, "o": 1},
    ),
)

RATIO = (
    Obligation(
        name="what SVF pays: u D SVF <= A + u D b",
        given={"H_waits": "A - u*D*starts"},
        equal={"E_cost": "svf - starts - b"},
        goal=_SVF,
        proof="H_waits - u*D*E_cost",
        twin=Twin(
            "b is not paid",
            goal="A - u*D*svf",
            model={"A": 0, "u": 1, "D": 1, "starts": 0, "b": 1, "svf": 1},
        ),
        witness={"A": 1, "u": 1, "D": 1, "starts": 1, "b": 1, "svf": 2},
    ),
    Obligation(
        name="what the optimum pays: M OPT >= A + kappa M b",
        given={
            "H_busy": "M*OPT - X - M*lags",
            "H_lags": "lags - kappa*b",
            "H_volumes": "total",
            "H_budget": "M - 1",
        },
        equal={"E_halves": "X - A - total/2"},
        goal=_OPT,
        proof="H_busy + E_halves + H_volumes/2 + (H_budget + 1)*H_lags",
        twin=Twin(
            "kappa becomes 2 kappa",
            goal="M*OPT - A - 2*kappa*M*b",
            model={"M": 1, "OPT": 1, "A": 0, "total": 0, "X": 0, "kappa": 1, "b": 1, "lags": 1},
        ),
        witness={"M": 1, "OPT": 3, "A": 1, "total": 2, "X": 2, "kappa": 1, "b": 1, "lags": 1},
    ),
    Obligation(
        name="case u D >= kappa M: (u D + M (1 - kappa)) OPT >= u D SVF",
        given={
            "H_svf": _SVF,
            "H_opt": _OPT,
            "H_length": "OPT - b",
            "H_case": "u*D - kappa*M",
        },
        goal="(u*D + M*(1 - kappa))*OPT - u*D*svf",
        proof="H_svf + H_opt + H_case*H_length",
        twin=Twin(
            "M (1 - kappa) becomes M (1 - 2 kappa)",
            goal="(u*D + M*(1 - 2*kappa))*OPT - u*D*svf",
            model={"u": _HALF, "D": 2, "M": 2, "kappa": _HALF, "b": 1, "OPT": 1, "A": 1, "svf": 2},
        ),
        witness={"u": 1, "D": 1, "M": 1, "kappa": _HALF, "b": 1, "OPT": 1, "A": 0, "svf": 1},
    ),
    Obligation(
        name="case u D <= kappa M: M OPT >= u D SVF",
        given={
            "H_svf": _SVF,
            "H_opt": _OPT,
            "H_outputs": "b",
            "H_case": "kappa*M - u*D",
        },
        goal="M*OPT - u*D*svf",
        proof="H_svf + H_opt + H_case*H_outputs",
        twin=Twin(
            "the optimum's bound is dropped",
            drop=("H_opt",),
            model={"u": 1, "D": 1, "M": 2, "kappa": 1, "b": 1, "OPT": 0, "A": 0, "svf": 1},
        ),
        witness={"u": 1, "D": 1, "M": 2, "kappa": _HALF, "b": 1, "OPT": 1, "A": 0, "svf": 1},
    ),
    Obligation(
        name="alpha form, case one",
        note="both sides times M > 0; the ratio is 1 + (1 - kappa)/(u (1 - alpha))",
        given={
            "H_ratio": "(u*(M + 1 - P) + M*(1 - kappa))*OPT - u*(M + 1 - P)*svf",
            "H_u": "u",
            "H_alpha": "alpha*M - P",
            "H_optimal": "svf - OPT",
        },
        goal="M*((u*(1 - alpha) + 1 - kappa)*OPT - u*(1 - alpha)*svf)",
        proof="H_ratio + H_u*(H_alpha + 1)*H_optimal",
        twin=Twin(
            "the peaks are not bounded by alpha M",
            drop=("H_alpha",),
            model={"u": 1, "kappa": 0, "M": 3, "P": 3, "alpha": 0, "OPT": 1, "svf": 4},
        ),
        witness={"u": 1, "kappa": 0, "M": 4, "P": 2, "alpha": _HALF, "OPT": 3, "svf": 4},
    ),
    Obligation(
        name="alpha form, case two",
        note="both sides times M > 0; the ratio is 1/(u (1 - alpha))",
        given={
            "H_ratio": "M*OPT - u*(M + 1 - P)*svf",
            "H_u": "u",
            "H_alpha": "alpha*M - P",
            "H_cost": "svf",
        },
        goal="M*(OPT - u*(1 - alpha)*svf)",
        proof="H_ratio + H_u*(H_alpha + 1)*H_cost",
        twin=Twin(
            "the peaks are not bounded by alpha M",
            drop=("H_alpha",),
            model={"u": 1, "M": 3, "P": 3, "alpha": 0, "OPT": 1, "svf": 3},
        ),
        witness={"u": 1, "M": 4, "P": 2, "alpha": _HALF, "OPT": 4, "svf": 4},
    ),
)


def _shape(sigma: Fraction) -> tuple[Fraction, Fraction]:
    return (2 * sigma + 1) / (2 * sigma + 2), (3 * sigma + 1) / (6 * sigma + 3)


def shape_ratio(alpha: Fraction, sigma: Fraction) -> Fraction:
    """The ratio for peaks at most alpha M, 0 <= alpha < 1, and s_i >= sigma o_i, sigma >= 0.

    Raises ValueError outside these ranges.

    >>> shape_ratio(Fraction(0), Fraction(1)), shape_ratio(Fraction(1, 2), Fraction(0))
    (Fraction(47, 27), Fraction(4, 1))
    """
    if not 0 <= alpha < 1 or sigma < 0:
        raise ValueError("the shape ratio needs 0 <= alpha < 1 and sigma >= 0")
    u, kappa = _shape(sigma)
    c = 1 / (u * (1 - alpha))
    return max(1 + c * (1 - kappa), c)


def _within(instance: Instance) -> bool:
    """Whether u D cost(SVF) <= max(u D + M (1 - kappa), M) OPT, sigma the largest possible."""
    if not instance.is_burst:
        return True
    u, kappa = _shape(min(Fraction(r.prompt, r.output) for r in instance.requests))
    d, m = u * instance.slack, instance.memory
    return d * svf_cost(instance) <= max(d + m * (1 - kappa), Fraction(m)) * optimal_cost(instance)


def _optimal_if_thick(instance: Instance) -> bool:
    thick = all(r.prompt >= r.output for r in instance.requests)
    return not thick or svf_cost(instance) <= optimal_cost(instance)


LEMMA = Lemma(
    key="T3",
    title="Shape-aware ratio",
    source="derived; theory.md, T3",
    statement="if s_i >= sigma o_i for all i: u D cost(SVF) <= max(u D + M (1 - kappa), M) OPT; "
    "hence cost(SVF) <= max(1 + c (1 - kappa), c) OPT with c = 1/(u (1 - alpha)) when "
    "P <= alpha M, alpha < 1",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_known": "volumes are known to the policy",
        "H_svf": "smallest volume first, head-of-line, ties in any fixed order",
        "H_peak": "every peak is at most P <= M",
        "H_shape": "every prompt is at least sigma >= 0 times its output",
        "H_alpha": "P <= alpha M with alpha < 1 (for the form in alpha)",
    },
    obligations=(*WAITING, *LAGS, *RATIO),
    schemas={
        Schema.MODEL: "the tiles and what they hold are those of L3, age >= tile length; "
        "u and kappa are the stated fractions; division by positive numbers; no schedule "
        "costs less than OPT",
        Schema.SUM: "the ramp inequality over the requests that live at the witness step",
        Schema.TILING: "witness steps are followed until p_j is covered",
        Schema.REQUESTS: "waiting is added in order of volume, lags one by one",
    },
    rests_on=("L2", "L3", "L4"),
    holds=_within,
    example=Instance.of(12, (1, 1), (4, 2), (3, 3), (4, 3), (7, 2)),
    overclaim=Overclaim(
        change="SVF is optimal when every prompt is at least as long as its output",
        holds=_optimal_if_thick,
        breaks_on=Instance.of(8, (6, 2), (4, 3), (1, 1)),
    ),
    proof="u D SVF <= A + u D b, A + kappa M b <= M OPT, two cases",
)
