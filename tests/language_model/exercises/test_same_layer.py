# SPDX-License-Identifier: MIT
from __future__ import annotations

import torch

from snippets.language_model.exercises.same_layer import dealt_out, n_attention, shared


def test_shared_heads_follow_repeat_interleave():
    heads = torch.tensor([1, 2, 3])
    expected = heads.repeat_interleave(3).tolist()
    assert [shared(head) for head in range(1, 10)] == expected
    assert [dealt_out(head) for head in range(1, 10)] == heads.repeat(3).tolist()


def test_the_weights_of_a_layer_are_counted(weights):
    parts = "attn_q", "attn_k", "attn_v", "attn_output"
    assert n_attention == sum(weights[f"blk.29.{part}.weight"].numel() for part in parts)
    assert n_attention == 884_736
