"""T4, the end of a run: one of two chains of tiles always earns enough.

A run of length X has a head with output o. At its end the requests before the head hold S + N X
tokens: N of them have run since before the run, S is what they held at its beginning. The head
did not fit there, so S + N X >= M + 1 - phi, where phi, the head's fee, is what it holds itself
one step later. Write phi = P - delta: then S + N X >= D + delta. We need

    4 A - F + phi o  >=  4 U X,        4 U = min(2 (M + 1) - P, 3 D).

*A short run*, X <= o, is one tile, which earns at least 2 (M + 1 - phi) X: enough.

*A long run*, X > o, is cut by a chain of witness steps, at each of which the load is at least D,
so a chain that has come to x has earned D tau(x), tau(x) = max(2 x, 3 x - o) (T4-tile). What is
needed at X is D (3 X - o), and delta o more because the head's own fee falls short of P by delta.
Tau would do the first, and the second ought to come from the larger load at the end. But the
chain's last tile may be as short as one step, and then the larger load is hardly felt.

Let y and z be the last two points, y < z < X. We follow witnesses until X - z <= o, so
g = X - z <= o and G = X - y > o, and compare two ways to end:

    chain A stops at z:    4 A - F >= D tau(z) + 3 g S + 2 g (2 X - g) N,
    chain B passes it by:  4 A - F >= D tau(y) + 3 G S + 2 G (2 X - G) N.

(The last tile uses what its requests really hold; nothing there asks for G <= o.) Each chain
owes something to each of the D tokens, mA = 3 X - o - tau(z) and mB = 3 X - o - tau(y), and o to
each of the delta tokens. Out of its last tile it can pay 3 g or 3 G per token of S, always more
than it owes as tau(x) >= 3 x - o, and 2 g (2 X - g)/X or 2 G (2 X - G)/X per token of N X. With
eta = G - o > 0, the amount by which B's last tile is too long (eta <= g since z - y <= o):

    if 2 g >= o, chain A owes at least o: it can pay delta as well as D, and suffices;
    if 2 g <= o, the two complement each other:
        N:      A has eta (o - eta) to spare,    B lacks at most eta (o + eta);
        delta:  A owes 3 eta at least,           B owes 2 o + 3 eta at least.

The weights o + eta for A and o - eta for B make the first line balance exactly, and in the second
they give 2 o^2 + 4 o eta, more than the price (o + eta + o - eta) o = 2 o^2 of delta. So a
weighted sum of the two surpluses is non-negative, hence one of them is. The lines themselves
are checked in :mod:`lemmas.t4_cases`, A's by where z lies and B's by where y lies.
"""

from fractions import Fraction

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.t4_cases import AGES, BALANCE, OWED, at
from lemmas.t4_runs import Line, four_u, named_orders
from theory.request import Instance

_SURPLUS = at("kA=1 pA=6 nA=24 mA=5 kB=1 pB=12 nB=32 mB=9 S=1 N=1 D=3 o=3 delta=2")

SHORT_OR_LONG = (
    Obligation(
        name="a short run pays with one tile",
        note="w: 4 A - F of the tile (0, X]",
        given={
            "H_tile": "w - 3*X*S - 2*X*X*N",
            "H_begin": "S",
            "H_length": "X",
            "H_end": "S + N*X + phi - (M + 1)",
            "H_short": "o - X",
            "H_phi": "phi",
            "H_peak": "P - phi",
            "H_U": "2*(M + 1) - P - U4",
        },
        goal="w + phi*o - U4*X",
        proof="H_tile + H_length*H_begin + 2*H_length*H_end + H_phi*H_short"
        " + H_length*H_peak + H_length*H_U",
        witness=at("w=8 X=2 S=0 N=1 phi=3 M=4 o=3 P=4 U4=3"),
        twin=Twin(
            "the head is not charged: its fee is not counted",
            goal="w - U4*X",
            model=at("w=4 X=1 S=0 N=2 phi=2 M=3 o=1 P=2 U4=6"),
        ),
    ),
    Obligation(
        name="a long run may aim at D (3 X - o) + delta o",
        given={
            "H_target": "w - D*(3*X - o) - (P - phi)*o",
            "H_long": "X - o",
            "H_output": "o",
            "H_U_short": "2*(M + 1) - P - U4",
            "H_U_long": "3*D - U4",
        },
        equal={"E_slack": "D - (M + 1 - P)"},
        goal="w + phi*o - U4*X",
        proof="H_target + H_long*H_U_long + H_output*H_U_short + 2*o*E_slack",
        witness=at("w=16 D=2 X=3 o=2 P=3 phi=2 M=4 U4=6"),
        twin=Twin(
            "delta o is not aimed at",
            given={"H_target": "w - D*(3*X - o)"},
            model=at("w=8 D=2 X=2 o=2 P=3 phi=0 M=4 U4=6"),
        ),
    ),
)

