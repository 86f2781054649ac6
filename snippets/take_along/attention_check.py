# SPDX-License-Identifier: MIT
# ruff: noqa: B007, B023, E501, SIM102
"""Tell which classic mistake an attention has.

    python attention_check.py mine.py:attention           a function or a class
    python attention_check.py "mine.py:Heads(64, 4)"      an instance
    assert check(attention).ok                            in a test

It runs the attention on small tensors and looks for the softmax(q k / sqrt(d_k)) v with the
fewest classic mistakes that gives the same numbers. A module's parameters are drawn anew, in
a copy, and its heads are compared between its projections, so layer norms and residual paths
around them do not matter. Needs torch alone. Exit status: 0 no mistake, 1 mistakes, 2 could not
be checked. Weaknesses (rows without keys, large numbers, 16 bits) do not change the status,
unless --strict is given.
"""

from __future__ import annotations

import copy
import importlib.util
import inspect
import itertools
import math
import re
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

SITE = "real_attention/"  # the pages are named from here
CLOSE, ROUGH = 2e-4, 3e-2  # rounding of 32 bits, and of 16
PATIENCE = 20.0  # seconds of computing to look for what explains the numbers

# Each classic mistake: what it is called, what was expected, and the page that explains it.
MISTAKES = {
    "softmax_queries": ("the softmax runs over the queries", "the weights of each query sum to 1: softmax(dim=-1), the keys", "mistakes/axes.md#softmax-over-the-wrong-axis"),
    "softmax_heads": ("the softmax runs over the heads", "the weights of each query sum to 1: softmax(dim=-1), the keys", "mistakes/axes.md#softmax-over-the-wrong-axis"),
    "softmax_batch": ("the softmax runs over the batch", "the weights of each query sum to 1: softmax(dim=-1), the keys", "mistakes/axes.md#softmax-over-the-wrong-axis"),
    "softmax_missing": ("there is no softmax: the scores themselves weigh the values", "softmax over the keys", "softmax.md"),
    "softmax_log": ("log_softmax stands where softmax belongs", "weights between 0 and 1 that sum to 1", "softmax.md"),
    "softmax_twice": ("the softmax is applied twice", "one softmax over the keys", "softmax.md"),
    "softmax_sigmoid": ("a sigmoid stands where the softmax belongs", "weights of a query that sum to 1", "softmax.md"),
    "softmax_relu": ("a ReLU stands where the softmax belongs", "weights of a query that sum to 1", "softmax.md"),
    "scale_missing": ("the scores are not scaled", "scores divided by sqrt(d_k)", "scaling.md"),
    "scale_doubled": ("the scores are scaled twice: divided by d_k", "scores divided by sqrt(d_k), once", "scaling.md"),
    "scale_d_model": ("the scores are divided by the root of d_model, not of d_k", "divided by sqrt(d_k), the width of one head", "mistakes/axes.md#scaled-by-the-root-of-d_model"),
    "scale_multiplied": ("the scores are multiplied by sqrt(d_k) where they should be divided", "scores divided by sqrt(d_k)", "scaling.md"),
    "scale_length": ("the scores are divided by the root of the length, not of d_k", "divided by sqrt(d_k)", "scaling.md"),
    "scale_heads": ("the scores are divided by the root of the number of heads, not of d_k", "divided by sqrt(d_k)", "scaling.md"),
    "scale_other": ("the scores are scaled by another factor", "scores divided by sqrt(d_k)", "scaling.md"),
    "mask_inverted": ("the mask is inverted: what should be hidden is all that is seen", "hidden keys get no weight", "mistakes/masks.md#mask-inverted"),
    "mask_after_softmax": ("the mask is applied after the softmax, so the weights of a query no longer sum to 1", "hidden scores set to -inf before the softmax", "mistakes/masks.md#mask-after-the-softmax"),
    "mask_zeros": ("hidden scores become 0 (or nearly) before the softmax, and e^0 = 1 is a share", "hidden scores set to -inf", "mistakes/masks.md#zeros-instead-of-minus-infinity"),
    "mask_weak": ("hidden scores become a number too close to the others, so hidden keys keep weight", "hidden scores set to -inf", "mistakes/masks.md#zeros-instead-of-minus-infinity"),
    "mask_added": ("a mask of True and False is added to the scores as 1 and 0", "hidden scores set to -inf", "masking.md"),
    "mask_wrong_axis": ("the mask is on the wrong axis: it hides queries where it should hide keys", "padding hides keys, for every query", "masking.md"),
    "mask_ignored": ("the mask changes nothing", "hidden keys get no weight", "masking.md"),
    "causal_sees_next": ("causality is off by one: a query sees the key after it", "query i sees keys 1 to i", "masking.md"),
    "causal_not_itself": ("causality is off by one: a query does not see its own key", "query i sees keys 1 to i", "masking.md"),
    "causal_inverted": ("the causal mask is inverted: a query sees the future and not the past", "query i sees keys 1 to i", "mistakes/masks.md#mask-inverted"),
    "causal_ignored": ("it is called causal, and a query sees the future", "query i sees keys 1 to i", "masking.md"),
    "causal_top_left": ("with more keys than queries the causal triangle starts at the top left: the newest query sees the oldest key alone", "the last query sees all keys: the triangle ends at the bottom right", "mistakes/sizes.md#causal-with-unequal-lengths"),
    "heads_split": ("heads are mixed up when they are split: reshaped to (batch, heads, length, d_k) without a transpose", "view(batch, length, heads, d_k), then transpose(1, 2)", "mistakes/heads.md#heads-split-by-reshape"),
    "heads_merged": ("heads are mixed up when they are merged: reshaped without a transpose", "transpose(1, 2), then reshape(batch, length, d_model)", "mistakes/heads.md#the-star-heads-merged-as-they-lie"),
    "heads_repeat": ("keys and values are tiled (repeat) for grouped heads: a query head meets the keys of another group", "repeat_interleave: neighboring query heads share a group", "mistakes/sizes.md#repeat-for-grouped-heads"),
    "values_are_keys": ("the keys are averaged where the values belong", "outputs = weights @ values", "function.md"),
    "keys_are_values": ("the queries are compared with the values", "scores = queries @ keys.mT", "function.md"),
    "keys_values_swapped": ("keys and values are swapped", "queries meet keys, and the values are averaged", "function.md"),
    "queries_keys_swapped": ("queries and keys are swapped", "scores (queries, keys) = queries @ keys.mT", "function.md"),
    "keys_are_queries": ("the queries are compared with themselves", "scores = queries @ keys.mT", "function.md"),
    "queries_are_keys": ("the keys are compared with themselves", "scores = queries @ keys.mT", "function.md"),
    "values_are_queries": ("the queries are averaged where the values belong", "outputs = weights @ values", "function.md"),
    "batch_is_length": ("examples of a batch attend to each other: the batch is taken for the length", "every example alone", "mistakes/layers.md#batch-taken-for-length"),
    "examples_meet": ("another example of the batch changes the output", "every example alone", "mistakes/layers.md#batch-taken-for-length"),
    "rotary_values": ("the rotary positions turn the values too", "queries and keys turn, the values stay", "rotary.md"),
    "rotary_offset": ("the rotary positions of a later step start at 0 again", "a step after n cached keys has position n", "rotary.md"),
    "rotary_one_side": ("the rotary positions turn only one of queries and keys", "both turn by their own position", "rotary.md"),
    "cache_differs": ("step by step with the cache, the outputs are not those of the whole", "the same outputs", "mistakes/sizes.md#causal-with-unequal-lengths"),
    "dropout_in_eval": ("dropout is active in eval: two runs, two results", "no dropout after eval()", "mistakes/layers.md#dropout-in-eval"),
    "random": ("two runs give two results", "the same numbers twice", "function.md"),
    "sixteen_bits": ("32-bit inputs are computed in 16 bits", "differences of rounding, about 1e-6", "function.md"),
    "gradient_blocked": ("the gradient is blocked", "a gradient that agrees with finite differences", "function.md"),
    "input_modified": ("an input is modified in place", "the caller's tensors stay as they are", "function.md"),
    "nan_rows": ("a query that may see no key gets NaN", "zeros, or at least a number", "mistakes/masks.md#rows-without-keys"),
    "minus_a_billion": ("a query that may see no key averages all values, hidden ones too: hidden scores are a large negative number such as -1e9", "zeros for a query without keys", "mistakes/masks.md#minus-a-billion"),
    "half_overflow": ("float16 inputs that torch's own function can handle overflow", "sums in 32 bits", "function.md"),
    "half_mask": ("with float16 inputs the mask raises an error: its large negative number does not fit 16 bits", "-inf, or torch.finfo(scores.dtype).min", "mistakes/masks.md#minus-a-billion"),
    "overflow": ("large scores overflow: the softmax does not subtract the largest score first", "finite numbers", "softmax.md"),
    "rows": ("the weights of a query do not sum to 1: values that are all 1 do not come back as 1", "ones", "mistakes/axes.md#softmax-over-the-wrong-axis"),
    "future": ("the last key changes earlier outputs of a causal attention", "no change", "masking.md"),
    "leak": ("a hidden key changes the output", "no change", "masking.md"),
    "tokens_mixed": ("the same tokens in another order do not give the same outputs in that order, and nothing says that it has positions: tokens are mixed up", "the outputs in the new order", "mistakes/heads.md#heads-split-by-reshape"),
    "differs": ("the output is not softmax(q k / sqrt(d_k)) v, in a way that has no name here", "the same numbers", "function.md"),
}  # fmt: skip


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
            f"{kind}: {what}  [{self.mistake}]\n    tried:    {self.tried}\n    got:      {self.got}"
            f"\n    expected: {expected}\n    read:     {SITE}{page}"
        )


@dataclass
class Report:
    name: str
    how: list[str] = field(default_factory=list)  # how the attention was interpreted
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    compared: bool = False  # whether its numbers were explained

    @property
    def mistakes(self) -> list[str]:
        return [f.mistake for f in self.findings if not f.weakness]

    @property
    def weaknesses(self) -> list[str]:
        return [f.mistake for f in self.findings if f.weakness]

    @property
    def ok(self) -> bool:
        return self.compared and not self.mistakes

    def add(self, mistake: str, tried: str, got: str, weakness: bool = False) -> None:
        if mistake not in self.mistakes + self.weaknesses:
            self.findings.append(Finding(mistake, tried, got, weakness))

    def __str__(self) -> str:
        lines = [f"{self.name}"] + [f"  read as: {line}" for line in self.how]
        lines += [f"  {text}".replace("\n", "\n  ") for text in map(str, self.findings)]
        lines += [f"  note: {note}" for note in self.notes]
        if self.mistakes:
            lines.append(f"  {len(self.mistakes)} mistake(s)")
        elif self.compared:
            lines.append("  no mistake found")
        else:
            lines.append(
                "  could not be compared with a reference: no mistake found, none excluded"
            )
        return "\n".join(lines)


