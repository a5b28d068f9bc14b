"""T4-chain: the end game of a run, where a chain of tiles must also pay for a thin head.

A run (u, u + X] with head h, output o, must be worth 4 U X, where 4 U is the smaller of
2 (M + 1) - P and 3 D. The head itself brings phi o; as phi = P - delta may be small, the tiles
must bring D (3 X - o) + delta o. What makes up for a small phi is a large load at the end:
the head did not fit there, so L >= M + 1 - phi = D + delta. Write L = S + N X: the N claimed
requests hold S + N X at the end, S of it from before u, and L = D + delta + eps.

*X <= o.* One tile suffices.

*X > o.* Follow witnesses (steps at which the head does not fit, so that the load is >= D) as
long as more than o is missing. The last two points are y < z, X - z <= o < X - y, z - y <= o;
if z <= o, set y = 0. Up to any point x the tiles are worth D tau(x), tau(x) = max(2 x, 3 x - o)
(T4-tile). Let g = X - z and G = X - y = o + eta, so 0 < eta <= g. There are two ways to end:

    A: a tile (z, X]: worth D tau(z) + 3 g S + 2 g (2 X - g) N;
    B: no stop at z, one tile (y, X] longer than o: worth D tau(y) + 3 G S + 2 G (2 X - G) N.

If 2 g >= o, A pays. If g is smaller, neither pays always: a last tile of tiny g adds almost
nothing to D tau(z), and a long one is charged at a poor rate when its requests are young
(S = 0). But a positive combination of the two surpluses is non-negative, so the better of the
two pays, whatever the numbers:

    case 1 (y = 0, z <= o) and case 3 (0 <= y < o < z): (o - eta) B + (o + eta) A >= 0;
    case 2 (y >= o): 3 A + 2 B >= 0.

In cases 1 and 3 the combination c is linear in the share of S in L. At N = 0 it is c0, at S = 0
it is c1/X (written without fractions), and L c = S c0 + N c1: it is enough that both ends are
non-negative, and each is, separately in the coefficients of D, delta and eps
(:mod:`lemmas.t4_cases`).
"""

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.t4_cases import CASES, at
from lemmas.t4_runs import Line, four_u, named_orders
from theory.request import Instance

