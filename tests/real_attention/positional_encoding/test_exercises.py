# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close


def test_position_0_is_sines_and_cosines_of_0(solved):
    assert_close(solved["first"], torch.tensor([0.0, 1, 0, 1]), rtol=0, atol=0)


def test_under_a_causal_mask_every_word_gets_another_output(solved):
    before, after = (solved["causal_outputs"](x) for x in (solved["x"], solved["x"][[2, 0, 1]]))
    for word in range(3):
        assert not torch.allclose(after[[1, 2, 0]][word], before[word], atol=0.1)
    assert_close(after[0], torch.tensor([2.0, 6, 3]))  # bank comes first and sees only itself
