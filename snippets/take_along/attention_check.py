# SPDX-License-Identifier: MIT
"""Tell which classic mistake an attention has.

    python attention_check.py mine.py:attention           a function or a class
    python attention_check.py "mine.py:Heads(64, 4)"      an instance
    assert check(attention).ok                            in a test

It runs the attention on small tensors and watches its two products: queries times keys, and
weights times values. It looks for the softmax(q k / sqrt(d_k)) v with the fewest classic
mistakes that gives the same numbers between them. Then it changes one token of a projection at
a time and sees what moves before and behind them. A module's parameters are drawn anew, in a
copy. Needs torch alone. Exit status: 0 no mistake, 1 mistakes, 2 could not be checked.
Weaknesses (rows without keys, large numbers, 16 bits) do not change the status, unless
--strict is given.

To read it from top to bottom: the mistakes and what they do to the numbers; the report; a
reference that can make each mistake; what names mean, and how a class is constructed; how a
call is watched; how an attention is called; where its queries, keys and values are in a call;
and the check in layers, each of which builds on the one before: runs, what explains their
numbers, what goes on around the two products, properties that need no reference, masks, and
the experiments in their order.
"""

from __future__ import annotations

import argparse
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
import traceback
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

SCALES = r"sqrt|(?<!un)scal|\*\* *\(?-? *0?\.5|temperature"  # words of a scaled attention
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
  tokens_apart         no token sees another: heads attend to each other inside of each token
transpose(1, 2), then reshape | mistakes/heads.md#the-star-heads-merged-as-they-lie
  heads_merged         heads are mixed up when they are merged: reshaped without a transpose
repeat_interleave | mistakes/sizes.md#repeat-for-grouped-heads
  heads_repeat         keys and values are tiled (repeat): query heads meet another group's keys
each query's scores depend on that query and the keys | rotary.md
  positions_mixed      what is added to a query's scores belongs to another query: a wrong shift
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
both numbers of a pair turn by one angle | rotary.md
  rotary_pairs         the rotary positions are no rotation: pairs and angles do not fit
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
    ("softmax_batch", {"axis": "batch"}), ("softmax_heads", {"axis": "heads", "apply": "finite"}),
    ("softmax_batch", {"axis": "batch", "apply": "finite"}),
    ("softmax_heads", {"axis": "heads", "apply": "nan"}),
    ("softmax_batch", {"axis": "batch", "apply": "nan"}), ("causal_sees_next", {"causal": "next"}),
    ("causal_not_itself", {"causal": "not_itself"}),
    ("causal_inverted", {"causal": "strict_future"}), ("causal_inverted", {"causal": "future"}),
    ("causal_inverted, mask_after_softmax", {"causal": "strict_future", "apply": "after"}),
    ("mask_after_softmax", {"causal": "past", "apply": "after"}),
    ("mask_zeros", {"causal": "past", "apply": "zeros"}),
    ("mask_weak", {"causal": "past", "apply": -1.0}),
    ("mask_weak", {"causal": "past", "apply": -10.0}),
    ("mask_added", {"causal": "past", "apply": "added"}),
    ("mask_added", {"causal": "past", "apply": "added_hidden"}),
    ("keys_reshaped", {"keys_as": "reshape"}),
    ("softmax_missing", {"act": "none"}), ("softmax_log", {"act": "log"}),
    ("softmax_twice", {"act": "twice"}), ("softmax_sigmoid", {"act": "sigmoid"}),
    ("softmax_relu", {"act": "relu"}), ("values_summed", {"act": "ones"}),
    ("values_summed", {"act": "own"}), ("values_summed", {"act": "diagonal"}),
]  # fmt: skip

