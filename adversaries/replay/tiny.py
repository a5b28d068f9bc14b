"""A tiny Llama-architecture model, made here: a configuration, no weights, no tokenizer."""

from __future__ import annotations

import json
from pathlib import Path

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 256,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "torch_dtype": "float32",
}

TOKEN = 7
"""The only token there is, in prompts and in what the made-up model answers."""


def write_tiny_model(folder: Path, max_model_len: int) -> Path:
    """The folder, with a configuration that vLLM loads with ``load_format="dummy"``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     path = write_tiny_model(Path(name), max_model_len=100)
    ...     json.loads((path / "config.json").read_text())["max_position_embeddings"]
    100
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = {**CONFIG, "max_position_embeddings": max_model_len}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return folder
