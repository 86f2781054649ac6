# SPDX-License-Identifier: MIT
"""Attentions without mistakes, in the styles of public code. None of them may be reported."""

import math

import torch
import torch.nn.functional as F
from torch import nn

RIGHT = []


def right(attention):
    RIGHT.append(attention)
    return attention


# ---- functions of queries, keys and values -------------------------------------------------------
@right
def annotated(query, key, value, mask=None, dropout=None):
    d_k = query.size(-1)
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = scores.softmax(dim=-1)
    if dropout is not None:
        p_attn = dropout(p_attn)
    return torch.matmul(p_attn, value), p_attn


@right
def einsum(Q, K, V, mask):
    scores = torch.einsum("b...nd,b...md->b...nm", Q, K) / Q.size(-1) ** 0.5
    scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, -1) @ V


@right
def two_dimensional(q, k, v):
    scores = q @ k.T / k.shape[1] ** 0.5
    return F.softmax(scores, dim=1) @ v


@right
def batched_products(query, key, value, mask=None):
    logits = torch.bmm(query, key.transpose(1, 2)) / math.sqrt(query.size(2))
    if mask is not None:
        logits.masked_fill_(mask == 0, -10000.0)
    attention = F.softmax(logits, dim=2)
    return torch.bmm(attention, value), attention


@right
def hides_where_true(q, k, v, mask=None):
    scores = q.matmul(k.transpose(-1, -2)) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = scores.masked_fill(mask, -torch.inf)
    return scores.softmax(-1).matmul(v)


@right
def added_mask(q, k, v, attn_mask=None):
    scores = (q / math.sqrt(q.size(-1))) @ k.mT
    if attn_mask is not None:
        scores = scores + attn_mask
    return F.softmax(scores, dim=-1) @ v


@right
def own_softmax(q, k, v, is_causal=False):
    scores = q @ k.mT * q.shape[-1] ** -0.5
    if is_causal:
        n, m = scores.shape[-2:]
        past = torch.ones(n, m, dtype=torch.bool).tril()
        scores = scores.where(past, scores.new_tensor(-math.inf))
    shifted = (scores - scores.amax(dim=-1, keepdim=True)).exp()
    return shifted / shifted.sum(dim=-1, keepdim=True) @ v


@right
def lengths_first_by_head(q, k, v, causal=False):
    """q (batch, length, heads, d), like flash attention."""
    scores = torch.einsum("blhd,bshd->bhls", q, k) / math.sqrt(q.shape[-1])
    if causal:
        n, m = scores.shape[-2:]
        future = torch.ones(n, m, dtype=torch.bool, device=q.device).triu(m - n + 1)
        scores = scores.masked_fill(future, float("-inf"))
    return torch.einsum("bhls,bshd->blhd", scores.softmax(dim=-1), v)


@right
def online(q, k, v):
    """Keys one block at a time, with the largest score so far."""
    scale = 1 / math.sqrt(q.size(-1))
    top = torch.full((*q.shape[:-1], 1), -math.inf)
    total, out = torch.zeros_like(top), torch.zeros(*q.shape[:-1], v.size(-1))
    for keys, values in zip(k.split(2, -2), v.split(2, -2), strict=True):
        scores = q @ keys.transpose(-2, -1) * scale
        new_top = torch.maximum(top, scores.amax(-1, keepdim=True))
        old, weights = (top - new_top).exp(), (scores - new_top).exp()
        total = total * old + weights.sum(-1, keepdim=True)
        out, top = out * old + weights @ values, new_top
    return out / total


@right
def fused(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


@right
def grouped(q, k, v, n_rep=1):
    if n_rep > 1:
        b, h, n, d = k.shape
        k = k[:, :, None].expand(b, h, n_rep, n, d).reshape(b, h * n_rep, n, d)
        v = v[:, :, None].expand(b, h, n_rep, n, d).reshape(b, h * n_rep, n, d)
    return (q @ k.transpose(2, 3) / math.sqrt(q.size(-1))).softmax(dim=-1) @ v


@right
def grouped_einsum(q, k, v):
    """Query heads folded into groups, as in x (batch, kv heads, group, length, d)."""
    b, h, n, d = q.shape
    folded = q.reshape(b, k.shape[1], h // k.shape[1], n, d)
    scores = torch.einsum("bgrnd,bgmd->bgrnm", folded, k) / d**0.5
    return torch.einsum("bgrnm,bgmd->bgrnd", scores.softmax(-1), v).reshape(b, h, n, -1)


@right
def no_heads(x, w_query, w_key, w_value):
    queries, keys, values = x @ w_query, x @ w_key, x @ w_value
    return torch.softmax(queries @ keys.transpose(-2, -1) / keys.shape[-1] ** 0.5, dim=-1) @ values


def rotate_half(x):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


@right
def rotary_tables(q, k, v, cos, sin):
    q = q * cos + rotate_half(q) * sin
    k = k * cos + rotate_half(k) * sin
    return F.scaled_dot_product_attention(q, k, v)


@right
def rotary_offset(q, k, v, offset=0):
    """Queries begin at offset; neighbors are pairs (rope)."""

    def turn(x, start):
        n, d = x.shape[-2:]
        angles = (start + torch.arange(n))[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
        turned = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2)) * torch.polar(
            torch.ones_like(angles), angles
        )
        return torch.view_as_real(turned).flatten(-2)

    return F.scaled_dot_product_attention(turn(q, offset), turn(k, 0), v)


# ---- modules without weights ---------------------------------------------------------------------
@right
class ScaledDotProductAttention(nn.Module):
    def __init__(self, temperature, attn_dropout=0.1):
        super().__init__()
        self.temperature = temperature
        self.dropout = nn.Dropout(attn_dropout)

    def forward(self, q, k, v, mask=None):
        attn = torch.matmul(q / self.temperature, k.transpose(2, 3))
        if mask is not None:
            attn = attn.masked_fill(mask == 0, -1e9)
        attn = self.dropout(F.softmax(attn, dim=-1))
        return torch.matmul(attn, v), attn


def masked_softmax(x, valid_lens):
    if valid_lens is None:
        return F.softmax(x, dim=-1)
    shape = x.shape
    valid_lens = (
        torch.repeat_interleave(valid_lens, shape[1])
        if valid_lens.dim() == 1
        else valid_lens.reshape(-1)
    )
    x = x.reshape(-1, shape[-1])
    hidden = torch.arange(shape[-1])[None, :] >= valid_lens[:, None]
    return F.softmax(x.masked_fill(hidden, -1e6).reshape(shape), dim=-1)


@right
class DotProductAttention(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.dropout = nn.Dropout(dropout)

    def forward(self, queries, keys, values, valid_lens=None):
        scores = torch.bmm(queries, keys.transpose(1, 2)) / math.sqrt(queries.shape[-1])
        self.attention_weights = masked_softmax(scores, valid_lens)
        return torch.bmm(self.dropout(self.attention_weights), values)


# ---- layers with projections ---------------------------------------------------------------------
@right
class CloneLinears(nn.Module):
    def __init__(self, h, d_model, dropout=0.1):
        super().__init__()
        self.d_k, self.h = d_model // h, h
        self.linears = nn.ModuleList([nn.Linear(d_model, d_model) for _ in range(4)])
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, query, key, value, mask=None):
        if mask is not None:
            mask = mask.unsqueeze(1)
        n = query.size(0)
        query, key, value = (
            lin(x).view(n, -1, self.h, self.d_k).transpose(1, 2)
            for lin, x in zip(self.linears, (query, key, value), strict=False)
        )
        x, self.attn = annotated(query, key, value, mask=mask, dropout=self.dropout)
        return self.linears[-1](x.transpose(1, 2).contiguous().view(n, -1, self.h * self.d_k))


class GPTConfig:
    n_embd, n_head, block_size, dropout, attn_pdrop, resid_pdrop, bias = (
        24,
        4,
        32,
        0.1,
        0.1,
        0.1,
        False,
    )


@right
class CausalSelfAttention(nn.Module):
    def __init__(self, config: GPTConfig):
        super().__init__()
        assert config.n_embd % config.n_head == 0
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout, self.resid_dropout = (
            nn.Dropout(config.dropout),
            nn.Dropout(config.dropout),
        )
        self.n_head, self.n_embd = config.n_head, config.n_embd
        ones = torch.ones(config.block_size, config.block_size)
        self.register_buffer(
            "bias", torch.tril(ones).view(1, 1, config.block_size, config.block_size)
        )

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
        y = self.attn_dropout(F.softmax(att, dim=-1)) @ v
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        return self.resid_dropout(self.c_proj(y))


@right
class FlashGPT(nn.Module):
    def __init__(self, n_embd, n_head, dropout=0.0):
        super().__init__()
        self.c_attn, self.c_proj = nn.Linear(n_embd, 3 * n_embd), nn.Linear(n_embd, n_embd)
        self.n_head, self.dropout = n_head, dropout

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (
            t.view(B, T, self.n_head, -1).transpose(1, 2) for t in self.c_attn(x).chunk(3, dim=-1)
        )
        p = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=p, is_causal=True)
        return self.c_proj(y.transpose(1, 2).reshape(B, T, C))


@right
class VisionAttention(nn.Module):
    def __init__(self, dim, num_heads=8, qkv_bias=False, attn_drop=0.0, proj_drop=0.0):
        super().__init__()
        self.num_heads = num_heads
        self.scale = (dim // num_heads) ** -0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.attn_drop, self.proj, self.proj_drop = (
            nn.Dropout(attn_drop),
            nn.Linear(dim, dim),
            nn.Dropout(proj_drop),
        )

    def forward(self, x):
        B, N, C = x.shape
        qkv = (
            self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        )
        q, k, v = qkv.unbind(0)
        attn = self.attn_drop(((q * self.scale) @ k.transpose(-2, -1)).softmax(dim=-1))
        return self.proj_drop(self.proj((attn @ v).transpose(1, 2).reshape(B, N, C)))


@right
class InnerWidth(nn.Module):
    """A width of heads of its own, projections without a bias, a layer norm inside."""

    def __init__(self, dim, heads=8, dim_head=64, dropout=0.0):
        super().__init__()
        self.heads, self.scale = heads, dim_head**-0.5
        self.norm = nn.LayerNorm(dim)
        self.to_qkv = nn.Linear(dim, dim_head * heads * 3, bias=False)
        self.attend, self.dropout = nn.Softmax(dim=-1), nn.Dropout(dropout)
        self.to_out = nn.Sequential(nn.Linear(dim_head * heads, dim), nn.Dropout(dropout))

    def forward(self, x):
        x = self.norm(x)
        b, n, _ = x.shape
        q, k, v = (
            t.view(b, n, self.heads, -1).permute(0, 2, 1, 3)
            for t in self.to_qkv(x).chunk(3, dim=-1)
        )
        attn = self.dropout(self.attend(torch.matmul(q, k.transpose(-1, -2)) * self.scale))
        return self.to_out(torch.matmul(attn, v).permute(0, 2, 1, 3).reshape(b, n, -1))


