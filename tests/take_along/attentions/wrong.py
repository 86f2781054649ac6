# SPDX-License-Identifier: MIT
"""Attentions with one classic mistake each, in the styles of public code."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from tests.take_along.attentions.right import (
    CausalSelfAttention,
    CosinesOfAWindow,
    EmbeddingOfEachPair,
    FilledInPlace,
    GatedOutputs,
    GivenEmbeddings,
    GivenTables,
    GPTConfig,
    HeadsInAList,
    HeadsInTheBatch,
    HeadsShareWeights,
    ImageAndBack,
    InputsAndMask,
    LatentsAskFirst,
    LinearBiases,
    OfChannelsFirst,
    OfEqualLengths,
    OfGroupsOfTokens,
    OfOneArgument,
    OfOneTriangle,
    OfTheFirstToken,
    OneHeadOfKeys,
    OneOfALayer,
    OneTokenAtATime,
    OneWeightForAllHeads,
    OtherWidthOfContext,
    SmallerKeys,
    SoftlyCapped,
    TiledOrNot,
    VisionAttention,
    WholeLayer,
    rotate_half,
)

WRONG = []  # (attention, the mistake that must be reported)


def wrong(mistake):
    def keep(attention):
        WRONG.append((attention, mistake))
        return attention

    return keep


# ---- the axis of the softmax ---------------------------------------------------------------------
@wrong("softmax_queries")
def axis_minus_two(q, k, v):
    return F.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.size(-1)), dim=-2) @ v


@wrong("softmax_heads")
def axis_one(query, key, value, mask=None):
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(query.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    return torch.matmul(torch.softmax(scores, dim=1), value)


@wrong("softmax_queries")
class AxisOfModule(nn.Module):
    """A softmax over dim=1 of (batch, queries, keys)."""

    def __init__(self, d_model):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(d_model, d_model) for _ in range(3))
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        scores = torch.bmm(self.q(x), self.k(x).transpose(1, 2)) / math.sqrt(x.size(-1))
        return torch.bmm(self.softmax(scores), self.v(x))


@wrong("softmax_batch")
def axis_zero(Q, K, V):
    return torch.softmax(torch.einsum("bhid,bhjd->bhij", Q, K) / Q.shape[-1] ** 0.5, dim=0) @ V


@wrong("softmax_queries")
class AxisTwoOfFour(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv, self.out = nn.Linear(embed_dim, 3 * embed_dim), nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = (
            t.view(b, n, self.num_heads, -1).transpose(1, 2) for t in self.qkv(x).chunk(3, -1)
        )
        attn = torch.softmax(q @ k.transpose(2, 3) * (d // self.num_heads) ** -0.5, dim=2)
        return self.out((attn @ v).transpose(1, 2).reshape(b, n, d))


# ---- the scale -----------------------------------------------------------------------------------
@wrong("scale_missing")
def unscaled(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf"))
    return scores.softmax(dim=-1) @ v


@wrong("scale_missing")
class UnscaledHead(nn.Module):
    def __init__(self, n_embd, head_size):
        super().__init__()
        self.key, self.query, self.value = (
            nn.Linear(n_embd, head_size, bias=False) for _ in range(3)
        )

    def forward(self, x):
        return F.softmax(self.query(x) @ self.key(x).transpose(-2, -1), dim=-1) @ self.value(x)


@wrong("scale_doubled")
def scaled_twice(q, k, v):
    q = q / math.sqrt(q.size(-1))
    return ((q @ k.mT) / math.sqrt(q.size(-1))).softmax(-1) @ v


@wrong("scale_doubled")
def divided_by_d_k(q, k, v, mask=None):
    scores = torch.matmul(q, k.transpose(-2, -1)) / q.size(-1)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    return torch.matmul(F.softmax(scores, dim=-1), v)


@wrong("scale_d_model")
class VisionByModel(VisionAttention):
    def __init__(self, dim, num_heads=8):
        super().__init__(dim, num_heads)
        self.scale = dim**-0.5


@wrong("scale_d_model")
class EinsumByModel(nn.Module):
    def __init__(self, embed_size, heads):
        super().__init__()
        self.embed_size, self.heads, self.head_dim = embed_size, heads, embed_size // heads
        self.values, self.keys = (
            nn.Linear(embed_size, embed_size),
            nn.Linear(embed_size, embed_size),
        )
        self.queries, self.fc_out = (
            nn.Linear(embed_size, embed_size),
            nn.Linear(embed_size, embed_size),
        )

    def forward(self, values, keys, query, mask=None):
        N, n = query.shape[0], query.shape[1]
        v, k, q = self.values(values), self.keys(keys), self.queries(query)
        v, k, q = (t.reshape(N, t.shape[1], self.heads, self.head_dim) for t in (v, k, q))
        energy = torch.einsum("nqhd,nkhd->nhqk", [q, k])
        if mask is not None:
            energy = energy.masked_fill(mask == 0, float("-1e20"))
        attention = torch.softmax(energy / (self.embed_size ** (1 / 2)), dim=3)
        return self.fc_out(torch.einsum("nhql,nlhd->nqhd", [attention, v]).reshape(N, n, -1))


@wrong("scale_d_model")
class HeadByModel(nn.Module):
    def __init__(self, n_embd, head_size, block_size):
        super().__init__()
        self.key, self.query, self.value = (
            nn.Linear(n_embd, head_size, bias=False) for _ in range(3)
        )
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))

    def forward(self, x):
        _B, T, C = x.shape
        wei = self.query(x) @ self.key(x).transpose(-2, -1) * C**-0.5
        wei = F.softmax(wei.masked_fill(self.tril[:T, :T] == 0, float("-inf")), dim=-1)
        return wei @ self.value(x)


@wrong("scale_multiplied")
def multiplied(q, k, v):
    return (q @ k.transpose(-2, -1) * math.sqrt(q.size(-1))).softmax(-1) @ v


@wrong("scale_multiplied")
class MultipliedLayer(VisionAttention):
    def __init__(self, dim, num_heads):
        super().__init__(dim, num_heads)
        self.scale = 1 / (dim // num_heads) ** -0.5


@wrong("scale_length")
class ByTokens(nn.Module):
    def __init__(self, d_in, d_out, context_length, dropout, qkv_bias=False):
        super().__init__()
        self.W_query = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_key = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_value = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.dropout = nn.Dropout(dropout)
        self.register_buffer(
            "mask", torch.triu(torch.ones(context_length, context_length), diagonal=1)
        )

    def forward(self, x):
        _b, num_tokens, _d_in = x.shape
        scores = self.W_query(x) @ self.W_key(x).transpose(1, 2)
        scores.masked_fill_(self.mask.bool()[:num_tokens, :num_tokens], -torch.inf)
        return self.dropout(torch.softmax(scores / num_tokens**0.5, dim=-1)) @ self.W_value(x)


@wrong("scale_heads")
class ByHeads(VisionAttention):
    def __init__(self, dim, num_heads):
        super().__init__(dim, num_heads)
        self.scale = num_heads**-0.5


@wrong("scale_other")
def by_a_constant(q, k, v):
    return (q @ k.mT / math.sqrt(64)).softmax(-1) @ v


# ---- the mask ------------------------------------------------------------------------------------
@wrong("mask_inverted")
def inverted(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False):
    scores = query @ key.mT / math.sqrt(query.size(-1))
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~past, -math.inf)
    if attn_mask is not None:
        scores = scores.masked_fill(attn_mask, -math.inf)
    return F.dropout(scores.softmax(-1), dropout_p) @ value


@wrong("mask_inverted")
def inverted_against_its_words(q, k, v, mask=None):
    """mask: True = may attend"""
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask, -1e9)
    return scores.softmax(-1) @ v


@wrong("mask_after_softmax")
def after_softmax(q, k, v, mask=None):
    weights = (q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))).softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(mask == 0, 0)
    return weights @ v


@wrong("mask_after_softmax")
class AfterSoftmaxCausal(CausalSelfAttention):
    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (
            t.view(B, T, self.n_head, -1).transpose(1, 2)
            for t in self.c_attn(x).split(self.n_embd, dim=2)
        )
        att = F.softmax(q @ k.transpose(-2, -1) / math.sqrt(k.size(-1)), dim=-1)
        att = att * self.bias[:, :, :T, :T]
        return self.c_proj((att @ v).transpose(1, 2).contiguous().view(B, T, C))


@wrong("mask_zeros")
def multiplied_mask(q, k, v, mask=None):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores * mask
    return scores.softmax(-1) @ v


@wrong("mask_zeros")
def tiny(query, key, value, mask=None):
    logits = torch.bmm(query, key.transpose(1, 2)) / math.sqrt(query.size(-1))
    if mask is not None:
        logits.masked_fill_(mask == 0, 1e-15)
    return torch.bmm(F.softmax(logits, dim=2), value)


@wrong("mask_zeros")
class TrilTimesScores(CausalSelfAttention):
    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (
            t.view(B, T, self.n_head, -1).transpose(1, 2)
            for t in self.c_attn(x).split(self.n_embd, dim=2)
        )
        att = torch.tril(q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))).softmax(-1)
        return self.c_proj((att @ v).transpose(1, 2).contiguous().view(B, T, C))


@wrong("mask_weak")
def minus_one(q, k, v, mask=None):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1)
    return scores.softmax(-1) @ v


@wrong("mask_ignored")
class NotAssigned(nn.Module):
    def __init__(self, temperature, attn_dropout=0.1):
        super().__init__()
        self.temperature, self.dropout = temperature, nn.Dropout(attn_dropout)

    def forward(self, q, k, v, mask=None):
        attn = q @ k.transpose(-1, -2) / self.temperature
        if mask is not None:
            attn.masked_fill(mask, -torch.inf)  # a new tensor, and thrown away
        return self.dropout(F.softmax(attn, dim=-1)) @ v


@wrong("mask_wrong_axis")
def on_the_queries(q, k, v, key_padding_mask=None):
    """key_padding_mask (batch, keys), True = real."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if key_padding_mask is not None:
        scores = scores.masked_fill(~key_padding_mask[:, None, :, None].bool(), -1e9)
    return scores.softmax(dim=-1) @ v


