"""A, order distortion: a bad order costs at most the square root of how bad it is.

An order has distortion lambda = r^2 when i before j implies v_i <= lambda v_j. For a threshold t
let N(t) count the volumes above t, and R(t) the misordered pairs that t separates: i before j,
v_i > t >= v_j. Integrated over t, N^2 gives the sum over all ordered pairs of the smaller volume,
which is 2 X, and 2 R gives what the order adds by having the larger member of a pair in front:

    2 X = integral of N^2,        2 X^pi = integral of N^2 + 2 R.

So R must be held against N^2. Let u(t) of the N(t) large ones stand before some small one
(v <= t), and let d(t) count the small ones that stand behind some large one: R <= u d. Here
distortion comes in. A small one behind a large one has a volume above t/lambda; and whoever is
large, or small behind a large one, cannot stand before anything as small as t/lambda. So, at the
lower threshold,

    N(t) + d(t)  <=  W(t/lambda),        W = N - u: the large ones with nothing small behind them.

Many misordered pairs at t need a large d, hence a large W at t/lambda; they also need a large u,
hence a small W at t itself. With w = W(t/lambda), N = N(t), W = W(t), u = N - W the balance is

    2 (r + 1) R  <=  (r^2 - 1) N^2 - r^2 W^2 + w^2,

as the right-hand side minus 2 (r + 1) u (w - N) is the square (r u - w + N)^2 plus products of
non-negative counts. Integrate over t: replacing t/lambda by t multiplies an integral by
lambda = r^2, so the two W terms cancel. There remains 2 (r + 1) R <= (r^2 - 1) N^2 under the
integral, that is 2 R <= (r - 1) N^2: X^pi <= r X. Tight: many of volume lambda, then r times as
many of volume 1.
"""

from fractions import Fraction

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance

OBLIGATIONS = (
    Obligation(
        name="a small one behind a large one is above t/lambda",
        note="i before j; i exceeds t by m > 0, so j exceeds t/lambda by m/lambda",
        given={"H_distortion": "lam*v_j - v_i", "H_large": "v_i - t - m"},
        goal="lam*v_j - t - m",
        proof="H_distortion + H_large",
        twin=Twin("no distortion bound", drop=("H_distortion",)),
    ),
    Obligation(
        name="behind a large one, and behind those, nothing is as small as t/lambda",
        note="i before j; i exceeds t by m, j is at most t/lambda: then m <= 0",
        given={
            "H_distortion": "lam*v_j - v_i",
            "H_large": "v_i - t - m",
            "H_small": "t - lam*v_j",
        },
        goal="-m",
        proof="H_distortion + H_large + H_small",
        twin=Twin("small means at most t", drop=("H_small",), given={"H_small": "t - v_j"}),
    ),
    Obligation(
        name="the balance at one threshold",
        note="w: W(t/lambda), at least N + d; pairs: R(t), at most u d",
        given={
            "H_up": "u",
            "H_rest": "N - u",
            "H_down": "d",
            "H_pairs": "u*d - pairs",
            "H_lower": "w - N - d",
            "H_root": "r - 1",
        },
        squares={"Q": "r*u - w + N"},
        goal="(r**2 - 1)*N**2 - r**2*(N - u)**2 + w**2 - 2*(r + 1)*pairs",
        proof="Q + 2*H_rest*(H_lower + H_down) + 2*r**2*H_up*H_rest"
        " + 2*(H_root + 2)*H_up*H_lower + 2*(H_root + 2)*H_pairs",
        witness={"u": 1, "N": 2, "d": 1, "pairs": 1, "w": 3, "r": 2},
        twin=Twin(
            "the large ones that stand before a small one are not taken off W",
            goal="(r**2 - 1)*N**2 - r**2*N**2 + w**2 - 2*(r + 1)*pairs",
            model={"u": 1, "N": 1, "d": 1, "pairs": 1, "w": 2, "r": 2},
        ),
    ),
    Obligation(
        name="integrated, the W terms cancel: 2 R is at most (r - 1) N^2",
        note="IN, IR, IW: integrals of N^2, R, W^2; IL: that of W(t/lambda)^2; inv: 1/(r + 1)",
        given={
            "H_balance": "(r**2 - 1)*IN - r**2*IW + IL - 2*(r + 1)*IR",
            "H_inv": "inv",
        },
        equal={"E_scale": "IL - r**2*IW", "E_inv": "inv*(r + 1) - 1"},
        goal="(r - 1)*IN - 2*IR",
        proof="H_inv*H_balance - inv*E_scale - ((r - 1)*IN - 2*IR)*E_inv",
        witness={"r": 2, "IN": 2, "IW": 1, "IL": 4, "IR": 1, "inv": Fraction(1, 3)},
        twin=Twin(
            "rescaling is free",
            drop=("E_scale",),
            model={"r": 2, "IN": 0, "IW": 0, "IL": 6, "IR": 1, "inv": Fraction(1, 3)},
        ),
    ),
    Obligation(
        name="so the order costs at most r times X",
        given={"H_pairs": "(r - 1)*IN - 2*IR"},
        equal={"E_order": "2*Xpi - IN - 2*IR", "E_sorted": "2*X - IN"},
        goal="r*X - Xpi",
        proof="(H_pairs + r*E_sorted - E_order)/2",
        witness={"r": 2, "IN": 2, "IR": 1, "X": 1, "Xpi": 2},
        twin=Twin(
            "r becomes r/2",
            goal="r*X/2 - Xpi",
            model={"r": 2, "IN": 2, "IR": 1, "X": 1, "Xpi": 2},
        ),
    ),
)


