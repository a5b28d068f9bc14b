"""The look-ahead against counting blocks step by step."""

from hypothesis import given
from hypothesis import strategies as st

from adversaries.replay.lookahead import Future, LookAhead
from theory.running import RunningSet

futures = st.tuples(st.integers(1, 20), st.integers(1, 12))


def blocks(futures: list[Future], block_size: int, later: int) -> int:
    return sum(-(-(held + later) // block_size) for held, left in futures if left > later)


@given(
    capacity=st.integers(1, 60),
    block_size=st.integers(1, 5),
    running=st.lists(futures, max_size=6),
    more=st.lists(futures, min_size=1, max_size=8),
)
def test_it_is_never_wrong(
    capacity: int, block_size: int, running: list[Future], more: list[Future]
) -> None:
    ahead, running = LookAhead(capacity, block_size, running), list(running)
    for request in more:
        together = [*running, request]
        within = all(blocks(together, block_size, later) <= capacity for later in range(request[1]))
        assert ahead.fits(request) == within
        if within:
            ahead.start(request)
            running.append(request)


@given(st.integers(1, 40), st.lists(futures, min_size=1, max_size=10))
def test_with_blocks_of_one_token_it_is_the_model(memory: int, requests: list[Future]) -> None:
    from theory.request import Request

    ahead, model = LookAhead(memory, 1, []), RunningSet(memory)
    for held, left in requests:
        request = Request(held - 1, left)
        fits = request.peak <= memory and model.earliest(request, 0) == 0
        assert ahead.fits((held, left)) == fits
        if fits:
            ahead.start((held, left))
            model.start(request, 0)
