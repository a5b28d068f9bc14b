"""D, over-declared lengths: what it costs that admission reserves too much, and ranks by it.

Of request i the server knows only a declared length u_i, o_i <= u_i <= beta o_i. It ranks by
w_i = s_i u_i + u_i (u_i + 1)/2, reserves memory for u_i, and frees it at completion
(:mod:`theory.declared`). Let y_i = o_i (s_i + u_i), and D' = M + 1 - the largest s_i + u_i.

While j waits, the head of the line has no room, so in each of the steps [0, p_j) what runs has
reserved peaks s_i + u_i of D' in all. It was started before j and is counted in o_i steps:

    p_j D'  <=  Y_{j-1},    the sum of y_i over i before j.

So Y must be held against volumes. Always y_i <= 2 beta v_i. And if i is before j, w_i <= w_j <=
beta^2 v_j, and y_i <= 2 w_i: so y_i <= 2 beta^2 v_j, and the sum of Y_{j-1} is at most 2 beta^2
times that of V_{j-1}, in the order of volumes. That is the simple half. The other half loses
only a root of log beta where this loses a second beta, by classes of equal y/v
(:mod:`lemmas.d_classes`): 2 beta (1 + 2 z g) X, for all c, z, g with z^c >= 2 beta, g^2 >= c.

Either way half the sum of Y_{j-1} is at most k X, k = min(beta^2, beta (1 + 2 z g)), and what B
makes of r it makes of k. With L = 1 + log2 beta and c = L rounded up, z = (2 beta)^(1/c) gives
2 z sqrt(c) = 2 2^(L/c) sqrt(c) <= 4 sqrt(L), as 2^x <= 2 sqrt(x) for x in [1/2, 1]. The root of
the logarithm is no artefact: such a server can lose beta sqrt(log beta)
(:mod:`adversaries.over_declared`).
"""

from fractions import Fraction
from math import ceil

from lemmas.b_distorted_ratio import FROM_WAITING_TO_RATIO, GAMMA, largest, root_above
from lemmas.d_classes import CLASSES
from lemmas.exact import optimal_cost
from lemmas.l3_blocking import OBLIGATIONS as BLOCKING
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.declared import as_declared, by_declared_volume, follow_declared, overstatement
from theory.request import Instance, Request
from theory.schedule import cost

VOLUME = "s*o + o*(o + 1)/2"
DECLARED_VOLUME = "s*u + u*(u + 1)/2"

WAITING = (
    BLOCKING[0],  # read with reservations: load is what runs has reserved, held what h asks for
    Obligation(
        name="a reservation never exceeds s + u",
        note="age: of a running request at the witness step, by its declared length",
        given={"H_age": "u - age"},
        goal="(s + u) - (s + age)",
        proof="H_age",
        twin=Twin("it may outlive its declaration", drop=("H_age",)),
    ),
    Obligation(
        name="one more step of waiting",
        note="S: reserved peaks of what runs, summed over x steps; peaks: in the next one",
        given={"H_before": "S - x*Dd", "H_blocked": "load - Dd", "H_peaks": "peaks - load"},
        goal="(S + peaks) - (x + 1)*Dd",
        proof="H_before + H_blocked + H_peaks",
        twin=Twin("nothing blocks in the next step", drop=("H_blocked",)),
    ),
    Obligation(
        name="i is counted in at most o_i steps",
        given={"H_steps": "o - n", "H_peak": "s + u"},
        goal="o*(s + u) - n*(s + u)",
        proof="H_steps*H_peak",
        twin=Twin("it is counted until its declared end", drop=("H_steps",)),
    ),
)

