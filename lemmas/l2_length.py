"""L2, length: nobody completes sooner than its output length after its arrival.

A request that starts at p >= a runs o steps without interruption and completes at p + o, so it
pays at least o. The sum of these lengths is called b. No budget is involved.
"""

from __future__ import annotations

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance

OBLIGATIONS = (
    Obligation(
        name="a request's latency is at least its output",
        given={"H_start": "p - a"},
        equal={"E_completion": "c - (p + o)"},
        goal="(c - a) - o",
        proof="E_completion + H_start",
        twin=Twin("it may start before it arrives", drop=("H_start",)),
    ),
    Obligation(
        name="one more request",
        given={"H_so_far": "cost - b", "H_request": "latency - o"},
        goal="(cost + latency) - (b + o)",
        proof="H_so_far + H_request",
        twin=Twin("its latency is not counted", goal="cost - (b + o)"),
    ),
)

LEMMA = Lemma(
    key="L2",
    title="Length bound",
    source="theory.md, L2",
    statement="cost >= b, the sum of the outputs, for every schedule",
    hypotheses={
        "H_arrival": "no request starts before it arrives",
        "H_whole": "a request runs its o steps without interruption",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "latency is completion minus arrival, completion is start plus output",
        Schema.REQUESTS: "requests are added one by one, from cost 0 and b = 0",
    },
    holds=lambda instance: optimal_cost(instance) >= instance.total_output,
    example=Instance.of(6, (0, 3), (2, 2), (4, 1), (0, 4)),
    overclaim=Overclaim(
        change="b becomes b + 1",
        holds=lambda instance: optimal_cost(instance) >= instance.total_output + 1,
        breaks_on=Instance.of(1, (0, 1)),
    ),
    proof="each request pays at least its length",
)
