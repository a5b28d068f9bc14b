"""T4, the tile: what the requests that live through one tile pay for, after the fees of heads.

Time is cut into runs (:mod:`lemmas.t4_wait`); here we are inside the run that begins at step u,
and count *offsets* from u. A tile (x', x] of length g = x - x' *claims* every request that was
started by u and still runs at offset x. Such a request holds a + i tokens at offset i, where a
is its prompt plus its age at u, so the tile claims from it the area g (a + x') + g (g + 1)/2.

Some claimed requests have been heads of line in earlier runs. They have promised part of their
volume elsewhere, so the tile is charged a *fee* phi <= a + 1 per step and such request. Four
times the area, less the fee, is still at least 3 a g + 2 g (x + x'): the prompt part loses a
quarter, the ramp nothing (the discrete ramp pays the + 1).

How much is that per token of load? The request is worth a + x tokens of load at x. If m is
a rate with m <= 3 g (what the prompt part earns) and m x <= 2 g (x + x') (what the ramp earns),

    3 a g + 2 g (x + x')  >=  m a + m x  =  m (a + x),

which is the tile inequality; the best m is 4 g min(3/4, 1 - g/(2 x)). The first tile of a run
(x' = 0) gets only m = 2 g, half of everything; tiles whose length is at most half of x get the
full 3 g. So the total after a chain of tiles of length at most o, the head's output, should
grow like 2 x at first and like 3 x later. Indeed, with the *potential*

    tau(x) = max(2 x, 3 x - o)

the rise m = tau(x) - tau(x') always obeys both inequalities: below o the slope is 2, above o
it is 3 and the tile starts beyond its own length; across o one multiplies out. If the load at
every tile's end is at least D, a chain that ends at x has therefore claimed D tau(x) at least.
"""

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.t4_runs import potential
from theory.request import Instance, Request

AREA = (
    Obligation(
        name="a head's fee is at most its tokens at the run's beginning, plus one",
        note="s prompt, p start, e end of its own run, u beginning of this one",
        given={"H_ended": "u - e"},
        goal="(s + (u - p) + 1) - (s + (e - p) + 1)",
        proof="H_ended",
        twin=Twin("its own run may still last", drop=("H_ended",)),
    ),
    Obligation(
        name="a tile one step longer claims that step's tokens",
        relation="= 0",
        goal="(g + 1)*(a + x0) + (g + 1)*(g + 2)/2 - (g*(a + x0) + g*(g + 1)/2) - (a + x0 + g + 1)",
        proof="0",
        witness={"g": 2, "a": 1, "x0": 3},
        twin=Twin(
            "the new step is not counted",
            goal="(g + 1)*(a + x0) + (g + 1)*(g + 2)/2 - g*(a + x0) - g*(g + 1)/2",
            model={"g": 0, "a": 0, "x0": 0},
        ),
    ),
    Obligation(
        name="after the fee, a tile keeps three quarters of the prompt part and all of the ramp",
        given={"H_fee": "a + 1 - phi", "H_gap": "g"},
        equal={"E_area": "area - g*(a + x0) - g*(g + 1)/2"},
        goal="4*area - g*phi - 3*g*a - 2*g*(2*x0 + g)",
        proof="4*E_area + H_gap*H_fee + H_gap",
        witness={"a": 2, "phi": 3, "g": 2, "x0": 1, "area": 9},
        twin=Twin(
            "the prompt part is kept whole",
            goal="4*area - g*phi - 4*g*a - 2*g*(2*x0 + g)",
            model={"a": 2, "phi": 3, "g": 2, "x0": 1, "area": 9},
        ),
    ),
    Obligation(
        name="the tile inequality",
        note="w: 4 area - fee of one request; m: any rate that prompt and ramp can both pay",
        given={
            "H_kept": "w - 3*g*a - 2*g*(2*x0 + g)",
            "H_slope": "3*g - m",
            "H_bend": "2*g*(2*x0 + g) - m*(x0 + g)",
            "H_age": "a",
        },
        goal="w - m*(a + x0 + g)",
        proof="H_kept + H_age*H_slope + H_bend",
        witness={"a": 2, "g": 2, "x0": 2, "m": 6, "w": 36},
        twin=Twin(
            "the ramp's limit on the rate is dropped",
            drop=("H_bend",),
            model={"a": 0, "g": 1, "x0": 0, "m": 3, "w": 2},
        ),
    ),
)