AGAINST_VOLUMES = (
    Obligation(
        name="y <= 2 beta v",
        given={
            "H_declared": "beta*o - u",
            "H_prompt": "s",
            "H_output": "o - 1",
            "H_beta": "beta - 1",
        },
        goal=f"2*beta*({VOLUME}) - o*(s + u)",
        proof="(H_output + 1)*H_declared + 2*H_prompt*(H_output + 1)*H_beta"
        " + H_prompt*(H_output + 1) + (H_beta + 1)*(H_output + 1)",
        twin=Twin("2 beta becomes beta", goal=f"beta*({VOLUME}) - o*(s + u)"),
    ),
    Obligation(
        name="w <= beta^2 v",
        given={
            "H_declared": "beta*o - u",
            "H_prompt": "s",
            "H_output": "o",
            "H_length": "u",
            "H_beta": "beta - 1",
        },
        goal=f"beta**2*({VOLUME}) - ({DECLARED_VOLUME})",
        proof="H_prompt*((H_beta + 1)*H_declared + H_beta*H_length)"
        " + H_declared*((H_beta + 1)*H_output + H_length)/2"
        " + ((H_beta + 1)*H_declared + H_beta*H_length)/2",
        twin=Twin("beta^2 becomes beta", goal=f"beta*({VOLUME}) - ({DECLARED_VOLUME})"),
    ),
)

SIMPLE = (
    Obligation(
        name="y <= 2 w",
        given={"H_truth": "u - o", "H_prompt": "s", "H_length": "u"},
        goal=f"2*({DECLARED_VOLUME}) - o*(s + u)",
        proof="H_truth*(H_prompt + H_length) + H_prompt*H_length + H_length",
        twin=Twin("2 w becomes w", goal=f"({DECLARED_VOLUME}) - o*(s + u)"),
    ),
    Obligation(
        name="i before j: y_i <= 2 beta^2 v_j",
        given={
            "H_own": "2*w_i - y_i",
            "H_rank": "w_j - w_i",
            "H_other": "beta**2*v_j - w_j",
        },
        goal="2*beta**2*v_j - y_i",
        proof="H_own + 2*H_rank + 2*H_other",
        twin=Twin("ranks are ignored", drop=("H_rank",)),
    ),
    Obligation(
        name="i before j: y_i <= 2 beta^2 v_i as well",
        given={"H_own": "2*beta*v_i - y_i", "H_beta": "beta - 1", "H_volume": "v_i"},
        goal="2*beta**2*v_i - y_i",
        proof="H_own + 2*H_volume*(H_beta**2 + H_beta)",
        twin=Twin("beta^2 becomes 1", goal="2*v_i - y_i"),
    ),
)
"""So y_i is at most 2 beta^2 times the smaller volume of every pair, i before j."""


def factor(beta: Fraction) -> Fraction:
    """The least k that is tried, beta^2 or beta (1 + 2 z g): half the sum of Y_{j-1} over X.

    z^c >= 2 beta and g^2 >= c for c = 1, 2, ..., each rounded up to a multiple of 1/1000.

    >>> [str(factor(Fraction(beta))) for beta in (1, 2, 8)], factor(Fraction(256)) < 13 * 256
    (['1', '4', '64'], True)
    """
    least = beta
    for c in range(1, 2 * ceil(beta).bit_length() + 2):
        z, g = step_above(2 * beta, c), root_above(Fraction(c))
        least = min(least, 1 + 2 * z * g)
    return beta * least


def step_above(value: Fraction, count: int) -> Fraction:
    """A rational z with z^count >= value, for value >= 1, at most 1/1000 above the root.

    >>> step_above(Fraction(512), 9), step_above(Fraction(2), 2)
    (Fraction(2, 1), Fraction(283, 200))
    """
    low, high = 999, 1000 * ceil(value)  # low/1000 falls short, high/1000 does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle**count >= value * 1000**count else (middle, high)
    return Fraction(high, 1000)


def over_declared_ratio(alpha: Fraction, beta: Fraction) -> Fraction | None:
    """The ratio that D proves when every s + declared <= alpha M; None at alpha = 1.

    >>> over_declared_ratio(Fraction(1, 2), Fraction(1))
    Fraction(4, 1)
    """
    return None if alpha >= 1 else largest(2 / (1 - alpha), factor(beta))


