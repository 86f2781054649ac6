# SPDX-License-Identifier: MIT
import platform
import re
import runpy
import time

import torch

from snippets.real_attention.grouped_queries import cost
from snippets.real_attention.grouped_queries.cost import ratio, seconds


def test_seconds_are_those_that_a_call_takes():
    assert 0.02 <= seconds(time.sleep, 0.02) < 1


def test_ratio_is_the_median_of_ours_by_theirs_without_the_first_round(monkeypatch):
    times = iter([100.0, 1.0, 2.0, 1.0, 9.0, 1.0, 3.0, 1.0])  # ours and theirs in turn
    called = []

    def one(attention, queries, keys, values):
        assert queries.shape == keys.shape == values.shape == (1, 8, 5, 64)
        called.append(attention)
        return next(times)

    monkeypatch.setattr(cost, "seconds", one)
    assert ratio(5, rounds=3) == 3
    assert (
        called
        == [
            cost.scaled_dot_product_attention,
            torch.nn.functional.scaled_dot_product_attention,
        ]
        * 4
    )


def test_the_machine_is_named_and_the_ratios_are_printed(capsys):
    runpy.run_path(cost.__file__, run_name="__main__")
    machine, *ratios = capsys.readouterr().out.splitlines()
    assert torch.__version__ in machine
    assert platform.machine() in machine
    assert all(re.fullmatch(r"\d+ inputs: \d+\.\d times as long", line) for line in ratios)
    assert len(ratios) == 2