# ---- what a parameter's name means -------------------------------------------------------------
NAMES = [  # of a function's or a constructor's parameters, lowercase; the first that fits counts
    ("weight_q", r"w_?q(uery|ueries)?|q(uery)?_?weights?|wqs?"),
    ("weight_k", r"w_?k(eys?)?|k(ey)?_?weights?"),
    ("weight_v", r"w_?v(alues?)?|v(alue)?_?weights?"),
    ("weight_o", r"w_?o(ut|utput)?|o(ut|utput)?_?weights?"),
    ("lengths", r"valid_?lens?|(seq_?|kv_?)?len(gth)?s|(seq|key)_lens?"),
    ("position_embeddings", r"position_embeddings?"),
    ("pair", r"rope_cache|rotary_pos_emb"),
    ("cos", r".*\bcos|cos.*|rope_cos|freqs_cos"), ("sin", r"sin.*|rope_sin|freqs_sin"),
    ("freqs_cis", r"freqs_?(cis|complex)?|freqs_?c.*|rope_freqs|rotary_freqs"),
    ("positions", r"pos(ition)?_?ids?|positions?|input_pos|cache_position"),
    ("offset", r"offset|start_?pos|(pos(ition)?|rope|q|query)_?offset|past_len(gth)?|cache_?len|start|cur_pos|pos"),
    ("use_cache", r"use_(kv_)?cache"),
    ("cache", r"(kv_?)?cache|past(_kv|_key_values?|_keys_values)?|layer_past|prev_kv"),
    ("mask", r".*mask.*|attn_?bias|attention_?bias"),
    ("causal", r"(is_?|use_?)?causal|autoregressive|masked"),
    ("gqa", r"enable_gqa"),
    ("n_rep", r"n_rep|n_?repeats?|group_size|q_per_kv"),
    ("kv_heads", r"(n|num)_?(local_)?(kv|key_value)_?(heads?|groups?)|(kv|key_value)_heads?|(n|num)_(query_)?groups|n_kv|num_kv|h_kv|groups"),
    ("heads", r"(n|num|number_of|nr)?_?(attention|attn|query|q|mha|local)?_?heads?(_num|_count)?|n_?h|h|nhead|heads_?num"),
    ("d_k", r"(attn_?)?(d|dim|size)_?(k|q|v|head|key|qk|query|value|keys|values)|(head|key|value|query|per_head)_?(d|dim|dims|dimension|size|width)|d_?[kqv]|kdim_per_head|attention_dim_per_head"),
    ("d_model", r"d|c|k?v?dim(ension)?(_?model|_in|_out)?|(d|dim|size|n)_?(model|emb|embd|embed|embedding|in|out|input|output|hidden|inner|attn)|(emb|embd|embed|embedding|model|hidden|input|output|in|out|inner|attention|attn|feature|token|query)_?(d|dim|dims|dimension|dimensions|size|width|channels|features|feature)|width|channels|hidden|emb|embed|embedding|(in|out)_?(planes)"),
    ("dropout", r".*(drop|pdrop).*|p|dp"),
    ("scale", r"(qk_?|softmax_?|sm_?)?scale|scaling|scale_factor"),
    ("temperature", r"temperature|temp"),
    ("max_length", r"(block|context|window|ctx)_?(size|length|len)|max_?(seq|sequence|pos|position|context|target|source)?_?(len|length|positions?|embeddings|size)?.*|(seq|sequence)_?(len|length|size)|n_?ctx|t|n_positions|n_tokens|num_tokens|length|size"),
    ("batch", r"(max_)?batch(_size)?|b"),
    ("bias", r".*bias.*"),
    ("training", r"training|train|is_training"),
    ("batch_first", r"batch_first"),
    ("eps", r".*eps"), ("base", r".*(theta|base)"),
    ("layer", r"layer(_?(idx|id|number|index))?|depth"),
    ("device", r"device"), ("dtype", r".*dtype"),
    ("query", r"(x_?|inputs?_?|emb_?|pre_?)?q(uery|ueries|s)?(_?(states?|in|input|x|proj|seq|layer|emb))?"),
    ("key", r"(x_?|inputs?_?|emb_?|pre_?)?k(ey|eys|s)?(_?(states?|in|input|x|proj|seq|layer|emb))?"),
    ("value", r"(x_?|inputs?_?|emb_?|pre_?)?v(alue|alues|s)?(_?(states?|in|input|x|proj|seq|layer|emb))?"),
    ("kv", r"kv|key_?values?|(x|inputs?)_?kv"),
    ("context", r"context|ctx|memory|mem|enc.*|y|cond|source|src_?states|cross.*|other|x_?2|z"),
    ("x", r"x|x_?1|inputs?|hidden(_?states?)?|tokens?|emb(edding|eddings|eds)?|src|tgt|h|features?|seq(uence)?|data|inp|tensor|states?|input_(tensor|embeddings?)|tok.*"),
    ("config", r"config|cfg|conf|args|hparams|hps|params|model_?(args|config)|c|gpt_?conf.*|opts?"),
]  # fmt: skip


def role_of(name: str, constructor: bool = False) -> str:
    """Role that a parameter's name suggests, or ''."""
    name = name.lower().strip("_")
    if constructor:  # there, h and c are numbers, and a mask is not a tensor
        skip = {"query", "key", "value", "x", "kv", "context", "positions", "offset", "cache"}
        if re.fullmatch(r"config|cfg|conf|args|hparams|hps|model_?args|params|opts?", name):
            return "config"
        if re.fullmatch(r"k", name):
            return "d_model"
    else:
        skip = {"config", "max_length", "layer"} | ({"heads"} if name == "h" else set())
        if name in {"d", "c", "b", "t", "size", "length", "src", "embedding", "embed", "hidden"}:
            return {"src": "x", "embedding": "x", "embed": "x", "hidden": "x"}.get(name, "")
        if re.fullmatch(r"(start|cur|current)?_?pos", name):
            return "offset"
    for role, pattern in NAMES:
        if role not in skip and re.fullmatch(pattern, name):
            return role
    return ""


class Sizes:
    """Axis sizes that all differ: batch, heads, queries, keys, widths."""

    def __init__(self, d_model=24, heads=4, kv_heads=2, taken=(), batch=0):
        self.d_model, self.heads, self.kv_heads = d_model, heads, kv_heads
        self.d_k = d_model // heads
        known = {d_model, heads, self.d_k, *taken}
        free = [n for n in (3, 5, 7, 11, 13, 17, 19, 23) if n not in known]
        self.batch, self.n, self.m = free[:3]

    def settings(self, length: int = 32) -> dict[str, Any]:
        return {
            "d_model": self.d_model, "heads": self.heads, "kv_heads": self.kv_heads,
            "n_rep": self.heads // self.kv_heads, "d_k": self.d_k, "dropout": 0.5,
            "scale": self.d_k**-0.5, "temperature": self.d_k**0.5, "max_length": length,
            "batch": self.batch, "bias": False, "training": False, "batch_first": True,
            "eps": 1e-6, "base": 10000.0, "layer": 0, "device": "cpu", "dtype": torch.float32,
            "causal": True, "mask": None, "gqa": True,
        }  # fmt: skip


class Config:
    """Stands for whatever configuration a constructor asks for, by the names it reads."""

    def __init__(self, settings):
        self.__dict__["_settings"], self.__dict__["_read"] = settings, {}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        role = role_of(name, constructor=True)
        if role == "":
            return self._read.get(name, None)
        return self._settings.get(role)

    def __setattr__(self, name, value):
        self._read[name] = value

    __getitem__ = __getattr__

    def get(self, name, default=None):
        value = getattr(self, name)
        return default if value is None else value

    def __contains__(self, name):
        return role_of(name, constructor=True) != ""

    def to_dict(self):
        return self


def construct(cls, sizes: Sizes) -> tuple[Any, str]:
    """Instance of a class with guessed arguments, and the call in words."""
    problem: Exception | None = None
    parameters = list(inspect.signature(cls).parameters.values())
    for length, single in itertools.product((32, sizes.n), (False, True)):
        settings = sizes.settings(length)
        arguments, words = {}, []
        names = [role_of(p.name, constructor=True) for p in parameters]
        if single or not {"heads", "d_k", "config"} & set(names):
            settings["heads"] = 1
        for p, role in zip(parameters, names, strict=True):
            if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                continue
            needed = p.default is p.empty
            if role == "config":
                annotation = p.annotation
                if inspect.isclass(annotation) and "dict" in annotation.__name__.lower():
                    pass
                arguments[p.name] = Config(settings)
            elif role == "dropout" and (needed or isinstance(p.default, float)):
                arguments[p.name] = 0.5
            elif role in ("d_model", "heads", "kv_heads", "d_k", "max_length") or needed:
                if not needed and p.default is None and role in ("d_k", "max_length", "d_model"):
                    continue
                arguments[p.name] = settings.get(role, False)
            else:
                continue
            words.append(f"{p.name}={'…' if role == 'config' else arguments[p.name]}")
        try:
            return cls(**arguments), f"{cls.__name__}({', '.join(words)})"
        except Exception as error:
            problem = problem or error
    raise TypeError(f"{cls.__name__} could not be constructed ({problem}): give an instance")


# ---- running it ----------------------------------------------------------------------------------
PRODUCTS = {"linear", "matmul", "__matmul__", "__rmatmul__", "bmm", "mm", "einsum", "addmm", "conv1d", "tensordot", "baddbmm"}  # fmt: skip
DROPS = {"dropout", "dropout_", "dropout1d", "feature_dropout", "alpha_dropout", "native_dropout"}


