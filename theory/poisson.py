"""Poisson traffic: a few kinds of requests, each arriving in Poisson batches at every step.

A request of a kind arrives with mean ``rate`` per step, independently of all others. The numbers
that the theorems about waiting speak of are moments of the kinds, and exact (theory.md,
section 4): y = o (s + o) is the work of a request, rho_y = sum of rate y / D the load, with
D = M + 1 - P. Probabilities of arrival patterns need e^-x, which is bounded from below by a
rational number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import factorial

from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance, Request

Key = Callable[[Request], int | Fraction]
"""A rank that looks at prompt and output only; lower goes first."""


def by_nothing(request: Request) -> int:
    """The rank of fcfs among equals: all the same, the earlier arrival goes first."""
    return 0


def run_off(memory: int, longest: int) -> Fraction:
    """What can run at once is worth at most this, peaks times steps to go: M (2T - H_T).

    H_T = 1 + 1/2 + ... + 1/T, cut at its 1000th term, so that this is a little more for longer
    outputs. In token-steps. Source: :mod:`lemmas.p_pathwise_wait`.

    >>> run_off(6, 3)     # attained by 3 x (0, 1), (0, 2) and 2 x (0, 3): 3 + 4 + 18
    Fraction(25, 1)
    """
    harmonic = sum((Fraction(1, k) for k in range(1, min(longest, 1000) + 1)), Fraction(0))
    return memory * (2 * longest - harmonic)


@dataclass(frozen=True)
class Kind:
    """Requests with this prompt and output (tokens), ``rate`` of them per step on average.

    Raises InputError unless the rate is positive and a Request could have these lengths.
    """

    prompt: int
    output: int
    rate: Fraction

    def __post_init__(self) -> None:
        Request(self.prompt, self.output)
        if self.rate <= 0:
            raise InputError(f"rate must be positive, got {self.rate}")

    @property
    def request(self) -> Request:
        """A request of this kind, at step 0."""
        return Request(self.prompt, self.output)

    @property
    def work(self) -> int:
        """The peak, held for the whole life: y = o (s + o), in token-steps."""
        return self.output * (self.prompt + self.output)


@dataclass(frozen=True)
class PoissonTraffic:
    """A KV budget and the kinds of requests that arrive, independently, from step 0 on.

    Raises InputError when there is no kind, or a peak exceeds memory.

    >>> traffic = PoissonTraffic(20, (Kind(7, 4, Fraction(1, 10)), Kind(0, 1, Fraction(1, 2))))
    >>> traffic.slack, traffic.load(), traffic.wait_bound(traffic.kinds[0], by_nothing)
    (10, Fraction(49, 100), Fraction(72554, 2601))
    """

    memory: int
    kinds: tuple[Kind, ...]

    def __post_init__(self) -> None:
        if not self.kinds:
            raise InputError("kinds must hold at least one kind of request")
        if self.peak > self.memory:
            raise InputError(f"kinds: a peak of {self.peak} exceeds memory = {self.memory}")

    @cached_property
    def peak(self) -> int:
        """Largest peak P, in tokens."""
        return max(kind.prompt + kind.output for kind in self.kinds)

    @cached_property
    def longest(self) -> int:
        """Longest output T, in steps."""
        return max(kind.output for kind in self.kinds)

    @property
    def alpha(self) -> Fraction:
        """P / M, in (0, 1]."""
        return Fraction(self.peak, self.memory)

    @property
    def slack(self) -> int:
        """D = M + 1 - P: what blocks a head of line holds at least this many tokens."""
        return self.memory + 1 - self.peak

    @cached_property
    def rate(self) -> Fraction:
        """Requests per step."""
        return sum((kind.rate for kind in self.kinds), Fraction(0))

    @cached_property
    def volume_rate(self) -> Fraction:
        """Lambda: volume that arrives per step, in tokens."""
        return sum((kind.rate * kind.request.volume for kind in self.kinds), Fraction(0))

    @property
    def mean_volume(self) -> Fraction:
        """E[v] of a request, in token-steps."""
        return self.volume_rate / self.rate

    @property
    def mean_output(self) -> Fraction:
        """E[o] of a request, in steps."""
        return sum((kind.rate * kind.output for kind in self.kinds), Fraction(0)) / self.rate

    @property
    def stated_load(self) -> Fraction:
        """The paper's rho = Lambda / ((1 - alpha) M / 2). Raises InputError at alpha = 1."""
        if self.alpha == 1:
            raise InputError("rho is not defined at alpha = 1")
        return self.volume_rate / ((1 - self.alpha) * self.memory / 2)

    def load(self, key: Key = by_nothing, rank: int | Fraction = 0) -> Fraction:
        """rho_r: work of ranks up to ``rank`` that arrives per step, over D; of all by default."""
        return self._moment(key, rank, 1) / self.slack

    def queue(self, key: Key, rank: int | Fraction) -> Fraction | None:
        """w_r, in steps: Kingman's bound on the backlog of ranks up to ``rank``, over D.

        None when their load is 1 or more.
        """
        idle = 1 - self.load(key, rank)
        return self._moment(key, rank, 2) / (2 * self.slack**2 * idle) if idle > 0 else None

    def wait_bound(self, kind: Kind, key: Key) -> Fraction | None:
        """A bound on the mean wait of a kind in steps: (C/D + rho_r + w_r) / (1 - rho_r).

        It holds for requests that arrive at any one step, on a server that was empty at step 0,
        under the rank ``key``, head-of-line; None when rho_r is 1 or more. C is the
        :func:`run_off`. Source: :mod:`lemmas.p_poisson_wait`.
        """
        load = self.load(key, key(kind.request))
        return self._bound(kind, key, run_off(self.memory, self.longest) / self.slack + load)

    def ratio_bound(self, key: Key) -> Fraction | None:
        """A bound on E[cost]/E[OPT], for what arrives in any number of steps from 0.

        1 + E[bound on the wait]/E[o], since no schedule takes less than the outputs. None where
        the load is 1 or more; the paper's rho < 1 keeps it below (P2).

        >>> traffic = PoissonTraffic(20, (Kind(7, 4, Fraction(1, 10)), Kind(0, 1, Fraction(1, 2))))
        >>> round(float(traffic.ratio_bound(rank_of("svf", traffic))), 1)
        11.1
        """
        if self.load() >= 1:
            return None
        bounds: dict[int | Fraction, Fraction] = {}
        for kind in self.kinds:
            rank = key(kind.request)
            if rank not in bounds:
                bounds[rank] = self.wait_bound(kind, key) or Fraction(0)
        waits = sum((kind.rate * bounds[key(kind.request)] for kind in self.kinds), Fraction(0))
        return 1 + waits / self.rate / self.mean_output

    def wait_bound_without_run_off(self, kind: Kind, key: Key) -> Fraction | None:
        """(1 + w_r) / (1 - rho_r), which forgets C/D, what runs already: false.

        :mod:`adversaries.poisson_blocked` refutes it.
        """
        return self._bound(kind, key, Fraction(1))

    def _bound(self, kind: Kind, key: Key, first: Fraction) -> Fraction | None:
        rank = key(kind.request)
        queue = self.queue(key, rank)
        return None if queue is None else (first + queue) / (1 - self.load(key, rank))

    def _moment(self, key: Key, rank: int | Fraction, power: int) -> Fraction:
        kept = (kind for kind in self.kinds if key(kind.request) <= rank)
        return sum((kind.rate * kind.work**power for kind in kept), Fraction(0))


