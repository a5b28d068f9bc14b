"""L3, blocking: whoever waits, waits behind work.

While the head of line h is blocked at step t, some step y in (t, t + o_h] has no room for it:
the requests started before h hold at least M + 1 - (h's tokens) >= M + 1 - P = D tokens there.
Each of them grows by one token a step, so on the way up from t to y they already hold half of
that on average. These intervals tile [0, p_j], and all their area belongs to requests before j.
"""

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.policy import POLICIES
from theory.request import Instance
from theory.simulator import simulate

OBLIGATIONS = (
    Obligation(
        name="what blocks the head holds at least D tokens",
        given={
            "H_blocked": "load + held - (M + 1)",  # at its witness step the head does not fit
            "H_peak": "P - held",
        },
        goal="load - (M + 1 - P)",
        proof="H_blocked + H_peak",
        twin=Twin("the bound P on peaks is dropped", drop=("H_peak",)),
    ),
    Obligation(
        name="a ramp fills half of its box",
        note="a: tokens at t of a request that lives through (t, t + k]; 2 area >= (k + 1) peak",
        given={"H_tokens": "a", "H_length": "k - 1"},
        goal="2*(k*a + k*(k + 1)/2) - (k + 1)*(a + k)",
        proof="H_tokens*H_length",
        twin=Twin(
            "(k + 1) becomes (k + 2)",
            goal="2*(k*a + k*(k + 1)/2) - (k + 2)*(a + k)",
        ),
    ),
    Obligation(
        name="a tile of length k has twice its area at least k D",
        given={
            "H_area": "2*area - (k + 1)*load",
            "H_load": "load - D",
            "H_length": "k - 1",
            "H_slack": "D - 1",
        },
        goal="2*area - k*D",
        proof="H_area + H_length*H_load + 2*H_load + H_slack + 1",
        twin=Twin("k D becomes (k + 2) D", goal="2*area - (k + 2)*D"),
    ),
    Obligation(
        name="tiles add up",
        given={"H_before": "2*area - x*D", "H_tile": "2*tile - k*D"},
        goal="2*(area + tile) - (x + k)*D",
        proof="H_before + H_tile",
        twin=Twin("the tile's area is not counted", goal="2*area - (x + k)*D"),
    ),
    Obligation(
        name="the area belongs to the requests before j",
        given={
            "H_tiles": "2*area - x*D",
            "H_cover": "x - p_j",
            "H_volume": "V - area",
            "H_slack": "D",
        },
        goal="2*V - p_j*D",
        proof="H_tiles + H_cover*H_slack + 2*H_volume",
        twin=Twin("2 V becomes V", goal="V - p_j*D"),
    ),
    Obligation(
        name="the paper's form: o (s + o) <= 2 v",
        given={"H_prompt": "s", "H_output": "o - 1"},
        equal={"E_volume": "2*v - 2*s*o - o*(o + 1)"},
        goal="2*v - o*(s + o)",
        proof="E_volume + H_prompt*H_output + H_prompt + H_output + 1",
        twin=Twin("2 v becomes v", goal="v - o*(s + o)"),
    ),
)


def _waits_behind(instance: Instance, slack: int) -> bool:
    """Whether p_j * slack <= 2 * (volumes before j), for every order that we have a name for."""
    for policy in POLICIES.values():
        starts = simulate(instance, policy)
        before = 0
        for i in policy.order(instance):
            if starts[i] * slack > 2 * before:
                return False
            before += instance.requests[i].volume
    return True


LEMMA = Lemma(
    key="L3",
    title="Blocking",
    source="paper, Lemma A.2; theory.md, L3",
    statement="p_j D <= 2 V_{j-1}: the start of the j-th request times D is at most twice the "
    "volume before it, in every order",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_head_of_line": "in some order, each request starts at the first step, not before its "
        "predecessor's start, at which it fits",
        "H_peak": "every peak is at most P <= M",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "load, area and held are occupancies and their sums over steps",
        Schema.SUM: "the ramp inequality over the requests that live at the witness step",
        Schema.TILING: "witness steps are followed until p_j is covered",
    },
    holds=lambda instance: _waits_behind(instance, instance.slack),
    example=Instance.of(6, (0, 3), (2, 2), (4, 1), (0, 4)),
    overclaim=Overclaim(
        change="D becomes D + 2",
        holds=lambda instance: _waits_behind(instance, instance.slack + 2),
        breaks_on=Instance.of(1, (0, 1), (0, 1)),
    ),
)
