"""What a remembered state makes superfluous, and what it does not."""

import numpy as np

from theory.optimum.memo import Memo, dominated, remember

SET = 0b1011


def profile(step: int, *tokens: int) -> np.ndarray:
    held = np.zeros(40, np.int64)
    held[step + 1 : step + 1 + len(tokens)] = tokens
    return held


def kept(*tokens: int) -> Memo:
    """One state: SET waits at step 5, 100 spent."""
    memo = Memo.empty()
    remember(memo, profile(5, *tokens), SET, 5, 100)
    return memo


def asks(
    memo: Memo, step: int, spent: int, *tokens: int, waiting: int = SET, arrived: int = 0
) -> bool:
    return dominated(memo, profile(step, *tokens), waiting, 3, arrived, step, spent)


def test_the_same_state_again() -> None:
    memo = kept(4, 5)
    assert asks(memo, 5, 100, 4, 5)
    assert asks(memo, 5, 100, 6, 5, 1)
    assert not asks(memo, 5, 99, 4, 5)
    assert not asks(memo, 5, 100, 4, 4)
    assert not asks(memo, 5, 100, 4)
    assert not asks(memo, 5, 100, 4, 5, waiting=0b111)


def test_later_is_as_bad_as_costlier() -> None:
    memo = kept(4, 5)
    assert asks(memo, 7, 94, 4, 5)  # three requests wait two steps less
    assert not asks(memo, 7, 93, 4, 5)
    assert asks(memo, 4, 103, 4, 5)
    assert not asks(memo, 4, 102, 4, 5)


def test_nothing_moves_before_its_arrival() -> None:
    memo = kept(4, 5)
    assert asks(memo, 7, 94, 4, 5, arrived=5)
    assert not asks(memo, 7, 94, 4, 5, arrived=6)
    assert asks(memo, 7, 100, arrived=6)  # without the move: the older profile is over by then
    assert not asks(memo, 6, 100, 4, arrived=6)
    assert asks(memo, 6, 100, 5, arrived=6)
