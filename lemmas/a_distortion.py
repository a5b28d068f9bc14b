"""A, order distortion: a bad order costs at most the square root of how bad it is.

An order has distortion lambda = r^2 when i before j implies v_i <= lambda v_j. Cut the volumes
into classes (tau lambda^(k-1), tau lambda^k], tau in [1, lambda). A misordered pair that is cut
by the threshold tau lambda^k has its larger member in class k+1 and its smaller in class k:
neighbours, never further, since class k-1 precedes class k+1 entirely.

Count, in class k, the d_k members that follow some member of class k+1 and the u_k that precede
some member of class k-1. Nobody is both, so u_k + d_k <= m_k: a class cannot be bad on both
sides at full strength, and this is what turns lambda into its root. With a_k = r^k n_k (n_k: how
many volumes exceed the threshold), U_k = r^k u_{k+1}, E_k = r^k d_k and w_k = a_k - U_k the
price 2 U_k E_k of the misordered pairs is at most (r - 1) a_k^2 plus a term that telescopes.
Summed over k and averaged over tau: X^pi <= r X. Tight: many of volume lambda, then r times as
many of volume 1.
"""

from fractions import Fraction

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance

OBLIGATIONS = (
    Obligation(
        name="the larger member of a misordered pair is in the class above the threshold",
        note="also: class k-1 precedes class k+1 entirely (read h as the upper end of class k-1)",
        given={"H_distortion": "lam*v_j - v_i", "H_below": "h - v_j", "H_lam": "lam - 1"},
        goal="lam*h - v_i",
        proof="H_distortion + H_lam*H_below + H_below",
        twin=Twin("no distortion bound", drop=("H_distortion",)),
    ),
    Obligation(
        name="its smaller member is in the class below the threshold",
        given={"H_distortion": "lam*v_j - v_i", "H_above": "v_i - h"},
        goal="lam*v_j - h",
        proof="H_distortion + H_above",
        twin=Twin("lambda v_j becomes v_j", goal="v_j - h"),
    ),
    Obligation(
        name="E_k <= r w_{k-1} - a_k",
        note="q = r^(k-1); m_k = n_below - n; u = u_k and d = d_k are disjoint parts of class k",
        given={"H_disjoint": "n_below - n - u - d", "H_scale": "q", "H_root": "r - 1"},
        goal="r*(q*n_below - q*u) - q*r*n - q*r*d",
        proof="H_scale*H_root*H_disjoint + H_scale*H_disjoint",
        twin=Twin(
            "u is not subtracted",
            goal="r*q*(n_below - 2*u) - q*r*n - q*r*d",
            model={"n_below": 2, "n": 0, "u": 1, "d": 1, "q": 1, "r": 2},
        ),
    ),
    Obligation(
        name="misordered pairs cost at most 2 U (r w' - a)",
        given={"H_U": "U", "H_E": "r*x - a - E"},
        goal="2*U*(r*x - a) - 2*U*E",
        proof="2*H_U*H_E",
        twin=Twin("the bound on E is dropped", drop=("H_E",)),
    ),
    Obligation(
        name="2 U (r w' - a) <= (r - 1) a^2 + r^2/(r + 1) (w'^2 - w^2), times a (r + 1)",
        note="x = w_{k-1}, w = a - U: concave in w, and non-negative at w = 0 and w = a",
        given={
            "H_w": "w",
            "H_U": "a - w",
            "H_x": "r*x - a",
            "H_a": "a",
            "H_root": "r - 1",
        },
        squares={"Q": "(r + 1)*a - r*x"},
        goal="a*((r + 1)*(r - 1)*a**2 + r**2*(x**2 - w**2) - 2*(r + 1)*(a - w)*(r*x - a))",
        proof="H_U*Q + H_w*H_x**2 + 2*H_w*H_x*H_a + r**2*H_a*H_w*H_U",
        witness={"w": 1, "a": 2, "x": 2, "r": 2},
        twin=Twin(
            "r - 1 becomes (r - 1)/2",
            goal="a*((r + 1)*(r - 1)*a**2/2 + r**2*(x**2 - w**2) - 2*(r + 1)*(a - w)*(r*x - a))",
            model={"w": 0, "a": 2, "x": 3, "r": 2},
        ),
    ),
    Obligation(
        name="the classes telescope",
        note="K = r^2/(r + 1); w0, w1, w2 are squares of w at the start, before and after class k",
        given={
            "H_before": "r*B + K*(w0 - w1) - total",
            "H_step": "(r - 1)*a2 + K*(w1 - w2) - pairs",
        },
        goal="r*(B + a2) + K*(w0 - w2) - (total + a2 + pairs)",
        proof="H_before + H_step",
        twin=Twin(
            "r becomes r - 1",
            goal="(r - 1)*(B + a2) + K*(w0 - w2) - (total + a2 + pairs)",
            model={
                "r": 2, "B": 1, "K": 1, "w0": 0, "w1": 0, "w2": 0,
                "total": 2, "a2": 1, "pairs": 1,
            },
        ),
    ),
)  # fmt: skip


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
    hypotheses={
        "H_distortion": "i before j implies v_i <= r^2 v_j",
        "H_root": "r >= 1 is rational",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.LAYERS: "2 X is the integral of N^2, 2 X^pi that of N^2 + 2 R, N counting volumes "
        "above a threshold and R the misordered pairs it cuts",
        Schema.DOUBLE_COUNT: "R_k <= u_{k+1} d_k, and u_k + d_k <= m_k",
        Schema.TELESCOPE: "over the classes k, for each tau",
    },
    holds=lambda instance: _squared_excess(instance) <= distortion(instance),
    example=TIGHT,
    overclaim=Overclaim(
        change="r^2 becomes (r^2 + 1)/2",
        holds=lambda i: _squared_excess(i) <= (distortion(i) + 1) / 2,
        breaks_on=TIGHT,
    ),
)
