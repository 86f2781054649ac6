# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close

from snippets.real_attention.multi_head.split import head_outputs


def test_key_3_wins_in_head_2(solved):
    assert_close(solved["scores_of_head_1"], torch.tensor([0.0, 4, 2]))
    assert_close(solved["scores_of_head_2"], torch.tensor([6.0, 4, 8]))


def test_a_mask_without_an_axis_for_heads_hides_a_key_from_a_head(solved):
    attention, mask = solved["attention"], solved["padding"]
    tensors = solved["two_examples"], solved["head_keys"], solved["head_values"]
    right, wrong = (
        attention(*tensors, mask.view(2, 1, 1, 3)),
        attention(*tensors, mask.view(2, 1, 3)),
    )
    assert_close(right[1], head_outputs)
    assert not torch.allclose(right[0, 1], head_outputs[1])
    assert_close(wrong[:, 1], head_outputs[1].expand(2, 3, 2))
    assert_close(wrong[:, 0], right[0, 0].expand(2, 3, 2))


def test_the_wrong_split_leaks_through_a_causal_mask(solved):
    changes = [
        solved["output_1"](split, solved["changed"])
        - solved["output_1"](split, solved["wide_queries"])
        for split in (solved["split_heads"], solved["wrong_split"])
    ]
    assert_close(changes[0], torch.zeros(4), rtol=0, atol=0)
    assert_close(changes[1], torch.tensor([0.0, 0, 1, 1]))
    assert (solved["changed"] != solved["wide_queries"]).any(dim=-1).tolist() == [
        False,
        True,
        False,
    ]