class Watch(TorchFunctionMode):
    """Record every product with a parameter; leave out dropout while drop is False."""

    def __init__(self, names: dict[int, str], drop: bool):
        super().__init__()
        self.names, self.drop, self.derived, self.alive = names, drop, {}, []
        self.events: list[tuple[str, list[torch.Tensor], torch.Tensor]] = []
        self.softmax_dims: list[int] = []

    def name_of(self, t):
        if id(t) in self.derived:
            return self.derived[id(t)]
        if isinstance(t, nn.Parameter):
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
            self.softmax_dims.append(dim if dim is not None else 99)
        flat = list(tensors_in([args, kwargs]))
        named = [(t, self.name_of(t)) for t in flat]
        found = [n for _, n in named if n]
        if found and isinstance(result, torch.Tensor):
            others = [t for t, n in named if not n]
            if not others or (name in ("to", "type", "float", "half") and len(found) == len(flat)):
                self.derived[id(result)] = found[0]
                self.alive.append(result)
            elif name in PRODUCTS:
                self.events.append((found[0], others, result))
        elif found and isinstance(result, (tuple, list)) and all(n for _, n in named):
            for index, part in enumerate(result):
                if isinstance(part, torch.Tensor):
                    self.derived[id(part)] = f"{found[0]}[{index}]"
                    self.alive.append(part)
        return result


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from tensors_in(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from tensors_in(part)
    elif (
        hasattr(value, "__dict__")
        and not isinstance(value, (nn.Module, type))
        and not callable(value)
    ):
        yield from tensors_in(vars(value))


def flatten(t, batch: int, n: int, heads: int = 1):
    """Tensor with its axes found by their sizes, as (batch, n, width), or None."""
    shape = list(t.shape)
    if shape[0] == batch * heads and heads > 1 and t.dim() == 3 and shape[1] == n:
        t = t.unflatten(0, (batch, heads))
    elif batch * n in shape[:1] and t.dim() in (2, 3) and n not in shape:
        t = t.unflatten(0, (batch, n))
    elif batch == 1 and (1 not in shape or t.dim() == 2):
        t = t[None]
    shape = list(t.shape)
    if batch not in shape or t.dim() not in (3, 4):
        return None
    b = shape.index(batch)
    at = [i for i, size in enumerate(shape) if size == n and i != b]
    if not at:
        return None
    rest = [i for i in range(t.dim()) if i not in (b, at[0])]
    return t.permute(b, at[0], *rest).flatten(2)


class Subject:
    """The attention under test, called by the roles of its parameters."""

    def __init__(self, attention, n_heads=None, kwargs=None):
        self.given = attention
        self.name = getattr(attention, "__name__", type(attention).__name__)
        self.kwargs = dict(kwargs or {})
        self.built = ""
        self.module = None
        taken, heads, d_model, kv_heads = [], n_heads, 24, None
        if inspect.isclass(attention):
            attention, self.built = construct(attention, Sizes())
        if isinstance(attention, nn.Module):
            self.module = attention = copy.deepcopy(attention).eval()
            taken = sorted({size for p in attention.parameters() for size in p.shape})
            d_model = self.width_of(attention) or 24
            self.draw(attention)
        self.run = attention
        self.attribute_heads = self.heads_of(attention)
        heads = n_heads or next(iter(self.attribute_heads), 4)
        if not self.has_weights and heads == 1:
            heads = 4
        if d_model % heads:
            heads = 1
        self.sizes = Sizes(d_model, heads, kv_heads or max(1, heads // 2), taken)
        target = attention.forward if self.module is not None else attention
        try:
            self.parameters = list(inspect.signature(target).parameters.values())
        except (TypeError, ValueError):  # torch's own, written in C++
            words = "query key value attn_mask=None dropout_p=0.0 is_causal=False scale=None enable_gqa=False"
            self.parameters = list(inspect.signature(eval("lambda " + ", ".join(words.split()) + ": 0")).parameters.values())  # fmt: skip
        self.roles = self.read_roles()
        self.modified = ""
        self.watch: Watch | None = None

    @property
    def rope_width(self) -> int:
        return self.sizes.d_k

    @property
    def has_weights(self) -> bool:
        return self.module is not None and any(p.dim() > 1 for p in self.module.parameters())

    @staticmethod
    def width_of(module) -> int | None:
        for part in module.modules():
            if isinstance(part, nn.MultiheadAttention):
                return part.embed_dim
            if isinstance(part, nn.Linear):
                named = r"_?(d_?model|d_?emb\w*|n?_?emb\w*|model_dim|hidden_size|dim)"
                given = [
                    v for n, v in vars(module).items() if type(v) is int and re.fullmatch(named, n)
                ]
                return max([part.in_features, *given])
            if type(part).__name__ == "Conv1D":
                return part.weight.shape[0]
        widths = [
            getattr(module, n, None) for n in ("d_model", "embed_dim", "n_embd", "dim", "d_in")
        ]
        known = next((n for n in widths if isinstance(n, int)), None)
        if known:
            return known
        sizes = [p.shape for p in module.parameters() if p.dim() > 1]
        return (sizes[0][0] if len(sizes[0]) == 2 else sizes[0][1]) if sizes else None

    @staticmethod
    def heads_of(attention) -> list[int]:
        """Numbers of heads that attributes of the module or its parts give."""
        found = []
        parts = list(attention.modules()) if isinstance(attention, nn.Module) else [attention]
        for part in parts:
            for name, value in vars(part).items() if hasattr(part, "__dict__") else ():
                if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                    if role_of(name, constructor=True) == "heads":
                        found.append(value)
                if role_of(name, constructor=True) == "config" and not isinstance(
                    value, (int, str)
                ):
                    for inner in ("n_head", "n_heads", "num_heads", "num_attention_heads"):
                        heads = (
                            value.get(inner)
                            if hasattr(value, "get")
                            else getattr(value, inner, None)
                        )
                        found += [heads] if isinstance(heads, int) else []
        return list(dict.fromkeys(found))

    @staticmethod
    def draw(module) -> None:
        """New weights for which no mistake hides: scores of about 1, no zeros."""
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for name, p in module.named_parameters():
                if not p.is_floating_point():
                    continue
                if re.search(r"rel|pos|table|alibi|slope|sink", name.lower()):
                    p.zero_()
                elif p.dim() > 1:
                    p.copy_(torch.randn(p.shape, generator=generator) * 1.3 / math.sqrt(max(p.shape[-2:]) if p.dim() > 2 else p.shape[-1]))  # fmt: skip
            for part in module.modules():
                if isinstance(part, nn.MultiheadAttention):
                    part.out_proj.weight.copy_(torch.eye(part.embed_dim))
                    if part.out_proj.bias is not None:
                        part.out_proj.bias.zero_()

    def read_roles(self) -> dict[str, str]:
        """Role of each parameter. Unknown required ones are q, k, v in this order, or x."""
        roles = {}
        for p in self.parameters:
            if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) or p.name in self.kwargs:
                continue
            role = role_of(p.name)
            if role in roles.values() and role not in ("mask",):
                role = ""
            roles[p.name] = role
        needed = [p.name for p in self.parameters if p.name in roles and p.default is p.empty]
        tensors = [
            n for n in needed if roles[n] in ("", "x", "context", "query", "key", "value", "kv")
        ]
        known = {roles[n] for n in tensors}
        if not {"query", "x", "key"} & known or (
            len(tensors) >= 3 and not {"key", "value"} <= known
        ):
            order = {1: ["x"], 2: ["x", "context"]}.get(len(tensors), ["query", "key", "value"])
            for name, role in zip(tensors, order, strict=False):
                roles[name] = role
        return roles

    @property
    def form(self) -> str:
        known = set(self.roles.values())
        if {"query", "key", "value"} <= known:
            return "qkv"
        if "query" in known and ("kv" in known or "context" in known or "key" in known):
            return "q, kv"
        return "x, context" if "context" in known and "x" in known else "x"

    def has(self, role: str) -> bool:
        return role in self.roles.values()

    def name_for(self, role: str) -> str:
        return next(name for name, r in self.roles.items() if r == role)

    def call(self, values: dict[str, Any], drop: bool = False, seed: int = 0):
        """Result for tensors by role. Unknown parameters with defaults keep them."""
        arguments, defaults = [], self.sizes.settings()
        keywords: dict[str, Any] = {}
        only_keywords = False
        for p in self.parameters:
            if p.kind is p.VAR_POSITIONAL:
                only_keywords = True
                continue
            if p.kind is p.VAR_KEYWORD:
                continue
            role = self.roles.get(p.name)
            if p.name in self.kwargs:
                value = self.kwargs[p.name]
            elif p.name in values:
                value = values[p.name]
            elif role in values:
                value = values[role]
            elif p.default is not p.empty:
                only_keywords = True
                continue
            elif role in ("mask", "lengths", "cache", "dropout"):
                value = None
            elif role in ("offset", "layer"):
                value = 0
            elif role == "causal":
                value = False
            elif role in defaults:
                value = defaults[role]
            elif role == "context" or role == "kv":
                value = values.get("x")
            elif p.annotation in (bool, "bool"):
                value = False
            else:
                value = None
            if only_keywords or p.kind is p.KEYWORD_ONLY:
                keywords[p.name] = value
            else:
                arguments.append(value)
        given = [(t, t.clone()) for t in tensors_in([arguments, keywords])]
        names = (
            {id(p): name for name, p in self.module.named_parameters()}
            if self.module is not None
            else {}
        )
        for role in ("weight_q", "weight_k", "weight_v", "weight_o"):
            if role in values:
                names[id(values[role])] = role
        inside: list[Any] = []
        hooks = []
        for part in self.module.modules() if self.module is not None else ():
            if isinstance(part, nn.MultiheadAttention):
                hook = lambda m, a, k, out: inside.append((m, a, k, out))  # noqa: E731
                hooks.append(part.register_forward_hook(hook, with_kwargs=True))
        try:
            with torch.random.fork_rng(devices=[]), Watch(names, drop) as self.watch:
                torch.manual_seed(seed)
                result = self.run(*arguments, **keywords)
        finally:
            for handle in hooks:
                handle.remove()
        for t, before in given:
            if t.shape != before.shape or not torch.equal(
                t.nan_to_num(7.0), before.nan_to_num(7.0)
            ):
                self.modified = self.modified or f"a tensor of shape {tuple(before.shape)} changed"
        if inside:
            self.unfold(*inside[0])
        return result

    def unfold(self, part, args, kwargs, out) -> None:
        """Events of an nn.MultiheadAttention inside, whose products torch does in one call."""
        query, key, value = (*args, *(kwargs[n] for n in ("query", "key", "value") if n in kwargs))[
            :3
        ]
        if part.in_proj_weight is not None:
            weights = part.in_proj_weight.chunk(3)
        else:
            weights = part.q_proj_weight, part.k_proj_weight, part.v_proj_weight
        biases = part.in_proj_bias.chunk(3) if part.in_proj_bias is not None else (None,) * 3
        events = [
            (name, [t], F.linear(t, w, b))
            for name, t, w, b in zip("qkv", (query, key, value), weights, biases, strict=True)
        ]
        self.watch.events = [*events, ("out", [out[0]], out[0])]


# ---- the reference, with mistakes on request -----------------------------------------------------
CAUSAL = {"past": 0, "next": 1, "not_itself": -1}


def rotate(x, positions, kind, base=10000.0):
    """Rotary positions for (..., n, d); kind halves or neighbors."""
    d = x.shape[-1]
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
    if kind in CAUSAL:
        return ones.tril(CAUSAL[kind] + shift)
    return ones.triu({"future": 0, "strict_future": 1}[kind] + shift)


def split(flat, heads, how):
    """(batch, n, heads * d) as (batch, heads, n, d)."""
    b, n, width = flat.shape
    if how == "reshape":
        return flat.reshape(b, heads, n, width // heads)
    if how == "dh":
        return flat.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)
    return flat.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge(out, how):
    b, h, n, d = out.shape
    if how == "reshape":
        return out.reshape(b, n, h * d)
    if how == "dh":
        return out.permute(0, 2, 3, 1).flatten(2)
    return out.transpose(1, 2).flatten(2)


def simulate(q, k, v, heads, *, d_model, scale=None, axis="keys", causal=None, align="top_left",
             apply="before", split_as="hd", merge_as="hd", use="qkv", act="softmax", rope=None,
             turn="qk", norm=None, tile=False, allowed=None, batch_is_length=False, base=10000.0,
             q_start=0, k_positions=None, alibi=None, factor=None):  # fmt: skip
    """Outputs (batch, n, width) of attention with the given mistakes. NaN where it does not matter."""
    parts = {"q": q, "k": k, "v": v}
    q, k, v = (parts[name] for name in use)
    if batch_is_length:
        q, k, v = (t.transpose(0, 1) for t in (q, k, v))
    d_k = q.shape[-1] // heads
    kv_heads = max(1, k.shape[-1] // d_k)
    if k.shape[-1] % kv_heads or v.shape[-1] % kv_heads or heads % kv_heads:
        return None
    q, k, v = split(q, heads, split_as), split(k, kv_heads, split_as), split(v, kv_heads, split_as)
    if norm:
        make = {"rms": lambda t: t * t.pow(2).mean(-1, keepdim=True).add(1e-6).rsqrt(),
                "layer": lambda t: F.layer_norm(t, t.shape[-1:]), "unit": lambda t: F.normalize(t, dim=-1)}[norm]  # fmt: skip
        q, k = make(q), make(k)
    if rope:
        at_q = torch.arange(q.shape[-2], dtype=torch.float32) + q_start
        at_k = (
            torch.arange(k.shape[-2], dtype=torch.float32) if k_positions is None else k_positions
        )
        q = rotate(q, at_q, rope, base) if "q" in turn else q
        k = rotate(k, at_k, rope, base) if "k" in turn else k
        v = rotate(v, at_k, rope, base) if "v" in turn else v
    if kv_heads != heads:
        r = heads // kv_heads
        k, v = (t.repeat(1, r, 1, 1) if tile else t.repeat_interleave(r, 1) for t in (k, v))
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        return None
    n, m = q.shape[-2], k.shape[-2]
    factors = {
        None: d_k**-0.5, "missing": 1.0, "doubled": 1 / d_k, "d_model": d_model**-0.5, "heads": heads**-0.5,
        "multiplied": d_k**0.5, "length": m**-0.5, "d_model_twice": 1 / d_model, "root": d_k**-0.25,
    }  # fmt: skip
    scores = q @ k.mT * (factor if factor is not None else factors[scale])
    if alibi is not None:
        scores = scores + alibi
    seen = torch.ones(1, 1, n, m, dtype=torch.bool)
    if causal:
        seen = seen & triangle(causal, n, m, align)
    if allowed is not None:
        if allowed.shape[-2:] != (n, m) and allowed.shape[-1] != m:
            return None
        seen = seen & allowed
    hidden = ~seen
    if act in ("none", "log") and apply == "before" and bool(hidden.any()):
        return None
    fill = {"before": -math.inf, "zeros": 0.0, "weak": -1.0, "weaker": -10.0}
    if apply in fill:
        scores = scores.masked_fill(hidden, fill[apply])
    elif apply == "added":
        scores = scores + seen.to(scores.dtype)
    elif apply == "added_hidden":
        scores = scores + hidden.to(scores.dtype)
    axes = {"keys": -1, "queries": -2, "heads": 1, "batch": 0}
    dim = axes[axis]
    acts = {
        "softmax": lambda s: s.softmax(dim), "none": lambda s: s, "log": lambda s: s.log_softmax(dim),
        "twice": lambda s: s.softmax(dim).softmax(dim), "sigmoid": torch.sigmoid, "relu": torch.relu,
    }  # fmt: skip
    weights = acts[act](scores)
    if apply == "after":
        weights = weights.masked_fill(hidden, 0)
    elif dim != -1 and apply == "before":
        weights = weights.nan_to_num(0.0)
    out = merge(weights @ v, merge_as)
    if apply == "before" and act == "softmax" and axis == "keys" and merge_as == "hd":
        empty = hidden.expand(out.shape[0], hidden.shape[1], n, m).all(-1).any(1)  # (batch, n)
        out = out.masked_fill(empty[..., None], math.nan)
    return out.transpose(0, 1) if batch_is_length else out


# Mistakes of the numbers, as settings of simulate.
SINGLE = {
    "scale_missing": {"scale": "missing"}, "scale_doubled": {"scale": "doubled"},
    "scale_d_model": {"scale": "d_model"}, "scale_multiplied": {"scale": "multiplied"},
    "scale_length": {"scale": "length"}, "scale_heads": {"scale": "heads"},
    "softmax_queries": {"axis": "queries"}, "softmax_heads": {"axis": "heads"}, "softmax_batch": {"axis": "batch"},
    "causal_sees_next": {"causal": "next"}, "causal_not_itself": {"causal": "not_itself"},
    "causal_inverted": {"causal": "strict_future"}, "causal_inverted_2": {"causal": "future"},
    "mask_after_softmax": {"causal": "past", "apply": "after"}, "mask_zeros": {"causal": "past", "apply": "zeros"},
    "mask_weak": {"causal": "past", "apply": "weak"}, "mask_weak_2": {"causal": "past", "apply": "weaker"},
    "mask_added": {"causal": "past", "apply": "added"}, "mask_added_2": {"causal": "past", "apply": "added_hidden"},
    "mask_inverted_after": {"causal": "strict_future", "apply": "after"},
    "heads_split": {"split_as": "reshape"}, "heads_merged": {"merge_as": "reshape"},
    "heads_split_merged": {"split_as": "reshape", "merge_as": "reshape"},
    "values_are_keys": {"use": "qkk"}, "keys_are_values": {"use": "qvv"}, "keys_values_swapped": {"use": "qvk"},
    "queries_keys_swapped": {"use": "kqv"}, "keys_are_queries": {"use": "qqv"}, "queries_are_keys": {"use": "kkv"},
    "values_are_queries": {"use": "qkq"},
    "softmax_missing": {"act": "none"}, "softmax_log": {"act": "log"}, "softmax_twice": {"act": "twice"},
    "softmax_sigmoid": {"act": "sigmoid"}, "softmax_relu": {"act": "relu"},
    "heads_repeat": {"tile": True}, "batch_is_length": {"batch_is_length": True},
    "rotary_values": {"turn": "qkv"}, "rotary_one_side": {"turn": "q"}, "rotary_one_side_2": {"turn": "k"},
}  # fmt: skip
ALIAS = {"causal_inverted_2": ["causal_inverted"], "mask_inverted_after": ["causal_inverted", "mask_after_softmax"],
         "mask_weak_2": ["mask_weak"], "mask_added_2": ["mask_added"], "heads_split_merged": ["heads_split", "heads_merged"],
         "rotary_one_side_2": ["rotary_one_side"]}  # fmt: skip


def close(got, expected, tolerance=CLOSE) -> bool:
    """Whether the numbers agree wherever the expected ones matter."""
    if expected is None or got is None or got.shape != expected.shape:
        return False
    matters = ~expected.isnan()
    if matters.float().mean() < 0.3:
        return False
    a, b = got[matters].double(), expected[matters].double()
    return bool(a.isfinite().all()) and (a - b).abs().max().item() <= tolerance * (
        1 + b.abs().max().item()
    )


def gap(got, expected) -> str:
    matters = ~expected.isnan()
    return f"the largest difference is {(got - expected)[matters].abs().nan_to_num(math.inf).max():.2g}"


def numbers(row) -> str:
    return "[" + ", ".join(f"{x:.3f}" for x in row.flatten()[:4].tolist()) + ", …]"


@dataclass(eq=False)
class Case:
    """One run: the flat tensors between the projections, (batch, n, width), and the output."""

    q: torch.Tensor
    k: torch.Tensor
    v: torch.Tensor
    out: torch.Tensor
    heads: list[int]
    d_model: int
    layout: str
    free: list[dict[str, Any]]  # settings that are no mistakes
    sure: int = 1  # how many of heads are likely: the others are tried without mistakes only


def combinations(most: int, skip=()):
    """(mistakes, settings) with up to this many of the single mistakes, fewest first."""
    for count in range(most + 1):
        for names in itertools.combinations([n for n in SINGLE if n not in skip], count):
            settings: dict[str, Any] = {}
            if all(
                not settings.keys() & SINGLE[n].keys() and not settings.update(SINGLE[n])
                for n in names
            ):
                yield names, settings


def explain(case: Case, most: int, tolerance=CLOSE, fewest: int = 0, deadline=math.inf, **fixed):
    """(mistakes, settings with heads) of the simplest attention that gives the case's numbers."""
    seen_heads = case.heads
    for names, settings in combinations(most):
        if len(names) < fewest:
            continue
        if time.process_time() > deadline:
            return None
        for heads in seen_heads if not names else seen_heads[: case.sure]:
            for free in case.free:
                if len(names) and ("dh" in (free.get("split_as"), free.get("merge_as"))):
                    continue
                if len(names) and any(free.get(key) for key in settings if key in ("causal",)):
                    continue
                if heads == 1 and (
                    {"split_as", "merge_as"} & settings.keys()
                    or settings.get("axis") == "heads"
                    or settings.get("scale") == "heads"
                ):
                    continue
                if "turn" in settings and not free.get("rope"):
                    continue
                every = {**free, **settings, **fixed}
                try:
                    expected = simulate(
                        case.q, case.k, case.v, heads, d_model=case.d_model, **every
                    )
                except (RuntimeError, IndexError):
                    continue
                if close(case.out, expected, tolerance):
                    flat = [m for n in names for m in ALIAS.get(n, [n])]
                    return list(dict.fromkeys(flat)), {"heads": heads, **every}
    return None


def fit_scale(case: Case):
    """Factor of the scores that explains the numbers, with the settings, or None."""
    for heads, free in itertools.product(case.heads[: case.sure], case.free):
        if "dh" in (free.get("split_as"), free.get("merge_as")):
            continue
        settings = {"d_model": case.d_model, **free}
        try:
            low = min(
                torch.logspace(-3, 1.5, 91).tolist(), key=lambda f: apart(case, heads, f, settings)
            )
        except (RuntimeError, TypeError):
            continue
        low, high = low / 1.13, low * 1.13
        for _ in range(60):
            a, b = low + (high - low) / 3, high - (high - low) / 3
            low, high = (
                (low, b)
                if apart(case, heads, a, settings) < apart(case, heads, b, settings)
                else (a, high)
            )
        if apart(case, heads, low, settings) < CLOSE:
            return low, {"heads": heads, "factor": low, **free}
    return None


def apart(case: Case, heads: int, factor: float, settings) -> float:
    expected = simulate(case.q, case.k, case.v, heads, factor=factor, **settings)
    return (expected - case.out).nan_to_num(0).abs().max().item()


# ---- from a subject to a case --------------------------------------------------------------------
FUNCTION_LAYOUTS = ["bhld", "blhd", "bld", "lbd", "ld"]
LAYOUT_WORDS = {
    "bhld": "(batch, heads, length, d_k)", "blhd": "(batch, length, heads, d_k)",
    "bld": "(batch, length, width)", "lbd": "(length, batch, width)", "ld": "(length, width)",
}  # fmt: skip


def draw_flats(subject: Subject, n: int, m: int, kv_heads: int, layout: str, seed: int = 0):
    """Random queries, keys and values as flat tensors (batch, n, heads * d_k)."""
    s, generator = subject.sizes, torch.Generator().manual_seed(seed)
    heads = s.heads if layout in ("bhld", "blhd") or subject.has("heads") else 1
    kv = kv_heads if heads > 1 else 1
    batch = 1 if layout == "ld" else s.batch
    shapes = (batch, n, heads * s.d_k), (batch, m, kv * s.d_k), (batch, m, kv * s.d_k)
    return [torch.randn(shape, generator=generator) * 1.2 for shape in shapes], heads


def put(flat, layout, heads):
    if layout == "bhld":
        return flat.unflatten(-1, (heads, -1)).transpose(1, 2).contiguous()
    if layout == "blhd":
        return flat.unflatten(-1, (heads, -1)).contiguous()
    if layout == "lbd":
        return flat.transpose(0, 1).contiguous()
    return flat[0].clone() if layout == "ld" else flat.clone()


def positional(subject: Subject, n: int, start: int = 0) -> dict[str, Any]:
    """Values for parameters that give rotary positions."""
    d = subject.rope_width
    at = torch.arange(start, start + n, dtype=torch.float32)
    angle = at[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    cos, sin = torch.cat([angle, angle], -1).cos(), torch.cat([angle, angle], -1).sin()
    values: dict[str, Any] = {}
    if subject.has("cos"):
        values |= {"cos": cos, "sin": sin}
    if subject.has("freqs_cis"):
        values["freqs_cis"] = torch.polar(torch.ones_like(angle), angle)
    if subject.has("position_embeddings"):
        values["position_embeddings"] = (cos[None], sin[None])
    if subject.has("positions"):
        values["positions"] = torch.arange(start, start + n)
    if subject.has("offset"):
        values["offset"] = start
    return values


def result_tensor(result, test):
    """First tensor of a result that passes the test, as that test returns it."""
    for t in tensors_in(result):
        if t.is_floating_point():
            found = test(t)
            if found is not None:
                return found
    return None


def run_function(
    subject: Subject, layout: str, n: int, m: int, kv_heads: int = 0, extra=None, flats=None
):
    """Case of a function of queries, keys and values, or None where it does not fit."""
    (q, k, v), heads = draw_flats(subject, n, m, kv_heads or subject.sizes.heads, layout)
    if flats is not None:
        q, k, v = flats
    kv = max(1, k.shape[-1] // (q.shape[-1] // heads))
    values = dict(zip(("query", "key", "value"), (put(q, layout, heads), put(k, layout, kv), put(v, layout, kv)), strict=True))  # fmt: skip
    values |= positional(subject, n) | (extra or {})
    if subject.has("kv_heads"):
        values["kv_heads"] = kv
    out = subject.call(values)
    batch = q.shape[0]
    flat = result_tensor(out, lambda t: fit(t, batch, n, heads, heads * (v.shape[-1] // kv)))
    if flat is None:
        return None
    return Case(q, k, v, flat, [heads], heads * (q.shape[-1] // heads), layout, [])


def fit(t, batch, n, heads, width):
    flat = flatten(t, batch, n, heads)
    return flat if flat is not None and flat.shape[-1] == width else None


def role_of_weight(name: str) -> str:
    """q, k, v, kv, qkv, o or '' for the name of a parameter."""
    for part in reversed(name.lower().split(".")):
        part = re.sub(r"\[\d+\]|\d+", "", part)
        bare = re.sub(
            r"(weights?|projection|project|proj|linear|lin|layers?|matrix|mat|transform|tensor|dense|heads?|attention|attn|atten|att|self|net|conv|fc|mlp|trans|embedding|emb)",
            "",
            part,
        )
        bare = re.sub(r"(^|_)(w|to|for|the|c|in|map|m|input|get|lin|d)(?=_|$)", "", bare).strip("_")
        bare = re.sub(
            r"^(w|to|m|c)(?=(q|k|v|o|query|queries|keys?|values?|out|qkv|kv)s?$)", "", bare
        )
        if re.fullmatch(r"q|qs|quer(y|ies|ys)|qw|q_?w|que?", bare):
            return "q"
        if re.fullmatch(r"k|ks|keys?|kw|k_?w", bare):
            return "k"
        if re.fullmatch(r"v|vs|val(ue|ues|s)?|vw|v_?w", bare):
            return "v"
        if re.fullmatch(r"kv|kvs|key_?values?|k_?v", bare):
            return "kv"
        if re.fullmatch(r"qkvs?|q_?k_?v|query_?key_?value|qkvw|packed", bare) or part in (
            "c_attn",
            "in_proj",
            "in_proj_weight",
        ):
            return "qkv"
        if re.fullmatch(
            r"o|os|out|outputs?|unify|fc_out|final|concat|combine|merge|up|result|wo", bare
        ):
            return "o"
    return ""


def pick_flats(subject: Subject, batch: int, n: int, m: int):
    """Flat queries, keys and values between the projections, and the tensor before the last one."""
    events = subject.watch.events
    named = [(role_of_weight(name), inputs, out) for name, inputs, out in events]
    roles = {role for role, _, _ in named}
    if not ({"q", "k", "v"} <= roles or "qkv" in roles or {"q", "kv"} <= roles):
        widths = [flatten_any(out, batch, n, m) for _, _, out in events]
        if any(w is None for w in widths):
            widths = [w for w in widths if w is not None]
        order = None
        if len(widths) in (3, 4):
            order = ["q", "k", "v", "o"]
        elif len(widths) in (1, 2) and widths and widths[0].shape[-1] % 3 == 0:
            order = ["qkv", "o"]
        if order is None:
            return None
        good = [(i, o) for _, i, o in events if flatten_any(o, batch, n, m) is not None]
        named = [(role, i, o) for role, (i, o) in zip(order, good, strict=False)]
    last = max(i for i, (role, _, _) in enumerate(named) if role in ("q", "k", "v", "kv", "qkv"))
    flats: dict[str, list[torch.Tensor]] = {}
    for role, _, out in named[: last + 1]:
        flat = flatten_any(out, batch, n if role in ("q", "qkv") else m, m if role == "q" else n)
        if flat is None:
            return None
        flats.setdefault(role, []).append(flat)
    before = next((inputs for _, inputs, _ in named[last + 1 :]), None)
    return (
        {role: torch.cat(parts, -1) for role, parts in flats.items()},
        before,
        max(map(len, flats.values())),
    )


def flatten_any(t, batch, n, m):
    flat = flatten(t, batch, n)
    return flatten(t, batch, m) if flat is None else flat


def run_module(subject: Subject, layout: str, n: int, m: int, extra=None, x=None):
    """Cases of a module (or of a function with weights) that projects its inputs; one for each
    way to unpack a packed projection."""
    s, generator = subject.sizes, torch.Generator().manual_seed(3)
    batch = 1 if layout == "ld" else s.batch
    if x is None:
        x = torch.randn(batch, n, s.d_model, generator=generator)
    context = x if subject.form == "x" or n == m else None
    key = torch.randn(batch, m, s.d_model, generator=generator)
    value = torch.randn(batch, m, s.d_model, generator=generator)
    values = {"x": x, "query": x, "key": key, "value": value, "context": key, "kv": key}
    if subject.form == "x":
        values.pop("context")
        values |= {"context": None} if subject.has("context") else {}
    if context is not None and subject.form == "q, kv":
        values |= {"context": key, "kv": key}
    values = {role: put(t, layout, 1) if isinstance(t, torch.Tensor) else t for role, t in values.items() if role == "context" or subject.has(role)}  # fmt: skip
    if subject.module is None:
        for role in ("weight_q", "weight_k", "weight_v", "weight_o"):
            if subject.has(role):
                w = torch.randn(s.d_model, s.d_model, generator=generator) * 1.3 / s.d_model**0.5
                values[role] = nn.Parameter(w)
    result = subject.call(values | positional(subject, n) | (extra or {}))
    picked = pick_flats(subject, batch, n, m)
    if picked is None:
        return []
    flats, before, events = picked
    unpacked = list(unpack(flats, subject))
    cases = []
    for q, k, v, layout_words in unpacked:
        out = None
        heads = heads_for(subject, q.shape[-1], events)
        width = {
            h * v.shape[-1] // max(1, k.shape[-1] * h // q.shape[-1])
            for h in heads
            if k.shape[-1] * h >= q.shape[-1]
        }
        for source in (before, result):
            if source is None or out is not None:
                continue
            out = result_tensor(
                source,
                lambda t: next(
                    (
                        f
                        for h in heads
                        if (f := flatten(t, batch, n, h)) is not None and f.shape[-1] in width
                    ),
                    None,
                ),
            )
        if out is not None:
            cases.append(Case(q, k, v, out, heads, s.d_model, layout, []))
            cases[-1].words = layout_words  # type: ignore[attr-defined]
    return cases


def heads_for(subject: Subject, width: int, events: int) -> list[int]:
    known = [h for h in subject.attribute_heads if width % h == 0]
    given = (
        [subject.sizes.heads]
        if not known and subject.built == "" and subject.module is None
        else []
    )
    events_ = [events] if events > 1 and width % events == 0 else []
    others = [h for h in (1, 2, 3, 4, 6, 8, 12, 16) if width % h == 0 and width // h > 1]
    return list(dict.fromkeys([*events_, *known, *given, *([1] if known else others)]))


def unpack(flats, subject: Subject):
    """(q, k, v, words) for each usual way to pack projections."""
    if "qkv" in flats:
        packed = flats["qkv"]
        width = packed.shape[-1]
        if width % 3 == 0:
            d = width // 3
            yield *packed.chunk(3, -1), "packed (3, heads, d_k)"
            for h in heads_for(subject, d, 1):
                if h > 1:
                    parts = packed.unflatten(-1, (h, 3, d // h))
                    yield (
                        *(parts[..., i, :].flatten(-2) for i in range(3)),
                        "packed (heads, 3, d_k)",
                    )
                    parts = packed.unflatten(-1, (h, d // h, 3))
                    yield *(parts[..., i].flatten(-2) for i in range(3)), "packed (heads, d_k, 3)"
            parts = packed.unflatten(-1, (d, 3))
            yield *(parts[..., i] for i in range(3)), "packed (d, 3)"
            for order in ((1, 0, 2), (0, 2, 1), (2, 1, 0), (1, 2, 0), (2, 0, 1)):
                chunks = packed.chunk(3, -1)
                yield (
                    *(chunks[i] for i in order),
                    f"packed, in the order {''.join('qkv'[order.index(i)] for i in range(3))}",
                )
        d = subject.sizes.d_model
        for h in subject.attribute_heads:
            if d % h == 0 and width > d and (width - d) % (2 * (d // h)) == 0 and width != 3 * d:
                kv = (width - d) // 2
                yield *packed.split([d, kv, kv], -1), "packed, grouped heads"
    elif "kv" in flats:
        k, v = flats["kv"].chunk(2, -1)
        yield flats["q"], k, v, "keys and values packed"
        for h in subject.attribute_heads:
            if flats["kv"].shape[-1] % (2 * h) == 0 and h > 1:
                parts = flats["kv"].unflatten(-1, (h, 2, -1))
                yield (
                    flats["q"],
                    parts[..., 0, :].flatten(-2),
                    parts[..., 1, :].flatten(-2),
                    "keys and values packed by head",
                )
        yield flats["q"], v, k, "values and keys packed"
    else:
        yield flats["q"], flats["k"], flats["v"], ""


# ---- the check -----------------------------------------------------------------------------------
class Check:
    """One check of one attention. Each step adds findings to the report."""

    def __init__(self, attention, n_heads=None, mask=None, causal=None, kwargs=None):
        self.started = time.process_time()
        self.subject = Subject(attention, n_heads, kwargs)
        self.report = Report(self.subject.name)
        self.mask, self.causal = mask, causal
        self.source = source_of(attention)
        self.case: Case | None = None
        self.found: tuple[list[str], dict[str, Any]] | None = None
        self.base: dict[str, Any] = {}  # a mask that hides nothing, where one is needed

    # -- what is no mistake
    def free(self) -> list[dict[str, Any]]:
        text = (self.source + " " + " ".join(self.subject.roles)).lower()
        ropes: list[dict[str, Any]] = [{}]
        if re.search(r"rot|rope|freqs|cos", text):
            ropes += [{"rope": kind} for kind in ("halves", "neighbors")]
            for base in re.findall(r"(?:theta|base)\D{0,12}(\d[\d_]*\.?\d*(?:e\d+)?)", text):
                value = float(base.replace("_", ""))
                if value > 1 and value != 10000.0:
                    ropes += [{"rope": kind, "base": value} for kind in ("halves", "neighbors")]
        norms: list[dict[str, Any]] = [{}]
        if re.search(r"(q|k|query|key)_?(layer)?_?(norm|ln)|norm_?(q|k)|normalize", text):
            norms += [{"norm": kind} for kind in ("rms", "layer", "unit")]
        splits: list[dict[str, Any]] = [
            {},
            {"split_as": "dh", "merge_as": "dh"},
            {"split_as": "dh"},
            {"merge_as": "dh"},
        ]
        causal: list[dict[str, Any]] = [{}, {"causal": "past"}]
        if self.subject.module is None and not self.subject.has("weight_q"):
            splits = [{}]
        return [{**a, **b, **c, **d} for a in ropes for b in norms for c in splits for d in causal]

    def cases(self, n, m, extra=None, layouts=None):
        """Every case that runs, with its problem where none does."""
        subject, problems, found = self.subject, [], []
        projects = subject.has_weights or subject.form == "x" or subject.has("weight_q")
        every = layouts or (["bld", "lbd", "ld"] if projects else FUNCTION_LAYOUTS)
        for layout in every:
            try:
                if projects:
                    new = run_module(subject, layout, n, m, extra)
                else:
                    case = run_function(subject, layout, n, m, extra=extra)
                    new = [case] if case is not None else []
                for case in new:
                    case.free = self.free()
                    case.dims = list(subject.watch.softmax_dims)  # type: ignore[attr-defined]
                found += new
            except Exception as error:
                problems.append(
                    f"{LAYOUT_WORDS[layout]}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
                )
        return found, problems

    def run(self) -> Report:
        report, subject = self.report, self.subject
        if subject.built:
            report.how.append(f"constructed as {subject.built}")
        n = subject.sizes.n
        cases, problems = [], []
        for base, words in self.bases():
            cases, problems_here = self.cases(n, n, base)
            problems += problems_here
            if cases:
                found = self.best(cases, most=0)
                if found or not base:
                    self.base, self.base_words = base, words
                if found:
                    break
                kept = (cases, base)
                if not base and not self.needs_mask():
                    break
        if not cases and "kept" in locals():
            cases, self.base = kept
        if not cases:
            self.properties_only(problems)
            return report
        self.random()
        self.numbers(cases)
        self.describe()
        if self.found is not None:
            self.unequal()
            self.masks()
            self.flags()
            self.groups()
            self.steps()
            self.large()
        if subject.modified:
            report.add(
                "input_modified",
                "every call was followed by a look at its inputs",
                subject.modified,
            )
        if "input_modified" not in report.mistakes:
            self.gradients()
        self.half()
        return report

    def needs_mask(self) -> bool:
        return any(
            self.subject.roles.get(p.name) == "mask" and p.default is p.empty
            for p in self.subject.parameters
        )

    def bases(self):
        """Extra arguments for a run without a mask: none, or a mask that hides nothing."""
        yield {}, ""
        s = self.subject.sizes
        if self.subject.has("mask"):
            for shape in (
                (s.n, s.n),
                (s.batch, 1, s.n, s.n),
                (s.batch, s.n, s.n),
                (s.batch, 1, 1, s.n),
                (s.batch, s.n),
                (s.batch, 1, s.n),
            ):
                for value in (
                    torch.ones(shape, dtype=torch.bool),
                    torch.zeros(shape, dtype=torch.bool),
                    torch.zeros(shape),
                    torch.ones(shape),
                ):
                    masks = {
                        name: value for name, role in self.subject.roles.items() if role == "mask"
                    }
                    yield masks, f"a mask of shape {shape}"

    def best(self, cases, most, fewest=0, tolerance=CLOSE):
        deadline = self.started + PATIENCE
        for case in cases:
            found = explain(case, most, tolerance, fewest, deadline)
            if found is not None:
                self.case, self.found = case, found
                return found
        return None

    def numbers(self, cases) -> None:
        """Explain the numbers without a mask."""
        report = self.report
        for most in (0, 1):
            if self.found is None:
                self.best(cases, most, fewest=most)
        if self.found is None:
            self.sixteen(cases)
        if self.found is None:
            self.best(cases, 2, fewest=2)
        if self.found is None:
            for case in cases[:2]:
                fitted = fit_scale(case)
                if fitted:
                    self.case, self.found = case, (["scale_other"], fitted[1])
                    report.add(
                        "scale_other",
                        self.tried(),
                        f"the scores are multiplied by {fitted[0]:.4g}, not by {(case.q.shape[-1] // fitted[1]['heads']) ** -0.5:.4g}",
                    )
                    break
        if self.found is None:
            self.case = cases[0]
            self.unexplained(cases)
            return
        report.compared = True
        self.counted_from_front(cases)
        mistakes, settings = self.found
        if (
            self.case.layout == "lbd"
            and not mistakes
            and self.says_batch_first()
            and any(c.layout == "bld" for c in cases)
        ):
            report.add(
                "batch_is_length",
                "(batch, length, width), which its text says it takes",
                "example 1 changes with the others; it is right for (length, batch, width)",
            )
        for mistake in mistakes:
            if mistake in MISTAKES and mistake != "scale_other":
                report.add(mistake, self.tried(), self.got(settings))
        if (
            not settings.get("causal")
            and not mistakes_of_causality(mistakes)
            and self.says_causal()
        ):
            report.add(
                "causal_ignored",
                self.tried(),
                f"the numbers are those of an attention without a mask: {numbers(self.case.out[0, 0])}",
            )

    def says_causal(self) -> bool:
        if self.causal is not None:
            return self.causal and not self.subject.has("causal") and not self.subject.has("mask")
        if self.subject.has("causal") or self.subject.has("mask"):
            return False
        name = self.subject.name.lower()
        if re.search(r"non_?causal|bidirectional|encoder", name):
            return False
        buffers = self.subject.module.named_buffers() if self.subject.module is not None else ()
        triangles = [
            b
            for _, b in buffers
            if b.dim() >= 2 and b.shape[-1] == b.shape[-2] and b.shape[-1] > 1 and is_triangle(b)
        ]
        flags = (
            [getattr(self.subject.module, f, None) for f in ("causal", "is_causal")]
            if self.subject.module is not None
            else []
        )
        if False in flags:
            return False
        return bool(re.search(r"causal|masked|decoder", name) or triangles or True in flags)

    def says_batch_first(self) -> bool:
        first = r"(b|bs|bsz|batch\w*|n_?batch\w*)"
        return bool(
            re.search(
                rf"(?im)^\s*{first}\s*,\s*\w+.*=\s*\w+\.(shape|size\(\))|{first}\s*=\s*\w+\.(shape\[0\]|size\(0\))",
                self.source,
            )
        )

    def counted_from_front(self, cases) -> None:
        """A softmax axis that is counted from the front is right in one layout alone."""
        if self.found[0] or self.subject.has_weights or self.case.layout not in ("ld", "bld"):
            return
        more = [
            c
            for c in cases
            if FUNCTION_LAYOUTS.index(c.layout) < FUNCTION_LAYOUTS.index(self.case.layout)
            and c.layout != "blhd"
        ]
        for case in more:
            other = explain(case, 1, CLOSE, 1)
            positive = [d for d in getattr(case, "dims", []) if d >= 0 and d != 99]
            if other and positive and other[0][0].startswith("softmax_"):
                self.case, self.found = case, other
                self.report.notes.append(
                    f"in {LAYOUT_WORDS['ld']} the axis dim={positive[0]} is the last: there it is right"
                )
                return

    def sixteen(self, cases) -> None:
        for case in cases:
            found = explain(case, 0, ROUGH)
            if found is not None:
                self.case, self.found = case, found
                expected = simulate(case.q, case.k, case.v, d_model=case.d_model, **found[1])
                error = (case.out - expected).nan_to_num(0).abs().max().item()
                self.report.add(
                    "sixteen_bits", self.tried(), f"float32 inputs, and an error of {error:.1g}"
                )
                return

    def tried(self) -> str:
        c = self.case
        return f"random tensors, {c.q.shape[0]} example(s), {c.q.shape[1]} queries, {c.k.shape[1]} keys, laid out {LAYOUT_WORDS[c.layout]}"

    def got(self, settings) -> str:
        c = self.case
        clean = {k: v for k, v in settings.items() if k in ("heads", "rope", "norm", "base")}
        clean["causal"] = "past" if settings.get("causal") else None
        try:
            right = simulate(c.q, c.k, c.v, d_model=c.d_model, **clean)
            return f"output 1 starts {numbers(c.out[0, -1])}, right is {numbers(right[0, -1])}; the numbers equal those of this mistake"
        except RuntimeError:
            return f"output 1 starts {numbers(c.out[0, -1])}, as with this mistake"

    def describe(self) -> None:
        report, s = self.report, self.subject
        arguments = ", ".join(s.roles)
        report.how.append(
            f"{s.name}({arguments}), called with {s.form}, laid out {LAYOUT_WORDS[self.case.layout]}"
        )
        if self.base:
            report.how.append("with a mask that hides nothing")
        if self.found is not None:
            settings = self.found[1]
            words = [
                f"{settings['heads']} head(s) of width {self.case.q.shape[-1] // settings['heads']}"
            ]
            words += [getattr(self.case, "words", "")]
            words += ["causal" if settings.get("causal") else "every query sees every key"]
            words += (
                [f"rotary positions, pairs are {settings['rope']}"] if settings.get("rope") else []
            )
            words += (
                [f"queries and keys normalized ({settings['norm']})"]
                if settings.get("norm")
                else []
            )
            words += (
                ["heads interleaved: a head's numbers lie apart"]
                if settings.get("split_as") == "dh"
                else []
            )
            report.how.append(", ".join(w for w in words if w))

    # -- randomness
    def random(self) -> None:
        s = self.subject
        values = self.plain_values()
        if values is None:
            return
        try:
            first, second = (list(tensors_in(s.call(values, drop=True, seed=i))) for i in (1, 2))
            third, fourth = (list(tensors_in(s.call(values, drop=False, seed=i))) for i in (1, 2))
        except Exception:
            return

        def same(a, b):
            return all(
                x.shape == y.shape and torch.equal(x.nan_to_num(7), y.nan_to_num(7))
                for x, y in zip(a, b, strict=False)
            )

        if not same(first, second) and same(third, fourth):
            apart = (first[0] - second[0]).abs().max()
            when = "a module after eval()" if s.module is not None else "its default arguments"
            self.report.add(
                "dropout_in_eval", f"the same call twice, with {when}", f"outputs {apart:.2g} apart"
            )
        elif not same(third, fourth):
            self.report.notes.append(
                "two calls draw different random numbers: every call here starts from one seed"
            )

    def plain_values(self):
        """Arguments of one plain call, for the properties."""
        s = self.subject
        try:
            with Capture(s) as captured:
                self.cases(
                    s.sizes.n, s.sizes.n, self.base, [self.case.layout] if self.case else None
                )
            return captured.values[0] if captured.values else None
        except Exception:
            return None

    # -- unequal lengths
    def unequal(self) -> None:
        s, report = self.subject, self.report
        if s.form == "x" or self.base:
            return
        cases, _problems = self.cases(s.sizes.n, s.sizes.m, None, [self.case.layout])
        settings = {k: v for k, v in self.found[1].items() if k not in ("heads",)}
        heads = self.found[1]["heads"]
        for case in cases:
            if case.k.shape[1] != s.sizes.m:
                return
            right = [{}] if not settings.get("causal") else [{"align": "bottom_right"}]
            if any(self.same(case, heads, {**settings, **more}) for more in right):
                return
            if settings.get("causal") and self.same(case, heads, settings):
                report.add(
                    "causal_top_left",
                    f"{s.sizes.n} queries, {s.sizes.m} keys",
                    "the first query sees the first key alone",
                )
                return
        if not cases:
            report.notes.append("it takes queries and keys of one length only")
        elif not self.found[0]:
            got = explain(cases[0], 1, CLOSE)
            if got and got[0]:
                for mistake in got[0]:
                    report.add(
                        mistake,
                        f"{s.sizes.n} queries and {s.sizes.m} keys",
                        f"output 1 starts {numbers(cases[0].out[0, 0])}",
                    )
            elif got is None and not settings.get("rope"):
                report.notes.append("with unequal lengths its numbers could not be explained")

    def same(self, case, heads, settings, **more) -> bool:
        try:
            return close(
                case.out,
                simulate(
                    case.q, case.k, case.v, heads, d_model=case.d_model, **{**settings, **more}
                ),
            )
        except (RuntimeError, TypeError):
            return False

    # -- masks
    def masks(self) -> None:
        s = self.subject
        names = [n for n, role in s.roles.items() if role in ("mask", "lengths")]
        for name in names:
            self.mask_of(name, s.roles[name])

    def mask_of(self, name: str, role: str) -> None:
        s, report = self.subject, self.report
        heads, settings = (
            self.found[1]["heads"],
            {k: v for k, v in self.found[1].items() if k != "heads"},
        )
        batch, n = self.case.q.shape[0], s.sizes.n
        tried: list[tuple[Any, str, Case, torch.Tensor]] = []
        for value, allowed, words, hides in mask_forms(batch, n, heads, role, name):
            extra = {**self.base, name: value}
            if role == "lengths":
                extra = {**self.base, "lengths": value}
            cases, _ = self.cases(n, n, extra, [self.case.layout])
            cases = [c for c in cases if getattr(c, "words", "") == getattr(self.case, "words", "")]
            for case in cases:
                if self.same(case, heads, settings, allowed=allowed):
                    self.mask_right(name, words, hides, value, allowed)
                    return
                tried.append((value, words, case, allowed, hides))
        if any(m.startswith("softmax") for m in self.found[0]):
            return
        if tried and all(self.same(c, heads, settings) for _, _, c, _, _ in tried):
            report.add(
                "mask_ignored",
                f"{name} as {tried[0][1]} and {len(tried) - 1} more forms",
                "the numbers of a call without a mask",
            )
            return
        for value, words, case, allowed, hides in tried:
            key = self.mask_wrong(case, heads, settings, allowed)
            if key:
                for k in key:
                    report.add(
                        k,
                        f"{name} as {words}, which hides keys from some queries",
                        f"output of example 1 starts {numbers(case.out[0, 0])}; the numbers equal those of this mistake",
                    )
                return
        if tried:
            report.notes.append(
                f"{name}: no usual form of mask gave numbers that could be explained"
            )

    def mask_wrong(self, case, heads, settings, allowed):
        """Mistakes that explain a run with a mask, or None."""
        if allowed is None:
            return None
        base = {k: v for k, v in settings.items() if k != "apply"}
        causal = base.get("causal")
        ways = [
            ("mask_after_softmax", "after"),
            ("mask_zeros", "zeros"),
            ("mask_weak", "weak"),
            ("mask_weak", "weaker"),
            ("mask_added", "added"),
            ("mask_added", "added_hidden"),
        ]
        for polarity, mask in (([], allowed), (["mask_inverted"], ~allowed)):
            for key, apply in ways:
                if self.same(
                    case,
                    heads,
                    {k: v for k, v in base.items() if k != "causal"} if causal else base,
                    allowed=mask & triangle(causal, *allowed.shape[-2:]) if causal else mask,
                    apply=apply,
                ):
                    return [key] + (polarity if not key.startswith("mask_added") else [])
        if allowed.shape[-2] == allowed.shape[-1]:
            for mask in (allowed.mT, ~allowed.mT):
                if self.same(case, heads, base, allowed=mask):
                    return ["mask_wrong_axis"]
        rows = allowed.any(1, keepdim=False) if allowed.dim() == 4 else allowed
        padding = rows[:, :1, :]  # (batch, 1, keys)
        if rows.shape[1] == 1 or bool((rows == padding).all()):
            plain = simulate(case.q, case.k, case.v, heads, d_model=case.d_model, **base)
            real = padding[:, 0].expand(case.out.shape[0], -1)  # (batch, keys), as rows of queries
            for keep in (real, ~real):
                if (
                    keep.shape == case.out.shape[:2]
                    and close(case.out[keep], plain[keep])
                    and not close(case.out[~keep], plain[~keep])
                ):
                    return ["mask_wrong_axis"]
        return None

    def mask_right(self, name, words, hides, value, allowed) -> None:
        report, s = self.report, self.subject
        polarity = "True hides" if hides else "True may attend"
        kind = "floats are added" if hides is None else polarity
        report.how.append(
            f"{name}: {words}, {kind}"
            if not isinstance(value, torch.Tensor) or value.dim() != 1
            else f"{name}: {words}"
        )
        expected = self.mask or stated_polarity(self.source, name)
        if hides is not None and s.roles[name] == "mask":
            meant = self.meant(name, expected)
            if meant is not None and meant != hides:
                report.add(
                    "mask_inverted",
                    f"{name} as {words}",
                    f"{polarity}, but {'the caller' if self.mask else 'its name or its text'} says that True {'hides' if meant else 'may attend'}",
                )
            elif hides and meant is None:
                report.notes.append(
                    f"{name}: True (or 1) hides a key, as in nn.MultiheadAttention; F.scaled_dot_product_attention means the opposite. If your callers pass True for 'may attend', this is the classic inverted mask; check(…, mask='attend') tests for it"
                )
        self.empty_rows(name, value, allowed, hides)

    def meant(self, name, expected) -> bool | None:
        """Whether True is meant to hide, if anything says so."""
        if expected:
            return expected == "hide"
        known = set(self.subject.roles)
        if (
            name == "attn_mask"
            and {"dropout_p", "is_causal"} & known
            and not self.subject.has_weights
        ):
            return False  # the signature of torch's function
        return None

    def empty_rows(self, name, value, allowed, hides) -> None:
        """A query, or an example, that may see no key."""
        if (
            not isinstance(value, torch.Tensor)
            or allowed is None
            or self.subject.roles[name] == "lengths"
        ):
            return
        full = value.clone()
        per_query = value.dim() >= 2 and value.shape[-2] == value.shape[-1]
        where = (..., 1, slice(None)) if per_query else (1 % value.shape[0],)
        if hides is None:
            full[where] = -math.inf
        else:
            full[where] = 1 if hides else 0
        n = self.subject.sizes.n
        try:
            cases, _ = self.cases(n, n, {**self.base, name: full}, [self.case.layout])
        except Exception:
            return
        cases = [c for c in cases if getattr(c, "words", "") == getattr(self.case, "words", "")]
        if not cases:
            return
        case, tried = cases[0], f"{name} that leaves a query no key"
        row = case.out[:, 1] if per_query else case.out[1 % case.out.shape[0]]
        if row.isnan().any():
            self.report.add("nan_rows", tried, "NaN", weakness=True)
        elif row.abs().max() > 1e-6 and hides is not None:
            self.report.add("minus_a_billion", tried, f"{numbers(row)}, not zeros", weakness=True)

    # -- a flag for causality
    def flags(self) -> None:
        s, report = self.subject, self.report
        if not s.has("causal") or self.found[1].get("causal"):
            return
        name = s.name_for("causal")
        heads, settings = (
            self.found[1]["heads"],
            {k: v for k, v in self.found[1].items() if k != "heads"},
        )
        n, m = s.sizes.n, s.sizes.m
        extra = {**self.base, "causal": True}
        try:
            cases, problems = self.cases(n, n, extra, [self.case.layout])
        except Exception:
            return
        cases = [c for c in cases if getattr(c, "words", "") == getattr(self.case, "words", "")]
        if not cases:
            report.notes.append(f"{name}=True: {problems[0] if problems else 'did not run'}")
            return
        case = cases[0]
        if not self.same(case, heads, settings, causal="past"):
            ways = {"causal_ignored": {}, **{k: v for k, v in SINGLE.items() if "causal" in v}}
            hit = next(
                (k for k, v in ways.items() if self.same(case, heads, {**settings, **v})), None
            )
            if hit:
                for key in ALIAS.get(hit, [hit]):
                    report.add(
                        key,
                        f"{name}=True, {n} queries and keys",
                        f"output 1 starts {numbers(case.out[0, 0])}; the numbers equal those of this mistake",
                    )
            else:
                report.add(
                    "future",
                    f"{name}=True",
                    f"{gap(case.out, simulate(case.q, case.k, case.v, heads, d_model=case.d_model, **{**settings, 'causal': 'past'}))}",
                )
            return
        report.how.append(f"{name}=True: query i sees keys 1 to i")
        if s.form == "x":
            return
        cases, _ = self.cases(n, m, {**self.base, "causal": True}, [self.case.layout])
        if cases and cases[0].k.shape[1] == m:
            if self.same(cases[0], heads, settings, causal="past", align="top_left"):
                words = f"{name}=True, {n} queries, {m} keys"
                if name == "is_causal":
                    report.notes.append(
                        f"{words}: the triangle starts at the top left, as in F.scaled_dot_product_attention. With a cache, give a mask that ends at the bottom right (see {SITE}{MISTAKES['causal_top_left'][2]})"
                    )
                else:
                    report.add("causal_top_left", words, "the first query sees the first key alone")
            elif self.same(cases[0], heads, settings, causal="past", align="bottom_right"):
                report.how.append(
                    "with more keys than queries, the triangle ends at the bottom right"
                )
            else:
                for key, setting in SINGLE.items():
                    if "causal" in setting and any(
                        self.same(cases[0], heads, {**settings, **setting, "align": a})
                        for a in ("top_left", "bottom_right")
                    ):
                        report.add(
                            ALIAS.get(key, [key])[0],
                            f"{name}=True, {n} queries, {m} keys",
                            "as with this mistake",
                        )
                        break

    # -- grouped heads of a function
    def groups(self) -> None:
        s = self.subject
        if s.has_weights or self.case.layout not in ("bhld", "blhd") or s.form != "qkv":
            return
        try:
            extra = (
                {**self.base}
                | ({"gqa": True} if s.has("gqa") else {})
                | ({"n_rep": 2} if s.has("n_rep") else {})
            )
            case = run_function(
                s, self.case.layout, s.sizes.n, s.sizes.n, kv_heads=s.sizes.kv_heads, extra=extra
            )
        except Exception:
            return
        if case is None:
            return
        heads, settings = (
            self.found[1]["heads"],
            {k: v for k, v in self.found[1].items() if k != "heads"},
        )
        if self.same(case, heads, settings):
            self.report.how.append(
                "fewer heads of keys and values serve groups of neighboring query heads"
            )
        elif self.same(case, heads, settings, tile=True):
            self.report.add(
                "heads_repeat",
                f"{heads} heads of queries, {s.sizes.kv_heads} of keys and values",
                f"head 2 starts {numbers(case.out[0, 0, s.sizes.d_k :])}, as with tiled keys",
            )

    # -- positions and caches
    def steps(self) -> None:
        """The last query alone, after cached keys, against the whole."""
        s, settings = self.subject, self.found[1]
        if s.form == "qkv" and not s.has_weights and s.has("offset") and settings.get("rope"):
            self.offset_of_function()
        elif s.form == "x" and (s.has("cache") or (s.has("offset") and s.has_weights)):
            self.cached_steps()

    def offset_of_function(self) -> None:
        s, n = self.subject, self.subject.sizes.n
        (q, k, v), _heads = draw_flats(s, n, n, s.sizes.heads, self.case.layout)
        whole = run_function(s, self.case.layout, n, n, extra=self.base, flats=(q, k, v))
        try:
            last = run_function(
                s,
                self.case.layout,
                1,
                n,
                extra={**self.base, "offset": n - 1},
                flats=(q[:, -1:], k, v),
            )
        except Exception:
            return
        if last is not None and not close(last.out, whole.out[:, -1:]):
            self.report.add(
                "rotary_offset",
                f"the last of {n} queries alone, {s.name_for('offset')}={n - 1}",
                gap(last.out, whole.out[:, -1:]),
            )

    def cached_steps(self) -> None:
        s, report, n = self.subject, self.report, self.subject.sizes.n
        x = torch.randn(
            s.sizes.batch, n, s.sizes.d_model, generator=torch.Generator().manual_seed(5)
        )
        if self.case.layout != "bld":
            return
        flag = {s.name_for("use_cache"): True} if s.has("use_cache") else {}
        shape = lambda t: t.dim() == 3 and t.shape[0] == s.sizes.batch  # noqa: E731
        try:
            whole = result_tensor(
                s.call({"x": x, **positional(s, n), **self.causal_extra(n, n)}),
                lambda t: t if shape(t) and t.shape[1] == n else None,
            )
            fresh = copy.deepcopy(s.module) if s.module is not None else None
            outs, cache, state = [], None, s.run
            if fresh is not None:
                s.run = fresh
            for i, (a, b) in enumerate([(0, 2), *[(j, j + 1) for j in range(2, n)]]):
                values = {
                    "x": x[:, a:b],
                    **positional(s, b - a, a),
                    **flag,
                    **(self.causal_extra(b - a, b) if i == 0 else {}),
                }
                if s.has("cache") and cache is not None:
                    values["cache"] = cache
                result = s.call(values)
                outs.append(
                    result_tensor(result, lambda t: t if shape(t) and t.shape[1] == b - a else None)
                )
                cache = cache_in(result, outs[-1])
                if s.has("cache") and cache is None:
                    return
            s.run = state
        except Exception as error:
            s.run = self.subject.module if self.subject.module is not None else self.subject.run
            report.notes.append(
                f"its cache could not be used: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            )
            return
        if whole is None or any(o is None for o in outs):
            return
        stepped = torch.cat(outs, 1)
        if close(stepped, whole, 1e-3):
            report.how.append("step by step with its cache gives the outputs of the whole")
        elif self.found[1].get("causal") or self.causal_extra(n, n):
            key = "rotary_offset" if self.found[1].get("rope") else "cache_differs"
            if key == "cache_differs" and self.found[1].get("causal"):
                key = "causal_top_left"
            report.add(
                key,
                "two inputs, then one at a time with the cache, against all at once",
                gap(stepped, whole),
            )

    def causal_extra(self, n, m) -> dict[str, Any]:
        return {"causal": True} if self.subject.has("causal") else {}

    # -- numbers at the edge
    def large(self) -> None:
        s = self.subject
        if s.has_weights or s.form != "qkv" or self.found[0]:
            return
        n = s.sizes.n
        (q, k, v), _heads = draw_flats(s, n, n, s.sizes.heads, self.case.layout)
        try:
            case = run_function(
                s, self.case.layout, n, n, extra=self.base, flats=(q * 60, k * 60, v)
            )
        except Exception:
            return
        if case is not None and not case.out.isfinite().all():
            self.report.add(
                "overflow", "scores of some thousands", "NaN or infinity", weakness=True
            )

    def half(self) -> None:
        s = self.subject
        if s.has_weights or s.form != "qkv" or self.found is None or self.found[0]:
            return
        shape = {"ld": (2, 64), "bld": (1, 2, 64), "lbd": (2, 1, 64)}.get(
            self.case.layout, (1, 1, 2, 64)
        )
        if self.case.layout == "blhd":
            shape = (1, 2, 1, 64)
        q = torch.full(shape, 40.0).half()
        try:
            out = s.call({"query": q, "key": q.clone(), "value": torch.ones(shape).half()})
        except Exception:
            return
        t = next((t for t in tensors_in(out) if t.shape == q.shape), None)
        if t is not None and not t.isfinite().all():
            self.report.add(
                "half_overflow",
                "float16, d_k 64, all numbers of queries and keys 40",
                "NaN",
                weakness=True,
            )

    # -- gradients
    def gradients(self) -> None:
        """Compare gradients with finite differences, input by input and weight by weight."""
        s, values = self.subject, self.plain_values()
        if values is None:
            return
        targets: dict[str, torch.Tensor] = {
            r: t
            for r, t in values.items()
            if isinstance(t, torch.Tensor)
            and t.is_floating_point()
            and r in ("x", "query", "key", "value", "context", "weight_q", "weight_k", "weight_v")
        }
        if s.module is not None:
            targets |= {
                n: p
                for n, p in s.module.named_parameters()
                if p.dim() > 1
                and p.requires_grad
                and role_of_weight(n) in ("q", "k", "v", "qkv", "kv")
            }
        generator = torch.Generator().manual_seed(9)
        probe: list[torch.Tensor] = []

        def loss(values):
            with torch.enable_grad():
                t = self.main_tensor(s.call(values))
                if not probe:
                    probe.append(torch.randn(t.shape, generator=generator))
                return (t * probe[0]).sum()

        for name, t in targets.items():
            direction = torch.randn(t.shape, generator=generator)
            inside = name not in values

            def at(step, name=name, t=t, direction=direction, inside=inside):
                if not inside:
                    return loss({**values, name: (t.detach() + step * direction)}).item()
                before = t.detach().clone()
                with torch.no_grad():
                    t.add_(step * direction)
                try:
                    return loss(values).item()
                finally:
                    with torch.no_grad():
                        t.copy_(before)

            try:
                slopes = [(at(e) - at(-e)) / (2 * e) for e in (4e-3, 8e-3)]
            except Exception:
                return
            if not all(map(math.isfinite, slopes)) or abs(slopes[0] - slopes[1]) > 0.02 * (
                abs(slopes[0]) + 1e-2
            ):
                continue
            if abs(slopes[0]) < 2e-2:
                continue
            tried = f"the gradient of the output with respect to {name}"
            try:
                leaf = t if inside else t.detach().clone().requires_grad_()
                out = loss(values if inside else {**values, name: leaf})
                if not out.requires_grad:
                    self.report.add(
                        "gradient_blocked",
                        tried,
                        "the output has no gradient at all (no_grad, detach or .data)",
                    )
                    return
                (grad,) = torch.autograd.grad(out, leaf, allow_unused=True)
            except RuntimeError as error:
                if "modified by an inplace" in str(error) or "leaf Variable" in str(error):
                    self.report.add("gradient_blocked", tried, str(error).splitlines()[0][:160])
                return
            along = 0.0 if grad is None else (grad * direction).sum().item()
            if abs(along - slopes[0]) > 0.1 * abs(slopes[0]) + 1e-2:
                if "sixteen_bits" not in self.report.mistakes:
                    self.report.add(
                        "gradient_blocked",
                        tried,
                        f"{along:.3g} along one direction, where the outputs change by {slopes[0]:.3g}",
                    )

    def main_tensor(self, result):
        c = self.case
        n = self.subject.sizes.n
        if c is None:
            return next(t for t in tensors_in(result) if t.is_floating_point())
        flat = result_tensor(
            result,
            lambda t: (
                t
                if flatten(t, c.q.shape[0], n, c.heads[0]) is not None and t.shape[-1] != n
                else None
            ),
        )
        return (
            flat
            if flat is not None
            else next(t for t in tensors_in(result) if t.is_floating_point())
        )

    # -- what holds for every attention
    def unexplained(self, cases) -> None:
        self.report.how.append("its numbers are none that this check knows; properties only")
        before = len(self.report.findings)
        self.properties()
        plain = not self.subject.has_weights and self.subject.form == "qkv"
        if len(self.report.findings) == before and plain:
            case = self.case
            right = simulate(case.q, case.k, case.v, case.heads[0], d_model=case.d_model)
            self.report.add(
                "differs",
                self.tried(),
                f"output 1 starts {numbers(case.out[0, 0])}, right is {numbers(right[0, 0])}",
            )

    def properties_only(self, problems) -> None:
        layouts = (
            ["bld", "lbd", "ld"]
            if self.subject.has_weights or self.subject.form == "x"
            else FUNCTION_LAYOUTS
        )
        if problems and len(problems) >= len(layouts):
            self.report.notes.append("it could not be called: " + problems[0])
            return
        self.report.how.append("its projections could not be told apart; properties only")
        self.random()
        self.properties()
        if self.subject.modified:
            self.report.add(
                "input_modified",
                "every call was followed by a look at its inputs",
                self.subject.modified,
            )
        self.gradients()

    def properties(self) -> None:
        s, values = self.subject, self.plain_values()
        if values is None:
            return
        main = next((r for r in ("x", "query") if r in values), None)
        keyed = (
            "value"
            if "value" in values
            else "context"
            if isinstance(values.get("context"), torch.Tensor)
            else main
        )
        layout = self.case.layout if self.case else "bld"
        if main is None or layout == "ld":
            return
        b_axis, n_axis = (1, 0) if layout == "lbd" else (0, 2 if layout == "bhld" else 1)
        try:
            plain = self.main_tensor(s.call(values))
        except Exception:
            return
        if plain.dim() <= max(b_axis, n_axis) or plain.shape[b_axis] != values[main].shape[b_axis]:
            return

        def changed(role, axis, index):
            other = values[role].clone()
            other.select(axis, index).add_(
                torch.randn(
                    other.select(axis, index).shape, generator=torch.Generator().manual_seed(2)
                )
            )
            moved = dict(values)
            moved[role] = other
            return (self.main_tensor(s.call(moved)) - plain).abs()

        rest = changed(keyed, b_axis, 0).narrow(b_axis, 1, plain.shape[b_axis] - 1)
        if rest.max() > 1e-4:
            self.report.add(
                "examples_meet",
                "example 1 of a batch was changed, and the outputs of the others compared",
                f"they changed by {rest.max():.2g}",
            )
            return
        if self.says_causal():
            early = changed(keyed, n_axis, -1).narrow(n_axis, 0, plain.shape[n_axis] - 1)
            if early.max() > 1e-4:
                self.report.add(
                    "future",
                    "the last input was changed, and the earlier outputs compared",
                    f"they changed by {early.max():.2g}",
                )
                return
        if keyed == "value" and not s.has_weights:
            ones = self.main_tensor(s.call({**values, "value": torch.ones_like(values["value"])}))
            if (ones - 1).abs().max() > 1e-3:
                self.report.add(
                    "rows",
                    "values that are all 1",
                    f"outputs from {ones.min():.3g} to {ones.max():.3g}",
                )
                return
        text = (self.source + " " + " ".join(s.roles)).lower()
        has_positions = re.search(
            r"pos|rot|rope|freqs|alibi|rel|tril|triu|causal|conv|window|kernel|decay|time", text
        )
        if main == "x" and s.has_weights and not has_positions:
            order = torch.randperm(
                values["x"].shape[n_axis], generator=torch.Generator().manual_seed(4)
            )
            moved = self.main_tensor(
                s.call({**values, "x": values["x"].index_select(n_axis, order)})
            )
            apart = (moved - plain.index_select(n_axis, order)).abs().max()
            if apart > 1e-3:
                self.report.add(
                    "tokens_mixed", "the inputs in another order", f"outputs {apart:.2g} apart"
                )


class Capture:
    """Keep the arguments of a subject's calls."""

    def __init__(self, subject):
        self.subject, self.values = subject, []

    def __enter__(self):
        call = self.subject.call

        def keeping(values, **options):
            result = call(values, **options)
            self.values.append(values)
            return result

        self.subject.call = keeping
        return self

    def __exit__(self, *_):
        del self.subject.call


def is_triangle(b) -> bool:
    square = b.reshape(-1, *b.shape[-2:])[0].to(torch.float32)
    square = square.nan_to_num(1.0, neginf=1.0, posinf=1.0)
    lower, upper = square.tril(-1).abs().sum(), square.triu(1).abs().sum()
    return bool((lower == 0) != (upper == 0))


def mistakes_of_causality(mistakes) -> bool:
    return any(m.startswith(("causal", "mask")) for m in mistakes)


def cache_in(result, out):
    """What a result holds besides the output."""
    if isinstance(result, (tuple, list)):
        rest = [r for r in result if r is not out and r is not None]
        rest = [
            r
            for r in rest
            if not (isinstance(r, torch.Tensor) and r.dim() == 4 and r.shape[-2] == out.shape[1])
        ]
        return rest[-1] if rest else None
    return None


def source_of(attention) -> str:
    try:
        target = (
            attention
            if inspect.isclass(attention) or inspect.isroutine(attention)
            else type(attention)
        )
        text = inspect.getsource(target)
        module = inspect.getmodule(target)
        if module is not None and getattr(module, "__name__", "").startswith("torch"):
            return ""
        return text
    except (OSError, TypeError):
        return ""


def stated_polarity(source: str, name: str) -> str | None:
    """'attend' or 'hide' where the text of the attention says what True or 1 means."""
    for line in source.splitlines():
        text = line.lower()
        if ("#" not in text and '"' not in text and ":" not in text) or not re.search(
            rf"\b{name.lower()}\b|mask", text
        ):
            continue
        words = text.split("#", 1)[1] if "#" in text else text
        if re.search(
            r"\b(true|1s?|ones?)\b\W{0,4}(=|:|->|means?|for|where|is|are|marks?|indicates?|to|may|can)?\W{0,4}[\w\s]{0,24}\b(attend|keep|kept|visible|allowed|valid|real|participate|see|seen|unmasked)",
            words,
        ) and not re.search(r"\bnot\b", words):
            return "attend"
        if re.search(
            r"\b(true|1s?|ones?)\b\W{0,4}(=|:|->|means?|for|where|is|are|marks?|indicates?|to)?\W{0,4}[\w\s]{0,24}\b(masked|hidden|hide|ignored?|pad(ding|ded)?|blocked|not (be )?(attend\w*|allowed))",
            words,
        ):
            return "hide"
    return None


def mask_forms(batch, n, heads, role, name):
    """(value, allowed (batch, 1, n, n), words, whether True hides) for each usual form of mask."""
    generator = torch.Generator().manual_seed(8)
    full = torch.rand(batch, 1, n, n, generator=generator) > 0.4
    full[..., torch.arange(n), (torch.arange(n) + 2) % n] = True  # no row and no column is empty
    full[..., torch.arange(n), (torch.arange(n) + 1) % n] = False
    one = full[:1]
    lengths = torch.tensor([n - 1, n - 2, n - 3, n][:batch] + [n] * max(0, batch - 4))[:batch]
    padding = (torch.arange(n) < lengths[:, None])[:, None, None]  # (batch, 1, 1, n)
    if role == "lengths":
        yield lengths, padding.expand(batch, 1, n, n), "the number of real keys per example", None
        return
    fulls = [
        ((n, n), one[0, 0], one.expand(batch, 1, n, n), "(queries, keys)"),
        ((batch, 1, n, n), full, full, "(batch, 1, queries, keys)"),
        ((batch, n, n), full[:, 0], full, "(batch, queries, keys)"),
        ((1, 1, n, n), one, one.expand(batch, 1, n, n), "(1, 1, queries, keys)"),
        ((batch, heads, n, n), full.expand(batch, heads, n, n), full, "(batch, heads, queries, keys)"),
        ((batch * heads, n, n), full[:, 0].repeat_interleave(heads, 0), full, "(batch * heads, queries, keys)"),
    ]  # fmt: skip
    pads = [
        ((batch, n), padding[:, 0, 0], padding.expand(batch, 1, n, n), "(batch, keys)"),
        ((batch, 1, 1, n), padding, padding.expand(batch, 1, n, n), "(batch, 1, 1, keys)"),
        ((batch, 1, n), padding[:, 0], padding.expand(batch, 1, n, n), "(batch, 1, keys)"),
        ((n,), padding[0, 0, 0], padding[:1].expand(batch, 1, n, n), "(keys,)"),
    ]  # fmt: skip
    groups = pads + fulls if re.search(r"pad|src|key|valid", name.lower()) else fulls + pads
    for _, mask, allowed, words in groups:
        mask = mask.clone()
        yield mask, allowed, words, False
        yield ~mask, allowed, words, True
        yield mask.float(), allowed, words + " of 1 and 0", False
        yield (~mask).float(), allowed, words + " of 1 and 0", True
        yield torch.zeros(mask.shape).masked_fill(~mask, -math.inf), allowed, words, None


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
    file = Path(path + ".py")
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return eval(expression, vars(module))


def main(arguments: list[str]) -> int:
    strict = "--strict" in arguments
    options = {
        a[2:].split("=")[0]: a.split("=", 1)[1]
        for a in arguments
        if a.startswith("--") and "=" in a
    }
    targets = [a for a in arguments if not a.startswith("--")]
    if not targets:
        print(__doc__)
        return 2
    worst = 0
    for target in targets:
        report = check(
            load(target),
            mask=options.get("mask"),
            n_heads=int(options["heads"]) if "heads" in options else None,
        )
        print(report)
        bad = report.mistakes or (strict and report.weaknesses)
        worst = max(worst, 1 if bad else 0 if report.compared else 2)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
