"""R1, one bit: the paper's 1-bit rank has distortion at most T, with integers all over.

The bit says whether the output o exceeds theta; a request is ranked by the volume it would have
with its class's representative, g if short and h if long. With T the longest output, theta, g and
h are the integer parts of sqrt(T), T^(1/4) and T^(3/4), as in the policy one-bit-svf.

Within a class the order is that of the prompts, and the worst pair has no prompt at all: the
volumes b (b + 1)/2 and a (a + 1)/2 of the class's ends. Both classes keep that below T, as
theta^2 <= T < (theta + 1)^2.

A short request (s, o) goes before a long one (x, u) only if g (2 s + g + 1) <= h (2 x + h + 1).
Its volume is largest at o = theta, the other's least at u = theta + 1, and what is left follows
from h <= T and h^2 <= T (theta + 1). A long one goes before a short one only if
h (2 s + h + 1) <= g (2 x + g + 1); now o = T against u = 1, and the claim is
g (T + g) <= h (h + 1). That holds from T = 3 on, but not at T = 2, where g and h are both 1: there
(0, 2) ties with (0, 1), and lambda is 3. Unrounded representatives would tell them apart.

Rounding down is what the obligations about roots are for. Each shows that, if the claim failed, an
integer root would have been larger or smaller than it is.
"""

from fractions import Fraction

from lemmas.a_distortion import distortion
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.policy import named_policy
from theory.request import Instance

WITHIN = (
    Obligation(
        name="volumes grow with the output",
        note="(s, o) and (s, b), o at most b",
        given={"H_longer": "b - o", "H_prompt": "s", "H_output": "o - 1"},
        goal="b*(2*s + b + 1) - o*(2*s + o + 1)",
        proof="H_longer*(2*H_prompt + H_longer + 2*H_output + 3)",
        twin=Twin(
            "strictly, even if b = o",
            goal="b*(2*s + b + 1) - o*(2*s + o + 1) - 1",
            model={"b": 1, "o": 1, "s": 0},
        ),
    ),
    Obligation(
        name="in a class from a to b the worst pair has no prompt",
        note="(s, b) before (x, a)",
        given={
            "H_order": "x - s",
            "H_prompt": "s",
            "H_class": "b - a",
            "H_shortest": "a - 1",
        },
        goal="b*(b + 1)*a*(2*x + a + 1) - a*(a + 1)*b*(2*s + b + 1)",
        proof="2*(H_class + H_shortest + 1)*(H_shortest + 1)"
        "*((H_class + H_shortest + 2)*H_order + H_prompt*H_class)",
        twin=Twin(
            "the prompts are in any order",
            drop=("H_order",),
            model={"x": 0, "s": 1, "b": 1, "a": 1},
        ),
    ),
    Obligation(
        name="short ones, 1 to theta: theta (theta + 1) <= 2 T",
        given={"H_theta": "T - th**2", "H_one": "th - 1"},
        goal="2*T - th*(th + 1)",
        proof="2*H_theta + H_one*(H_one + 1)",
        twin=Twin("2 T becomes T", goal="T - th*(th + 1)", model={"T": 1, "th": 1}),
    ),
    Obligation(
        name="long ones, theta + 1 to T: T (T + 1) <= T (theta + 1) (theta + 2)",
        given={"H_theta": "(th + 1)**2 - T - 1", "H_one": "th", "H_T": "T"},
        goal="T*(th + 1)*(th + 2) - T*(T + 1)",
        proof="H_T*(H_theta + H_one + 1)",
        twin=Twin(
            "(theta + 2) becomes theta",
            goal="T*(th + 1)*th - T*(T + 1)",
            model={"T": 3, "th": 1},
        ),
    ),
)

