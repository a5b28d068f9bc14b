"""D, over-declared lengths, where beta is large: why a root of log beta stands in for a beta.

Request i is before j in the order of declared volume, w_i <= w_j, and of overstatement beta, so
w_j <= beta^2 v_j; y_i = o_i (s_i + u_i) is what its reservation may cost others
(:mod:`lemmas.d_over_declared`). How large is the sum of y_i over all such pairs?

Declared volumes are large where y is: y_i^2 <= 4 w_i v_i <= 4 beta^2 v_i v_j.
Put i in class R when R <= y_i/v_i <= z R, for R = 1, z, z^2, ...; as 1 <= y_i/v_i <= 2 beta,
c classes hold all if z^c >= 2 beta. A pair, i of class R before j, is misordered when v_i > v_j:

    y_i  <=  2 beta v_j + z R (v_i - v_j)    and    v_i <= (2 beta/R)^2 v_j.

The first terms add up over all pairs, ordered ones included, to 2 beta times the sum of smaller
volumes, which X exceeds. For the excess, let N(t) count the volumes above t, N_R(t) those of
class R. The sum of v_i - v_j is the integral of the misordered pairs that t separates; with
q = 2 beta/R these number at most N_R(t) N(t/q^2), and for any g

    2 g q N_R(t) N(t/q^2)  <=  g^2 q^2 N_R(t)^2 + N(t/q^2)^2.

Integrate: 2 X is the integral of N^2, and rescaling t multiplies it by q^2. Times z R, class R
has an excess of at most (2 z beta/g) (g^2 X_R + X). The X_R add up to at most X; with g^2 >= c
the excess is at most 4 z beta g X, and the sum of Y_{j-1} at most 2 beta (1 + 2 z g) X.
"""

from fractions import Fraction

from lemmas.obligation import Obligation, Twin