@wrong("mask_wrong_axis")
def mask_transposed(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask.transpose(-2, -1) == 0, -1e9)
    return scores.softmax(dim=-1) @ v


@wrong("mask_added")
def added_as_numbers(q, k, v, mask=None):
    """mask: 1 to attend, 0 to hide"""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores + mask.bool().float()
    return scores.softmax(dim=-1) @ v


# ---- causality -----------------------------------------------------------------------------------
class Triangle(CausalSelfAttention):
    """CausalSelfAttention, with a triangle of one's own."""

    def hidden(self, n):
        raise NotImplementedError

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (
            t.view(B, T, self.n_head, -1).transpose(1, 2)
            for t in self.c_attn(x).split(self.n_embd, dim=2)
        )
        att = q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))
        att = F.softmax(att.masked_fill(self.hidden(T), float("-inf")), dim=-1)
        return self.c_proj((att @ v).transpose(1, 2).contiguous().view(B, T, C))


@wrong("causal_sees_next")
class SeesNext(Triangle):
    def hidden(self, n):
        return torch.triu(torch.ones(n, n), diagonal=2).bool()


@wrong("causal_not_itself")
class NotItself(Triangle):
    def hidden(self, n):
        return torch.triu(torch.ones(n, n), diagonal=0).bool()


@wrong("causal_inverted")
class Inverted(Triangle):
    def hidden(self, n):
        return torch.tril(torch.ones(n, n)) == 1


@wrong("causal_inverted")
class InvertedButItself(Triangle):
    def hidden(self, n):
        return torch.triu(torch.ones(n, n)) == 0


@wrong("causal_ignored")
class CausalInName(Triangle):
    def hidden(self, n):
        return torch.zeros(n, n, dtype=torch.bool)


@wrong("causal_not_itself")
def strict(q, k, v, causal=True):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if causal:
        n, m = scores.shape[-2:]
        scores = scores.masked_fill(torch.ones(n, m).tril(m - n - 1) == 0, -1e9)
    return scores.softmax(-1) @ v