ROOTS = (
    Obligation(
        name="h <= T, or its fourth power would exceed T^3",
        given={"H_over": "h - T - 1", "H_T": "T"},
        goal="h**4 - T**3 - 1",
        proof="(H_over + 1)**4 + 4*(H_over + 1)**3*H_T + 6*(H_over + 1)**2*H_T**2"
        " + 4*(H_over + 1)*H_T**3 + H_T**4 - 1 - H_T**3",
        twin=Twin("h may be T", drop=("H_over",), model={"h": 1, "T": 1}),
    ),
    Obligation(
        name="h^2 <= T (theta + 1), or its fourth power would exceed T^3",
        given={
            "H_over": "h**2 - T*(th + 1) - 1",
            "H_theta": "(th + 1)**2 - T - 1",
            "H_one": "th",
            "H_T": "T",
        },
        goal="h**4 - T**3 - 1",
        proof="H_T**2*(H_theta + 1) + 2*H_T*(H_one + 1)*(H_over + 1) + H_over*(H_over + 2)",
        witness={"h": 3, "T": 3, "th": 1},
        twin=Twin(
            "theta may be any root",
            drop=("H_theta",),
            model={"h": 4, "T": 15, "th": 0},
        ),
    ),
    Obligation(
        name="g^4 <= T",
        given={"H_g": "th - g**2", "H_theta": "T - th**2", "H_pos": "g"},
        goal="T - g**4",
        proof="H_theta + H_g*(H_g + 2*H_pos**2)",
        twin=Twin("g^4 becomes g^5", goal="T - g**5", model={"T": 16, "th": 4, "g": 2}),
    ),
    Obligation(
        name="g <= h, or T would exceed T^3",
        given={
            "H_over": "g - h - 1",
            "H_h": "(h + 1)**4 - T**3 - 1",
            "H_pos": "h",
            "H_T": "T - 1",
        },
        goal="g**4 - T - 1",
        proof="H_h + H_over*(H_over + 2*(H_pos + 1))*(H_over**2 + 2*H_over*(H_pos + 1)"
        " + 2*(H_pos + 1)**2) + H_T*(H_T + 1)*(H_T + 2)",
        twin=Twin("h may be too small", drop=("H_h",), model={"g": 1, "h": 0, "T": 3}),
    ),
    Obligation(
        name="from T = 3 on h is at least 2, or T^3 would be below (h + 1)^4",
        given={"H_over": "1 - h", "H_pos": "h", "H_T": "T - 3"},
        goal="T**3 - (h + 1)**4",
        proof="H_T**3 + 9*H_T**2 + 27*H_T + 11 + H_over*(H_pos + 3)*(H_pos**2 + 2*H_pos + 5)",
        twin=Twin("at T = 2 too", drop=("H_T",), given={"H_two": "T - 2"}),
    ),
    Obligation(
        name="g = 1: T + 1 <= h (h + 1), or T^3 would reach (h + 1)^4",
        given={"H_over": "T - h*(h + 1)", "H_h": "h - 2"},
        goal="T**3 - (h + 1)**4",
        proof="H_over**3 + 3*H_over**2*(H_h + 2)*(H_h + 3) + 3*H_over*(H_h + 2)**2*(H_h + 3)**2"
        " + (H_h + 3)**3*(H_h**3 + 6*H_h**2 + 11*H_h + 5)",
        twin=Twin("h may be 1", drop=("H_h",), model={"T": 2, "h": 1}),
    ),
    Obligation(
        name="(h + 1)^2 exceeds T g^2, or T^3 would reach (h + 1)^4",
        given={
            "H_over": "T*g**2 - (h + 1)**2",
            "H_g": "T - g**4",
            "H_pos": "h",
            "H_T": "T",
        },
        goal="T**3 - (h + 1)**4",
        proof="H_T**2*H_g + H_over*(H_over + 2*(H_pos + 1)**2)",
        twin=Twin("g may be too large", drop=("H_g",), model={"T": 1, "g": 2, "h": 1}),
    ),
    Obligation(
        name="g >= 2: g (T + g) <= h (h + 1)",
        given={
            "H_square": "(h + 1)**2 - T*g**2 - 1",
            "H_h": "T - h",
            "H_root": "T - g**4",
            "H_g": "g - 2",
            "H_T": "T",
        },
        goal="h*(h + 1) - g*(T + g)",
        proof="H_square + H_h + H_root + (H_g + 2)**2*(H_g + 1)*(H_g + 3) + H_T*(H_g**2 + 3*H_g)",
        witness={"h": 8, "T": 16, "g": 2},
        twin=Twin(
            "h may be any number",
            drop=("H_square",),
            model={"h": 0, "T": 16, "g": 2},
        ),
    ),
)

