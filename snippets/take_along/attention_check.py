# SPDX-License-Identifier: MIT
"""Tell which classic mistake an attention has.

    python attention_check.py mine.py:attention           a function or a class
    python attention_check.py "mine.py:Heads(64, 4)"      an instance
    assert check(attention).ok                            in a test

It runs the attention on small tensors and looks for the softmax(q k / sqrt(d_k)) v with the
fewest classic mistakes that gives the same numbers. A module's parameters are drawn anew, in
a copy, and its heads are compared between its projections, or between the two products of the
attention, so layer norms and residual paths around them do not matter. Needs torch alone.
Exit status: 0 no mistake, 1 mistakes, 2 could not be checked. Weaknesses (rows without keys,
large numbers, 16 bits) do not change the status, unless --strict is given.

To read it from top to bottom: the mistakes and what they do to the numbers; the report; a
reference that can make each mistake; what names mean, and how a class is constructed; how an
attention is called; how its queries, keys and values are found in a call; and the check in
layers, each of which builds on the one before: runs, what explains their numbers, properties
that need no reference, masks, and the experiments in their order.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import importlib.util
import inspect
import itertools
import linecache
import math
import re
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.parameter import UninitializedParameter
from torch.overrides import TorchFunctionMode

SCALES = r"sqrt|scal|\*\* *\(?-? *0?\.5|temperature"  # words of a scaled attention
BACKWARD = "revers|backward|anti_?causal"  # words of an attention to the future on purpose
SITE = "real_attention/"  # the pages are named from here
CLOSE, ROUGH = 2e-4, 3e-2  # rounding of 32 bits, and of 16
SIXTEEN = torch.float16, torch.bfloat16
PATIENCE = 10.0  # seconds of computing to look for what explains the numbers

# ---- the mistakes --------------------------------------------------------------------------------
# What is expected and the page that explains it, and under them each mistake and what it is.
MISTAKES_BY_PAGE = """
weights of a query that sum to 1 | mistakes/axes.md#softmax-over-the-wrong-axis
  softmax_queries      the softmax runs over the queries
  softmax_heads        the softmax runs over the heads
  softmax_batch        the softmax runs over the batch
softmax over the keys | softmax.md
  softmax_missing      there is no softmax: the scores themselves weigh the values
  softmax_log          log_softmax stands where softmax belongs
  softmax_twice        the softmax is applied twice
  softmax_sigmoid      a sigmoid stands where the softmax belongs
  softmax_relu         a ReLU stands where the softmax belongs
scores divided by sqrt(d_k) | scaling.md
  scale_missing        the scores are not scaled
  scale_doubled        the scores are scaled twice: divided by d_k
  scale_multiplied     the scores are multiplied by sqrt(d_k) where they should be divided
  scale_length         the scores are divided by the root of the length, not of d_k
  scale_heads          the scores are divided by the root of the number of heads, not of d_k
  scale_after_softmax  the scale comes after the softmax, where it shrinks the outputs
  scale_other          the scores are scaled by another factor
divided by sqrt(d_k), a head's width | mistakes/axes.md#scaled-by-the-root-of-d_model
  scale_d_model        the scores are divided by the root of d_model, not of d_k
hidden keys get no weight | mistakes/masks.md#mask-inverted
  mask_inverted        the mask is inverted: what should be hidden is all that is seen
hidden scores set to -inf before the softmax | mistakes/masks.md#mask-after-the-softmax
  mask_after_softmax   the mask comes after the softmax: weights no longer sum to 1
hidden scores set to -inf | mistakes/masks.md#zeros-instead-of-minus-infinity
  mask_zeros           hidden scores become 0 (or nearly) before the softmax: e^0 = 1 is a share
  mask_weak            hidden scores become a number too close to the others
hidden scores set to -inf | masking.md
  mask_added           a mask of True and False is added to the scores as 1 and 0
  mask_nan             with a mask, queries that may see keys get NaN: 0 times -inf is NaN
padding hides keys, for every query | masking.md
  mask_wrong_axis      the mask is on the wrong axis: it hides queries, not keys
each example's own mask, for all of its heads | masking.md
  mask_other_example   an example gets another one's mask, repeated in another order than the heads
hidden keys get no weight | masking.md
  mask_ignored         the mask changes nothing
query i sees keys 1 to i | masking.md
  causal_sees_next     causality is off by one: a query sees the key after it
  causal_not_itself    causality is off by one: a query does not see its own key
  causal_ignored       it is called causal, and a query sees the future
query i sees keys 1 to i | mistakes/masks.md#mask-inverted
  causal_inverted      the causal mask is inverted: a query sees the future and not the past
the last query sees all keys | mistakes/sizes.md#causal-with-unequal-lengths
  causal_top_left      the triangle starts at the top left: the newest query sees the oldest key
view(b, n, heads, d_k), transpose(1, 2) | mistakes/heads.md#heads-split-by-reshape
  heads_split          heads are mixed up when they are split: reshaped without a transpose
transpose(1, 2), then reshape | mistakes/heads.md#the-star-heads-merged-as-they-lie
  heads_merged         heads are mixed up when they are merged: reshaped without a transpose
repeat_interleave | mistakes/sizes.md#repeat-for-grouped-heads
  heads_repeat         keys and values are tiled (repeat): query heads meet another group's keys
outputs = weights @ values | function.md
  values_summed        the weights are summed before they meet the values: two letters for keys
  values_are_keys      the keys take the place of the values
  keys_values_swapped  keys and values are swapped
  values_are_queries   the queries take the place of the values
scores = queries @ keys.mT | function.md
  keys_are_values      the values take the place of the keys
  queries_keys_swapped queries and keys are swapped
  keys_are_queries     the queries take the place of the keys
  queries_are_keys     the keys take the place of the queries
  keys_reshaped        the keys are reshaped to (d_k, keys) where they should be transposed
  queries_are_values   the values take the place of the queries
each of queries, keys and values has its own | function.md
  weights_unused       a projection is never used: another stands in its place
every example alone | mistakes/layers.md#batch-taken-for-length
  batch_is_length      examples attend to each other: the batch is taken for the length
  examples_meet        another example of the batch changes the output
queries and keys turn, the values stay | rotary.md
  rotary_values        the rotary positions turn the values too
a step after n cached keys has position n | rotary.md
  rotary_offset        the rotary positions of a later step start at 0 again
both turn by their own position | rotary.md
  rotary_one_side      the rotary positions turn only one of queries and keys
the same outputs | mistakes/sizes.md#causal-with-unequal-lengths
  cache_differs        step by step with the cache, the outputs are not those of the whole
no dropout after eval() | mistakes/layers.md#dropout-in-eval
  dropout_in_eval      dropout is active in eval: two runs, two results
differences of rounding, about 1e-6 | function.md
  sixteen_bits         32-bit inputs are computed in 16 bits
a gradient that agrees with finite differences | function.md
  gradient_blocked     the gradient is blocked
the caller's tensors stay as they are | function.md
  input_modified       an input is modified in place
zeros, or at least a number | mistakes/masks.md#rows-without-keys
  nan_rows             a query that may see no key gets NaN
zeros for a query without keys | mistakes/masks.md#minus-a-billion
  minus_a_billion      a query without keys averages all values: hidden scores are -1e9 or so
sums in 32 bits | function.md
  half_overflow        float16 inputs that torch's own function can handle overflow
finite numbers | softmax.md
  overflow             large scores overflow: the softmax does not subtract the largest first
ones | mistakes/axes.md#softmax-over-the-wrong-axis
  rows                 the weights do not sum to 1: values that are all 1 do not come back as 1
no change | masking.md
  future               the last key changes earlier outputs of a causal attention
the outputs in the new order | mistakes/heads.md#heads-split-by-reshape
  tokens_mixed         tokens are mixed up: in another order, they give other outputs
the same numbers | function.md
  differs              it is not softmax(q k / sqrt(d_k)) v, in a way that has no name here
