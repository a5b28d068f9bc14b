"""L4, mean busy time: tokens come on average no earlier than a full memory allows.

Spread the tokens of step t evenly over (t-1, t], and let m_j be the mean time of j's tokens.
The lag d_j = c_j - m_j does not depend on the schedule:

    d_j = [6 s o + (o+1)(2o+1)] / [12 s + 6 (o+1)],        (2o+1)/6 <= d_j <= o/2.

For the means, let occ_i(t) be what i holds in step t, cum_i(t) the sum up to t, and

    w(i, j) = sum over t of occ_j(t) (2 cum_i(t-1) + occ_i(t)) >= 0,

twice the area of the pairs of tokens of i and j in which i's comes first. Telescoping gives
w(i, j) + w(j, i) = 2 v_i v_j and w(j, j) = v_j^2. Summed over i, the bracket is 2 C(t-1) + L(t)
for the total load, at most M (2t - 1) in a feasible schedule, so sum_i w(i, j) <= 2 M v_j m_j.
Divide by v_j: in 2 M sum m_j, request j itself counts v_j, and a pair with v_i <= v_j counts
w(i, j)/v_j + w(j, i)/v_i >= 2 v_i. In order of volume these add up to 2 X,
X = sum of (V_{j-1} + v_j/2). Hence cost = sum m_j + sum d_j >= X/M + sum d_j.

A subset S of the requests is scheduled feasibly too, and the others take at least their lengths
(L2): cost >= L4(S) + b(complement).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from lemmas.exact import optimal_cost
from lemmas.l4_lag import LAG, lag_as_stated
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.bounds import mean_busy_time_bound, subset_bound
from theory.request import Instance

MEANS = (
    Obligation(
        name="telescoping: w(i, j) + w(j, i) = 2 v_i v_j",
        note="x, y: what i and j held before the step; a, b: what they hold in it",
        equal={
            "E_before": "w - 2*x*y",
            "E_step": "step - b*(2*x + a) - a*(2*y + b)",
        },
        goal="(w + step) - 2*(x + a)*(y + b)",
        relation="= 0",
        proof="E_before + E_step",
        twin=Twin("2 v_i v_j becomes v_i v_j", goal="(w + step) - (x + a)*(y + b)"),
    ),
    Obligation(
        name="telescoping on the diagonal: w(j, j) = v_j^2",
        equal={"E_before": "w - x**2", "E_step": "step - a*(2*x + a)"},
        goal="(w + step) - (x + a)**2",
        relation="= 0",
        proof="E_before + E_step",
        twin=Twin("the square of the new tokens is forgotten", goal="(w + step) - x**2 - 2*x*a"),
    ),
    Obligation(
        name="the tokens of the first t steps are at most M t",
        given={"H_before": "M*(t - 1) - C", "H_memory": "M - L"},
        goal="M*t - (C + L)",
        proof="H_before + H_memory",
        twin=Twin("the budget is ignored in the new step", drop=("H_memory",)),
    ),
    Obligation(
        name="2 C(t-1) + L(t) <= M (2t - 1)",
        given={"H_before": "M*(t - 1) - C", "H_memory": "M - L"},
        goal="M*(2*t - 1) - (2*C + L)",
        proof="2*H_before + H_memory",
        twin=Twin("2t - 1 becomes 2t - 2", goal="M*(2*t - 2) - (2*C + L)"),
    ),
    Obligation(
        name="j's tokens of step t: the sum of w(i, j) over i is at most 2 M v_j m_j",
        note="lhs, rhs: the two sums over the steps before t; (2t - 1)/2 is the step's mean time",
        given={
            "H_so_far": "M*rhs - lhs",
            "H_tokens": "occ",
            "H_step": "M*(2*t - 1) - bracket",
        },
        goal="M*(rhs + occ*(2*t - 1)) - (lhs + occ*bracket)",
        proof="H_so_far + H_tokens*H_step",
        twin=Twin(
            "the tokens may be negative",
            drop=("H_tokens",),
            model={"M": 1, "rhs": 0, "lhs": 0, "occ": -1, "t": 1, "bracket": 0},
        ),
    ),
    Obligation(
        name="the shares of j, sum of w(i, j)/v_j over i, are at most 2 M m_j",
        note="r = 1/v_j; row = sum of w(i, j) over i; first = sum of occ_j(t) (2t - 1)",
        given={"H_row": "M*first - row", "H_inverse": "r"},
        equal={
            "E_mean": "first - 2*v*mean",
            "E_shares": "row - v*shares",
            "E_inverse": "v*r - 1",
        },
        goal="2*M*mean - shares",
        proof="H_inverse*H_row + r*(E_shares - M*E_mean) - (2*M*mean - shares)*E_inverse",
        twin=Twin(
            "2 M becomes M",
            goal="M*mean - shares",
            model={"M": 1, "first": 2, "row": 2, "r": 1, "v": 1, "mean": 1, "shares": 2},
        ),
        witness={"M": 1, "first": 2, "row": 1, "r": 1, "v": 1, "mean": 1, "shares": 1},
    ),
    Obligation(
        name="a pair with v_i <= v_j counts at least 2 v_i",
        note="at_j = w(i, j)/v_j, at_i = w(j, i)/v_i; both sides times v_j > 0",
        given={"H_order": "v_j - v_i", "H_share": "at_i"},
        equal={"E_pair": "v_j*at_j + v_i*at_i - 2*v_i*v_j"},
        goal="v_j*(at_j + at_i) - v_j*(2*v_i)",
        proof="E_pair + H_order*H_share",
        twin=Twin(
            "2 v_i becomes 2 v_j",
            goal="v_j*(at_j + at_i) - v_j*(2*v_j)",
            model={"v_i": 1, "v_j": 2, "at_j": 2, "at_i": 0},
        ),
        witness={"v_i": 1, "v_j": 2, "at_j": 1, "at_i": 2},
    ),
)

BOUND = (
    Obligation(
        name="the next request in order of volume adds 2 V_{k-1} + v_k",
        note="shares: sum of w(i, j)/v_j so far; pairs: what the pairs with the k-th count",
        given={"H_so_far": "shares - 2*X", "H_pairs": "pairs - 2*V"},
        goal="(shares + pairs + v) - 2*(X + V + v/2)",
        proof="H_so_far + H_pairs",
        twin=Twin("pairs count nothing in particular", drop=("H_pairs",)),
    ),
    Obligation(
        name="M cost >= X + M sum of d_j",
        given={"H_capacity": "2*M*means - shares", "H_count": "shares - 2*X"},
        equal={"E_cost": "cost - means - lags"},
        goal="M*cost - X - M*lags",
        proof="M*E_cost + (H_capacity + H_count)/2",
        twin=Twin("X becomes X + 1", goal="M*cost - (X + 1) - M*lags"),
    ),
    Obligation(
        name="a part of a feasible schedule is feasible",
        given={"H_memory": "M - (inside + outside)", "H_tokens": "outside"},
        goal="M - inside",
        proof="H_memory + H_tokens",
        twin=Twin("the others may hold less than nothing", drop=("H_tokens",)),
    ),
    Obligation(
        name="a subset pays its own bound, the others their lengths",
        given={
            "H_part": "M*part - X - M*lags",
            "H_rest": "rest - b",
            "H_budget": "M - 1",
        },
        equal={"E_cost": "cost - part - rest"},
        goal="M*cost - (X + M*lags + M*b)",
        proof="M*E_cost + H_part + (H_budget + 1)*H_rest",
        twin=Twin(
            "the others are counted twice",
            goal="M*cost - (X + M*lags + 2*M*b)",
            model={"M": 1, "part": 1, "rest": 1, "cost": 2, "X": 1, "lags": 0, "b": 1},
        ),
    ),
)


def _bounded(instance: Instance) -> bool:
    """Whether the optimum is at least L4(S) + b(complement): all S if few, else some."""
    if not instance.is_burst:
        return True
    if not all(map(lag_as_stated, instance.requests)):
        return False
    best, n = optimal_cost(instance), len(instance)
    if n > 8:
        return best >= subset_bound(instance)
    parts = (instance.select(c) for k in range(1, n + 1) for c in combinations(range(n), k))
    return all(
        best >= mean_busy_time_bound(part) + instance.total_output - part.total_output
        for part in parts
    )


def _half_lengths(instance: Instance) -> bool:
    excess = sum((Fraction(r.output, 2) - r.lag for r in instance.requests), Fraction(0))
    return optimal_cost(instance) >= mean_busy_time_bound(instance) + excess


LEMMA = Lemma(
    key="L4",
    title="Mean busy time bound",
    source="derived; theory.md, L4",
    statement="cost >= X/M + sum of d_j for every feasible schedule, X = sum of V_{j-1} + v_j/2 "
    "in order of volume, d_j = [6 s o + (o+1)(2o+1)]/[12 s + 6(o+1)], (2o+1)/6 <= d_j <= o/2; for "
    "a subset S, cost >= that bound for S plus the outputs of the others",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_feasible": "in every step the requests that run hold at most M tokens together",
        "H_whole": "a request runs its o >= 1 steps without interruption, from s >= 0 tokens",
    },
    obligations=(*LAG, *MEANS, *BOUND),
    schemas={
        Schema.MODEL: "d_j = m/(2 v_j), m summed over ages; 2 v_j m_j is the sum of occ_j(t) "
        "(2t - 1); w >= 0 as a sum of products of tokens; division by v_j > 0 and M > 0; a part "
        "of a schedule holds its own requests' tokens, and everything holds >= 0",
        Schema.STEPS: "m over the output length; the telescoping sums and areas over the steps",
        Schema.SUM: "the brackets of all i in a step; m_j, d_j and c_j over j; pairs with one "
        "request",
        Schema.DOUBLE_COUNT: "sum over j of sum_i w(i, j)/v_j is the diagonal and every pair once",
        Schema.REQUESTS: "requests are added in order of volume",
    },
    rests_on=("L2",),
    holds=_bounded,
    example=Instance.of(6, (0, 3), (2, 2), (4, 1), (0, 4)),
    overclaim=Overclaim(
        change="every d_j becomes o_j/2",
        holds=_half_lengths,
        breaks_on=Instance.of(6, (0, 2), (0, 3), (2, 1), (0, 3)),
    ),
    proof="exchange of the order of pairs of tokens, against the budget in every step",
)
