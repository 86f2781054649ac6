# SPDX-License-Identifier: MIT
import runpy

import matplotlib.pyplot as plt
import pytest
import torch
from torch.testing import assert_close

from snippets.real_attention.positional_encoding import learned as module
from snippets.real_attention.positional_encoding.moved import moved, outputs_of
from snippets.walkthrough.inputs import x


@pytest.fixture
def ran():
    names = runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    return names


def test_a_position_gets_the_row_of_its_number(ran):
    assert_close(ran["positions"], ran["table"].weight.detach()[:3])
    assert ran["table"].weight.shape == (512, 4)


def test_a_row_is_trained_only_where_its_position_occurs(ran):
    table = ran["table"]
    outputs_of(x + table(torch.arange(3))).sum().backward()
    assert table.weight.grad[:3].abs().sum(dim=-1).min() > 0
    assert not table.weight.grad[3:].any()


def test_attention_with_positions_sees_order(ran):
    positions = ran["positions"]
    reordered = outputs_of(x + positions)[moved]
    assert not torch.allclose(outputs_of(x[moved] + positions), reordered, atol=0.1)


def test_the_page_shows_rows_and_that_there_is_none_past_the_end(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5 and lines[0] == "rows 0, 1, 2:"
    assert lines[1].startswith("tensor([[")
    assert lines[-1] == "position 512: index out of range in self"
