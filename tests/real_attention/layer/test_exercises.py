# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close


def test_the_last_step_needs_no_causal_mask(solved):
    assert_close(solved["step"], solved["whole"][2:])
    assert not torch.allclose(solved["wrong"], solved["whole"][2:], atol=0.1)


def test_new_tokens_see_what_is_kept_and_their_own_past(solved):
    assert solved["seen"] == [5, 6, 7]
