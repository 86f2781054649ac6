# SPDX-License-Identifier: MIT
import pytest
import torch


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_even_weights_score_one_in_ten(solved):
    assert solved["mirrored"](solved["even"]) == pytest.approx(1 / 10)


def test_the_task_decides_where_the_head_looks(solved):
    assert solved["shifted_share"] > 0.9
    assert solved["mirrored"](solved["model"].weights) < 0.3
