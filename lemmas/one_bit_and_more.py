"""R4, more bits: a class with a representative is a prediction, and k bits cost T^(1/2^k).

A rank by stand-in volume errs by a factor of at most eta when eta bounds b (b + 1)/(G (G + 1)) and
G (G + 1)/(a (a + 1)) for every class from a to b with representative G: prompts only help, as they
count the same in both. So the distortion is at most eta^2, as for any prediction, and B4 and C hold
with r = eta.

With 2^k classes whose ends satisfy b <= q a, q = T^(1/2^k), volumes at prompt 0 lie within q^2
of each other. The representative in their middle, G (G + 1) = sqrt(a (a + 1) b (b + 1)), makes
eta = q: distortion T^(2/2^k), ratio of order T^(1/2^k). Its integer part does not always
(:func:`theory.bits.k_bits` at T = 16 with three bits: 3, not 2); a fraction close to it is as good
as one likes (:func:`theory.bits.balanced`).
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from lemmas.a_distortion import distortion
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.bits import Bits, balanced, best_spread
from theory.request import Instance

OBLIGATIONS = (
    Obligation(
        name="a length within eta at prompt 0 is within eta at every prompt",
        note="o the longer, G the shorter, in either role; times G + 1",
        given={
            "H_eta": "eta*G*(G + 1) - o*(o + 1)",
            "H_longer": "o - G",
            "H_shorter": "G",
            "H_prompt": "s",
        },
        goal="(G + 1)*(eta*G*(2*s + G + 1) - o*(2*s + o + 1))",
        proof="(2*H_prompt + H_shorter + 1)*H_eta + 2*H_prompt*(H_longer + H_shorter)*H_longer",
        twin=Twin(
            "they may differ by more",
            drop=("H_eta",),
            model={"eta": 1, "G": 1, "o": 2, "s": 0},
        ),
    ),
    Obligation(
        name="a length that is no longer has no larger volume",
        given={"H_longer": "G - o", "H_shorter": "o", "H_prompt": "s", "H_eta": "eta - 1"},
        goal="eta*G*(2*s + G + 1) - o*(2*s + o + 1)",
        proof="H_eta*(H_longer + H_shorter)*(2*H_prompt + H_longer + H_shorter + 1)"
        " + H_longer*(2*H_prompt + H_longer + 2*H_shorter + 1)",
        twin=Twin("eta may be below 1", drop=("H_eta",), model={"eta": 0, "G": 1, "o": 1, "s": 0}),
    ),
    Obligation(
        name="so i before j implies v_i <= eta^2 v_j",
        note="w_i, w_j: ranks",
        given={
            "H_first": "eta*w_i - v_i",
            "H_second": "eta*v_j - w_j",
            "H_order": "w_j - w_i",
            "H_eta": "eta",
        },
        goal="eta**2*v_j - v_i",
        proof="H_first + H_eta*H_order + H_eta*H_second",
        twin=Twin(
            "eta^2 becomes eta",
            goal="eta*v_j - v_i",
            model={"eta": 2, "v_i": 4, "w_i": 2, "w_j": 2, "v_j": 1},
        ),
    ),
    Obligation(
        name="geometric classes: b <= q a puts the ends' volumes within q^2",
        given={"H_ends": "q*a - b", "H_class": "b - 1", "H_q": "q - 1", "H_a": "a - 1"},
        goal="q**2*a*(a + 1) - b*(b + 1)",
        proof="(H_ends + H_class + 1)*(H_ends + H_q) + H_ends*(H_class + 2)",
        twin=Twin("q^2 becomes q", goal="q*a*(a + 1) - b*(b + 1)", model={"q": 2, "a": 1, "b": 2}),
    ),
    Obligation(
        name="their middle is within q of both",
        note="x, y: a (a + 1) and b (b + 1); m: the middle, m^2 = x y; times m or x",
        given={"H_spread": "q**2*x - y", "H_m": "m", "H_y": "y"},
        equal={"E_middle": "m**2 - x*y"},
        goal="q**2*m**2 - y**2",
        proof="H_y*H_spread + q**2*E_middle",
        witness={"q": 2, "x": 1, "y": 4, "m": 2},
        twin=Twin(
            "the middle is anywhere",
            drop=("E_middle",),
            model={"q": 1, "x": 4, "y": 4, "m": 0},
        ),
    ),
)


@lru_cache(maxsize=512)
def best_bits(longest: int, bits: int) -> Bits:
    """The best thresholds for 2^bits classes, with balanced representatives.

    >>> best_bits(64, 1).thresholds
    (9,)
    """
    return balanced(best_spread(longest, 2**bits)[0], longest)


def _holds(instance: Instance, claimed: Callable[[Fraction], Fraction]) -> bool:
    """Whether one and two bits order the instance within claimed(eta)."""
    longest = max(request.output for request in instance.requests)
    for bits in (best_bits(longest, 1), best_bits(longest, 2)):
        ranks = [bits.rank(request) for request in instance.requests]
        order = sorted(range(len(ranks)), key=ranks.__getitem__)
        if distortion(instance.select(order)) > claimed(bits.factor(longest)):
            return False
    return True


LEMMA = Lemma(
    key="R4",
    title="A few bits are a prediction",
    source="theory.md, section 3, k bits; the balanced representatives derived here",
    statement="classes of lengths with representatives: lambda <= eta^2 when b (b + 1) <= "
    "eta G (G + 1) and G (G + 1) <= eta a (a + 1) for the ends a, b and the representative G of "
    "every class; so B4 and C hold with r = eta, and 2^k geometric classes allow eta = T^(1/2^k)",
    hypotheses={
        "H_rank": "the rank is s G + G (G + 1)/2, G of the class of o",
        "H_eta": "eta >= 1; for geometric classes b <= q a, q^(2^k) = T, and G need not be an "
        "integer",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "a <= o <= b gives o (o + 1) <= b (b + 1) and a (a + 1) <= o (o + 1); the "
        "first two obligations are used with o and G in both roles; y <= q m from y^2 <= q^2 m^2, "
        "and m <= q x from it and x y = m^2",
    },
    holds=lambda instance: _holds(instance, lambda eta: eta**2),
    example=Instance.of(16, (0, 16), (0, 5), (3, 4), (0, 1)),
    overclaim=Overclaim(
        change="eta^2 becomes eta",
        holds=lambda instance: _holds(instance, lambda eta: eta),
        breaks_on=Instance.of(16, (0, 16), (0, 5), (0, 4), (0, 1)),
    ),
    rests_on=("B4", "C"),
)