POTENTIAL = (
    Obligation(
        name="tau rises by at most 3 a step, up to o",
        note="t: tau at the tile's beginning; here tau at its end is 2 x",
        given={"H_low": "t - 2*x0", "H_gap": "g"},
        goal="3*g - (2*(x0 + g) - t)",
        proof="H_low + H_gap",
        twin=Twin("at most 1 a step", goal="g - (2*(x0 + g) - t)"),
    ),
    Obligation(
        name="tau rises by at most 3 a step, from o on",
        given={"H_high": "t - (3*x0 - o)"},
        goal="3*g - (3*(x0 + g) - o - t)",
        proof="H_high",
        twin=Twin("at most 2 a step", goal="2*g - (3*(x0 + g) - o - t)"),
    ),
    Obligation(
        name="tau does not fall, up to o",
        note="t: tau at the tile's end; here tau at its beginning is 2 x'",
        given={"H_low": "t - 2*(x0 + g)", "H_gap": "g"},
        goal="t - 2*x0",
        proof="H_low + 2*H_gap",
        twin=Twin("a tile of negative length", drop=("H_gap",)),
    ),
    Obligation(
        name="tau does not fall, from o on",
        given={"H_high": "t - (3*(x0 + g) - o)", "H_gap": "g"},
        goal="t - (3*x0 - o)",
        proof="H_high + 3*H_gap",
        twin=Twin("a tile of negative length", drop=("H_gap",)),
    ),
    Obligation(
        name="the ramp pays tau's rise in a tile below o",
        given={"H_begin": "x0", "H_gap": "g"},
        goal="2*g*(2*x0 + g) - 2*g*(x0 + g)",
        proof="2*H_gap*H_begin",
        witness={"x0": 1, "g": 2},
        twin=Twin(
            "the slope below o is 3",
            goal="2*g*(2*x0 + g) - 3*g*(x0 + g)",
            model={"x0": 0, "g": 1},
        ),
    ),
    Obligation(
        name="the ramp pays tau's rise in a tile across o",
        note="the rise is 3 (x' + g) - o - 2 x'",
        given={
            "H_before": "o - x0",
            "H_after": "x0 + g - o",
            "H_step": "o - g",
            "H_gap": "g",
        },
        goal="2*g*(2*x0 + g) - (x0 + 3*g - o)*(x0 + g)",
        proof="H_before*H_after + H_step*H_gap + H_step*H_before",
        witness={"o": 4, "x0": 2, "g": 3},
        twin=Twin(
            "the tile may be longer than o",
            drop=("H_step",),
            model={"o": 1, "x0": 0, "g": 2},
        ),
    ),
    Obligation(
        name="the ramp pays tau's rise in a tile above o",
        given={"H_after": "x0 - o", "H_step": "o - g", "H_gap": "g"},
        goal="2*g*(2*x0 + g) - 3*g*(x0 + g)",
        proof="H_gap*H_after + H_gap*H_step",
        witness={"o": 3, "x0": 4, "g": 2},
        twin=Twin(
            "the tile may be longer than o",
            drop=("H_step",),
            model={"o": 1, "x0": 1, "g": 2},
        ),
    ),
    Obligation(
        name="a tile whose end is loaded with D adds D times tau's rise",
        note="c: claimed before, w: in the tile, t0 and t1: tau at its ends, m its rise",
        given={
            "H_before": "c - D*t0",
            "H_tile": "w - m*load",
            "H_load": "load - D",
            "H_rise": "m",
        },
        equal={"E_rise": "m - t1 + t0"},
        goal="c + w - D*t1",
        proof="H_before + H_tile + H_rise*H_load + D*E_rise",
        witness={"c": 8, "D": 2, "t0": 4, "t1": 7, "m": 3, "w": 9, "load": 3},
        twin=Twin(
            "the load at the tile's end is below D",
            drop=("H_load",),
            model={"c": 0, "D": 1, "t0": 0, "t1": 1, "m": 1, "w": 0, "load": 0},
        ),
    ),
)


def _pays(request: Request, output: int, slope: int) -> bool:
    """The tile inequality for every tile of length <= ``output`` the request can live through.

    ``slope`` 3 is tau's own; the fee is the largest possible, the tokens at the beginning + 1.
    """

    def tau(x: int) -> int:
        return potential(output, x) if slope == 3 else max(2 * x, slope * x - (slope - 2) * output)

    for age in range(request.output):
        start = request.prompt + age
        for x in range(1, request.output - age + 1):
            for left in range(max(0, x - output), x):
                area = sum(start + i for i in range(left + 1, x + 1))
                kept = 4 * area - (x - left) * (start + 1)
                if kept < (tau(x) - tau(left)) * (start + x):
                    return False
    return True


def _all_pay(instance: Instance, slope: int = 3) -> bool:
    outputs = {request.output for request in instance.requests}
    return all(_pays(r, output, slope) for r in instance.requests for output in outputs)


LEMMA = Lemma(
    key="T4-tile",
    title="The tile inequality",
    source="theory-t4.md, Tile",
    statement="A request claimed by a tile (x', x] of length at most o, and charged a fee of at "
    "most its tokens at the run's beginning plus one, pays (tau(x) - tau(x')) times its tokens "
    "at x: 4 area - fee g >= (tau(x) - tau(x')) (a + x), tau(x) = max(2 x, 3 x - o)",
    hypotheses={
        "H_claimed": "the request has started by the run's beginning and runs at the tile's end",
        "H_step": "the tile is no longer than o, the output of the run's head",
        "H_ended": "if the request was a head itself, its own run has ended",
    },
    obligations=(*AREA, *POTENTIAL),
    schemas={
        Schema.MODEL: "a is prompt plus age at the run's beginning; area, fee and load are sums "
        "over steps; tau is the larger of its two branches, which meet at o",
        Schema.STEPS: "the area of a tile of g steps is g (a + x') + g (g + 1)/2",
        Schema.SUM: "the tile inequality over all claimed requests gives w >= m load",
    },
    holds=_all_pay,
    example=Instance.of(20, (6, 1), (0, 11), (2, 9), (5, 1), (0, 11), (2, 1), (1, 10)),
    overclaim=Overclaim(
        change="tau's slope beyond o becomes 4",
        holds=lambda instance: _all_pay(instance, slope=4),
        breaks_on=Instance.of(7, (1, 3), (3, 4)),
    ),
)
