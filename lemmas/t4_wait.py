"""T4-wait: p_j U <= V_{j-1} + v_j/2, the waiting bound by own-volume accounting.

L3 pays for the time before p_j with the area of the requests before j, and gets D/2 per step:
what blocks the head holds D tokens, on average half of that on the way up. Two things are
wasted there. What blocks a head holds at least M + 1 - (what the head would hold), more than D
when the head is thin; and the head's own volume, spent later, is itself volume up to j. T4
uses both: every blocking head also pays with its own later volume.

*Runs.* Let u_0 = 0. While u < p_j, let h be the first request in the order that starts after u;
the ones before it have started by u, and h is blocked at each step in [u, p_h): some step at
most o_h later, a *witness*, has no room for it. Let v be a witness for p_h - 1: p_h <= v <=
p_h - 1 + o_h. The run is (u, v], X = v - u long, and the next run starts at v. At v, h itself
would hold phi_h = s_h + v - p_h + 1 <= P, and the others hold at least M + 1 - phi_h.
Inside the run, tiles claim area of requests before h (T4-tile); nobody claims h's first
y = v - p_h steps, and since every run has another head, later claims of h come after v.

*Two accounts.* A is the claimed area, F the sum over claimed steps of an earlier head k of
phi_k. Summed over all runs, with the heads' own volumes,

    B1: sum A <= V_{j-1}                            (every step of every request once)
    B2: sum (A - F/2) + sum phi_h o_h/2 <= V_j      (own volume of each head)

*Own volume.* Over h's lifetime, (unclaimed area) + phi_h (claimed length)/2 >= phi_h o_h/2.
The first y steps, all unclaimed, hold s_h y + y (y + 1)/2 >= phi_h y/2, as phi_h = s_h + y + 1.
In every later step h holds at least phi_h: an unclaimed one brings that, a claimed one phi_h/2.

B1 forgets the own volumes; B2 counts them, but must let go of half a phi wherever a head's own
later steps are claimed. Neither is enough alone. Their average is

    sum over runs (A - F/4 + phi_h o_h/4) <= V_{j-1} + v_j/2,

and each run's term is at least U X (T4-chain). The runs cover [0, p_j]; hence the bound. The
order has not been used: it holds for every head-of-line order, sorted or not.
"""

from __future__ import annotations

from collections.abc import Sequence

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.t4_runs import four_u, named_orders
from theory.policy import Admission
from theory.request import Instance
from theory.simulator import follow

OWN_VOLUME = (
    Obligation(
        name="own volume: the first y steps hold at least phi y/2",
        given={"H_prompt": "s", "H_length": "y"},
        equal={"E_phi": "phi - (s + y + 1)"},
        goal="2*(s*y + y*(y + 1)/2) - phi*y",
        proof="H_prompt*H_length - y*E_phi",
        twin=Twin(
            "phi y/2 becomes phi y",
            goal="2*(s*y + y*(y + 1)/2) - 2*phi*y",
            model={"s": 0, "y": 1, "phi": 2},
        ),
        witness={"s": 1, "y": 1, "phi": 3},
    ),
    Obligation(
        name="own volume: a later step pays phi/2, claimed or not",
        note="c is 1 when the step is claimed, else 0; held is what the head holds in the step",
        given={"H_free": "1 - c", "H_held": "held - phi", "H_phi": "phi"},
        goal="2*(1 - c)*held + c*phi - phi",
        proof="H_free*(2*H_held + H_phi)",
        twin=Twin(
            "a claimed step is not charged",
            goal="2*(1 - c)*held - phi",
            model={"c": 1, "held": 1, "phi": 1},
        ),
        witness={"c": 0, "held": 1, "phi": 1},
    ),
    Obligation(
        name="own volume: 2 (unclaimed area) + phi (claimed length) >= phi o",
        given={
            "H_first": "2*first - phi*y",
            "H_later": "2*(later - claimed) + charge - phi*(o - y)",
        },
        equal={"E_volume": "volume - (first + later)"},
        goal="2*(volume - claimed) + charge - phi*o",
        proof="H_first + H_later + 2*E_volume",
        twin=Twin(
            "the first piece is not counted",
            drop=("H_first",),
            model={
                "first": 0,
                "later": 1,
                "claimed": 0,
                "charge": 0,
                "phi": 2,
                "y": 1,
                "o": 2,
                "volume": 1,
            },
        ),
        witness={
            "first": 1,
            "later": 3,
            "claimed": 0,
            "charge": 0,
            "phi": 2,
            "y": 1,
            "o": 2,
            "volume": 4,
        },
    ),
)

