"""T1: smallest volume first costs at most 1 + 2 M / D times the optimum, D = M + 1 - P.

SVF's cost is its waiting plus its lengths b. The waiting is paid by L3, D p_j <= 2 V_{j-1}; the
volumes V_{j-1} are paid by the optimum through L1, and b through L2. With peaks at most
alpha M, D > (1 - alpha) M and the ratio is at most 1 + 2/(1 - alpha).
"""

from __future__ import annotations

from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.policy import POLICIES
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import worst_schedule

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
        name="M OPT >= A",
        note="the sum of V_j in L1 is A plus every volume once",
        given={"H_bound": "M*OPT - (A + total)", "H_volumes": "total"},
        goal="M*OPT - A",
        proof="H_bound + H_volumes",
        twin=Twin("A becomes 2 A", goal="M*OPT - 2*A"),
    ),
    Obligation(
        name="(D + 2M) OPT >= D cost(SVF)",
        given={
            "H_waits": "2*A - (M + 1 - P)*starts",
            "H_volume": "M*OPT - A",
            "H_length": "OPT - b",
            "H_peak": "M - P",
        },
        equal={"E_cost": "svf - starts - b"},
        goal="(M + 1 - P + 2*M)*OPT - (M + 1 - P)*svf",
        proof="H_waits + 2*H_volume + (H_peak + 1)*H_length - (M + 1 - P)*E_cost",
        twin=Twin(
            "2M becomes M",
            goal="(M + 1 - P + M)*OPT - (M + 1 - P)*svf",
            model={"M": 1, "P": 1, "A": 1, "OPT": 1, "b": 1, "starts": 2, "svf": 3},
        ),
        witness={"M": 1, "P": 1, "A": 1, "OPT": 3, "b": 2, "starts": 1, "svf": 3},
    ),
    Obligation(
        name="alpha form: (3 - alpha) OPT >= (1 - alpha) cost(SVF)",
        note="both sides times M > 0; (3 - alpha)/(1 - alpha) = 1 + 2/(1 - alpha)",
        given={
            "H_ratio": "(M + 1 - P + 2*M)*OPT - (M + 1 - P)*svf",
            "H_alpha": "alpha*M - P",
            "H_optimal": "svf - OPT",
        },
        goal="M*((3 - alpha)*OPT - (1 - alpha)*svf)",
        proof="H_ratio + (H_alpha + 1)*H_optimal",
        twin=Twin(
            "the peaks are not bounded by alpha M",
            drop=("H_alpha",),
            model={"M": 4, "P": 4, "alpha": 0, "OPT": 1, "svf": 9},
        ),
        witness={"M": 4, "P": 2, "alpha": Fraction(1, 2), "OPT": 3, "svf": 4},
    ),
)


def svf_cost(instance: Instance) -> int:
    """What SVF costs, head-of-line, when ties in volume are broken as badly as possible.

    Raises InputError when there are too many orders of tied requests to try.
    """
    return cost(instance, worst_schedule(instance, POLICIES["svf"]))


def ratio(alpha: Fraction) -> Fraction | None:
    """1 + 2/(1 - alpha) for peaks at most alpha M; nothing at alpha = 1.

    >>> ratio(Fraction(1, 2))
    Fraction(5, 1)
    """
    return 1 + 2 / (1 - alpha) if 0 <= alpha < 1 else None


def _within(instance: Instance) -> bool:
    """Whether D cost(SVF) <= (D + 2M) OPT."""
    if not instance.is_burst:
        return True
    d = instance.slack
    return d * svf_cost(instance) <= (d + 2 * instance.memory) * optimal_cost(instance)


LEMMA = Lemma(
    key="T1",
    title="Volume ratio",
    source="paper, Theorem 3.2; theory.md, T1",
    statement="(M + 1 - P) cost(SVF) <= (M + 1 - P + 2M) OPT; hence cost(SVF) <= "
    "(1 + 2/(1 - alpha)) OPT when P <= alpha M, alpha < 1",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_known": "volumes are known to the policy",
        "H_svf": "smallest volume first, head-of-line, ties in any fixed order",
        "H_peak": "every peak is at most P <= M",
        "H_alpha": "P <= alpha M with alpha < 1 (for the form in alpha)",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "in a burst, SVF's cost is its starts plus its lengths; no feasible "
        "schedule costs less than OPT; division by M, D and 1 - alpha, all > 0",
        Schema.REQUESTS: "waiting is added in order of volume",
    },
    rests_on=("L1", "L2", "L3"),
    holds=_within,
    example=Instance.of(6, (0, 3), (2, 2), (1, 2), (0, 4)),
    overclaim=Overclaim(
        change="the peaks are not bounded: the 3 of alpha -> 0 is claimed for all requests",
        holds=lambda instance: svf_cost(instance) <= 3 * optimal_cost(instance),
        breaks_on=Instance.of(172, (0, 18), (171, 1), (171, 1), (171, 1), (171, 1)),
    ),
    proof="D SVF <= 2 A + D b <= 2 M OPT + D OPT",
    ratio=ratio,
)