CHAINS = (
    Obligation(
        name="while more than o is missing, the head still waits, so there is a next witness",
        note="the run (u, u + X] ends at most o - 1 steps after the head's start p",
        given={"H_end": "p + o - 1 - (u + X)", "H_missing": "X - x - o"},
        goal="p - 1 - (u + x)",
        proof="H_end + H_missing",
        twin=Twin("less than o may be missing", given={"H_missing": "X - x"}),
    ),
    Obligation(
        name="B's last tile is too long by eta <= g",
        given={"H_step": "o - (z - y)"},
        equal={"E_eta": "eta - (X - y - o)", "E_g": "g - (X - z)"},
        goal="g - eta",
        proof="H_step + E_g - E_eta",
        twin=Twin("the tile (y, z] may be longer than o", drop=("H_step",)),
    ),
)

WEIGHTS = (
    Obligation(
        name="the weighted surplus, collected by S, N, D and delta",
        note="a surplus is p S + n N - m D - o delta: prompts, ages, owed to D, price of delta",
        relation="= 0",
        goal="kA*(pA*S + nA*N - mA*D - o*delta) + kB*(pB*S + nB*N - mB*D - o*delta)"
        " - ((kA*pA + kB*pB)*S + (kA*nA + kB*nB)*N - (kA*mA + kB*mB)*D - (kA + kB)*o*delta)",
        proof="0",
        witness=_SURPLUS,
        twin=Twin(
            "delta is paid once instead of by both weights",
            goal="kA*(pA*S + nA*N - mA*D - o*delta) + kB*(pB*S + nB*N - mB*D - o*delta)"
            " - ((kA*pA + kB*pB)*S + (kA*nA + kB*nB)*N - (kA*mA + kB*mB)*D - o*delta)",
            model=_SURPLUS,
        ),
    ),
    Obligation(
        name="a weighted surplus is non-negative if the load can pay",
        note="p, n, mu, price: the coefficients of S, N, D and delta, each with both weights",
        given={
            "H_prompts": "p - mu",
            "H_ages": "n - mu*X",
            "H_fee": "mu - price",
            "H_price": "price",
            "H_begin": "S",
            "H_many": "N",
            "H_delta": "delta",
            "H_load": "S + N*X - D - delta",
        },
        goal="p*S + n*N - mu*D - price*delta",
        proof="H_prompts*H_begin + H_ages*H_many + (H_fee + H_price)*H_load + H_fee*H_delta",
        witness=at("p=6 n=24 mu=5 price=3 X=4 S=1 N=1 delta=1 D=3"),
        twin=Twin(
            "delta may cost more than a token of load pays",
            drop=("H_fee",),
            model=at("p=3 n=6 mu=2 price=4 X=2 S=2 N=0 delta=2 D=0"),
        ),
    ),
    Obligation(
        name="so one of the two surpluses is non-negative",
        note="best: the larger of the surpluses A and B; inv: 1/(kA + kB)",
        given={
            "H_A": "best - A",
            "H_B": "best - B",
            "H_kA": "kA",
            "H_kB": "kB",
            "H_sum": "kA*A + kB*B",
            "H_inv": "inv",
        },
        equal={"E_inv": "inv*(kA + kB) - 1"},
        goal="best",
        proof="H_inv*H_kA*H_A + H_inv*H_kB*H_B + H_inv*H_sum - best*E_inv",
        witness=at("best=2 A=-1 B=2 kA=1 kB=1 inv=1/2"),
        twin=Twin(
            "the weights may cancel",
            drop=("H_kB",),
            model=at("best=-1 A=-1 B=-2 kA=2 kB=-1 inv=1"),
        ),
    ),
)


def _runs_pay(instance: Instance, rate: Fraction) -> bool:
    """Whether in every run of every named order the better chain earns ``rate`` times 4 U X."""
    least = rate * four_u(instance.memory, instance.peak)
    return all(
        gain >= least * run.length
        for order in named_orders(instance)
        for choose in (min, max)
        for run, gain in Line.of(instance, order).gains(choose)
    )


EXAMPLE = Instance.of(20, (6, 1), (0, 11), (2, 9), (5, 1), (0, 11), (2, 1), (1, 10))

LEMMA = Lemma(
    key="T4-chain",
    title="The end of a run",
    source="theory-t4.md, X <= o and X > o",
    statement="In every run of length X with head output o, one tile (X <= o) or the better of "
    "two chains of witness steps (X > o) has 4 A - F + phi o >= 4 U X, "
    "4 U = min(2 (M + 1) - P, 3 (M + 1 - P))",
    hypotheses={
        "H_chain": "0 = x_0 < ... < y < z < X: offsets at which the load is at least D, in steps "
        "of at most o, X - z <= o < X - y, and y = 0 if z <= o",
        "H_end": "what is claimed at the run's end holds S + N X >= M + 1 - phi tokens",
        "H_peak": "the head's fee phi is at most P",
    },
    obligations=(*SHORT_OR_LONG, *CHAINS, *WEIGHTS, *OWED, *AGES, *BALANCE),
    schemas={
        Schema.MODEL: "S, N, phi and the witnesses' offsets are those of the run; the cases (X up "
        "to o or not, 2 g up to o or not, y and z up to o or not) are all there are",
        Schema.SUM: "what the last tile keeps, over the claimed requests",
    },
    holds=lambda instance: _runs_pay(instance, Fraction(1)),
    example=EXAMPLE,
    overclaim=Overclaim(
        change="U becomes 10 U/9",
        holds=lambda instance: _runs_pay(instance, Fraction(10, 9)),
        breaks_on=EXAMPLE,
    ),
    rests_on=("T4-tile",),
)