def _reserved_before(instance: Instance) -> list[tuple[int, int]]:
    """Of each request, in the order of declared volume: its start, and Y of those before it."""
    order = by_declared_volume(instance)
    starts, believed = follow_declared(instance, order), as_declared(instance)
    found, before = [], 0
    for i in order:
        found.append((starts[i], before))
        before += instance.requests[i].output * believed.requests[i].peak
    return found


def _within(instance: Instance, times: Fraction) -> bool:
    """Whether waits, their sum and the cost are in bounds, with k ``times`` as large."""
    slack, k = as_declared(instance).slack, times * factor(overstatement(instance))
    found = _reserved_before(instance)
    volumes = sorted(request.volume for request in instance.requests)
    x = sum((len(volumes) - k - Fraction(1, 2)) * v for k, v in enumerate(volumes))
    ratio = largest(Fraction(2 * instance.memory, slack), k)
    starts = follow_declared(instance, by_declared_volume(instance))
    return (
        all(start * slack <= before for start, before in found)
        and sum(before for _, before in found) <= 2 * k * x
        and cost(instance, starts) <= ratio * optimal_cost(instance)
    )


def _declared(memory: int, *triples: tuple[int, int, int]) -> Instance:
    """An instance of (prompt, output, declared)."""
    return Instance(memory, tuple(Request(s, o, 0, (1, u)) for s, o, u in triples))


LEMMA = Lemma(
    key="D",
    title="Over-declared lengths",
    source="theory.md, section 3, D",
    statement="cost <= max(1 + 4 k M/(3 D'), 2 k M/D') OPT, D' = M + 1 - max (s + declared), "
    "k = min(beta^2, beta (1 + 2 z g)) for all c, z, g with z^c >= 2 beta and g^2 >= c; k is at "
    "most beta (1 + 4 sqrt(1 + log2 beta)), and 1 + 2 k M/D' is never less",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_declared": "o <= declared <= beta o and s + declared <= M for every request, beta >= 1",
        "H_admission": "in order of declared volume, head-of-line; a request fits when, with the "
        "reservations of what runs, memory is not exceeded if every one of them runs for "
        "its declared length; a reservation ends when its request completes",
    },
    obligations=(
        *WAITING,
        *AGAINST_VOLUMES,
        *SIMPLE,
        *CLASSES,
        *FROM_WAITING_TO_RATIO,
        GAMMA,
    ),
    schemas={
        Schema.STEPS: "blocked steps are added one by one, from none at 0",
        Schema.DOUBLE_COUNT: "reserved peaks of what runs, by steps and by requests; the "
        "misordered pairs of class R that t separates are at most N_R(t) N(t/q^2)",
        Schema.LAYERS: "2 X is the integral of N^2, 2 X_R that of N_R^2, and the sum of v_i - v_j "
        "over misordered pairs that of the pairs which t separates; f(t/q^2) integrates to q^2 "
        "times what f does; the N_R add up to N, so that the X_R add up to at most X",
        Schema.SUM: "over the pairs and the classes R = 1, z, ..., z^(c-1), which cover y/v in "
        "[1, 2 beta]; over the requests, the waits and the lags d_j >= o_j/3 of L4",
        Schema.MODEL: "what runs while j waits was started before j; y^2 <= 4 w v is o times its "
        "obligation; in the arithmetic of B, U = D'/2, r = k, Xpi is half the sum of Y_{j-1} and P "
        "the largest s + declared; v_i, R, g, D' > 0 cancel",
    },
    holds=lambda instance: _within(instance, Fraction(1)),
    example=_declared(9, (0, 1, 4), (0, 4, 4), (1, 2, 4), (0, 1, 3)),
    overclaim=Overclaim(
        change="k is halved",
        holds=lambda instance: _within(instance, Fraction(1, 2)),
        breaks_on=_declared(10, *[(0, 8, 10)] * 4),
    ),
    rests_on=("L2", "L4"),
)
