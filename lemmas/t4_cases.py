"""The three cases of T4-chain: the better of the chains A and B pays, whatever the numbers.

Notation of :mod:`lemmas.t4_chain`: o the head's output, X - z = g the last gap of chain A,
X - y = o + eta that of chain B, 0 < eta <= g <= o/2; the load at the end is L = S + N X =
D + delta + eps. In case 1 y = 0 and X = o + eta; in case 2 y >= o; in case 3 y <= o <= z.

The surplus of B loses N G (X - 2 y) for young requests, that of A loses o delta when g is
small. In case 2 the weights 3 : 2 settle it. In cases 1 and 3 the weights are o + eta for A
and o - eta for B: then at N = 0 the coefficients of D and delta are non-negative, and at S = 0,
where N = L/X, they are again: the critical one is D's, which vanishes in case 1 at g = eta.
All is written in the non-negative quantities eta, g - eta, o - 2 g, y, o - y, z - o.
"""

from fractions import Fraction

from lemmas.obligation import Obligation, Point, Twin

_GAPS = {"H_eta": "eta", "H_g": "g - eta", "H_small": "o - 2*g"}
_AMOUNTS = {"H_D": "D", "H_delta": "delta", "H_eps": "eps"}
_Y = {"H_y": "y", "H_before": "o - y", "H_beyond": "y + eta - g"}
"""Case 3: 0 <= y <= o and z = y + o + eta - g >= o."""

_a, _b = "(o - eta)", "(o + eta)"
_o, _A = "(H_small + 2*H_g + 2*H_eta)", "(H_small + 2*H_g + H_eta)"
_B, _G = "(H_small + 2*H_g + 3*H_eta)", "(H_g + H_eta)"
"""o, o - eta, o + eta and g in terms of the hypotheses."""

_X3 = "(y + o + eta)"
A_1 = "(D*(g - eta) + 3*g*(delta + eps) - o*delta + N*g*(o + eta - 2*g))"
B_1 = "(o*D + 3*(o + eta)*(delta + eps) - o*delta - N*(o + eta)*(o + eta))"
A_3 = f"(3*g*(delta + eps) - o*delta + N*g*({_X3} - 2*g))"
B_2 = f"(3*(o + eta)*(delta + eps) - o*delta - N*(o + eta)*({_X3} - 2*y))"
B_3 = f"((o - y)*D + {B_2})"
"""The surpluses of chain A (cases 1; 2 and 3) and chain B (cases 1; 2; 3)."""

K_1 = f"({_b}*g*({_b} - 2*g) - {_a}*{_b}*{_b})"
K_3 = f"({_b}*g*({_X3} - 2*g) - {_a}*{_b}*({_X3} - 2*y))"
C0_1 = f"({_a}*(o*D + 3*{_b}*(delta + eps) - o*delta)"
C0_1 += f" + {_b}*(D*(g - eta) + 3*g*(delta + eps) - o*delta))"
C0_3 = f"({_a}*((o - y)*D + 3*{_b}*(delta + eps) - o*delta)"
C0_3 += f" + {_b}*(3*g*(delta + eps) - o*delta))"
"""The combination is c0 + N k."""

D_1 = f"{_b}*2*(g - eta)*(o - g)"
DELTA_1 = f"{_b}*(2*{_a}*{_b} + 4*g*{_b} - 2*g*g - 2*o*o)"
D_3 = f"({_a}*(y*(o - y) - eta*{_b}) + {_b}*g*({_X3} - 2*g))"
DELTA_3 = f"({_a}*{_b}*(2*{_X3} + 2*y) + {_b}*g*(4*{_X3} - 2*g) - 2*o*o*{_X3})"
_C0_DELTA = f"{_o}**2 + 3*{_o}*{_G} + 3*H_eta*H_g"


def at(text: str) -> dict[str, Fraction]:
    """A point, written "x=1 y=1/2"."""
    return {name: Fraction(value) for name, value in (item.split("=") for item in text.split())}