CLASSES = (
    Obligation(
        name="v <= y, so the classes begin at 1",
        given={"H_truth": "u - o", "H_output": "o - 1"},
        goal="o*(s + u) - (s*o + o*(o + 1)/2)",
        proof="(H_output + 1)*H_truth + (H_output + 1)*H_output/2",
        twin=Twin("the declaration may fall short", drop=("H_truth",)),
    ),
    Obligation(
        name="y^2 <= 4 w v (over o)",
        given={"H_truth": "u - o", "H_prompt": "s", "H_output": "o"},
        goal="u*(2*s + u + 1)*(2*s + o + 1) - o*(s + u)**2",
        proof="H_prompt**2*(4*H_truth + 3*H_output) + 2*H_prompt*(H_truth + H_output)**2"
        " + (H_truth + H_output)*(4*H_prompt + H_truth + 2*H_output + 1)",
        twin=Twin("4 becomes 1", goal="u*(2*s + u + 1)*(2*s + o + 1) - 4*o*(s + u)**2"),
    ),
    Obligation(
        name="i before j: y_i^2 <= 4 beta^2 v_i v_j",
        given={
            "H_square": "4*w_i*v_i - y_i**2",
            "H_rank": "w_j - w_i",
            "H_other": "beta**2*v_j - w_j",
            "H_volume": "v_i",
        },
        goal="4*beta**2*v_i*v_j - y_i**2",
        proof="H_square + 4*H_volume*(H_rank + H_other)",
        witness={"w_i": 1, "v_i": 1, "y_i": 1, "w_j": 1, "beta": 1, "v_j": 1},
        twin=Twin(
            "ranks are ignored",
            drop=("H_rank",),
            model={"w_i": 9, "v_i": 1, "y_i": 6, "w_j": 1, "beta": 1, "v_j": 1},
        ),
    ),
    Obligation(
        name="i of class R before j: R^2 v_i <= 4 beta^2 v_j (times v_i)",
        given={
            "H_square": "4*beta**2*v_i*v_j - y_i**2",
            "H_class": "y_i - R*v_i",
            "H_R": "R",
            "H_volume": "v_i",
        },
        goal="v_i*(4*beta**2*v_j - R**2*v_i)",
        proof="H_square + H_class*(H_class + 2*H_R*H_volume)",
        witness={"beta": 1, "v_i": 1, "v_j": 1, "y_i": 1, "R": 1},
        twin=Twin(
            "y_i may be below R v_i",
            drop=("H_class",),
            model={"beta": 1, "v_i": 1, "v_j": 1, "y_i": 1, "R": 3},
        ),
    ),
    Obligation(
        name="if v_i is above t, v_j is above t/q^2",
        note="i exceeds t by e > 0, so j exceeds t/q^2 by e/q^2; q = 2 beta/R",
        given={"H_near": "4*beta**2*v_j - R**2*v_i", "H_above": "v_i - t - e"},
        equal={"E_q": "q*R - 2*beta"},
        squares={"Q": "R"},
        goal="R**2*(q**2*v_j - t - e)",
        proof="H_near + Q*H_above + v_j*(q*R + 2*beta)*E_q",
        witness={"R": 1, "q": 2, "beta": 1, "v_j": 1, "v_i": 2, "t": 1, "e": 1},
        twin=Twin(
            "q becomes half as large",
            drop=("E_q",),
            model={"R": 1, "q": 1, "beta": 1, "v_j": 1, "v_i": 4, "t": 1, "e": 3},
        ),
    ),
    Obligation(
        name="what a misordered pair adds: y_i <= 2 beta v_j + z R (v_i - v_j)",
        note="ratio: y_i/v_i",
        given={
            "H_most": "2*beta - ratio",
            "H_class": "z*R - ratio",
            "H_volume": "v_j",
            "H_misordered": "v_i - v_j",
        },
        goal="2*beta*v_j + z*R*(v_i - v_j) - ratio*v_i",
        proof="H_most*H_volume + H_class*H_misordered",
        witness={"beta": 1, "ratio": 1, "z": 2, "R": 1, "v_j": 1, "v_i": 2},
        twin=Twin(
            "z R becomes R",
            goal="2*beta*v_j + R*(v_i - v_j) - ratio*v_i",
            model={"beta": 1, "ratio": 2, "z": 2, "R": 1, "v_j": 0, "v_i": 1},
        ),
    ),
    Obligation(
        name="the misordered pairs of class R at one threshold",
        note="n: N_R(t); N: N(t/q^2); pairs: at most n N",
        given={"H_pairs": "n*N - pairs", "H_g": "g", "H_q": "q"},
        squares={"Q": "g*q*n - N"},
        goal="g**2*q**2*n**2 + N**2 - 2*g*q*pairs",
        proof="Q + 2*H_g*H_q*H_pairs",
        witness={"n": 1, "N": 1, "pairs": 1, "g": 1, "q": 1},
        twin=Twin(
            "class R alone is counted",
            goal="g**2*q**2*n**2 - 2*g*q*pairs",
            model={"n": 1, "N": 4, "pairs": 4, "g": 1, "q": 1},
        ),
    ),
    Obligation(
        name="integrated: the excess of class R (times g)",
        note="IP, IN: integrals of pairs and N(t/q^2)^2; XR: X of class R; E: its excess, z R IP",
        given={"H_threshold": "2*g**2*q**2*XR + IN - 2*g*q*IP", "H_R": "z*R", "H_inv": "inv"},
        equal={
            "E_scale": "IN - 2*q**2*X",
            "E_q": "q*R - 2*beta",
            "E_inv": "inv*q - 1",
            "E_excess": "E - z*R*IP",
        },
        goal="2*z*beta*(g**2*XR + X) - g*E",
        proof="H_R*H_inv*H_threshold/2 - z*R*inv*E_scale/2 - g*E_excess - z*(g**2*XR + X)*E_q"
        " + z*R*(g*IP - q*(g**2*XR + X))*E_inv",
        witness={
            "g": 1,
            "q": 2,
            "XR": 1,
            "IN": 8,
            "IP": 1,
            "R": 1,
            "z": 2,
            "inv": Fraction(1, 2),
            "X": 1,
            "beta": 1,
            "E": 2,
        },
        twin=Twin(
            "rescaling is free",
            drop=("E_scale",),
            model={
                "g": 1,
                "q": 2,
                "XR": 1,
                "IN": 72,
                "IP": 20,
                "R": 1,
                "z": 2,
                "inv": Fraction(1, 2),
                "X": 1,
                "beta": 1,
                "E": 40,
            },
        ),
    ),
    Obligation(
        name="all classes: the excess is at most 4 z beta g X (times g)",
        note="XRs: sum of X_R over the c classes, at most X",
        given={
            "H_classes": "2*z*beta*(g**2*XRs + c*X) - g*E",
            "H_parts": "X - XRs",
            "H_root": "g**2 - c",
            "H_beta": "z*beta",
            "H_X": "X",
        },
        squares={"Q": "g"},
        goal="g*(4*z*beta*g*X - E)",
        proof="H_classes + 2*H_beta*Q*H_parts + 2*H_beta*H_X*H_root",
        witness={"z": 2, "beta": 1, "g": 1, "XRs": 1, "c": 1, "X": 1, "E": 1},
        twin=Twin(
            "g^2 >= c is dropped",
            drop=("H_root",),
            model={"z": 2, "beta": 1, "g": 1, "XRs": 1, "c": 9, "X": 1, "E": 40},
        ),
    ),
    Obligation(
        name="so half the sum of Y_{j-1} is at most beta (1 + 2 z g) X",
        note="small: sum of the smaller volumes of all pairs; X adds half of each volume to it",
        given={
            "H_pairs": "2*beta*small + E - Y",
            "H_excess": "4*z*beta*g*X - E",
            "H_diagonal": "X - small",
            "H_beta": "beta",
        },
        goal="2*beta*(1 + 2*z*g)*X - Y",
        proof="H_pairs + H_excess + 2*H_beta*H_diagonal",
        witness={"z": 2, "beta": 1, "g": 1, "small": 1, "X": 1, "E": 1, "Y": 1},
        twin=Twin(
            "the excess is left out",
            goal="2*beta*X - Y",
            model={"z": 2, "beta": 1, "g": 1, "small": 1, "X": 1, "E": 8, "Y": 10},
        ),
    ),
)
"""Where beta^2 is large: classes of about equal y/v, then Cauchy and Schwarz over thresholds."""