"""


def mistakes_in(table: str):
    """(name, (what it is, what was expected, page)) for each mistake of the table."""
    expected = page = ""
    for line in table.strip().splitlines():
        if line.startswith(" "):
            name, what = line.split(maxsplit=1)
            yield name, (what, expected, page)
        else:
            expected, page = line.split(" | ")


MISTAKES = dict(mistakes_in(MISTAKES_BY_PAGE))

# What a mistake does to the numbers, as settings of `reference` below. Tried alone, then in pairs.
TRIALS: list[tuple[str, dict[str, Any]]] = [
    ("scale_missing", {"scale": "missing"}), ("scale_doubled", {"scale": "doubled"}),
    ("scale_d_model", {"scale": "d_model"}), ("scale_multiplied", {"scale": "multiplied"}),
    ("scale_length", {"scale": "length"}), ("scale_heads", {"scale": "heads"}),
    ("scale_after_softmax", {"scale": "missing", "after": "d_k"}),
    ("scale_after_softmax", {"scale": "missing", "after": "d_model"}),
    ("softmax_queries", {"axis": "queries"}), ("softmax_heads", {"axis": "heads"}),
    ("softmax_queries", {"axis": "queries", "use": "kqv"}),  # transposed before the second product
    ("softmax_batch", {"axis": "batch"}), ("softmax_heads", {"axis": "heads", "apply": "finite"}),
    ("softmax_batch", {"axis": "batch", "apply": "finite"}),
    ("softmax_heads", {"axis": "heads", "apply": "nan"}),
    ("softmax_batch", {"axis": "batch", "apply": "nan"}), ("causal_sees_next", {"causal": "next"}),
    ("causal_not_itself", {"causal": "not_itself"}),
    ("causal_inverted", {"causal": "strict_future"}), ("causal_inverted", {"causal": "future"}),
    ("causal_inverted, mask_after_softmax", {"causal": "strict_future", "apply": "after"}),
    ("mask_after_softmax", {"causal": "past", "apply": "after"}),
    ("mask_zeros", {"causal": "past", "apply": "zeros"}),
    ("mask_weak", {"causal": "past", "apply": "weak"}),
    ("mask_weak", {"causal": "past", "apply": "weaker"}),
    ("mask_added", {"causal": "past", "apply": "added"}),
    ("mask_added", {"causal": "past", "apply": "added_hidden"}),
    ("heads_split", {"split_as": "reshape"}), ("heads_merged", {"merge_as": "reshape"}),
    ("heads_split", {"split_as": "channels"}), ("heads_merged", {"merge_as": "channels"}),
    ("heads_split", {"split_as": "reshape v"}), ("heads_split", {"split_as": "reshape k"}),
    ("heads_split", {"split_as": "reshape q"}), ("heads_split", {"split_as": "reshape qk"}),
    ("heads_split", {"split_as": "reshape kv"}),
    ("heads_split, heads_merged", {"split_as": "reshape", "merge_as": "reshape"}),
    ("values_are_keys", {"use": "qkk"}), ("keys_are_values", {"use": "qvv"}),
    ("keys_values_swapped", {"use": "qvk"}), ("queries_keys_swapped", {"use": "kqv"}),
    ("keys_are_queries", {"use": "qqv"}), ("queries_are_keys", {"use": "kkv"}),
    ("values_are_queries", {"use": "qkq"}), ("keys_reshaped", {"keys_as": "reshape"}),
    ("softmax_missing", {"act": "none"}), ("softmax_log", {"act": "log"}),
    ("softmax_twice", {"act": "twice"}), ("softmax_sigmoid", {"act": "sigmoid"}),
    ("softmax_relu", {"act": "relu"}), ("values_summed", {"act": "ones"}),
    ("values_summed", {"act": "own"}),
    ("heads_repeat", {"tile": True}), ("batch_is_length", {"batch_is_length": True}),
    ("rotary_values", {"turn": "qkv"}), ("rotary_one_side", {"turn": "q"}),
    ("rotary_one_side", {"turn": "k"}),
]  # fmt: skip

# The same for a mask that is given: how it is applied, and what becomes of it first.
MASK_TRIALS: list[tuple[str, str, str]] = [
    ("mask_after_softmax", "after", "as it is"), ("mask_zeros", "zeros", "as it is"),
    ("mask_weak", "weak", "as it is"), ("mask_weak", "weaker", "as it is"),
    ("mask_added", "added", "as it is"), ("mask_added", "added_hidden", "as it is"),
    ("mask_inverted", "huge", "as it is"), ("mask_wrong_axis", "before", "transposed"),
    ("mask_other_example", "before", "repeated batch first"),
    ("mask_other_example", "before", "repeated heads first"),
]  # fmt: skip


# ---- the report ----------------------------------------------------------------------------------
@dataclass
class Finding:
    mistake: str  # a key of MISTAKES
    tried: str
    got: str
    weakness: bool = False

    def __str__(self) -> str:
        what, expected, page = MISTAKES[self.mistake]
        kind = "weakness" if self.weakness else "MISTAKE"
        return (
            f"{kind}: {what}  [{self.mistake}]\n    tried:    {self.tried}\n    got:      "
            f"{self.got}"
            f"\n    expected: {expected}\n    read:     {SITE}{page}"
        )


@dataclass
class Report:
    name: str
    how: list[str] = field(default_factory=list)  # how the attention was interpreted
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    compared: bool = False  # whether its numbers were explained
    untested: list[str] = field(default_factory=list)  # what was left out all the same

    @property
    def mistakes(self) -> list[str]:
        return [f.mistake for f in self.findings if not f.weakness]

    @property
    def weaknesses(self) -> list[str]:
        return [f.mistake for f in self.findings if f.weakness]

    @property
    def ok(self) -> bool:
        return self.compared and not self.mistakes

    def add(self, mistakes: str, tried: str, got: str, weakness: bool = False) -> None:
        for mistake in mistakes.split(", "):
            if mistake not in self.mistakes + self.weaknesses:
                self.findings.append(Finding(mistake, tried, got, weakness))

    def __str__(self) -> str:
        lines = [f"{self.name}"] + [f"  read as: {line}" for line in self.how]
        lines += [f"  {text}".replace("\n", "\n  ") for text in map(str, self.findings)]
        lines += [f"  note: {note}" for note in self.notes]
        if self.mistakes:
            lines.append(f"  {len(self.mistakes)} mistake(s)")
        elif self.compared and self.untested:
            lines += [f"  not compared: {what}" for what in self.untested]
            lines.append("  no mistake found in what was compared")
        elif self.compared:
            lines.append("  no mistake found")
        else:
            lines.append(
                "  could not be compared with a reference: no mistake found, none excluded"
            )
        return "\n".join(lines)


def numbers(row) -> str:
    return "[" + ", ".join(f"{x:.3f}" for x in row.flatten()[:4].tolist()) + ", …]"


def gap(got, expected) -> str:
    matters = ~expected.isnan()
    largest = (got - expected)[matters].abs().nan_to_num(math.inf).max()
    return f"the largest difference is {largest:.2g}"


# ---- the reference, with mistakes on request -----------------------------------------------------
def rotate(x, positions, kind, base):
    """Rotary positions for (..., n, d); kind halves or neighbors, and "back" the other way."""
    d, (kind, _, back) = x.shape[-1], kind.partition(" ")
    positions = -positions if back else positions
    if d % 2:
        return x
    angle = positions[:, None] * base ** (-torch.arange(0, d, 2) / d)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x.chunk(2, -1) if kind == "halves" else (x[..., 0::2], x[..., 1::2])
    parts = a * cos - b * sin, a * sin + b * cos
    return torch.cat(parts, -1) if kind == "halves" else torch.stack(parts, -1).flatten(-2)


def triangle(kind, n, m, aligned="top_left"):
    ones = torch.ones(n, m, dtype=torch.bool)
    shift = m - n if aligned == "bottom_right" else 0
    below = {"past": 0, "next": 1, "not_itself": -1}
    if kind in below:
        return ones.tril(below[kind] + shift)
    return ones.triu({"future": 0, "strict_future": 1}[kind] + shift)


def split(flat, heads, how):
    """(batch, n, heads * d) as (batch, heads, n, d)."""
    b, n, width = flat.shape
    if how == "reshape":
        return flat.reshape(b, heads, n, width // heads)
    if how == "channels":  # as "reshape", where channels come before pixels
        return flat.mT.reshape(b, heads, n, width // heads)
    if how == "dh":
        return flat.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)
    return flat.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge(out, how):
    b, h, n, d = out.shape
    if how == "reshape":
        return out.reshape(b, n, h * d)
    if how == "channels":
        return out.reshape(b, h * d, n).mT
    if how == "dh":
        return out.permute(0, 2, 3, 1).flatten(2)
    return out.transpose(1, 2).flatten(2)


NORMS = {
    "rms": lambda t: t * t.pow(2).mean(-1, keepdim=True).add(1e-6).rsqrt(),
    "layer": lambda t: F.layer_norm(t, t.shape[-1:]),
    "unit": lambda t: F.normalize(t, dim=-1),
}


PLAIN: dict[str, Any] = {  # what can be set in the reference, and how it is without a mistake
    "scale": None, "factor": None, "after": None,  # by name, by number, and after the softmax
    "axis": "keys", "act": "softmax",  # of the softmax, and what stands in its place
    "causal": None, "align": "top_left",  # which triangle is seen, and where it starts
    "bias": None,  # added to the scores, (heads, n, m)
    "pattern": None, "allowed": None,  # seen keys (n, m), and (batch, heads or 1, n, m)
    "apply": "before",  # how hidden scores are hidden
    "split_as": "hd", "merge_as": "hd", "tile": False,  # of heads
    "use": "qkv", "keys_as": "mT",  # what stands in whose place
    "batch_is_length": False,
    "rope": None, "turn": "qk", "base": 10000.0, "norm": None,  # before the scores
}  # fmt: skip
FILLS = {
    "before": -math.inf, "nan": -math.inf, "finite": -1e9, "zeros": 0.0, "weak": -1.0,
    "weaker": -10.0, "huge": 1e20,
}  # fmt: skip


def operands(q, k, v, heads, s):
    """Queries, keys and values as (batch, heads, n, d_k), or None where the shapes do not fit."""
    parts = {"q": q, "k": k, "v": v}
    q, k, v = (parts[name] for name in s.use)
    if s.batch_is_length:
        q, k, v = (t.transpose(0, 1) for t in (q, k, v))
    kv_heads = max(1, k.shape[-1] // (q.shape[-1] // heads))
    if k.shape[-1] % kv_heads or v.shape[-1] % kv_heads or heads % kv_heads:
        return None
    how, _, some = s.split_as.partition(" ")  # "reshape v": of the values alone
    counts = heads, kv_heads, kv_heads
    hows = [how if part in (some or "qkv") else "hd" for part in "qkv"]
    q, k, v = (split(t, h, how) for t, h, how in zip((q, k, v), counts, hows, strict=True))
    if s.norm:
        q, k = NORMS[s.norm](q), NORMS[s.norm](k)
    if s.rope:
        q, k, v = (
            rotate(t, torch.arange(t.shape[-2]), s.rope, s.base) if part in s.turn else t
            for part, t in zip("qkv", (q, k, v), strict=True)
        )
    r = heads // kv_heads
    if r > 1:
        k, v = (t.repeat(1, r, 1, 1) if s.tile else t.repeat_interleave(r, 1) for t in (k, v))
    return (q, k, v) if q.shape[-1] == k.shape[-1] and k.shape[-2] == v.shape[-2] else None


def hidden_keys(n, m, s):
    """Which keys no query may see, (…, n, m), or None where the mask does not fit."""
    seen = torch.ones(1, 1, n, m, dtype=torch.bool)
    if s.causal:
        seen = triangle(s.causal, n, m, s.align)
    if s.pattern is not None and s.pattern.shape == (n, m):
        seen = seen & s.pattern
    if s.allowed is not None:
        if s.allowed.shape[-1] != m or s.allowed.shape[-2] not in (1, n):
            return None
        seen = seen & s.allowed
    return ~seen


def reference(q, k, v, heads, d_model, **settings):
    """Outputs (batch, n, width) of attention with the given mistakes. NaN where it does not matter.

    q, k, v: (batch, length, heads * d_k)
    returns: None where the mistakes do not fit the shapes
    """
    s = SimpleNamespace(**{**PLAIN, **settings})
    three = operands(q, k, v, heads, s)
    if three is None:
        return None
    q, k, v = three
    (n, d_k), m = q.shape[-2:], k.shape[-2]
    hidden = hidden_keys(n, m, s)
    if hidden is None or (s.act in ("none", "log") and s.apply == "before" and hidden.any()):
        return None
    factors = {
        None: d_k**-0.5, "missing": 1.0, "doubled": 1 / d_k, "multiplied": d_k**0.5,
        "d_model": d_model**-0.5, "heads": heads**-0.5, "length": m**-0.5,
    }  # fmt: skip
    across = k.mT if s.keys_as == "mT" else k.reshape(k.mT.shape)
    scores = q @ across * (factors[s.scale] if s.factor is None else s.factor)
    if s.bias is not None:
        scores = scores + s.bias
    if s.apply in FILLS:
        scores = scores.masked_fill(hidden, FILLS[s.apply])
    elif s.apply != "after":
        scores = scores + (~hidden if s.apply == "added" else hidden).to(scores.dtype)
    dim = {"keys": -1, "queries": -2, "heads": 1, "batch": 0}[s.axis]
    acts = {
        "softmax": lambda t: t.softmax(dim), "log": lambda t: t.log_softmax(dim),
        "twice": lambda t: t.softmax(dim).softmax(dim), "none": lambda t: t,
        "sigmoid": torch.sigmoid, "relu": torch.relu, "ones": torch.ones_like,
        "own": lambda t: torch.eye(n, m).expand_as(t),
    }  # fmt: skip
    weights = acts[s.act](scores)
    if s.apply == "after":
        weights = weights.masked_fill(hidden, 0)
    elif dim != -1 and s.apply == "before":
        weights = weights.nan_to_num(0.0)
    if s.after:
        weights = weights * (d_k if s.after == "d_k" else d_model) ** -0.5
    out = merge(weights @ v, s.merge_as)
    if s.apply == "before" and s.act == "softmax" and s.axis == "keys" and s.merge_as == "hd":
        empty = hidden.expand(len(out), hidden.shape[1] if hidden.dim() > 2 else 1, n, m)
        out = out.masked_fill(empty.all(-1).any(1)[..., None], math.nan)  # a query without keys
    return out.transpose(0, 1) if s.batch_is_length else out


def close(got, expected, tolerance=CLOSE) -> bool:
    """Whether the numbers agree wherever the expected ones matter."""
    if expected is None or got is None or got.shape != expected.shape:
        return False
    matters = ~expected.isnan()
    share = matters.float().mean()
    if share < 0.3 and not (share > 0.1 and torch.equal(got.isnan(), ~matters)):
        return False
    a, b = got[matters].double(), expected[matters].double()
    largest = tolerance * (1 + b.abs().max().item())
    finite = bool(a.isfinite().all() and b.isfinite().all())
    return finite and (a - b).abs().max().item() <= largest


@dataclass(eq=False)
class Case:
    """One run: the flat tensors between the projections, (batch, n, width), and the output."""

    q: torch.Tensor
    k: torch.Tensor
    v: torch.Tensor
    out: torch.Tensor
    heads: list[int]  # numbers of heads that are possible, the likeliest first
    d_model: int
    layout: str
    words: str = ""  # how a packed projection was taken apart
    weights: torch.Tensor | None = None  # (batch, heads, n, m) of the product with the values
    inner: bool = False  # taken from the two products of the attention, not from projections
    scaled_before: float = math.nan  # queries times keys, between projections and scores
    tiled: bool = False  # whether projected heads of keys or values were tiled before
    free: list[dict[str, Any]] = field(default_factory=list)  # settings that are no mistakes
    softmax_dims: list[int] = field(default_factory=list)
    base: dict[str, Any] = field(default_factory=dict)  # a mask that hides nothing, or nothing

    def expected(self, **settings):
        """Output of the reference, or None where the settings do not fit the shapes."""
        try:
            return reference(self.q, self.k, self.v, d_model=self.d_model, **settings)
        except (RuntimeError, IndexError, TypeError):
            return None

    def gives(self, tolerance=CLOSE, only=None, **settings) -> bool:
        """Whether the reference gives the output, or only these (batch, queries) of it."""
        expected = self.expected(**settings)
        if only is not None and expected is not None:
            return close(self.out[only], expected[only], tolerance)
        return close(self.out, expected, tolerance)


AROUND = {"split_as", "merge_as", "use", "tile", "turn", "batch_is_length"}  # the two products


def combined(count: int, core=None):
    """(mistakes, settings) with this many of the trials that do not contradict each other.

    core: what was found out between the two products; the trials are then of what is around them
    """
    among = TRIALS if core is None else [t for t in TRIALS if t[1].keys() <= AROUND]
    for trials in itertools.combinations(among, count):
        keys = [key for _, more in trials for key in more] + list(core or ())
        if len(keys) == len(set(keys)):
            settings = {key: value for _, more in trials for key, value in more.items()}
            yield ", ".join(names for names, _ in trials), {**(core or {}), **settings}


def explain(case: Case, count: int, tolerance=CLOSE, deadline=math.inf, core=None):
    """(mistakes, settings) of an attention with this many mistakes that gives the numbers."""
    for mistakes, settings in combined(count, core):
        if time.process_time() > deadline:
            return None
        of_heads = {"split_as", "merge_as"} & settings.keys() or "heads" in settings.values()
        for heads, free in itertools.product(case.heads[: 1 if count else None], case.free):
            interleaved = "dh" in (free.get("split_as"), free.get("merge_as"))
            if (
                (heads == 1 and of_heads)
                or (interleaved and count and core is None)
                or ("causal" in settings and "causal" in free)
                or ("turn" in settings and "rope" not in free)
            ):
                continue
            every = {"heads": heads, **free, **settings}
            if case.gives(tolerance, **every):
                return mistakes, every
    return None


def fit_scale(case: Case):
    """Settings with the factor of the scores that explains the numbers, or None."""

    def apart(factor, settings):
        got = case.expected(factor=factor, **settings)
        return math.inf if got is None else (got - case.out).nan_to_num(0).abs().max().item()

    for free in case.free:
        if "dh" in (free.get("split_as"), free.get("merge_as")) or "norm" in free:
            continue
        settings, low, high = {"heads": case.heads[0], **free}, -3.0, 1.5
        for _ in range(7):  # each time closer to the best of some factors
            powers = torch.linspace(low, high, 91 if high > 1 else 21).tolist()
            best = min(powers, key=lambda power, more=settings: apart(10**power, more))
            low, high = (best + sign * (powers[1] - powers[0]) for sign in (-1, 1))
        if apart(10**best, settings) < CLOSE:
            return {"factor": 10**best, **settings}
    return None


def fit_bias(case: Case):
    """Settings with a factor and a bias of the scores that explain the weights, or None.

    The logarithm of the weights is the scores times a factor, plus a bias that is the same in
    every example, plus a number for each softmax. The last two vanish where means are taken away.
    """
    heads, w = case.heads[0], case.weights
    if w is None or len(w) < 2:
        return None
    n, m = w.shape[-2:]
    seen = (w > 1e-12).all(0)  # (heads, n, m)
    shapes = {
        "past": triangle("past", n, m),
        "next": triangle("next", n, m),
        None: seen.new_ones(n, m),
    }
    causal = [kind for kind, shape in shapes.items() if bool((seen == shape).all())]
    for norm, kind in itertools.product((None, "unit"), causal[:1]):
        three = operands(case.q, case.k, case.v, heads, SimpleNamespace(**PLAIN | {"norm": norm}))
        if three is None:
            return None
        scores, logs = three[0] @ three[1].mT, w.clamp(min=1e-30).log()
        for axis, dim in (("keys", -1), ("queries", -2), ("heads", 1), ("batch", 0)):
            if axis == "batch" or (w.sum(dim) - 1).abs().max() > 1e-4:
                continue

            def without_means(t, dim=dim):
                t = t - t.mean(0)
                count = seen.sum(dim, keepdim=True) if dim < 0 else seen.sum(0, keepdim=True)
                t = t * seen
                return (t - t.sum(dim, keepdim=True) / count.clamp(min=1)) * seen

            x, y = without_means(scores), without_means(logs)
            factor = (x * y).sum((0, 2, 3)) / x.square().sum((0, 2, 3))
            apart = (y - factor[:, None, None] * x).abs().max()
            if not apart < 2e-3:
                continue
            bias = ((logs - factor[:, None, None] * scores) * seen).mean(0)
            bias = (bias - bias.amax(dim if dim < 0 else 0, keepdim=True)) * seen
            settings = {"heads": heads, "axis": axis, "norm": norm, "causal": kind}
            settings |= {"bias": bias, "factor": factor[:, None, None]}
            if case.gives(1e-3, **settings):
                return {key: value for key, value in settings.items() if value is not None}
    return None


# ---- what a parameter's name means ---------------------------------------------------------------
BEFORE = r"(x_?|inputs?_?|emb_?|pre_)?"
BEHIND = r"(_?(states?|in|input|x|proj|seq(uence)?s?|layer|emb))?"


def of_weight(role: str) -> str:
    """Pattern of names for the weights of a projection, as parameters of a function."""
    behind = r"_?(proj(ection)?_?)?(weights?|matrix|mat|w)"
    return rf"w(eights?)?_?({role})|({role}){behind}"


NAMES = [  # of a function's or a constructor's parameters, lowercase; the first that fits counts
    ("weight_q", of_weight("q|query|queries|qs")),
    ("weight_k", of_weight("k|keys?")),
    ("weight_v", of_weight("v|values?")),
    ("weight_o", of_weight("o|0|out|output|proj|projection") + r"|projection_(matrix|weights?)"),
    ("weight_qkv", of_weight("qkv|in")),
    ("bias_vector", r"b_?(q|k|v|o|0|out)|(q|k|v|o|out|query|key|value|output)_?(proj_?)?bias(es)?"),
    ("bias_qkv", r"b_?(qkv|in)|(qkv|in)_?(proj_?)?bias"),
    ("lengths", r"valid_?lens?|((\w+_)?seq(uence)?_?|kv_?)?len(gth)?s|(seq|key)_lens?"),
    ("flag", r"(return|need|output|average|verbose|debug|with)(_\w+)?"),
    ("position_embeddings", r"position_embeddings?|rope_cache|rotary_pos_emb|rope|rotary|"
        r"rotary_emb\w*"),
    ("cos", r".*\bcos|cos.*|rope_cos|freqs_cos"),
    ("sin", r"sin.*|rope_sin|freqs_sin"),
    ("freqs_cis", r"freqs_?(cis|complex)?|freqs_?c.*|rope_freqs|rotary_freqs"),
    ("positions", r"pos(ition)?_?ids?|positions?|input_pos|cache_position"),
    ("offset", r"offset|start_?pos|(pos(ition)?|rope|q|query)_?offset|past_len(gth)?|cache_?len|"
        r"start|cur_pos|pos"),
    ("use_cache", r"use_(kv_)?cache"),
    ("cache", r"(kv_?)?cache|past(_kv|_key_values?|_keys_values)?|layer_past|prev_kv"),
    ("mask", r".*mask.*|attn_?bias|attention_?bias"),
    ("causal", r"(is_?|use_?)?causal|autoregressive|masked"),
    ("gqa", r"enable_gqa"),
    ("n_rep", r"n_rep|n_?repeats?|group_size|q_per_kv"),
    ("kv_heads", r"(n|num)_?(local_)?(kv|key_value)_?(heads?|groups?)|(kv|key_value)_heads?|(n|"
        r"num)_(query_)?groups|n_kv|num_kv|h_kv|groups"),
    ("heads", r"(n|num|number_of|nr)?_?(attention|attn|query|q|mha|local)?_?heads?(_num|_count)?|"
        r"n_?h|h|nhead|heads_?num"),
    ("d_k", r"(attn_?)?(d|dim|size)_?(k|q|v|head|qk|key|query|value|keys|values|queries)|(head|key|"
        r"value|query|per_head|q_?k|[qkv])_?(d|dim|dims|dimension|size|width)|d_?([kqv]|kv|qk)|"
        r"kdim_per_head|attention_dim_per_head"),
    ("d_model", r"d|c|k?v?dim(ension)?(_?model|_in|_out)?|(d|dim|size|n)_?(model|emb|embd|embed|"
        r"embedding|in|out|input|output|hid|hidden|inner|attn|state)|(emb|embd|embed|embedding|"
        r"model|hidden|input|output|in|out|inner|attention|attn|feature|feat|token|query)_?(d|"
        r"dim|dims|dimension|dimensions|size|width|channels|features|feature|feats?)|width|"
        r"channels|hidden|emb|embed|embedding|feat(ure)?s?|(in|out)_?(planes)"),
    ("dropout", r".*(drop|pdrop).*|p|dp"),
    ("scale", r"(qk_?|softmax_?|sm_?)?scale|scaling|scale_factor"),
    ("temperature", r"temperature|temp"),
    ("max_length", r"(block|context|window|ctx)_?(size|length|len)|max_?(seq|sequence|pos|position|"
        r"context|target|source)?_?(len|length|positions?|embeddings|size)?.*|(seq|"
        r"sequence)_?(len|length|size)|n_?ctx|t|n_positions|n_tokens|num_tokens|length|size"),
    ("batch", r"(max_)?batch(_size)?|b"),
    ("bias", r".*bias.*"),
    ("training", r"training|train|is_training"),
    ("batch_first", r"batch_first"),
    ("eps", r".*eps"),
    ("base", r".*(theta|base)"),
    ("layer", r"layer(_?(idx|id|number|index))?|depth"),
    ("device", r"device"),
    ("dtype", r".*dtype"),
    ("qkv", r"((mixed|fused|packed)_)?qkv(_?packed)?"),
    ("query", BEFORE + r"q(uery|ueries|s)?" + BEHIND),
    ("key", BEFORE + r"k(ey|eys|s)?" + BEHIND),
    ("value", BEFORE + r"v(alue|alues|s)?" + BEHIND),
    ("kv", r"k_?v|key_?values?" + BEHIND + r"|(x|inputs?)_?k_?v"),
    ("context", r"context|ctx|memory|mem|enc.*|y|cond|source|src_?states|cross.*|other|x_?2|z|xa"),
    ("x", r"x|x_?1|inputs?|hidden(_?states?)?|tokens?|emb(edding|eddings|eds)?|src|tgt|h|features?|"
        r"seq(uence)?|data|inp|tensor|states?|input_(tensor|embeddings?)|tok.*"),
    ("config", r"config|cfg|conf|args|hparams|hps|params|model_?(args|config)|c|gpt_?conf.*|opts?"),
]  # fmt: skip
SIZES = [  # of a constructor, if nothing above fits
    ("max_length", r"\w*(len|length)"),
    ("d_k", r"(?!all)\w*head_?(dim|size|width|features)"),
    ("d_model", r"(?!patch|kernel|image|vocab|stride|num)\w*(dim|size|width|features|channels|"
        r"units)"),
]  # fmt: skip
TENSORS = {
    "qkv", "query", "key", "value", "x", "kv", "context", "positions", "offset", "cache", "lengths",
    "position_embeddings",
}  # fmt: skip


def role_of(name: str, constructor: bool = False) -> str:
    """Role that a parameter's name suggests, or ''."""
    name = name.lower().strip("_")
    if "head_mask" in name:  # it weighs whole heads
        return ""
    if constructor:  # there, h and c are numbers, and a mask is not a tensor
        skip = TENSORS | {"flag", "length"}
        skip |= {role for role, _ in NAMES if role.startswith(("weight_", "bias_"))}
        if re.fullmatch(r"(\w+_)?(config|cfg|conf|args|hparams|hps|param(eter)?s|opts?)", name):
            return "config"
        if name == "k":
            return "d_model"
    else:
        skip = {"config"} | ({"heads"} if name == "h" else set())
        if name in ("src", "embedding", "embed", "hidden"):
            return "x"
        if re.fullmatch(r"((seq(uence)?|query|q|src|tgt|num|n)_?(len|length|tokens))|length", name):
            return "length"
        if name in ("d", "c", "b", "t", "size"):
            return ""
        if re.fullmatch(r"(start|cur|current)?_?pos", name):
            return "offset"
    names = NAMES + (SIZES if constructor else [])
    fits = (role for role, pattern in names if role not in skip and re.fullmatch(pattern, name))
    return next(fits, "")