@right
class SeparateHead(nn.Module):
    def __init__(self, head_size, n_embd, block_size, dropout):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        _, T, _ = x.shape
        k, q = self.key(x), self.query(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = self.dropout(
            F.softmax(wei.masked_fill(self.tril[:T, :T] == 0, float("-inf")), dim=-1)
        )
        return wei @ self.value(x)


@right
class SeparateHeads(nn.Module):
    def __init__(self, num_heads, head_size, n_embd, block_size, dropout):
        super().__init__()
        self.heads = nn.ModuleList(
            [SeparateHead(head_size, n_embd, block_size, dropout) for _ in range(num_heads)]
        )
        self.proj, self.dropout = nn.Linear(head_size * num_heads, n_embd), nn.Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.proj(torch.cat([h(x) for h in self.heads], dim=-1)))


@right
class BookLayer(nn.Module):
    def __init__(self, d_in, d_out, context_length, dropout, num_heads, qkv_bias=False):
        super().__init__()
        self.d_out, self.num_heads, self.head_dim = d_out, num_heads, d_out // num_heads
        self.W_query = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_key = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_value = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.out_proj, self.dropout = nn.Linear(d_out, d_out), nn.Dropout(dropout)
        self.register_buffer(
            "mask", torch.triu(torch.ones(context_length, context_length), diagonal=1)
        )

    def forward(self, x):
        b, n, _ = x.shape
        keys, queries, values = self.W_key(x), self.W_query(x), self.W_value(x)
        keys = keys.view(b, n, self.num_heads, self.head_dim).transpose(1, 2)
        values = values.view(b, n, self.num_heads, self.head_dim).transpose(1, 2)
        queries = queries.view(b, n, self.num_heads, self.head_dim).transpose(1, 2)
        scores = queries @ keys.transpose(2, 3)
        scores.masked_fill_(self.mask.bool()[:n, :n], -torch.inf)
        weights = self.dropout(torch.softmax(scores / keys.shape[-1] ** 0.5, dim=-1))
        return self.out_proj((weights @ values).transpose(1, 2).contiguous().view(b, n, self.d_out))


@right
class EinsumLayer(nn.Module):
    """Arguments in the order values, keys, query; the scale taken from one head."""

    def __init__(self, embed_size, heads):
        super().__init__()
        self.heads, self.head_dim = heads, embed_size // heads
        self.values, self.keys = (
            nn.Linear(embed_size, embed_size),
            nn.Linear(embed_size, embed_size),
        )
        self.queries, self.fc_out = (
            nn.Linear(embed_size, embed_size),
            nn.Linear(embed_size, embed_size),
        )

    def forward(self, values, keys, query, mask):
        N, value_len, key_len, query_len = (
            query.shape[0],
            values.shape[1],
            keys.shape[1],
            query.shape[1],
        )
        values = self.values(values).reshape(N, value_len, self.heads, self.head_dim)
        keys = self.keys(keys).reshape(N, key_len, self.heads, self.head_dim)
        queries = self.queries(query).reshape(N, query_len, self.heads, self.head_dim)
        energy = torch.einsum("nqhd,nkhd->nhqk", [queries, keys])
        if mask is not None:
            energy = energy.masked_fill(mask == 0, float("-1e20"))
        attention = torch.softmax(energy / self.head_dim**0.5, dim=3)
        out = torch.einsum("nhql,nlhd->nqhd", [attention, values]).reshape(
            N, query_len, self.heads * self.head_dim
        )
        return self.fc_out(out)


@right
class ResidualLayer(nn.Module):
    """A residual path and a layer norm inside, and weights returned."""

    def __init__(self, n_head, d_model, d_k, d_v, dropout=0.1):
        super().__init__()
        self.n_head, self.d_k, self.d_v = n_head, d_k, d_v
        self.w_qs = nn.Linear(d_model, n_head * d_k, bias=False)
        self.w_ks = nn.Linear(d_model, n_head * d_k, bias=False)
        self.w_vs = nn.Linear(d_model, n_head * d_v, bias=False)
        self.fc = nn.Linear(n_head * d_v, d_model, bias=False)
        self.attention = ScaledDotProductAttention(temperature=d_k**0.5)
        self.dropout, self.layer_norm = nn.Dropout(dropout), nn.LayerNorm(d_model, eps=1e-6)

    def forward(self, q, k, v, mask=None):
        b, n, m, residual = q.size(0), q.size(1), k.size(1), q
        q = self.w_qs(q).view(b, n, self.n_head, self.d_k).transpose(1, 2)
        k = self.w_ks(k).view(b, m, self.n_head, self.d_k).transpose(1, 2)
        v = self.w_vs(v).view(b, m, self.n_head, self.d_v).transpose(1, 2)
        q, attn = self.attention(q, k, v, mask=mask.unsqueeze(1) if mask is not None else None)
        q = self.dropout(self.fc(q.transpose(1, 2).contiguous().view(b, n, -1))) + residual
        return self.layer_norm(q), attn


@right
class BatchSecond(nn.Module):
    """(length, batch, width), heads folded into the batch, the mask of True hides."""

    def __init__(self, embed_dim, num_heads, dropout=0.0):
        super().__init__()
        self.num_heads, self.head_dim, self.p = num_heads, embed_dim // num_heads, dropout
        self.q_proj, self.k_proj = nn.Linear(embed_dim, embed_dim), nn.Linear(embed_dim, embed_dim)
        self.v_proj, self.out_proj = (
            nn.Linear(embed_dim, embed_dim),
            nn.Linear(embed_dim, embed_dim),
        )

    def forward(self, query, key, value, key_padding_mask=None):
        n, b, d = query.shape
        q = self.q_proj(query) * self.head_dim**-0.5
        q = q.contiguous().view(n, b * self.num_heads, self.head_dim).transpose(0, 1)
        k = (
            self.k_proj(key)
            .contiguous()
            .view(-1, b * self.num_heads, self.head_dim)
            .transpose(0, 1)
        )
        v = (
            self.v_proj(value)
            .contiguous()
            .view(-1, b * self.num_heads, self.head_dim)
            .transpose(0, 1)
        )
        weights = torch.bmm(q, k.transpose(1, 2))
        if key_padding_mask is not None:
            weights = weights.view(b, self.num_heads, n, -1)
            weights = weights.masked_fill(key_padding_mask[:, None, None], float("-inf")).view(
                b * self.num_heads, n, -1
            )
        weights = F.dropout(F.softmax(weights, dim=-1), p=self.p, training=self.training)
        out = torch.bmm(weights, v).transpose(0, 1).contiguous().view(n, b, d)
        return self.out_proj(out), weights


@right
class ParameterHeads(nn.Module):
    """One weight (heads, d_model, d_k) for each projection."""

    def __init__(self, n_heads, d_model, d_head):
        super().__init__()
        self.W_Q = nn.Parameter(torch.randn(n_heads, d_model, d_head))
        self.W_K = nn.Parameter(torch.randn(n_heads, d_model, d_head))
        self.W_V = nn.Parameter(torch.randn(n_heads, d_model, d_head))
        self.W_O = nn.Parameter(torch.randn(n_heads, d_head, d_model))
        self.n_heads, self.d_head = n_heads, d_head

    def forward(self, normalized_resid_pre):
        q = torch.einsum("bpm,hmd->bphd", normalized_resid_pre, self.W_Q)
        k = torch.einsum("bpm,hmd->bphd", normalized_resid_pre, self.W_K)
        v = torch.einsum("bpm,hmd->bphd", normalized_resid_pre, self.W_V)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / self.d_head**0.5
        future = torch.triu(
            torch.ones(scores.size(-2), scores.size(-1), dtype=torch.bool), diagonal=1
        )
        pattern = scores.masked_fill(future, -1e5).softmax(-1)
        z = torch.einsum("bkhd,bhqk->bqhd", v, pattern)
        return torch.einsum("bqhd,hdm->bqm", z, self.W_O)


