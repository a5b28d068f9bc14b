"""The first half of L4: the lag, from the mean time of a request's tokens to its completion.

At age k a request holds s + k tokens, and their mean time lies 2 (o - k) + 1 half-steps before
its completion. Over all ages that makes m = 2 v d half-steps, a polynomial in s and o found by
induction on o. So d depends on the shape alone, d = [6 s o + (o+1)(2o+1)] / [12 s + 6 (o+1)],
and lies in [(2o+1)/6, o/2].
"""

from __future__ import annotations

from fractions import Fraction

from lemmas.obligation import Obligation, Twin
from theory.request import Request

VOLUME = "2*v - 2*s*o - o*(o + 1)"
AGES = "6*m - 6*s*o**2 - o*(o + 1)*(2*o + 1)"
_CLOSED = "d*(12*s + 6*(o + 1)) - 6*s*o - (o + 1)*(2*o + 1)"

LAG = (
    Obligation(
        name="a token of age k lies 2 (o - k) + 1 half-steps before the completion",
        note="held in step t = p + k, its mean time is t - 1/2",
        equal={"E_completion": "c - (p + o)", "E_step": "t - (p + k)"},
        goal="2*c - (2*t - 1) - (2*(o - k) + 1)",
        relation="= 0",
        proof="2*E_completion - 2*E_step",
        twin=Twin("the token's time is the end of its step", goal="2*c - 2*t - (2*(o - k) + 1)"),
    ),
    Obligation(
        name="base: m for output 1",
        note="m = 2 v d = sum of (s + k) (2 (o - k) + 1) over ages k = 1, ..., o",
        equal={"E_one": "o - 1", "E_first": "m - (s + 1)"},
        goal=AGES,
        relation="= 0",
        proof="6*E_first - E_one*(6*s*(o + 1) + 2*o**2 + 5*o + 6)",
        twin=Twin("the prompt is not held", goal=AGES + " + 6*s"),
    ),
    Obligation(
        name="step: one more output token, all older tokens a step older",
        equal={
            "E_ages": AGES,
            "E_volume": VOLUME,
            "E_next": "after - (m + 2*v + (s + o + 1))",
        },
        goal="6*after - 6*s*(o + 1)**2 - (o + 1)*(o + 2)*(2*o + 3)",
        relation="= 0",
        proof="6*E_next + E_ages + 6*E_volume",
        twin=Twin(
            "2o + 3 becomes 2o + 4",
            goal="6*after - 6*s*(o + 1)**2 - (o + 1)*(o + 2)*(2*o + 4)",
            model={"s": 0, "o": 1, "v": 1, "m": 1, "after": 5},
        ),
    ),
    Obligation(
        name="the lag is at least (2o + 1)/6",
        given={"H_prompt": "s", "H_output": "o - 1"},
        equal={"E_ages": AGES, "E_volume": VOLUME},
        goal="6*m - (2*o + 1)*(2*v)",
        proof="E_ages - (2*o + 1)*E_volume + 2*H_prompt*(H_output + 1)*H_output",
        twin=Twin(
            "2o + 1 becomes 2o + 2",
            goal="6*m - (2*o + 2)*(2*v)",
            model={"s": 0, "o": 1, "v": 1, "m": 1},
        ),
        witness={"s": 1, "o": 2, "v": 5, "m": 9},
    ),
    Obligation(
        name="the lag is at most o/2",
        given={"H_output": "o - 1"},
        equal={"E_ages": AGES, "E_volume": VOLUME},
        goal="3*o*(2*v) - 6*m",
        proof="3*o*E_volume - E_ages + (H_output + 1)*(H_output + 2)*H_output",
        twin=Twin(
            "o becomes o - 1",
            goal="3*(o - 1)*(2*v) - 6*m",
            model={"s": 0, "o": 1, "v": 1, "m": 1},
        ),
        witness={"s": 1, "o": 2, "v": 5, "m": 9},
    ),
    Obligation(
        name="the lag in closed form",
        note="r = 1/o divides by the output",
        equal={
            "E_ages": AGES,
            "E_volume": VOLUME,
            "E_lag": "2*v*d - m",
            "E_inverse": "o*r - 1",
        },
        goal=_CLOSED,
        relation="= 0",
        proof=f"r*(6*E_lag - 6*d*E_volume + E_ages) - ({_CLOSED})*E_inverse",
        twin=Twin(
            "12 s becomes 6 s",
            goal="d*(6*s + 6*(o + 1)) - 6*s*o - (o + 1)*(2*o + 1)",
            model={"s": 1, "o": 2, "v": 5, "m": 9, "d": Fraction(9, 10), "r": Fraction(1, 2)},
        ),
        witness={"s": 1, "o": 2, "v": 5, "m": 9, "d": Fraction(9, 10), "r": Fraction(1, 2)},
    ),
    Obligation(
        name="the lag is the completion minus the mean time",
        note="first = sum of occ(t) (2t - 1) = 2 v mean; both sides times 2 v > 0",
        equal={
            "E_tokens": "m - (2*c*v - first)",
            "E_mean": "first - 2*v*mean",
            "E_lag": "2*v*d - m",
        },
        goal="2*v*(c - mean - d)",
        relation="= 0",
        proof="E_mean - E_lag - E_tokens",
        twin=Twin(
            "the lag is forgotten",
            goal="2*v*(c - mean)",
            model={"v": 1, "m": 1, "c": 1, "first": 1, "mean": Fraction(1, 2), "d": Fraction(1, 2)},
        ),
        witness={"v": 1, "m": 1, "c": 1, "first": 1, "mean": Fraction(1, 2), "d": Fraction(1, 2)},
    ),
)


def lag_as_stated(request: Request) -> bool:
    """Whether the request's lag is what its definition says and lies in its range."""
    s, o = request.prompt, request.output
    m = sum((s + k) * (2 * (o - k) + 1) for k in range(1, o + 1))
    return 2 * request.volume * request.lag == m and 2 * o + 1 <= 6 * request.lag <= 3 * o
