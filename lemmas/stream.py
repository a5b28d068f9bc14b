"""F2, a stream: for flow time the ratio is of the order of the budget itself.

As in F1 the bait, here (0, M), is started at some step b; but now M requests (0, 1) arrive at
each of the steps b + 1, ..., b + N. That fills the memory exactly, so what the bait has kept out
by its end is never made up for. Before the K-th burst is served, K <= M, there wait

    K M - (sum of M - 2 - i for i <= K - 2)  =  M + 2 (K - 1) + (K - 1)(K - 2)/2,

at the end of the bait Q = (M^2 + 3 M - 2)/2, and then Q at every step to the end of the stream.
Hindsight serves each burst as it comes and the bait after the stream, or before it. For a long
stream the ratio comes close to Q/(M + 1) = (M + 2)/2 - 2/(M + 1); with N = M^2 it is M/2 at least.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.one_shot import BEST_START
from theory.request import Instance, Request
from theory.schedule import cost, require_feasible

QUEUE = (
    Obligation(
        name="what starts beside the bait",
        note="x requests start at b + K; the bait then holds K + 1",
        given={"H_memory": "M - (x + K + 1)"},
        goal="M - 1 - K - x",
        proof="H_memory",
        twin=Twin("the budget is ignored", drop=("H_memory",)),
    ),
    Obligation(
        name="the queue grows while the bait runs",
        note="before the K-th burst is served 2 queue is at least 2 M + 4 (K-1) + (K-1)(K-2)",
        given={
            "H_queue": "2*queue - (2*M + 4*(K - 1) + (K - 1)*(K - 2))",
            "H_served": "M - 1 - K - x",
            "H_burst": "next - (queue - x + M)",
        },
        goal="2*next - (2*M + 4*K + K*(K - 1))",
        proof="H_queue + 2*H_served + 2*H_burst",
        twin=Twin("no burst follows", drop=("H_burst",)),
    ),
    Obligation(
        name="and stays from its end on",
        given={
            "H_queue": "2*queue - (M**2 + 3*M - 2)",
            "H_served": "M - x",
            "H_burst": "next - (queue - x + M)",
        },
        goal="2*next - (M**2 + 3*M - 2)",
        proof="H_queue + 2*H_served + 2*H_burst",
        twin=Twin("more than the budget is served", drop=("H_served",)),
    ),
    Obligation(
        name="the K-th burst adds its queue to the flow time, K <= M - 1",
        note="grown = 6 times the sum of the first K queues: K (6 M + 6 (K-1) + (K-1)(K-2))",
        given={
            "H_so_far": "6*flow - K*(6*M + 6*(K - 1) + (K - 1)*(K - 2))",
            "H_queue": "2*queue - (2*M + 4*K + K*(K - 1))",
        },
        goal="6*(flow + queue) - (K + 1)*(6*M + 6*K + K*(K - 1))",
        proof="H_so_far + 3*H_queue",
        twin=Twin("its queue is not counted", goal="6*flow - (K + 1)*(6*M + 6*K + K*(K - 1))"),
    ),
    Obligation(
        name="flow time of the stream, and of what still waits T steps after it",
        note="grown: flow of the first M - 1 bursts; then N - M + 1 queues of Q; then Q - i M",
        given={
            "H_grown": "6*grown - (M - 1)*(6*M + 6*(M - 2) + (M - 2)*(M - 3))",
            "H_stay": "2*stay - (N - M + 1)*(M**2 + 3*M - 2)",
            "H_tail": "2*tail - T*(M**2 + 3*M - 2) + M*T*(T + 1)",
            "H_flow": "flow - grown - stay - tail",
        },
        goal="6*flow - (M - 1)*(12*M - 12 + (M - 2)*(M - 3))"
        " - 3*(N - M + 1 + T)*(M**2 + 3*M - 2) + 3*M*T*(T + 1)",
        proof="6*H_flow + H_grown + 3*H_stay + 3*H_tail",
        twin=Twin("what still waits is not counted", drop=("H_tail",)),
    ),
)

NO_CONSTANT = Obligation(
    name="with N = M^2 the ratio is at least M/2, so more than any constant k",
    note="c = N M + N + 1, so 2 M - 2 + c = M^3 + M^2 + 2 M - 1, and 6 times both sides",
    given={
        "H_promise": "(M**3 + M**2 + 2*M - 1)*ALG - (2*M - 2 + late)*OPT",
        "H_late": "6*late - (M - 1)*(12*M - 12 + (M - 2)*(M - 3))"
        " - 3*(M**2 - M + 1)*(M**2 + 3*M - 2)",
        "H_k": "M - 2*k",
        "H_cost": "OPT",
        "H_memory": "M - 2",
        "H_denominator": "M**3 + M**2 + 2*M - 1",
    },
    goal="6*(M**3 + M**2 + 2*M - 1)*(ALG - k*OPT)",
    proof="6*H_promise + H_cost*H_late + 3*H_denominator*H_k*H_cost"
    " + H_cost*(4*H_memory**3 + 12*H_memory**2 + 17*H_memory + 6)",
    witness={"M": 3, "late": 100, "ALG": 200, "OPT": 1, "k": 1},
    twin=Twin(
        "k may be larger",
        drop=("H_k",),
        model={"M": 3, "late": 100, "ALG": 104, "OPT": 41, "k": 9},
    ),
)


def stream_flow(memory: int, steps: int) -> int:
    """The least flow time of the stream behind a bait (0, M) that has just started.

    >>> stream_flow(memory=4, steps=6), stream_late(memory=4, steps=6)
    (73, Fraction(73, 1))
    """
    queue = flow = k = 0
    while k < steps or queue:
        k += 1
        queue += memory if k <= steps else 0
        flow += queue
        queue -= min(queue, max(memory - 1 - k, 0) if k < memory else memory)
    return flow


def stream_late(memory: int, steps: int) -> Fraction:
    """The closed form of a lower bound on the same, exact for an even budget; steps >= memory."""
    m, n, t = memory, steps, memory // 2 + 1
    twice = Fraction((m - 1) * (12 * m - 12 + (m - 2) * (m - 3)), 3)
    return (twice + (n - m + 1 + t) * (m * m + 3 * m - 2) - m * t * (t + 1)) / 2


def stream_promise(memory: int, steps: int) -> Fraction:
    """The ratio that no deterministic non-preemptive policy escapes, 2 <= memory <= steps.

    >>> stream_promise(memory=4, steps=6)
    Fraction(79, 37)
    """
    late = stream_late(memory, steps)
    return (2 * memory - 2 + late) / (2 * memory - 1 + steps * (memory + 1))


def stream_limit(memory: int) -> Fraction:
    """What the promise tends to with the length of the stream."""
    return Fraction(memory + 2, 2) - Fraction(2, memory + 1)


MOST = 17
"""Requests up to which the optimum is solved for; beyond, hindsight stands in its place."""


def against(memory: int, steps: int, start: int) -> Fraction:
    """The least ratio of a schedule that starts the bait at this step, against the optimum.

    With more than ``MOST`` requests against the schedule of hindsight, so at most that.
    """
    bait = Request(0, memory)
    stream = [Request(0, 1, start + k) for k in range(1, steps + 1) for _ in range(memory)]
    instance = Instance(memory, (bait, *stream))
    if len(instance) <= MOST:
        best = optimal_cost(instance)
    else:
        begin = start + steps + 1 if start <= memory - 2 else 0
        hindsight = (begin, *(request.arrival for request in stream))
        require_feasible(instance, hindsight)
        best = cost(instance, hindsight)
    return Fraction(start + memory + stream_flow(memory, steps), best)


def _forced(instance: Instance, ratio: Callable[[int, int], Fraction]) -> bool:
    """Whether every start of the bait is answered with the ratio, by streams of M and M + 1."""
    memory = instance.memory
    return memory < 2 or all(
        against(memory, steps, start) >= ratio(memory, steps)
        for steps in (memory, memory + 1)
        for start in range(memory + 1)
    )


LEMMA = Lemma(
    key="F2",
    title="A stream, flow time",
    source="theory.md, section 4, with a bait (0, M) and a stream of (0, 1)",
    statement="for 2 <= M <= N every deterministic non-preemptive policy pays, on some instance "
    "with arrivals, at least (2 M - 2 + late)/(2 M - 1 + N (M + 1)) times the least flow time, "
    "late >= (M - 1)(12 M - 12 + (M - 2)(M - 3))/6 + (N - M + 1 + T)(M^2 + 3 M - 2)/2 - "
    "M T (T + 1)/2 for every T >= 0: towards (M + 2)/2 - 2/(M + 1), and at least M/2 with N = M^2",
    hypotheses={
        "H_online": "what a policy starts at a step depends on nothing that arrives later",
        "H_whole": "a request runs its o steps without interruption and without restart",
        "H_feasible": "in every step the requests that run hold at most M tokens together",
    },
    obligations=(*QUEUE, *BEST_START, NO_CONSTANT),
    schemas={
        Schema.MODEL: "BEST_START with L = M and c = N M + N + 1: hindsight serves the stream as "
        "it comes and starts the bait at b + N + 1, or, if b >= M - 1, at 0; flow time is the sum "
        "of the queues; a bait that never starts costs more than any multiple of M",
        Schema.STEPS: "the queue and the flow time, step by step",
    },
    holds=lambda instance: _forced(instance, stream_promise),
    example=Instance.of(4, (0, 4), (0, 1)),
    overclaim=Overclaim(
        change="a stream as short as the bait is taken to reach the limit",
        holds=lambda instance: _forced(instance, lambda memory, _: stream_limit(memory)),
        breaks_on=Instance.of(4, (0, 4), (0, 1)),
    ),
)