@right
class RotaryGrouped(nn.Module):
    """Grouped heads, rotary positions (complex), a causal mask given from outside."""

    def __init__(self, dim, n_heads, n_kv_heads):
        super().__init__()
        self.n_heads, self.n_kv_heads, self.head_dim = n_heads, n_kv_heads, dim // n_heads
        self.wq = nn.Linear(dim, n_heads * self.head_dim, bias=False)
        self.wk = nn.Linear(dim, n_kv_heads * self.head_dim, bias=False)
        self.wv = nn.Linear(dim, n_kv_heads * self.head_dim, bias=False)
        self.wo = nn.Linear(n_heads * self.head_dim, dim, bias=False)

    def turn(self, x, freqs_cis):
        pairs = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * freqs_cis[None, :, None]).flatten(3).type_as(x)

    def forward(self, x, freqs_cis, mask=None):
        b, n, _ = x.shape
        xq = self.turn(self.wq(x).view(b, n, self.n_heads, self.head_dim), freqs_cis).transpose(
            1, 2
        )
        xk = self.turn(self.wk(x).view(b, n, self.n_kv_heads, self.head_dim), freqs_cis).transpose(
            1, 2
        )
        xv = self.wv(x).view(b, n, self.n_kv_heads, self.head_dim).transpose(1, 2)
        xk = xk.repeat_interleave(self.n_heads // self.n_kv_heads, dim=1)
        xv = xv.repeat_interleave(self.n_heads // self.n_kv_heads, dim=1)
        scores = torch.matmul(xq, xk.transpose(2, 3)) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores + mask
        scores = F.softmax(scores.float(), dim=-1).type_as(xq)
        return self.wo(torch.matmul(scores, xv).transpose(1, 2).contiguous().view(b, n, -1))


@right
class HalvesNormalized(nn.Module):
    """Rotary halves with its own tables and normalized queries and keys; a fused kernel."""

    def __init__(self, hidden_size, num_heads, num_kv_heads, rope_theta=10000.0):
        super().__init__()
        self.num_heads, self.num_kv_heads, self.head_dim = (
            num_heads,
            num_kv_heads,
            hidden_size // num_heads,
        )
        self.q_proj = nn.Linear(hidden_size, num_heads * self.head_dim, bias=False)
        self.k_proj = nn.Linear(hidden_size, num_kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(hidden_size, num_kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(num_heads * self.head_dim, hidden_size, bias=False)
        self.q_norm, self.k_norm = (
            nn.RMSNorm(self.head_dim, eps=1e-6),
            nn.RMSNorm(self.head_dim, eps=1e-6),
        )
        inv = 1.0 / rope_theta ** (torch.arange(0, self.head_dim, 2).float() / self.head_dim)
        self.register_buffer("inv_freq", inv, persistent=False)

    def forward(self, hidden_states):
        b, n, _ = hidden_states.shape
        q = self.q_norm(self.q_proj(hidden_states).view(b, n, self.num_heads, -1)).transpose(1, 2)
        k = self.k_norm(self.k_proj(hidden_states).view(b, n, self.num_kv_heads, -1)).transpose(
            1, 2
        )
        v = self.v_proj(hidden_states).view(b, n, self.num_kv_heads, -1).transpose(1, 2)
        freqs = torch.outer(torch.arange(n).float(), self.inv_freq)
        cos, sin = torch.cat((freqs, freqs), -1).cos(), torch.cat((freqs, freqs), -1).sin()
        q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.o_proj(out.transpose(1, 2).reshape(b, n, -1))


@right
class CachedRotary(nn.Module):
    """Causal, with rotary positions that go on after the cached keys."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.h, self.d = n_heads, d_model // n_heads
        self.q_proj, self.k_proj = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v_proj, self.out_proj = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def rope(self, x, start):
        at = torch.arange(start, start + x.size(-2)).float()
        angle = at[:, None] * 10000.0 ** (-torch.arange(0, self.d, 2) / self.d)
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack(
            (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()), -1
        ).flatten(-2)

    def forward(self, x, past_kv=None):
        q, k, v = (
            p(x).unflatten(-1, (self.h, self.d)).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        start = 0 if past_kv is None else past_kv[0].size(-2)
        q, k = self.rope(q, start), self.rope(k, start)
        if past_kv is not None:
            k, v = torch.cat((past_kv[0], k), -2), torch.cat((past_kv[1], v), -2)
        n, m = q.size(-2), k.size(-2)
        seen = torch.ones(n, m, dtype=torch.bool).tril(m - n)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        return self.out_proj(out.transpose(1, 2).flatten(2)), (k, v)


@right
class PackedByHead(nn.Module):
    """Queries, keys and values packed by head, as (heads, 3, d_k)."""

    def __init__(self, hidden_size, num_attention_heads):
        super().__init__()
        self.num_heads, self.head_size = num_attention_heads, hidden_size // num_attention_heads
        self.query_key_value = nn.Linear(hidden_size, 3 * hidden_size)
        self.dense = nn.Linear(hidden_size, hidden_size)

    def forward(self, hidden_states, attention_mask=None):
        b, n, _ = hidden_states.shape
        qkv = self.query_key_value(hidden_states).view(b, n, self.num_heads, 3 * self.head_size)
        q, k, v = (t.permute(0, 2, 1, 3) for t in qkv.chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.head_size)
        if attention_mask is not None:
            scores = scores + attention_mask
        return self.dense((scores.softmax(-1) @ v).permute(0, 2, 1, 3).reshape(b, n, -1))


@right
class CrossAttention(nn.Module):
    def __init__(self, query_dim, heads=8, dim_head=64):
        super().__init__()
        self.heads, self.scale = heads, dim_head**-0.5
        self.to_q = nn.Linear(query_dim, heads * dim_head, bias=False)
        self.to_kv = nn.Linear(query_dim, heads * dim_head * 2, bias=False)
        self.to_out = nn.Linear(heads * dim_head, query_dim)

    def forward(self, x, context=None):
        context = x if context is None else context
        b, h = x.shape[0], self.heads
        q, (k, v) = self.to_q(x), self.to_kv(context).chunk(2, dim=-1)
        q, k, v = (
            t.reshape(b, -1, h, t.shape[-1] // h)
            .transpose(1, 2)
            .reshape(b * h, -1, t.shape[-1] // h)
            for t in (q, k, v)
        )
        weights = (torch.einsum("bid,bjd->bij", q, k) * self.scale).softmax(dim=-1)
        out = torch.einsum("bij,bjd->bid", weights, v)
        return self.to_out(
            out.reshape(b, h, -1, out.shape[-1]).permute(0, 2, 1, 3).reshape(b, out.shape[1], -1)
        )


@right
class WrapsTorch(nn.Module):
    def __init__(self, config: GPTConfig):
        super().__init__()
        self.attn = nn.MultiheadAttention(
            config.n_embd, config.n_head, dropout=config.attn_pdrop, batch_first=True
        )
        self.c_proj = nn.Linear(config.n_embd, config.n_embd)

    def forward(self, x):
        T = x.size(1)
        seen = torch.tril(torch.ones(T, T)).bool()
        return self.c_proj(self.attn(x, x, x, attn_mask=~seen)[0])


right(F.scaled_dot_product_attention)
right(nn.MultiheadAttention)
right(nn.MultiheadAttention(24, 4, batch_first=True))


# ---- kinds that public repositories have ---------------------------------------------------------
@right
class Lazy(nn.Module):
    """Layers that learn the width of their inputs from the first call, and a name nobody knows."""

    def __init__(self, units, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q, self.k, self.v, self.o = (nn.LazyLinear(units) for _ in range(4))

    def forward(self, x):
        q, k, v = (
            p(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for p in (self.q, self.k, self.v)
        )
        out = F.scaled_dot_product_attention(q, k, v)
        return self.o(out.transpose(1, 2).flatten(2))


@right
class ScalesItsProjection(CloneLinears):
    """The projected queries are scaled in place: no tensor of the caller's."""

    def forward(self, query, key, value, mask=None):
        b, h = query.size(0), self.h
        q, k, v = (
            p(t).view(b, -1, h, self.d_k).transpose(1, 2)
            for p, t in zip(self.linears, (query, key, value), strict=False)
        )
        q.mul_(self.d_k**-0.5)
        scores = q @ k.mT if mask is None else (q @ k.mT).masked_fill(mask == 0, -math.inf)
        out = scores.softmax(-1) @ v
        return self.linears[-1](out.transpose(1, 2).reshape(b, -1, h * self.d_k))


@right
class HeadsInnermost(nn.Module):
    """One projection, laid out (d_k, 3, heads), merged as (heads, d_k)."""

    def __init__(self, dim, heads=4):
        super().__init__()
        self.heads = heads
        self.to_qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x, mask=None):
        q, k, v = self.to_qkv(x).unflatten(-1, (-1, 3, self.heads)).permute(3, 0, 4, 1, 2)
        scores = q @ k.mT * q.size(-1) ** -0.5
        if mask is not None:
            scores = scores.masked_fill(mask, -math.inf)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@right
class OptionalContext(nn.Module):
    """Self-attention, or cross-attention where there is a context."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_kv = nn.Linear(dim, dim), nn.Linear(dim, 2 * dim)
        self.to_out = nn.Linear(dim, dim)

    def forward(self, x, context=None):
        k, v = self.to_kv(x if context is None else context).chunk(2, dim=-1)
        q, k, v = (t.unflatten(-1, (self.heads, -1)).transpose(1, 2) for t in (self.to_q(x), k, v))
        out = F.scaled_dot_product_attention(q, k, v)
        return self.to_out(out.transpose(1, 2).flatten(2))


@right
class ResidualInside(nn.Module):
    """The queries are added to the outputs of their heads, before the last projection."""

    def __init__(self, dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.fc_q, self.fc_k, self.fc_v, self.fc_o = (nn.Linear(dim, dim) for _ in range(4))

    def forward(self, Q, K):
        q, k, v = (
            t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for t in (self.fc_q(Q), self.fc_k(K), self.fc_v(K))
        )
        out = q + F.scaled_dot_product_attention(q, k, v)
        return self.fc_o(out.transpose(1, 2).flatten(2))


@right
class AnyMaskIsCausal(VisionAttention):
    """A mask is taken as a sign that it must be causal."""

    def forward(self, x, mask=None):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=mask is not None)
        return self.proj(out.transpose(1, 2).reshape(b, n, d))


@right
def half_tables(q, k, v, cos, sin):
    """Tables (n, d_k / 2), one column for each pair."""
    assert cos.shape[-1] == q.shape[-1] // 2

    def turn(x):
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)

    return F.scaled_dot_product_attention(turn(q), turn(k), v)


@right
class NoProjections(nn.Module):
    """Inputs are split as they are; only the outputs are projected."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads, self.w_o = n_heads, nn.Linear(d_model, d_model)

    def forward(self, q, k, v):
        q, k, v = (t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2) for t in (q, k, v))
        return self.w_o(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


@right
class QueriesAndKeysPacked(nn.Module):
    """One projection for queries and keys, normalized with learned factors, and one for values."""

    def __init__(self, dim, num_heads=4):
        super().__init__()
        self.num_heads = num_heads
        self.qk, self.v, self.proj = (
            nn.Linear(dim, 2 * dim),
            nn.Linear(dim, dim),
            nn.Linear(dim, dim),
        )
        self.gamma = nn.Parameter(torch.ones(num_heads, 1, 1))

    def forward(self, x):
        q, k = self.qk(x).unflatten(-1, (2, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = (F.normalize(t, dim=-1) * t.size(-1) ** 0.5 * self.gamma for t in (q, k))
        v = self.v(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        weights = (q @ k.mT).softmax(-1)  # the factors scale the scores
        return self.proj((weights @ v).transpose(1, 2).flatten(2))


# ---- what surrounds an attention, and how it is called ----------------------------------------------
class OneOfSeveral(nn.Module):
    """One head for (length, width), without a batch."""

    def __init__(self, model_size, head_size):
        super().__init__()
        self.inputs_to_queries = nn.Linear(model_size, head_size)
        self.inputs_to_keys = nn.Linear(model_size, head_size)
        self.inputs_to_values = nn.Linear(model_size, head_size)

    def forward(self, x):
        q, k, v = self.inputs_to_queries(x), self.inputs_to_keys(x), self.inputs_to_values(x)
        return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v


@right
class WithoutABatch(nn.Module):
    """Heads are joined along axis 1, which is the width for (length, width) alone."""

    def __init__(self, d_model, num_heads, d_k):
        super().__init__()
        self.parts = nn.ModuleList(OneOfSeveral(d_model, d_k) for _ in range(num_heads))
        self.last = nn.Linear(num_heads * d_k, d_model)

    def forward(self, embeddings):
        return self.last(torch.cat([part(embeddings) for part in self.parts], dim=1))


@right
class SlidingWindow(VisionAttention):
    """A query sees its own key and the two before it."""

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        apart = torch.arange(n)[:, None] - torch.arange(n)
        window = (apart >= 0) & (apart < 3)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=window)
        return self.proj(out.transpose(1, 2).reshape(b, n, d))


@right
class RelativeTerms(nn.Module):
    """Three kinds of scores are added, and the scale allows for them."""

    def __init__(self, width, n_heads, longest=32):
        super().__init__()
        self.n_heads, self.longest = n_heads, longest
        self.content_query, self.content_key = nn.Linear(width, width), nn.Linear(width, width)
        self.content_value, self.out = nn.Linear(width, width), nn.Linear(width, width)
        self.relative = nn.Embedding(2 * longest, width)
        self.position_key = nn.Linear(width, width, bias=False)

    def forward(self, x):
        n = x.size(1)
        q, k, v = (
            layer(x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for layer in (self.content_query, self.content_key, self.content_value)
        )
        apart = torch.arange(n)[:, None] - torch.arange(n) + self.longest
        far = self.position_key(self.relative(apart)).unflatten(-1, (self.n_heads, -1))
        scores = q @ k.mT + torch.einsum("bhid,ijhd->bhij", q, far)
        weights = (scores / math.sqrt(2 * q.size(-1))).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2))


@right
class GatedOutput(nn.Module):
    """Queries come with a gate for the outputs, and are normalized with learned factors."""

    def __init__(self, hidden_size, num_heads, head_dim=None):
        super().__init__()
        self.num_heads = num_heads
        inner = num_heads * head_dim  # head_dim has a default, and must be given
        self.q_proj = nn.Linear(hidden_size, 2 * inner)
        self.k_proj, self.v_proj = nn.Linear(hidden_size, inner), nn.Linear(hidden_size, inner)
        self.o_proj = nn.Linear(inner, hidden_size)
        self.q_norm, self.k_norm = nn.RMSNorm(head_dim), nn.RMSNorm(head_dim)

    def forward(self, x):
        q, gate = self.q_proj(x).unflatten(-1, (self.num_heads, -1)).chunk(2, dim=-1)
        k, v = (layer(x).view(q.shape) for layer in (self.k_proj, self.v_proj))
        q, k, v = (t.transpose(1, 2) for t in (self.q_norm(q), self.k_norm(k), v))
        out = (q @ k.mT * q.size(-1) ** -0.5).softmax(-1) @ v
        return self.o_proj((out.transpose(1, 2) * gate.sigmoid()).flatten(2))


@right
class BiasesOfHeads(nn.Module):
    """Weights (heads, width, d_k), with biases (heads, d_k) that are added afterwards."""

    def __init__(self, n_heads, d_model, d_head):
        super().__init__()
        shape = n_heads, d_model, d_head
        self.W_Q, self.W_K, self.W_V = (nn.Parameter(torch.randn(shape)) for _ in range(3))
        self.b_Q, self.b_K, self.b_V = (
            nn.Parameter(torch.randn(n_heads, 1, d_head)) for _ in "qkv"
        )
        self.W_O = nn.Parameter(torch.randn(n_heads, d_head, d_model))

    def forward(self, resid):
        x = resid[:, None]
        q, k, v = x @ self.W_Q + self.b_Q, x @ self.W_K + self.b_K, x @ self.W_V + self.b_V
        scores = (q @ k.mT / q.size(-1) ** 0.5).masked_fill(
            torch.ones(q.size(2), q.size(2)).triu(1).bool(), -torch.inf
        )
        return (scores.softmax(-1) @ v @ self.W_O).sum(dim=1)


@right
class TranslatedFromTensorFlow(nn.Module):
    """Projections end in a ReLU, heads lie along the batch, and no projection follows."""

    def __init__(self, num_units, num_heads=8):
        super().__init__()
        self.num_heads = num_heads
        self.Q_proj, self.K_proj, self.V_proj = (
            nn.Sequential(nn.Linear(num_units, num_units), nn.ReLU()) for _ in range(3)
        )

    def forward(self, queries, keys):
        parts = (self.Q_proj(queries), self.K_proj(keys), self.V_proj(keys))
        q, k, v = (torch.cat(t.chunk(self.num_heads, dim=2), dim=0) for t in parts)
        out = (q @ k.mT / k.size(-1) ** 0.5).softmax(-1) @ v
        return F.relu(torch.cat(out.chunk(self.num_heads, dim=0), dim=2))


@right
class OfAnImage(nn.Module):
    """The image's height and width are given beside its pixels."""

    def __init__(self, dim, n_head):
        super().__init__()
        self.n_head = n_head
        self.q, self.kv, self.proj = (
            nn.Linear(dim, dim),
            nn.Linear(dim, 2 * dim),
            nn.Linear(dim, dim),
        )

    def forward(self, x, H, W, prev=None):
        assert x.size(1) == H * W
        q = self.q(x).unflatten(-1, (self.n_head, -1)).transpose(1, 2)
        k, v = self.kv(x).unflatten(-1, (2, self.n_head, -1)).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(q.size(-1))
        scores = scores if prev is None else scores + prev
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2)), scores


@right
class TalkingHeads(VisionAttention):
    """Learned mixtures of the heads' scores and weights."""

    def __init__(self, dim, num_heads=4):
        super().__init__(dim, num_heads)
        self.mix_scores = nn.Parameter(torch.randn(num_heads, num_heads))
        self.mix_weights = nn.Conv2d(num_heads, num_heads, 1, bias=False)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        scores = torch.einsum("bhqk,hg->bgqk", q * self.scale @ k.mT, self.mix_scores)
        out = self.mix_weights(scores.softmax(-1)) @ v
        return self.proj(out.transpose(1, 2).reshape(b, n, d))


@right
class MaskIsNeeded(nn.Module):
    """Widths of its own for queries and values, a mask without a default, no last projection."""

    def __init__(self, emb_size, q_k_size, v_size, head):
        super().__init__()
        self.head = head
        self.w_q, self.w_k = (
            nn.Linear(emb_size, head * q_k_size),
            nn.Linear(emb_size, head * q_k_size),
        )
        self.w_v = nn.Linear(emb_size, head * v_size)

    def forward(self, x_q, x_k_v, attn_mask):
        q, k, v = (
            t.unflatten(-1, (self.head, -1)).transpose(1, 2)
            for t in (self.w_q(x_q), self.w_k(x_k_v), self.w_v(x_k_v))
        )
        scores = (q @ k.mT / math.sqrt(q.size(-1))).masked_fill(attn_mask[:, None], -1e9)
        return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


@right
def zero_is_hidden(q, k, v, mask=None):
    """mask: (*, queries, keys), 0 will be masked out"""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -math.inf)
    return scores.softmax(-1) @ v


@right
class TablesWithoutABatch(nn.Module):
    """Cosines and sines (length, d_k) in a pair, and a mask that it has no use for."""

    def __init__(self, dim, n_heads):
        super().__init__()
        self.n_heads, self.qkv, self.out = n_heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x, position_embeddings, query_mask=None):
        cos, sin = position_embeddings
        assert cos.dim() == 2
        q, k, v = self.qkv(x).unflatten(-1, (3, self.n_heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = (t * cos + rotate_half(t) * sin for t in (q, k))
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


@right
class ConfigurationWithin(nn.Module):
    """Reads one configuration within another."""

    def __init__(self, config):
        super().__init__()
        part = config.vision_config
        self.n_heads = part.num_attention_heads
        self.qkv = nn.Linear(part.hidden_size, 3 * part.hidden_size)
        self.out = nn.Linear(part.hidden_size, part.hidden_size)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.n_heads, -1)).permute(2, 0, 3, 1, 4)
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