# The same for a mask that is given, and how it is applied.
MASK_TRIALS = [
    ("mask_after_softmax", "after"), ("mask_zeros", "zeros"), ("mask_added", "added"),
    ("mask_added", "added_hidden"), ("mask_inverted", "huge"),
    *(("mask_weak", -float(fill)) for fill in range(1, 17)),
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
AXES = {"keys": -1, "queries": -2, "heads": 1, "batch": 0}


def triangle(kind, n, m, aligned="top_left"):
    ones = torch.ones(n, m, dtype=torch.bool)
    shift = m - n if aligned == "bottom_right" else 0
    below = {"past": 0, "next": 1, "not_itself": -1}
    if kind in below:
        return ones.tril(below[kind] + shift)
    return ones.triu({"future": 0, "strict_future": 1}[kind] + shift)


def merge(out):
    """(batch, heads, n, d) as (batch, n, heads * d)."""
    return out.transpose(1, 2).flatten(2)


PLAIN: dict[str, Any] = {  # what can be set in the reference, and how it is without a mistake
    "scale": None, "factor": None, "after": None,  # by name, by number, and after the softmax
    "axis": "keys", "act": "softmax",  # of the softmax, and what stands in its place
    "causal": None, "align": "top_left",  # which triangle is seen, and where it starts
    "bias": None, "cap": None,  # added to the scores, (heads, n, m), and around their tanh
    "pattern": None, "allowed": None,  # seen keys (n, m), and (batch, heads or 1, n, m)
    "apply": "before",  # how hidden scores are hidden, or what they are
    "kept": None,  # keys whose weights are not set to 0 after the softmax, as in "allowed"
    "keys_as": "mT",  # how keys are transposed
    "unit": False,  # whether queries and keys have length 1
}  # fmt: skip
FILLS = {
    "before": -math.inf, "nan": -math.inf, "finite": -1e9, "zeros": 0.0, "huge": 1e20,
}  # fmt: skip


def operands(q, k, v, heads):
    """Queries, keys and values as (batch, heads, n, d_k), or None where the shapes do not fit."""
    kv_heads = max(1, k.shape[-1] // (q.shape[-1] // heads))
    if k.shape[-1] % kv_heads or v.shape[-1] % kv_heads or heads % kv_heads:
        return None
    counts = heads, kv_heads, kv_heads
    pairs = zip((q, k, v), counts, strict=True)
    q, k, v = (t.unflatten(-1, (h, -1)).transpose(1, 2) for t, h in pairs)
    k, v = (t.repeat_interleave(heads // kv_heads, 1) for t in (k, v))
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


def factors(d_k, m, heads, d_model):
    """Factors of the scores, right and wrong, by name."""
    return {
        None: d_k**-0.5, "missing": 1.0, "doubled": 1 / d_k, "multiplied": d_k**0.5,
        "d_model": d_model**-0.5, "heads": heads**-0.5, "length": m**-0.5,
    }  # fmt: skip


def reference(q, k, v, heads, d_model, **settings):
    """Outputs (batch, n, width) of attention with the given mistakes. NaN where it does not matter.

    q, k, v: (batch, length, heads * d_k)
    returns: None where the mistakes do not fit the shapes
    """
    s = SimpleNamespace(**{**PLAIN, **settings})
    three = operands(q, k, v, heads)
    if three is None:
        return None
    q, k, v = three
    if s.unit:
        q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
    (n, d_k), m = q.shape[-2:], k.shape[-2]
    hidden = hidden_keys(n, m, s)
    if hidden is None or (s.act in ("none", "log") and s.apply == "before" and hidden.any()):
        return None
    across = k.mT if s.keys_as == "mT" else k.reshape(k.mT.shape)
    factor = factors(d_k, m, heads, d_model)[s.scale] if s.factor is None else s.factor
    scores = q @ across * factor
    if s.cap:
        scores = torch.tanh(scores / s.cap[0]) * s.cap[1]
    if s.bias is not None:
        scores = scores + s.bias
    if s.apply in FILLS or isinstance(s.apply, float):
        scores = scores.masked_fill(hidden, FILLS.get(s.apply, s.apply))
    elif s.apply != "after":
        scores = scores + (~hidden if s.apply == "added" else hidden).to(scores.dtype)
    dim = AXES[s.axis]
    acts = {
        "softmax": lambda t: t.softmax(dim), "log": lambda t: t.log_softmax(dim),
        "twice": lambda t: t.softmax(dim).softmax(dim), "none": lambda t: t,
        "sigmoid": torch.sigmoid, "relu": torch.relu, "ones": torch.ones_like,
        "own": lambda t: torch.eye(n, m).expand_as(t),
        "diagonal": lambda t: t.softmax(dim) * torch.eye(n, m),
    }  # fmt: skip
    weights = acts[s.act](scores)
    if s.kept is not None:
        weights = weights.masked_fill(~s.kept, 0)
    if s.apply == "after":
        weights = weights.masked_fill(hidden, 0)
    elif dim != -1 and s.apply == "before":
        weights = weights.nan_to_num(0.0)
    if s.after:
        weights = weights * (d_k if s.after == "d_k" else d_model) ** -0.5
    out = merge(weights @ v)
    if s.apply == "before" and s.act == "softmax" and s.axis == "keys":
        empty = hidden.expand(len(out), hidden.shape[1] if hidden.dim() > 2 else 1, n, m)
        out = out.masked_fill(empty.all(-1).any(1)[..., None], math.nan)  # a query without keys
    return out


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
    """One run: what enters the two products of the attention and leaves them."""

    q: torch.Tensor  # (batch, n, heads * d_k), as the others
    k: torch.Tensor
    v: torch.Tensor
    out: torch.Tensor
    heads: int
    d_model: int
    layout: str
    logits: torch.Tensor | None = None  # what the softmax reads, with axes in its own order
    where: tuple = ()  # where these tensors are in a call; none if the products are out of sight
    in_16_bits: bool = False  # whether a product was of 16 bits
    free: list[dict[str, Any]] = field(default_factory=list)  # settings that are no mistakes
    base: dict[str, Any] = field(default_factory=dict)  # a mask that hides nothing, or nothing

    def expected(self, **settings):
        """Output of the reference, or None where the settings do not fit the shapes."""
        try:
            return reference(self.q, self.k, self.v, self.heads, self.d_model, **settings)
        except (RuntimeError, IndexError, TypeError):
            return None

    def gives(self, tolerance=CLOSE, only=None, **settings) -> bool:
        """Whether the reference gives the output, or only these (batch, queries) of it."""
        expected = self.expected(**settings)
        if only is not None and expected is not None:
            return close(self.out[only], expected[only], tolerance)
        return close(self.out, expected, tolerance)


def explain(case: Case, count: int, tolerance=CLOSE, deadline=math.inf):
    """(mistakes, settings) of an attention with this many mistakes that gives the numbers."""
    for trials in itertools.combinations(TRIALS, count):
        keys = [key for _, more in trials for key in more]
        if len(keys) > len(set(keys)) or (case.heads == 1 and "heads" in str(trials)):
            continue
        if time.process_time() > deadline:
            return None
        settings = {key: value for _, more in trials for key, value in more.items()}
        for free in case.free:
            if "causal" in settings and "causal" in free:
                continue
            if case.gives(tolerance, **{**free, **settings}):
                return ", ".join(names for names, _ in trials), {**free, **settings}
    return None


def first_found(*attempts):
    """First result of the attempts that is not None, or None."""
    return next((found for attempt in attempts if (found := attempt()) is not None), None)


def in_shape(t, batch: int, heads: int, n: int, m: int):
    """A tensor as (batch, heads, n, m), with its axes in each order that its sizes allow."""
    fits = t.numel() == batch * heads * n * m
    for axes in itertools.permutations(range(t.dim())) if fits else ():
        if t.permute(axes).shape[-2:] == (n, m):
            yield t.permute(axes).reshape(batch, heads, n, m)
            yield t.permute(axes).reshape(heads, batch, n, m).transpose(0, 1)


def fit(case: Case):
    """Settings with a factor and a bias of the scores that make what the softmax reads, or None.

    The bias is the same in every example, so it vanishes where the mean over these is taken away.
    """
    three = operands(case.q, case.k, case.v, case.heads)
    if case.logits is None or three is None or len(case.q) < 2:
        return None
    (q, k, _), (n, m) = three, (case.q.shape[1], case.k.shape[1])
    units = (False, q @ k.mT), (True, F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).mT)
    every = in_shape(case.logits.float(), len(q), case.heads, n, m)
    for logits, (unit, scores) in itertools.product(every, units):
        seen = (logits > -1e3).all(0)  # (heads, n, m)
        shapes = {None: seen | True, **{kind: triangle(kind, n, m) for kind in ("past", "next")}}
        kind = next((kind for kind, shape in shapes.items() if (seen == shape).all()), "other")
        logits = logits.where(seen, 0.0)
        x, y = ((t - t.mean(0)) * seen for t in (scores, logits))
        factor = ((x * y).sum((0, 2, 3)) / x.square().sum((0, 2, 3)))[:, None, None]
        if (seen != seen[:1]).any() or not (y - factor * x).abs().max() < 1e-3 * (
            1 + y.abs().max()
        ):
            continue
        settings = {"factor": factor, "bias": ((logits - factor * scores) * seen).mean(0)}
        settings |= {"unit": True} if unit else {}
        settings |= {"pattern": seen[0]} if kind == "other" else {"causal": kind} if kind else {}
        for axis in ("keys", "queries", "heads"):
            if case.gives(1e-3, axis=axis, **settings):
                return {"axis": axis, **settings}
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
    ("position_embeddings", r"position_embeddings?|cos_?sin|rope_cache|rotary_pos_emb|rope|rotary|"
        r"rotary_emb\w*"),
    ("cos", r".*\bcos|cos.*|rope_cos|freqs_cos"),
    ("sin", r"sin.*|rope_sin|freqs_sin"),
    ("freqs_cis", r"freqs_?(cis|complex)?|freqs_?c.*|rope_freqs|rotary_freqs"),
    ("positions", r"pos(ition)?_?ids?|positions?|input_pos|cache_position"),
    ("added_positions", r"(rel(ative)?_?)?pos(ition(al)?)?_?(emb\w*|enc\w*)|rel(ative)?_?pos\w*|r"),
    ("offset", r"offset|start_?pos|(pos(ition)?|rope|q|query)_?offset|past_len(gth)?|cache_?len|"
        r"start|cur_pos|pos"),
    ("use_cache", r"use_(kv_)?cache"),
    ("cache", r"(kv_?)?cache|past(_kv|_key_values?|_keys_values)?|layer_past|prev_kv"),
    ("mask", r".*mask.*|adj\w*|attn_?bias|attention_?bias|(token|input|seq)_?ids"),
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
    ("max_length", r"(block|context|window|ctx)_?(size|length|len)|context_?window|"
        r"max_?(seq|sequence|pos|position|context|target|source)?_?(len|length|positions?|embeddings|size)?.*|(seq|"
        r"sequence)_?(len|length|size)|n_?ctx|t|n_positions|n_tokens|num_tokens|length|size"),
    ("batch", r"(max_)?batch(_size)?|b"),
    ("bias", r".*bias.*"),
    ("training", r"training|train|is_training"),
    ("batch_first", r"batch_first"),
    ("eps", r".*eps"),
    ("base", r".*(theta|base)"),
    ("layer", r"layer(_?(idx|id|number|index))?|depth"),
    ("layers", r"(n|num)_?layers?"),
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
    "position_embeddings", "added_positions",
}  # fmt: skip


def role_of(name: str, constructor: bool = False) -> str:
    """Role that a parameter's name suggests, or ''."""
    name = name.lower().strip("_")
    if re.search("(head|query|q)_mask", name):  # it weighs whole heads, or hides queries
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
            "eps": 1e-6, "base": 10000.0, "layer": 0, "layers": 1, "device": "cpu",
            "dtype": torch.float32, "causal": True, "mask": None, "gqa": True, "length": self.n,
            "height": self.grid[0], "width": self.grid[1],
        }  # fmt: skip


class NotFound(Exception):
    """Raised for a file or a name that cannot be loaded."""


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
INPUTS = {"qkv", "query", "key", "value", "x", "kv", "context"}  # roles of what is attended to
PRODUCTS = {
    "linear", "matmul", "__matmul__", "__rmatmul__", "bmm", "mm", "einsum", "addmm", "conv1d",
    "conv2d", "tensordot", "baddbmm",
}  # fmt: skip
BY_ROWS = {"matmul", "__matmul__", "bmm", "mm", "baddbmm"}  # (..., n, d) and (..., d, m)
NORMALIZE = {"layer_norm", "batch_norm", "group_norm", "rms_norm", "instance_norm"}
DROPS = {"dropout", "dropout_", "dropout1d", "feature_dropout", "alpha_dropout", "native_dropout"}
LEARNED = r"(^|[._])(latent|probe|cls|class_token|token|seed|induc|slot|mem_)\w*$"  # as inputs


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(part)
    elif hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
        yield from tensors_in(vars(value))


def in_the_open(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None,
                enable_gqa=False):  # fmt: skip
    """torch's own attention with its two products."""
    if enable_gqa:
        n_heads = query.shape[-3]
        key, value = (t.repeat_interleave(n_heads // t.shape[-3], -3) for t in (key, value))
    scores = query @ key.mT * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        attn_mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if attn_mask is not None:
        added = attn_mask.dtype is not torch.bool
        scores = scores + attn_mask if added else scores.masked_fill(~attn_mask, -math.inf)
    return scores.softmax(-1) @ value


def layer_in_the_open(*args, **kwargs):
    """The same for the heads of an nn.MultiheadAttention."""
    bound = inspect.signature(F.multi_head_attention_forward).bind(*args, **kwargs)
    bound.apply_defaults()
    a = SimpleNamespace(**bound.arguments)
    weights = a.q_proj_weight, a.k_proj_weight, a.v_proj_weight
    weights = weights if a.in_proj_weight is None else a.in_proj_weight.chunk(3)
    biases = [None] * 3 if a.in_proj_bias is None else a.in_proj_bias.chunk(3)
    three = zip((a.query, a.key, a.value), weights, biases, strict=True)
    q, k, v = (F.linear(t, w, b).unflatten(-1, (a.num_heads, -1)) for t, w, b in three)
    q, k, v = (t.transpose(0, -2) if t.dim() == 3 else t.permute(1, 2, 0, 3) for t in (q, k, v))
    masks, hidden = [a.attn_mask, a.key_padding_mask], torch.zeros(1, 1, 1, 1)
    if masks[0] is not None and masks[0].dim() == 3:
        masks[0] = masks[0].unflatten(0, (-1, a.num_heads))
    if masks[1] is not None:
        masks[1] = masks[1][..., None, None, :]
    for mask in (mask for mask in masks if mask is not None):
        added = mask.dtype is not torch.bool
        hidden = hidden + mask if added else hidden.masked_fill(mask, -math.inf)
    return in_the_open(q, k, v, hidden)


@dataclass
class Product:
    """A product, or a norm, in which inputs take part."""

    number: int
    name: str  # of the parameter that took part, or ""
    read: list[torch.Tensor]  # the operands that depend on inputs,
    marks: list[dict[Any, None]]  # and what each of these is made of
    out: torch.Tensor
    by_rows: bool = False  # whether the operands are (..., n, d) and (..., d, m)


class Watch(TorchFunctionMode):
    """Record every product that inputs take part in, and what each tensor is made of.

    A tensor's marks are "" if it depends on an input, the names of parameters, the roles of
    inputs behind an @, and the numbers of products since the last attention, whose own number
    is marked as (number,).
    left_out: products that give zeros, and products that give back what they read
    added: numbers that are added to the results of products
    """

    def __init__(self, names: dict[int, str], inputs, drop: bool, left_out, added):
        super().__init__()
        self.names, self.drop, self.left_out, self.added = names, drop, left_out, added
        self.marks: dict[int, dict[Any, None]] = {}
        self.alive: list[torch.Tensor] = []  # so that no other tensor gets the id of one of them
        self.products: list[Product] = []
        self.logits: dict[int, torch.Tensor] = {}  # what a softmax reads, by the scores' number
        self.capped: dict[int, list[float]] = {}  # outputs of tanh, and what multiplies them
        for role, t in inputs:
            self.mark(t, self.marks_of(t) | {"": None, "@" + role: None})

    def marks_of(self, t) -> dict[Any, None]:
        if isinstance(t, nn.Parameter) and id(t) not in self.marks:
            name = self.names.get(id(t), f"parameter {len(self.products)}")
            return dict.fromkeys([""] * bool(re.search(LEARNED, name)) + [name])
        return self.marks.get(id(t), {})

    def mark(self, result, marks) -> None:
        for t in tensors_in(result) if marks else ():
            self.marks[id(t)] = marks
            self.alive.append(t)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if not self.drop and name in DROPS and args:
            return args[0]
        if not self.drop and name == "scaled_dot_product_attention":
            args = (*args[:4], 0.0, *args[5:]) if len(args) > 4 else args
            kwargs = {**kwargs, "dropout_p": 0.0} if "dropout_p" in kwargs else kwargs
        marked = [(t, self.marks_of(t)) for t in tensors_in([args, kwargs])]
        made_of = {key: None for _, marks in marked for key in marks}
        read = [(t, marks) for t, marks in marked if "" in marks]
        result = func(*args, **kwargs)
        opened = {"scaled_dot_product_attention": in_the_open}
        opened["multi_head_attention_forward"] = layer_in_the_open
        if read and name in opened:
            with self:
                out = opened[name](*args, **kwargs)
            made_of = self.marks_of(out)
            if name.startswith("scaled") and self.added:
                result = out
            elif name.startswith("scaled"):
                self.products[-1].out = result.clone()  # rows without keys may differ
        elif read and name in PRODUCTS | NORMALIZE:
            result, made_of = self.record(name, marked, read, made_of, result)
        self.mark(args[0] if name == "__setitem__" else result, made_of)
        if name in ("softmax", "_softmax"):
            self.logits |= {key: args[0].clone() for key in made_of if isinstance(key, int)}
        elif name in ("tanh", "tanh_") and any(isinstance(key, int) for key in made_of):
            self.capped[id(result)] = []
        elif name.strip("_") in ("mul", "rmul", "imul") and len(read) == 1:
            numbers = [float(a) for a in args if isinstance(a, (int, float))]
            self.capped.get(id(read[0][0]), []).extend(numbers)
        return result

    def record(self, name, marked, read, made_of, result):
        """Record a product or a norm; return its result, and what this is made of."""
        number = len(self.products)
        if left := self.left_out.get(number):
            result = torch.zeros_like(result) if left == "zeros" else read[0][0].clone()
        if number in self.added:
            result = result + self.added[number]
        parameters = (key for _, m in marked if "" not in m for key in m if isinstance(key, str))
        named = next(parameters, "") if name in PRODUCTS and len(read) == 1 else ""
        tensors, marks = [t.clone() for t, _ in read], [m for _, m in read]
        self.products.append(
            Product(number, named, tensors, marks, result.clone(), name in BY_ROWS)
        )
        if self.scores_of(self.products[-1]):
            made_of = {key: None for key in made_of if isinstance(key, str)} | {(number,): None}
        return result, made_of | {number: None}

    def scores_of(self, product) -> list[Product]:
        """The products whose scores became weights in this one."""
        if len(product.read) < 2:
            return []
        numbers = [key for m in product.marks for key in m if isinstance(key, int)]
        return [self.products[i] for i in numbers if len(self.products[i].read) > 1]

    def attentions(self) -> list[tuple[Product, Product, int]]:
        """Scores, outputs, and which operand of the latter are the weights, of each attention."""
        pairs = [(self.scores_of(product), product) for product in self.products]
        pairs = [(scores, product) for scores, product in pairs if scores]
        every = [s.number for scores, _ in pairs for s in scores]
        if len(every) > len(set(every)):  # some scores become weights twice, as in blocks
            return []
        return [(s[0], p, 0 if s[0].number in p.marks[0] else 1) for s, p in pairs]

    def beside(self) -> dict[int, str]:
        """Products to leave out: terms that are added to scores, and mixtures of heads."""
        found = {}
        for scores, outputs, at in self.attentions():
            own = {scores.number, *scores.marks[0], *scores.marks[1]}
            for key in (
                key for key in outputs.marks[at] if isinstance(key, int) and key not in own
            ):
                product = self.products[key]
                if len(product.read) > 1:  # queries times keys once more is no position
                    continue
                if not any(scores.number in marks for marks in product.marks):
                    found[key] = "zeros"
                elif product.out.shape == product.read[0].shape:
                    found[key] = "through"
        return found

    def caps(self) -> list[tuple[float, float]]:
        """What may have divided scores before a tanh, and what multiplied them behind it."""
        factors = [factor for after in self.capped.values() for factor in after or [1.0]]
        return [(inside, factor) for factor in dict.fromkeys(factors) for inside in (factor, 1.0)]

    def projects_outputs(self, product) -> bool:
        """Whether it is the projection of what leaves an attention."""
        behind = any(isinstance(key, tuple) for m in product.marks for key in m)
        return bool(product.name) and behind

    def sources(self, marks) -> list[Product]:
        """The last projections on the way to what has these marks."""
        every = [self.products[key] for key in marks if isinstance(key, int)]
        earlier = {key for product in every if product.name for m in product.marks for key in m}
        return [p for p in every if p.name and p.number not in earlier]


def same_numbers(a, b) -> bool:
    return a.shape == b.shape and torch.equal(a.nan_to_num(7.0), b.nan_to_num(7.0))


def parameters_of(attention):
    try:
        target = attention.forward if isinstance(attention, nn.Module) else attention
        return list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):  # torch's own, written in C++
        return list(inspect.signature(in_the_open).parameters.values())


def with_lists(module):
    """A module whose plain lists of layers and weights are its own, as nn.ModuleList's are."""
    for part in list(module.modules()):
        for name, value in list(vars(part).items()):
            if not isinstance(value, (list, tuple)) or not value:
                continue
            if all(isinstance(one, nn.Module) for one in value):
                setattr(part, name, nn.ModuleList(value))
            elif all(isinstance(one, torch.Tensor) and one.requires_grad for one in value):
                setattr(part, name, nn.ParameterList(one.detach() for one in value))
    return module


def tables_of(module) -> list[torch.Tensor]:
    """Buffers of a module and its parts, and plain tensors among their attributes."""
    plain = (t for part in module.modules() for t in vars(part).values())
    return [*module.buffers(), *(t for t in plain if isinstance(t, torch.Tensor))]


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
    for name, part in module.named_modules():
        if isinstance(part, nn.Linear) and role_of_weight(name) == "q":
            return max([part.in_features, *given])  # keys may be made of something wider
    for part in module.modules():
        if isinstance(part, (nn.MultiheadAttention, nn.Conv1d, nn.Conv2d)):
            return getattr(part, "embed_dim", None) or part.in_channels
        if isinstance(part, nn.Linear):
            return max([part.in_features, *given])
    shapes = [p.shape for p in module.parameters() if p.dim() > 1]
    return next(iter(given + [s[0] if len(s) == 2 else max(s) for s in shapes]), None)


def heads_of(attention) -> list[int]:
    """Numbers of heads that attributes of the module or its parts give."""
    found, keys = [], ("n_head", "n_heads", "num_heads", "num_attention_heads")
    for part in attention.modules() if isinstance(attention, nn.Module) else [attention]:
        for name, value in getattr(part, "__dict__", {}).items():
            role = role_of(name, constructor=True)
            if role == "config" and not isinstance(value, (int, str)):
                of = value if isinstance(value, dict) else getattr(value, "__dict__", {})
                found += [of.get(key, getattr(value, key, None)) for key in keys]
            found += [value] if role == "heads" else []
    return list(dict.fromkeys(n for n in found if type(n) is int and n > 0))


POSITIONS = r"rel|pos(?!t)|table|alibi|slope|sink"  # in names of what may be added to scores


def draw(module, heads: int) -> None:
    """New weights for which no mistake hides: scores of about 1, no zeros."""
    generator = torch.Generator().manual_seed(1)
    convolutions = [p for p in module.modules() if isinstance(p, nn.modules.conv._ConvNd)]
    of_convolutions = {id(part.weight) for part in convolutions}
    for name, p in [*module.named_parameters(), *module.named_buffers()]:
        bias, learned = name.endswith("bias"), isinstance(p, nn.Parameter)
        positions = POSITIONS if learned else "alibi|slope"
        if not p.is_floating_point():
            continue
        if re.search(positions, name.lower()):
            p.zero_()  # positions that are added, which could be anything
        elif not learned or (p.dim() > 1 and p.numel() in (1, heads)):
            pass  # a temperature: what a constructor gives suits it
        elif re.search(r"gamma|norm|(^|[._])ln", name.lower()):
            p.fill_(1.0)
        elif p.dim() > 1:
            width = max(p.shape[-2:]) if p.dim() > 2 else p.shape[-1]
            width = p[0].numel() if id(p) in of_convolutions else width
            p.copy_(torch.randn(p.shape, generator=generator) * 1.3 / math.sqrt(width))
        elif bias:  # so that a report does not depend on the constructor's numbers
            p.copy_(torch.randn(p.shape, generator=generator) * 0.1)
        elif not p.any():
            p.fill_(1.0)  # a factor of the outputs, or of a norm, that starts at 0


# ---- the attention under test --------------------------------------------------------------------
class Subject:
    """The attention under test, called by the roles of its parameters."""

    def __init__(self, attention, n_heads=None, kwargs=None):
        self.name = getattr(attention, "__name__", type(attention).__name__)
        self.built, self.modified = "", ""
        self.module, self.watch = None, None
        if inspect.isclass(attention):
            attention, self.built = construct(attention, Sizes())
        if isinstance(attention, nn.Module):
            self.module = attention = with_lists(copy.deepcopy(attention)).eval()
        self.run, self.kwargs, self.sizes = attention, dict(kwargs or {}), Sizes()
        self.text = source_of(attention) if inspect.isroutine(attention) else ""
        self.parameters = parameters_of(attention)
        self.way: dict[str, Any] = {}  # how inputs are given, where it is not as usual
        self.roles = self.read_roles()
        self.as_read = self.parameters, self.roles
        self.keeps_state = False
        self.given: dict[str, Any] = {}  # the tensors of the last run, by role
        self.left_out: dict[int, str] = {}  # products that are left out of every call
        self.heads_first = False
        self.shared: dict[int, Any] = {}  # what copies of a module have in common, by id
        if self.module is not None:
            self.wake()
            draw(self.module, next(iter(heads_of(attention)), 0))
            self.shared = {id(p): p for p in self.module.parameters()}
            for part in self.module.modules():
                of_torch = type(part).__module__.startswith("torch.nn.")
                if of_torch and not part._buffers and not part._modules:  # it keeps no state
                    self.shared[id(part)] = part
        self.attribute_heads = heads_of(attention)
        self.n_heads = n_heads or next(iter(self.attribute_heads), 4)
        if not self.has_weights and self.n_heads == 1:
            self.n_heads = 4
        self.sizes = next(self.all_sizes())

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
            role, flag = role_of(p.name), p.annotation in (bool, "bool")
            if role == "mask" and (isinstance(p.default, bool) or flag):
                role = "causal"
            elif role == "mask" and "str" in str(p.annotation):
                role = ""
            elif flag and role not in ("causal", "use_cache"):
                role = "flag"
            if "Tensor" in str(p.annotation) and role in ("d_model", "d_k", "max_length", "batch"):
                role = "x"  # as in_features, which is a number elsewhere
            known = role in roles.values() or (role == "x" and "query" in roles.values())
            roles[p.name] = "" if known and role not in ("mask", "flag", "length", "bias") else role
        for pair in (("height", "width"), ("h", "w"), ("H", "W")):  # of an image
            if roles.keys() >= set(pair):
                roles |= dict(zip(pair, ("height", "width"), strict=True))
        needed = [p.name for p in self.parameters if p.name in roles and p.default is p.empty]
        tensors = [name for name in needed if roles[name] in INPUTS | {""}]
        known = {roles[name] for name in tensors}
        three = len(tensors) >= 3 and not {"key", "value"} <= known
        if three or not {"query", "x", "key", "qkv"} & known:
            order = {1: ["x"], 2: ["x", "context"]}.get(len(tensors), ["query", "key", "value"])
            roles |= dict(zip(tensors, order, strict=False))
        elif "" in known:
            roles[next(name for name in tensors if not roles[name])] = "context"
        return roles

    def pack(self) -> bool:
        """Take the only argument that is needed as one that holds several; False if it cannot."""
        self.parameters, self.roles = self.as_read
        if roles := self.way.get("packed", ()):
            needed = [p for p in self.parameters if p.name in self.roles and p.default is p.empty]
            if len(needed) != 1:
                return False
            kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
            others = [p for p in self.parameters if p is not needed[0]]
            self.parameters = [*(inspect.Parameter(role, kind) for role in roles), *others]
            self.roles = dict(zip(roles, roles, strict=True)) | self.roles
            del self.roles[needed[0].name]
        return True

    def value_for(self, p, values):
        """Argument of a parameter; p.empty where it keeps its default."""
        role = self.roles.get(p.name, "")
        for known, key in ((self.kwargs, p.name), (values, p.name), (values, role)):
            if key in known:
                return known[key]
        if p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            return p.empty
        given = {
            "lengths": torch.full((self.sizes.batch,), self.sizes.n), "mask": None, "cache": None,
            "dropout": None, "offset": 0, "layer": 0, "causal": False, "flag": False,
            "bias_vector": torch.zeros(self.sizes.d_model),
            "bias_qkv": torch.zeros(3 * self.sizes.d_model),
            "context": values.get("x"), "kv": values.get("x"),
        }  # fmt: skip
        return given[role] if role in given else self.sizes.settings().get(role)

    def arguments(self, values: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Arguments by position and by name. Unknown parameters with defaults keep them."""
        given = [(p, self.value_for(p, values)) for p in self.parameters]
        count = len(self.way.get("packed", ()))
        arguments: list[Any] = [tuple(value for _, value in given[:count])] if count else []
        keywords: dict[str, Any] = {}
        by_name = False
        for p, value in given[count:]:
            if value is p.empty:
                by_name = True
            elif by_name or p.kind is p.KEYWORD_ONLY:
                keywords[p.name] = value
            else:
                arguments.append(value)
        return arguments, keywords

    def all_sizes(self):
        """Sizes that may suit, the likeliest first: no longer than a triangle of its own."""
        module = self.module
        parts = list(module.modules()) if module is not None else []
        taken = {size for p in module.parameters() for size in p.shape} if module else set()
        widths = [24]
        if module is not None:
            linear = [part for part in parts if isinstance(part, nn.Linear)]
            given = {n for n in vars(module).values() if type(n) is int and 1 < n < 512}
            given |= {n for part in linear for n in (part.in_features, part.out_features)}
            known = width_of(module) or 24
            wider = sorted(n for n in given if n > known and n % known == 0)
            others = sorted({n for p in module.parameters() if p.dim() > 1 for n in p.shape})
            others = [n for n in others if 4 < n < 512 and n % self.n_heads == 0]
            widths = [known, *([24] if self.built else []), *wider, *others]
        squares = [t.shape[-1] for t in tables_of(module) if is_square(t)] if module else []
        longest = min((size for size in squares if size <= 64), default=None)
        for width in dict.fromkeys(widths):
            heads = 1 if width % self.n_heads else self.n_heads
            if longest is None or longest >= Sizes(width, heads, taken).n:
                yield Sizes(width, heads, taken)
            if longest is not None:
                yield Sizes(width, heads, taken, longest)
        for grid in self.grids(parts):
            heads = 1 if widths[0] % self.n_heads else self.n_heads
            sizes = Sizes(widths[0], heads, taken)
            sizes.n, sizes.grid = math.prod(grid), grid
            yield sizes

    def grids(self, parts):
        """Heights and widths of images that suit: a window's, one that can be made smaller."""
        given = {p.name: p.default for p in self.parameters}
        names = r"(window|input|image|img|feature)_?(size|resolution)|ws"
        own = [n for name, n in vars(self.module or self).items() if re.fullmatch(names, name)]
        found = [[given.get(name) for name, r in self.roles.items() if r in ("height", "width")]]
        found += [(n, n) if type(n) is int else n for n in own]
        if any(getattr(part, "kernel_size", 1) not in (1, (1,), (1, 1)) for part in parts):
            found += [(4, 6), (8, 8)]
        for grid in found:
            sides = grid if isinstance(grid, (tuple, list)) and len(grid) == 2 else [None]
            if all(type(side) is int and 1 < side < 17 for side in sides):
                yield tuple(sides)

    def context_widths(self) -> tuple[int, int]:
        """Widths of what keys and values are made of, 0 where they are those of the queries."""
        widths = {"q": 0, "k": 0, "v": 0}
        for name, part in self.module.named_modules() if self.module is not None else ():
            role = role_of_weight(name) if isinstance(part, nn.Linear) else ""
            widths |= dict.fromkeys(role, part.in_features) if role in ("q", "k", "v", "kv") else {}
        return tuple(0 if widths[x] == widths["q"] else widths[x] for x in "kv")

    def wake(self) -> None:
        """Let lazy layers see an input, after which their parameters have shapes."""
        if any(isinstance(p, UninitializedParameter) for p in self.module.parameters()):
            self.call(dict.fromkeys(INPUTS, torch.zeros(2, 5, self.sizes.d_model)))

    @property
    def has_weights(self) -> bool:
        return self.module is not None and any(p.dim() > 1 for p in self.module.parameters())

    @property
    def projects(self) -> bool:
        takes_weights = self.has("weight_q") or self.has("weight_qkv")
        return self.has_weights or self.form == "x" or takes_weights

    def fresh(self):
        """A copy that shares parameters and torch's own layers, since some modules keep a cache."""
        return copy.deepcopy(self.run, dict(self.shared)) if self.shared else self.run

    @contextlib.contextmanager
    def keeping_state(self):
        """Calls of one copy, which may keep a cache from one to the next."""
        run, self.run, self.keeps_state = self.run, self.fresh(), True
        try:
            yield
        finally:
            self.run, self.keeps_state = run, False

    def step_by_step(self, values: dict[str, Any], **options):
        """Result of one token after the other; the last one's products are watched."""
        way, self.way, results = self.way, {}, []
        try:
            with self.keeping_state():
                tokens = values["x"].split(1, dim=1)
                for i, token in enumerate(tokens):
                    token = (
                        token.squeeze(1)
                        if way["steps"] == "without a length"
                        else token.contiguous()
                    )
                    more = options if i + 1 == len(tokens) else {**options, "added": {}}
                    result = self.call({**values, "x": token, "offset": i}, **more)
                    results.append(next(t for t in tensors_in(result) if t.shape == token.shape))
        finally:
            self.way = way
        return torch.cat([t if t.dim() > 2 else t[:, None] for t in results], dim=1)

    def call(self, values: dict[str, Any], drop: bool = False, seed: int = 0, added=None):
        """Result for tensors by role.

        added: what is added to inputs, by role, and to the results of products, by number
        """
        if "steps" in self.way:
            return self.step_by_step(values, drop=drop, seed=seed, added=added)
        added = added or {}
        inputs = {role: t + added.get(role, 0.0) for role, t in values.items() if role in INPUTS}
        values = {**values, **inputs}
        arguments, keywords = self.arguments(values)
        run = self.run if self.keeps_state else self.fresh()
        filled = {id(t) for t in tensors_in(values.get("cache"))}
        given = [t for t in tensors_in([arguments, keywords]) if id(t) not in filled]
        given = [(t, t.clone()) for t in given]
        weights = self.module.named_parameters() if self.module is not None else ()
        names = {id(p): name for name, p in weights}
        names |= {id(values[r]): r for r in values if r.startswith("weight_")}
        self.watch = Watch(names, inputs.items(), drop, self.left_out, added)
        with torch.random.fork_rng(devices=[]), self.watch:
            torch.default_generator.manual_seed(seed)
            result = run(*arguments, **keywords)
        for t, before in given:
            if t.shape != before.shape or not same_numbers(t, before):
                self.modified = self.modified or f"a tensor of shape {tuple(before.shape)} changed"
        return result

    def watched(self, values: dict[str, Any]):
        """Result of a call that is kept, without what is added to scores or mixes heads."""
        self.given, result = values, self.call(values)
        if not self.left_out and (beside := self.watch.beside()):
            self.left_out = beside
            result = self.call(values)
        self.heads_first = self.folds_heads_first(values)
        return result

    def folds_heads_first(self, values) -> bool:
        """Whether heads lie before examples in their common axis, if they have one."""
        watch, role = self.watch, next((role for role in values if role in INPUTS), None)
        found, batch = watch.attentions(), self.sizes.batch
        if not found or role is None or found[0][1].out.dim() != 3 or len(found[0][1].out) == batch:
            return False
        axis = [i for i, size in enumerate(values[role].shape) if size == batch][:1]
        if not axis:
            return False
        other = torch.zeros_like(values[role])
        other.select(axis[0], 0).fill_(1.0)
        self.call(values, added={role: other})
        (_, outputs, _), moved = self.watch.attentions()[0], None
        self.watch, moved = watch, (outputs.out - found[0][1].out).abs().flatten(1).amax(1) > 1e-6
        rows = moved.nonzero().flatten().tolist()
        return len(rows) > 1 and rows[-1] - rows[0] >= len(rows)


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


def put(flat, layout, heads=1, grid=None):
    """(batch, length, heads * d) in another layout; grid: height and width of an image."""
    if layout == "ld":
        return flat[0].clone()
    letters, t = ("blhd", flat.unflatten(-1, (heads, -1))) if "h" in layout else ("bld", flat)
    t = t.permute([letters.index(letter) for letter in layout if letter != "1"])
    at = layout.index("l")
    if grid and layout in ("bl1d", "bdl1") and math.prod(grid) == t.shape[at]:
        t = t.unflatten(at, grid)
        layout = layout.replace("1", "")
    for axis in (axis for axis, letter in enumerate(layout) if letter == "1"):
        t = t.unsqueeze(axis)
    return t.clone(memory_format=torch.contiguous_format)


def flatten(t, batch: int, n: int, heads: int = 1, heads_first: bool = False, rows=None):
    """Tensor with its axes found by their sizes, as (batch, n, width), or None.

    heads_first: how batch and heads are folded, where they are
    rows: whether the length is the last axis but one, if sizes allow it; None for an image
    """
    shape = list(t.shape)
    if t.dim() == 3 and heads > 1 and shape[0] == batch * heads and n in shape[1:]:
        folded = t.unflatten(0, (heads, batch) if heads_first else (batch, heads))
        t = folded.transpose(0, 1) if heads_first else folded
    elif t.dim() == 3 and batch > 1 and shape[1] == batch * n:  # heads first
        t = t.unflatten(1, (batch, n)).permute(1, 2, 0, 3)
    elif t.dim() in (2, 3) and shape[0] == batch * n and n not in shape:
        t = t.unflatten(0, (batch, n))
    elif batch == 1 and (1 not in shape or t.dim() == 2):
        t = t[None]
    if n not in t.shape and rows is None:  # height and width of an image
        sides = (i for i in range(1, t.dim() - 1) if t.shape[i] * t.shape[i + 1] == n)
        t = next((t.flatten(i, i + 1) for i in sides), t)
    shape = list(t.shape)
    if batch not in shape or t.dim() not in (3, 4, 5):
        return None
    b = shape.index(batch)
    at = [i for i, size in enumerate(shape) if size == n and i != b]
    if not at:
        return None
    length = t.dim() - 2 if rows and t.dim() - 2 in at else at[0]
    rest = [i for i in range(t.dim()) if i not in (b, length)]
    return t.permute(b, length, *rest).flatten(2)


TABLES = [(half, axes, "pair") for axes in (2, 3, 4) for half in (False, True)]
TABLES += [(half, 2, "before heads") for half in (False, True)]
TABLES += [(True, 2, kind) for kind in ("left out", "complex", "function", "angles", "by example")]
# Embeddings of positions that are added to scores, by the letters of their axes: w for 2 n - 1.
ADDED = [(True, 2, axes) for axes in ("1wd", "bwd", "wd", "w1d", "1nd", "bnd", "nd", "n1d", "nnd")]


def as_they_are(*tensors):
    return tensors if len(tensors) > 1 else tensors[0]


def positional(subject: Subject, n: int, start: int = 0, tables=TABLES[0]) -> dict[str, Any]:
    """Values for parameters that give positions: rotary ones, or zeros to be added.

    tables: (d_k / 2 columns?, axes, what stands for all positions)
    """
    d = subject.sizes.d_k
    at = torch.arange(start, start + n)
    angle = at[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    half, axes, kind = tables
    table = angle if half else torch.cat([angle, angle], -1)
    table = table[None, :, None] if kind == "before heads" else table[(None,) * (axes - 2)]

    pair, polar = (table.cos(), table.sin()), torch.polar(torch.ones_like(angle), angle)
    every: Any = {"complex": polar, "function": as_they_are, "angles": angle}.get(kind, pair)
    if tables in ADDED:
        sizes = {"b": subject.sizes.batch, "1": 1, "n": n, "w": 2 * n - 1}
        every = torch.zeros([sizes.get(letter, subject.sizes.d_model) for letter in kind])
    values = {
        "cos": pair[0], "sin": pair[1], "position_embeddings": every, "added_positions": every,
        "freqs_cis": angle if kind == "angles" else polar,
        "positions": at.expand(subject.sizes.batch, n) if kind == "by example" else at,
        "offset": at if kind in ("complex", "angles") else start,
    }  # fmt: skip
    given = {role: value for role, value in values.items() if subject.has(role)}
    only_needed = kind == "left out" or tables in ADDED
    return {role: t for role, t in given.items() if subject.needs(role) or not only_needed}


def packed(three, layout: str, heads: int):
    """Queries, keys and values in one tensor."""
    if layout in ("bhld", "blhd"):
        return torch.stack([put(t, layout, heads) for t in three], 0 if layout == "bhld" else 2)
    by_head = torch.stack([t.unflatten(-1, (heads, -1)) for t in three], 3).flatten(2)
    flat = by_head if layout == "bdl1" else torch.cat(three, -1)
    return put(flat, "bdl" if layout.startswith("bd") else layout)


def run(subject, layout, n, m, extra=None, kv_heads=0, flats=None, cross=False, tables=TABLES[0]):
    """Cases of a call with random inputs, and its result.

    flats: queries, keys and values as (batch, n, heads * d_k), where they are given
    cross: whether keys and values are made of another input where there may be one
    """
    s, roles = subject.sizes, set(subject.roles.values())
    batch, heads = 1 if layout == "ld" else s.batch, s.heads
    if subject.projects:
        of_keys, of_values = subject.context_widths()
        cross = cross or (subject.has("context") and of_keys not in (0, s.d_model))
        if subject.form == "x" and not cross:
            of_keys, of_values, roles = 0, 0, roles - {"context"}
        kv, widths = heads, [s.d_model, of_keys or s.d_model, of_values or s.d_model]
    else:
        known = (
            "h" in layout or "heads" in roles or (subject.has("qkv") and subject.attribute_heads)
        )
        heads = heads if known else 1
        kv = (kv_heads or heads) if heads > 1 and layout not in ONE_HEAD_OF_KEYS else 1
        widths = [heads * s.d_k, kv * s.d_k, kv * s.d_k]
    generator = torch.Generator().manual_seed(3)
    sizes = zip((n, m, m), widths, strict=True)
    q, k, v = flats or (torch.randn(batch, *size, generator=generator) * 1.2 for size in sizes)
    of_queries, of_keys = layout.split()[0], layout.split()[-1]
    values = {role: put(q, of_queries, heads, s.grid) for role in ("query", "x")}
    values |= {role: put(k, of_keys, kv, s.grid) for role in ("key", "context", "kv")}
    values["value"] = put(v, of_keys, kv, s.grid)
    if "flat_context" in subject.way:
        values["context"] = k[0].clone()
    if "qkv" in roles:
        values["qkv"] = packed([q, k, v], layout, heads)
    values = {role: t for role, t in values.items() if role in roles}
    for role in sorted(r for r in roles if r.startswith("weight_")) if not subject.module else ():
        shape = [s.d_model * (3 if role == "weight_qkv" else 1), s.d_model]
        w = torch.randn(shape, generator=generator) * 1.3 / s.d_model**0.5
        w = torch.eye(s.d_model) if role == "weight_o" else w
        values[role] = nn.Parameter(w if subject.transposes(role) else w.mT.contiguous())
    if "kv_heads" in roles and not subject.module:
        values["kv_heads"] = kv
    result = subject.watched(
        values | positional(subject, q.shape[1], tables=tables) | (extra or {})
    )
    d_model = s.d_model if subject.projects else q.shape[-1]
    n, m = q.shape[1], k.shape[1]
    for lengths in [(n, m), *lengths_seen(subject, n, m)]:
        cases = list(cases_inside(subject, batch, *lengths, d_model, layout))
        # Without a softmax, a product over the tokens makes no scores: it is linear attention.
        if any(c.logits is not None or c.q.shape[-1] // c.heads not in (n, m) for c in cases):
            return cases
    out = output_in(result, batch, q.shape[1], heads, heads * (v.shape[-1] // kv))
    opaque = out is None or subject.projects or "qkv" in roles
    return [] if opaque else [Case(q, k, v, out, heads, d_model, layout)]


def output_in(result, batch, n, heads, width):
    """First tensor of a result that has the shape of an output, as (batch, n, width)."""
    flats = (flatten(t, batch, n, heads) for t in tensors_in(result) if t.is_floating_point())
    return next((flat for flat in flats if flat is not None and flat.shape[-1] == width), None)


def lengths_seen(subject, n: int, m: int):
    """Numbers of queries and keys of the scores where they are not those of the inputs.

    Fewer queries: a class token's, learned ones. Fewer keys: of an image made smaller.
    """
    shapes = [scores.out.shape[-2:] for scores, _, _ in subject.watch.attentions()]
    for a, b in dict.fromkeys(tuple(shape) for shape in shapes if len(shape) == 2):
        if {(a, b), (b, a)}.isdisjoint({(n, m), (n, n)}):
            yield from [(a, b), (b, a)]


def flats_inside(watch: Watch, batch: int, n: int, m: int, first: int, heads_first: bool):
    """Queries, keys, values and outputs of the two products, (batch, length, heads * d), and heads.

    Heads that are computed one after the other are joined.
    first: which operand of the first product holds the queries
    returns: None where there is no attention, or more than one, or one of other lengths
    """
    found = watch.attentions()
    shapes = {(scores.out.shape, outputs.out.shape) for scores, outputs, _ in found}
    marks = (key for scores, _, _ in found for each in scores.marks for key in each)
    if len(shapes) != 1 or any(isinstance(key, tuple) for key in marks):
        return None
    heads, rest = divmod(found[0][0].out.numel(), batch * n * m)
    if rest or not heads:
        return None

    def flat(tensors, size, turned):
        rows = found[0][1].by_rows and found[0][0].by_rows
        tensors = [t.float().mT if rows and turned else t.float() for t in tensors]
        parts = [flatten(t, batch, size, heads, heads_first, rows) for t in tensors]
        return None if any(t is None for t in parts) else torch.cat(parts, -1)

    q = flat([scores.read[first] for scores, _, _ in found], n, first == 1)
    k = flat([scores.read[1 - first] for scores, _, _ in found], m, first == 0)
    v = flat([outputs.read[1 - at] for _, outputs, at in found], m, found[0][2] == 1)
    out = flat([outputs.out for _, outputs, _ in found], n, found[0][2] == 1)
    heads *= len(found)
    fits = all(t is not None for t in (q, k, v, out)) and not q.shape[-1] % heads
    return (q, k, v, out, heads) if fits and not out.shape[-1] % heads else None


def cases_inside(subject: Subject, batch: int, n: int, m: int, d_model: int, layout: str):
    """Cases between the two products of an attention, whatever made their operands.

    The scores are those of queries and keys, or transposed.
    """
    found = subject.watch.attentions()
    for first in (0, 1):
        where = batch, n, m, first, subject.heads_first
        flats = flats_inside(subject.watch, *where)
        if flats is None or "any_rows" in subject.way:
            continue
        case = Case(*flats, d_model, layout, where=where)
        case.in_16_bits = any(product.out.dtype in SIXTEEN for product in subject.watch.products)
        case.logits = subject.watch.logits.get(found[0][0].number) if len(found) == 1 else None
        yield case
    if (
        "any_rows" in subject.way
        and len(found) == 1
        and found[0][0].by_rows
        and found[0][1].by_rows
    ):
        scores, outputs, at = found[0]  # whatever the axes before rows and columns are
        q, k, v = scores.read[0], scores.read[1].mT, outputs.read[1 - at]
        lengths = {n, m, *subject.sizes.grid}
        if at == 0 and q.dim() > 2 and q.shape[-1] not in lengths and v.shape[-1] not in lengths:
            every = [t.float().reshape(-1, *t.shape[-2:]) for t in (q, k, v, outputs.out)]
            if len({len(t) for t in every}) == 1:
                yield Case(*every, 1, d_model, layout)


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
        self.problem, self.ran, self.ran_in, self.layout_run = "", False, set(), "bld"
        self.turns, self.projects_keys = False, True  # whether positions turn queries or keys
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
            return list(LAYOUTS)[:4], ["ld", *ONE_HEAD_OF_KEYS]
        heads = ["bhld", "blhd"] if s.has_weights and s.form == "qkv" else []
        return ["bld", "lbd", "ld", *heads], IMAGES if s.has_weights else []

    def cases(self, n, m, extra=None, layout=None, **options) -> list[Case]:
        """Every case that runs; the first problem is kept where none does."""
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
            self.ran_in.add(at)
            if not self.ran:
                self.ran, self.given, self.layout_run = True, self.subject.given, at
            for case in new:
                case.free, case.base = self.free(case), extra or {}
            found += new
        return found

    def moved(self, values, layout: str, role: str, index: int, of: str = "l"):
        """How far each output (batch, n) moves with a part of an input, or None.

        of: "l" for a part of the length, "b" for an example
        """
        sizes, other = self.subject.sizes, values[role].clone()
        of_keys = role in ("key", "value", "kv", "context")
        axis = layout.split()[-1 if of_keys else 0].index(of)
        image = of == "l" and other.shape[axis] != sizes.n
        (other.flatten(axis, axis + 1) if image else other).select(axis, index).mul_(-3)
        results = [self.subject.call({**values, role: t}) for t in (values[role], other)]
        batch = 1 if layout == "ld" else sizes.batch
        flats = [flatten(self.main_tensor(result), batch, sizes.n) for result in results]
        return None if flats[0] is None else (flats[0] - flats[1]).abs().amax(-1)

    def each_alone(self, layout) -> bool:
        """Whether no row of the last call's inputs meets another: then rows are no tokens."""
        values = self.subject.given
        apart = self.moved(values, layout, "x", 1) if "x" in values else None
        others = torch.arange(self.subject.sizes.n) != 1
        return apart is not None and bool(apart[:, others].max() < 1e-6)

    def again(self, n, m, extra=None, **options) -> Case | None:
        """Another run of the kind that was explained."""
        cases = self.cases(n, m, {**self.base, **(extra or {})}, self.case.layout, **options)
        same = (case for case in cases if case.where[3:4] == self.case.where[3:4])
        return next(same, None)

    def first_runs(self) -> list[Case]:
        """Runs of the sizes that suit, or else of another way to give the inputs."""
        subject, problem, ran = self.subject, "", None
        ways: list[dict[str, Any]] = [{}, {"packed": ("query", "key", "value")}]
        ways += [{"packed": ("x", "mask")}, {"flat_context": True}]
        if subject.module is not None and subject.form == "x":
            ways += [{"steps": "with a length"}, {"steps": "without a length"}]
        for subject.way in [*ways, {"any_rows": True}]:
            if not subject.pack() or (ran and subject.way.keys() & {"steps", "flat_context"}):
                continue
            for sizes in subject.all_sizes():
                subject.sizes = sizes
                if problem and time.process_time() > self.deadline - PATIENCE / 2:
                    break
                cases = self.runs_without_mask()
                problem = problem or self.problem
                if cases:
                    return cases
                if self.ran and not subject.way:
                    ran = subject.sizes
                    break
        subject.way = {}
        subject.pack()
        subject.sizes, self.problem = ran or next(subject.all_sizes()), problem
        return []

    def runs_without_mask(self) -> list[Case]:
        """Runs without a mask, or with one that hides nothing where none works without."""
        n, kept, problem, tables = self.subject.sizes.n, [], "", TABLES[0]
        rotary = {"cos", "freqs_cis", "position_embeddings", "positions", "offset"}
        forms = TABLES if rotary & set(self.subject.roles.values()) else TABLES[:1]
        added = map(self.subject.needs, ("position_embeddings", "added_positions"))
        forms = [*forms, *ADDED] if any(added) else forms
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
            if any(explain(case, 0) for case in cases):
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

    def main_tensor(self, result):
        """The outputs, and not the weights, of a result."""
        floats = [t for t in tensors_in(result) if t.is_floating_point()]
        if self.case is None:
            return floats[0]
        n, batch, heads = self.subject.sizes.n, len(self.case.q), self.case.heads
        flats = [flatten(t, batch, n, heads) for t in floats if t.shape[-1] != n]
        return next((flat for flat in flats if flat is not None), floats[0])

    # -- settings that are no mistakes
    def free(self, case) -> list[dict[str, Any]]:
        """Settings of causality, caps, and queries and keys that may have been scaled before."""
        scales = [{}, {"scale": "missing"}] if case.where else [{}]
        causal = [{}, {"causal": "past"}]
        if case.q.shape[1] < case.k.shape[1]:
            causal.append({"causal": "past", "align": "bottom_right"})
        caps = [{}, *({"cap": cap} for cap in self.subject.watch.caps())]
        return [a | b | c for a, b, c in itertools.product(scales, causal, caps)]

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
        triangles = module is not None and any(map(is_triangle, tables_of(module)))
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
        mistakes = first_found(
            lambda: self.simplest(cases, 0),
            lambda: self.in_16_bits(cases),  # rounding looks like a bias, too
            lambda: self.fitted(cases, certainly=True),
            lambda: self.simplest(cases, 1),
            lambda: self.fitted(cases),
            lambda: self.simplest(cases, 2),
        )
        if mistakes is None:
            self.case = cases[0]
        return mistakes

    def keep(self, case, settings, mistakes) -> str:
        self.case, self.settings, self.base = case, {"axis": "keys", **settings}, case.base
        return mistakes

    def simplest(self, cases, count) -> str | None:
        for case in cases:
            found = explain(case, count, CLOSE, self.deadline if count else math.inf)
            if found:
                return self.keep(case, found[1], found[0])
        return None

    def in_16_bits(self, cases) -> str | None:
        for case in cases:
            rounded = any(torch.equal(case.out.to(t).float(), case.out) for t in SIXTEEN)
            found = explain(case, 0, ROUGH) if rounded or case.in_16_bits else None
            if found:
                words = f"float32 inputs: {gap(case.out, case.expected(**found[1]))}"
                self.keep(case, found[1], "")
                self.report.add("sixteen_bits", self.tried(), words)
                return "sixteen_bits"
        return None

    def fitted(self, cases, certainly=False) -> str | None:
        """Any factor of the scores, and a bias of them that does not depend on the inputs.

        certainly: only where there is a bias
        """
        for case in cases:
            settings = fit(case)
            if settings is None:
                continue
            bias, past = settings["bias"], triangle("past", *settings["bias"].shape[-2:])
            has_bias = ((bias - bias[..., :1]) * past).abs().max() > 1e-3
            says_bias = re.search(r"rel|pos|bias|alibi|slope|dist|decay|table", self.text)
            windows = r"window|local|slid|band|block.?(diag|sparse|mask)|sparse|strid|dilat|span"
            says_some = "pattern" not in settings or re.search(windows, self.text)
            if (has_bias and not says_bias) or (certainly and not has_bias) or not says_some:
                continue
            found = [f"softmax_{settings['axis']}"] if settings["axis"] != "keys" else []
            found += ["causal_sees_next"] if settings.get("causal") == "next" else []
            return self.keep(case, settings, ", ".join(found))
        return None

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

    def scaled(self, mistakes: list[str], before: float | None) -> list[str]:
        """Mistakes with the name of the whole scale: that before the products, and between them."""
        c, settings, others = self.case, self.settings, [m for m in mistakes if m[:6] != "scale_"]
        if "after" in settings:
            return mistakes
        named = factors(c.q.shape[-1] // c.heads, c.k.shape[1], c.heads, c.d_model)
        factor = torch.as_tensor(settings.get("factor", named[settings.get("scale")])).flatten()
        whole = factor if before is None else factor * before

        def name_of(factor):
            apart = ((name, (factor / f - 1).abs().max()) for name, f in named.items())
            return next((name for name, far in apart if far < 2e-3), "other")

        name, unseen = name_of(whole), settings.get("scale") == "missing" and mistakes == others
        if before is not None and name == "other" and not unseen:
            name = name_of(factor)
        elif unseen and (before is None or name == "other"):
            self.report.untested.append("the scale, which may come before the products")
            return others
        given = self.given_scale(factor.mean().item())
        if "unit" in settings or given or (name == "other" and self.learns_scores()):
            words = numbers(whole) if len(whole) > 1 else f"{whole.item():.4g}"
            words = f"the scores are multiplied by {words}; parts of it may scale them on purpose"
            self.report.notes += [words] if name is not None else []
            return others
        return [f"scale_{name}"] * (name is not None) + others

    def given_scale(self, factor: float) -> bool:
        """Whether a constructor's caller gave the scale, as a temperature for a width to come."""
        parts = vars(self.subject.module) if self.subject.module is not None else {}
        given = [n for name, n in parts.items() if re.search(r"scal|temp", name)]
        given = [float(n) for n in given if isinstance(n, (int, float)) and n > 0]
        given += [n**0.5 for n in parts.values() if type(n) is int and n > 1]  # a width
        close_to = (abs(n * f - 1) < 1e-2 for n in given for f in (factor, 1 / factor))
        return not self.subject.has_weights and not self.subject.built and any(close_to)

    def learns_scores(self) -> bool:
        """Whether parameters besides projections act on scores: positions, temperatures."""
        module = self.subject.module
        names = [name.lower() for name, _ in module.named_parameters()] if module else []
        return any(re.search(r"rel|pos|table|alibi|slope|sink|scale|temp|tau", n) for n in names)

    def unscaled_on_purpose(self) -> bool:
        """Whether it is all convolutions, has a bias of positions, or compares inputs as they are.

        Or it is called dot-product attention, which is unscaled, in "Attention Is All You Need",
        where "scaled" stands before the name of the other. It has no word of a scale, either.
        """
        by_name = re.search(r"dot_?(prod(uct)?)?_?att|luong", self.subject.name.lower())
        parts = self.subject.module.modules() if self.subject.module is not None else ()
        layers = [p for p in parts if isinstance(p, (nn.Linear, nn.modules.conv._ConvNd))]
        images = layers and not any(isinstance(part, nn.Linear) for part in layers)
        as_they_are = self.subject.has_weights and not self.projects_keys
        given = any(re.fullmatch(r"(pos|rel)\w*_bias\w*", name) for name in self.subject.roles)
        unscaled = images or as_they_are or given or by_name or self.learns_scores()
        return bool(unscaled) and not re.search(SCALES, self.text)


# ---- what goes on around the two products --------------------------------------------------------
class Around(Numbers):
    """Experiments with one token of a projection, or of an input: it is changed, and what moves?"""

    def flats(self, added):
        """Queries, keys, values and what leaves the two products, (batch, length, width)."""
        (batch, n, *_), s = self.case.where, self.subject
        result = s.call(self.values(), added=added)
        inside = flats_inside(s.watch, *self.case.where)
        behind = (p.read[0] for p in s.watch.products if s.watch.projects_outputs(p))
        return [*inside[:3], flatten(next(behind, self.main_tensor(result)), batch, n)]

    def changed(self, tensors, token=1, columns=slice(None), by=1.0):
        """How these change with columns of one token of the first example of tensors, by name."""
        (batch, n, m, *_), added = self.case.where, {}
        sizes = sorted({n, m, 1}, reverse=True)
        for name, t in tensors:
            ids = torch.arange(t.numel()).view(t.shape)
            places = (flatten(ids, batch, size, self.case.heads) for size in sizes)
            place = next((place for place in places if place is not None), None)
            if place is not None:
                at = place[0, min(token, place.shape[1] - 1), columns]
                change = torch.zeros(t.numel())
                change[at], change[at[::3]] = by, -by
                added[name] = change.view(t.shape)
        pairs = zip(self.unchanged, self.flats(added), strict=True)
        return [None if a is None else (b - a)[0] for a, b in pairs]

    def around(self, mistakes: list[str]) -> list[str]:
        """Mistakes around the two products, and those between them, with the scale of both."""
        if not self.case.where:
            return self.scaled(mistakes, None)
        self.unchanged, watch, first = self.flats({}), self.subject.watch, self.case.where[3]
        marks: dict[str, dict[Any, None]] = {"q": {}, "k": {}, "v": {}}
        for scores, outputs, at in watch.attentions():
            parts = scores.marks[first], scores.marks[1 - first], outputs.marks[1 - at]
            marks = {x: marks[x] | part for x, part in zip("qkv", parts, strict=True)}
        made_by = {x: watch.sources(marks[x]) for x in "qkv"}
        inputs = {x: [key[1:] for key in marks[x] if str(key).startswith("@")] for x in "qkv"}
        sources = {  # projections, or else inputs
            x: [(p.number, p.out) for p in made_by[x]]
            or [(name, self.subject.given[name]) for name in inputs[x]]
            for x in "qkv"
        }
        found, before = self.splits([source for x in "qkv" for source in sources[x]])
        found += self.merges(watch) + self.tiles({name: t for x in "kv" for name, t in sources[x]})
        found += self.misplaced(made_by, inputs) + self.mixed_scores(sources["q"], sources["k"])
        self.projects_keys = bool(made_by["k"])
        return list(dict.fromkeys([*found, *self.scaled(mistakes, before)]))

    def splits(self, sources):
        """Mistakes where heads are split and turned, and the factor of queries times keys."""
        case, found, turned, lengths = self.case, [], {}, {}
        far = ROUGH if case.in_16_bits else CLOSE
        kv_heads = max(1, case.k.shape[-1] * case.heads // case.q.shape[-1])
        given = positional(self.subject, 1).keys() - {"offset", "positions"}
        turns_itself = re.search("rotar|rotat|rope", self.text) and not given
        turns_itself = turns_itself and "xpos" not in self.text  # which scales them, too
        two = zip(self.changed(sources, 1), self.changed(sources, 2), strict=True)
        for x, heads, (a, b) in zip("qkv", (case.heads, kv_heads, kv_heads), two, strict=False):
            a, b = a.unflatten(-1, (heads, -1)), b.unflatten(-1, (heads, -1))  # (n, heads, d_k)
            moves = a.abs().amax(-1) > 1e-6
            one, other = a[moves.any(1)], b[b.abs().amax((1, 2)) > 1e-6]
            if len(one) > 1 and (moves != moves[:, :1]).any():
                found.append("heads_split")
                continue
            if len(one) > 1 and x == "k" and (a.abs() > 1e-6).sum() == heads * a.shape[-1]:
                found.append("keys_reshaped")
            if len(one) == len(other) == 1 and close(one.norm(dim=-1), other.norm(dim=-1), far):
                turned[x] = not close(one, other, far)
                lengths[x] = one.norm().item() / one.numel() ** 0.5
            elif len(one) == len(other) == 1 and x != "v" and turns_itself:
                # It depends on the position. A norm does not double what was doubled.
                twice = self.changed(sources, by=2.0)["qk".index(x)].unflatten(-1, (heads, -1))
                found += ["rotary_pairs"] if close(twice, 2 * a) else []
        self.turns = any(turned.values())
        one_side = {"q", "k"} <= turned.keys() and turned["q"] != turned["k"]
        found += ["rotary_values"] if turned.get("v") else ["rotary_one_side"] * one_side
        return found, lengths["q"] * lengths["k"] if {"q", "k"} <= lengths.keys() else None

    def merges(self, watch) -> list[str]:
        """Whether tokens stay together where heads are merged."""
        found, heads = watch.attentions(), self.case.heads
        if heads == 1 or len(found) > 1 or self.unchanged[3] is None:
            return []
        outputs, width = found[0][1], self.case.out.shape[-1] // heads
        ends = slice(0, width), slice(-width, None)  # of the first head and the last
        moves = [
            self.changed([(outputs.number, outputs.out)], 1, end)[3].abs() > 1e-6 for end in ends
        ]
        first, last = (move.any(-1).nonzero().flatten().tolist() for move in moves)
        elsewhere = moves[0].sum() == width and first != [min(1, len(moves[0]) - 1)]
        return ["heads_merged"] if elsewhere or first != last else []

    def tiles(self, sources) -> list[str]:
        """Whether the copies of a head of keys or values lie apart."""
        case, d_k = self.case, self.case.q.shape[-1] // self.case.heads
        if case.heads == 1 or case.k.shape[-1] != case.q.shape[-1]:
            return []
        for name, t in sources.items():
            width = t.numel() // (case.where[0] * max(case.where[1:3]))
            for column in range(0, width, d_k):
                changes = self.changed([(name, t)], 1, slice(column, column + 1))
                for change in changes[1:3]:
                    heads = change.unflatten(-1, (case.heads, -1)).abs().amax((0, 2)) > 1e-6
                    at = heads.nonzero().flatten().tolist() or [0]
                    if at[-1] - at[0] >= len(at) > 1:
                        return ["heads_repeat"]
        return []

    def mixed_scores(self, q, k) -> list[str]:
        """Whether what is added to the scores of a query belongs to another query.

        Only earlier keys count: in Transformer-XL, what is added for later ones is hidden behind.
        q, k: the numbers and the outputs of the projections that make them
        """
        s, (batch, n, m, *_) = self.subject, self.case.where
        positions = {"position_embeddings", "added_positions"} if self.tables in ADDED else set()
        if not (s.left_out or positions) or s.way or len(q) != 1:
            return []
        values, generator = self.values(), torch.Generator().manual_seed(6)
        for role in positions & values.keys():
            values = {**values, role: torch.randn(values[role].shape, generator=generator)}
        named = s.module.named_parameters() if s.module is not None else ()
        tables = [p for name, p in named if re.search(POSITIONS, name.lower()) and not p.any()]
        ((number, out),), left, s.left_out = q, s.left_out, {}
        ids = flatten(torch.arange(out.numel()).view(out.shape), batch, n, self.case.heads)

        def scores(token=None):
            change = torch.zeros(out.numel())
            change[ids[0, token] if token is not None else []] = 1.0
            s.call(values, added={number: change.view(out.shape)})
            logits = s.watch.logits[s.watch.attentions()[0][0].number]
            return next(in_shape(logits, batch, self.case.heads, n, m))

        try:
            for p in tables:
                p.copy_(torch.randn(p.shape, generator=generator))
            before, mixed = scores(), False
            for token in range(n):  # its queries move a row, and its keys a column
                moved = (scores(token) - before).abs().amax((0, 1)).tril(m - n) > 1e-5
                moved[token] = False
                if number in dict(k):
                    moved[:, m - n + token] = False
                mixed = mixed or bool(moved.any())
        finally:
            s.left_out = left
            for p in tables:
                p.zero_()
        return ["positions_mixed"] if mixed else []

    def misplaced(self, made_by, inputs) -> list[str]:
        """What stands in another's place, by the weights and the inputs that it is made of."""
        s, found = self.subject, []
        by_weight = {x: "".join({role_of_weight(p.name) for p in made_by[x]}) for x in "qkv"}
        if made_by["k"] == made_by["v"] and not same_numbers(self.case.k, self.case.v):
            by_weight |= {"k": "kv", "v": "kv"}  # two parts of one projection
        used = "".join(role_of_weight(p.name) for p in s.watch.products)
        named = s.module.named_parameters() if s.module is not None else ()
        declared = {role_of_weight(name) for name, p in named if p.dim() > 1}
        if used and any(x in declared and x not in used for x in "qkv"):
            return ["weights_unused"]
        if by_weight["k"] == by_weight["v"] == "qkv" and same_numbers(self.case.k, self.case.v):
            found.append("values_are_keys")
        of = {"query": "q", "key": "k", "value": "v", "x": "qkv", "qkv": "qkv"}
        of |= {"key": "kv"} if s.form == "q, kv" else {}
        guessed = {role for name, role in s.roles.items() if role_of(name) != role}
        by_input = {x: "".join(of.get(role, "kv") for role in inputs[x]) for x in "qkv"}
        told = s.form in ("qkv", "q, kv") and not guessed & of.keys()
        for got in (by_weight, by_input if told else {}):
            wrong = {x: y for x, y in got.items() if len(y) == 1 and x != y}
            for a, b in ("qk", "kv"):
                if wrong.get(a) == b and wrong.get(b) == a:
                    found.append(f"{WORDS[a]}_{WORDS[b]}_swapped")
                    wrong = {}
            found += [f"{WORDS[x]}_are_{WORDS[y]}" for x, y in wrong.items()]
        return found

    # -- and its words
    def report_numbers(self, cases) -> None:
        """Report the mistakes that explain the numbers, if any do."""
        report, mistakes = self.report, self.explained(cases)
        if mistakes is None:
            report.how.append("its numbers are none that this check knows; properties only")
            return
        report.compared = True
        batch_first = "bld" in self.ran_in and self.says_batch_first()
        if self.case.layout == "lbd" and not mistakes and batch_first:
            tried = "(batch, length, width), which its text says it takes"
            got = "example 1 changes with the others; it is right for (length, batch, width)"
            report.add("batch_is_length", tried, got)
        inside = [name for name in mistakes.split(", ") if name not in ("", "sixteen_bits")]
        if self.case.k.shape[1] == 1:  # with one key, no weight tells what made it
            inside = [name for name in inside if name == "softmax_missing"]
        for mistake in self.around(inside):
            numbers_equal = mistake in inside or mistake.startswith("scale_")
            tried = "one token of a projection or an input was changed, and what moved was compared"
            got = "what moved is what this mistake moves"
            tried, got = (self.tried(), self.got()) if numbers_equal else (tried, got)
            on_purpose = mistake == "scale_missing" and self.unscaled_on_purpose()
            report.add(mistake, tried, got, weakness=on_purpose)
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

    def got(self) -> str:
        """The numbers of the run, beside those without the mistakes."""
        kept = {k: v for k, v in self.settings.items() if k in ("unit", "bias", "cap")}
        causal = "past" if self.settings.get("causal") else None
        right = self.case.expected(**kept, causal=causal)
        words = f"output 1 starts {numbers(self.case.out[0, -1])}"
        words += "" if right is None else f", right is {numbers(right[0, -1])}"
        return words + "; the numbers equal those of this mistake" * bool(self.settings)

    def describe(self) -> None:
        """Say how the attention was interpreted."""
        s, how, settings, case = self.subject, self.report.how, self.settings, self.case
        layout = LAYOUTS[case.layout if settings else self.layout_run]
        how.append(f"{s.name}({', '.join(s.roles)}), called with {s.form}, laid out {layout}")
        how += ["with a mask that hides nothing"] if self.base else []
        if "steps" in s.way:
            how.append("one token after the other, each of them " + s.way["steps"])
        if settings:
            sees = "causal" if settings.get("causal") else "every query sees every key"
            words = [f"{case.heads} head(s) of width {case.q.shape[-1] // case.heads}"]
            words += ["a query sees some keys" if "pattern" in settings else sees]
            words += ["queries and keys normalized"] * ("unit" in settings)
            biased = "bias" in settings and settings["bias"].abs().max() > 1e-3
            words += ["a bias is added to the scores"] * bool(biased)
            words += ["scores pass a tanh"] * ("cap" in settings)
            how.append(", ".join(words))


# ---- what holds for every attention --------------------------------------------------------------
class Properties(Around):
    """Experiments that need no reference."""

    def randomness(self) -> None:
        """Whether two calls differ, and not if dropout is left out."""
        values, s = self.values() or {}, self.subject

        def apart(drop):
            results = (s.call(values, drop=drop, seed=seed) for seed in (1, 2))
            pairs = list(zip(*(tensors_in(result) for result in results), strict=False))
            return [(a - b).abs().max() for a, b in pairs if not same_numbers(a, b)]

        dropped = apart(drop=True) if values else []
        if dropped and apart(drop=False):
            words = "two calls draw different random numbers: every call here starts from one seed"
            self.report.notes.append(words)
        elif dropped:
            when = "a module after eval()" if s.module is not None else "its default arguments"
            tried = f"the same call twice, with {when}"
            self.report.add("dropout_in_eval", tried, f"outputs {dropped[0]:.2g} apart")

    def properties(self) -> None:
        """Whether examples, later inputs, weights and the order act as they must."""
        s, values, add = self.subject, self.values(), self.report.add
        main = next((role for role in ("x", "query") if role in values), None)
        layout = self.case.layout if self.case else self.layout_run
        if main is None or layout == "ld":
            return
        keyed = next(role for role in ("value", "context", main) if role in values)
        examples = self.moved(values, layout, keyed, 0, "b")
        if examples is None:
            return
        first = self.moved(values, layout, main, 0)[:, 1:].max()
        last = self.moved(values, layout, main, -1)[:, :-1].max()
        if first < 1e-6 and last > 1e-4 and not re.search(BACKWARD, self.text):
            tried = "the first input was changed, and then the last one"
            add("causal_inverted", tried, "only the last one changed outputs of other inputs")
            return
        earlier = self.moved(values, layout, keyed, -1)[:, :-1].max()
        ends = (0, slice(1, None)), (-1, slice(None, -1))
        inputs = [role for role in values if role in INPUTS]
        others = (self.moved(values, layout, x, i)[:, rest] for x in inputs for i, rest in ends)
        if s.has_weights and max(moved.max() for moved in others) < 1e-6:
            tried = "the first and the last input were changed"
            add("tokens_apart", tried, "no output of another one moved")
            return
        ones = self.main_tensor(s.call({**values, keyed: torch.ones_like(values[keyed])}))
        batch_first = self.report.compared or self.says_batch_first()
        if examples[1:].max() > 1e-4 and batch_first:
            tried = "example 1 of a batch was changed, and the outputs of the others compared"
            add("examples_meet", tried, f"they changed by {examples[1:].max():.2g}")
        elif self.says_causal() and earlier > 1e-4:
            tried = "the last input was changed, and the earlier outputs compared"
            add("future", tried, f"they changed by {earlier:.2g}")
        elif keyed == "value" and not s.projects and (ones - 1).abs().max() > 1e-3:
            tried = f"outputs from {ones.min():.3g} to {ones.max():.3g}"
            add("rows", "values that are all 1", tried)
        else:
            self.order()

    def order(self) -> None:
        """In another order, inputs must give the same outputs, unless positions matter."""
        values, layout = self.values(), self.case.layout if self.case else self.layout_run
        positions = r"posi|pos_|pos\b|rotary|rope|freqs|alibi|rel_|tril|triu|causal|window|kernel"
        positions += r"|decay|time|shift|pool|unfold|functional\.conv|f\.conv"
        s, convolution = self.subject, nn.modules.conv._ConvNd
        parts = s.module.modules() if s.module is not None else ()
        wide = any(isinstance(part, convolution) and max(part.kernel_size) > 1 for part in parts)
        some = {"causal", "pattern", "bias"} & self.settings.keys() or self.says_causal()
        suits = s.has_weights and s.form == "x" and layout != "ld" and not self.base
        if not suits or wide or some or self.turns or self.report.mistakes:
            return
        if re.search(positions, self.text):
            return
        role = next(role for role in ("x", "query") if role in values)
        at, x = layout.index("l"), values[role]
        order = torch.randperm(x.shape[at], generator=torch.Generator().manual_seed(4))
        results = [s.call({**values, role: t}) for t in (x, x.index_select(at, order))]
        plain, moved = (
            next(t for t in tensors_in(result) if t.dim() == x.dim()) for result in results
        )
        if plain.shape[at] != x.shape[at]:
            return
        apart = (moved - plain.index_select(at, order)).abs().max()
        if apart > 1e-3:
            tried = "the inputs in another order"
            self.report.add("tokens_mixed", tried, f"outputs {apart:.2g} apart")

    def gradients(self) -> None:
        """Compare gradients with finite differences, input by input and weight by weight."""
        s, values = self.subject, self.values() or {}
        given = INPUTS | {"weight_q", "weight_k", "weight_v"}
        targets = {role: t for role, t in values.items() if role in given}
        for name, p in s.module.named_parameters() if s.module is not None else ():
            if p.dim() > 1 and p.requires_grad and role_of_weight(name) in PROJECTED:
                targets[name] = p
        for name, t in targets.items():
            before, learned = t.detach().clone(), t.requires_grad
            try:
                words = self.blocked(t, values)
            except Exception:
                return
            finally:
                t.copy_(before).requires_grad_(learned)
            if words:
                tried = f"the gradient of the output with respect to {name}"
                self.report.add("gradient_blocked", tried, words)
                return

    def blocked(self, t, values) -> str:
        """What is wrong with a gradient along a direction, or ''."""
        before, generator = t.detach().clone(), torch.Generator()
        direction = torch.randn(t.shape, generator=generator.manual_seed(9))

        def loss(step, with_grad=False):
            t.copy_(before + step * direction)
            with torch.set_grad_enabled(with_grad):
                out = self.main_tensor(self.subject.call(values))
                return (out * torch.randn(out.shape, generator=generator.manual_seed(8))).sum()

        slopes = [((loss(e) - loss(-e)) / (2 * e)).item() for e in (1e-3, 4e-3)]
        apart, slope = abs(slopes[0] - slopes[1]), abs(slopes[0])
        if not apart <= 0.02 * (slope + 1e-2) or slope < 2e-2:
            return ""  # too rough, or too flat, to compare
        try:
            t.requires_grad_()
            out = loss(0, with_grad=True)
            if not out.requires_grad:
                return "the output has no gradient at all (no_grad, detach or .data)"
            (grad,) = torch.autograd.grad(out, t, allow_unused=True)
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
    readings = [(ones + attend, "attend"), (ones + hide, "hide")]
    readings += [(zeros + hide, "attend"), (zeros + attend, "hide")]
    prose = re.findall(r'(?s)""".*?"""|\'\'\'.*?\'\'\'|#[^\n]*', source.lower())
    for words in "\n".join(prose).splitlines():
        denied = re.search(r"\bnot\b", words)
        for pattern, meaning in readings if re.search(rf"\b{name.lower()}\b|mask", words) else ():
            if re.search(pattern, words) and not (denied and pattern.endswith(attend)):
                return meaning
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
    # Where padding hides queries, too. Padding on the right would say nothing of a causal one.
    left = padding.flip(-1)
    pads += [
        (left, left & left.mT, "(batch, 1, 1, keys), for queries, too"),
        (left[:, 0, 0], left & left.mT, "(batch, keys), for queries, too"),
    ]
    of_padding = re.search(r"pad|src|key|valid", name.lower())
    for mask, seen, words in pads + fulls if of_padding else fulls + pads:
        allowed = seen.expand(batch, 1, n, n)
        for hides in (False, True):
            yield mask.clone() ^ hides, allowed, words, hides
        for hides in (False, True):
            yield (mask ^ hides).float(), allowed, words + " of 1 and 0", hides
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
        forms = mask_forms(self.case.q.shape[0], n, self.case.heads, role, name)
        for value, allowed, words, hides in forms:
            case = self.again(n, n, {name: value})
            if case is not None and self.gives(case, allowed=allowed):
                self.mask_works(name, words, hides, value)
                self.mask_leaks(case, allowed, f"{name} as {words}")
                return
            tried += [] if case is None else [(case, allowed, words, hides)]
        cases = [case for case, *_ in tried]
        if not tried:
            report.untested.append(f"{name}, since no usual form of mask could be given")
        if not tried or any(mistake.startswith("softmax") for mistake in report.mistakes):
            return
        if all(self.gives(case, causal="past") for case in cases):
            report.how.append(f"{name}: any mask makes it causal")
        elif all(self.gives(case) or self.gives(case, causal=None) for case in cases):
            if len(re.findall(rf"\b{name}\b", re.sub("#.*", "", self.source))) == 1:
                report.notes.append(f"{name} is never used")
            elif switch := self.switched_off():
                report.notes.append(f"{name}: no mask had an effect, and {switch} is False")
            elif re.search(rf"\b{name}\.(dim\(|ndim)", self.source):
                report.notes.append(
                    f"{name}: no mask that was tried had an effect; it asks for shapes"
                )
            else:
                got = "the numbers of a call without a mask"
                report.add("mask_ignored", f"{name} in {len(tried)} forms", got)
        elif self.mask_fails(name, tried):
            return
        elif any(case.out.isfinite().all(-1).any() for case in cases):
            words = "since no usual form of mask gave numbers that could be explained"
            report.untested.append(f"{name}, {words}")
        else:
            report.add("mask_nan", f"{name} in {len(tried)} forms", "NaN in every output")

    def switched_off(self) -> str:
        """The attribute that turns masks off, or ''."""
        parts = self.subject.module.modules() if self.subject.module is not None else ()
        flags = (name for part in parts for name, value in vars(part).items() if value is False)
        return next((name for name in flags if re.search("mask|causal", name.lower())), "")

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
        batch, heads, causal = case.q.shape[0], case.heads, self.settings.get("causal")
        full = allowed.expand(batch, heads, *allowed.shape[-2:])
        by_head, by_example = full.transpose(0, 1).flatten(0, 1), full.flatten(0, 1)
        for mistakes, apply in MASK_TRIALS:
            seen, also = allowed, {}
            if causal:
                seen, also = seen & triangle(causal, *seen.shape[-2:]), {"causal": None}
            yield mistakes, {"allowed": seen, "apply": apply, **also}
        if causal:
            yield "mask_after_softmax", {"kept": allowed}
        yield "mask_wrong_axis", {"allowed": allowed.mT}
        for seen in (
            by_example.unflatten(0, (heads, batch)).transpose(0, 1),
            by_head.unflatten(0, (batch, heads)),
        ):
            yield "mask_other_example", {"allowed": seen}

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

    def mask_leaks(self, case, allowed, tried) -> None:
        """Report hidden scores of -7 to -16, whose weights the usual tolerance overlooks."""
        if not self.gives(case, tolerance=1e-5, allowed=allowed):
            fills = [{"apply": -float(fill), "tolerance": 1e-5} for fill in range(7, 17)]
            self.compare(case, tried, [], [("mask_weak", {"allowed": allowed, **f}) for f in fills])

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
        full, n = value.clone(), self.subject.sizes.n
        at = (..., 1, slice(None)) if by_query else (1 % value.shape[0],)
        full[at] = -math.inf if hides is None else int(hides)
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
        report, subject, cases = self.report, self.subject, self.first_runs()
        if subject.built:
            report.how.append(f"constructed as {subject.built}")
        self.attempt(self.randomness)
        several = len(self.attentions_inside()) > 1
        if several:  # a layer around them has no numbers of its own to search for long
            self.deadline = time.process_time() + PATIENCE / 10
        if cases:
            self.attempt(self.report_numbers, cases)
        elif self.values() is None:
            report.notes.append("it could not be called: " + self.problem)
            return report
        else:
            report.how.append("its two products were not found; properties only")
        if not report.mistakes:
            self.attempt(self.properties)
        if not report.compared and several:
            self.attempt(self.parts)
        told = all(role_of(name) == role for name, role in subject.roles.items() if role in INPUTS)
        if not (report.compared or report.mistakes or subject.projects) and cases and told:
            report.add("differs", self.tried(), self.got())
        self.describe()
        if self.settings:
            every = self.order, self.unequal, self.masks, self.flag, self.groups, self.steps
            for experiment in (*every, self.edges):
                self.attempt(experiment)
        if (subject.left_out or self.tables in ADDED) and report.compared:
            words = "what is added to the scores of queries and keys, or mixes the weights of heads"
            report.untested.append(words)
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
        s, report, parts = self.subject, self.report, self.attentions_inside()
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
        same_k, same_v = (same_numbers(t, tensors[0]) for t in tensors[1:3])
        if same_k != same_v:
            words = "of the queries' source, and values are not"
            words = words if same_k else "not of the queries' source, and values are"
            mistake = "keys_are_queries" if same_k else "values_are_queries"
            self.report.add(mistake, f"what the layer gives to {name}", f"keys are {words}")

    def unequal(self) -> None:
        """More keys than queries: another context, or cached keys."""
        s, notes, causal = self.subject, self.report.notes, self.settings.get("causal")
        cross = s.form == "x" and s.has("context") and not causal
        if (s.form == "x" and not cross) or self.base:
            return
        case = self.again(s.sizes.n, s.sizes.m, **({"cross": True} if cross else {}))
        if case is None or case.k.shape[1] != s.sizes.m:
            notes += [] if cross else ["it takes queries and keys of one length only"]
            return
        tried, mistakes = f"{s.sizes.n} queries and {s.sizes.m} keys", self.report.mistakes
        if causal in ("future", "strict_future"):
            return
        if causal:
            right, wrong = [{"align": "bottom_right"}], [("causal_top_left", {})]
            self.compare(case, tried, right, wrong, not self.grows())
            return
        same = self.compare(case, tried, [{}], [] if mistakes else TRIALS)
        if not (same or self.report.mistakes or self.turns):
            notes.append("with unequal lengths its numbers could not be explained")

    def grows(self) -> bool:
        """Whether keys may be older than queries: a causal layer may be for equal lengths alone."""
        return not self.subject.has_weights or self.subject.has("cache")

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
        words, before = f"{name}=True, {n} queries and keys", len(report.findings)
        if not self.compare(case, words, [{"causal": "past"}], [("causal_ignored", {}), *trials]):
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
        wrong, right = [("causal_top_left", {"causal": "past"})], {"causal": "past"}
        for align in ("top_left", "bottom_right"):
            wrong += [(names, {**settings, "align": align}) for names, settings in trials]
        if self.compare(case, words, [{**right, "align": "bottom_right"}], wrong, not self.grows()):
            report.how.append("with more keys than queries, the triangle ends at the bottom right")

    def groups(self) -> None:
        """Fewer heads of keys and values than of queries, in a function."""
        s, n, whole = self.subject, self.subject.sizes.n, self.case
        if s.projects or whole.layout not in ("bhld", "blhd") or s.form != "qkv":
            return
        extra = {role: value for role, value in (("gqa", True), ("n_rep", 2)) if s.has(role)}
        case = self.again(n, n, extra, kv_heads=s.sizes.kv_heads)
        tried = f"{whole.heads} heads of queries, {s.sizes.kv_heads} of keys and values"
        if case and self.compare(case, tried, [{}], []):
            self.case, plain, self.plain = case, self.plain, {case.layout: s.given}
            for mistake in self.around([]):
                self.report.add(mistake, tried, "query head h meets head h % kv_heads")
            self.case, self.plain = whole, plain
            words = "fewer heads of keys and values serve groups of neighboring query heads"
            self.report.how.append(words)

    def steps(self) -> None:
        """Later queries alone, after cached keys, against the whole."""
        s, n, case = self.subject, self.subject.sizes.n, self.case
        if s.form == "qkv" and not s.projects and s.has("offset") and self.turns:
            q, k, v = case.q, case.k, case.v
            whole = self.again(n, n, flats=(q, k, v))
            last = self.again(1, n, {"offset": n - 1}, flats=(q[:, -1:], k, v))
            if last is not None and not close(last.out, whole.out[:, -1:]):
                tried = f"the last of {n} queries alone, {s.name_for('offset')}={n - 1}"
                self.report.add("rotary_offset", tried, gap(last.out, whole.out[:, -1:]))
        takes_steps = s.has("cache") or (s.has("offset") and s.has_weights)
        if s.form == "x" and case.layout == "bld" and takes_steps and not s.way:
            self.cached_steps()

    def caches(self):
        """Objects of classes beside the attention's, for layers that fill a cache in place."""
        module, s = sys.modules.get(type(self.subject.module).__module__), self.subject
        for name, kind in list(vars(module).items()) if module and s.has("cache") else ():
            is_class = inspect.isclass(kind) and not issubclass(kind, nn.Module)
            if is_class and "cache" in name.lower():
                with contextlib.suppress(NotConstructed):
                    yield construct(kind, s.sizes, s.sizes.d_model)[0]

    def cached_steps(self) -> None:
        """Two tokens, then one at a time, against all at once."""
        s, report, n = self.subject, self.report, self.subject.sizes.n
        x = torch.randn(
            s.sizes.batch, n, s.sizes.d_model, generator=torch.Generator().manual_seed(5)
        )
        flags = {role: True for role in ("use_cache", "causal") if s.has(role)}
        flags |= {"layer": 0} if s.has("layer") else {}

        def outputs(a, b, cache):
            values = {"x": x[:, a:b].contiguous(), **positional(s, b - a, a, self.tables), **flags}
            if b - a == 1:
                values.pop("causal", None)
            result = s.call({**values, **({} if cache is None else {"cache": cache})})
            fits = (
                t for t in tensors_in(result) if t.dim() == 3 and t.shape[:2] == (len(x), b - a)
            )
            out = next(fits, None)
            parts = result if isinstance(result, (tuple, list)) else ()
            rest = [part for part in parts if part is not out and part is not None]
            square = torch.Size((b - a,))  # weights are no cache
            rest = [part for part in rest if getattr(part, "shape", ())[2:3] != square]
            return out, rest[-1] if rest else None

        def steps(cache):
            """Outputs of all steps, or None without a cache, and of the last step alone."""
            results, first, in_place = [], copy.deepcopy(cache), cache is not None
            with s.keeping_state():
                for a, b in [(0, 2), *((i, i + 1) for i in range(2, n))]:
                    out, returned = outputs(a, b, cache)
                    cache = cache if in_place else returned
                    if s.has("cache") and cache is None:
                        return None
                    getattr(cache, "advance", lambda length: None)(b - a)
                    results.append(out)
            scores = [scores.out for scores, *_ in s.watch.attentions()]
            if in_place and not any(n in t.shape for t in scores):
                return None  # it is filled in a way that is not known
            with s.keeping_state():
                return torch.cat(results, 1), outputs(n - 1, n, first)[0]

        try:
            with s.keeping_state():
                whole, _ = outputs(0, n, None)
            found = first_found(*(functools.partial(steps, c) for c in (None, *self.caches())))
        except Exception as error:
            words = f"{type(error).__name__}: {error}".splitlines()[0]
            report.untested.append(f"its cache, which could not be used ({words})")
            return
        if found is None:
            report.untested.append("its cache, since it is not known how it is filled")
            return
        stepped, alone = found
        if close(alone, stepped[:, -1:]):
            report.untested.append("its cache, since earlier steps did not change later ones")
        elif close(stepped, whole, 1e-3):
            report.how.append("step by step with its cache gives the outputs of the whole")
        elif self.settings.get("causal") or "causal" in flags:
            mistake = "causal_top_left" if self.settings.get("causal") else "cache_differs"
            given = set(positional(s, 1)) - {"offset"}  # the caller turns queries and keys rightly
            mistake = "rotary_offset" if self.turns and not given else mistake
            tried = "two inputs, then one at a time with the cache, against all at once"
            report.add(mistake, tried, gap(stepped, whole))

    def edges(self) -> None:
        """Large scores, and float16, in a function that is right otherwise."""
        s, n, c = self.subject, self.subject.sizes.n, self.case
        if s.projects or s.form != "qkv" or self.report.mistakes:
            return
        case = self.again(n, n, flats=(c.q * 60, c.k * 60, c.v))
        if case is not None and not case.out.isfinite().all():
            self.report.add(
                "overflow", "scores of some thousands", "NaN or infinity", weakness=True
            )
        q = put(torch.full((1, 2, 64), 40.0).half(), c.layout)
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
    """Object that `file.py:expression` names. Raises NotFound, which says what is missing."""
    path, _, expression = target.partition(".py:")
    file = Path(path + ".py").resolve()
    if not expression:
        raise NotFound('name it, as in FILE.py:NAME or "FILE.py:Name(64, 4)"')
    if not file.is_file():
        raise NotFound("there is no such file")
    try:
        found = eval(expression, module_of(file))
    except Exception as error:
        traceback.print_exc()
        raise NotFound(f"could not be loaded ({type(error).__name__}: {error})") from error
    if not callable(found):
        raise NotFound("is neither a function nor a module")
    return found


def module_of(file: Path) -> dict[str, Any]:
    """Names of a file, which may be a part of a package."""
    sys.path.insert(0, str(file.parent))
    if re.search(r"(?m)^\s*from \.", file.read_text("utf-8")):
        names, folder = [file.stem], file.parent
        while (folder / "__init__.py").exists():
            names, folder = [folder.name, *names], folder.parent
        sys.path.insert(0, str(folder))
        return vars(importlib.import_module(".".join(names)))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return vars(module)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="+", metavar="FILE.py:NAME")
    parser.add_argument("--heads", type=int, help="their number, where no attribute says it")
    parser.add_argument("--mask", choices=["attend", "hide"], help="what True means in a mask")
    parser.add_argument("--causal", action="store_true", help="it must be causal")
    parser.add_argument("--strict", action="store_true", help="weaknesses fail, too")
    options = parser.parse_args(arguments)
    causal, worst = options.causal or None, 0
    for target in options.targets:
        try:
            attention = load(target)
            report = check(attention, n_heads=options.heads, mask=options.mask, causal=causal)
        except (NotFound, NotConstructed) as error:
            print(f"{target}: {error}")
            worst = max(worst, 2)
            continue
        print(report)
        bad = report.mistakes or (options.strict and report.weaknesses)
        worst = max(worst, 1 if bad else 0 if report.compared else 2)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
