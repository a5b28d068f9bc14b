"""R, the distortion of ranks: what B4 says of shortest output, smallest peak, area and any order.

Twice the volume is o (2 s + o + 1), so each claim is a polynomial inequality between two requests
(s, o) and (x, u), the first ranked no later than the second, with outputs up to T and peaks up to
P. The largest volume is that of (P - T, T) and the least is 1, which settles every order, and so
fcfs and longest output first, whose worst pair is that one. Shortest output first: at o = u = 1
the prompt alone decides, at most P against 1. Smallest peak: at one peak p the volume rises with
the output, from p at o = 1. Area: the product s o is dominated by the second's, and what remains
is the triangle o (o + 1)/2.

All values are attained (:mod:`theory.distortion`, where Z3 and a walk over all requests decide
the same). With B4 every head-of-line policy of this list has a bound in P, T and M; none of them
is a constant in alpha = P/M, as lambda grows with the number of tokens.
"""

from fractions import Fraction

from lemmas.a_distortion import distortion
from lemmas.b_distorted_ratio import largest, root_above
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.distortion import FORMS, distortion_of
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance

EVERY_ORDER = (
    Obligation(
        name="no volume exceeds that of (P - T, T)",
        given={
            "H_longest": "T - o",
            "H_room": "P - T",
            "H_peak": "P - s - o",
            "H_prompt": "s",
            "H_output": "o - 1",
        },
        goal="T*(2*P - T + 1) - o*(2*s + o + 1)",
        proof="H_longest*(H_room + H_peak + H_prompt + 1) + 2*(H_output + 1)*H_peak",
        twin=Twin(
            "one token-step less",
            goal="T*(2*P - T + 1) - 2 - o*(2*s + o + 1)",
            model={"P": 3, "T": 2, "s": 1, "o": 2},
        ),
    ),
    Obligation(
        name="no volume is below 1",
        given={"H_prompt": "x", "H_output": "u - 1"},
        goal="u*(2*x + u + 1) - 2",
        proof="2*H_prompt + 3*H_output + 2*H_prompt*H_output + H_output**2",
        twin=Twin("1 becomes 2", goal="u*(2*x + u + 1) - 4", model={"x": 0, "u": 1}),
    ),
    Obligation(
        name="every order: v_i <= lambda v_j, lambda the largest volume",
        note="vi, vj: the volumes",
        given={"H_most": "lam - vi", "H_least": "vj - 1", "H_lambda": "lam"},
        goal="lam*vj - vi",
        proof="H_most + H_lambda*H_least",
        twin=Twin(
            "lambda becomes lambda - 1",
            goal="(lam - 1)*vj - vi",
            model={"lam": 6, "vi": 6, "vj": 1},
        ),
    ),
)

_P, _O, _U = "(H_peak + H_prompt + H_output + 1)", "(H_output + 1)", "(H_order + H_output + 1)"

SHORTEST_OUTPUT = Obligation(
    name="shortest output first: v_i <= P v_j",
    given={
        "H_order": "u - o",
        "H_peak": "P - s - o",
        "H_prompt": "s",
        "H_output": "o - 1",
        "H_other": "x",
    },
    goal="P*u*(2*x + u + 1) - o*(2*s + o + 1)",
    proof=f"2*{_P}*{_U}*H_other + {_P}*H_order*({_U} + {_O} + 1)"
    f" + {_O}*({_P} + 1)*H_output + 2*{_O}*H_peak",
    twin=Twin(
        "P becomes P - 1",
        goal="(P - 1)*u*(2*x + u + 1) - o*(2*s + o + 1)",
        model={"P": 3, "s": 2, "o": 1, "x": 0, "u": 1},
    ),
)

SMALLEST_PEAK = (
    Obligation(
        name="smallest peak first: the volume is at least the peak",
        given={"H_output": "u - 1", "H_prompt": "x"},
        goal="u*(2*x + u + 1) - 2*(x + u)",
        proof="H_output*(2*H_prompt + H_output + 1)",
        twin=Twin(
            "at least twice the peak", goal="u*(2*x + u + 1) - 4*(x + u)", model={"x": 0, "u": 1}
        ),
    ),
    Obligation(
        name="smallest peak first: a volume of output o and peak up to p",
        given={"H_order": "p - s - o", "H_output": "o - 1"},
        goal="o*(2*p - o + 1) - o*(2*s + o + 1)",
        proof="2*(H_output + 1)*H_order",
        twin=Twin(
            "2 p becomes p", goal="o*(p - o + 1) - o*(2*s + o + 1)", model={"p": 2, "s": 1, "o": 1}
        ),
    ),
    Obligation(
        name="smallest peak first: the worst peak is P, the worst output T",
        note="p: a peak; 2 P times lambda is T (2P - T + 1)",
        given={
            "H_longest": "T - o",
            "H_room": "P - T",
            "H_peak": "P - p",
            "H_prompt": "p - o",
            "H_output": "o - 1",
        },
        goal="T*(2*P - T + 1)*p - P*o*(2*p - o + 1)",
        proof="(H_prompt + H_output + 1)*H_longest*(H_room + H_peak + H_prompt + 1)"
        " + H_peak*(H_output + 1)*H_output",
        twin=Twin(
            "outputs may be longer than T",
            drop=("H_longest",),
            model={"P": 3, "T": 1, "p": 3, "o": 3},
        ),
    ),
    Obligation(
        name="smallest peak first: v_i <= lambda v_j",
        note="vi, vj: twice the volumes; w: twice the bound on vi at peak p; L: 2 P lambda",
        given={
            "H_first": "w - vi",
            "H_second": "vj - 2*p",
            "H_worst": "L*p - P*w",
            "H_lambda": "L",
            "H_P": "P",
        },
        goal="L*vj - 2*P*vi",
        proof="H_lambda*H_second + 2*H_worst + 2*H_P*H_first",
        twin=Twin(
            "lambda is halved",
            goal="L*vj - 4*P*vi",
            model={"w": 2, "vi": 2, "vj": 2, "p": 1, "L": 2, "P": 1},
        ),
    ),
)