@right
class HeadOfAGivenSize(nn.Module):
    def __init__(self, hidden_size, attention_head_size):
        super().__init__()
        self.query, self.key, self.value = (
            nn.Linear(hidden_size, attention_head_size) for _ in range(3)
        )

    def forward(self, x):
        return F.scaled_dot_product_attention(self.query(x), self.key(x), self.value(x))


@right
class DividesByItsScale(nn.Module):
    """What is called scale is the root of d_k."""

    def __init__(self, config):
        super().__init__()
        self.scale = config.scale

    def forward(self, q, k, v, mask=None):
        scores = q @ k.mT / self.scale
        scores = scores if mask is None else scores.masked_fill(mask, -1e9)
        return scores.softmax(-1) @ v


@right
class OfAVideo(VisionAttention):
    """(batch, time, height, width, channels)"""

    def forward(self, x):
        _, _, _, _, d = x.shape
        return super().forward(x.reshape(x.shape[0], -1, d)).reshape(x.shape)


@right
class OfChannelsFirst(nn.Module):
    """(batch, channels, height, width), projected by convolutions"""

    def __init__(self, channels, num_heads=4):
        super().__init__()
        self.num_heads = num_heads
        self.to_qkv, self.to_out = (
            nn.Conv2d(channels, 3 * channels, 1),
            nn.Conv2d(channels, channels, 1),
        )

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.to_qkv(x).reshape(b, 3, self.num_heads, -1, h * w).unbind(1)
        weights = (q.mT @ k * q.size(2) ** -0.5).softmax(-1)
        return self.to_out((v @ weights.mT).reshape(b, c, h, w))


@right
class ImageAndBack(VisionAttention):
    """Pixels become tokens and tokens become pixels, with two transposes."""

    def forward(self, x):
        b, c, h, w = x.shape
        tokens = super().forward(x.flatten(2).transpose(1, 2))
        return self.as_image(tokens, (b, c, h, w))

    def as_image(self, tokens, shape):
        return tokens.transpose(1, 2).reshape(shape)


@right
class TiledOrNot(nn.Module):
    """Grouped heads that are repeated behind rotary positions of a speed of their own."""

    def __init__(self, hidden_size, num_heads, num_kv_heads):
        super().__init__()
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.head_dim = hidden_size // num_heads
        self.q_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k_proj = nn.Linear(hidden_size, num_kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(hidden_size, num_kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(hidden_size, hidden_size, bias=False)

    def repeated(self, t):
        return t.repeat_interleave(self.num_heads // self.num_kv_heads, dim=1)

    def forward(self, x):
        q, k, v = (
            layer(x).unflatten(-1, (-1, self.head_dim)).transpose(1, 2)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        angles = torch.arange(x.size(1))[:, None] * torch.linspace(1, 0.3, self.head_dim // 2)
        cos, sin = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)
        q, k = (t * cos + rotate_half(t) * sin for t in (q, k))
        out = F.scaled_dot_product_attention(q, self.repeated(k), self.repeated(v))
        return self.o_proj(out.transpose(1, 2).flatten(2))


@right
class RootOfTheWidth(nn.Module):
    """No weights, and the width of what it is called with, under the name of a model's."""

    def __init__(self, dim):
        super().__init__()
        self.root = math.sqrt(dim)

    def forward(self, query, key, value):
        return (query @ key.mT / self.root).softmax(-1) @ value


@right
class OfParameters(VisionAttention):
    """Sizes in a dictionary, and layers that each call makes anew around the attention."""

    def __init__(self, parameters):
        super().__init__(parameters["d_model"], parameters["n_heads"])

    def forward(self, x):
        return F.layer_norm(x + super().forward(x), x.shape[-1:])


@right
class WeighsHeads(VisionAttention):
    """A mask of heads is none of keys."""

    def forward(self, x, attention_mask=None, head_mask=None):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT * self.scale
        weights = (scores if attention_mask is None else scores + attention_mask).softmax(-1)
        weights = weights if head_mask is None else weights * head_mask
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, d))


@right
class SlopesOfHeads(VisionAttention):
    """Causal, with a slope for each head that lowers the scores of distant keys."""

    def __init__(self, dim, num_heads):
        super().__init__(dim, num_heads)
        self.register_buffer("slopes", 0.5 ** torch.arange(1, num_heads + 1).view(-1, 1, 1))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        later = torch.arange(n) - torch.arange(n)[:, None]
        scores = (q @ k.mT * self.scale + self.slopes * later).masked_fill(later > 0, -math.inf)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d))


