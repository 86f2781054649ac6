# SPDX-License-Identifier: MIT
import runpy

import torch

from snippets.real_attention.layer import dropout as layer_dropout
from snippets.real_attention.layer import use as layer_use
from snippets.walkthrough.inputs import x


def test_what_the_page_shows_of_the_layer(capsys):
    runpy.run_path(layer_use.__file__, run_name="__main__")
    shape, difference, *refused, eight, two, one = capsys.readouterr().out.splitlines()
    assert shape == "shape: torch.Size([2, 3, 4])"
    assert float(difference.removeprefix("difference: ")) < 1e-6
    assert refused == [
        "d_model, 4, is not divisible by n_heads, 3",
        "attn_mask (2, 3) does not broadcast to the scores, (..., queries, keys) = (2, 2, 3, 3)",
    ]
    whole = 4 * (512 * 512 + 512)
    saved = {8: 0, 2: 2 * 384 * 513, 1: 2 * 448 * 513}
    for line, (heads, less) in zip((eight, two, one), saved.items(), strict=True):
        kept = 2 * heads * 64
        expected = f"{heads} key heads: {whole - less} learned, {kept} kept per input"
        assert line == expected


def test_each_run_has_the_same_layer():
    one, other = layer_use.random_layer(), layer_use.random_layer()
    for name, parameter in one.state_dict().items():
        assert torch.equal(parameter, other.state_dict()[name]), name


def test_the_batch_holds_the_inputs_forwards_and_backwards():
    assert torch.equal(layer_use.batch, torch.stack([x, x[[2, 1, 0]]]))


def test_the_mask_hides_the_padding():
    assert torch.equal(layer_use.mask[:, 0, 0], torch.tensor([[1, 1, 1], [1, 1, 0]]).bool())
    assert layer_use.mask.shape == (2, 1, 1, 3)


def test_dropout_gives_two_answers_until_eval(capsys):
    runpy.run_path(layer_dropout.__file__, run_name="__main__")
    first, second, *modes = capsys.readouterr().out.splitlines()
    assert first.removeprefix("call 1") != second.removeprefix("call 2")
    assert (modes[0], modes[3]) == ("train:", "eval:")
    assert modes[1] != modes[2]
    assert modes[4] == modes[5]
