"""P2, the mean wait under Poisson traffic: P1, averaged.

Requests arrive in independent Poisson batches at every step, their lengths drawn independently,
on a server that is empty at step 0. Let A_t be the work y = o (s + o) of rank at most r that
arrives at t; its mean is rho_r D, its variance lam E[y^2; rank <= r], as for every compound
Poisson sum. The order is the rank, a function of (s, o), with ties by arrival.

**Kingman.** V_{t+1} = max(V_t + A_t - D, 0), V_0 = 0, is what is left of the backlog before the
arrivals of a step. With the idle work I_t = V_{t+1} - (V_t + A_t - D), of which either I_t or
V_{t+1} is 0: (V_t + A_t - D)^2 = V_{t+1}^2 + I_t^2. V_t does not depend on A_t, and from V_0 = 0
it only grows in distribution, so its first two moments do. Hence E[I_t] >= D (1 - rho_r), and
2 E[V_t] D (1 - rho_r) <= Var A_t: at every step, not only in the limit.

**Slivnyak.** Seen by a request that arrives at a, the others are the same Poisson traffic. So the
W_a - y_j of P1 is V_a + A_a in distribution, its mean at most D (w_r + rho_r).

**Wald.** Cut the wait at N steps. Whether a request has waited n steps or more is settled by what
arrived before a + n, so the work that arrives above in its first n steps, n its cut wait, has the
mean rho_r D E[n]. P1 with t one step before the start (or before the cut) gives

    D E[n] <= C + D (w_r + rho_r) + rho_r D E[n],

and with N to infinity E[wait] <= (C/D + rho_r + w_r)/(1 - rho_r), C = M (2 T - H_T) as in P1.
theory.md has 2 M T for C and 1 for rho_r in the numerator.

Every schedule pays at least the outputs. So E[cost] <= (1 + E[bound on the wait]/E[o]) E[OPT] for
what arrives in any number of steps.
"""

from collections.abc import Sequence

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from lemmas.p_pathwise_wait import orders
from theory.request import Instance

OBLIGATIONS = (
    Obligation(
        name="a step of the backlog, squared",
        note="z = V + A - D; V2: a step later; I: idle work; one of the two is 0",
        equal={"E_step": "V2 - I - z", "E_either": "V2*I"},
        goal="z**2 - V2**2 - I**2",
        relation="= 0",
        proof="-E_step*(z + V2 - I) - 2*E_either",
        twin=Twin("idle work beside a backlog", drop=("E_either",)),
    ),
    Obligation(
        name="the mean idle work is at least D (1 - rho)",
        note="means: v, v2 of the backlog before and after the step, i of idle work, a of arrivals",
        given={"H_grows": "v2 - v"},
        equal={"E_step": "v2 - i - (v + a - D)", "E_load": "a - rho*D"},
        goal="i - D*(1 - rho)",
        proof="H_grows - E_step - E_load",
        twin=Twin("the backlog may shrink", drop=("H_grows",)),
    ),
    Obligation(
        name="Kingman's inequality",
        note="d = D (1 - rho); v: mean backlog; q, q2, j: second moments of the backlog before "
        "and after, and of idle work; var: variance of what arrives, independent of the backlog",
        given={
            "H_grows": "q2 - q",
            "H_jensen": "j - i**2",
            "H_idle": "i - d",
            "H_stable": "d",
        },
        equal={"E_square": "q - 2*v*d + var + d**2 - q2 - j"},
        goal="var - 2*v*d",
        proof="E_square + H_grows + H_jensen + H_idle**2 + 2*H_stable*H_idle",
        twin=Twin("idle work may have any second moment", drop=("H_jensen",)),
    ),
    Obligation(
        name="the mean backlog is at most D w",
        note="w = lam E[y^2]/(2 D^2 (1 - rho)), so 2 D d w = var; both sides times 2 d > 0",
        given={"H_kingman": "var - 2*v*d"},
        equal={"E_w": "2*D*d*w - var"},
        goal="2*d*(D*w - v)",
        proof="H_kingman + E_w",
        twin=Twin("w is half as large", goal="2*d*(D*w/2 - v)"),
    ),
    Obligation(
        name="the mean wait",
        note="C: what may run at the arrival; B: mean of W - y then; Y: mean work that arrives "
        "above while it waits; n: mean of the wait, cut at some N",
        given={
            "H_path": "C + B + Y - D*n",
            "H_wald": "a*n - Y",
            "H_backlog": "D*w - v",
        },
        equal={"E_slivnyak": "B - v - a", "E_load": "a - rho*D"},
        goal="C + D*w + rho*D - D*(1 - rho)*n",
        proof="H_path + H_wald + H_backlog - E_slivnyak - (1 + n)*E_load",
        twin=Twin("C is dropped", goal="D*w + rho*D - D*(1 - rho)*n"),
    ),
    Obligation(
        name="the form of theory.md follows",
        given={
            "H_sharp": "C + D*w + rho*D - D*(1 - rho)*n",
            "H_load": "1 - rho",
            "H_slack": "D",
            "H_run_off": "2*M*T - C",
        },
        goal="2*M*T + D*w + D - D*(1 - rho)*n",
        proof="H_sharp + H_load*H_slack + H_run_off",
        twin=Twin("the load may exceed 1", drop=("H_load",)),
    ),
    Obligation(
        name="the paper's load suffices",
        note="y <= 2 v, so lam E[y] <= 2 Lambda < (1 - alpha) M < D when Lambda's rho is below 1",
        given={"H_prompt": "s", "H_output": "o - 1"},
        goal="2*(s*o + o*(o + 1)/2) - o*(s + o)",
        proof="H_prompt*H_output + H_prompt + H_output + 1",
        twin=Twin("y is at most v", goal="s*o + o*(o + 1)/2 - o*(s + o)"),
    ),
)


