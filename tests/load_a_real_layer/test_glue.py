# SPDX-License-Identifier: MIT
"""The glue code of the page loads stand-ins for modules of libraries that are not installed."""

import ast
import inspect
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from snippets.load_a_real_layer import glue, recording
from snippets.take_along.rotary import rotate

WIDTH, HEADS, GROUPS, D_K = 24, 4, 2, 6
FUNCTIONS = sorted(name for name in vars(glue) if name.startswith("from_"))


def linear(wide, narrow, bias=False):
    layer = nn.Linear(wide, narrow, bias)
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.3)
    return layer


def projections(d_k=D_K, groups=GROUPS, bias=False):
    return [
        linear(WIDTH, HEADS * d_k, bias),
        linear(WIDTH, groups * d_k, bias),
        linear(WIDTH, groups * d_k, bias),
        linear(HEADS * d_k, WIDTH, bias),
    ]


def attended(x, parts, d_k=D_K, turn=None, share="interleave", **options):
    """Return the output of a layer with these projections, computed by torch's function."""
    q, k, v = (p(x).unflatten(-1, (-1, d_k)).transpose(1, 2) for p in parts[:3])
    q, k = turn(q, k) if turn else (q, k)
    times = q.shape[1] // k.shape[1]
    repeat = {
        "interleave": lambda t: t.repeat_interleave(times, dim=1),
        "tile": lambda t: t.repeat(1, times, 1, 1),
    }[share]
    out = F.scaled_dot_product_attention(q, repeat(k), repeat(v), **options)
    return parts[3](out.transpose(1, 2).flatten(2))


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def x():
    return torch.randn(3, 7, WIDTH)


def turned(q, k):
    at = torch.arange(q.shape[-2])
    return rotate(q, at, base=500.0), rotate(k, at, base=500.0)


def named(parts):
    names = "q_proj", "k_proj", "v_proj", "o_proj"
    return SimpleNamespace(**dict(zip(names, parts, strict=True)))


@pytest.mark.parametrize("load", [glue.from_llama, glue.from_llama_as_neighbors])
def test_llama_in_either_pairing(load, x):
    parts = projections()
    ours = load(named(parts), WIDTH, HEADS, GROUPS, 500.0)
    assert_close(ours(x, is_causal=True), attended(x, parts, turn=turned, is_causal=True))


def test_llama_with_weights_of_the_other_pairing_is_wrong(x):
    parts = projections()
    ours = glue.from_llama(named(parts), WIDTH, HEADS, GROUPS, 500.0, "neighbors")
    expected = attended(x, parts, turn=turned, is_causal=True)
    assert not ours(x, is_causal=True).allclose(expected, atol=1e-2)


def test_qwen3_normalizes_before_it_turns(x):
    parts, norms = projections(d_k=8), [nn.RMSNorm(8), nn.RMSNorm(8)]
    for norm in norms:
        nn.init.uniform_(norm.weight)
    theirs = named(parts)
    theirs.q_norm, theirs.k_norm = norms
    ours = glue.from_qwen3(theirs, WIDTH, HEADS, GROUPS, 8, 500.0)
    expected = attended(
        x, parts, d_k=8, turn=lambda q, k: turned(norms[0](q), norms[1](k)), is_causal=True
    )
    assert_close(ours(x, is_causal=True), expected)


def test_gpt2_is_packed_and_transposed(x):
    parts = projections(groups=HEADS, bias=True)
    theirs = SimpleNamespace(
        c_attn=SimpleNamespace(
            weight=torch.cat([p.weight for p in parts[:3]]).T,
            bias=torch.cat([p.bias for p in parts[:3]]),
        ),
        c_proj=SimpleNamespace(weight=parts[3].weight.T, bias=parts[3].bias),
    )
    assert_close(glue.from_gpt2(theirs, WIDTH, HEADS)(x), attended(x, parts))


@pytest.mark.parametrize("qkv_bias", [False, True])
def test_timm_is_packed(qkv_bias, x):
    parts = projections(groups=HEADS, bias=qkv_bias)
    parts[3] = linear(WIDTH, WIDTH, True)
    bias = torch.cat([p.bias for p in parts[:3]]) if qkv_bias else None
    weight = torch.cat([p.weight for p in parts[:3]])
    theirs = SimpleNamespace(qkv=SimpleNamespace(weight=weight, bias=bias), proj=parts[3])
    assert_close(glue.from_timm(theirs, WIDTH, HEADS)(x), attended(x, parts))


def test_bert_and_vit_are_four_projections(x):
    parts = projections(groups=HEADS, bias=True)
    own = SimpleNamespace(query=parts[0], key=parts[1], value=parts[2])
    bert = SimpleNamespace(self=own, output=SimpleNamespace(dense=parts[3]))
    expected = attended(x, parts)
    assert_close(glue.from_bert(bert, WIDTH, HEADS)(x), expected)
    assert_close(glue.from_vit(named(parts), WIDTH, HEADS)(x), expected)


def test_t5_does_not_scale(x):
    parts, bias = projections(d_k=5, groups=HEADS), torch.randn(1, HEADS, 7, 7)
    theirs = SimpleNamespace(**dict(zip("qkvo", parts, strict=True)))
    expected = attended(x, parts, d_k=5, attn_mask=bias, scale=1.0)
    assert_close(glue.from_t5(theirs, WIDTH, HEADS, 5)(x, mask=bias), expected)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_x_transformers_deals_its_heads_out(groups, x):
    parts = projections(groups=groups)
    names = "to_q", "to_k", "to_v", "to_out"
    theirs = SimpleNamespace(**dict(zip(names, parts, strict=True)))
    ours = glue.from_x_transformers(theirs, WIDTH, HEADS, groups, D_K)
    assert_close(ours(x), attended(x, parts, share="tile"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_three_statements_of_glue_are_enough(name):
    (function,) = ast.parse(inspect.getsource(getattr(glue, name))).body
    assert len(function.body) <= 3


# ---- The recording ---------------------------------------------------------------------------


def test_each_function_of_glue_was_recorded():
    assert {row["glue"] for row in recording.layers.values()} == set(FUNCTIONS)


def test_recorded_differences_are_rounding():
    assert 0 < recording.largest <= 2e-6
    assert all(0.1 < row["largest"] < 100 for row in recording.layers.values())


def test_no_case_of_onnx_differs():
    assert recording.onnx["differ"] == []
    assert recording.onnx["agree"] >= 93


def test_the_page_shows_each_difference():
    lines = recording.told()
    assert len(lines) == len(recording.layers)
    for line, row in zip(lines, recording.layers.values(), strict=True):
        assert line.startswith(row["name"])
        assert float(line.split()[-1]) == pytest.approx(row["difference"], rel=0.1)