@wrong("causal_sees_next")
def one_too_many(q, k, v, is_causal=False):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if is_causal:
        n, m = scores.shape[-2:]
        scores = scores.masked_fill(torch.ones(n, m).tril(m - n + 1) == 0, -math.inf)
    return scores.softmax(-1) @ v


@wrong("causal_top_left")
def top_left(q, k, v):
    """Causal; with cached keys there are more keys than queries."""
    scores = q @ k.mT / math.sqrt(q.size(-1))
    past = torch.tril(torch.ones(q.size(-2), k.size(-2), dtype=torch.bool))
    return scores.masked_fill(~past, -math.inf).softmax(-1) @ v


@wrong("causal_top_left")
class CachedTopLeft(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.h = n_heads
        self.q_proj, self.k_proj = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v_proj, self.out_proj = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        q, k, v = (
            p(x).unflatten(-1, (self.h, -1)).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            k, v = torch.cat((cache[0], k), -2), torch.cat((cache[1], v), -2)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out_proj(out.transpose(1, 2).flatten(2)), (k, v)


# ---- heads ---------------------------------------------------------------------------------------
@wrong("heads_split")
class SplitByView(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h, self.d_k = num_heads, d_model // num_heads
        self.num_heads = num_heads
        self.W_q, self.W_k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.W_v, self.W_o = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, Q, K, V, mask=None):
        b = Q.size(0)
        q = self.W_q(Q).view(b, self.h, -1, self.d_k)
        k = self.W_k(K).view(b, self.h, -1, self.d_k)
        v = self.W_v(V).view(b, self.h, -1, self.d_k)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d_k)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        out = scores.softmax(-1) @ v
        return self.W_o(out.transpose(1, 2).reshape(b, -1, self.h * self.d_k))


@wrong("heads_split, heads_merged")
class SplitAndMergedByView(SplitByView):
    def forward(self, Q, K, V):
        b, n, _ = Q.shape
        q, k, v = (
            p(t).reshape(b, self.h, -1, self.d_k)
            for p, t in ((self.W_q, Q), (self.W_k, K), (self.W_v, V))
        )
        out = (q @ k.transpose(-2, -1) / math.sqrt(self.d_k)).softmax(-1) @ v
        return self.W_o(out.reshape(b, n, self.h * self.d_k))


@wrong("heads_merged")
class MergedAsTheyLie(CausalSelfAttention):
    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (
            t.view(B, T, self.n_head, -1).transpose(1, 2)
            for t in self.c_attn(x).split(self.n_embd, dim=2)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.reshape(B, T, C))


@wrong("heads_merged")
class MergedVision(VisionAttention):
    def forward(self, x):
        B, N, C = x.shape
        q, k, v = (
            self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        )
        attn = (q @ k.transpose(-2, -1) * self.scale).softmax(dim=-1)
        return self.proj((attn @ v).contiguous().view(B, N, C))


@wrong("heads_repeat")
def tiled(q, k, v):
    if k.shape[1] != q.shape[1]:
        k, v = (t.repeat(1, q.shape[1] // t.shape[1], 1, 1) for t in (k, v))
    return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v


@wrong("heads_repeat")
class TiledLayer(nn.Module):
    def __init__(self, dim, n_heads, n_kv_heads):
        super().__init__()
        self.n_heads, self.n_kv_heads, self.head_dim = n_heads, n_kv_heads, dim // n_heads
        self.wq = nn.Linear(dim, n_heads * self.head_dim, bias=False)
        self.wk = nn.Linear(dim, n_kv_heads * self.head_dim, bias=False)
        self.wv = nn.Linear(dim, n_kv_heads * self.head_dim, bias=False)
        self.wo = nn.Linear(dim, dim, bias=False)

    def forward(self, x):
        b, n, _ = x.shape
        q = self.wq(x).view(b, n, self.n_heads, -1).transpose(1, 2)
        k = self.wk(x).view(b, n, self.n_kv_heads, -1).transpose(1, 2)
        v = self.wv(x).view(b, n, self.n_kv_heads, -1).transpose(1, 2)
        k, v = (t.repeat(1, self.n_heads // self.n_kv_heads, 1, 1) for t in (k, v))
        return self.wo(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, -1))


# ---- what meets what -----------------------------------------------------------------------------
@wrong("values_are_keys")
def averages_keys(q, k, v):
    return (q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))).softmax(-1) @ k


@wrong("values_are_keys")
class AveragesKeys(VisionAttention):
    def forward(self, x):
        B, N, C = x.shape
        q, k, _v = (
            self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        )
        attn = (q @ k.transpose(-2, -1) * self.scale).softmax(dim=-1)
        return self.proj((attn @ k).transpose(1, 2).reshape(B, N, C))


@wrong("keys_are_values")
def compares_values(queries, keys, values):
    return (queries @ values.mT / math.sqrt(queries.size(-1))).softmax(-1) @ values


@wrong("keys_values_swapped")
class SwappedNames(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(d_model, d_model) for _ in range(3))

    def forward(self, x):
        q, v, k = self.query(x), self.key(x), self.value(x)
        return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v


@wrong("queries_keys_swapped")
def swapped(q, k, v):
    return (k @ q.transpose(-2, -1) / math.sqrt(q.size(-1))).softmax(dim=-1) @ v


@wrong("softmax_missing")
def linear(q, k, v):
    return q @ k.mT / math.sqrt(q.size(-1)) @ v


@wrong("softmax_log")
def logarithms(q, k, v):
    return F.log_softmax(q @ k.mT / math.sqrt(q.size(-1)), dim=-1) @ v


@wrong("softmax_twice")
def twice(q, k, v):
    return F.softmax((q @ k.mT / math.sqrt(q.size(-1))).softmax(-1), dim=-1) @ v


@wrong("batch_is_length")
class BatchIsLength(nn.Module):
    """nn.MultiheadAttention without batch_first, inside a layer whose inputs are batch first."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.attn = nn.MultiheadAttention(config.n_embd, config.n_head)
        self.positions = nn.Parameter(torch.zeros(1, config.block_size, config.n_embd))

    def forward(self, x):
        b, n, d = x.shape
        x = x + self.positions[:, :n]
        return self.attn(x, x, x)[0].view(b, n, d)


# ---- edges ---------------------------------------------------------------------------------------
@wrong("dropout_in_eval")
def drops_always(q, k, v, dropout=0.1):
    weights = (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1)
    return F.dropout(weights, dropout) @ v


@wrong("dropout_in_eval")
class DropsInEval(VisionAttention):
    def forward(self, x):
        B, N, C = x.shape
        q, k, v = (
            self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        )
        out = F.scaled_dot_product_attention(q, k, v, dropout_p=0.2)
        return self.proj(out.transpose(1, 2).reshape(B, N, C))


@wrong("sixteen_bits")
def in_half(q, k, v):
    dtype, (q, k, v) = q.dtype, (t.half() for t in (q, k, v))
    return ((q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v).to(dtype)


@wrong("sixteen_bits")
def in_bfloat16(q, k, v):
    return F.scaled_dot_product_attention(q.bfloat16(), k.bfloat16(), v.bfloat16()).float()


@wrong("gradient_blocked")
def detached_weights(q, k, v):
    weights = (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1)
    return weights.detach() @ v


@wrong("gradient_blocked")
@torch.no_grad()
def no_gradient(q, k, v):
    return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v


@wrong("gradient_blocked")
class DetachedKeys(VisionAttention):
    def forward(self, x):
        B, N, C = x.shape
        q, k, v = (
            self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        )
        attn = (q @ k.data.transpose(-2, -1) * self.scale).softmax(dim=-1)
        return self.proj((attn @ v).transpose(1, 2).reshape(B, N, C))


@wrong("input_modified")
def scales_in_place(q, k, v):
    q *= q.size(-1) ** -0.5
    return (q @ k.mT).softmax(-1) @ v


@wrong("input_modified")
def fills_the_mask(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if mask is not None:
        mask.logical_and_(torch.ones(scores.shape[-2:], dtype=torch.bool)).logical_not_()
        scores = scores.masked_fill(mask, -math.inf)
    return scores.softmax(-1) @ v


# ---- rotary positions ----------------------------------------------------------------------------
@wrong("rotary_values")
def turns_values(q, k, v, cos, sin):
    q, k, v = (t * cos + rotate_half(t) * sin for t in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v)


def rope(x, start=0):
    n, d = x.shape[-2:]
    angle = (start + torch.arange(n))[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack(
        (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()), -1
    ).flatten(-2)


@wrong("rotary_values")
class TurnsValues(VisionAttention):
    def forward(self, x):
        B, N, C = x.shape
        q, k, v = (
            rope(t) for t in self.qkv(x).reshape(B, N, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        )
        attn = (q @ k.transpose(-2, -1) * self.scale).softmax(dim=-1)
        return self.proj((attn @ v).transpose(1, 2).reshape(B, N, C))


@wrong("rotary_offset")
def forgets_offset(q, k, v, offset=0):
    """rope without the offset of the queries"""
    return F.scaled_dot_product_attention(rope(q), rope(k), v)


@wrong("rotary_offset")
class CachedFromZero(nn.Module):
    """rope that starts at 0 in every step"""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.h = n_heads
        self.q_proj, self.k_proj = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v_proj, self.out_proj = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, x, past_kv=None):
        q, k, v = (
            p(x).unflatten(-1, (self.h, -1)).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = rope(q), rope(k)
        if past_kv is not None:
            k, v = torch.cat((past_kv[0], k), -2), torch.cat((past_kv[1], v), -2)
        n, m = q.size(-2), k.size(-2)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=torch.ones(n, m).tril(m - n).bool())
        return self.out_proj(out.transpose(1, 2).flatten(2)), (k, v)


@wrong("rotary_pairs")
class RopeOfTwoKinds(VisionAttention):
    """The angles are for neighbors, and the numbers that turn lie half a head apart."""

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        n, d = q.shape[-2:]
        angles = torch.arange(n)[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
        cos, sin = (t.repeat_interleave(2, dim=-1) for t in (angles.cos(), angles.sin()))
        q, k = (t * cos + rotate_half(t) * sin for t in (q, k))
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


@wrong("sixteen_bits")
class HalvesOfEverything(VisionAttention):
    """Rounding in half precision is no bias of the scores, and turns no values."""

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        q, k, v = q.half(), k.half(), v.half()
        weights = (q @ k.mT * self.scale).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).flatten(2).to(x.dtype))


@wrong("rotary_one_side")
def turns_queries_only(q, k, v, cos, sin):
    return F.scaled_dot_product_attention(q * cos + rotate_half(q) * sin, k, v)


# ---- kinds that public repositories have ---------------------------------------------------------
@wrong("scale_after_softmax")
class ScaledAfter(VisionAttention):
    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        attn = (q @ k.mT).softmax(dim=-1) * (d // self.num_heads) ** -0.5
        return self.proj((attn @ v).transpose(1, 2).reshape(b, n, d))


@wrong("keys_reshaped")
def keys_viewed(q, k, v):
    b, h, n, d = k.shape
    return (q @ k.reshape(b, h, d, n) / math.sqrt(d)).softmax(-1) @ v


@wrong("mask_inverted")
def hidden_scores_are_huge(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, 1e20)
    return scores.softmax(-1) @ v


@wrong("mask_nan")
def zero_times_infinity(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores + (1 - mask.float()) * -math.inf
    return scores.softmax(-1) @ v


@wrong("mask_after_softmax")
def weights_become_infinite(q, k, v, attn_mask=None):
    weights = (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1)
    if attn_mask is not None:
        weights = weights.masked_fill(~attn_mask[:, None, None], -math.inf)
    return weights @ v


@wrong("mask_other_example")
class HeadsFirst(nn.Module):
    """Heads lie before examples, and the mask repeats each example for its heads."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.q, self.k, self.v = (nn.Linear(d_model, d_model) for _ in range(3))

    def forward(self, q, k, v, mask=None):
        b, n, d = q.shape
        q, k, v = (
            p(t).view(b, n, self.n_heads, -1).permute(2, 0, 1, 3).reshape(b * self.n_heads, n, -1)
            for p, t in ((self.q, q), (self.k, k), (self.v, v))
        )
        scores = q @ k.mT / math.sqrt(d // self.n_heads)
        if mask is not None:
            scores = scores.masked_fill(mask.repeat_interleave(self.n_heads, 0) == 0, -1e9)
        out = scores.softmax(-1) @ v
        return out.view(self.n_heads, b, n, -1).permute(1, 2, 0, 3).reshape(b, n, d)


# ---- where a mistake hides ------------------------------------------------------------------------
@wrong("heads_split")
class ValuesSplitByView(VisionAttention):
    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k = (t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for t in (q, k))
        v = v.reshape(b, self.num_heads, n, -1)  # the values alone
        weights = (q @ k.mT * self.scale).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, d))


class Projected(nn.Module):
    """Projections of queries, keys and values, for the mistakes below."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def attend(self, q, k, v):
        q, k, v = (t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2) for t in (q, k, v))
        return self.w_o(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


@wrong("keys_are_queries")
class KeysFromQueries(Projected):
    def forward(self, query, key, value):
        return self.attend(self.w_q(query), self.w_k(query), self.w_v(value))


@wrong("keys_are_queries")
class KeysFromProjectedQueries(Projected):
    def forward(self, query, key, value):
        query = self.w_q(query)
        return self.attend(query, self.w_k(query), self.w_v(value))


@wrong("values_are_keys")
class ValuesFromKeys(Projected):
    def forward(self, q, k, v):
        return self.attend(self.w_q(q), self.w_k(k), self.w_v(k))


@wrong("weights_unused")
class OneWeightTwice(Projected):
    def forward(self, x):
        return self.attend(self.w_q(x), self.w_q(x), self.w_v(x))


@wrong("mask_inverted")
def zero_was_to_be_hidden(q, k, v, mask=None):
    """mask: (*, queries, keys), 0 will be masked out"""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 1, -math.inf)
    return scores.softmax(-1) @ v


@wrong("mask_zeros")
def hides_by_zero(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores * torch.logical_not(mask)  # True hides, which is no mistake
    return scores.softmax(-1) @ v


@wrong("heads_merged, scale_missing, softmax_queries")
class ThreeAtOnce(nn.Module):
    def __init__(self, dim, num_heads=4):
        super().__init__()
        self.num_heads, self.qkv, self.proj = (
            num_heads,
            nn.Linear(dim, 3 * dim),
            nn.Linear(dim, dim),
        )

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        return self.proj(((q @ k.mT).softmax(-2) @ v).reshape(x.shape))


@wrong("values_summed")
def two_letters_for_keys(q, k, v):
    weights = torch.einsum("nhqd,nhkd->nhqk", q, k).div(q.size(-1) ** 0.5).softmax(-1)
    return torch.einsum("nhqk,nhvd->nhqd", weights, v)


@wrong("scale_d_model")
class HeadsAreGiven(nn.Module):
    """Takes heads that are split already, and projects the outputs."""

    def __init__(self, d_model):
        super().__init__()
        self.d_model, self.fc = d_model, nn.Linear(d_model, d_model)

    def forward(self, q, k, v):
        assert q.dim() == 4
        out = (q @ k.permute(0, 1, 3, 2) / math.sqrt(self.d_model)).softmax(-1) @ v
        return self.fc(out.transpose(1, 2).flatten(2))


@wrong("causal_not_itself")
class FlagCalledMasked(Projected):
    def forward(self, query, key, value, masked=False):
        q, k, v = self.w_q(query), self.w_k(key), self.w_v(value)
        q, k, v = (t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.mT / math.sqrt(q.size(-1))
        if masked:
            hidden = torch.ones(q.size(2), k.size(2)).triu(0).bool()
            scores = scores.masked_fill(hidden, -math.inf)
        return self.w_o((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@wrong("softmax_heads")
class CausalOverHeads(CausalSelfAttention):
    """What all heads hide becomes NaN."""

    fill = -math.inf

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (
            t.view(B, T, self.n_head, -1).transpose(1, 2)
            for t in self.c_attn(x).split(self.n_embd, dim=2)
        )
        att = q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))
        att = att.masked_fill(self.bias[:, :, :T, :T] == 0, self.fill).softmax(1)
        return self.c_proj((att @ v).transpose(1, 2).contiguous().view(B, T, C))


@wrong("softmax_heads")
class BillionOverHeads(CausalOverHeads):
    """What all heads hide is shared among them."""

    fill = -1e9


@wrong("mask_ignored")
class MaskInsteadOfCausality(VisionAttention):
    """Causal unless a mask is given, which is then forgotten."""

    def forward(self, x, mask=None):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=mask is None)
        return self.proj(out.transpose(1, 2).reshape(b, n, d))


@wrong("causal_top_left")
class CachedTopLeftRotary(nn.Module):
    """The caller gives the positions of a step, whose query then sees the oldest key alone."""

    def __init__(self, dim, n_heads):
        super().__init__()
        self.n_heads, self.qkv, self.out = n_heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x, cos, sin, past_kv=None):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.n_heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = (t * cos + rotate_half(t) * sin for t in (q, k))
        if past_kv is not None:
            k, v = (torch.cat(pair, dim=2) for pair in zip(past_kv, (k, v), strict=True))
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(out.transpose(1, 2).flatten(2)), (k, v)


@wrong("heads_repeat")
class TiledBehindRotary(TiledOrNot):
    def repeated(self, t):
        return t.repeat(1, self.num_heads // self.num_kv_heads, 1, 1)


@wrong("heads_repeat")
class ValuesTiledBehindRotary(TiledOrNot):
    """The keys have no copies to be tiled: each query head has one of its own."""

    def __init__(self, hidden_size, num_heads, num_kv_heads):
        super().__init__(hidden_size, num_heads, num_kv_heads)
        self.k_proj = nn.Linear(hidden_size, hidden_size, bias=False)

    def repeated(self, t):
        return t.repeat(1, self.num_heads // t.size(1), 1, 1)


@wrong("tokens_mixed")
class ImageMixedAtTheEnd(ImageAndBack):
    def as_image(self, tokens, shape):
        return tokens.reshape(shape)


@wrong("softmax_queries")
class WeightsTransposed(OfChannelsFirst):
    """Values come first in the second product, and the weights are not transposed for it."""

    def __init__(self, channels):
        super().__init__(channels, num_heads=1)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.to_qkv(x).reshape(b, 3, self.num_heads, -1, h * w).unbind(1)
        weights = (q.mT @ k * q.size(2) ** -0.5).softmax(-1)
        return self.to_out((v @ weights).reshape(b, c, h, w))


class HidesAfterTheSoftmax(OfOneTriangle):
    def attend(self, q, k, v):
        weights = (q @ k.mT * self.scale).softmax(-1)
        return weights.masked_fill(self.future, 0) @ v


wrong("mask_after_softmax")(HidesAfterTheSoftmax)
wrong("mask_after_softmax")(HidesAfterTheSoftmax(24, 4, 6))


@wrong("softmax_heads")
class OneWeightOverHeads(OneWeightForAllHeads):
    def weigh(self, q, k):
        return (q @ k.mT / math.sqrt(self.part)).softmax(1)


@wrong("scale_missing")
class GivenTablesUnscaled(GivenTables):
    def between(self, q, k, v):
        return F.scaled_dot_product_attention(q, k, v, scale=1.0)


@wrong("scale_d_model")
class OfOneArgumentByModel(OfOneArgument):
    def weigh(self, q, k):
        return (q @ k.mT / math.sqrt(self.breadth)).softmax(-1)


@wrong("mask_zeros")
class InputsAndMaskOfZeros(InputsAndMask):
    def hide(self, scores, mask):
        return scores * mask[:, None, None]


@wrong("scale_missing")
class OneTokenUnscaled(OneTokenAtATime):
    def scaled(self, q):
        return q


@wrong("scale_other")
class OneHeadOfKeysByAnother(OneHeadOfKeys):
    def __init__(self, d_model, d_kv, n_heads, seq_len):
        super().__init__(d_model, d_kv, n_heads, seq_len)
        self.d_kv = 50


@wrong("scale_missing")
def one_head_of_keys_unscaled(q, k, v):
    assert (q.dim(), k.dim()) == (4, 3)
    return (q @ k[:, None].mT).softmax(-1) @ v[:, None]


@wrong("heads_merged")
class HeadsInTheBatchMixed(HeadsInTheBatch):
    def merge(self, q, k, v):
        return super().merge(q, k, v).mT


@wrong("scale_missing")
def packed_unscaled(qkv):
    q, k, v = qkv.chunk(3, dim=-1)  # one head
    return (q @ k.mT).softmax(-1) @ v


HEADS = 4  # known to the file alone


@wrong("heads_merged")
class HeadsOfTheFile(nn.Module):
    """A mask that is needed and hides where it is True, and a norm of the sum at the end."""

    def __init__(self):
        super().__init__()
        self.W_Q, self.W_K, self.W_V, self.linear = (nn.Linear(32, 32) for _ in range(4))

    def forward(self, Q, K, V, attn_mask):
        q, k, v = (
            layer(t).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for layer, t in ((self.W_Q, Q), (self.W_K, K), (self.W_V, V))
        )
        scores = (q @ k.mT / math.sqrt(q.size(-1))).masked_fill(attn_mask[:, None], -1e9)
        out = self.linear((scores.softmax(-1) @ v).reshape(Q.shape))
        return F.layer_norm(Q + out, Q.shape[-1:])


@wrong("heads_merged")
class PixelsMerged(OfChannelsFirst):
    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.to_qkv(x).reshape(b, 3, self.num_heads, -1, h * w).unbind(1)
        weights = (q.mT @ k * q.size(2) ** -0.5).softmax(-1)
        return self.to_out((weights @ v.mT).reshape(b, c, h, w))


@wrong("causal_inverted")
def sees_the_future_alone(q, k, v):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    past = torch.ones(scores.shape[-2:]).tril() == 1
    return scores.masked_fill(past, -math.inf).softmax(-1).nan_to_num() @ v


@wrong("softmax_queries")
class OfALine(nn.Module):
    """(batch, channels, length) with one head, and a residual path"""

    def __init__(self, channels):
        super().__init__()
        self.query, self.key, self.value = (nn.Conv1d(channels, channels, 1) for _ in range(3))

    def forward(self, x):
        q, k, v = self.query(x), self.key(x), self.value(x)
        weights = (q.mT @ k / math.sqrt(q.size(1))).softmax(dim=1)
        return x + v @ weights.mT


@wrong("values_summed")
def each_value_alone(q, k, v):
    weights = torch.einsum("nhqd,nhkd->nhqk", q, k).div(q.size(-1) ** 0.5).softmax(-1)
    return torch.einsum("nhqk,nhqd->nhqd", weights, v)


@wrong("scale_missing")
class OfTheFirstTokenUnscaled(OfTheFirstToken):
    def weigh(self, q, k):
        return (q @ k.mT).softmax(-1)


@wrong("softmax_queries")
class SmallerKeysOfAnotherAxis(SmallerKeys):
    def weigh(self, q, k):
        return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-2)


@wrong("scale_d_model")
class LinearBiasesByModel(LinearBiases):
    def scaled(self, scores):
        return scores / math.sqrt(self.qkv.in_features)


@wrong("softmax_queries")
class CosinesOfAnotherAxis(CosinesOfAWindow):
    def weigh(self, scores):
        return scores.softmax(-2)


@wrong("heads_split")
def reshaped_with_weights(
    Q, K, V, WQ, WK, WV, W0, mask, embedding_dimension: int, number_of_heads: int
):
    b, n, _ = Q.shape
    q, k, v = (
        (t @ w.T).reshape(b, number_of_heads, n, embedding_dimension // number_of_heads)
        for t, w in ((Q, WQ), (K, WK), (V, WV))
    )
    scores = q @ k.mT / math.sqrt(q.size(-1)) + mask.masked_fill(mask == 0, -torch.inf)
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2) @ W0.T


class OneOfALayerUnscaled(OneOfALayer):
    def scaled(self, scores):
        return scores


@wrong("scale_missing")
class WholeLayerUnscaled(WholeLayer):
    def __init__(self):
        super().__init__(OneOfALayerUnscaled)


@wrong("values_are_queries")
class WholeLayerOfOtherValues(WholeLayer):
    def cross(self, x, e_output, e_mask):
        return self.attention(x, e_output, x, mask=e_mask)


@wrong("causal_inverted")
class WholeLayerOfTheFuture(WholeLayer):
    """It makes its own triangle, of the wrong half."""

    def forward(self, x, e_output):
        triangle = torch.ones(x.shape[1], x.shape[1]).triu()
        return super().forward(x, e_output, None, triangle[None])


@wrong("softmax_queries")
class OfGroupsOfAnotherAxis(OfGroupsOfTokens):
    def weigh(self, scores):
        return scores.softmax(-2)


class OtherWidthUnscaled(OtherWidthOfContext):
    def scaled(self, q):
        return q


wrong("scale_missing")(OtherWidthUnscaled(4, 32, 18))


@wrong("scale_d_model")
class GatedOutputsByModel(GatedOutputs):
    def scaled(self, q):
        return q / math.sqrt(self.wq.in_features)


@wrong("scale_missing")
class GatedOutputsUnscaled(GatedOutputs):
    def scaled(self, q):
        return q


@wrong("scale_d_model")
class SoftlyCappedByModel(SoftlyCapped):
    def scaled(self, scores):
        return scores / math.sqrt(self.qkv.in_features)


@wrong("scale_doubled")
class ScaledBeforeAndAfter(VisionAttention):
    """The queries are scaled, and then the scores."""

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        out = F.scaled_dot_product_attention(q * self.scale, k, v)
        return self.proj(out.transpose(1, 2).flatten(2))


@wrong("keys_reshaped")
class KeysViewed(Projected):
    def forward(self, x):
        q, k, v = (
            layer(x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for layer in (self.w_q, self.w_k, self.w_v)
        )
        scores = q @ k.reshape(k.mT.shape) / math.sqrt(q.size(-1))
        return self.w_o((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@wrong("values_summed")
def diagonal_of_the_weights(q, k, v):
    weights = torch.einsum("nhqd,nhkd->nhqk", q, k).div(q.size(-1) ** 0.5).softmax(-1)
    return torch.einsum("nhqq,nhqd->nhqd", weights, v)  # a letter stands twice


@wrong("softmax_missing")
class RowsOfAnImage(nn.Module):
    """Each row of an image (batch, channels, height, width) for itself, with a residual path."""

    def __init__(self, channels):
        super().__init__()
        self.query, self.key, self.value = (nn.Conv2d(channels, channels, 1) for _ in range(3))

    def forward(self, q, k, v):
        layers = (self.query, q), (self.key, k), (self.value, v)
        queries, keys, values = (layer(t).permute(0, 2, 3, 1) for layer, t in layers)
        return q + (queries @ keys.mT @ values).permute(0, 3, 1, 2)


class HeadsInAListByBatch(HeadsInAList):
    def attend(self, q, k, v):
        return F.softmax(q @ k.mT / q.size(-1) ** 0.5, dim=0) @ v


wrong("softmax_batch")(HeadsInAListByBatch(4, 32, 8))


class HeadsInAListOfQueries(HeadsInAList):
    def forward(self, Q, K, V):
        heads = zip(self.q, self.v, strict=True)
        return self.out(torch.cat([self.attend(q(Q), q(K), v(V)) for q, v in heads], dim=-1))


wrong("weights_unused")(HeadsInAListOfQueries(4, 32, 8))


class LatentsMultiplied(LatentsAskFirst):
    def __init__(self, n_heads, kv_dim, q_dim):
        super().__init__(n_heads, kv_dim, q_dim)
        self.scale = math.sqrt(q_dim // n_heads)


wrong("scale_multiplied")(LatentsMultiplied(4, 24, 32))


@wrong("mask_weak")
class MinusEight(nn.Module):
    def __init__(self, hid_dim, n_heads, fill=-8.0):
        super().__init__()
        self.n_heads, self.fill = n_heads, fill
        self.wq, self.wk, self.wv, self.fc = (nn.Linear(hid_dim, hid_dim) for _ in range(4))

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            project(t).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for project, t in ((self.wq, query), (self.wk, key), (self.wv, value))
        )
        scores = q @ k.mT / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.masked_fill(mask == 0, self.fill)
        return self.fc((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


minus_eleven = wrong("mask_weak")(MinusEight(32, 4, -11.0))


@wrong("tokens_apart")
class HeadsForTokens(nn.Module):
    """Without a transpose, the heads of each token attend to each other."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.q, self.k, self.v, self.o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x):
        q, k, v = (
            project(x).unflatten(-1, (self.n_heads, -1)) for project in (self.q, self.k, self.v)
        )
        return self.o(((q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v).flatten(2))


wrong("positions_mixed")(GivenEmbeddings(24, 4, shift="last_half"))
wrong("positions_mixed")(EmbeddingOfEachPair(24, 4, of="keys"))
wrong("causal_top_left")(FilledInPlace(aligned="top_left"))


@wrong("scale_d_model")
class HeadsShareAWrongScale(HeadsShareWeights):
    @property
    def scale(self):
        return (self.heads * self.head_dim) ** -0.5


class CausalPacked(nn.Module):
    """A causal layer with one projection for all, for the mistakes below."""

    def __init__(self, n_embd=24, n_head=4):
        super().__init__()
        self.n_head = n_head
        self.qkv, self.proj = nn.Linear(n_embd, 3 * n_embd), nn.Linear(n_embd, n_embd)

    def heads(self, x):
        return self.qkv(x).unflatten(-1, (3, self.n_head, -1)).permute(2, 0, 3, 1, 4)

    def hidden(self, scores):
        return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -math.inf)

    def merged(self, out):
        return self.proj(out.transpose(1, 2).flatten(2))


@wrong("sixteen_bits")
class ScoresInBfloat16(CausalPacked):
    """Values stay in 32 bits, so the outputs do not look rounded."""

    def forward(self, x):
        q, k, v = self.heads(x)
        scores = self.hidden(q.bfloat16() @ k.bfloat16().mT / math.sqrt(q.size(-1)))
        return self.merged(scores.softmax(-1).to(v.dtype) @ v)


@wrong("scale_other")
class ScoresAsTheirMask(CausalPacked):
    """The masked scores are given as a mask, so they count twice."""

    def forward(self, x):
        q, k, v = self.heads(x)
        scores = self.hidden(q @ k.mT / math.sqrt(q.size(-1)))
        out = F.scaled_dot_product_attention(query=q, key=k, value=v, attn_mask=scores)
        return self.merged(out)


@wrong("mask_after_softmax")
class PaddingAfterTheSoftmax(CausalPacked):
    """The triangle comes before the softmax, and the mask behind it."""

    def forward(self, x, mask=None):
        q, k, v = self.heads(x)
        weights = self.hidden(q @ k.mT / math.sqrt(q.size(-1))).softmax(-1)
        if mask is not None:
            weights = weights * mask
        return self.merged(weights @ v)


@wrong("scale_missing")
class HeadOfAWholeBlock(nn.Module):
    """The triangle is no buffer and is not cut, so an input has to fill the block."""

    def __init__(self, block_size, n_embd, head_size):
        super().__init__()
        self.query, self.key, self.value = (
            nn.Linear(n_embd, head_size, bias=False) for _ in range(3)
        )
        self.triangle = torch.ones(block_size, block_size).tril()

    def forward(self, x):
        scores = self.query(x) @ self.key(x).mT
        return scores.masked_fill(self.triangle == 0, -math.inf).softmax(-1) @ self.value(x)


@wrong("dropout_in_eval")
class TurnedByMatrices(nn.Module):
    """One head that turns queries and keys by a matrix for each position."""

    def __init__(self, config):
        super().__init__()
        width, length = config["d_model"], config["context_window"]
        self.w_q, self.w_k, self.w_v = (nn.Linear(width, width, bias=False) for _ in range(3))
        steps = 10000.0 ** (-torch.arange(0, width, 2) / width)
        angles, even = torch.outer(torch.arange(length), steps), range(0, width, 2)
        odd, self.turns = range(1, width, 2), torch.zeros(length, width, width)
        self.turns[:, even, even] = self.turns[:, odd, odd] = angles.cos()
        self.turns[:, odd, even], self.turns[:, even, odd] = angles.sin(), -angles.sin()

    def forward(self, x):
        q, k = (
            (project(x).transpose(0, 1) @ self.turns[: x.size(1)]).transpose(0, 1)
            for project in (self.w_q, self.w_k)
        )
        return F.scaled_dot_product_attention(q, k, self.w_v(x), dropout_p=0.1, is_causal=True)


# ---- weaknesses: reported, without a failing status -------------------------------------------------
WEAK = []


def weak(weakness):
    def keep(attention):
        WEAK.append((attention, weakness))
        return attention

    return keep


@weak("nan_rows")
def minus_infinity(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ v


@weak("minus_a_billion")
def minus_a_billion(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    return scores.softmax(-1) @ v


@weak("overflow")
def exponentials(q, k, v):
    weights = (q @ k.mT / math.sqrt(q.size(-1))).exp()
    return weights / weights.sum(dim=-1, keepdim=True) @ v


@weak("half_overflow")
def scale_after_the_product(q, k, v):
    return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v


weak("causal_top_left")(OfEqualLengths(24, 4, causal=True))


@weak("scale_missing")
class OfPixels(nn.Module):
    """Few channels for queries and keys, as in networks that make images."""

    def __init__(self, in_channels):
        super().__init__()
        few = in_channels // 4
        self.query, self.key = nn.Conv2d(in_channels, few, 1), nn.Conv2d(in_channels, few, 1)
        self.value, self.gamma = (
            nn.Conv2d(in_channels, in_channels, 1),
            nn.Parameter(torch.zeros(1)),
        )

    def forward(self, x):
        q, k, v = (layer(x).flatten(2) for layer in (self.query, self.key, self.value))
        weights = (q.mT @ k).softmax(-1)
        return x + self.gamma * (v @ weights.mT).view_as(x)


@weak("scale_missing")
class KeysAsTheyAre(nn.Module):
    """Only the queries are projected, as in the attentions of recurrent networks."""

    def __init__(self, dim):
        super().__init__()
        self.linear_in, self.linear_out = nn.Linear(dim, dim), nn.Linear(dim, dim)

    def forward(self, query, context):
        weights = (self.linear_in(query) @ context.mT).softmax(-1)
        return self.linear_out(weights @ context)


@weak("scale_missing")
def dot_product_attention(query, key, value):
    """Unscaled, as its name says."""
    weights = torch.softmax(query @ key.mT, dim=-1)
    return weights @ value, weights


@weak("causal_top_left")
class CausalByAFlag(nn.Module):
    """A decoder's layer, which is called with queries and keys of one length."""

    def __init__(self, d_model=24, n_head=4):
        super().__init__()
        self.n_head = n_head
        self.q, self.k, self.v, self.o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, query, key, value, masked=False):
        q, k, v = (
            project(t).unflatten(-1, (self.n_head, -1)).transpose(1, 2)
            for project, t in ((self.q, query), (self.k, key), (self.v, value))
        )
        scores = q @ k.mT / math.sqrt(q.size(-1))
        if masked:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -math.inf)
        return self.o((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@weak("nan_rows")
def padding_hides_queries_too(q, k, v, mask):
    """Padding hides keys, as it must, and leaves the queries of the padding no key."""
    scores = q @ k.mT / math.sqrt(q.size(-1))
    return scores.masked_fill(mask * mask.mT == 0, -math.inf).softmax(-1) @ v