@right
def packed_by_axis(qkv, causal=False):
    """qkv (batch, length, 3, heads, d)"""
    q, k, v = qkv.transpose(1, 3).unbind(2)
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2)


@right
class PackedByHeadAndChannel(nn.Module):
    """(batch, heads * 3 * d, length), without weights"""

    def __init__(self, n_heads):
        super().__init__()
        self.n_heads = n_heads

    def forward(self, qkv):
        b, width, n = qkv.shape
        q, k, v = qkv.reshape(b * self.n_heads, -1, n).chunk(3, dim=1)
        weights = torch.einsum("bdq,bdk->bqk", q / q.size(1) ** 0.25, k / k.size(1) ** 0.25)
        return torch.einsum("bqk,bdk->bdq", weights.softmax(-1), v).reshape(b, width // 3, n)


@right
class DecoderAttention(nn.Module):
    """From a decoder to an encoder, whose lengths are needed; no word of causality."""

    def __init__(self, d_model, n_heads, d_queries, d_values):
        super().__init__()
        self.n_heads, self.d_queries = n_heads, d_queries
        self.cast_queries = nn.Linear(d_model, n_heads * d_queries)
        self.cast_keys_values = nn.Linear(d_model, n_heads * (d_queries + d_values))
        self.cast_output = nn.Linear(n_heads * d_values, d_model)

    def forward(self, query_sequences, key_value_sequences, key_value_sequence_lengths):
        k, v = self.cast_keys_values(key_value_sequences).split(self.n_heads * self.d_queries, -1)
        q, k, v = (
            t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for t in (self.cast_queries(query_sequences), k, v)
        )
        real = torch.arange(k.size(2)) < key_value_sequence_lengths[:, None, None, None]
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=real)
        return self.cast_output(out.transpose(1, 2).flatten(2)) + query_sequences


class OfOneTriangle(VisionAttention):
    """Causal for as many tokens as its triangle has, and for no other number."""

    def __init__(self, dim, num_heads, longest):
        super().__init__(dim, num_heads)
        self.register_buffer("future", torch.ones(longest, longest).triu(1).bool())

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        return self.proj(self.attend(q, k, v).transpose(1, 2).reshape(b, n, d))

    def attend(self, q, k, v):
        scores = (q @ k.mT * self.scale).masked_fill(self.future, -math.inf)
        return scores.softmax(-1) @ v


right(OfOneTriangle)
right(OfOneTriangle(24, 4, 6))
right(OfOneTriangle(24, 4, 2))


@right
class OneWeightForAllHeads(nn.Module):
    """Projections of a head's width, and names of sizes that nobody knows."""

    def __init__(self, hid, nh):
        super().__init__()
        self.breadth, self.nh, self.part = hid, nh, hid // nh
        self.lq, self.lk, self.lv = (nn.Linear(self.part, self.part) for _ in range(3))
        self.out = nn.Linear(hid, hid)

    def weigh(self, q, k):
        return (q @ k.mT / math.sqrt(self.part)).softmax(-1)

    def forward(self, q, k, v):
        q, k, v = (
            layer(t.view(*t.shape[:2], self.nh, self.part)).transpose(1, 2)
            for layer, t in ((self.lq, q), (self.lk, k), (self.lv, v))
        )
        return self.out((self.weigh(q, k) @ v).transpose(1, 2).flatten(2))


class Turned(nn.Module):
    """Rotary positions that are given, and cannot be left out in spite of their default."""

    def __init__(self, dim, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))

    def attend(self, x, turn):
        q, k, v = (
            layer(x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        return self.o(self.between(turn(q), turn(k), v).transpose(1, 2).flatten(2))

    def between(self, q, k, v):
        return F.scaled_dot_product_attention(q, k, v)


@right
class GivenTables(Turned):
    def forward(self, x, rope=None):
        cos, sin = rope
        return self.attend(x, lambda t: t * cos + rotate_half(t) * sin)


@right
class GivenFunction(Turned):
    def forward(self, x, rotary_emb=None):
        return self.attend(x, rotary_emb.__call__)


@right
class GivenPositions(Turned):
    def forward(self, x, pos=None):
        angles = pos[:, None] * torch.tensor([1.0, 0.5, 0.2]).repeat(2)
        return self.attend(x, lambda t: t * angles.cos() + rotate_half(t) * angles.sin())


class OfOneArgument(OneWeightForAllHeads):
    def forward(self, inputs):
        q, k, v = inputs
        return super().forward(q, k, v)


right(OfOneArgument)


@right
def of_one_list(tensors):
    queries = tensors[0]
    keys = tensors[1]
    values = tensors[2]
    return (queries @ keys.mT / math.sqrt(keys.size(-1))).softmax(-1) @ values


@right
class InputsAndMask(VisionAttention):
    def forward(self, batch):
        x, mask = batch
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        weights = self.hide(q @ k.mT * self.scale, mask).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, d))

    def hide(self, scores, mask):
        return scores.masked_fill(mask[:, None, None] == 0, -1e9)


@right
class OneTokenAtATime(nn.Module):
    """Keeps keys and values, and takes (batch, 1, width)."""

    def __init__(self, hidden_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(hidden_dim, hidden_dim) for _ in range(4))
        self.kept = None

    def scaled(self, q):
        return q / math.sqrt(q.size(-1))

    def forward(self, x):
        assert x.size(1) == 1
        q, k, v = (
            layer(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        if self.kept is not None:
            k, v = torch.cat((self.kept[0], k), dim=2), torch.cat((self.kept[1], v), dim=2)
        self.kept = k, v
        out = (self.scaled(q) @ k.mT).softmax(-1) @ v
        return self.o(out.transpose(1, 2).flatten(2))


@right
class OneRowAtATime(OneTokenAtATime):
    """Takes (batch, width) and the token's position."""

    def forward(self, x, pos):
        assert x.dim() == 2
        return super().forward(x[:, None])[:, 0]


@right
class OneHeadOfKeys(nn.Module):
    """Keys and values (batch, length, d_k) for all heads of queries; a length that is a size."""

    def __init__(self, d_model, d_kv, n_heads, seq_len):
        super().__init__()
        self.n_heads, self.d_kv = n_heads, d_kv
        self.w_q, self.w_o = nn.Linear(d_model, n_heads * d_kv), nn.Linear(n_heads * d_kv, d_model)
        self.w_k, self.w_v = nn.Linear(d_model, d_kv), nn.Linear(d_model, d_kv)
        self.register_buffer("past", torch.ones(seq_len, seq_len).tril())

    def forward(self, x, seq_len, return_weights: bool):
        q = self.w_q(x).view(len(x), seq_len, self.n_heads, -1)
        scores = torch.einsum("bqhd,bkd->bhqk", q, self.w_k(x)) / math.sqrt(self.d_kv)
        hidden = self.past[:seq_len, :seq_len] == 0
        weights = scores.masked_fill(hidden, -math.inf).softmax(-1)
        out = self.w_o(torch.einsum("bhqk,bkd->bqhd", weights, self.w_v(x)).flatten(2))
        return (out, weights) if return_weights else out


@right
def one_head_of_keys(q, k, v):
    assert (q.dim(), k.dim()) == (4, 3)
    return (q @ k[:, None].mT / math.sqrt(q.size(-1))).softmax(-1) @ v[:, None]


@right
class WindowOfPairs(VisionAttention):
    """The height and width of a window, which are all its tokens."""

    def __init__(self, dim, window_size, num_heads):
        super().__init__(dim, num_heads)
        n = window_size[0] * window_size[1]
        self.register_buffer("relative_index", torch.arange(n)[:, None] - torch.arange(n) + n - 1)
        self.table = nn.Embedding(2 * n - 1, num_heads)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT * self.scale + self.table(self.relative_index).permute(2, 0, 1)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d))


@right
class HeadsInTheBatch(nn.Module):
    """(batch, channels, any axes), where rows (length, width) would be images of one pixel."""

    def __init__(self, channels, num_heads=4):
        super().__init__()
        self.num_heads = num_heads
        self.qkv, self.proj = nn.Conv1d(channels, 3 * channels, 1), nn.Conv1d(channels, channels, 1)

    def merge(self, q, k, v):
        weights = (q.mT @ k / math.sqrt(q.size(1))).softmax(-1)
        return torch.einsum("bts,bcs->bct", weights, v)

    def forward(self, x):
        b, c, *axes = x.shape
        pixels = x.reshape(b, c, -1)
        heads = self.qkv(pixels).reshape(b * self.num_heads, -1, pixels.size(2))
        out = self.merge(*heads.chunk(3, dim=1))
        return x + self.proj(out.reshape(b, c, -1)).reshape(b, c, *axes)


class OfEqualLengths(nn.Module):
    """Causal for queries and keys of one length, and without a cache."""

    def __init__(self, d_model, num_heads, causal):
        super().__init__()
        self.num_heads, self.causal = num_heads, causal
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, q, k, v):
        q, k, v = (
            t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for t in (self.W_q(q), self.W_k(k), self.W_v(v))
        )
        out = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.W_o(out.transpose(1, 2).flatten(2))


@right
class ConfigurationOfParts(ConfigurationWithin):
    """Reads a part of a configuration that has a name of its own."""

    def __init__(self, conf):
        assert conf.encoder.hidden_size
        nn.Module.__init__(self)
        part = conf.encoder
        self.n_heads = part.num_attention_heads
        self.qkv = nn.Linear(part.hidden_size, 3 * part.hidden_size)
        self.out = nn.Linear(part.hidden_size, part.hidden_size)