OBLIGATIONS = (
    Obligation(
        name="X <= o: one tile pays",
        note="worth of the tile (0, X] and phi o against 4 U X",
        given={
            "H_tile": "worth - 3*X*S - 2*X*X*N",
            "H_old": "S",
            "H_length": "X",
            "H_short": "o - X",
            "H_phi": "phi",
            "H_blocked": "S + N*X + phi - (M + 1)",
            "H_peak": "P - phi",
            "H_U": "2*(M + 1) - P - U4",
        },
        goal="worth + phi*o - U4*X",
        proof="H_tile + H_length*H_old + 2*H_length*H_blocked + H_length*H_peak"
        " + H_length*H_U + H_phi*H_short",
        twin=Twin(
            "X may exceed o",
            drop=("H_short",),
            model=at("worth=2 S=0 N=1 X=1 o=0 phi=1 M=1 P=1 U4=3"),
        ),
        witness=at("worth=2 S=0 N=1 X=1 o=1 phi=1 M=1 P=1 U4=3"),
    ),
    Obligation(
        name="X > o: it is enough that the tiles bring D (3 X - o) + delta o",
        given={
            "H_tiles": "worth - D*(3*X - o) - (P - phi)*o",
            "H_output": "o",
            "H_long": "X - o",
            "H_U2": "2*D + P - U4",
            "H_U3": "3*D - U4",
        },
        goal="worth + phi*o - U4*X",
        proof="H_tiles + H_output*H_U2 + H_long*H_U3",
        twin=Twin(
            "delta o is left out",
            given={"H_tiles": "worth - D*(3*X - o)"},
            model=at("worth=5 D=1 X=2 o=1 P=3 phi=0 U4=3"),
        ),
        witness=at("worth=8 D=1 X=2 o=1 P=3 phi=0 U4=3"),
    ),
    Obligation(
        name="while more than o is missing, the head still waits",
        note="the run ends at most o - 1 after the head's start p",
        given={"H_end": "p + o - 1 - (u + X)", "H_missing": "X - x - o"},
        goal="p - 1 - (u + x)",
        proof="H_end + H_missing",
        twin=Twin("less than o may be missing", given={"H_missing": "X - x"}),
    ),
    Obligation(
        name="eta <= g, as the tile before the last is at most o long",
        given={"H_gap": "o - (z - y)"},
        equal={"E_eta": "eta - (X - y - o)", "E_g": "g - (X - z)"},
        goal="g - eta",
        proof="H_gap + E_g - E_eta",
        twin=Twin("that tile may be longer", drop=("H_gap",)),
    ),
    Obligation(
        name="2 g >= o: the last tile's factor is at least o, by 3 g",
        given={"H_big": "2*g - o", "H_length": "g"},
        goal="3*g - o",
        proof="H_big + H_length",
        twin=Twin("g may be small", drop=("H_big",)),
    ),
    Obligation(
        name="2 g >= o: the last tile's factor is at least o, by 4 g - 2 g g/X",
        given={"H_big": "2*g - o", "H_length": "g", "H_left": "z"},
        goal="2*g*(2*z + g) - o*(z + g)",
        proof="H_big*(H_left + H_length) + 2*H_length*H_left",
        twin=Twin("g may be small", drop=("H_big",), model=at("g=1 o=5 z=1")),
        witness=at("g=1 o=1 z=1"),
    ),
    Obligation(
        name="2 g >= o: chain A pays",
        note="nu is the smaller of 3 g X and 2 g (2 X - g); step is tau(X) - tau(z)",
        given={
            "H_nu3": "3*g*X - nu",
            "H_nu4": "2*g*(2*X - g) - nu",
            "H_tau": "nu - X*step",
            "H_o": "nu - o*X",
            "H_nu": "nu",
            "H_old": "S",
            "H_count": "N",
            "H_load": "S + N*X - (D + delta)",
            "H_D": "D",
            "H_delta": "delta",
            "H_q": "q",
        },
        equal={"E_q": "q*X - 1"},
        goal="3*g*S + 2*g*(2*X - g)*N - D*step - delta*o",
        proof="H_q*(H_nu3*H_old + H_nu*H_load + H_D*H_tau + H_delta*H_o) + H_count*H_nu4"
        " + (D*step + delta*o - 3*g*S - N*nu)*E_q",
        twin=Twin(
            "the load at the end may be below D + delta",
            drop=("H_load",),
            model=at("g=1 X=1 nu=2 step=1 o=1 S=0 N=0 D=1 delta=0 q=1"),
        ),
        witness=at("g=1 X=1 nu=2 step=1 o=1 S=0 N=1 D=1 delta=0 q=1"),
    ),
    Obligation(
        name="surplus over D (3 X - o) + delta o, by the load at the end",
        note="A as written; B has y, G instead of z, g. gain is what tau leaves for D",
        given={"H_D": "D", "H_tau": "tau - (3*X - o - 3*g) - gain"},
        equal={"E_load": "S + N*X - (D + delta + eps)"},
        goal="D*tau + 3*g*S + 2*g*(2*X - g)*N - D*(3*X - o) - delta*o"
        " - (D*gain + 3*g*(delta + eps) - o*delta + N*g*(X - 2*g))",
        proof="H_D*H_tau + 3*g*E_load",
        twin=Twin(
            "the load does not count",
            drop=("E_load",),
            model=at("S=0 N=0 X=2 D=1 delta=1 eps=1 g=1 o=1 tau=2 gain=0"),
        ),
        witness=at("S=1 N=1 X=2 D=1 delta=1 eps=1 g=1 o=1 tau=2 gain=0"),
    ),
    Obligation(
        name="case 1: tau(z) >= 2 z leaves g - eta",
        given={"H_tau": "tau - 2*z"},
        equal={"E_eta": "eta - (X - o)", "E_g": "g - (X - z)"},
        goal="tau - (3*X - o - 3*g) - (g - eta)",
        proof="H_tau + 2*E_g + E_eta",
        twin=Twin("2 z becomes z", given={"H_tau": "tau - z"}),
    ),
    Obligation(
        name="cases 1 and 3, chain B: tau(y) >= 2 y leaves o - y",
        given={"H_tau": "tau - 2*y"},
        equal={"E_g": "G - (X - y)"},
        goal="tau - (3*X - o - 3*G) - (o - y)",
        proof="H_tau + 3*E_g",
        twin=Twin("2 y becomes y", given={"H_tau": "tau - y"}),
    ),
    Obligation(
        name="otherwise: tau(z) >= 3 z - o leaves 0",
        given={"H_tau": "tau - (3*z - o)"},
        equal={"E_g": "g - (X - z)"},
        goal="tau - (3*X - o - 3*g)",
        proof="H_tau + 3*E_g",
        twin=Twin("3 z - o becomes 2 z - o", given={"H_tau": "tau - (2*z - o)"}),
    ),
    Obligation(
        name="the better chain pays",
        note="best is the larger surplus of A and B; a, b are the weights, q = 1/(a + b)",
        given={
            "H_A": "best - A",
            "H_B": "best - B",
            "H_a": "a",
            "H_b": "b",
            "H_mix": "a*B + b*A",
            "H_q": "q",
        },
        equal={"E_q": "q*(a + b) - 1"},
        goal="best",
        proof="H_q*(H_a*H_B + H_b*H_A + H_mix) - best*E_q",
        twin=Twin(
            "a weight may be negative",
            drop=("H_a",),
            model=at("best=-1 A=-1 B=-3 a=-1 b=2 q=1"),
        ),
        witness=at("best=1 A=-1 B=1 a=1 b=1 q=1/2"),
    ),
    *CASES,
)