def distortion(instance: Instance) -> Fraction:
    """The least lambda >= 1 of the file order: the largest v_i / v_j over i before j.

    >>> distortion(Instance.of(9, (8, 1), (0, 1), (0, 2)))
    Fraction(9, 1)
    """
    least = instance.requests[-1].volume
    worst = Fraction(1)
    for request in reversed(instance.requests):
        least = min(least, request.volume)
        worst = max(worst, Fraction(request.volume, least))
    return worst


def twice_x(volumes: list[int]) -> int:
    """2 X of an order: the sum of 2 * (volumes before) + own volume."""
    before = total = 0
    for volume in volumes:
        total += 2 * before + volume
        before += volume
    return total


def _squared_excess(instance: Instance) -> Fraction:
    """(X^pi / X)^2 for the file order."""
    volumes = [r.volume for r in instance.requests]
    return Fraction(twice_x(volumes), twice_x(sorted(volumes))) ** 2


TIGHT = Instance.of(9, *[(8, 1)] * 6, *[(0, 1)] * 18)

LEMMA = Lemma(
    key="A",
    title="Order distortion",
    source="theory.md, section 3, A",
    statement="X^pi <= r X when i before j implies v_i <= r^2 v_j; X^pi = sum of (V^pi_{j-1} + "
    "v_j/2) in the order pi, X the same in sorted order",
    hypotheses={"H_distortion": "i before j implies v_i <= r^2 v_j", "H_root": "r >= 1"},
    obligations=OBLIGATIONS,
    schemas={
        Schema.LAYERS: "2 X is the integral of N^2 over thresholds, 2 X^pi that of N^2 + 2 R; "
        "f(t/lambda) integrates to lambda times what f does",
        Schema.DOUBLE_COUNT: "R <= u d; N + d <= W at t/lambda, as the N + d requests are all "
        "among those that W counts there",
        Schema.SUM: "the balance, integrated over thresholds (the counts are step functions)",
    },
    holds=lambda instance: _squared_excess(instance) <= distortion(instance),
    example=TIGHT,
    overclaim=Overclaim(
        change="r^2 becomes (r^2 + 1)/2",
        holds=lambda i: _squared_excess(i) <= (distortion(i) + 1) / 2,
        breaks_on=TIGHT,
    ),
)
