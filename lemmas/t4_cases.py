"""T4, the end of a run, case by case: what the two chains owe, have to spare, and lack.

Notation of :mod:`lemmas.t4_chain`: X = z + g = y + G, G = o + eta, 0 <= eta <= g, g <= o/2, and

    A owes mA = 3 X - o - tau(z) to each token of D, and can pay 2 g (2 X - g)/X per token of N X;
    B owes mB = 3 X - o - tau(y), and can pay 2 G (2 X - G)/X.

A depends on where z lies only, B on where y lies: tau(x) is 2 x up to o and 3 x - o from o on.
If z is before o then y = 0, so X = G. From o on, A can spare g (X - 2 g) >= g (o - g), which is
eta (o - eta) at least since eta <= g <= o - eta. B lacks eta G at y = 0, and less elsewhere: its
shortfall falls by y (o - y) up to o, and turns into a gain of G (y - o) beyond.
"""

from fractions import Fraction

from lemmas.obligation import Obligation, Twin


def at(text: str) -> dict[str, Fraction]:
    """A point, written "x=1 y=1/2".

    >>> at("x=1/2")
    {'x': Fraction(1, 2)}
    """
    return {name: Fraction(value) for name, value in (item.split("=") for item in text.split())}


OWED = (
    Obligation(
        name="2 g >= o, z up to o: A owes at least o",
        note="here tau(z) = 2 z",
        given={"H_big": "2*g - o", "H_long": "X - o"},
        goal="(3*X - o - 2*(X - g)) - o",
        proof="H_big + H_long",
        twin=Twin("g may be smaller than o/2", drop=("H_big",)),
    ),
    Obligation(
        name="2 g >= o, z from o on: A owes at least o",
        note="here tau(z) = 3 z - o",
        given={"H_big": "2*g - o", "H_gap": "g"},
        goal="(3*X - o - (3*(X - g) - o)) - o",
        proof="H_big + H_gap",
        twin=Twin("g may be smaller than o/2", drop=("H_big",)),
    ),
    Obligation(
        name="y = 0 and z up to o: A owes at least 3 eta",
        given={"H_step": "g - eta"},
        equal={"E_X": "X - o - eta"},
        goal="(3*X - o - 2*(X - g)) - 3*eta",
        proof="E_X + 2*H_step",
        twin=Twin("the tile (y, z] may be longer than o", drop=("H_step",)),
    ),
    Obligation(
        name="z from o on: A owes at least 3 eta",
        given={"H_step": "g - eta"},
        goal="(3*X - o - (3*(X - g) - o)) - 3*eta",
        proof="3*H_step",
        twin=Twin("the tile (y, z] may be longer than o", drop=("H_step",)),
    ),
    Obligation(
        name="y up to o: B owes at least 2 o + 3 eta",
        given={"H_y": "y"},
        goal="(3*(y + o + eta) - o - 2*y) - (2*o + 3*eta)",
        proof="H_y",
        twin=Twin("y may be negative", drop=("H_y",)),
    ),
    Obligation(
        name="y from o on: B owes at least 2 o + 3 eta",
        given={"H_output": "o"},
        goal="(3*(y + o + eta) - o - (3*y - o)) - (2*o + 3*eta)",
        proof="H_output",
        twin=Twin("3 o + 4 eta", goal="(3*(y + o + eta) - o - (3*y - o)) - (3*o + 4*eta)"),
    ),
)
"""What the last tile of each chain owes: per token of D, the coefficient m."""

AGES = (
    Obligation(
        name="y = 0 and z up to o: A has eta (o - eta) to spare",
        given={"H_step": "g - eta", "H_rest": "o - g"},
        goal="2*g*(2*(o + eta) - g) - (3*(o + eta) - o - 2*(o + eta - g))*(o + eta)"
        " - eta*(o - eta)",
        proof="2*H_step*H_rest",
        witness=at("o=6 eta=1 g=2"),
        twin=Twin("the tile (0, z] may be longer than o", ("H_step",), model=at("o=6 eta=2 g=1")),
    ),
    Obligation(
        name="z from o on: A has eta (o - eta) to spare",
        given={"H_step": "g - eta", "H_rest": "o - g - eta", "H_z": "X - g - o", "H_gap": "g"},
        goal="2*g*(2*X - g) - (3*X - o - (3*(X - g) - o))*X - eta*(o - eta)",
        proof="H_gap*H_z + H_step*H_rest",
        witness=at("o=6 eta=1 g=2 X=9"),
        twin=Twin("z may be before o", drop=("H_z",), model=at("o=6 eta=1 g=2 X=4")),
    ),
    Obligation(
        name="y up to o: B lacks at most eta (o + eta)",
        given={"H_y": "y", "H_before": "o - y"},
        goal="2*(o + eta)*(2*(y + o + eta) - (o + eta)) - (3*(y + o + eta) - o - 2*y)*(y + o + eta)"
        " + eta*(o + eta)",
        proof="H_y*H_before",
        witness=at("o=6 eta=1 y=3"),
        twin=Twin("y may be beyond o", drop=("H_before",), model=at("o=1 eta=1 y=2")),
    ),
    Obligation(
        name="y from o on: B lacks at most eta (o + eta)",
        given={"H_far": "y - o", "H_long": "o + eta"},
        goal="2*(o + eta)*(2*(y + o + eta) - (o + eta))"
        " - (3*(y + o + eta) - o - (3*y - o))*(y + o + eta) + eta*(o + eta)",
        proof="H_long*H_far",
        witness=at("o=6 eta=1 y=7"),
        twin=Twin("y may be before o", drop=("H_far",), model=at("o=2 eta=1 y=1")),
    ),
)
"""What each last tile can pay per token of N X, less what it owes; times X."""

BALANCE = (
    Obligation(
        name="N: the weights o + eta and o - eta balance",
        note="n and m: what A and B can pay and owe, times X",
        given={
            "H_A": "nA - mA*X - eta*(o - eta)",
            "H_B": "nB - mB*X + eta*(o + eta)",
            "H_kA": "o + eta",
            "H_kB": "o - eta",
        },
        goal="((o + eta)*nA + (o - eta)*nB) - ((o + eta)*mA + (o - eta)*mB)*X",
        proof="H_kA*H_A + H_kB*H_B",
        witness=at("o=6 eta=1 X=9 nA=64 mA=6 nB=154 mB=17"),
        twin=Twin("B may lack more", ("H_B",), model=at("o=6 eta=1 X=1 nA=5 mA=0 nB=-8 mB=0")),
    ),
    Obligation(
        name="delta: with these weights both chains owe at least its price",
        given={
            "H_A": "mA - 3*eta",
            "H_B": "mB - 2*o - 3*eta",
            "H_kA": "o + eta",
            "H_kB": "o - eta",
            "H_output": "o",
            "H_over": "eta",
        },
        goal="((o + eta)*mA + (o - eta)*mB) - ((o + eta) + (o - eta))*o",
        proof="H_kA*H_A + H_kB*H_B + 4*H_output*H_over",
        witness=at("o=6 eta=1 mA=6 mB=17"),
        twin=Twin("A owes nothing", ("H_A",), model=at("o=6 eta=1 mA=-1 mB=15")),
    ),
)