AREA = Obligation(
    name="smallest area first: 2 v_i <= T (T + 1) v_j",
    given={
        "H_order": "x*u - s*o",
        "H_longest": "T - o",
        "H_output": "o - 1",
        "H_other": "u - 1",
        "H_prompt": "x",
    },
    goal="T*(T + 1)*u*(2*x + u + 1) - 2*o*(2*s + o + 1)",
    proof="2*H_prompt*(H_other + 1)*(H_longest + H_output)*(H_longest + H_output + 3)"
    " + 4*H_order"
    " + (H_longest + H_output + 1)*(H_longest + H_output + 2)*H_other*(H_other + 3)"
    " + 2*H_longest*(H_longest + 2*H_output + 3)",
    twin=Twin(
        "T (T + 1) becomes T^2",
        goal="T**2*u*(2*x + u + 1) - 2*o*(2*s + o + 1)",
        model={"T": 2, "s": 0, "o": 2, "x": 0, "u": 1},
    ),
)

ATTAINED = (
    Obligation(
        name="attained: twice the volume of (P - T, T)",
        goal="T*(2*(P - T) + T + 1) - T*(2*P - T + 1)",
        relation="= 0",
        proof="0",
        twin=Twin(
            "of (P - T, T - 1)",
            goal="(T - 1)*(2*(P - T) + T) - T*(2*P - T + 1)",
            model={"P": 3, "T": 2},
        ),
    ),
    Obligation(
        name="attained: (P - 1, 1) has peak P and volume P",
        goal="2*(P - 1) + 1 + 1 - 2*P",
        relation="= 0",
        proof="0",
        twin=Twin("(P, 1)", goal="2*P + 1 + 1 - 2*P", model={"P": 3}),
    ),
)

RATIO_RESTS_ON = ("B4", "R")
"""The theorem behind :func:`ratio_for`, and where its distortion comes from."""


def ratio_for(policy: str, memory: int, peak: int, longest: int) -> Fraction:
    """The ratio that B4 proves for a built-in rank: max(1 + 2 r gamma/3, r gamma).

    For bursts, head-of-line, truthful look-ahead, budget ``memory``, peaks up to ``peak`` and
    outputs up to ``longest`` (exactly ``longest`` is the longest for one-bit-svf, whose threshold
    depends on it). gamma = M/U, r at most 1/1000 above sqrt(lambda). Raises InputError for a
    policy without a distortion, or unless 1 <= longest <= peak <= memory.

    >>> [round(float(ratio_for(name, 126, 63, 63)), 2) for name in ("svf", "sjf", "fcfs")]
    [2.76, 20.95, 118.48]
    """
    if not peak <= memory:
        raise InputError(f"need peak <= memory, got {peak} and {memory}")
    four_u = min(2 * (memory + 1) - peak, 3 * (memory + 1 - peak))
    root = root_above(distortion_of(policy, peak, longest))
    return largest(Fraction(4 * memory, four_u), root)


def _within(instance: Instance, policy: str, least: Fraction) -> bool:
    """Whether the policy's order has at most its distortion, less ``least``."""
    longest = max(request.output for request in instance.requests)
    bound = distortion_of(policy, instance.peak, longest) - least
    return distortion(instance.select(named_policy(policy).order(instance))) <= bound


def _holds(instance: Instance) -> bool:
    return all(_within(instance, policy, Fraction(0)) for policy in FORMS)


LEMMA = Lemma(
    key="R",
    title="The distortion of ranks",
    source="theory.md, section 3, table",
    statement="for outputs up to T and peaks up to P, lambda is at most 1 for svf, P for sjf, "
    "T (2P - T + 1)/(2P) for smallest peak, T (T + 1)/2 for area, T (2P - T + 1)/2 for fcfs, ljf "
    "and every order; all are attained",
    hypotheses={
        "H_requests": "s >= 0, o >= 1, o <= T, s + o <= P for all requests; 1 <= T <= P",
    },
    obligations=(*EVERY_ORDER, SHORTEST_OUTPUT, *SMALLEST_PEAK, AREA, *ATTAINED),
    schemas={
        Schema.MODEL: "(s, o) and (x, u) are two requests, the first ranked no later: u - o, "
        "p - s - o with p = x + u, or x u - s o is at least 0; twice the volume is o (2 s + o + 1)",
    },
    holds=_holds,
    example=Instance.of(7, (6, 1), (0, 1), (4, 3), (0, 7)),
    overclaim=Overclaim(
        change="sjf has distortion P - 1",
        holds=lambda instance: _within(instance, "sjf", Fraction(1)),
        breaks_on=Instance.of(3, (2, 1), (0, 1)),
    ),
)