@functools.lru_cache
def source_of(attention) -> str:
    """Text of a function or a class without its decorators, or ''."""
    if (getattr(attention, "__module__", "") or "").startswith("torch"):
        return ""
    try:
        if inspect.isclass(attention):  # inspect.getsource would parse the whole file
            methods = [f for f in vars(attention).values() if inspect.isfunction(f)]
            file = getattr(sys.modules[attention.__module__], "__file__", None)  # not in notebooks
            lines = linecache.getlines(file or methods[0].__code__.co_filename)
            head = re.compile(rf"\s*class\s+{attention.__name__}\b")
            last = max(i for i, line in enumerate(lines) if head.match(line))
            return "".join(inspect.getblock(lines[last:]))
        text = inspect.getsource(attention)
    except (OSError, TypeError, LookupError, ValueError):
        return ""
    return re.sub(r"(?sm)^\s*@.*?(?=^\s*(async def|def)\b)", "", text, count=1)


class Sizes:
    """Axis sizes that all differ: batch, heads, queries, keys, widths."""

    def __init__(self, d_model=24, heads=4, taken=(), length=None):
        self.d_model, self.heads, self.kv_heads = d_model, heads, max(1, heads // 2)
        self.d_k = d_model // heads
        known = {d_model, heads, self.d_k, length, *taken}
        free = [n for n in (3, 5, 7, 11, 13, 17, 19, 23) if n not in known]
        self.batch, self.n, self.m = free[:3]
        self.n = length or self.n
        self.grid = self.n, 1  # height and width of an image of n pixels

    def settings(self, length: int = 32) -> dict[str, Any]:
        return {
            "d_model": self.d_model, "heads": self.heads, "kv_heads": self.kv_heads,
            "n_rep": self.heads // self.kv_heads, "d_k": self.d_k, "dropout": 0.5,
            "scale": self.d_k**-0.5, "temperature": self.d_k**0.5, "max_length": length,
            "batch": self.batch, "bias": False, "training": False, "batch_first": True,
            "eps": 1e-6, "base": 10000.0, "layer": 0, "device": "cpu", "dtype": torch.float32,
            "causal": True, "mask": None, "gqa": True, "length": self.n,
            "height": self.grid[0], "width": self.grid[1],
        }  # fmt: skip


class NotConstructed(TypeError):
    """Raised for a class whose arguments could not be guessed."""


class Config:
    """Stands for whatever configuration a constructor asks for, by the names it reads."""

    def __init__(self, settings, nested=False):
        self.__dict__.update(_settings=settings, _written={}, _nested=nested)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        role = role_of(name, constructor=True)
        if role == "config" or (self._nested and not role):  # one within another
            return self
        return self._settings.get(role) if role else self._written.get(name)

    def __setattr__(self, name, value):
        self._written[name] = value

    __getitem__ = __getattr__

    def get(self, name, default=None):
        value = getattr(self, name)
        return default if value is None else value

    def __contains__(self, name):
        return role_of(name, constructor=True) != ""

    def to_dict(self):
        return self


def construct(cls, sizes: Sizes, width: int = 24) -> tuple[Any, str]:
    """Instance of a class with guessed arguments, and the call in words."""
    problem: Exception | None = None
    kinds = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    parameters = [p for p in inspect.signature(cls).parameters.values() if p.kind not in kinds]
    roles = {p.name: role_of(p.name, constructor=True) for p in parameters}
    divides = re.search(r"/=?\s*\(?(self\.)?scale\b|div_?\([^)]*scale", source_of(cls))
    text = "\n".join(map(source_of, cls.__mro__[:-1]))
    square = r"{0} *\*\* *2|{0} *\* *(self\.)?{0}|arange\((self\.)?{0}"
    sides = {p.name: 4 for p in parameters if re.search(square.format(p.name), text)}
    sides |= {p.name: (2, 3) for p in parameters if re.search(rf"\b{p.name}\[[01]\]", text)}
    sides = {name: side for name, side in sides.items() if "window" in name or side != 4}
    unknown = [p.name for p in parameters if not roles[p.name] and p.default is p.empty]
    if unknown and "d_model" not in roles.values():
        roles[unknown[0]] = "d_model"  # the first number is the width in all styles that we know
    both, of_heads = (False, True), {"heads", "d_k", "config"} & set(roles.values())
    others = (False, width, 1) if "" in roles.values() else (False,)
    for nested, given_all, length, one_head, other in itertools.product(
        both, both, (32, sizes.n), both, others
    ):
        settings = sizes.settings(length) | {"d_model": width}
        settings["heads"] = settings["heads"] if of_heads and not one_head else 1
        settings["scale"] **= -1 if divides else 1
        guesses = ((p, guess(p, roles[p.name], settings, other, sides)) for p in parameters)
        arguments = {p.name: value for p, value in guesses if value is not p.empty}
        for p in parameters:
            optional = p.default is None and roles[p.name] in ("d_model", "d_k", "max_length")
            if optional and not given_all:
                arguments.pop(p.name)
            elif roles[p.name] == "config":
                arguments[p.name] = Config(settings, nested)
        shown = {k: "…" if roles[k] == "config" else value for k, value in arguments.items()}
        try:
            made = cls(**arguments)
        except Exception as error:
            problem = problem or error
            continue
        weights = list(made.parameters()) if isinstance(made, nn.Module) else []
        if not weights and "d_model" in roles.values() and not of_heads and width != sizes.d_k:
            return construct(cls, sizes, sizes.d_k)  # its inputs are one head wide
        if all(isinstance(p, UninitializedParameter) or p.numel() for p in weights):
            return made, f"{cls.__name__}({', '.join(f'{k}={v}' for k, v in shown.items())})"
    raise NotConstructed(f"{cls.__name__} could not be constructed ({problem}): give an instance")


def guess(p, role: str, settings, other, sides):
    """Argument of a constructor's parameter; p.empty where it keeps its default.

    sides: of windows, by name
    """
    needed = p.default is p.empty
    if p.name in sides and role == "max_length":
        return sides[p.name]
    if role == "dropout" and (needed or isinstance(p.default, float)):
        return 0.5
    if role in ("d_model", "heads", "kv_heads", "d_k", "max_length") or needed:
        flag = isinstance(p.default, bool) or p.annotation in (bool, "bool")
        return False if flag else settings.get(role, other)
    return p.empty


# ---- running it ----------------------------------------------------------------------------------
PRODUCTS = {
    "linear", "matmul", "__matmul__", "__rmatmul__", "bmm", "mm", "einsum", "addmm", "conv1d",
    "conv2d", "tensordot", "baddbmm",
}  # fmt: skip
INNER = PRODUCTS | {"scaled_dot_product_attention"}
# What may follow a projection directly and still belong to it: a bias, an activation, a norm.
FOLLOW = {
    "add", "__add__", "__radd__", "add_", "__iadd__", "relu", "relu_", "gelu", "tanh", "silu",
    "elu", "leaky_relu", "layer_norm", "rms_norm",
}  # fmt: skip
DROPS = {"dropout", "dropout_", "dropout1d", "feature_dropout", "alpha_dropout", "native_dropout"}


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(part)
    elif hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
        yield from tensors_in(vars(value))


class Watch(TorchFunctionMode):
    """Record every product with a parameter; leave out dropout while drop is False."""

    def __init__(self, names: dict[int, str], drop: bool):
        super().__init__()
        self.names, self.drop = names, drop
        self.derived: dict[int, tuple[str, torch.Tensor]] = {}  # views of parameters, kept alive
        self.events: list[list[Any]] = []  # of products: the parameter's name, inputs, output
        self.open: dict[int, tuple[int, torch.Tensor]] = {}  # outputs that something may follow
        self.inner: list[tuple[list[Any], Any]] = []  # the same of products without parameters
        self.softmax_dims: list[int] = []

    def name_of(self, t):
        if id(t) in self.derived:
            return self.derived[id(t)][0]
        learned = r"(^|[._])(latent|probe|cls|class_token|token|seed|induc|slot|mem_)\w*$"
        if isinstance(t, nn.Parameter):
            if re.search(learned, self.names.get(id(t), "")):  # they are inputs, not weights
                return None
            return self.names.get(id(t), f"parameter {len(self.events)}")
        return None

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if not self.drop:
            if name in DROPS and args:
                return args[0]
            if name == "scaled_dot_product_attention":
                args = (*args[:4], 0.0, *args[5:]) if len(args) > 4 else args
                kwargs = {**kwargs, "dropout_p": 0.0} if "dropout_p" in kwargs else kwargs
        result = func(*args, **kwargs)
        if name in ("softmax", "_softmax"):
            dim = kwargs.get("dim", next((a for a in args[1:] if isinstance(a, int)), None))
            self.softmax_dims += [] if dim is None else [dim]
        named = [(t, self.name_of(t)) for t in tensors_in([args, kwargs])]
        found = [n for _, n in named if n]
        others = [t for t, n in named if not n]
        if name in FOLLOW and isinstance(result, torch.Tensor) and len(others) == 1:
            event, before = self.open.get(id(others[0]), (None, None))
            if before is not None and before.shape == result.shape:
                self.events[event][2] = result.clone()
                self.open[id(result)] = event, result
        if not found:
            if name in INNER and isinstance(result, torch.Tensor):
                self.inner.append(([t.clone() for t in others], result.clone()))
            return result
        if isinstance(result, torch.Tensor):
            if not others:
                self.derived[id(result)] = found[0], result
            elif name in PRODUCTS:
                copies = [t.clone() for t in others]  # what follows may change them in place
                self.events.append([found[0], copies, result.clone()])
                self.open[id(result)] = len(self.events) - 1, result
        elif isinstance(result, (tuple, list)) and not others:
            for index, part in enumerate(tensors_in(result)):
                self.derived[id(part)] = f"{found[0]}[{index}]", part
        return result


def same_numbers(a, b) -> bool:
    return a.shape == b.shape and torch.equal(a.nan_to_num(7.0), b.nan_to_num(7.0))


def products_of(part, args, kwargs, out):
    """Products of an nn.MultiheadAttention, which torch does in one call."""
    keywords = (kwargs[name] for name in ("query", "key", "value") if name in kwargs)
    weights = [part.q_proj_weight, part.k_proj_weight, part.v_proj_weight]
    if part.in_proj_weight is not None:
        weights = part.in_proj_weight.chunk(3)
    biases = part.in_proj_bias.chunk(3) if part.in_proj_bias is not None else [None] * 3
    three = zip("qkv", (*args, *keywords)[:3], weights, biases, strict=True)
    return [*((name, [t], F.linear(t, w, b)) for name, t, w, b in three), ("out", [out[0]], out[0])]


def theirs(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None,
           enable_gqa=False): ...  # fmt: skip


def parameters_of(attention):
    if isinstance(attention, torch.jit.ScriptFunction):
        kind, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
        given = attention.schema.arguments
        defaults = [a.default_value if a.has_default_value() else empty for a in given]
        pairs = zip(given, defaults, strict=True)
        return [inspect.Parameter(a.name, kind, default=default) for a, default in pairs]
    try:
        target = attention.forward if isinstance(attention, nn.Module) else attention
        return list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):  # torch's own, written in C++
        return list(inspect.signature(theirs).parameters.values())


def unpacked(parameters, attention):
    """Parameters, with the parts of one that is unpacked at once; and which belong together."""
    forward = type(attention).forward if isinstance(attention, nn.Module) else attention
    source, result, packs = source_of(forward), [], {}
    for p in parameters:
        name, comma = re.escape(p.name), r"\s*,\s*"
        role = role_of(p.name)
        at_once = re.search(rf"(?m)^\s*\(?(\w+(?:{comma}\w+)+)\)?\s*=\s*{name}\s*(?:#.*)?$", source)
        one_by_one = re.findall(rf"(?m)^\s*(\w+)\s*=\s*{name}\[\d\]\s*(?:#.*)?$", source)
        names = re.split(comma, at_once[1]) if at_once else one_by_one
        made_here = re.search(rf"(?m)^\s*{name}\s*=[^=]", source)
        optional = p.default is not p.empty
        if (
            len(names) < 2
            or optional
            or made_here
            or role in ("cache", "position_embeddings", "freqs_cis")
        ):
            result.append(p)
            continue
        result += [inspect.Parameter(part, p.POSITIONAL_OR_KEYWORD) for part in names]
        packs |= dict.fromkeys(names, names)
    return result, packs


def is_square(t) -> bool:
    return t.dim() > 1 and t.shape[-1] == t.shape[-2] > 1


def is_triangle(b) -> bool:
    if not is_square(b):
        return False
    square = b.reshape(-1, *b.shape[-2:])[0].to(torch.float32)
    square = square.nan_to_num(1.0, neginf=1.0, posinf=1.0)
    return bool((square.tril(-1).abs().sum() == 0) != (square.triu(1).abs().sum() == 0))


def width_of(module) -> int | None:
    """The width of a module's inputs."""
    named = r"_?(d_?model|d_?emb\w*|n?_?emb\w*|model_dim|hidden_size|dim|d_in)"
    given = [n for key, n in vars(module).items() if type(n) is int and re.fullmatch(named, key)]
    for part in module.modules():
        if isinstance(part, (nn.MultiheadAttention, nn.Conv1d, nn.Conv2d)):
            return getattr(part, "embed_dim", None) or part.in_channels
        if isinstance(part, nn.Linear):
            return max([part.in_features, *given])
    shapes = [p.shape for p in module.parameters() if p.dim() > 1]
    return next(iter(given + [s[0] if len(s) == 2 else max(s) for s in shapes]), None)


def heads_of(attention) -> list[int]:
    """Numbers of heads that attributes of the module or its parts give."""
    found = []
    for part in attention.modules() if isinstance(attention, nn.Module) else [attention]:
        for name, value in vars(part).items() if hasattr(part, "__dict__") else ():
            role = role_of(name, constructor=True)
            if role == "heads":
                found.append(value)
            elif role == "config" and not isinstance(value, (int, str)):
                for key in ("n_head", "n_heads", "num_heads", "num_attention_heads"):
                    get = getattr(value, "get", lambda key, value=value: getattr(value, key, None))
                    found.append(get(key))
    return list(dict.fromkeys(n for n in found if type(n) is int and n > 0))


def draw(module, heads: int) -> None:
    """New weights for which no mistake hides: scores of about 1, no zeros."""
    generator = torch.Generator().manual_seed(1)
    parts = [part for part in module.modules() if isinstance(part, nn.modules.conv._ConvNd)]
    of_convolutions = {id(part.weight) for part in parts}
    for name, p in module.named_parameters():
        if not p.is_floating_point():
            continue
        if re.search(r"rel|pos(?!t)|table|alibi|slope|sink", name.lower()):
            p.zero_()  # positions that are added, which could be anything
        elif re.search(r"gamma|norm|(^|[._])ln", name.lower()):
            p.fill_(1.0)
        elif p.dim() > 1 and p.numel() in (1, heads):
            pass  # a temperature: what a constructor gives suits it
        elif p.dim() > 1 and p.shape[:2] == (heads, heads) and p.numel() == heads**2 > 1:
            p.copy_(torch.eye(heads).reshape(p.shape))  # each head for itself, no talking
        elif p.dim() > 1:
            width = max(p.shape[-2:]) if p.dim() > 2 else p.shape[-1]
            width = p[0].numel() if id(p) in of_convolutions else width
            p.copy_(torch.randn(p.shape, generator=generator) * 1.3 / math.sqrt(width))
        elif p.shape == (heads,) and name.endswith("bias"):
            p.zero_()  # of heads that mix
        elif p.dim() == 1 and not name.endswith("bias") and not p.any():
            p.fill_(1.0)  # a factor of the outputs, or of a norm, that starts at 0
        elif name.endswith("bias"):  # so that a report does not depend on the constructor's numbers
            p.copy_(torch.randn(p.shape, generator=generator) * 0.1)
    for name, b in module.named_buffers():
        if re.search(r"alibi|slope", name.lower()) and b.is_floating_point():
            b.zero_()
    for part in module.modules():
        if isinstance(part, nn.MultiheadAttention):
            part.out_proj.weight.copy_(torch.eye(part.embed_dim))
            if part.out_proj.bias is not None:
                part.out_proj.bias.zero_()


