"""P1, the pathwise wait: what can hold up a request that arrives while others run and wait.

Fix a priority order and a request j. *Above* are j and what precedes it. At step t, after the
starts, let R_t be what runs, peak times remaining steps of each, plus y = o (s + o) of every
request above that waits. Starting a request from above leaves R as it is.

While a request from above waits, the scan has stopped at it or before: nothing from below starts.
The head at which it stopped does not fit, so at some later step what runs holds at least
M + 1 - P = D, its peaks add up to D at least, and R falls by D a step, but for what arrives above.

While nothing from above waits, R is only what runs. Give a token held j steps from now the weight
2 - 1/j. A request that holds a now and has k steps to go holds a + 1, ..., a + k, so it weighs
k a + k^2 and (k - H_k) a more, H_k = 1 + 1/2 + ... + 1/k: at least the k (a + k) that it is worth.
All together hold at most M in each step, for at most T steps, T the longest output. So R is at
most C = M (2 T - H_T), and this is attained: by M/k requests with k steps to go and no prompt yet,
or more, for k = 1, ..., T.

Hence R_t <= C + W_t, where W is the backlog of a server that does D a step:
W_t = max(W_{t-1} - D, 0) + (y of what arrives above at t). And when j, which arrived at a, still
waits at t, what runs is worth D at least and j is worth y_j. So

    D (t + 1 - a) <= C + W_a - y_j + (y of what arrives above in a + 1, ..., t).

C is what a blocked request pays for those below it that run already. theory.md has 2 M T.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.poisson import run_off
from theory.policy import Admission
from theory.request import Instance
from theory.simulator import follow

OBLIGATIONS = (
    Obligation(
        name="what runs is worth at most what it weighs: a step more to go",
        note="a: tokens held now; k: steps to go; f, f2: weight of its tokens to come, without "
        "and with the k-th step; times k",
        given={"H_before": "f - (k - 1)*(a + k - 1)", "H_tokens": "a", "H_steps": "k - 1"},
        equal={"E_step": "k*(f2 - f) - (2*k - 1)*(a + k)"},
        goal="k*(f2 - k*(a + k))",
        proof="E_step + H_before*H_steps + H_before + H_tokens*H_steps",
        twin=Twin(
            "the weight is 1 - 1/k more",
            goal="k*(f2 - k*(a + k)) - (k - 1)",
        ),
    ),
    Obligation(
        name="what all tokens to come weigh: a step more",
        note="load: tokens held in step k from now; C, C2 and f, f2: sums up to k - 1 and to k of "
        "the weights times M, and times the loads; times k",
        given={"H_before": "C - f", "H_room": "M - load", "H_steps": "k - 1"},
        equal={
            "E_all": "k*(C2 - C) - (2*k - 1)*M",
            "E_held": "k*(f2 - f) - (2*k - 1)*load",
        },
        goal="k*(C2 - f2)",
        proof="H_before*H_steps + H_before + 2*H_room*H_steps + H_room + E_all - E_held",
        twin=Twin("memory is exceeded", drop=("H_room",)),
    ),
    Obligation(
        name="when nothing from above waits, R is at most C",
        given={"H_worth": "f - R", "H_memory": "C - f"},
        goal="C - R",
        proof="H_worth + H_memory",
        twin=Twin("C is halved", goal="C/2 - R"),
    ),
    Obligation(
        name="the peaks of what blocks the head add up to D",
        note="load: tokens of what runs, held: those of the head, at the step where it has no room",
        given={
            "H_blocked": "load + held - (M + 1)",
            "H_head": "P - held",
            "H_peaks": "peaks - load",
        },
        goal="peaks - (M + 1 - P)",
        proof="H_blocked + H_head + H_peaks",
        twin=Twin("the bound P on the head's peak is dropped", drop=("H_head",)),
    ),
    Obligation(
        name="R falls by D while a request from above waits",
        note="R2: a step later; y: what arrives above; each that runs has a step less to go",
        given={"H_peaks": "peaks - D"},
        equal={"E_step": "R2 - R + peaks - y"},
        goal="R - D + y - R2",
        proof="H_peaks - E_step",
        twin=Twin(
            "what arrives is forgotten",
            goal="R - D - R2",
            model={"R": 0, "D": 0, "peaks": 0, "y": 1, "R2": 1},
        ),
    ),
    Obligation(
        name="the first step at which one from above waits",
        note="C: M (2 T - H_T); R: a step before, when none waited; W2: the backlog now",
        given={
            "H_clear": "C - R",
            "H_falls": "R + y - R2",
            "H_backlog": "W2 - y",
        },
        goal="C + W2 - R2",
        proof="H_clear + H_falls + H_backlog",
        twin=Twin("what ran before is forgotten", goal="W2 - R2"),
    ),
    Obligation(
        name="every further step",
        given={
            "H_before": "C + W - R",
            "H_falls": "R - D + y - R2",
            "H_backlog": "W2 - (W - D + y)",
        },
        goal="C + W2 - R2",
        proof="H_before + H_falls + H_backlog",
        twin=Twin("R does not fall", given={"H_falls": "R + y - R2"}),
    ),
    Obligation(
        name="who still waits has waited no longer than this",
        note="n: steps from the arrival to t; Y: what arrives above in them",
        given={
            "H_arrival": "C + W - R",
            "H_falls": "R - n*D + Y - R2",
            "H_still": "R2 - D - y",
        },
        goal="C + W - y + Y - (n + 1)*D",
        proof="H_arrival + H_falls + H_still",
        twin=Twin("what runs is forgotten", goal="W - y + Y - (n + 1)*D"),
    ),
)


def backlog(arrivals: Sequence[tuple[int, int]], slack: int, step: int) -> int:
    """W at ``step`` of a server that does ``slack`` a step: token-steps.

    ``arrivals`` are (step, work), in order of step.

    >>> backlog([(0, 10), (2, 3), (9, 1)], 4, 2)    # 10, 6, 2 + 3
    5
    """
    left = before = 0
    for now, works in groupby(arrivals, key=lambda arrival: arrival[0]):
        if now > step:
            break
        left = max(left - slack * (now - before), 0) + sum(work for _, work in works)
        before = now
    return max(left - slack * (step - before), 0)


def orders(instance: Instance) -> tuple[list[int], ...]:
    """Priority orders to try: by volume, peak, arrival, and the longest output first."""
    requests, places = instance.requests, range(len(instance))
    return (
        sorted(places, key=lambda i: requests[i].volume),
        sorted(places, key=lambda i: requests[i].peak),
        sorted(places, key=lambda i: requests[i].arrival),
        sorted(places, key=lambda i: -requests[i].output),
    )


def waits_in_time(instance: Instance, order: Sequence[int], run_off: int | Fraction) -> bool:
    """Whether every request waits no longer than with ``run_off`` in place of C."""
    starts = follow(instance, order, Admission.HEAD_OF_LINE)
    slack = instance.slack
    above: list[tuple[int, int]] = []  # (arrival, y) of what precedes, and of the request
    for i in order:
        request = instance.requests[i]
        work = request.output * request.peak
        above = sorted([*above, (request.arrival, work)])
        at_arrival = run_off + backlog(above, slack, request.arrival) - work
        for step in range(request.arrival, starts[i]):
            since = sum(y for arrival, y in above if request.arrival < arrival <= step)
            if slack * (step + 1 - request.arrival) > at_arrival + since:
                return False
    return True


def _run_off(instance: Instance) -> Fraction:
    return run_off(instance.memory, max(request.output for request in instance.requests))


LEMMA = Lemma(
    key="P1",
    title="The pathwise wait",
    source="theory.md, section 4, with C in place of 2 M T",
    statement="a request j that arrives at a and waits at t: D (t + 1 - a) <= C + W_a - y_j + "
    "sum of y over what precedes j and arrives after a, by t; C = M (2 T - 1 - 1/2 - ... - 1/T), "
    "W the backlog of j and what "
    "precedes it on a server that does D a step; y = o (s + o)",
    hypotheses={
        "H_order": "a fixed priority order; arrivals are arbitrary",
        "H_head_of_line": "at every step the waiting are scanned in this order, each that fits "
        "starts, and the scan stops at the first that does not",
        "H_peak": "every peak is at most P <= M, every output at most T",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "R counts what runs and what waits above, after the starts of the step; "
        "while one from above waits, the scan stopped at it or before, so none from below starts",
        Schema.SUM: "over what runs: weights of the tokens to come, and peaks at the step where "
        "the head has no room (only those that run now are there)",
        Schema.STEPS: "over the steps to go, from none; from the last step at which none from "
        "above waited (or from the empty server) to the arrival of j, and from there to t",
    },
    holds=lambda instance: all(
        waits_in_time(instance, order, _run_off(instance)) for order in orders(instance)
    ),
    example=Instance.of(6, (0, 3), (2, 2, 1), (4, 1, 1), (0, 4, 5)),
    overclaim=Overclaim(
        change="C is dropped: only what precedes j can hold it up",
        holds=lambda instance: all(waits_in_time(instance, o, 0) for o in orders(instance)),
        breaks_on=Instance.of(4, (0, 3), (3, 1, 1)),
    ),
)