BETWEEN = (
    Obligation(
        name="a short one before a long one: what a token of the prompt adds",
        given={"H_h": "T - h", "H_one": "th - 1", "H_g": "g - 1", "H_T": "T"},
        goal="T*(th + 1)*g - th*h",
        proof="(H_one + 1)*H_h + H_T*(H_g*(H_one + 2) + 1)",
        twin=Twin("h may exceed T", drop=("H_h",), model={"T": 1, "th": 1, "g": 1, "h": 3}),
    ),
    Obligation(
        name="a short one before a long one: h (h + 1) <= T (theta + 2)",
        given={"H_h": "T - h", "H_square": "T*(th + 1) - h**2"},
        goal="T*(th + 2) - h*(h + 1)",
        proof="H_h + H_square",
        twin=Twin("h^2 may be too large", drop=("H_square",), model={"T": 9, "th": 3, "h": 9}),
    ),
    Obligation(
        name="a short one before a long one: theta <= T",
        given={"H_theta": "T - th**2", "H_one": "th - 1"},
        goal="T - th",
        proof="H_theta + H_one*(H_one + 1)",
        twin=Twin("2 theta <= T", goal="T - 2*th", model={"T": 1, "th": 1}),
    ),
    Obligation(
        name="a short one before a long one: what the larger theta adds",
        given={"H_T": "T", "H_theta": "T - th", "H_one": "th", "H_g": "g - 1"},
        goal="T*(th + 2)*(th*(g - 1) + g) - th*(th - g)*g",
        proof="H_T*(H_one + 2)*H_one*H_g + (H_g + 1)*(H_one*H_theta + 2*H_T + H_one*(H_g + 1))",
        witness={"T": 16, "th": 4, "g": 2},
        twin=Twin("theta may exceed T", drop=("H_theta",), model={"T": 0, "th": 2, "g": 1}),
    ),
    Obligation(
        name="a short one before a long one: without prompts",
        note="hh, plus, less: h (h + 1) and the two sides of the obligation before",
        given={
            "H_square": "T*(th + 2) - hh",
            "H_plus": "plus - less",
            "H_one": "th",
        },
        equal={"E_plus": "plus - T*(th + 2)*(th*(g - 1) + g)"},
        goal="T*(th + 1)*(th + 2)*g - th*hh - less",
        proof="H_one*H_square + H_plus - E_plus",
        twin=Twin(
            "h may be any number",
            drop=("H_square",),
            model={"T": 1, "th": 1, "g": 1, "hh": 9, "plus": 3, "less": 0},
        ),
        witness={"T": 1, "th": 1, "g": 1, "hh": 2, "plus": 3, "less": 0},
    ),
    Obligation(
        name="a short one before a long one: v_i <= T v_j",
        note="(s, theta) before (x, theta + 1); times 2 g",
        given={
            "H_order": "h*(2*x + h + 1) - g*(2*s + g + 1)",
            "H_slope": "T*(th + 1)*g - th*h",
            "H_start": "T*(th + 1)*(th + 2)*g - th*h*(h + 1) - th*(th - g)*g",
            "H_theta": "th",
            "H_prompt": "x",
        },
        goal="T*(th + 1)*(2*x + th + 2)*g - th*(2*s + th + 1)*g",
        proof="H_theta*H_order + 2*H_prompt*H_slope + H_start",
        witness={"T": 16, "th": 4, "g": 2, "h": 8, "s": 0, "x": 0},
        twin=Twin(
            "it is any short one",
            drop=("H_order",),
            model={"T": 1, "th": 1, "g": 1, "h": 1, "s": 10, "x": 0},
        ),
    ),
    Obligation(
        name="a long one before a short one: v_i <= T v_j",
        note="(s, T) before (x, 1); times 2 g",
        given={
            "H_order": "g*(2*x + g + 1) - h*(2*s + h + 1)",
            "H_roots": "h*(h + 1) - g*(T + g)",
            "H_h": "h - g",
            "H_prompt": "s",
            "H_T": "T",
        },
        goal="T*(2*x + 2)*g - T*(2*s + T + 1)*g",
        proof="H_T*(H_order + 2*H_prompt*H_h + H_roots)",
        witness={"T": 16, "g": 2, "h": 8, "s": 0, "x": 17},
        twin=Twin(
            "T may be 2",
            drop=("H_roots",),
            model={"T": 2, "g": 1, "h": 1, "s": 0, "x": 0},
        ),
    ),
)


def _order_within(instance: Instance, exception: Fraction) -> bool:
    """Whether one-bit-svf's order has distortion at most T, or ``exception`` where T is 2."""
    longest = max(request.output for request in instance.requests)
    order = named_policy("one-bit-svf").order(instance)
    return distortion(instance.select(order)) <= (exception if longest == 2 else longest)


LEMMA = Lemma(
    key="R1",
    title="The distortion of one bit",
    source="theory.md, section 3, 1-bit SVF; the case T = 2 derived here",
    statement="the rank s G + G (G + 1)/2, G = g if o <= theta else h, has distortion at most T, "
    "if T is not 2, and 3 if T is 2; theta, g, h are the integer parts of sqrt(T), T^(1/4), "
    "T^(3/4), and prompts are not bounded",
    hypotheses={
        "H_longest": "T is the longest output: 1 <= o <= T for all requests",
        "H_roots": "theta^2 <= T < (theta + 1)^2, g^2 <= theta, g^4 <= T < (g + 1)^4, "
        "h^4 <= T^3 < (h + 1)^4, all integers",
    },
    obligations=(*WITHIN, *ROOTS, *BETWEEN),
    schemas={
        Schema.MODEL: "twice the volume is o (2 s + o + 1), twice the rank G (2 s + G + 1); "
        "where an obligation about roots contradicts the definition of a root, its assumption "
        "H_over is false; at T = 1 and 2, where g = h = 1, lambda is that of (0, T) and (0, 1)",
    },
    holds=lambda instance: _order_within(instance, Fraction(3)),
    example=Instance.of(16, (0, 16), (0, 5), (3, 4), (0, 1)),
    overclaim=Overclaim(
        change="at most T, also at T = 2",
        holds=lambda instance: _order_within(instance, Fraction(2)),
        breaks_on=Instance.of(2, (0, 2), (0, 1)),
    ),
)