ACCOUNTS = (
    Obligation(
        name="a witness holds at least D tokens",
        note="y - t <= o_h, so the head would hold at most its peak there",
        given={
            "H_blocked": "load + s + (y - t) - (M + 1)",
            "H_near": "t + o - y",
            "H_peak": "P - (s + o)",
        },
        goal="load - (M + 1 - P)",
        proof="H_blocked + H_near + H_peak",
        twin=Twin("the witness may be far", drop=("H_near",)),
    ),
    Obligation(
        name="at the run's end the load is at least M + 1 - phi",
        note="the end v is a witness for the step p - 1",
        given={"H_blocked": "load + s + (v - (p - 1)) - (M + 1)"},
        equal={"E_phi": "phi - (s + v - p + 1)"},
        goal="load + phi - (M + 1)",
        proof="H_blocked + E_phi",
        twin=Twin("M + 1 becomes M + 2", goal="load + phi - (M + 2)"),
    ),
    Obligation(
        name="phi is at most P",
        given={"H_near": "p - 1 + o - v", "H_peak": "P - (s + o)"},
        equal={"E_phi": "phi - (s + v - p + 1)"},
        goal="P - phi",
        proof="H_near + H_peak - E_phi",
        twin=Twin("the run may end after the head", drop=("H_near",)),
    ),
    Obligation(
        name="the first y = v - p steps of the head end before o",
        given={"H_near": "p - 1 + o - v"},
        goal="o - (v - p) - 1",
        proof="H_near",
        twin=Twin("the run may end after the head", drop=("H_near",)),
    ),
    Obligation(
        name="runs add up",
        given={"H_before": "total - U4*u", "H_run": "gain - U4*X"},
        goal="total + gain - U4*(u + X)",
        proof="H_before + H_run",
        twin=Twin("the run's gain is not counted", goal="total - U4*(u + X)"),
    ),
    Obligation(
        name="the two accounts of one request before j, averaged",
        note="B1: claimed <= v; B2: own volume; both times 4, then halved. fee is phi o, or 0",
        given={"H_B1": "v - claimed", "H_B2": "2*(v - claimed) + charge - fee"},
        goal="4*v + charge - 4*claimed - fee",
        proof="2*H_B1 + H_B2",
        twin=Twin("the charge is not taken off", goal="4*v - 4*claimed - fee"),
    ),
    Obligation(
        name="j itself, claimed by nobody, enters B2 alone",
        given={"H_B2": "2*(v_j - claimed) + charge - fee"},
        equal={"E_claimed": "claimed", "E_charge": "charge"},
        goal="2*v_j - fee",
        proof="H_B2 + 2*E_claimed - E_charge",
        twin=Twin("v_j/2 becomes v_j/4", goal="v_j - fee"),
    ),
    Obligation(
        name="the waiting bound",
        note="sums over the requests before j and over the runs; end is the last run's",
        given={
            "H_runs": "4*claimed - charge + fees + fee_j - U4*end",
            "H_before": "4*V + charge - 4*claimed - fees",
            "H_last": "2*v_j - fee_j",
            "H_cover": "end - p_j",
            "H_U": "U4",
        },
        goal="4*V + 2*v_j - p_j*U4",
        proof="H_runs + H_before + H_last + H_U*H_cover",
        twin=Twin("v_j/2 is dropped", goal="4*V - p_j*U4"),
    ),
)


def waits_within(instance: Instance, order: Sequence[int], factor: int = 1) -> bool:
    """Whether factor p_j U <= V_{j-1} + v_j/2 for every j, head-of-line in this order."""
    starts = follow(instance, order, Admission.HEAD_OF_LINE)
    before = 0
    for i in order:
        volume = instance.requests[i].volume
        if factor * starts[i] * four_u(instance.memory, instance.peak) > 4 * before + 2 * volume:
            return False
        before += volume
    return True


def _in_every_order(instance: Instance, factor: int = 1) -> bool:
    return all(waits_within(instance, order, factor) for order in named_orders(instance))


LEMMA = Lemma(
    key="T4-wait",
    title="Waiting bound by own-volume accounting",
    source="theory-t4.md, Runs and Own volume",
    statement="p_j U <= V_{j-1} + v_j/2 for every j in every head-of-line order, where "
    "U = min((2 (M + 1) - P)/4, 3 (M + 1 - P)/4)",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_head_of_line": "in some order, each request starts at the first step, not before its "
        "predecessor's start, at which it fits",
        "H_peak": "every peak is at most P <= M",
    },
    obligations=(*OWN_VOLUME, *ACCOUNTS),
    schemas={
        Schema.MODEL: "h is blocked in [u, p_h), so witnesses exist; claims lie in lives; no step "
        "of a request is claimed twice, none of a head before its run's end, none of j",
        Schema.STEPS: "runs follow one another until p_j is covered; each has another head",
        Schema.TILING: "the runs cover [0, p_j]",
        Schema.DOUBLE_COUNT: "areas, charges and fees by run, and by request",
        Schema.SUM: "own volume over life steps; the averaged accounts over the requests",
    },
    rests_on=("T4-tile", "T4-chain"),
    holds=_in_every_order,
    example=Instance.of(6, (0, 3), (2, 2), (4, 1), (0, 4)),
    overclaim=Overclaim(
        change="U is doubled",
        holds=lambda instance: _in_every_order(instance, 2),
        breaks_on=Instance.of(5, (1, 1), (0, 1), (0, 2), (1, 1), (1, 1), (0, 2), (0, 2), (0, 1)),
    ),
)
