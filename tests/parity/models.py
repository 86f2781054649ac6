# SPDX-License-Identifier: MIT
"""Attention layers of public libraries, small and random, loaded into the layer to take along.

Each comparison returns the outputs of both, as (theirs, ours). This needs transformers, timm and
x-transformers, which `make parity` installs into a separate environment.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from timm.layers import Attention as TimmAttention
from torch import Tensor
from transformers import BertConfig, GPT2Config, LlamaConfig, Qwen3Config, T5Config, ViTConfig
from transformers.models.bert.modeling_bert import BertAttention
from transformers.models.gpt2.modeling_gpt2 import GPT2Attention
from transformers.models.llama.modeling_llama import LlamaAttention, LlamaRotaryEmbedding
from transformers.models.qwen3.modeling_qwen3 import Qwen3Attention, Qwen3RotaryEmbedding
from transformers.models.t5.modeling_t5 import T5Attention
from transformers.models.vit.modeling_vit import ViTAttention
from x_transformers.x_transformers import Attention as XAttention

from snippets.load_a_real_layer import glue

BATCH, LENGTH, WIDTH, HEADS, GROUPS = 3, 7, 64, 4, 2
BASE = 500_000.0  # as in Llama 3

Pair = tuple[Tensor, Tensor]


def drawn(module: torch.nn.Module) -> torch.nn.Module:
    """Return the module in eval mode with random parameters, because some start at 0 or 1."""
    for parameter in module.parameters():
        parameter.data = torch.randn_like(parameter) / math.sqrt(parameter.shape[-1])
    return module.eval()


def inputs() -> Tensor:
    return torch.randn(BATCH, LENGTH, WIDTH)


def future() -> Tensor:
    """Return an additive causal mask as in transformers: (1, 1, length, length)."""
    return torch.full((LENGTH, LENGTH), -math.inf).triu(1)[None, None]


def padding() -> Tensor:
    """Return a mask of the real keys: (batch, 1, 1, keys)."""
    return (torch.arange(LENGTH) < torch.tensor([7, 5, 3])[:, None])[:, None, None]


def to_add(mask: Tensor) -> Tensor:
    return torch.zeros(mask.shape).masked_fill(~mask, -math.inf)


def with_rotary(attention: type, rotary: type, config: object) -> tuple[torch.nn.Module, Callable]:
    """Return the layer of a model with rotary positions, and a function that runs it."""
    theirs, turn = drawn(attention(config, layer_idx=0)), rotary(config)

    def run(x: Tensor) -> Tensor:
        at = torch.arange(LENGTH)[None]
        return theirs(x, position_embeddings=turn(x, at), attention_mask=future())[0]

    return theirs, run


def llama(load: Callable) -> Pair:
    config = LlamaConfig(
        hidden_size=WIDTH, num_attention_heads=HEADS, num_key_value_heads=GROUPS,
        rope_parameters={"rope_theta": BASE, "rope_type": "default"},
        attn_implementation="eager",
    )  # fmt: skip
    theirs, run = with_rotary(LlamaAttention, LlamaRotaryEmbedding, config)
    x = inputs()
    return run(x), load(theirs, WIDTH, HEADS, GROUPS, BASE)(x, is_causal=True)


def qwen3() -> Pair:
    config = Qwen3Config(
        hidden_size=WIDTH, num_attention_heads=HEADS, num_key_value_heads=GROUPS, head_dim=32,
        rope_parameters={"rope_theta": BASE, "rope_type": "default"},
        attn_implementation="eager",
    )  # fmt: skip
    theirs, run = with_rotary(Qwen3Attention, Qwen3RotaryEmbedding, config)
    x, sizes = inputs(), (WIDTH, HEADS, GROUPS, 32)
    return run(x), glue.from_qwen3(theirs, *sizes, BASE)(x, is_causal=True)


def gpt2() -> Pair:
    config = GPT2Config(n_embd=WIDTH, n_head=HEADS, attn_implementation="eager")
    theirs, x = drawn(GPT2Attention(config, layer_idx=0)), inputs()
    ours = glue.from_gpt2(theirs, WIDTH, HEADS)
    return theirs(x, attention_mask=future())[0], ours(x, is_causal=True)


def bert() -> Pair:
    config = BertConfig(hidden_size=WIDTH, num_attention_heads=HEADS, attn_implementation="eager")
    theirs, x = drawn(BertAttention(config)), inputs()
    attended = theirs.self(x, attention_mask=to_add(padding()))[0]
    ours = glue.from_bert(theirs, WIDTH, HEADS)(x, mask=padding())
    return theirs.output.dense(attended), ours  # without BERT's residual connection


def vit() -> Pair:
    config = ViTConfig(hidden_size=WIDTH, num_attention_heads=HEADS, attn_implementation="eager")
    theirs, x = drawn(ViTAttention(config)), inputs()
    return theirs(x)[0], glue.from_vit(theirs, WIDTH, HEADS)(x)


def t5() -> Pair:
    config = T5Config(d_model=WIDTH, num_heads=HEADS, d_kv=24, attn_implementation="eager")
    theirs = drawn(T5Attention(config, has_relative_attention_bias=True, layer_idx=0))
    x, bias = inputs() / 8, theirs.compute_bias(LENGTH, LENGTH)  # T5 does not scale its scores
    ours = glue.from_t5(theirs, WIDTH, HEADS, 24)
    return theirs(x)[0], ours(x, mask=bias)


def timm(qkv_bias: bool) -> Pair:
    theirs, x = drawn(TimmAttention(WIDTH, HEADS, qkv_bias=qkv_bias)), inputs()
    return theirs(x), glue.from_timm(theirs, WIDTH, HEADS)(x)


def x_transformers(groups: int) -> Pair:
    theirs = drawn(XAttention(WIDTH, heads=HEADS, kv_heads=groups, dim_head=24, causal=True))
    x, sizes = inputs(), (WIDTH, HEADS, groups, 24)
    out = theirs(x)
    out = out[0] if isinstance(out, tuple) else out
    return out, glue.from_x_transformers(theirs, *sizes)(x, is_causal=True)


# The name on the page, the function that loads the layer, and the comparison.
COMPARISONS: list[tuple[str, str, Callable[[], Pair]]] = [
    ("Llama, pairs in halves", "from_llama", lambda: llama(glue.from_llama)),
    (
        "Llama, reordered for neighbors",
        "from_llama_as_neighbors",
        lambda: llama(glue.from_llama_as_neighbors),
    ),
    ("Qwen3", "from_qwen3", qwen3),
    ("GPT-2", "from_gpt2", gpt2),
    ("BERT, with padding", "from_bert", bert),
    ("ViT", "from_vit", vit),
    ("T5", "from_t5", t5),
    ("timm, its default biases", "from_timm", lambda: timm(False)),
    ("timm, all biases", "from_timm", lambda: timm(True)),
    ("x-transformers", "from_x_transformers", lambda: x_transformers(HEADS)),
    ("x-transformers, grouped heads", "from_x_transformers", lambda: x_transformers(GROUPS)),
]


@torch.no_grad()
def compared() -> list[dict[str, object]]:
    """Return a row for each comparison: its name, its glue, and the largest difference."""
    rows = []
    for name, function, comparison in COMPARISONS:
        torch.manual_seed(0)
        theirs, ours = comparison()
        difference = (theirs - ours).abs().max().item()
        largest = theirs.abs().max().item()
        rows.append({"name": name, "glue": function, "difference": difference, "largest": largest})
    return rows
