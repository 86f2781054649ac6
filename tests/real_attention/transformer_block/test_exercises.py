# SPDX-License-Identifier: MIT
import math

import torch

from snippets.real_attention.transformer_block.block import normalized
from snippets.walkthrough.inputs import x


def test_louder_inputs_have_the_same_normalized_rows(solved):
    assert torch.allclose(solved["louder"], normalized(x), atol=1e-4)


def test_the_count_is_that_of_the_formula(solved):
    parts = solved["attention"] + solved["feed_forward"] + solved["norms"]
    assert solved["counted"] == parts
    assert solved["feed_forward"] > solved["attention"]


def test_knowing_nothing_costs_the_logarithm_of_the_vocabulary(solved):
    assert math.isclose(solved["clueless"], math.log(len(solved["vocabulary"])))


def test_only_without_a_mask_the_last_word_changes_the_first_outputs(solved, capsys):
    block, changed = solved["open_block"], solved["changed"]
    assert not torch.allclose(block(x)[:2], block(changed)[:2])
    assert torch.allclose(block(x, is_causal=True)[:2], block(changed, is_causal=True)[:2])