def runs_pay(instance: Instance, factor: int) -> bool:
    """Whether 4 A - F + phi o >= factor 4 U X in every run, for every order by name."""
    rate = factor * four_u(instance.memory, instance.peak)
    return all(
        worth >= rate * run.length
        for order in named_orders(instance)
        for run, worth in Line.of(instance, order).gains()
    )


LEMMA = Lemma(
    key="T4-chain",
    title="The end game of a run",
    source="theory-t4.md, X <= o, X > o (i) and (ii); the machine-checked case1, case2, case3",
    statement="every run (u, u + X] of a head with output o has a choice of tiles with "
    "4 A - F + phi o >= 4 U X: one tile, or the better of the chains A and B",
    hypotheses={
        "H_witness": "at every step before its start the head has a witness at most o later",
        "H_chain": "witnesses are followed while more than o is missing; if z <= o then y = 0",
        "H_blocked": "at the end of the run the claimed requests hold at least M + 1 - phi",
        "H_peak": "phi <= P",
        "H_tiles": "tiles up to x are worth D tau(x); the last one 3 g S + 2 g (2 X - g) N",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "S, N, phi, the witnesses and the gaps are those of the run's schedule",
        Schema.STEPS: "witnesses are followed until at most o is missing",
        Schema.SUM: "the last tile's worth is the sum over the requests that it claims",
        Schema.TILING: "the chain's tiles cover (u, u + X]",
    },
    rests_on=("T4-tile",),
    holds=lambda instance: runs_pay(instance, 1),
    example=Instance.of(20, (6, 1), (0, 11), (2, 9), (5, 1), (0, 11), (2, 1), (1, 10)),
    overclaim=Overclaim(
        change="U is doubled",
        holds=lambda instance: runs_pay(instance, 2),
        breaks_on=Instance.of(5, (1, 1), (0, 1), (0, 2), (1, 1), (1, 1), (0, 2), (0, 2), (0, 1)),
    ),
)
