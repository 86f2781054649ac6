# SPDX-License-Identifier: MIT

import pytest
import torch

from snippets.real_attention.layer.errors import check_heads, check_inputs
from snippets.real_attention.layer.multi_head_attention import MultiHeadAttention


def made(*shape, dtype=torch.float32):
    return torch.zeros(shape, dtype=dtype)


def test_heads_share_evenly():
    for sizes in ((1, 1, 1), (12, 6, 3), (12, 6, 1), (12, 6, 6)):
        check_heads(*sizes)
    for sizes in ((12, 5, 5), (12, 0, 1), (0, 1, 1), (12, -1, 1)):
        with pytest.raises(ValueError, match=f"d_model, {sizes[0]}, .*n_heads, {sizes[1]}$"):
            check_heads(*sizes)
    for n_kv_heads in (4, 0, -1, 12):
        with pytest.raises(ValueError, match=f"n_heads, 6, .*n_kv_heads, {n_kv_heads}$"):
            check_heads(12, 6, n_kv_heads)


def test_inputs_have_the_width_and_the_dtype_of_the_layer():
    layer = MultiHeadAttention(4, 2)
    check_inputs(layer, None, x=made(3, 4), context=made(2, 5, 4))
    with pytest.raises(TypeError, match=r"x must be floating-point, not torch.int64 \(3, 4\)"):
        check_inputs(layer, None, x=made(3, 4, dtype=torch.int64))
    with pytest.raises(TypeError, match=r"x is torch.float64, the layer is torch.float32"):
        check_inputs(layer, None, x=made(3, 4, dtype=torch.float64))
    for wrong in (made(4), made(3, 5), made(4, 3)):
        shape = tuple(wrong.shape)
        with pytest.raises(ValueError) as raised:
            check_inputs(layer, None, x=made(3, 4), context=wrong)
        assert str(raised.value) == f"context is {shape}, not (batch, length, 4)"
