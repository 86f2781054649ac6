# SPDX-License-Identifier: MIT
"""The model built from parts of this site agrees with Hugging Face's on the same weights."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from snippets.language_model import model
from snippets.language_model.model import LanguageModel
from snippets.take_along.rotary import reorder

PROMPTS = [
    "The capital of France is",
    "def double(x):\n    return",
    "Water boils at 100 degrees, and it freezes at 0. So at 50 degrees",
]
OF_HUGGING_FACE = {  # names in the file and in Hugging Face's model
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


@pytest.fixture(scope="module")
def ours(weights):
    return LanguageModel(weights)


@pytest.fixture(scope="module")
def theirs(weights):
    """Hugging Face's model with the settings and weights of the file."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=49_152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=8192,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
        tie_word_embeddings=True,
    )
    with torch.device("meta"):  # without random weights, which would take a second
        theirs = LlamaForCausalLM(config)
    state = {
        "model.embed_tokens.weight": weights["token_embd.weight"],
        "model.norm.weight": weights["output_norm.weight"],
        "lm_head.weight": weights["token_embd.weight"],
    }
    for block in range(30):
        for name, other in OF_HUGGING_FACE.items():
            weight = weights[f"blk.{block}.{name}.weight"]
            heads = {"attn_q": 9, "attn_k": 3}.get(name)
            if heads:  # the file pairs neighbors, Hugging Face pairs halves
                weight = reorder(weight, heads, to="halves")
            state[f"model.layers.{block}.{other}.weight"] = weight
    theirs.load_state_dict(state, assign=True)
    theirs.model.rotary_emb = type(theirs.model.rotary_emb)(config)
    return theirs.eval()


@pytest.fixture(params=PROMPTS, ids=["capital", "code", "water"])
def ids(request, tokenizer):
    return torch.tensor(tokenizer.encode(request.param).ids)


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.slow
@torch.no_grad()
def test_the_model_gives_the_logits_of_hugging_face(ours, theirs, ids):
    assert_close(ours(ids), theirs(ids[None]).logits[0], atol=2e-4, rtol=0)


@pytest.mark.slow
@torch.no_grad()
def test_random_tokens_get_the_logits_of_hugging_face(ours, theirs):
    ids = torch.randint(49_152, (2, 40), generator=generator())
    assert_close(ours(ids), theirs(ids).logits, atol=2e-4, rtol=0)


def test_torchs_function_in_the_model_gives_the_same_logits(ours, weights, ids):
    theirs = LanguageModel(weights, attend=F.scaled_dot_product_attention)
    assert_close(ours(ids), theirs(ids), atol=1e-4, rtol=0)


@pytest.mark.slow
def test_64_tokens_are_the_same_with_and_without_a_cache(ours, tokenizer):
    ids = torch.tensor(tokenizer.encode("The capital of France is").ids)
    cached, cache, new = ids, [], ids
    for _ in range(64):
        logits = ours(new, cache)
        new = logits[-1:].argmax(dim=-1)
        cached = torch.cat([cached, new])
    # Under the causal mask, one pass over the whole text equals all passes over its beginnings.
    assert_close(ours(cached)[4:-1].argmax(dim=-1), cached[5:], atol=0, rtol=0)
    assert cache[29][0].shape == cache[29][1].shape == (3, 68, 64)


@pytest.mark.parametrize("first", [1, 5])
def test_a_text_may_come_in_parts(ours, first):
    ids = torch.randint(49_152, (2, 8), generator=generator())
    cache = []
    parts = [ours(ids[:, :first], cache), ours(ids[:, first:], cache)]
    assert_close(torch.cat(parts, dim=1), ours(ids), atol=1e-4, rtol=0)


def test_a_batch_gives_each_text_the_outputs_of_the_text_alone(ours):
    ids = torch.randint(49_152, (2, 6), generator=generator())
    assert_close(ours(ids), torch.stack([ours(one) for one in ids]), atol=1e-4, rtol=0)


def test_a_mask_counts_the_keys_of_the_cache(ours):
    ids = torch.randint(49_152, (8,), generator=generator())
    window = torch.ones(8, 8, dtype=torch.bool).tril().triu(-2)  # three keys
    cache = []
    ours(ids[:5], cache, window[:5, :5])
    assert_close(ours(ids[5:], cache, window[5:]), ours(ids, mask=window)[5:], atol=1e-4, rtol=0)


def test_only_distances_between_positions_matter(ours):
    ids = torch.randint(49_152, (6,), generator=generator())
    moved = ours(ids, positions=torch.arange(6) + 1000)
    assert_close(moved, ours(ids), atol=1e-2, rtol=0)
    assert not torch.allclose(ours(ids, positions=torch.arange(6) * 2), ours(ids), atol=1)


def test_seen_holds_the_weights_of_each_head(ours, ids):
    seen = []
    ours(ids, seen=seen)
    assert len(seen) == 30
    assert all(weights.shape == (9, len(ids), len(ids)) for weights in seen)
    assert all((weights.triu(1) == 0).all() for weights in seen)
    ones = torch.ones(9, len(ids))
    assert all(torch.allclose(weights.sum(-1), ones) for weights in seen)


@pytest.mark.slow
@torch.no_grad()
def test_seen_holds_the_weights_of_hugging_face(ours, theirs, ids):
    theirs.set_attn_implementation("eager")
    expected = theirs(ids[None], output_attentions=True).attentions
    theirs.set_attn_implementation("sdpa")
    seen = []
    ours(ids, seen=seen)
    assert_close(torch.stack(seen), torch.cat(expected), atol=1e-4, rtol=0)


def test_a_head_that_is_off_adds_nothing(ours, weights, ids):
    columns = slice(3 * 64, 4 * 64)  # of the output projection, multiplied with head 3
    changed = weights["blk.7.attn_output.weight"].clone()
    changed[:, columns] = 0
    expected = LanguageModel({**weights, "blk.7.attn_output.weight": changed})(ids)
    assert_close(ours(ids, off=[(7, 3)]), expected, atol=1e-4, rtol=0)
    assert not torch.allclose(ours(ids), expected, atol=1e-2)


def test_the_weights_stay_as_they_are(ours, weights, ids):
    before = {name: weights[name].clone() for name in weights if "blk.7." in name}
    ours(ids, cache=[], off=[(7, 3)], seen=[])
    for name, tensor in before.items():
        assert torch.equal(weights[name], tensor)


@pytest.mark.slow
def test_the_sizes_are_those_of_the_file(path_of_weights):
    import gguf

    fields = gguf.GGUFReader(path_of_weights).fields

    def field(name):
        return fields[f"llama.{name}"].contents()

    assert field("block_count") == model.N_BLOCKS
    assert field("attention.head_count") == model.N_HEADS
    assert field("attention.head_count_kv") == model.N_KV_HEADS
    assert field("rope.dimension_count") == model.D_K
    assert field("rope.freq_base") == model.BASE
    assert field("attention.layer_norm_rms_epsilon") == pytest.approx(model.EPSILON)
