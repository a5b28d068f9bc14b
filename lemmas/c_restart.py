"""C, restart: what B proves holds without look-ahead, for a server that admits and evicts.

It starts what has room in the next step and, when memory runs over, evicts the lowest-ranked
(:mod:`theory.restart`). What runs is then always a prefix, in rank order, of the unfinished.

Let p_j be the start of j's last run, the one that completes, and t < p_j. Let h be the first, in
rank order, whose last run starts after t: it is j or before j, and all before h that are not
finished are in their last runs. Either h waits at t: then only those run, and step t + 1 has no
room for h beside them. Or h runs, and will be evicted, at t' say: then only those run beside it,
as h is the lowest, and step t' + 1 has no room for all of them. Both times there is a step y > t
in which last runs that started by t hold at least M + 1 - P = D tokens. From here on it is L3: the
intervals (t, y] tile [0, p_j], and all their area belongs to last runs of requests before j. So
p_j D <= 2 V^pi_{j-1}, and B's arithmetic does the rest.

The waiting bound is tight: n requests (0, P) with M = 2 P - 1 run two at a time up to the last
step but one, where the second loses all it has, and so one by one: p_j D is (P - 1)/(P + 1) of the
bound. T4's waiting bound, which needs the look-ahead, fails there; and as starts just over P/3
apart are feasible, the ratio comes close to 3, above the 25/9 that T4 proves with look-ahead.
"""

from fractions import Fraction

from lemmas import l3_blocking
from lemmas.a_distortion import distortion
from lemmas.b_distorted_ratio import FROM_WAITING_TO_RATIO, GAMMA, largest, root_above
from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance
from theory.restart import run_with_restart

PREFIX = (
    Obligation(
        name="evicting the lowest-ranked leaves a prefix",
        note="places in rank order: x, x2 the last two that run; w2 the first that waits, after",
        given={"H_next": "x - x2 - 1"},
        equal={"E_evicted": "w2 - x"},
        goal="w2 - x2 - 1",
        proof="H_next + E_evicted",
        twin=Twin("another one is evicted", drop=("E_evicted",)),
    ),
    Obligation(
        name="starting the first that waits leaves a prefix",
        note="w, w2: the first to wait, before and after; x2: the last that runs, after",
        given={"H_next": "w2 - w - 1"},
        equal={"E_started": "x2 - w"},
        goal="w2 - x2 - 1",
        proof="H_next - E_started",
        twin=Twin("the scan goes past the first", drop=("E_started",)),
    ),
)

NO_ROOM = (
    Obligation(
        name="h waits: those before it hold at least D in the next step",
        note="load: tokens of what runs, in step t + 1; s, o: of h",
        given={
            "H_refused": "load + s + 1 - (M + 1)",
            "H_output": "o - 1",
            "H_peak": "P - s - o",
        },
        goal="load - (M + 1 - P)",
        proof="H_refused + H_output + H_peak",
        twin=Twin("the bound P on peaks is dropped", drop=("H_peak",)),
    ),
    Obligation(
        name="h is evicted: those before it would hold at least D in the next step",
        note="load: tokens of what else runs, in step t' + 1; age: of h at t'",
        given={
            "H_overflow": "load + s + age + 1 - (M + 1)",
            "H_unfinished": "o - age - 1",
            "H_peak": "P - s - o",
        },
        goal="load - (M + 1 - P)",
        proof="H_overflow + H_unfinished + H_peak",
        twin=Twin("h may be older than its output", drop=("H_unfinished",)),
    ),
)

_, *TILES, _ = l3_blocking.OBLIGATIONS
"""From D tokens at every witness step to p_j D <= 2 V^pi_{j-1}."""


def _starts_in_time(instance: Instance) -> bool:
    before = 0
    schedule = run_with_restart(instance, range(len(instance)))
    for start, request in zip(schedule.starts, instance.requests, strict=True):
        if start * instance.slack > 2 * before:
            return False
        before += request.volume
    return True


def _within(instance: Instance, gamma: Fraction, root: Fraction) -> bool:
    schedule = run_with_restart(instance, range(len(instance)))
    return schedule.cost(instance) <= largest(gamma, root) * optimal_cost(instance)


def _holds(instance: Instance) -> bool:
    gamma = Fraction(2 * instance.memory, instance.slack)
    return _starts_in_time(instance) and _within(instance, gamma, root_above(distortion(instance)))


LEMMA = Lemma(
    key="C",
    title="Optimistic admission with restart",
    source="theory.md, section 3, C",
    statement="p_j D <= 2 V^pi_{j-1}, p_j the start of j's complete run; so the cost is at most "
    "max(1 + 4 r M/(3 D), 2 r M/D) OPT for every order pi of distortion r^2, at most "
    "max(1 + 4 r/(3 (1 - alpha)), 2 r/(1 - alpha)), and admission needs no output length",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_restart": "at every step: retire; while the next step would overflow, evict the last "
        "in pi of what runs, its progress lost; start the waiting in the order pi while the next "
        "step has room, up to the first for which it has not",
        "H_distortion": "i before j in pi implies v_i <= r^2 v_j, r >= 1 rational",
        "H_peak": "every peak is at most P <= M; P <= alpha M, alpha < 1 for the form in alpha",
    },
    obligations=(*PREFIX, *NO_ROOM, *TILES, *FROM_WAITING_TO_RATIO, GAMMA),
    schemas={
        Schema.STEPS: "what runs is a prefix of the unfinished: nothing runs at first, evicting "
        "and starting keep it so, and what completes is no longer among the unfinished",
        Schema.MODEL: "load and area are of last runs only, those that are never cut; cost = "
        "W + b, W the sum of their starts and b that of outputs; U = D/2 > 0 cancels",
        Schema.TILING: "witness steps are followed until p_j is covered",
        Schema.SUM: "the ramp inequality over the last runs that live at the witness step; over "
        "the requests j, the waits and the lags d_j >= o_j/3 of L4",
    },
    holds=_holds,
    example=Instance.of(8, (0, 6), (0, 6), (1, 2), (0, 1)),
    overclaim=Overclaim(
        change="gamma and r are both taken to be 1",
        holds=lambda instance: _within(instance, Fraction(1), Fraction(1)),
        breaks_on=Instance.of(3, *[(0, 3)] * 3, *[(0, 1)] * 12),
    ),
    rests_on=("L2", "L4", "A"),
)
