"""L1, volume: what has finished by a step has fitted into the memory of the steps before it.

In any feasible schedule, order the requests by completion. Everything that finishes no later
than j has spent all its tokens in steps 1, ..., c_j, and each step holds at most M of them. So
M c_j is at least the volume that finishes no later than j. Sum over j: every request pays its
own volume, and of every pair the volume of the one that finishes first is paid, which is at
least the smaller of the two. In order of volume the smaller ones add up to the sums V_{j-1}.
(For other orders the sum of prefixes is larger and the bound false: see the overclaim.)
"""

from __future__ import annotations

from itertools import accumulate

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance

OBLIGATIONS = (
    Obligation(
        name="one more step holds at most M tokens more",
        given={"H_before": "M*t - area", "H_memory": "M - load"},
        goal="M*(t + 1) - (area + load)",
        proof="H_before + H_memory",
        twin=Twin("the budget is ignored in the new step", drop=("H_memory",)),
    ),
    Obligation(
        name="M c_j covers the volume that finishes no later than j",
        note="area: all tokens held in steps 1, ..., c_j",
        given={"H_steps": "M*c_j - area", "H_inside": "area - finished"},
        goal="M*c_j - finished",
        proof="H_steps + H_inside",
        twin=Twin("what finishes by c_j may lie outside the steps", drop=("H_inside",)),
    ),
    Obligation(
        name="of a pair, the one that finishes first has at least the smaller volume",
        note="x = 1 when the smaller finishes first, x = 0 when the larger does",
        given={"H_order": "large - small", "H_either": "1 - x"},
        goal="x*small + (1 - x)*large - small",
        proof="H_order*H_either",
        twin=Twin(
            "the pair is claimed to pay the larger volume",
            goal="x*small + (1 - x)*large - large",
        ),
    ),
    Obligation(
        name="the next request in order of volume adds V_{k-1} and its own volume",
        note="paid: what the first k - 1 requests pay among themselves; W: their sum of V_j; "
        "pairs: what the pairs with the k-th pay; V: the volume of the first k - 1",
        given={"H_so_far": "paid - W", "H_pairs": "pairs - V"},
        goal="(paid + pairs + v) - (W + V + v)",
        proof="H_so_far + H_pairs",
        twin=Twin("pairs pay nothing in particular", drop=("H_pairs",)),
    ),
    Obligation(
        name="M times the cost is at least the sum of the V_j",
        given={"H_finish": "M*cost - paid", "H_count": "paid - W"},
        goal="M*cost - W",
        proof="H_finish + H_count",
        twin=Twin("M becomes M - 1", goal="(M - 1)*cost - W"),
    ),
)


def _pays(instance: Instance, largest_first: bool) -> bool:
    """Whether M times the optimum is at least the sum of prefix volumes, in this order."""
    if not instance.is_burst:
        return True
    volumes = sorted((r.volume for r in instance.requests), reverse=largest_first)
    return instance.memory * optimal_cost(instance) >= sum(accumulate(volumes))


LEMMA = Lemma(
    key="L1",
    title="Volume bound",
    source="paper, Proposition 3.1; theory.md, L1",
    statement="M cost >= sum of V_j, for every feasible schedule, V_j the j smallest volumes",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_feasible": "in every step the requests that run hold at most M tokens together",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "a request's tokens all lie in steps up to its completion; the cost of a "
        "burst is the sum of completions",
        Schema.STEPS: "the area of steps 1, ..., t, from the empty area at t = 0",
        Schema.SUM: "the bound on M c_j over j, the pair bound over the pairs with one request",
        Schema.DOUBLE_COUNT: "volumes that finish no later than j, over j, are every request's "
        "own volume and one volume of every unordered pair",
        Schema.REQUESTS: "requests are added in order of volume",
    },
    holds=lambda instance: _pays(instance, largest_first=False),
    example=Instance.of(6, (0, 3), (2, 2), (4, 1), (0, 4)),
    overclaim=Overclaim(
        change="the V_j are summed in the reversed order, largest volume first",
        holds=lambda instance: _pays(instance, largest_first=True),
        breaks_on=Instance.of(2, (0, 1), (0, 2)),
    ),
    proof="M c_j >= the volume that finishes no later than j; sum, and count pairs",
)