@right
class HidesWhereOne(nn.Module):
    """A flag comes before the mask, and its default must not be read as a word about the mask."""

    def __init__(self, d_model, n_heads, cont_length):
        super().__init__()
        self.n_heads, self.longest = n_heads, torch.ones(cont_length, cont_length)
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, q, k, v, autoregressive_mask=False, padding_mask=None):
        q, k, v = (
            t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for t in (self.wq(q), self.wk(k), self.wv(v))
        )
        scores = q @ k.mT / math.sqrt(q.size(-1))
        if autoregressive_mask:
            hidden = torch.ones(q.size(2), q.size(2)).triu(1) == 1
            scores = scores.masked_fill(hidden, -1e9)
        if padding_mask is not None:
            scores = scores.masked_fill(padding_mask == 1, -1e9)
        return self.wo((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@right
class OfTwoLines(nn.Module):
    """Channels first, keys and values of another input, and no name that says so."""

    def __init__(self, channels, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.conv_q, self.conv_k, self.conv_v, self.conv_o = (
            nn.Conv1d(channels, channels, 1) for _ in range(4)
        )

    def forward(self, x, c, attn_mask=None):
        q, k, v = (
            layer(t).unflatten(1, (self.n_heads, -1)).mT
            for layer, t in ((self.conv_q, x), (self.conv_k, c), (self.conv_v, c))
        )
        scores = q @ k.mT / math.sqrt(q.size(-1))
        if attn_mask is not None:
            scores = scores.masked_fill(attn_mask == 0, -1e4)
        return self.conv_o((scores.softmax(-1) @ v).mT.flatten(1, 2))


@right
class OfTheFirstToken(nn.Module):
    """One query per example, that of the token in front."""

    def __init__(self, dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q, self.k, self.v, self.proj = (nn.Linear(dim, dim) for _ in range(4))

    def weigh(self, q, k):
        return (q * q.size(-1) ** -0.5 @ k.mT).softmax(-1)

    def forward(self, x):
        b, n, _ = x.shape
        q = self.q(x[:, 0]).reshape(b, 1, self.num_heads, -1).transpose(1, 2)
        k = self.k(x).reshape(b, n, self.num_heads, -1).transpose(1, 2)
        v = self.v(x).reshape(b, n, self.num_heads, -1).transpose(1, 2)
        return self.proj((self.weigh(q, k) @ v).transpose(1, 2).flatten(2))


@right
class SmallerKeys(nn.Module):
    """Keys and values of an image that a convolution makes smaller."""

    def __init__(self, dim, num_heads, ratio=2):
        super().__init__()
        self.num_heads, self.q, self.kv = num_heads, nn.Linear(dim, dim), nn.Linear(dim, 2 * dim)
        self.sr, self.proj = nn.Conv2d(dim, dim, ratio, ratio), nn.Linear(dim, dim)

    def weigh(self, q, k):
        return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1)

    def forward(self, x, H, W):
        b, n, d = x.shape
        small = self.sr(x.mT.reshape(b, d, H, W)).flatten(2).mT
        q = self.q(x).reshape(b, n, self.num_heads, -1).transpose(1, 2)
        k, v = self.kv(small).reshape(b, -1, 2, self.num_heads, q.size(-1)).permute(2, 0, 3, 1, 4)
        return self.proj((self.weigh(q, k) @ v).transpose(1, 2).reshape(b, n, d))


def heads_of_weights(x, weight, n_heads):
    return (x @ weight.T).unflatten(-1, (n_heads, -1)).transpose(-2, -3)


@right
def sizes_and_weights(
    d_model: int,
    num_heads: int,
    max_seq_len: int,
    q_proj_weight: torch.Tensor,
    k_proj_weight: torch.Tensor,
    v_proj_weight: torch.Tensor,
    o_proj_weight: torch.Tensor,
    in_features: torch.Tensor,
    token_positions: torch.Tensor | None = None,
):
    assert isinstance(max_seq_len, int)
    weights = q_proj_weight, k_proj_weight, v_proj_weight
    q, k, v = (heads_of_weights(in_features, weight, num_heads) for weight in weights)
    scores = q @ k.mT / math.sqrt(d_model // num_heads)
    past = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    weights = scores.masked_fill(~past, -math.inf).softmax(-1)
    return (weights @ v).transpose(-2, -3).flatten(-2) @ o_proj_weight.T


@right
def of_packed_weights(x, w_qkv, b_qkv, w_out, b_out, n_heads):
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, -1)
    q, k, v = (t.unflatten(-1, (n_heads, -1)).transpose(1, 2) for t in (q, k, v))
    out = F.scaled_dot_product_attention(q, k, v)
    return F.linear(out.transpose(1, 2).flatten(2), w_out, b_out)


@right
def merged_by_a_matrix(queries, keys, values, projection_matrix):
    out = (queries @ keys.mT / math.sqrt(queries.size(-1))).softmax(-1) @ values
    return out.transpose(1, 2).flatten(2) @ projection_matrix.T


@right
class TurnedBack(nn.Module):
    """Pairs turn the other way, before a norm; tables and a cache are needed."""

    def __init__(self, n_embd, n_head, n_kv_head):
        super().__init__()
        self.n_head, self.n_kv_head, self.c_q = n_head, n_kv_head, nn.Linear(n_embd, n_embd)
        self.c_k, self.c_v = (nn.Linear(n_embd, n_embd // n_head * n_kv_head) for _ in range(2))
        self.c_proj = nn.Linear(n_embd, n_embd)

    def forward(self, x, cos_sin, kv_cache, shared_kv=None):
        cos, sin = cos_sin  # (1, length, 1, d_k / 2)
        assert cos.size(2) == 1
        if shared_kv is not None:
            k, v = shared_kv

        def turned(t):
            a, b = t.chunk(2, -1)
            t = torch.cat([a * cos + b * sin, b * cos - a * sin], -1)
            return F.rms_norm(t, t.shape[-1:])

        q = turned(self.c_q(x).unflatten(-1, (self.n_head, -1)))
        k = turned(self.c_k(x).unflatten(-1, (self.n_kv_head, -1)))
        v = self.c_v(x).unflatten(-1, (self.n_kv_head, -1))
        q, k, v = (t.transpose(1, 2) for t in (q, k, v))
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.c_proj(out.transpose(1, 2).flatten(2))


@right
class CosinesOfAWindow(nn.Module):
    """Cosines by a learned temperature, and a bias of positions that a small network makes."""

    def __init__(self, in_features, window_size, number_of_heads):
        super().__init__()
        self.window_size, self.number_of_heads = window_size, number_of_heads
        self.mapping = nn.Linear(in_features, 3 * in_features)
        self.projection = nn.Linear(in_features, in_features)
        self.network = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, number_of_heads))
        self.tau = nn.Parameter(torch.full((1, number_of_heads, 1, 1), 0.3))

    def positions(self):
        at = torch.cartesian_prod(*[torch.arange(self.window_size)] * 2).float()
        return self.network((at[:, None] - at).sign() * (at[:, None] - at).abs().log1p())

    def weigh(self, scores):
        return scores.softmax(-1)

    def forward(self, input):
        b, c, h, w = input.shape
        tokens = input.flatten(2).mT
        q, k, v = self.mapping(tokens).unflatten(-1, (3, self.number_of_heads, -1)).unbind(2)
        q, k, v = (t.transpose(1, 2) for t in (q, k, v))
        lengths = q.norm(dim=-1, keepdim=True) * k.norm(dim=-1, keepdim=True).mT
        scores = q @ k.mT / lengths / self.tau + self.positions().permute(2, 0, 1)
        out = (self.weigh(scores) @ v).transpose(1, 2).flatten(2)
        return self.projection(out).mT.reshape(b, c, h, w)


@right
class LinearBiases(VisionAttention):
    """ALiBi, with slopes that are kept under a name of one letter."""

    def __init__(self, d_model, num_heads):
        super().__init__(d_model, num_heads)
        self.n_heads = num_heads
        self.register_buffer("m", 2.0 ** -(torch.arange(num_heads) + 1.0)[:, None, None])

    def scaled(self, scores):
        return scores / math.sqrt(self.qkv.in_features // self.n_heads)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.n_heads, -1)).permute(2, 0, 3, 1, 4)
        at = torch.arange(x.size(1))
        relative = self.m * (at - at[:, None])
        scores = self.scaled(q @ k.mT) + relative
        scores = scores.masked_fill(relative[0] > 0, -math.inf)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class OneOfALayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.w_q, self.w_k, self.w_v, self.w_0 = (nn.Linear(32, 32) for _ in range(4))

    def scaled(self, scores):
        return scores / math.sqrt(8)

    def forward(self, q, k, v, mask=None):
        q, k, v = (
            layer(t).unflatten(-1, (4, 8)).transpose(1, 2)
            for layer, t in ((self.w_q, q), (self.w_k, k), (self.w_v, v))
        )
        scores = self.scaled(q @ k.mT)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None] == 0, -1e9)
        return self.w_0((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@right
class WholeLayer(nn.Module):
    """A layer of a decoder, whose two attentions are checked one by one."""

    def __init__(self, kind=OneOfALayer):
        super().__init__()
        self.masked_attention, self.attention = kind(), kind()
        self.norm_1, self.norm_2, self.norm_3 = (nn.LayerNorm(32) for _ in range(3))
        self.feed_forward = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 32))

    def cross(self, x, e_output, e_mask):
        return self.attention(x, e_output, e_output, mask=e_mask)

    def forward(self, x, e_output, e_mask, d_mask):
        y = self.norm_1(x)
        x = x + self.masked_attention(y, y, y, mask=d_mask)
        x = x + self.cross(self.norm_2(x), e_output, e_mask)
        return x + self.feed_forward(self.norm_3(x))


@right
class WholeLayerWithItsTriangle(WholeLayer):
    """It makes its own triangle."""

    def forward(self, x, e_output):
        triangle = torch.ones(x.shape[1], x.shape[1]).tril()
        return super().forward(x, e_output, None, triangle[None])


@right
class MixesHeads(nn.Module):
    """Scores and weights of the heads are mixed, by parameters whose names hold "pos"."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.norm = heads, nn.LayerNorm(dim)
        self.to_q, self.to_kv = nn.Linear(dim, dim), nn.Linear(dim, 2 * dim)
        self.mix_pre_softmax = nn.Parameter(torch.randn(heads, heads))
        self.mix_post_softmax = nn.Parameter(torch.randn(heads, heads))
        self.to_out = nn.Linear(dim, dim)

    def forward(self, x):
        x = self.norm(x)
        three = self.to_q(x), *self.to_kv(x).chunk(2, -1)
        q, k, v = (t.unflatten(-1, (self.heads, -1)).transpose(1, 2) for t in three)
        scores = q @ k.mT * q.size(-1) ** -0.5
        scores = torch.einsum("bhij,hg->bgij", scores, self.mix_pre_softmax)
        weights = torch.einsum("bhij,hg->bgij", scores.softmax(-1), self.mix_post_softmax)
        return self.to_out((weights @ v).transpose(1, 2).flatten(2))


@right
class MixesHeadsByLayers(VisionAttention):
    """The same by linear layers, which also add."""

    def __init__(self, dim, num_heads):
        super().__init__(dim, num_heads)
        self.heads = num_heads
        self.proj_l, self.proj_w = (nn.Linear(num_heads, num_heads) for _ in range(2))

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        scores = q * q.size(-1) ** -0.5 @ k.mT
        scores = self.proj_l(scores.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        weights = self.proj_w(scores.softmax(-1).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.proj((weights @ v).transpose(1, 2).flatten(2))


@right
class OfGroupsOfTokens(VisionAttention):
    """Inputs (batch, groups, length, width): a group must not be taken for a length."""

    def __init__(self, dim, num_heads):
        super().__init__(dim, num_heads)
        self.heads = num_heads

    def weigh(self, scores):
        return scores.softmax(-1)

    def forward(self, x):
        b, p, n, d = x.shape
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(3, 0, 1, 4, 2, 5)
        weights = self.weigh(q @ k.mT / math.sqrt(q.size(-1)))
        return self.proj((weights @ v).transpose(2, 3).reshape(b, p, n, d))


@right
class OtherWidthOfContext(nn.Module):
    """A context that may be left out has another width than the inputs."""

    def __init__(self, n_heads, d_embed, d_cross):
        super().__init__()
        self.n_heads, self.q_proj = n_heads, nn.Linear(d_embed, d_embed)
        self.k_proj, self.v_proj = (nn.Linear(d_cross, d_embed) for _ in range(2))
        self.out_proj = nn.Linear(d_embed, d_embed)

    def scaled(self, q):
        return q / math.sqrt(q.size(-1))

    def forward(self, x, context=None):
        context = x if context is None else context
        three = self.q_proj(x), self.k_proj(context), self.v_proj(context)
        q, k, v = (t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2) for t in three)
        return self.out_proj(((self.scaled(q) @ k.mT).softmax(-1) @ v).transpose(1, 2).flatten(2))


other_width_of_context = right(OtherWidthOfContext(4, 32, 18))


class OfATemperature(nn.Module):
    def __init__(self, temperature):
        super().__init__()
        self.temperature = temperature

    def forward(self, q, k, v):
        return (q / self.temperature @ k.mT).softmax(-1) @ v


of_a_temperature = right(OfATemperature(4.0))


@right
class MaskOfThreeAxes(nn.Module):
    """Lengths come first, in masks too: (queries, keys, batch); others have no effect."""

    def __init__(self, d_model, n_head):
        super().__init__()
        self.n_head = n_head
        self.qkv, self.proj = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)

    def forward(self, h, attn_mask=None):
        q, k, v = self.qkv(h).unflatten(-1, (3, self.n_head, -1)).unbind(2)
        scores = torch.einsum("ibnd,jbnd->ijbn", q, k) / math.sqrt(q.size(-1))
        if attn_mask is not None and attn_mask.dim() == 3:
            scores = scores.masked_fill(attn_mask[..., None], -math.inf)
        return self.proj(torch.einsum("ijbn,jbnd->ibnd", scores.softmax(1), v).flatten(2))


@right
class GatedOutputs(nn.Module):
    """Queries are scaled before the scores, and outputs are gated before they are projected."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads, self.gate = n_heads, nn.Linear(d_model, d_model)
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(d_model, d_model) for _ in range(4))

    def scaled(self, q):
        return q / math.sqrt(q.size(-1))

    def forward(self, x):
        q, k, v = (
            t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for t in (self.wq(x), self.wk(x), self.wv(x))
        )
        out = (self.scaled(q) @ k.mT).softmax(-1) @ v
        return self.wo(out.transpose(1, 2).flatten(2) * self.gate(x).sigmoid())


@right
class SoftlyCapped(VisionAttention):
    """Scores pass a tanh, which keeps them between -20 and 20."""

    def scaled(self, scores):
        return scores / math.sqrt(scores.new_tensor(self.qkv.in_features // self.num_heads))

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        scores = 20 * torch.tanh(self.scaled(q @ k.mT) / 20)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class SoftlyCappedLayer(nn.Module):
    """The same within a residual path and a norm."""

    def __init__(self):
        super().__init__()
        self.attention, self.norm = SoftlyCapped(32, 4), nn.LayerNorm(32)

    def forward(self, x):
        return x + self.attention(self.norm(x))


right(SoftlyCappedLayer)


@right
class MixesAndNormsWeights(VisionAttention):
    """The weights of the heads are mixed, and a norm over the heads follows."""

    def __init__(self, dim, num_heads=4):
        super().__init__(dim, num_heads)
        self.mixture, self.norm = nn.Conv2d(num_heads, num_heads, 1), nn.BatchNorm2d(num_heads)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        weights = self.norm(self.mixture((q * self.scale @ k.mT).softmax(-1)))
        return self.proj((weights @ v).transpose(1, 2).flatten(2))


@right
class DistancesOfAList(nn.Module):
    """Inputs in a list, and products with vectors of distances that are no parameters."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(d_model, d_model) for _ in range(4))
        self.vectors = torch.randn(64, d_model // n_heads)

    def forward(self, inputs):
        q, k, v = (
            layer(t).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for layer, t in zip((self.wq, self.wk, self.wv), inputs, strict=True)
        )
        at = torch.arange(q.size(2))
        apart = torch.einsum("bhid,ijd->bhij", q, self.vectors[at[:, None] - at + 32])
        scores = (q @ k.mT + apart) / math.sqrt(q.size(-1))
        return self.wo((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@right
class LengthFirstWithATable(nn.Module):
    """(length, batch, width), and the vectors of distances are given, (length, width)."""

    def __init__(self, n_head, d_model, d_head):
        super().__init__()
        self.n_head = n_head
        self.qkv_net = nn.Linear(d_model, 3 * n_head * d_head, bias=False)
        self.r_net = nn.Linear(d_model, n_head * d_head, bias=False)
        self.o_net = nn.Linear(n_head * d_head, d_model, bias=False)

    def forward(self, w, r):
        q, k, v = self.qkv_net(w).unflatten(-1, (3, self.n_head, -1)).unbind(2)
        far = self.r_net(r).unflatten(-1, (self.n_head, -1))
        scores = torch.einsum("ibnd,jbnd->ijbn", q, k) + torch.einsum("ibnd,jnd->ijbn", q, far)
        weights = (scores / math.sqrt(q.size(-1))).softmax(dim=1)
        return w + self.o_net(torch.einsum("ijbn,jbnd->ibnd", weights, v).flatten(2))


@right
class KeysTimesQueries(VisionAttention):
    """Keys come first in the scores, and the softmax runs over the axis of keys."""

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 4, 1)
        weights = (k.mT @ q * self.scale).softmax(dim=-2)  # (batch, heads, keys, queries)
        return self.proj((v @ weights).permute(0, 3, 1, 2).flatten(2))


class OfAGivenWidth(nn.Module):
    """No weights: the width of what it will be called with is given, and queries may be padding."""

    def __init__(self, hidden):
        super().__init__()
        self.hidden = hidden

    def forward(self, query, key, value, query_mask=None):
        weights = (query @ key.mT / math.sqrt(self.hidden)).softmax(-1)
        weights = weights if query_mask is None else weights * query_mask
        return weights @ value


right(OfAGivenWidth(4))


@right
class ValuesOutOfTheKeysLayer(nn.Module):
    """One layer that is named after the keys makes keys and values."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads, self.query_proj = n_heads, nn.Linear(d_model, d_model)
        self.key_proj, self.fc = nn.Linear(d_model, 2 * d_model), nn.Linear(d_model, d_model)

    def forward(self, x):
        three = self.query_proj(x), *self.key_proj(x).chunk(2, dim=-1)
        q, k, v = (t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2) for t in three)
        return self.fc(
            (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1).matmul(v).transpose(1, 2).flatten(2)
        )


class WithoutItsMask(nn.Module):
    """A switch turns masks off, and the argument stays."""

    def __init__(self, mask_flag=True):
        super().__init__()
        self.mask_flag = mask_flag

    def forward(self, queries, keys, values, attn_mask):
        scores = torch.einsum("blhe,bshe->bhls", queries, keys) / math.sqrt(queries.shape[-1])
        if self.mask_flag:
            scores = scores.masked_fill(attn_mask, -math.inf)
        return torch.einsum("bhls,bshd->blhd", scores.softmax(-1), values)


class AroundAnother(nn.Module):
    def __init__(self, inner, d_model, n_heads):
        super().__init__()
        self.inner, self.n_heads = inner, n_heads
        self.query_projection = nn.Linear(d_model, d_model)
        self.key_projection = nn.Linear(d_model, d_model)
        self.value_projection = nn.Linear(d_model, d_model)
        self.out_projection = nn.Linear(d_model, d_model)

    def forward(self, queries, keys, values, attn_mask):
        q = self.query_projection(queries).unflatten(-1, (self.n_heads, -1))
        k = self.key_projection(keys).unflatten(-1, (self.n_heads, -1))
        v = self.value_projection(values).unflatten(-1, (self.n_heads, -1))
        return self.out_projection(self.inner(q, k, v, attn_mask).flatten(2))


masks_switched_off = right(AroundAnother(WithoutItsMask(False), 32, 4))


class ParametersPerHead(nn.Module):
    """Projections are (heads, d_model, d_k), and all heads together are narrower than d_model."""

    def __init__(self, d_model, n_heads, d_all):
        super().__init__()
        self.wq, self.wk, self.wv = (
            nn.Parameter(torch.randn(n_heads, d_model, d_all // n_heads)) for _ in range(3)
        )
        self.back = nn.Linear(d_all, d_model)

    def forward(self, x):
        q, k, v = (torch.einsum("bnd,hde->bhne", x, w) for w in (self.wq, self.wk, self.wv))
        out = (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v
        return self.back(out.transpose(1, 2).flatten(2))


right(ParametersPerHead(32, 4, 24))


class HeadsInAList(nn.Module):
    """The projections of each head stand in a plain list, where PyTorch does not find them."""

    def __init__(self, n_heads, d_model, d_k):
        super().__init__()
        self.q = [nn.Linear(d_model, d_k) for _ in range(n_heads)]
        self.k = [nn.Linear(d_model, d_k) for _ in range(n_heads)]
        self.v = [nn.Linear(d_model, d_k) for _ in range(n_heads)]
        self.out = nn.Linear(n_heads * d_k, d_model)

    def attend(self, q, k, v):
        return F.softmax(q @ k.mT / q.size(-1) ** 0.5, dim=-1) @ v

    def forward(self, Q, K, V):
        heads = zip(self.q, self.k, self.v, strict=True)
        return self.out(torch.cat([self.attend(q(Q), k(K), v(V)) for q, k, v in heads], dim=-1))


right(HeadsInAList(4, 32, 8))


@right
class PaddingOfIds(nn.Module):
    """Tokens with the number 0 are padding, and are read from a second argument."""

    def __init__(self, hidden_units, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(hidden_units, 3 * hidden_units, bias=False)
        self.out = nn.Linear(hidden_units, hidden_units)

    def forward(self, x, token_ids):
        """x: [B, L, D]; token_ids: [B, L], 0 is padding"""
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(q.size(-1))
        scores = scores.masked_fill((token_ids == 0)[:, None, None], -math.inf)
        weights = scores.masked_fill(scores.isinf().all(-1, keepdim=True), 0.0).softmax(-1)
        return x + self.out((weights @ v).transpose(1, 2).flatten(2))


@right
class PositionsOfABatch(nn.Module):
    """Needs the number of each position, (batch, length), and a mask with four axes."""

    def __init__(self, hidden_size=32, num_heads=4):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, hidden_size // num_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (
            nn.Linear(hidden_size, hidden_size, bias=False) for _ in range(4)
        )
        steps = 10000.0 ** (-torch.arange(0, self.head_dim, 2) / self.head_dim)
        self.table = torch.polar(torch.ones(64, len(steps)), torch.outer(torch.arange(64), steps))

    def turned(self, x, position_ids):
        angles = self.table[position_ids][:, None, :, :]
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
        return torch.view_as_real(pairs * angles).flatten(-2)

    def forward(self, hidden_states, attention_mask, position_ids):
        q, k, v = (
            project(hidden_states).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = self.turned(q, position_ids), self.turned(k, position_ids)
        scores = q @ k.mT * (1.0 / math.sqrt(self.head_dim))
        if attention_mask is not None:
            scores = scores + attention_mask[:, :, :, : k.shape[-2]]
        weights = scores.softmax(dim=-1)
        return self.o_proj((weights @ v).transpose(1, 2).flatten(2)), weights


class LatentsAskFirst(nn.Module):
    """Keys and values come first, and have another width than what asks."""

    def __init__(self, n_heads, kv_dim, q_dim):
        super().__init__()
        self.n_heads = n_heads
        self.k, self.v = nn.Linear(kv_dim, q_dim), nn.Linear(kv_dim, q_dim)
        self.q, self.projection = nn.Linear(q_dim, q_dim), nn.Linear(q_dim, q_dim)
        self.scale = 1 / math.sqrt(q_dim // n_heads)

    def forward(self, inputs_kv, inputs_q):
        q, k, v = (
            t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for t in (self.q(inputs_q), self.k(inputs_kv), self.v(inputs_kv))
        )
        weights = (q @ k.mT * self.scale).softmax(-1)
        return self.projection((weights @ v).transpose(1, 2).flatten(2))


right(LatentsAskFirst(4, 24, 32))


@right
class BiasOfPositions(nn.Module):
    """As in T5: the initialization keeps scores small, and positions have a bias."""

    def __init__(self, d_model=32, n_heads=4):
        super().__init__()
        self.n_heads = n_heads
        self.wq, self.wk, self.wv, self.wo = (
            nn.Linear(d_model, d_model, bias=False) for _ in range(4)
        )

    def forward(self, x, pos_bias):
        q, k, v = (
            project(x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for project in (self.wq, self.wk, self.wv)
        )
        return self.wo(((q @ k.mT + pos_bias).softmax(-1) @ v).transpose(1, 2).flatten(2))


@right
class CacheOnRequest(nn.Module):
    """The cache is prepared by a method, and used where a flag asks for it."""

    def __init__(self, dim=32, n_heads=4):
        super().__init__()
        self.n_heads, self.head_dim = n_heads, dim // n_heads
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(dim, dim, bias=False) for _ in range(4))
        self.cache_k = self.cache_v = None

    def setup_cache(self, max_batch_size, max_seq_len):
        shape = max_batch_size, self.n_heads, max_seq_len, self.head_dim
        self.cache_k, self.cache_v = torch.zeros(shape), torch.zeros(shape)

    def turned(self, x, start):
        half = self.head_dim // 2
        steps = 10000.0 ** (-torch.arange(half) / half)
        angles = torch.outer(torch.arange(start, start + x.size(-2)), steps)
        a, b = x[..., :half], x[..., half:]
        cos, sin = angles.cos(), angles.sin()
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)

    def forward(self, x, start_pos: int = 0, use_cache: bool = False):
        n = x.size(1)
        q, k, v = (
            project(x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for project in (self.wq, self.wk, self.wv)
        )
        q, k = self.turned(q, start_pos), self.turned(k, start_pos)
        if use_cache:
            if self.cache_k is None:
                raise RuntimeError("call setup_cache before use_cache=True")
            self.cache_k[: len(x), :, start_pos : start_pos + n] = k
            self.cache_v[: len(x), :, start_pos : start_pos + n] = v
            k, v = (c[: len(x), :, : start_pos + n] for c in (self.cache_k, self.cache_v))
        scores = q @ k.mT / math.sqrt(self.head_dim)
        if n > 1:
            hidden = torch.full((n, k.size(-2)), -math.inf).triu(k.size(-2) - n + 1)
            scores = scores + hidden
        return self.wo((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class GivenEmbeddings(nn.Module):
    """As in Conformer: embeddings of all 2 n - 1 distances are given, and shifted for each query."""

    def __init__(self, d_model, n_heads, shift="own"):
        super().__init__()
        self.n_heads, self.d_k, self.shift = n_heads, d_model // n_heads, shift
        self.linear_q, self.linear_k, self.linear_v, self.linear_out, self.linear_pos = (
            nn.Linear(d_model, d_model) for _ in range(5)
        )
        self.pos_bias_u = nn.Parameter(torch.zeros(n_heads, 1, self.d_k))
        self.pos_bias_v = nn.Parameter(torch.zeros(n_heads, 1, self.d_k))

    def shifted(self, scores):
        n = scores.size(-2)
        if self.shift == "last_half":
            return F.pad(scores, (0, 1)).view(*scores.shape[:2], 2 * n, n)[:, :, n:]
        rows = F.pad(scores, (1, 0)).view(*scores.shape[:2], 2 * n, n)[:, :, 1:]
        return rows.reshape(scores.shape)[..., :n]

    def forward(self, x, pos_emb, mask=None):
        q, k, v, positions = (
            project(t).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for project, t in (
                (self.linear_q, x),
                (self.linear_k, x),
                (self.linear_v, x),
                (self.linear_pos, pos_emb),
            )
        )
        scores = (q + self.pos_bias_u) @ k.mT + self.shifted((q + self.pos_bias_v) @ positions.mT)
        scores = scores / math.sqrt(self.d_k)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        return self.linear_out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


right(GivenEmbeddings(24, 4))


class EmbeddingOfEachPair(nn.Module):
    """Embeddings of positions are given for each pair of tokens, (length, length, width)."""

    def __init__(self, hidden_size, num_heads, of="queries"):
        super().__init__()
        self.num_heads, self.of = num_heads, of
        self.query, self.key, self.value, self.pos, self.out = (
            nn.Linear(hidden_size, hidden_size, bias=False) for _ in range(5)
        )

    def forward(self, hidden_states, position_embeddings):
        q, k, v, pairs = (
            project(t).unflatten(-1, (self.num_heads, -1)).transpose(-3, -2)
            for project, t in (
                (self.query, hidden_states),
                (self.key, hidden_states),
                (self.value, hidden_states),
                (self.pos, position_embeddings),
            )
        )
        pairs = pairs.transpose(0, 1)  # (heads, queries, keys, d_k)
        asked = q[:, :, :, None] if self.of == "queries" else q[:, :, None]
        scores = (q @ k.mT + (asked * pairs).sum(-1)) / math.sqrt(q.size(-1))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


right(EmbeddingOfEachPair(24, 4))


@right
class WithMemory(nn.Module):
    """As in Transformer-XL: older tokens are given beside, and are keys alone."""

    def __init__(self, d_model=24, n_heads=4):
        super().__init__()
        self.n_heads, self.d_k = n_heads, d_model // n_heads
        self.w_q, self.w_k, self.w_v, self.w_o, self.w_r = (
            nn.Linear(d_model, d_model, bias=False) for _ in range(5)
        )
        self.table = torch.randn(64, d_model, generator=torch.Generator().manual_seed(7))

    def forward(self, x, mem):
        both, n = torch.cat([mem, x], dim=1), x.size(1)
        q, k, v, r = (
            project(t).unflatten(-1, (self.n_heads, -1)).transpose(-3, -2)
            for project, t in (
                (self.w_q, x),
                (self.w_k, both),
                (self.w_v, both),
                (self.w_r, self.table[-both.size(1) :]),
            )
        )
        m = k.size(-2)
        padded = F.pad(q @ r.mT, (1, 0)).view(len(x), self.n_heads, m + 1, n)
        scores = (q @ k.mT + padded[:, :, 1:].reshape(len(x), self.n_heads, n, m)) / self.d_k**0.5
        scores = scores.masked_fill(torch.ones(n, m).triu(m - n + 1).bool(), -math.inf)
        return self.w_o((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class Cache:
    """Keys and values of earlier steps. Who calls the layers says when a step is over."""

    def __init__(self, n_layers, batch_size, n_heads, max_len, head_dim):
        shape = n_layers, batch_size, n_heads, max_len, head_dim
        self.k, self.v, self.length = torch.zeros(shape), torch.zeros(shape), 0

    def advance(self, steps):
        self.length += steps


@right
class FilledInPlace(nn.Module):
    """A layer that fills an object given as its cache."""

    def __init__(self, n_embd=24, n_head=4, block_size=64, aligned="bottom_right"):
        super().__init__()
        self.n_head, self.aligned = n_head, aligned
        self.c_attn, self.c_proj = nn.Linear(n_embd, 3 * n_embd), nn.Linear(n_embd, n_embd)
        self.register_buffer("seen", torch.ones(block_size, block_size).tril())

    def forward(self, x, cache=None, layer_idx=None):
        q, k, v = self.c_attn(x).unflatten(-1, (3, self.n_head, -1)).permute(2, 0, 3, 1, 4)
        n, start = x.size(1), 0
        if cache is not None:
            start = cache.length
            for old, new in ((cache.k, k), (cache.v, v)):
                old[layer_idx, : len(x), :, start : start + n] = new
            k, v = (old[layer_idx, : len(x), :, : start + n] for old in (cache.k, cache.v))
        first = start if self.aligned == "bottom_right" else 0
        scores = q @ k.mT / math.sqrt(q.size(-1))
        scores = scores.masked_fill(self.seen[first : first + n, : start + n] == 0, -math.inf)
        return self.c_proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


@right
class HeadsShareWeights(nn.Module):
    """One small projection serves every head, and the inputs come in another order."""

    def __init__(self, embed_size=24, heads=4):
        super().__init__()
        self.heads, self.head_dim = heads, embed_size // heads
        self.W_v, self.W_k, self.W_q = (
            nn.Linear(self.head_dim, self.head_dim, bias=False) for _ in range(3)
        )
        self.fc_out = nn.Linear(embed_size, embed_size)

    @property
    def scale(self):
        return self.head_dim**-0.5

    def forward(self, values, keys, query, mask=None):
        values, keys, query = (
            project(t.unflatten(-1, (self.heads, -1)))
            for project, t in ((self.W_v, values), (self.W_k, keys), (self.W_q, query))
        )
        scores = torch.einsum("nqhd,nkhd->nhqk", query, keys)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-1e20"))
        weights = (scores * self.scale).softmax(dim=3)
        return self.fc_out(torch.einsum("nhqk,nkhd->nqhd", weights, values).flatten(2))
