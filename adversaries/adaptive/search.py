"""Game-tree search: from a small menu of releases, a strategy that forces a ratio of every policy.

The search knows nothing of baits and traps. It looks for a tree whose leaves all reach a ratio,
raises the ratio to just above what the tree found, and goes on until it finds no better one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from adversaries.adaptive.game import Game, Leaf, Node, Position, Turn
from adversaries.adaptive.objective import Objective, total
from adversaries.adaptive.placing import Shape, good_schedule
from theory.errors import InputError
from theory.request import Request
from theory.schedule import Schedule


@dataclass(frozen=True)
class Menu:
    """What the adversary may do.

    ``openings``: what it may release and then watch, as (count, (prompt, output)), ``watched``
    times at most. ``closings``: what it may end the game with, as (steps, count, (prompt,
    output)): so many copies at each of so many steps, the present one first. It may also end
    with nothing, and it gives up at step ``horizon``.
    """

    memory: int
    openings: tuple[tuple[int, Shape], ...]
    closings: tuple[tuple[int, int, Shape], ...]
    watched: int = 1
    horizon: int = 20

    @classmethod
    def of(cls, memory: int, steps: tuple[int, ...], watched: int = 1, horizon: int = 20) -> Menu:
        """Open with one request of any shape; close with as many of a unit output as fit.

        >>> Menu.of(memory=2, steps=(1,)).closings
        ((1, 2, (0, 1)), (1, 1, (1, 1)))
        """
        shapes = [(s, o) for o in range(memory, 0, -1) for s in range(memory - o, -1, -1)]
        ends = [(n, memory // (s + 1), (s, 1)) for n in steps for s in range(memory)]
        return cls(memory, tuple((1, shape) for shape in shapes), tuple(ends), watched, horizon)


def search(menu: Menu, objective: Objective, most_nodes: int = 100_000) -> Game | None:
    """The best game that the menu allows, or the best one found before ``most_nodes`` positions.

    None when not even a ratio above 1 can be forced. Raises InputError for an empty menu.

    >>> game = search(Menu(4, openings=((1, (0, 4)),), closings=((3, 4, (0, 1)),)), Objective.FLOW)
    >>> game.bound if game else None
    Fraction(13, 7)
    """
    if not menu.openings:
        raise InputError("openings must hold at least one release")
    hunter = _Search(menu, objective, most_nodes)
    best: Game | None = None
    while True:
        root = hunter.force(Position(menu.memory), menu.watched)
        if root is None:
            return best
        hunter.above = min(hunter.values(root, Position(menu.memory)))
        best = Game(menu.memory, objective, hunter.above, root)


@dataclass
class _Search:
    """Looks for trees whose leaves are all above a ratio; what is lost stays lost as it rises."""

    menu: Menu
    objective: Objective
    nodes_left: int
    above: Fraction = Fraction(1)
    lost: set[Position] = field(default_factory=set)
    good: dict[tuple[Request, ...], Schedule] = field(default_factory=dict)

    def force(self, position: Position, watched: int) -> Node | None:
        """A node that forces more than ``above`` from here, if the menu has one."""
        if position in self.lost or self.nodes_left <= 0:
            return None
        self.nodes_left -= 1
        node = self._close(position) or self._watch(position, watched)
        if node is None:
            self.lost.add(position)
        return node

    def values(self, node: Node, position: Position) -> Iterator[Fraction]:
        """The ratio at each leaf below a node."""
        position = position.release(node.release)
        if isinstance(node, Leaf):
            yield position.ratio(node.good, self.objective)
        else:
            for chosen, child in node.replies:
                yield from self.values(child, position.start(chosen))

    def _close(self, position: Position) -> Leaf | None:
        for release in self._endings(position.step):
            end = position.release(release)
            if not end.requests:
                continue
            paid = end.least_cost(self.objective)
            at_once = [request.arrival for request in end.requests]  # no schedule costs less
            if paid > self.above * total(end.instance, at_once, self.objective):
                good = self._good(end)
                if paid > self.above * total(end.instance, good, self.objective):
                    return Leaf(release, good)
        return None

    def _endings(self, step: int) -> Iterator[tuple[Request, ...]]:
        yield ()
        for steps, count, (prompt, output) in self.menu.closings:
            bursts = (Request(prompt, output, step + k) for k in range(steps))
            yield tuple(request for request in bursts for _ in range(count))

    def _watch(self, position: Position, watched: int) -> Turn | None:
        if position.step >= self.menu.horizon:
            return None
        if position.requests:
            turn = self._turn(position, (), watched)
            if turn is not None:
                return turn
        for count, (prompt, output) in self.menu.openings if watched else ():
            release = (Request(prompt, output, position.step),) * count
            turn = self._turn(position, release, watched - 1)
            if turn is not None:
                return turn
        return None

    def _turn(self, position: Position, release: tuple[Request, ...], watched: int) -> Turn | None:
        position = position.release(release)
        replies = []
        for chosen in position.replies():
            child = self.force(position.start(chosen), watched)
            if child is None:
                return None
            replies.append((chosen, child))
        return Turn(release, tuple(replies))

    def _good(self, position: Position) -> Schedule:
        if position.requests not in self.good:
            self.good[position.requests] = good_schedule(position.instance, self.objective)
        return self.good[position.requests]