def rank_of(policy: str, traffic: PoissonTraffic) -> Key:
    """The rank of a policy by name: it looks at lengths, and at most knows the longest output T.

    That of fcfs is :func:`by_nothing`. Raises InputError for a name that is not known.
    """
    requests = tuple(kind.request for kind in traffic.kinds)
    return named_policy(policy).rank_for(Instance(traffic.memory, requests))


def truncated_geometric(mu: Fraction, longest: int) -> tuple[Fraction, ...]:
    """P(o = 1), ..., P(o = T) of o = min(Geo(mu), T): a geometric length that ends at T.

    Raises InputError unless 0 < mu < 1 and T >= 1.

    >>> truncated_geometric(Fraction(1, 2), 3)
    (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    """
    if not 0 < mu < 1:
        raise InputError(f"mu must lie in (0, 1), got {mu}")
    if longest < 1:
        raise InputError(f"longest must be at least 1, got {longest}")
    q = 1 - mu
    return (*(mu * q ** (k - 1) for k in range(1, longest)), q ** (longest - 1))


def geometric_traffic(
    memory: int, prompts: Iterable[int], mu: Fraction, longest: int, load: Fraction
) -> PoissonTraffic:
    """Outputs min(Geo(mu), T), prompts equally likely, at the paper's load rho.

    Independent, as Theorem 3.4 wants them. Raises InputError when peaks reach memory.

    >>> traffic = geometric_traffic(100, (0, 10), Fraction(1, 8), 30, Fraction(1, 2))
    >>> traffic.peak, traffic.stated_load
    (40, Fraction(1, 2))
    """
    sizes = tuple(prompts)
    mass = truncated_geometric(mu, longest)
    unit = PoissonTraffic(
        memory,
        tuple(Kind(s, k, p / len(sizes)) for s in sizes for k, p in enumerate(mass, start=1)),
    )
    scale = load / unit.stated_load
    return PoissonTraffic(
        memory, tuple(Kind(kind.prompt, kind.output, kind.rate * scale) for kind in unit.kinds)
    )


