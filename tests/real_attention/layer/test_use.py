# SPDX-License-Identifier: MIT
import contextlib
import io
import runpy

import pytest
import torch

from snippets.real_attention.layer import use as layer_use
from snippets.walkthrough.inputs import x


@pytest.fixture(scope="module")
def printed():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(layer_use.__file__, run_name="__main__")
    return out.getvalue().splitlines()


def test_the_page_shows_the_layers_results(printed):
    shape, difference, *refused = printed[6:]
    assert shape == "shape: torch.Size([2, 3, 4])"
    assert float(difference.removeprefix("largest difference: ")) < 1e-6
    assert refused == [
        "d_model, 4, is not divisible by n_heads, 3",
        "attn_mask (2, 3) does not broadcast to the scores, (..., queries, keys) = (2, 2, 3, 3)",
        "MultiHeadAttention.forward() takes from 2 to 3 positional arguments but 4 were given",
    ]


def test_dropout_gives_two_answers_until_eval(printed):
    modes = printed[:6]
    assert (modes[0], modes[3]) == ("output 1, train():", "output 1, eval():")
    assert modes[1] != modes[2]
    assert modes[4] == modes[5]


def test_each_run_has_the_same_layer():
    one, other = layer_use.random_layer(), layer_use.random_layer()
    for name, parameter in one.state_dict().items():
        assert torch.equal(parameter, other.state_dict()[name]), name


def test_the_batch_holds_the_inputs_forwards_and_backwards():
    assert torch.equal(layer_use.batch, torch.stack([x, x[[2, 1, 0]]]))


def test_the_mask_hides_the_padding():
    assert torch.equal(layer_use.mask[:, 0, 0], torch.tensor([[1, 1, 1], [1, 1, 0]]).bool())
    assert layer_use.mask.shape == (2, 1, 1, 3)