def _second_moments(instance: Instance, order: Sequence[int], factor: int) -> bool:
    """Whether ``factor`` sum V (D - A) <= sum (A - D)^2 - I^2, for all that precedes any one."""
    arriving = [0] * (instance.last_arrival + 1)
    for i in order:
        request = instance.requests[i]
        arriving[request.arrival] += request.output * request.peak
        left = balance = 0
        for work in [*arriving, *[0] * (sum(arriving) // instance.slack + 1)]:
            drift = work - instance.slack
            after = max(left + drift, 0)
            idle = after - (left + drift)
            balance += drift**2 - idle**2 + factor * left * drift
            left = after
        if balance < 0:
            return False
    return True


LEMMA = Lemma(
    key="P2",
    title="The mean wait under Poisson traffic",
    source="theory.md, section 4, with C in place of 2 M T and rho_r in place of 1",
    statement="E[wait] <= (C/D + rho_r + w_r)/(1 - rho_r) for a request of rank r that arrives "
    "at any one step; C = M (2 T - 1 - 1/2 - ... - 1/T), y = o (s + o), "
    "rho_r = lam E[y; rank <= r]/D < 1, w_r = lam E[y^2; rank <= r]/(2 D^2 (1 - rho_r)). On every "
    "sample path, the sum over steps of 2 V (D - A) is at most that of (A - D)^2 - I^2",
    hypotheses={
        "H_poisson": "batches of requests arrive at steps 0, 1, ..., independent, Poisson of mean "
        "lam; lengths (s, o) are independent and identically distributed; the server starts empty",
        "H_rank": "the order is a function of (s, o), ties by arrival; nothing else",
        "H_head_of_line": "as in P1, with the true lengths in the check",
        "H_bounded": "o <= T and s + o <= P <= M always: no length is geometric",
        "H_load": "rho_r < 1",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.EXPECTATION: "linearity; E[I^2] >= E[I]^2; V_t and A_t are independent; V grows in "
        "distribution from V_0 = 0 (Loynes); the variance of a compound Poisson sum; Slivnyak: "
        "a request that arrives sees the others as they are without it; Wald: the wait is a "
        "stopping time of the arrivals after it; monotone convergence as the cut N grows",
        Schema.MODEL: "P1 for the order by rank, with its C: what precedes j has rank <= r",
        Schema.STEPS: "on a sample path: the squared steps telescope",
    },
    holds=lambda instance: all(_second_moments(instance, o, 2) for o in orders(instance)),
    example=Instance.of(6, (0, 3), (2, 2, 1), (4, 1, 1), (0, 4, 5)),
    overclaim=Overclaim(
        change="the backlog counts twice: half of Kingman's bound",
        holds=lambda instance: all(_second_moments(instance, o, 4) for o in orders(instance)),
        breaks_on=Instance.of(3, (0, 2), (1, 2), (0, 3)),
    ),
    rests_on=("P1",),
)