def stated_ratio(alpha: Fraction, mu: Fraction, load: Fraction) -> Fraction:
    """Theorem 3.4's bound as stated: 1 + 2 / ((1 - alpha) (1 - mu) (1 - rho)).

    Raises InputError unless alpha, mu and rho are below 1.

    >>> stated_ratio(Fraction(1, 2), Fraction(1, 50), Fraction(1, 2))
    Fraction(449, 49)
    """
    if max(alpha, mu, load) >= 1:
        raise InputError("the stated ratio needs alpha, mu and rho below 1")
    return 1 + 2 / ((1 - alpha) * (1 - mu) * (1 - load))


def stated_error(theta: int, mu: Fraction) -> Fraction:
    """Theorem 3.5's eps = (theta q^theta / (1 - q^theta))^2 / 2, q = 1 - mu, in token-steps."""
    tail = (1 - mu) ** theta
    return (theta * tail / (1 - tail)) ** 2 / 2


def stated_one_bit_ratio(
    alpha: Fraction, mu: Fraction, load: Fraction, mean_volume: Fraction, theta: int
) -> Fraction:
    """Theorem 3.5's bound as stated: 3.4's second term times E[v] / (E[v] - eps).

    ``theta`` is the threshold of the one bit, in steps. Raises InputError at E[v] = eps.
    """
    error = stated_error(theta, mu)
    if mean_volume == error:
        raise InputError("the stated one-bit ratio divides by E[v] - eps = 0")
    return 1 + (stated_ratio(alpha, mu, load) - 1) * mean_volume / (mean_volume - error)


def exp_below(x: Fraction, terms: int = 16) -> Fraction:
    """A rational number at most e^-x, x >= 0, and close to it for small x.

    Taylor's series up to an odd power: what is left out is positive. ``terms`` is even.

    >>> 0 < exp_below(Fraction(1, 2)) - Fraction("0.6065306597126334") < Fraction(1, 10**16)
    True
    """
    if x < 0 or terms % 2:
        raise InputError(f"exp_below needs x >= 0 and an even number of terms, got {x}, {terms}")
    powers = accumulate(range(1, terms), lambda power, _: power * -x, initial=Fraction(1))
    return sum((power / factorial(k) for k, power in enumerate(powers)), Fraction(0))