_BAD = at("eta=1 g=1 o=10 y=1 D=1/100 delta=9 eps=0 N=0")
_POINT = at("eta=1 g=2 o=6 y=2 D=3 delta=2 eps=1 N=1")


def _identity(name: str, goal: str, change: str, wrong: str) -> Obligation:
    return Obligation(
        name,
        goal,
        "0",
        Twin(change, goal=wrong, model=_POINT),
        relation="= 0",
        witness=_POINT,
    )


def _case(
    name: str, given: dict[str, str], goal: str, proof: str, twin: Twin, point: Point = _POINT
) -> Obligation:
    return Obligation(name, goal, proof, twin, given, witness=point)


def _ends(case: int, c0: str, k: str, length: str, d: str, delta: str) -> Obligation:
    """X c at S = 0, where N X = L, split into its coefficients."""
    c1 = f"{length}*{c0} + (D + delta + eps)*{k}"
    parts = f"D*{d} + (delta + eps)*{delta}"
    return _identity(
        f"case {case}, end S = 0: the coefficients of D, delta, eps",
        f"{c1} - ({parts} + 2*eps*o*o*{length})",
        "the load beyond D + delta is left out",
        f"{c1} - ({parts})",
    )


CASES = (
    Obligation(
        name="cases 1 and 3: the end S = 0 is non-negative",
        note="d and k are the coefficients of D and delta; eps has k + 2 o o X",
        given={"K_D": "d", "K_delta": "k", "H_X": "X", **_AMOUNTS},
        squares={"Q_o": "o"},
        goal="D*d + (delta + eps)*k + 2*eps*o*o*X",
        proof="H_D*K_D + (H_delta + H_eps)*K_delta + 2*H_eps*H_X*Q_o",
        twin=Twin(
            "the coefficient of D is dropped",
            drop=("K_D",),
            model=at("D=1 d=-1 delta=0 eps=0 k=0 X=1 o=0"),
        ),
        witness=at("D=1 d=1 delta=0 eps=0 k=0 X=1 o=0"),
    ),
    Obligation(
        name="cases 1 and 3: homogeneous interpolation, L c = S c0 + N c1",
        note="c1 is X c at S = 0, L the load at the end, q = 1/L",
        given={"H_c0": "c0", "H_c1": "c1", "H_old": "S", "H_count": "N", "H_q": "q"},
        equal={
            "E_load": "S + N*X - L",
            "E_c": "c - (c0 + N*k)",
            "E_c1": "c1 - (X*c0 + L*k)",
            "E_q": "q*L - 1",
        },
        goal="c",
        proof="H_q*(H_old*H_c0 + H_count*H_c1) - q*c0*E_load - q*N*E_c1 + q*L*E_c - c*E_q",
        twin=Twin(
            "the end S = 0 is dropped",
            drop=("H_c1",),
            model=at("c=-1 c0=0 c1=-1 k=-1 S=0 N=1 X=1 L=1 q=1"),
        ),
        witness=at("c=1 c0=0 c1=1 k=1 S=0 N=1 X=1 L=1 q=1"),
    ),
    _identity(
        "case 1: (o - eta) B + (o + eta) A is c0 + N k",
        f"{_a}*{B_1} + {_b}*{A_1} - ({C0_1} + N*{K_1})",
        "k is doubled",
        f"{_a}*{B_1} + {_b}*{A_1} - ({C0_1} + 2*N*{K_1})",
    ),
    _ends(1, C0_1, K_1, _b, D_1, DELTA_1),
    _case(
        "case 1, end N = 0: c0 is non-negative",
        {**_GAPS, **_AMOUNTS},
        C0_1,
        f"H_D*({_A}*{_o} + {_B}*H_g) + H_delta*({_C0_DELTA}) + 3*H_eps*{_B}*({_A} + {_G})",
        Twin("delta o becomes 3 delta o", goal=f"{C0_1} - 4*o*o*delta", model=_BAD),
    ),
    _case(
        "case 1, end S = 0: the coefficient of D",
        _GAPS,
        D_1,
        f"2*{_B}*H_g*(H_small + {_G})",
        Twin("g may be below eta", drop=("H_g",), model=at("eta=2 g=1 o=6")),
    ),
    _case(
        "case 1, end S = 0: the coefficient of delta",
        _GAPS,
        DELTA_1,
        f"2*{_B}*({_G}*{_B} - H_eta**2 + {_G}*(H_small + H_g + 2*H_eta))",
        Twin("delta o becomes 2 delta o", goal=f"{DELTA_1} - 2*o*o*{_b}", model=_BAD),
    ),
    _case(
        "case 2: 3 A + 2 B >= 0",
        {**_GAPS, "H_far": "y - o", "H_count": "N", **_AMOUNTS},
        f"3*{A_3} + 2*{B_2}",
        "H_delta*(17*H_eta + 11*H_g + H_small) + H_eps*(27*H_eta + 21*H_g + 6*H_small)"
        " + H_count*(3*H_eta**2 + 9*H_eta*H_far + 11*H_eta*H_g + 4*H_eta*H_small"
        " + 7*H_far*H_g + 2*H_far*H_small + 6*H_g**2 + 6*H_g*H_small)",
        Twin("chain A alone", goal=f"3*{A_3}", model={**_BAD, "y": Fraction(10)}),
        _POINT | {"y": Fraction(7)},
    ),
    _identity(
        "case 3: (o - eta) B + (o + eta) A is c0 + N k",
        f"{_a}*{B_3} + {_b}*{A_3} - ({C0_3} + N*{K_3})",
        "k is doubled",
        f"{_a}*{B_3} + {_b}*{A_3} - ({C0_3} + 2*N*{K_3})",
    ),
    _ends(3, C0_3, K_3, _X3, D_3, DELTA_3),
    _case(
        "case 3, end N = 0: c0 is non-negative",
        {**_GAPS, "H_before": "o - y", **_AMOUNTS},
        C0_3,
        f"H_D*{_A}*H_before + H_delta*({_C0_DELTA}) + 3*H_eps*{_B}*({_A} + {_G})",
        Twin("delta o becomes 3 delta o", goal=f"{C0_3} - 4*o*o*delta", model=_BAD),
    ),
    _case(
        "case 3, end S = 0: eta (o - eta) is at most g (X - 2 g)",
        {**_GAPS, "H_beyond": _Y["H_beyond"]},
        f"g*({_X3} - 2*g) - eta*(o - eta)",
        f"{_G}*H_beyond + H_g*(H_small + H_g)",
        Twin("z may be below o", drop=("H_beyond",), model=at("eta=1 g=5 o=10 y=-8")),
    ),
    _case(
        "case 3, end S = 0: the coefficient of D",
        {
            "K_gaps": f"g*({_X3} - 2*g) - eta*(o - eta)",
            "H_A": "o + eta",
            "H_B": "o - eta",
            "H_y": _Y["H_y"],
            "H_before": _Y["H_before"],
        },
        D_3,
        "H_B*H_y*H_before + H_A*K_gaps",
        Twin("y may exceed o", drop=("H_before",), model=at("eta=1 g=1 o=2 y=10")),
    ),
    _case(
        "case 3, end S = 0: the coefficient of delta",
        {**_GAPS, **_Y},
        DELTA_3,
        f"2*(H_y + {_B})*({_G}*{_B} - H_eta**2) + 2*{_A}*{_B}*H_y + 2*{_B}*{_G}*(H_beyond + {_o})",
        Twin("delta o becomes 2 delta o", goal=f"{DELTA_3} - 2*o*o*{_X3}", model=_BAD),
    ),
)
