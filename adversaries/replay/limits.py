"""What bounds a vLLM server that the model does not know: blocks, seats, tokens a step."""

from __future__ import annotations

from dataclasses import dataclass

from theory.errors import InputError
from theory.request import Instance


@dataclass(frozen=True)
class Limits:
    """A vLLM server's limits.

    ``block_size`` in tokens; ``blocks`` usable ones (vLLM keeps one more for itself);
    ``max_num_seqs`` requests that run at once; ``max_num_batched_tokens`` tokens computed in
    one step; ``max_model_len`` tokens of prompt and output together.

    Raises InputError when one is below 1.
    """

    block_size: int
    blocks: int
    max_num_seqs: int
    max_num_batched_tokens: int
    max_model_len: int

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                raise InputError(f"{name} must be at least 1, got {value}")

    @classmethod
    def ample(cls, *instances: Instance, block_size: int = 1) -> Limits:
        """Limits that bind for none of these instances, so that only the budget does.

        Each request that runs may waste most of a block, so the pool holds a block more for
        each; the admission check keeps the budget. vLLM asks for room for a whole context,
        whose last token it never stores: hence ``longest + 1``.

        >>> Limits.ample(Instance.of(64, (3, 4), (60, 2)), block_size=32)
        Limits(block_size=32, blocks=4, max_num_seqs=2, max_num_batched_tokens=66, max_model_len=63)
        """
        memory = max(instance.memory for instance in instances)
        running = min(memory, max(len(instance) for instance in instances))
        waste = 0 if block_size == 1 else running
        longest = 1 + max(instance.peak for instance in instances)
        return cls(
            block_size=block_size,
            blocks=-(-max(memory, longest) // block_size) + waste,
            max_num_seqs=running,
            max_num_batched_tokens=memory + running,
            max_model_len=longest,
        )
