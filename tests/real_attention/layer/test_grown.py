# SPDX-License-Identifier: MIT
"""The chapter's examples of each addition to the layer are right."""

import contextlib
import io
import runpy

import pytest
import torch
from torch.testing import assert_close

from snippets.real_attention.layer import grown


@pytest.fixture(scope="module")
def ran():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        names = runpy.run_path(grown.__file__, run_name="__main__")
    return names | {"printed": out.getvalue().splitlines()}


def test_heads_of_width_3_and_a_bias_for_three_projections(ran):
    shapes = {name: tuple(p.shape) for name, p in ran["wide"].named_parameters()}
    assert shapes["w_query.weight"] == (6, 4)
    assert shapes["w_output.weight"] == (4, 6)
    assert [name for name in shapes if "bias" in name] == [
        "w_query.bias",
        "w_key.bias",
        "w_value.bias",
    ]


def test_only_distances_count(ran):
    assert_close(ran["at_1"], ran["at_0"])
    assert not ran["farther"].allclose(ran["at_0"], atol=1e-3)


def test_steps_with_a_cache_are_the_whole(ran):
    assert_close(torch.cat(ran["steps"]), ran["whole"])
    assert tuple(ran["cache"].keys.shape) == (2, 3, 2)
    line = next(line for line in ran["printed"] if line.startswith("largest difference: "))
    assert float(line.removeprefix("largest difference: ")) < 1e-6


def test_the_weights_are_causal_and_add_up_to_1(ran):
    assert ran["weights"].shape == (2, 3, 3)
    assert_close(ran["weights"].sum(dim=-1), torch.ones(2, 3))
    assert not ran["weights"].triu(1).any()
