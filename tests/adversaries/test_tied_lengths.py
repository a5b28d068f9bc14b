"""The burst against one bit: what it is said to be, and never more than memory."""

from fractions import Fraction

import pytest

from adversaries.tied_lengths import pipeline, tied_instance
from kvcr.one_bit_table import certified
from lemmas.distortion_of_ranks import ratio_for
from theory.errors import InputError
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.schedule import cost, is_feasible
from theory.simulator import simulate

HALF = Fraction(1, 2)


def test_the_instance_has_the_ratio_and_the_class_that_is_said() -> None:
    for longest, k in ((16, 1), (64, 2), (100, 3)):
        instance, good = tied_instance(longest, k, 3)
        assert instance.alpha <= Fraction(1, k)
        assert max(request.output for request in instance.requests) == longest
        assert is_feasible(instance, good)
        starts = simulate(instance, named_policy("one-bit-svf"))
        ratio = Fraction(cost(instance, starts), cost(instance, good))
        certificate = certified(longest, Fraction(1, k), Admission.HEAD_OF_LINE, 3)
        assert Fraction(certificate["ratio"]) == ratio
        # one instance is no more than the bound with its own M, P and T allows
        assert ratio <= ratio_for("one-bit-svf", instance.memory, instance.peak, longest)


@pytest.mark.parametrize("output", [1, 2, 5, 9])
def test_a_pipeline_never_exceeds_memory(output: int) -> None:
    for memory in range(output, 5 * output):
        size, gap = pipeline(output, memory)
        assert size >= 1
        instance = Instance.of(memory, *[(0, output)] * (4 * size * output))
        starts = [i // size * gap for i in range(len(instance))]
        assert is_feasible(instance, starts)
        # more at a time does not fit
        several = Instance.of(memory, *[(0, output)] * (4 * (size + 1) * output))
        assert not is_feasible(several, [i // (size + 1) * gap for i in range(len(several))])


def test_what_cannot_be_built_is_refused() -> None:
    with pytest.raises(InputError, match="promptless"):
        tied_instance(4, 1, 1)  # its worst pair has a prompt
    with pytest.raises(InputError, match="exceeds"):
        pipeline(3, 2)