# ---- the attention under test --------------------------------------------------------------------
class Signature:
    """What the parameters of an attention mean, and the arguments that they take."""

    def __init__(self, attention, kwargs=None):
        self.kwargs = dict(kwargs or {})
        self.text = source_of(attention) if inspect.isroutine(attention) else ""
        self.parameters, self.packs = unpacked(parameters_of(attention), attention)
        self.roles = self.read_roles()
        self.sizes = Sizes()

    @property
    def form(self) -> str:
        known = set(self.roles.values())
        if {"query", "key", "value"} <= known or "qkv" in known:
            return "qkv"
        if "query" in known and known & {"kv", "context", "key"}:
            return "q, kv"
        return "x, context" if "x" in known and self.needs("context") else "x"

    def has(self, role: str) -> bool:
        return role in self.roles.values()

    def needs(self, role: str) -> bool:
        """Whether a parameter of this role has no default."""
        return any(self.roles.get(p.name) == role and p.default is p.empty for p in self.parameters)

    def name_for(self, role: str) -> str:
        return next(name for name, r in self.roles.items() if r == role)

    def transposes(self, role: str) -> bool:
        """Whether the text takes weights as (out, in), as F.linear does."""
        name = self.name_for(role)
        return bool(re.search(rf"linear\([^()]*\b{name}\b|\b{name}\.(T|t\(|mT|tr)", self.text))

    def read_roles(self) -> dict[str, str]:
        """Role of each parameter. Unknown required ones are q, k, v in this order, or x."""
        roles: dict[str, str] = {}
        for p in self.parameters:
            if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) or p.name in self.kwargs:
                continue
            role = role_of(p.name)
            if role == "mask" and (isinstance(p.default, bool) or p.annotation in (bool, "bool")):
                role = "causal"
            if p.annotation in (bool, "bool") and role != "causal":
                role = "flag"
            if "Tensor" in str(p.annotation) and role in ("d_model", "d_k", "max_length", "batch"):
                role = "x"  # as in_features, which is a number elsewhere
            known = role in roles.values() or (role == "x" and "query" in roles.values())
            roles[p.name] = "" if known and role not in ("mask", "flag", "length") else role
        for pair in (("height", "width"), ("h", "w"), ("H", "W")):  # of an image
            if roles.keys() >= set(pair):
                roles |= dict(zip(pair, ("height", "width"), strict=True))
        needed = [p.name for p in self.parameters if p.name in roles and p.default is p.empty]
        inputs = ("", "x", "context", "query", "key", "value", "kv", "qkv")
        tensors = [name for name in needed if roles[name] in inputs]
        known = {roles[name] for name in tensors}
        three = len(tensors) >= 3 and not {"key", "value"} <= known
        if three or not {"query", "x", "key", "qkv"} & known:
            order = {1: ["x"], 2: ["x", "context"]}.get(len(tensors), ["query", "key", "value"])
            roles |= dict(zip(tensors, order, strict=False))
        elif "" in (unknown := {name: roles[name] for name in tensors}).values():
            roles[next(name for name in unknown if not unknown[name])] = "context"
        return roles

    def value_for(self, p, values):
        """Argument of a parameter; p.empty where it keeps its default."""
        role = self.roles.get(p.name, "")
        for known, key in ((self.kwargs, p.name), (values, p.name), (values, role)):
            if key in known:
                return known[key]
        if p.default is not p.empty:
            return p.empty
        if role == "lengths":
            return torch.full((self.sizes.batch,), self.sizes.n)
        if role in ("mask", "cache", "dropout"):
            return None
        if role in ("offset", "layer"):
            return 0
        if role in ("bias_vector", "bias_qkv"):
            return torch.zeros(self.sizes.d_model * (3 if role == "bias_qkv" else 1))
        if role in ("causal", "flag"):
            return False
        return values.get("x") if role in ("context", "kv") else self.sizes.settings().get(role)

    def arguments(self, values: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Arguments by position and by name. Unknown parameters with defaults keep them."""
        arguments: list[Any] = []
        keywords: dict[str, Any] = {}
        by_name = False
        for p in self.parameters:
            value = p.empty
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                value = self.value_for(p, values)
            first, *others = self.packs.get(p.name, ("",))
            if p.name in self.packs and p.name != first:
                continue
            if others:  # one argument that holds several
                parts = {q.name: self.value_for(q, values) for q in self.parameters}
                value = tuple(parts[name] for name in self.packs[p.name])
            if value is p.empty:
                by_name = True
            elif (by_name or p.kind is p.KEYWORD_ONLY) and not others:
                keywords[p.name] = value
            else:
                arguments.append(value)
        return arguments, keywords


class Subject(Signature):
    """The attention under test, called by the roles of its parameters."""

    def __init__(self, attention, n_heads=None, kwargs=None):
        self.name = getattr(attention, "__name__", type(attention).__name__)
        self.built, self.modified = "", ""
        self.module, self.watch = None, None
        if inspect.isclass(attention):
            attention, self.built = construct(attention, Sizes())
        if isinstance(attention, nn.Module):
            self.module = attention = copy.deepcopy(attention).eval()
        self.run = attention
        self.keeps_state, self.steps = False, None
        self.given: dict[str, Any] = {}  # the tensors of the last run, by role
        super().__init__(attention, kwargs)
        if self.module is not None:
            self.wake()
            draw(self.module, next(iter(heads_of(attention)), 0))
        self.attribute_heads = heads_of(attention)
        self.n_heads = n_heads or next(iter(self.attribute_heads), 4)
        if not self.has_weights and self.n_heads == 1:
            self.n_heads = 4
        self.sizes = next(self.all_sizes())

    def all_sizes(self):
        """Sizes that may suit, the likeliest first: no longer than a triangle of its own."""
        module = self.module
        taken = {size for p in module.parameters() for size in p.shape} if module else set()
        widths = [24]
        if module is not None:
            linear = [part for part in module.modules() if isinstance(part, nn.Linear)]
            given = {n for n in vars(module).values() if type(n) is int and 1 < n < 512}
            given |= {n for part in linear for n in (part.in_features, part.out_features)}
            known = width_of(module) or 24
            wider = sorted(n for n in given if n > known and n % known == 0)
            widths = [known, *([24] if self.built else []), *wider]
        squares = [b.shape[-1] for b in module.buffers() if is_square(b)] if module else []
        longest = min((size for size in squares if size <= 64), default=None)
        for width in dict.fromkeys(widths):
            heads = 1 if width % self.n_heads else self.n_heads
            sizes = Sizes(width, heads, taken)
            if longest is None or longest >= sizes.n:
                yield sizes
            if longest is not None and longest != sizes.n:
                yield Sizes(width, heads, taken, longest)
        for grid in self.grids():
            sizes = Sizes(widths[0], 1 if widths[0] % self.n_heads else self.n_heads, taken)
            sizes.n, sizes.grid = math.prod(grid), grid
            yield sizes

    def grids(self):
        """Heights and widths of images that suit: a window's, one that can be made smaller."""
        given = {p.name: p.default for p in self.parameters}
        defaults = [given[name] for name, r in self.roles.items() if r in ("height", "width")]
        if len(defaults) == 2 and all(type(size) is int for size in defaults):
            yield tuple(defaults)
        names = r"(window|input|image|img|feature)_?(size|resolution)|ws"
        for name, size in vars(self.module).items() if self.module is not None else ():
            if re.fullmatch(names, name) and 1 < (size if type(size) is int else 0) < 17:
                yield size, size
            elif re.fullmatch(names, name) and isinstance(size, (tuple, list)) and len(size) == 2:
                yield tuple(size)
        parts = self.module.modules() if self.module is not None else ()
        if any(getattr(part, "kernel_size", 1) not in (1, (1,), (1, 1)) for part in parts):
            yield from [(4, 6), (8, 8)]

    def context_widths(self) -> tuple[int, int]:
        """Widths of what keys and values are made of, 0 where they are not known."""
        widths = {"k": 0, "v": 0}
        for name, part in self.module.named_modules() if self.module is not None else ():
            role = role_of_weight(name) if isinstance(part, nn.Linear) else ""
            widths |= dict.fromkeys(role, part.in_features) if role in ("k", "v", "kv") else {}
        return widths["k"], widths["v"]

    def wake(self) -> None:
        """Let lazy layers see an input, after which their parameters have shapes."""
        if any(isinstance(p, UninitializedParameter) for p in self.module.parameters()):
            x = torch.zeros(2, 5, self.sizes.d_model)
            self.call(dict.fromkeys(("x", "query", "key", "value", "context", "kv"), x))

    @property
    def has_weights(self) -> bool:
        return self.module is not None and any(p.dim() > 1 for p in self.module.parameters())

    @property
    def projects(self) -> bool:
        return (
            self.has_weights or self.form == "x" or self.has("weight_q") or self.has("weight_qkv")
        )

    def fresh(self):
        """A copy that shares the parameters alone, since some modules keep a cache."""
        shared = {id(p): p for p in self.module.parameters()} if self.module is not None else {}
        return copy.deepcopy(self.run, shared) if shared else self.run

    @contextlib.contextmanager
    def keeping_state(self):
        """Calls of one copy, which may keep a cache from one to the next."""
        run, self.run, self.keeps_state = self.run, self.fresh(), True
        try:
            yield
        finally:
            self.run, self.keeps_state = run, False

    def step_by_step(self, values: dict[str, Any], **options):
        """Result of one token after the other, as of a single call."""
        steps, self.steps, results, watches = self.steps, None, [], []
        try:
            with self.keeping_state():
                for i, token in enumerate(values["x"].split(1, dim=1)):
                    token = token.squeeze(1) if steps == "without a length" else token.contiguous()
                    result = self.call({**values, "x": token, "offset": i}, **options)
                    results.append(next(t for t in tensors_in(result) if t.shape == token.shape))
                    watches.append(self.watch)
        finally:
            self.steps = steps

        def joined(parts):
            return torch.cat([t if t.dim() > 2 else t[:, None] for t in parts], dim=1)

        events = []
        for same in zip(*(watch.events for watch in watches), strict=True):
            inputs = [joined(parts) for parts in zip(*(e[1] for e in same), strict=True)]
            events.append([same[0][0], inputs, joined([e[2] for e in same])])
        self.watch.events, self.watch.inner = events, []
        return joined(results)

    def call(self, values: dict[str, Any], drop: bool = False, seed: int = 0):
        """Result for tensors by role."""
        if self.steps:
            return self.step_by_step(values, drop=drop, seed=seed)
        arguments, keywords = self.arguments(values)
        run = self.run if self.keeps_state else self.fresh()
        given = [(t, t.clone()) for t in tensors_in([arguments, keywords])]
        weights = self.module.named_parameters() if self.module is not None else ()
        names = {id(p): name for name, p in weights}
        names |= {id(values[r]): r for r in values if r.startswith("weight_")}
        inside: list[Any] = []  # calls of an nn.MultiheadAttention
        parts = run.modules() if self.module is not None else ()
        hooks = [
            part.register_forward_hook(lambda *call: inside.append(call), with_kwargs=True)
            for part in parts
            if isinstance(part, nn.MultiheadAttention)
        ]
        try:
            with torch.random.fork_rng(devices=[]), Watch(names, drop) as self.watch:
                torch.default_generator.manual_seed(seed)
                result = run(*arguments, **keywords)
        finally:
            for handle in hooks:
                handle.remove()
        for t, before in given:
            if t.shape != before.shape or not same_numbers(t, before):
                self.modified = self.modified or f"a tensor of shape {tuple(before.shape)} changed"
        if inside:
            self.watch.events = products_of(*inside[0])
        return result


# ---- from a call to queries, keys and values -----------------------------------------------------
LAYOUTS = {
    "bhld": "(batch, heads, length, d_k)", "blhd": "(batch, length, heads, d_k)",
    "bld": "(batch, length, width)", "lbd": "(length, batch, width)", "ld": "(length, width)",
    "bl1d": "(batch, height, width, channels)", "bl11d": "(batch, time, height, width, channels)",
    "bdl": "(batch, channels, length)", "bdl1": "(batch, channels, height, width)",
    "b1ld": "(batch, groups, length, width)",
    "bhld bld": "(batch, heads, length, d_k), keys and values (batch, length, d_k)",
    "blhd bld": "(batch, length, heads, d_k), keys and values (batch, length, d_k)",
}  # fmt: skip
IMAGES = ["bl1d", "bl11d", "bdl", "bdl1", "b1ld"]
ONE_HEAD_OF_KEYS = ["bhld bld", "blhd bld"]
BATCH_AXIS = dict.fromkeys(list(LAYOUTS)[:10], 0) | {"lbd": 1}
BATCH_AXIS.pop("ld")
LENGTH_AXIS = {layout: layout.index("l") for layout in BATCH_AXIS}


def put(flat, layout, heads=1, grid=None):
    """(batch, length, heads * d) in another layout; grid: height and width of an image."""
    if layout == "bhld":
        return flat.unflatten(-1, (heads, -1)).transpose(1, 2).contiguous()
    if layout == "blhd":
        return flat.unflatten(-1, (heads, -1)).contiguous()
    if layout == "lbd":
        return flat.transpose(0, 1).contiguous()
    if layout in IMAGES:
        flat = flat.mT if layout.startswith("bd") else flat
        if grid and layout in ("bl1d", "bdl1") and math.prod(grid) == flat.shape[layout.index("l")]:
            return flat.unflatten(layout.index("l"), grid).contiguous()
        for _ in range(layout.count("1")):
            flat = flat.unsqueeze(1 if layout == "b1ld" else layout.index("l") + 1)
        return flat.contiguous()
    return flat[0].clone() if layout == "ld" else flat.clone()


def flatten(t, batch: int, n: int, heads: int = 1):
    """Tensor with its axes found by their sizes, as (batch, n, width), or None."""
    shape = list(t.shape)
    if t.dim() == 3 and heads > 1 and shape[0] == batch * heads and n in shape[1:]:
        t = t.unflatten(0, (batch, heads))
    elif t.dim() == 3 and batch > 1 and shape[1] == batch * n:  # heads first
        t = t.unflatten(1, (batch, n)).permute(1, 2, 0, 3)
    elif t.dim() in (2, 3) and shape[0] == batch * n and n not in shape:
        t = t.unflatten(0, (batch, n))
    elif batch == 1 and (1 not in shape or t.dim() == 2):
        t = t[None]
    if n not in t.shape:  # height and width of an image
        sides = (i for i in range(1, t.dim() - 1) if t.shape[i] * t.shape[i + 1] == n)
        t = next((t.flatten(i, i + 1) for i in sides), t)
    shape = list(t.shape)
    if batch not in shape or t.dim() not in (3, 4, 5):
        return None
    b = shape.index(batch)
    at = [i for i, size in enumerate(shape) if size == n and i != b]
    if not at:
        return None
    rest = [i for i in range(t.dim()) if i not in (b, at[0])]
    return t.permute(b, at[0], *rest).flatten(2)


def output_in(result, batch, n, heads, widths):
    """First tensor of a result that has the shape of an output, as (batch, n, width)."""
    for t, h in itertools.product(tensors_in(result), heads):
        flat = flatten(t, batch, n, h) if t.is_floating_point() else None
        if flat is not None and flat.shape[-1] in widths:
            return flat
    return None


TABLES = [(half, axes, "pair") for axes in (2, 3, 4) for half in (False, True)]
TABLES += [(half, 2, "before heads") for half in (False, True)]
TABLES += [(True, 2, kind) for kind in ("left out", "complex", "function", "angles")]


def positional(subject: Subject, n: int, start: int = 0, tables=TABLES[0]) -> dict[str, Any]:
    """Values for parameters that give rotary positions.

    tables: (d_k / 2 columns?, axes, what stands for all positions)
    """
    d = subject.sizes.d_k
    at = torch.arange(start, start + n)
    angle = at[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    half, axes, kind = tables
    table = angle if half else torch.cat([angle, angle], -1)
    table = table[None, :, None] if kind == "before heads" else table[(None,) * (axes - 2)]

    def turned(*tensors):
        turn = [rotate(t, torch.arange(start, start + t.shape[-2]), "halves", 1e4) for t in tensors]
        return turn if len(turn) > 1 else turn[0]

    pair, polar = (table.cos(), table.sin()), torch.polar(torch.ones_like(angle), angle)
    every = {"complex": polar, "function": turned, "angles": angle}.get(kind, pair)
    values = {
        "cos": pair[0], "sin": pair[1], "position_embeddings": every,
        "freqs_cis": angle if kind == "angles" else polar, "positions": at,
        "offset": at if kind in ("complex", "angles") else start,
    }  # fmt: skip
    given = {role: value for role, value in values.items() if subject.has(role)}
    return {role: t for role, t in given.items() if kind != "left out" or subject.needs(role)}


def drawn(subject: Subject, n: int, m: int, kv_heads: int, layout: str):
    """Random queries, keys and values as flat tensors (batch, n, heads * d_k), and the heads."""
    s, generator = subject.sizes, torch.Generator().manual_seed(0)
    known = subject.has("heads") or (subject.has("qkv") and subject.attribute_heads)
    heads = s.heads if "h" in layout or known else 1
    kv = kv_heads if heads > 1 and layout not in ONE_HEAD_OF_KEYS else 1
    batch = 1 if layout == "ld" else s.batch
    shapes = (batch, n, heads * s.d_k), (batch, m, kv * s.d_k), (batch, m, kv * s.d_k)
    return [torch.randn(shape, generator=generator) * 1.2 for shape in shapes], heads


def packed(three, layout: str, heads: int):
    """Queries, keys and values in one tensor."""
    if layout in ("bhld", "blhd"):
        return torch.stack([put(t, layout, heads) for t in three], 0 if layout == "bhld" else 2)
    by_head = torch.stack([t.unflatten(-1, (heads, -1)) for t in three], 3).flatten(2)
    flat = by_head if layout == "bdl1" else torch.cat(three, -1)
    return put(flat, "bdl" if layout.startswith("bd") else layout)


def run_function(subject, layout, n, m, extra=None, kv_heads=0, flats=None, tables=TABLES[0]):
    """Cases of a function of queries, keys and values."""
    (q, k, v), heads = drawn(subject, n, m, kv_heads or subject.sizes.heads, layout)
    q, k, v = flats or (q, k, v)
    kv = max(1, k.shape[-1] * heads // q.shape[-1])
    of_queries, of_keys = layout.split()[0], layout.split()[-1]
    if subject.has("qkv"):
        values = {"qkv": packed([q, k, v], layout, heads)}
    else:
        values = {"query": put(q, of_queries, heads)}
        values |= {"key": put(k, of_keys, kv), "value": put(v, of_keys, kv)}
    values |= positional(subject, n, tables=tables) | (extra or {})
    if subject.has("kv_heads"):
        values["kv_heads"] = kv
    if subject.has("weight_o"):  # of the outputs, which are then compared as they are
        values["weight_o"] = torch.eye(q.shape[-1])
    subject.given = values
    result = subject.call(values)
    out = output_in(result, q.shape[0], q.shape[1], [heads], {heads * (v.shape[-1] // kv)})
    return [] if out is None else [Case(q, k, v, out, [heads], q.shape[-1], layout)]


def run_module(subject, layout, n, m, extra=None, cross=False, tables=TABLES[0]):
    """Cases of an attention that projects its inputs; one for each way to unpack a projection."""
    s, generator = subject.sizes, torch.Generator().manual_seed(3)
    batch = 1 if layout == "ld" else s.batch
    of_keys, of_values = subject.context_widths()
    cross = cross or (subject.has("context") and of_keys not in (0, s.d_model))
    if subject.form == "x" and not cross:
        of_keys = of_values = 0
    sizes = (
        (batch, n, s.d_model),
        (batch, m, of_keys or s.d_model),
        (batch, m, of_values or s.d_model),
    )
    x, key, value = (torch.randn(size, generator=generator) for size in sizes)
    values = {"x": x, "query": x, "key": key, "value": value, "context": key, "kv": key}
    roles = set(subject.roles.values())
    if subject.form == "x" and not cross:
        roles -= {"context"}
    values = {role: put(t, layout, s.heads, s.grid) for role, t in values.items() if role in roles}
    if subject.module is None:
        for role in sorted(role for role in roles if role.startswith("weight_")):
            shape = [s.d_model, s.d_model]
            if role == "weight_qkv":
                shape[0 if subject.transposes(role) else 1] *= 3
            w = torch.randn(shape, generator=generator) * 1.3 / s.d_model**0.5
            values[role] = nn.Parameter(w)
        if "kv_heads" in roles:
            values["kv_heads"] = s.heads
    subject.given = values = values | positional(subject, n, tables=tables) | (extra or {})
    result = subject.call(values)
    for lengths in [(n, m), *lengths_seen(subject, n, m)]:
        cases = cases_of_call(subject, layout, batch, *lengths, (x, key, value), result)
        if cases:
            return cases
    return []


def lengths_seen(subject, n: int, m: int):
    """Numbers of queries and keys of the scores where they are not those of the inputs.

    Fewer queries: a class token's, learned ones. Fewer keys: of an image made smaller.
    """
    inner = subject.watch.inner
    read = {t.shape[-2:] for tensors, _ in inner for t in tensors}
    seen = [out.shape[-2:] for _, out in inner if out.dim() > 2 and out.shape[-2:] in read]
    seen += [(t[0].shape[-2], t[1].shape[-2]) for t, _ in inner if len(t) > 2]  # torch's own
    for a, b in dict.fromkeys(map(tuple, seen)):
        if {(a, b), (b, a)}.isdisjoint({(n, m), (n, n)}):
            yield from [(a, b), (b, a)]


def cases_of_call(subject, layout, batch, n, m, three, result) -> list[Case]:
    """Cases of the last call, whose scores are of n queries and m keys."""
    s, (x, key, value) = subject.sizes, three
    flats, before, events = pick_flats(subject, batch, n, m)
    if subject.form == "qkv" and len(subject.watch.events) == 1:
        flats, before = {"q": x, "k": key, "v": value}, [subject.watch.events[0][1]]  # the output's
    cases = []
    for q, k, v, words in unpack(flats, subject):
        heads = heads_for(subject, q.shape[-1], events, heads_seen(subject, batch, n, m))
        groups = {h: max(1, k.shape[-1] * h // q.shape[-1]) for h in heads}
        widths = {h * v.shape[-1] // groups[h] for h in heads if k.shape[-1] * h >= q.shape[-1]}
        for source in (*before, result):
            out = output_in(source, batch, n, heads, widths)
            if out is not None:
                cases.append(Case(q, k, v, out, heads, s.d_model, layout, words))
                break
    return [*cases, *inner_cases(subject, batch, n, m, layout, flats)]


def inner_cases(subject: Subject, batch: int, n: int, m: int, layout: str, projected):
    """Cases between the two products of an attention, whatever made their operands."""
    inner = [(tensors, out) for tensors, out in subject.watch.inner if len(tensors) > 1]
    fused = [(tensors, out) for tensors, out in inner if len(tensors) > 2]  # torch's own function
    square = {(n, m), (m, n)}
    # Scores of positions are left out: what makes them was drawn as zeros.
    scores = [tensors for tensors, out in inner if out.shape[-2:] in square and out.any()]
    sums = [(t, out) for t, out in inner if square & {t[0].shape[-2:], t[1].shape[-2:]}]
    if len(inner) == len(scores) == 2 and not fused:  # all is square: the first makes the scores
        scores, sums = scores[:1], inner[1:]
    if fused:
        (q, k, v, *_), out = fused[-1]
    elif len(scores) == len(sums) == 1:
        (q, k), ((a, b), out) = scores[0], sums[0]
        first = a.shape[-2:] in square and (b.shape[-2:] not in square or bool((a >= 0).all()))
        v = b if first else a  # the other operand is the weights
    else:
        return
    for h in heads_seen(subject, batch, n, m) or [subject.sizes.heads, 1]:
        flats = [flatten(t, batch, size, h) for t, size in ((q, n), (k, m), (v, m), (out, n))]
        if all(t is not None and t.shape[-1] % h == 0 for t in flats):
            words = "from the scores to the product with the values"
            case = Case(*flats, [h], subject.sizes.d_model, layout, words, inner=True)
            given = fused[-1][0][:4] if fused else [a, b]
            case.weights = weights_in(given, case, h)
            pairs = [(projected[role], getattr(case, role)) for role in "kv" if role in projected]
            if "q" in projected and "k" in projected:
                both = (ratio(projected[role], getattr(case, role), h) for role in "qk")
                case.scaled_before = math.prod(both)
            case.tiled = any(tiled(*pair, h) for pair in pairs)
            yield case
            return


def weights_in(tensors, case: Case, heads: int):
    """The weights (batch, heads, n, m) among the operands of the product with the values.

    Torch's own function keeps them to itself: there they follow from its mask.
    """
    (batch, n, _), m = case.q.shape, case.k.shape[1]
    if len(tensors) == 4:
        q, k, _, mask = tensors
        hidden = mask.logical_not() if mask.dtype is torch.bool else None
        scores = q @ k.mT * q.shape[-1] ** -0.5
        scores = scores + mask if hidden is None else scores.masked_fill(hidden, -math.inf)
        tensors = [scores.softmax(-1)]
    values = operands(case.q, case.k, case.v, heads, SimpleNamespace(**PLAIN))
    square = [t for t in tensors if t.shape[-2:] in ((n, m), (m, n))]
    for t, turned in itertools.product(square, (False, True)):
        t = t.mT if turned else t
        if values is None or t.numel() != batch * heads * n * m or t.shape[-2:] != (n, m):
            continue
        t = t.transpose(0, 1) if t.shape[:2] == (heads, batch) != (batch, heads) else t
        weights = t.reshape(batch, heads, n, m)
        if close(merge(weights @ values[2], "hd"), case.out):
            return weights
    return None


def ratio(projected, operand, heads: int) -> float:
    """How much longer the head vectors of an operand are than the projected ones, or NaN."""
    if projected.shape != operand.shape:
        return math.nan
    longer = split(operand, heads, "hd").norm(dim=-1) / split(projected, heads, "hd").norm(dim=-1)
    return longer.mean().item() if longer.std() < 1e-4 * longer.mean() else math.nan


def tiled(projected, operand, heads: int) -> bool:
    """Whether the heads of an operand are the projected ones, tiled: h meets h % kv_heads.

    Lengths of head vectors are compared, which rotary positions leave as they are.
    """
    kv_heads = heads * projected.shape[-1] // operand.shape[-1]
    if kv_heads < 2 or heads % kv_heads or projected.shape[:2] != operand.shape[:2]:
        return False
    few, all_heads = split(projected, kv_heads, "hd").norm(dim=-1), split(operand, heads, "hd")
    lengths, times = all_heads.norm(dim=-1), heads // kv_heads
    in_groups = close(lengths, few.repeat_interleave(times, 1))
    return times > 1 and not in_groups and close(lengths, few.repeat(1, times, 1))


WORDS = {"q": "queries", "k": "keys", "v": "values"}


def role_of_weight(name: str) -> str:
    """q, k, v, kv, qkv, o or '' for the name of a parameter."""
    letters = {"q": r"q|que|quer(y|ies|ys)", "k": r"k|keys?", "v": r"v|val(ue)?s?"}
    around = r"(?:w|to|m|c|fc|lin|linear|proj)?(?:{})(?:w|s|proj|lin|linear|layer|net)?"
    packed = around.format("((?:q|k|v|query|keys?|values?){2,3})")
    outputs = around.format("o|out|outputs?|unify|final|concat|combine|merge|up|result")
    parts = name.split(".")
    for part in reversed(parts):
        if part in ("c_attn", "in_proj", "in_proj_weight"):
            return "qkv"
        if part == "weight_v" and len(parts) > 1:  # of a weight norm
            continue
        words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", part).lower())
        found = ""
        for word in words:
            found += "".join(x for x, p in letters.items() if re.fullmatch(around.format(p), word))
            if not found and (match := re.fullmatch(packed, word)):
                found = re.sub("uer(y|ies)|ey|alue|s", "", match[1])
        if found:
            return "".join(x for x in "qkv" if x in found)
        if any(re.fullmatch(outputs, word) for word in words):
            return "o"
    return ""


PROJECTED = ("q", "k", "v", "qk", "kv", "qkv")
ENOUGH = ({"q", "k", "v"}, {"qkv"}, {"q", "kv"}, {"qk", "v"})  # roles that make an attention


def pick_flats(subject: Subject, batch: int, n: int, m: int):
    """Projections by role, the inputs of later ones, and how many share a role."""
    events = subject.watch.events
    named = [(role_of_weight(name), inputs, out) for name, inputs, out in events]
    roles = {role for role, _, _ in named}
    if not any(need <= roles for need in ENOUGH):
        good = [(i, o) for _, i, o in events if any_length(o, batch, n, m) is not None]
        order = {3: "q k v", 4: "q k v o", 1: "qkv", 2: "qkv o"}.get(len(good), "").split()
        if not order or (order[0] == "qkv" and any_length(good[0][1], batch, n, m).shape[-1] % 3):
            return {}, [], 0
        named = [(role, i, o) for role, (i, o) in zip(order, good, strict=True)]
    last = max(i for i, (role, _, _) in enumerate(named) if role in PROJECTED)
    flats: dict[str, list[torch.Tensor]] = {}
    for role, _, out in named[: last + 1]:
        flat = any_length(out, batch, *((n, m) if role in ("q", "qkv") else (m, n)))
        if flat is not None:  # the others may project positions
            flats.setdefault(role, []).append(flat)
    if not any(need <= flats.keys() for need in ENOUGH):
        return {}, [], 0
    before = [inputs for _, inputs, _ in named[last + 1 :]]  # some may project positions
    joined = {role: torch.cat(parts, -1) for role, parts in flats.items()}
    return joined, before, max(map(len, flats.values()))


def any_length(t, batch, n, m):
    flat = flatten(t, batch, n)
    return flatten(t, batch, m) if flat is None else flat


def heads_seen(subject: Subject, batch: int, n: int, m: int) -> list[int]:
    """The number of heads that the scores have, if there are scores."""
    inner = subject.watch.inner
    scores = [out.numel() for _, out in inner if out.shape[-2:] in ((n, m), (m, n))]
    scores += [t[0].numel() // t[0].shape[-1] * m for t, _ in inner if len(t) > 2]  # torch's own
    return list({size // (batch * n * m) or 1 for size in scores}) if len(scores) == 1 else []


def heads_for(subject: Subject, width: int, events: int, seen=()) -> list[int]:
    """Numbers of heads that may share a width, the likeliest first."""
    several = [events] if events > 1 and width % events == 0 else []
    several += [h for h in seen if width % h == 0 and not subject.attribute_heads]
    known = [h for h in subject.attribute_heads if width % h == 0]
    given = [subject.sizes.heads] if not known and subject.module is None else []
    others = [h for h in (1, 2, 3, 4, 6, 8, 12, 16) if width % h == 0 and width // h > 1]
    return list(dict.fromkeys([*several, *known, *given, *([1] if known else others)]))


def unpack(flats, subject: Subject):
    """(q, k, v, words) for each usual way to pack projections."""
    if not flats:
        return
    if "qk" in flats:
        yield *flats["qk"].chunk(2, -1), flats["v"], "queries and keys packed"
        return
    if "qkv" not in flats and "kv" not in flats:
        yield flats["q"], flats["k"], flats["v"], ""
        return
    packed = flats.get("qkv", flats.get("kv"))
    count = 3 if "qkv" in flats else 2
    what = "packed" if count == 3 else "keys and values packed"
    first = [] if count == 3 else [flats["q"]]
    width, d = packed.shape[-1], packed.shape[-1] // count
    if width % count == 0:
        forms = [((count, d), -2, f"({count}, heads, d_k)")]
        for h in [h for h in heads_for(subject, d, 1) if h > 1]:
            forms += [
                ((h, count, d // h), -2, f"(heads, {count}, d_k)"),
                ((h, d // h, count), -1, f"(heads, d_k, {count})"),
                ((d // h, count, h), -2, f"(d_k, {count}, heads)"),
            ]
        for axes, axis, words in [*forms, ((d, count), -1, f"(d, {count})")]:
            parts = packed.unflatten(-1, axes).unbind(axis)
            yield *first, *(t.flatten(2) for t in parts), f"{what} {words}"
        for order in list(itertools.permutations(range(count)))[1:]:
            names = "".join("qkv"[3 - count :][order.index(i)] for i in range(count))
            chunks = packed.chunk(count, -1)
            yield *first, *(chunks[i] for i in order), f"{what}, in the order {names}"
    d = subject.sizes.d_model
    for h in subject.attribute_heads if count == 3 and width > d and width != 3 * d else ():
        if d % h == 0 and (width - d) % (2 * (d // h)) == 0:
            kv = (width - d) // 2
            yield *packed.split([d, kv, kv], -1), "packed, grouped heads"


# ---- the runs ------------------------------------------------------------------------------------
class Runs:
    """Calls of one attention, with the layouts and the extra arguments that suit it."""

    def __init__(self, attention, n_heads=None, mask=None, causal=None, kwargs=None):
        self.deadline = time.process_time() + PATIENCE
        self.subject = Subject(attention, n_heads, kwargs)
        self.report = Report(self.subject.name)
        self.mask, self.causal = mask, causal
        kind = attention if inspect.isclass(attention) else type(attention)
        texts = [attention] if inspect.isroutine(attention) else kind.__mro__[:-1]
        self.source = "\n".join(map(source_of, texts))
        self.text = (self.source + " " + " ".join(self.subject.roles)).lower()
        self.base: dict[str, Any] = {}  # a mask that hides nothing, where one is needed
        self.tables = TABLES[0]  # the form of tables of cosines
        self.problem, self.ran, self.reordered = "", False, False
        self.scale_was_seen = False
        self.given: dict[str, Any] = {}  # the arguments of a run by role,
        self.plain: dict[str, dict[str, Any]] = {}  # and by layout, where one was asked for
        self.case: Case | None = None  # the run whose numbers were explained,
        self.settings: dict[str, Any] = {}  # and how

    def layouts(self) -> tuple[list[str], list[str]]:
        """Layouts to try, and those to try if none of them runs."""
        s = self.subject
        if s.has("qkv") and not s.has_weights:
            return ["blhd", "bhld", "bld", "bdl", "bdl1"], []
        if not s.projects:
            return list(LAYOUTS)[:5], ONE_HEAD_OF_KEYS
        heads = ["bhld", "blhd"] if s.has_weights and s.form == "qkv" else []
        return ["bld", "lbd", "ld", *heads], IMAGES if s.has_weights else []

    def cases(self, n, m, extra=None, layout=None, **options) -> list[Case]:
        """Every case that runs; the first problem is kept where none does."""
        run = run_module if self.subject.projects else run_function
        usual, others = ([layout], []) if layout else self.layouts()
        self.problem, self.ran, found = "", False, []
        for at in usual + others:
            if found and at in others:
                break
            try:
                new = run(self.subject, at, n, m, extra=extra, tables=self.tables, **options)
            except Exception as error:
                words = f"{LAYOUTS[at]}: {type(error).__name__}: {error}"
                self.problem = self.problem or words.splitlines()[0]
                continue
            alone = at == "ld" or (at in IMAGES and self.subject.form == "x")
            if alone and not layout and self.each_alone(at):
                continue
            if not self.ran:
                self.ran, self.given = True, self.subject.given
            for case in new:
                case.free = self.free_inside() if case.inner else self.free()
                case.softmax_dims = list(self.subject.watch.softmax_dims)
                case.base = extra or {}
            found += new
        return found

    def each_alone(self, layout) -> bool:
        """Whether no row of the last call's inputs meets another: then rows are no tokens."""
        values, subject = self.subject.given, self.subject
        x = values.get("x")
        if x is None:
            return False
        other, at = x.clone(), layout.index("l")
        other.select(at, 1).mul_(-3)
        pair = [next(tensors_in(subject.call({**values, "x": t})), x[:0]) for t in (x, other)]
        if pair[0].dim() != x.dim() or pair[0].shape[at] != x.shape[at]:
            return False
        apart = (pair[0] - pair[1]).abs().transpose(0, at).flatten(1).amax(1)
        return bool(apart[torch.arange(len(apart)) != 1].max() < 1e-6)

    def again(self, n, m, extra=None, **options) -> Case | None:
        """Another run of the kind that was explained."""
        cases = self.cases(n, m, {**self.base, **(extra or {})}, self.case.layout, **options)
        return next((case for case in cases if case.words == self.case.words), None)

    def first_runs(self) -> list[Case]:
        """Runs of the sizes that suit, or else of one token after the other."""
        subject, problem, likeliest = self.subject, "", self.subject.sizes
        alone = subject.module is not None and subject.form == "x"
        for steps in (None, "with a length", "without a length") if alone else (None,):
            subject.steps = steps
            for sizes in subject.all_sizes():
                if problem and time.process_time() > self.deadline - PATIENCE / 2:
                    break
                subject.sizes = sizes
                cases = self.runs_without_mask()
                problem = problem or self.problem
                if cases or self.ran:
                    return cases
        subject.steps, subject.sizes, self.problem = None, likeliest, problem
        return []

    def runs_without_mask(self) -> list[Case]:
        """Runs without a mask, or with one that hides nothing where none works without."""
        n, kept, problem, tables = self.subject.sizes.n, [], "", TABLES[0]
        positions = {"cos", "freqs_cis", "position_embeddings", "offset"}
        forms = TABLES if positions & set(self.subject.roles.values()) else TABLES[:1]
        for base, form in itertools.product(self.bases(), forms):
            self.tables = form
            cases = self.cases(n, n, base)
            problem = problem or self.problem
            if not cases:
                continue
            if not kept:
                self.base, tables = base, self.tables
            if not kept or (kept[-1].base is not base and len(kept) == len(cases)):
                kept = kept + cases  # a mask of ones and one of zeros
            if any(explain(case, 0) for case in cases if not case.inner):
                return cases
            if not base and not self.subject.needs("mask") and len(forms) == 1:
                break
        self.problem, self.tables = problem, tables
        return kept

    def bases(self):
        """Extra arguments for a run without a mask: none, or a mask that hides nothing."""
        yield {}
        s = self.subject
        names = [name for name, role in s.roles.items() if role == "mask"]
        b, n = s.sizes.batch, s.sizes.n
        shapes = [(n, n), (b, 1, n, n), (b, n, n), (b, 1, 1, n), (b, n), (b, 1, n)]
        kinds = itertools.product(shapes, (True, False), (torch.bool, torch.float32))
        for shape, ones, dtype in kinds if names else ():
            yield dict.fromkeys(names, torch.full(shape, ones, dtype=dtype))

    def values(self) -> dict[str, Any] | None:
        """Arguments of one plain call, or None where there is none."""
        n, layout = self.subject.sizes.n, self.case.layout if self.case else ""
        for base in [self.base] if self.case else self.bases():
            if layout not in self.plain:
                self.cases(n, n, base, layout)
                if self.ran:
                    self.plain[layout] = self.given
        return self.plain.get(layout)

    def case_layout(self, values) -> str | None:
        """Layout of these arguments, or None for one without a batch."""
        if self.case:
            return self.case.layout if self.case.layout in BATCH_AXIS else None
        t = next((values[r] for r in ("x", "query") if r in values), None)
        if t is None or t.dim() < 3:
            return None
        return "lbd" if t.shape[0] == self.subject.sizes.n else "bld"

    def main_tensor(self, result):
        """The outputs, and not the weights, of a result."""
        floats = [t for t in tensors_in(result) if t.is_floating_point()]
        n = self.subject.sizes.n
        if self.case is not None:
            flats = [(t, flatten(t, len(self.case.q), n, self.case.heads[0])) for t in floats]
            fits = (flat for t, flat in flats if flat is not None and t.shape[-1] != n)
            return next(fits, floats[0])
        return floats[0]

    # -- settings that are no mistakes
    def free(self) -> list[dict[str, Any]]:
        """Settings of positions, normalization, interleaved heads and causality."""
        ropes: list[dict[str, Any]] = [{}]
        if re.search(r"rot|rope|freqs|cos", self.text):
            bases = re.findall(r"(?:theta|base)\D{0,12}(\d[\d_]*\.?\d*(?:e\d+)?)", self.text)
            speeds = [10000.0, *(float(base.replace("_", "")) for base in bases)]
            for base, kind in itertools.product(dict.fromkeys(speeds), ("halves", "neighbors")):
                ropes += [{"rope": kind, "base": base}] if base > 1 else []
        norms: list[dict[str, Any]] = [{}]
        if re.search(r"(q|k|query|key)_?(layer)?_?(norm|ln)|norm_?\(?(q|k)|normalize", self.text):
            norms += [{"norm": kind} for kind in NORMS]
            norms += [{"norm": kind, "scale": "missing"} for kind in NORMS]  # learned factors scale
        splits: list[dict[str, Any]] = [{}]
        if self.subject.projects:
            splits += [{"split_as": "dh", "merge_as": "dh"}, {"split_as": "dh"}, {"merge_as": "dh"}]
        causal: list[dict[str, Any]] = [{}, {"causal": "past"}]
        return [
            {k: v for part in parts for k, v in part.items()}
            for parts in itertools.product(ropes, norms, splits, causal)
        ]

    def free_inside(self) -> list[dict[str, Any]]:
        """The same between the two products, where queries may have been scaled before."""
        scales = [{}, {"scale": "missing"}] if re.search(SCALES, self.text) else [{}]
        return [scale | more for scale in scales for more in ({}, {"causal": "past"})]

    def says_causal(self) -> bool:
        """Whether its name, a flag or a triangle among its buffers says that it is causal."""
        if self.subject.has("causal") or self.subject.has("mask"):
            return False
        if self.causal is not None:
            return self.causal
        name, module = self.subject.name.lower(), self.subject.module
        flags = [getattr(module, flag, None) for flag in ("causal", "is_causal")]
        if False in flags or re.search(r"non_?causal|bidirectional|encoder", name):
            return False
        triangles = module is not None and any(is_triangle(b) for b in module.buffers())
        words = r"causal|masked|decoder" if self.subject.form == "x" else r"causal|masked"
        return True in flags or triangles or bool(re.search(words, name))

    def says_batch_first(self) -> bool:
        first = r"(b|bs|bsz|batch\w*|n_?batch\w*)"
        shapes = rf"(?im)^\s*{first}\s*,\s*\w+.*=\s*\w+\.(shape|size\(\))"
        shapes += rf"|{first}\s*=\s*\w+\.(shape\[0\]|size\(0\))"
        return bool(re.search(shapes, self.source))


# ---- what explains the numbers -------------------------------------------------------------------
class Numbers(Runs):
    """The search for what explains the numbers of the runs without a mask."""

    def explained(self, cases) -> str | None:
        """Mistakes that explain the numbers, '' for none, or None where nothing does."""
        cases = [case for case in cases if case.out.abs().max() > 1e-6] or cases[:1]
        inner = [case for case in cases if case.inner]
        cases = [case for case in cases if not case.inner] or inner
        attempts = (
            lambda: self.simplest(cases, 0),
            lambda: self.outward(cases, inner, [lambda: self.biased(inner, certainly=True)]),
            lambda: self.simplest(cases, 1),
            lambda: self.simplest(self.turned_back(cases), 0),
            lambda: self.simplest(self.turned_back(cases), 1),
            lambda: self.in_16_bits(cases),
            lambda: self.simplest(self.with_pattern(cases), 0),
            lambda: self.other_scale(cases),
            lambda: self.outward(cases, inner),
            lambda: self.simplest(cases, 2),
            lambda: self.other_scale(inner),
            lambda: self.simplest(cases[:2], 3),
        )
        results = (attempt() for attempt in attempts)
        mistakes = next((found for found in results if found is not None), None)
        if mistakes is None:
            self.case = cases[0]
            return None
        if self.case.layout == "lbd" and mistakes in ("", "batch_is_length"):
            known, self.case = (self.case, self.settings, mistakes), None
            batch_first = [case for case in cases if case.layout == "bld"]
            window = self.simplest(self.with_pattern(batch_first), 0)  # as long as the batch
            mistakes = self.keep(*known) if window is None else window
        return self.counted_from_front(cases, mistakes)

    def keep(self, case, settings, mistakes) -> str:
        self.case, self.settings, self.base = case, settings, case.base
        return mistakes

    def simplest(self, cases, count, core=None) -> str | None:
        for case in cases:
            found = explain(case, count, CLOSE, self.deadline if count else math.inf, core)
            if found:
                return self.keep(case, found[1], found[0])
        return None

    def outward(self, cases, inner, attempts=None) -> str | None:
        """What goes on between the two products first, and then what goes on around them."""
        attempts = attempts or (
            lambda: self.simplest(inner, 0),
            lambda: self.simplest(inner, 1),
            lambda: self.biased(inner),
            lambda: self.simplest(self.with_pattern(inner), 0),
            lambda: self.simplest(inner, 2),
        )
        results = (attempt() for attempt in attempts)
        found = next((mistakes for mistakes in results if mistakes is not None), None)
        if found is None or cases == inner:
            return found
        inside, core = (self.case, self.settings), dict(self.settings)
        del core["heads"]
        if "scale" not in found:  # then the queries may have been scaled before
            core.pop("scale", None)
        for count in (0, 1):
            around = self.simplest(cases, count, core)
            if around is not None:
                return ", ".join(names for names in (around, found) if names)
        return self.keep(*inside, found)

    def turned_back(self, cases):
        """The cases, with rotary positions that turn the other way, which is as good."""
        for case in cases:
            free = [{**f, "rope": f["rope"] + " back"} for f in case.free if "rope" in f]
            yield Case(**{**vars(case), "free": free})

    def with_pattern(self, cases):
        """The cases, with the keys that each query was found to see: windows, blocks, strides."""
        words = r"window|local|slid|band|block.?(diag|sparse|mask)|sparse|strid|dilat|span"
        asked = cases and re.search(words, self.text)
        seen = self.seen_keys(cases[0].layout) if asked else None
        if seen is None or seen.all() or torch.equal(seen, torch.ones_like(seen).tril()):
            return
        for case in cases:
            free = [{**free, "pattern": seen} for free in case.free if "causal" not in free]
            yield Case(**{**vars(case), "free": free})

    def seen_keys(self, layout):
        """Which keys (n, n) change which outputs, each query's own included, or None."""
        values, n = self.values(), self.subject.sizes.n
        keyed = next((role for role in ("value", "kv", "context", "x") if role in values), None)
        if keyed is None or layout not in LENGTH_AXIS:
            return None

        def outputs(values):
            out = self.main_tensor(self.subject.call(values))
            return flatten(out, self.subject.sizes.batch, n)

        plain, seen = outputs(values), torch.eye(n, dtype=torch.bool)
        if plain is None:
            return None
        for j in range(n):
            other, at = values[keyed].clone(), LENGTH_AXIS[layout]
            rows = other if other.shape[at] == n else other.flatten(at, at + 1)  # of an image
            rows.select(at, j).mul_(-3)
            changed = outputs({**values, keyed: other}) - plain
            seen[:, j] |= changed.abs().amax((0, 2)) > 1e-6
        return seen

    def in_16_bits(self, cases) -> str | None:
        for case in cases:
            rounded = any(torch.equal(case.out.to(t).float(), case.out) for t in SIXTEEN)
            rounds = rounded or re.search(r"half|float16|fp16|bf16|autocast", self.text)
            found = explain(case, 0, ROUGH) if rounds else None
            if found:
                words = f"float32 inputs: {gap(case.out, case.expected(**found[1]))}"
                self.keep(case, found[1], "")
                self.report.add("sixteen_bits", self.tried(), words)
                return "sixteen_bits"
        return None

    def biased(self, inner, certainly=False) -> str | None:
        """A bias of the scores that does not depend on the inputs, beside any factor of them."""
        for case in inner:
            settings = fit_bias(case)
            if settings is None:
                continue
            bias, (n, m) = settings["bias"], settings["bias"].shape[-2:]
            from_first, later = bias - bias[..., :1], ~triangle("past", n, m)
            has_bias = bool(from_first.masked_fill(later, 0).abs().max() > 1e-3)
            weak = from_first[:, later]
            jumps = not has_bias and "causal" not in settings and bool(weak.abs().max() > 1e-3)
            jumps = jumps and bool((weak - weak.flatten()[0]).abs().max() < 1e-3)
            says_bias = re.search(r"rel|pos|bias|alibi|slope|dist|decay|table", self.text)
            if (has_bias and not says_bias) or (certainly and not has_bias):
                continue
            found = self.named_scale(case, settings)
            found += [f"softmax_{settings['axis']}"] if settings["axis"] != "keys" else []
            found += ["causal_sees_next"] if settings.get("causal") == "next" else []
            found += ["mask_weak"] if jumps else []
            return self.keep(case, settings, ", ".join(found))
        return None

    def named_scale(self, case, settings) -> list[str]:
        """The mistake in the factor of the scores, or none."""
        factor, heads, notes = settings["factor"].flatten(), settings["heads"], self.report.notes
        d_k = case.q.shape[-1] // heads
        named = {
            "": d_k**-0.5, "scale_missing": 1.0, "scale_doubled": 1 / d_k,
            "scale_d_model": case.d_model**-0.5, "scale_heads": heads**-0.5,
            "scale_length": case.k.shape[1] ** -0.5, "scale_multiplied": d_k**0.5,
        }  # fmt: skip
        equal = (name for name, f in named.items() if (factor / f - 1).abs().max() < 2e-3)
        name = next(equal, "scale_other")
        words = f"the scores are multiplied by {numbers(factor) if heads > 1 else factor.item()}"
        if not name or (name == "scale_missing" and re.search(SCALES, self.text)):
            return []
        if "norm" in settings or (name == "scale_other" and self.learns_scores()):
            notes.append(f"{words}; parts of it may scale them on purpose")
            return []
        return [name]

    def other_scale(self, cases) -> str | None:
        for case in cases[:2]:
            settings = fit_scale(case)
            if settings is None:
                continue
            self.keep(case, settings, "")
            words = f"the scores are multiplied by {settings['factor']:.4g}"
            if case.inner or self.learns_scores() or self.given_scale(settings["factor"]):
                self.report.notes.append(f"{words}; parts of it may scale them on purpose")
                return ""
            right = (case.q.shape[-1] // settings["heads"]) ** -0.5
            self.report.add("scale_other", self.tried(), f"{words}, not by {right:.4g}")
            return "scale_other"
        return None

    def given_scale(self, factor: float) -> bool:
        """Whether a constructor's caller gave the scale, as a temperature for a width to come."""
        parts = vars(self.subject.module) if self.subject.module is not None else {}
        given = [n for name, n in parts.items() if re.search(r"scal|temp", name)]
        given = [float(n) for n in given if isinstance(n, (int, float)) and n > 0]
        close_to = (abs(n * f - 1) < 1e-2 for n in given for f in (factor, 1 / factor))
        return not self.subject.has_weights and not self.subject.built and any(close_to)

    def learns_scores(self) -> bool:
        """Whether parameters besides projections act on scores: positions, temperatures."""
        module = self.subject.module
        names = [name.lower() for name, _ in module.named_parameters()] if module else []
        return any(re.search(r"rel|pos|table|alibi|slope|sink|scale|temp|tau", n) for n in names)

    def counted_from_front(self, cases, found: str) -> str:
        """A softmax axis that is counted from the front is right in one layout alone."""
        if found or self.subject.has_weights or self.case.layout not in ("ld", "bld"):
            return found
        order = list(LAYOUTS)
        for case in cases:
            earlier = order.index(case.layout) < order.index(self.case.layout)
            positive = [dim for dim in case.softmax_dims if dim >= 0]
            other = earlier and case.layout != "blhd" and positive and explain(case, 1)
            if other and other[0].startswith("softmax_"):
                words = f"in {LAYOUTS['ld']} the axis dim={positive[0]} is the last"
                self.report.notes.append(f"{words}: there it is right")
                return self.keep(case, other[1], other[0])
        return found

    # -- and its words
    def report_numbers(self, cases) -> None:
        """Report the mistakes that explain the numbers, if any do."""
        report, mistakes = self.report, self.explained(cases)
        if mistakes is None:
            report.how.append("its numbers are none that this check knows; properties only")
            return
        report.compared = True
        batch_first = any(case.layout == "bld" for case in cases) and self.says_batch_first()
        if self.case.layout == "lbd" and not mistakes and batch_first:
            tried = "(batch, length, width), which its text says it takes"
            got = "example 1 changes with the others; it is right for (length, batch, width)"
            report.add("batch_is_length", tried, got)
        before = self.case.scaled_before if self.settings.get("scale") == "missing" else math.nan
        if self.case.inner and before == before:  # the scale that its text speaks of was seen
            settings = {**self.settings, "factor": torch.tensor([before])}
            names = self.named_scale(self.case, settings)
            names = names or (["scale_missing"] if abs(before - 1) < 1e-3 else [])
            for name in names if mistakes == "" else ():
                report.add(name, "projections against what enters the products", f"{before:.4g}")
            self.scale_was_seen = True
        if self.case.inner and self.case.tiled:
            tried = "the lengths of projected heads against those that enter the products"
            report.add("heads_repeat", tried, "query head h meets head h % kv_heads")
        if mistakes and not {"scale_other", "sixteen_bits"} & set(report.mistakes):
            got = self.got(self.settings) + "; the numbers equal those of this mistake"
            report.add(mistakes, self.tried(), got)
        pattern = self.settings.get("pattern")
        later = None if pattern is None else pattern.triu(1).any(1)
        if later is not None and later.any() and self.says_causal():
            got = f"query {int(later.nonzero()[0]) + 1} sees a later key"
            report.add("future", "which inputs change which outputs", got)
            return
        past = "causal" in self.settings or (later is not None and not later.any())
        if not past and "mask" not in mistakes and self.says_causal():
            got = "the numbers are those of an attention without a mask: "
            report.add("causal_ignored", self.tried(), got + numbers(self.case.out[0, 0]))

    def tried(self) -> str:
        c = self.case
        sizes = f"{c.q.shape[0]} example(s), {c.q.shape[1]} queries, {c.k.shape[1]} keys"
        return f"random tensors, {sizes}, laid out {LAYOUTS[c.layout]}"

    def got(self, settings) -> str:
        """The numbers of the run, beside those without the mistakes."""
        clean = {
            k: v for k, v in settings.items() if k in ("heads", "rope", "norm", "base", "bias")
        }
        right = self.case.expected(**clean, causal="past" if settings.get("causal") else None)
        words = f"output 1 starts {numbers(self.case.out[0, -1])}"
        return words if right is None else f"{words}, right is {numbers(right[0, -1])}"

    def describe(self) -> None:
        """Say how the attention was interpreted."""
        s, how, settings = self.subject, self.report.how, self.settings
        layout = LAYOUTS[self.case.layout if self.settings else "bld"]
        how.append(f"{s.name}({', '.join(s.roles)}), called with {s.form}, laid out {layout}")
        if self.base:
            how.append("with a mask that hides nothing")
        if s.steps:
            how.append("one token after the other, each of them " + s.steps)
        if not self.report.compared or not self.settings:
            return
        sees = "causal" if settings.get("causal") else "every query sees every key"
        words = [
            f"{settings['heads']} head(s) of width {self.case.q.shape[-1] // settings['heads']}",
            self.case.words,
            "a query sees some keys" if "pattern" in settings else sees,
            f"rotary positions, pairs are {settings['rope']}".replace(" back", ", turned back")
            if "rope" in settings
            else "",
            f"queries and keys normalized ({settings['norm']})" if "norm" in settings else "",
            "a bias is added to the scores" if "bias" in settings else "",
            "heads interleaved: a head's numbers lie apart" * (settings.get("split_as") == "dh"),
        ]
        how.append(", ".join(word for word in words if word))

    def gives(self, case, **more) -> bool:
        """Whether the settings of the first run, with some more, give the numbers of this one."""
        return case.gives(**{**self.settings, **more})

    def compare(self, case, tried, right, wrong, weakness=False) -> bool:
        """Report the first of the wrong settings that give the numbers, unless right ones do."""
        if any(self.gives(case, **settings) for settings in right):
            return True
        mistakes = next((names for names, more in wrong if self.gives(case, **more)), "")
        if mistakes:
            got = f"output 1 starts {numbers(case.out[0, 0])}; those of this mistake are equal"
            self.report.add(mistakes, tried, got, weakness)
        return False


# ---- what holds for every attention --------------------------------------------------------------
class Properties(Numbers):
    """Experiments that need no reference."""

    def randomness(self) -> None:
        values, s = self.values(), self.subject
        if values is None:
            return

        def outputs(drop):
            return [list(tensors_in(s.call(values, drop=drop, seed=seed))) for seed in (1, 2)]

        def same(pair):
            return all(same_numbers(a, b) for a, b in zip(*pair, strict=False))

        dropped = outputs(drop=True)
        if same(dropped):
            return
        if not same(outputs(drop=False)):
            words = "two calls draw different random numbers: every call here starts from one seed"
            self.report.notes.append(words)
            return
        when = "a module after eval()" if s.module is not None else "its default arguments"
        apart = (dropped[0][0] - dropped[1][0]).abs().max()
        tried = f"the same call twice, with {when}"
        self.report.add("dropout_in_eval", tried, f"outputs {apart:.2g} apart")

    def properties(self) -> None:
        """Whether examples, later inputs, weights and the order act as they must."""
        s, values, add = self.subject, self.values(), self.report.add
        main = next((role for role in ("x", "query") if role in values), None)
        layout = self.case_layout(values)
        if main is None or layout is None:
            return
        keyed = next(role for role in ("value", "context", main) if role in values)
        b, at = BATCH_AXIS[layout], LENGTH_AXIS[layout]

        def outputs(t, role=keyed):
            result = s.call({**values, role: t})
            return next(t for t in tensors_in(result) if t.is_floating_point())

        plain = outputs(values[keyed])
        if plain.dim() <= max(b, at) or plain.shape[b] != values[main].shape[b]:
            return

        def changed(axis, index, role=keyed):
            other = values[role].clone()
            part = other.select(axis, index)
            part.add_(torch.randn(part.shape, generator=torch.Generator().manual_seed(2)))
            return (outputs(other, role) - plain).abs()

        others = changed(b, 0).narrow(b, 1, plain.shape[b] - 1).max()
        earlier = changed(at, -1).narrow(at, 0, plain.shape[at] - 1).flatten()
        if plain.shape[at] == values[main].shape[at] and not re.search(BACKWARD, self.text):
            first = changed(at, 0, main).narrow(at, 1, plain.shape[at] - 1).max()
            last = changed(at, -1, main).narrow(at, 0, plain.shape[at] - 1).max()
            if first < 1e-6 and last > 1e-4:
                tried = "the first input was changed, and then the last one"
                add("causal_inverted", tried, "only the last one changed outputs of other inputs")
                return
        ones = outputs(torch.ones_like(values[keyed]))
        if others > 1e-4:
            tried = "example 1 of a batch was changed, and the outputs of the others compared"
            add("examples_meet", tried, f"they changed by {others:.2g}")
        elif self.says_causal() and bool((earlier > 1e-4).any()):
            tried = "the last input was changed, and the earlier outputs compared"
            add("future", tried, f"they changed by {earlier.max():.2g}")
        elif keyed == "value" and not s.has_weights and (ones - 1).abs().max() > 1e-3:
            add(
                "rows",
                "values that are all 1",
                f"outputs from {ones.min():.3g} to {ones.max():.3g}",
            )
        else:
            self.order()

    def order(self) -> None:
        """In another order, inputs must give the same outputs, unless positions matter."""
        values, layout = self.values(), self.case.layout if self.case else "bld"
        positions = r"posi|pos_|pos\b|rotary|rope|freqs|alibi|rel_|tril|triu|causal|window|kernel"
        positions += r"|decay|time|shift|pool|unfold|functional\.conv|f\.conv"
        s, convolution = self.subject, nn.modules.conv._ConvNd
        parts = s.module.modules() if s.module is not None else ()
        wide = any(isinstance(part, convolution) and max(part.kernel_size) > 1 for part in parts)
        sees_some = {"causal", "pattern", "rope"} & self.settings.keys() or self.says_causal()
        suits = s.has_weights and s.form == "x" and layout in LENGTH_AXIS and not self.base
        if not suits or wide or sees_some or self.report.mistakes:
            return
        if re.search(positions, self.text):
            return
        at, x = LENGTH_AXIS[layout], values["x"]
        order = torch.randperm(x.shape[at], generator=torch.Generator().manual_seed(4))
        results = [s.call({**values, "x": t}) for t in (x, x.index_select(at, order))]
        plain, moved = (
            next(t for t in tensors_in(result) if t.dim() == x.dim()) for result in results
        )
        if plain.shape[at] != x.shape[at]:
            return
        apart = (moved - plain.index_select(at, order)).abs().max()
        self.reordered = True
        if apart > 1e-3:
            tried = "the inputs in another order"
            self.report.add("tokens_mixed", tried, f"outputs {apart:.2g} apart")

    def gradients(self) -> None:
        """Compare gradients with finite differences, input by input and weight by weight."""
        s, values = self.subject, self.values()
        if values is None:
            return
        inputs = TENSORS | {"weight_q", "weight_k", "weight_v"}
        floats = {role: t for role, t in values.items() if isinstance(t, torch.Tensor)}
        targets = {
            role: t for role, t in floats.items() if role in inputs and t.is_floating_point()
        }
        named = s.module.named_parameters() if s.module is not None else ()
        for name, p in named:
            packed = role_of_weight(name) in ("q", "k", "v", "qkv", "kv")
            if p.dim() > 1 and p.requires_grad and packed:
                targets[name] = p
        generator = torch.Generator().manual_seed(9)
        probe: list[torch.Tensor] = []

        def loss(more):
            t = self.main_tensor(s.call({**values, **more}))
            if not probe:
                probe.append(torch.randn(t.shape, generator=generator))
            return (t * probe[0]).sum()

        for name, t in targets.items():
            direction = torch.randn(t.shape, generator=generator)
            try:
                words = self.blocked(name, t, direction, loss)
            except Exception:
                return
            if words:
                tried = f"the gradient of the output with respect to {name}"
                self.report.add("gradient_blocked", tried, words)
                return

    def blocked(self, name, t, direction, loss) -> str:
        """What is wrong with a gradient along a direction, or ''."""
        given = name in self.values()

        def at(step):
            if given:
                return loss({name: t.detach() + step * direction}).item()
            before = t.detach().clone()
            try:
                t.add_(step * direction)
                return loss({}).item()
            finally:
                t.copy_(before)

        slopes = [(at(e) - at(-e)) / (2 * e) for e in (1e-3, 4e-3)]
        apart, slope = abs(slopes[0] - slopes[1]), abs(slopes[0])
        if not apart <= 0.02 * (slope + 1e-2) or slope < 2e-2:
            return ""  # too rough, or too flat, to compare
        try:
            with torch.enable_grad():
                leaf = t.detach().clone().requires_grad_() if given else t
                out = loss({name: leaf} if given else {})
            if not out.requires_grad:
                return "the output has no gradient at all (no_grad, detach or .data)"
            (grad,) = torch.autograd.grad(out, leaf, allow_unused=True)
        except RuntimeError as error:
            words = str(error).splitlines()[0][:160]
            return words if "modified by an inplace" in words or "leaf Variable" in words else ""
        along = 0.0 if grad is None else (grad * direction).sum().item()
        if abs(along - slopes[0]) <= 0.1 * slope + 1e-2 or "sixteen_bits" in self.report.mistakes:
            return ""
        return f"{along:.3g} along one direction, where the outputs change by {slopes[0]:.3g}"


# ---- masks ---------------------------------------------------------------------------------------
def stated_polarity(source: str, name: str) -> str | None:
    """'attend' or 'hide' where the text of the attention says what True or 1 means."""
    verbs = r"\W{0,4}(=|:|->|means?|for|where|is|are|marks?|indicates?|to|may|can)?\W{0,4}"
    ones = r"\b(true|1s?|ones?)\b" + verbs + r"[\w\s]{0,24}\b"
    zeros = r"\b(false|0s?|zeros?)\b" + verbs + r"[\w\s]{0,24}\b"
    attend = r"(attend|keep|kept|visible|allowed|valid|real|participate|see|seen|unmasked)"
    hide = r"(masked|hidden|hide|ignored?|pad(ding|ded)?|blocked|not (be )?(attend\w*|allowed))"
    prose = re.findall(r'(?s)""".*?"""|\'\'\'.*?\'\'\'|#[^\n]*', source.lower())
    for words in "\n".join(prose).splitlines():
        if not re.search(rf"\b{name.lower()}\b|mask", words):
            continue
        denied = re.search(r"\bnot\b", words)
        if re.search(ones + attend, words) and not denied:
            return "attend"
        if re.search(ones + hide, words):
            return "hide"
        if re.search(zeros + hide, words):
            return "attend"
        if re.search(zeros + attend, words) and not denied:
            return "hide"
    return None


def mask_forms(batch, n, heads, role, name):
    """(value, allowed (batch, 1, n, n), words, whether True hides) for each usual form of mask."""
    full = torch.rand(batch, 1, n, n, generator=torch.Generator().manual_seed(8)) > 0.4
    at = torch.arange(n)
    full[..., at, (at + 2) % n] = True  # no row and no column is empty
    full[..., at, (at + 1) % n] = False
    full[..., 0, :] = True  # one sees all
    one = full[:1]
    lengths = torch.tensor([n - 1, n - 2, n, *[n - 1] * batch])[:batch]
    padding = (at < lengths[:, None])[:, None, None]  # (batch, 1, 1, n)
    if role == "lengths":
        yield lengths, padding.expand(batch, 1, n, n), "the number of real keys per example", None
        return
    every_head = full.expand(batch, heads, n, n)
    fulls = [
        (one[0, 0], one, "(queries, keys)"),
        (full, full, "(batch, 1, queries, keys)"),
        (full[:, 0], full, "(batch, queries, keys)"),
        (one, one, "(1, 1, queries, keys)"),
        (one[0, 0, ..., None], one, "(queries, keys, 1)"),
        (every_head, full, "(batch, heads, queries, keys)"),
        (every_head.flatten(0, 1), full, "(batch * heads, queries, keys)"),
    ]
    pads = [
        (padding[:, 0, 0], padding, "(batch, keys)"),
        (padding, padding, "(batch, 1, 1, keys)"),
        (padding[:, 0], padding, "(batch, 1, keys)"),
        (padding[0, 0, 0], padding[:1], "(keys,)"),
    ]
    of_padding = re.search(r"pad|src|key|valid", name.lower())
    for mask, seen, words in pads + fulls if of_padding else fulls + pads:
        allowed = seen.expand(batch, 1, n, n)
        yield mask.clone(), allowed, words, False
        yield ~mask, allowed, words, True
        yield mask.float(), allowed, words + " of 1 and 0", False
        yield (~mask).float(), allowed, words + " of 1 and 0", True
        yield torch.zeros(mask.shape).masked_fill(~mask, -math.inf), allowed, words, None


class Masks(Properties):
    """What a given mask does, in every usual form."""

    def masks(self) -> None:
        for name, role in self.subject.roles.items():
            if role in ("mask", "lengths"):
                self.mask_of(name, role)

    def mask_of(self, name: str, role: str) -> None:
        """Try every usual form of mask until one gives numbers that can be explained."""
        n, report, tried = self.subject.sizes.n, self.report, []
        forms = mask_forms(self.case.q.shape[0], n, self.settings["heads"], role, name)
        for value, allowed, words, hides in forms:
            case = self.again(n, n, {name: value})
            if case is None:
                continue
            if self.gives(case, allowed=allowed):
                self.mask_works(name, words, hides, value)
                return
            tried.append((case, allowed, words, hides))
        if not tried or any(mistake.startswith("softmax") for mistake in report.mistakes):
            return
        if all(self.gives(case, causal="past") for case, *_ in tried):
            report.how.append(f"{name}: any mask makes it causal")
        elif all(self.gives(case) or self.gives(case, causal=None) for case, *_ in tried):
            if len(re.findall(rf"\b{name}\b", re.sub("#.*", "", self.source))) == 1:
                report.notes.append(f"{name} is never used")
            elif re.search(rf"\b{name}\.(dim\(|ndim)", self.source):
                words = (
                    "no mask of the shapes that were tried had an effect, and it asks for shapes"
                )
                report.notes.append(f"{name}: {words}")
            else:
                got = "the numbers of a call without a mask"
                report.add("mask_ignored", f"{name} in {len(tried)} forms", got)
        elif not self.mask_fails(name, tried):
            if any(case.out.isfinite().all(-1).any() for case, *_ in tried):
                words = "no usual form of mask gave numbers that could be explained"
                report.notes.append(f"{name}: {words}")
            else:
                report.add("mask_nan", f"{name} in {len(tried)} forms", "NaN in every output")

    def mask_fails(self, name, tried) -> bool:
        """Whether a mistake explains one of the forms of mask; report it."""
        before = len(self.report.findings)
        for experiment in (self.masked_wrongly, self.masked_by_rows):
            for case, allowed, words, hides in tried:
                tried_words = f"{name} as {words}, which hides keys from some queries"
                self.compare(case, tried_words, [], experiment(case, allowed))
                if len(self.report.findings) > before:
                    self.polarity(name, words, hides)
                    return True
        return False

    def masked_wrongly(self, case, allowed):
        """(mistakes, settings) for a mask."""
        batch, heads = case.q.shape[0], self.settings["heads"]
        full = allowed.expand(batch, heads, *allowed.shape[-2:])
        by_head, by_example = full.transpose(0, 1).flatten(0, 1), full.flatten(0, 1)
        changed = {
            "as it is": allowed, "transposed": allowed.mT,
            "repeated batch first": by_example.unflatten(0, (heads, batch)).transpose(0, 1),
            "repeated heads first": by_head.unflatten(0, (batch, heads)),
        }  # fmt: skip
        causal = self.settings.get("causal")
        for mistakes, apply, change in MASK_TRIALS:
            seen, also = changed[change], {}
            if causal and apply != "before":
                seen, also = seen & triangle(causal, *seen.shape[-2:]), {"causal": None}
            yield mistakes, {"allowed": seen, "apply": apply, **also}

    def masked_by_rows(self, case, allowed):
        """The same, for mistakes that show in which rows are still right."""
        rows = case.out.shape[:2]  # (batch, queries)
        sees_all = allowed.all(-1).all(1).expand(rows)
        broken = ~case.out.isfinite().all(-1)
        if sees_all.any() and not sees_all.all() and bool((broken != sees_all).all()):
            yield "mask_after_softmax", {"only": sees_all}  # hidden weights are -inf
        if bool((allowed == allowed[..., :1, :]).all()):
            real = allowed[:, 0, 0].expand(rows)  # as if they were queries
            for right in (real, ~real):
                if broken[~right].all() or self.gives(case, factor=0.0, only=~right):
                    yield "mask_wrong_axis", {"only": right}

    def mask_works(self, name, words, hides, value) -> None:
        report, meaning = self.report, ", True hides" if hides else ", True may attend"
        meaning = ", floats are added" if hides is None else meaning
        report.how.append(f"{name}: {words}{'' if value.dim() == 1 else meaning}")
        # Where it lets True attend, as most do, only the caller's word counts against it.
        meant = self.polarity(name, words, hides) if hides or self.mask else False
        if hides is False and name == "key_padding_mask" and not self.mask:
            report.notes.append(
                "key_padding_mask: True (or 1) may attend; in nn.MultiheadAttention, this name "
                "stands for a mask that hides where it is True; check(…, mask='hide') tests for it"
            )
        if hides and meant is None:
            report.notes.append(
                f"{name}: True (or 1) hides a key, as in nn.MultiheadAttention; "
                f"F.scaled_dot_product_attention means the opposite. If your callers pass True "
                f"for 'may attend', this is the classic inverted mask; check(…, mask='attend') "
                f"tests for it"
            )
        self.row_without_keys(name, value, hides)

    def polarity(self, name, words, hides) -> bool | None:
        """Whether True is meant to hide, if anything says so; report a mask that does not."""
        meant = {"attend": False, "hide": True}.get(self.mask or stated_polarity(self.source, name))
        torchs = {"dropout_p", "is_causal"} & set(self.subject.roles) and name == "attn_mask"
        if meant is None and torchs and not self.subject.has_weights:
            meant = False
        if hides is not None and meant is not None and meant != hides:
            who = "the caller" if self.mask else "its name or its text"
            does, should = ("hides" if true else "may attend" for true in (hides, meant))
            got = f"True {does}, but {who} says that True {should}"
            self.report.add("mask_inverted", f"{name} as {words}", got)
        return meant

    def row_without_keys(self, name, value, hides) -> None:
        if self.subject.roles[name] == "lengths":
            return
        by_query = value.dim() >= 2 and value.shape[-2] == value.shape[-1]
        full = value.clone()
        at = (..., 1, slice(None)) if by_query else (1 % value.shape[0],)
        full[at] = -math.inf if hides is None else int(hides)
        n = self.subject.sizes.n
        case = self.again(n, n, {name: full})
        if case is None:
            return
        row = case.out[:, 1] if by_query else case.out[1 % case.out.shape[0]]
        tried = f"{name} that leaves a query no key"
        if row.isnan().any():
            self.report.add("nan_rows", tried, "NaN", weakness=True)
        elif row.abs().max() > 1e-6 and hides is not None:
            self.report.add("minus_a_billion", tried, f"{numbers(row)}, not zeros", weakness=True)


# ---- the check -----------------------------------------------------------------------------------
def cache_in(result, out):
    """What a result holds besides the output and the weights."""
    parts = result if isinstance(result, (tuple, list)) else ()

    def weights(r):
        return isinstance(r, torch.Tensor) and r.dim() == 4 and r.shape[-2] == out.shape[1]

    rest = [r for r in parts if r is not out and r is not None and not weights(r)]
    return rest[-1] if rest else None


def is_attention(part) -> bool:
    """Whether a module has projections of queries, keys and values of its own."""
    names = [name for name, _ in itertools.chain(part.named_children(), part._parameters.items())]
    own = {role_of_weight(name) for name in names}
    return isinstance(part, nn.MultiheadAttention) or any(need <= own for need in ENOUGH)


class Check(Masks):
    """One check of one attention. Each experiment adds findings to the report."""

    def attempt(self, experiment, *arguments) -> None:
        """Do an experiment; one that fails finds nothing, and a note says so."""
        try:
            experiment(*arguments)
        except Exception as error:
            words = f"{type(error).__name__}: {error}".splitlines()[0]
            self.report.notes.append(f"the experiment {experiment.__name__} failed: {words}")

    def run(self) -> Report:
        report, subject = self.report, self.subject
        if subject.built:
            report.how.append(f"constructed as {subject.built}")
        cases = self.first_runs()
        self.attempt(self.randomness)
        several = self.attentions_inside()
        if len(several) > 1:  # a layer around them has no numbers of its own to search for long
            self.deadline = time.process_time() + PATIENCE / 10
        if cases:
            self.attempt(self.report_numbers, cases)
        elif self.values() is not None:
            report.how.append("its projections could not be told apart; properties only")
        else:
            report.notes.append("it could not be called: " + self.problem)
            return report
        before = len(report.findings)
        if not report.compared or self.case.inner:  # the split into heads was not compared
            self.attempt(self.properties)
        if not report.compared and several:
            self.attempt(self.parts)
        if (
            not report.compared
            and cases
            and not subject.projects
            and len(report.findings) == before
        ):
            report.add("differs", self.tried(), self.got({"heads": self.case.heads[0]}))
        self.describe()
        experiments = (
            self.origins, self.order, self.unequal, self.masks, self.flag, self.groups, self.steps,
            self.edges,
        )  # fmt: skip
        for experiment in experiments if self.settings and report.compared else ():
            self.attempt(experiment)
        if self.settings and report.compared and self.case.inner:
            around = (
                "" if self.reordered else ", and whether the heads are split and merged rightly"
            )
            report.untested.append("the projections around the two products" + around)
            if self.settings.get("scale") == "missing" and not self.scale_was_seen:
                report.untested.append("the scale, which its text says comes before the products")
        if subject.modified:
            tried = "every call was followed by a look at its inputs"
            report.add("input_modified", tried, subject.modified)
        else:
            self.attempt(self.gradients)
        return report

    def attentions_inside(self) -> dict[str, nn.Module]:
        """The attentions of a module that is none itself, by name."""
        module = self.subject.module
        if module is None or is_attention(module):
            return {}
        return {name: part for name, part in module.named_modules() if is_attention(part)}

    def parts(self) -> None:
        """Check each attention of a whole layer, and which inputs the layer gives to it."""
        s, report = self.subject, self.report
        parts = self.attentions_inside()
        calls: list[Any] = []
        hooks = [
            part.register_forward_hook(
                lambda *call, name=name: calls.append((name, *call[1:3])), with_kwargs=True
            )
            for name, part in parts.items()
        ]
        try:
            with s.keeping_state():
                s.run = s.module
                s.call(self.values())
        finally:
            for handle in hooks:
                handle.remove()
        seen: list[Any] = []
        for name in dict.fromkeys(name for name, *_ in calls):
            kind = type(parts[name]), [(n, p.shape) for n, p in parts[name].named_parameters()]
            if kind in seen:
                report.how.append(f"{name}: another of the kind above")
                continue
            seen.append(kind)
            of_part = Check(parts[name], None, self.mask, None, None).run()
            report.how += [f"{name}: {line}" for line in of_part.how]
            report.notes += [f"{name}: {note}" for note in of_part.notes]
            report.untested += [f"{name}: {what}" for what in of_part.untested]
            for f in of_part.findings:
                report.add(f.mistake, f"its part {name}: {f.tried}", f.got, f.weakness)
            if not of_part.compared:
                return
        report.compared = bool(seen)
        report.untested.append("which masks and positions the layer around its attentions passes")
        for name, arguments, keywords in calls:
            self.inputs_of_part(name, [*arguments, *keywords.values()])

    def inputs_of_part(self, name: str, given) -> None:
        """Queries are of one source, keys and values of another, or all are of the same."""
        tensors = [t for t in given if isinstance(t, torch.Tensor) and t.is_floating_point()]
        if len(tensors) < 3 or tensors[1].shape != tensors[2].shape:
            return
        q, k, v = tensors[:3]
        same_k, same_v = (t.shape == q.shape and same_numbers(t, q) for t in (k, v))
        if same_k != same_v:
            mistake = "keys_are_queries" if same_k else "values_are_queries"
            words = "of the queries' source, and values are not"
            words = words if same_k else "not of the queries' source, and values are"
            self.report.add(mistake, f"what the layer gives to {name}", f"keys are {words}")

    def origins(self) -> None:
        """Whether keys and values are made of the inputs, and by the weights, meant for them."""
        s, n, add = self.subject, self.subject.sizes.n, self.report.add
        if not s.has_weights or self.case.inner or not self.again(n, n):
            return
        events = [(role_of_weight(name), read, out) for name, read, out in s.watch.events]
        used = "".join(role for role, _, _ in events)
        declared = {role_of_weight(name) for name, p in s.module.named_parameters() if p.dim() > 1}
        for role in "qkv":
            if role in declared and role not in used and used:
                got = f"those of the {WORDS[role]} do not"
                add("weights_unused", "which weights take part", got)
        if s.form not in ("qkv", "q, kv"):
            return
        roles = {"q": "query", "k": "key", "v": "value"}
        inputs = [(of, t) for of, t in s.given.items() if of in TENSORS]
        inputs += [(roles[role], out) for role, _, out in events if role in roles]
        meant = {"q": {"query"}, "k": {"key", "kv", "context"}, "v": {"value", "kv", "context"}}
        if s.form == "q, kv":
            meant["v"] |= {"key"}
        for (role, read, _), (of, t) in itertools.product(events, inputs):
            wrong = {"query": "q", "value": "v"}.get(of, "k")
            if role not in meant or of in meant[role] or role == wrong:
                continue
            if any(same_numbers(t, i) for i in read):
                got = f"the {WORDS[role]} are made of what should be the {WORDS[wrong]}"
                mistake = f"{WORDS[role]}_are_{WORDS[wrong]}"
                add(mistake, "which input each projection reads", got)

    def unequal(self) -> None:
        """More keys than queries: another context, or cached keys."""
        s, notes = self.subject, self.report.notes
        cross = s.form == "x" and s.has("context") and "causal" not in self.settings
        if (s.form == "x" and not cross) or self.base:
            return
        case = self.again(s.sizes.n, s.sizes.m, **({"cross": True} if cross else {}))
        if case is None or case.k.shape[1] != s.sizes.m:
            if not cross:
                notes.append("it takes queries and keys of one length only")
            return
        tried, mistakes = f"{s.sizes.n} queries and {s.sizes.m} keys", self.report.mistakes
        if self.settings.get("causal") in ("future", "strict_future"):
            return
        if self.settings.get("causal"):
            asked = not s.has_weights or s.has("cache")  # a layer may be for equal lengths alone
            right = [{"align": "bottom_right"}]
            self.compare(case, tried, right, [("causal_top_left", {})], not asked)
            return
        same = self.compare(case, tried, [{}], [] if mistakes else TRIALS)
        if not same and not self.report.mistakes and "rope" not in self.settings:
            notes.append("with unequal lengths its numbers could not be explained")

    def flag(self) -> None:
        """A flag for causality."""
        s, report = self.subject, self.report
        if not s.has("causal") or self.settings.get("causal"):
            return
        name, n, m = s.name_for("causal"), s.sizes.n, s.sizes.m
        case = self.again(n, n, {"causal": True})
        if case is None:
            report.notes.append(f"{name}=True: {self.problem or 'did not run'}")
            return
        trials = [trial for trial in TRIALS if "causal" in trial[1]]
        wrong, before = [("causal_ignored", {}), *trials], len(report.findings)
        words = f"{name}=True, {n} queries and keys"
        if not self.compare(case, words, [{"causal": "past"}], wrong):
            if len(report.findings) == before:
                right = case.expected(**{**self.settings, "causal": "past"})
                report.add("future", f"{name}=True", gap(case.out, right))
            return
        report.how.append(f"{name}=True: query i sees keys 1 to i")
        case = self.again(n, m, {"causal": True}) if s.form != "x" else None
        if case is None or case.k.shape[1] != m:
            return
        words = f"{name}=True, {n} queries, {m} keys"
        if name == "is_causal" and self.gives(case, causal="past"):
            page = SITE + MISTAKES["causal_top_left"][2]
            report.notes.append(
                f"{words}: the triangle starts at the top left, as in "
                f"F.scaled_dot_product_attention. With a cache, give a mask that ends at the "
                f"bottom right (see {page})"
            )
            return
        wrong = [("causal_top_left", {"causal": "past"})]
        for align in ("top_left", "bottom_right"):
            wrong += [(names, {**settings, "align": align}) for names, settings in trials]
        if self.compare(case, words, [{"causal": "past", "align": "bottom_right"}], wrong):
            report.how.append("with more keys than queries, the triangle ends at the bottom right")

    def groups(self) -> None:
        """Fewer heads of keys and values than of queries, in a function."""
        s, n = self.subject, self.subject.sizes.n
        if s.projects or self.case.layout not in ("bhld", "blhd") or s.form != "qkv":
            return
        extra = {role: value for role, value in (("gqa", True), ("n_rep", 2)) if s.has(role)}
        case = self.again(n, n, extra, kv_heads=s.sizes.kv_heads)
        tried = f"{self.settings['heads']} heads of queries, {s.sizes.kv_heads} of keys and values"
        if case and self.compare(case, tried, [{}], [("heads_repeat", {"tile": True})]):
            words = "fewer heads of keys and values serve groups of neighboring query heads"
            self.report.how.append(words)

    def steps(self) -> None:
        """Later queries alone, after cached keys, against the whole."""
        s, n = self.subject, self.subject.sizes.n
        if s.form == "qkv" and not s.projects and s.has("offset") and "rope" in self.settings:
            (q, k, v), _ = drawn(s, n, n, s.sizes.heads, self.case.layout)
            whole = self.again(n, n, flats=(q, k, v))
            last = self.again(1, n, {"offset": n - 1}, flats=(q[:, -1:], k, v))
            if last is not None and not close(last.out, whole.out[:, -1:]):
                tried = f"the last of {n} queries alone, {s.name_for('offset')}={n - 1}"
                self.report.add("rotary_offset", tried, gap(last.out, whole.out[:, -1:]))
            return
        takes_steps = s.has("cache") or (s.has("offset") and s.has_weights)
        if s.form == "x" and self.case.layout == "bld" and takes_steps and not s.steps:
            self.cached_steps()

    def cached_steps(self) -> None:
        """Two tokens, then one at a time, against all at once."""
        s, report, n = self.subject, self.report, self.subject.sizes.n
        generator = torch.Generator().manual_seed(5)
        x = torch.randn(s.sizes.batch, n, s.sizes.d_model, generator=generator)
        flags = {role: True for role in ("use_cache", "causal") if s.has(role)}

        def outputs(a, b, cache):
            values = {"x": x[:, a:b].contiguous(), **positional(s, b - a, a, self.tables), **flags}
            if b - a == 1:
                values.pop("causal", None)
            result = s.call({**values, **({"cache": cache} if cache is not None else {})})
            shape = x.shape[0], b - a
            fits = (t for t in tensors_in(result) if t.dim() == 3 and t.shape[:2] == shape)
            out = next(fits, None)
            return out, cache_in(result, out) if out is not None else None

        try:
            with s.keeping_state():
                whole, _ = outputs(0, n, None)
            stepped, cache = [], None
            with s.keeping_state():
                for a, b in [(0, 2), *((i, i + 1) for i in range(2, n))]:
                    out, cache = outputs(a, b, cache)
                    if s.has("cache") and cache is None:
                        return
                    stepped.append(out)
            stepped = torch.cat(stepped, 1)
        except Exception as error:
            words = f"{type(error).__name__}: {error}".splitlines()[0]
            report.notes.append(f"its cache could not be used: {words}")
            return
        if close(stepped, whole, 1e-3):
            report.how.append("step by step with its cache gives the outputs of the whole")
        elif self.settings.get("causal") or "causal" in flags:
            mistake = "causal_top_left" if self.settings.get("causal") else "cache_differs"
            given = set(positional(s, 1)) - {"offset"}  # the caller turns queries and keys rightly
            mistake = "rotary_offset" if "rope" in self.settings and not given else mistake
            tried = "two inputs, then one at a time with the cache, against all at once"
            report.add(mistake, tried, gap(stepped, whole))

    def edges(self) -> None:
        """Large scores, and float16, in a function that is right otherwise."""
        s, n = self.subject, self.subject.sizes.n
        if s.projects or s.form != "qkv" or self.report.mistakes:
            return
        (q, k, v), _ = drawn(s, n, n, s.sizes.heads, self.case.layout)
        case = self.again(n, n, flats=(q * 60, k * 60, v))
        if case is not None and not case.out.isfinite().all():
            tried = "scores of some thousands"
            self.report.add("overflow", tried, "NaN or infinity", weakness=True)
        q = put(torch.full((1, 2, 64), 40.0).half(), self.case.layout)
        try:
            out = s.call({"query": q, "key": q.clone(), "value": torch.ones_like(q)})
        except Exception:
            return  # float16 is more than was promised
        t = next((t for t in tensors_in(out) if t.shape == q.shape), q)
        if not t.isfinite().all():
            tried = "float16, d_k 64, all numbers of queries and keys 40"
            self.report.add("half_overflow", tried, "NaN", weakness=True)


# ---- to be called --------------------------------------------------------------------------------
def check(attention, *, n_heads=None, mask=None, causal=None, **kwargs) -> Report:
    """Report on an attention: a function, an nn.Module or a class.

    n_heads: where it cannot be read from an attribute
    mask: what True means in it, "attend" or "hide"; None: whatever it does is taken as meant
    causal: True where it must be causal
    kwargs: further arguments for every call, by name
    """
    if mask not in (None, "attend", "hide"):
        raise ValueError(f"mask says what True means, 'attend' or 'hide', not {mask!r}")
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Check(attention, n_heads, mask, causal, kwargs).run()


def load(target: str):
    """Object that `file.py:expression` names."""
    path, _, expression = target.partition(".py:")
    if not expression:
        raise SystemExit('name it: attention_check.py FILE.py:NAME or "FILE.py:Name(64, 4)"')
    file = Path(path + ".py").resolve()
    sys.path.insert(0, str(file.parent))
    if re.search(r"(?m)^\s*from \.", file.read_text("utf-8")):  # it is a part of a package
        names, folder = [file.stem], file.parent
        while (folder / "__init__.py").exists():
            names, folder = [folder.name, *names], folder.parent
        sys.path.insert(0, str(folder))
        return eval(expression, vars(importlib.import_module(".".join(names))))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return eval(expression, vars(module))


def main(arguments: list[str]) -> int:
    strict = "--strict" in arguments
    pairs = (a[2:].split("=", 1) for a in arguments if a.startswith("--") and "=" in a)
    options = dict(pairs)
    targets = [a for a in arguments if not a.startswith("--")]
    if not targets:
        print(__doc__)
        return 2
    worst = 0
    for target in targets:
        n_heads = int(options["heads"]) if "heads" in options else None
        try:
            report = check(load(target), mask=options.get("mask"), n_heads=n_heads)
        except NotConstructed as error:
            print(f"{target}: {error}")
            worst = max(worst, 2)
            continue
        print(report)
        bad = report.mistakes or (strict and report.weaknesses)
        worst = max(worst, 1 if bad else 0 if report.compared else 2)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
