# SPDX-License-Identifier: MIT
"""Outputs do not depend on the machine: a second run in other surroundings must give the same."""

from __future__ import annotations

import pytest

from tests.support.sample import Sample

UNSEEDED = {
    "torch": "import torch\nprint(torch.rand(2))",
    "NumPy": "import numpy\nprint(numpy.random.rand(2))",
    "Python": "import random\nprint(random.random())",
    "a set": "print({'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'})",
    "a hash": "print(hash('a'))",
    "the folder": "import os\nprint(os.getcwd())",
    "the time": "import time\nprint(time.time())",
    "the date": "import datetime\nprint(datetime.date.today())",
    "threads": "import torch\nprint(torch.get_num_threads())",
    "an address": "print(object())",
    "a figure": "import random, matplotlib.pyplot as plt\n_, axes = plt.subplots(num='A')\n"
    "axes.plot([0, random.random()])",
}


@pytest.mark.parametrize("body", UNSEEDED.values(), ids=UNSEEDED)
def test_an_output_that_differs_from_run_to_run_is_refused(sample: Sample, body: str) -> None:
    told = sample.problem(body)
    assert told.startswith('snippets/one.py:1: section "part" ')
    assert "in a second run: give the generator a seed, such as torch.manual_seed(0)" in told


def test_a_seed_is_all_that_a_random_number_needs(sample: Sample) -> None:
    assert sample.printed("import torch\ntorch.manual_seed(0)\nprint(torch.rand(1))").startswith(
        "tensor([0.4963])"
    )


def test_a_value_that_differs_from_run_to_run_is_refused_at_its_line(sample: Sample) -> None:
    sample.section("import torch\nx = torch.rand(2)")
    sample.page("It is {{ one: x[0].item() }}.\n")
    told = sample.problem()
    assert told.startswith("docs/page.md:1: {{ one: x[0].item() }}: has another value in a second")
    assert "give the generator a seed" in told


def test_a_measured_output_may_differ(sample: Sample) -> None:
    sample.section("# measured: the time\nimport time\nprint(time.time())")
    assert sample.refresh().problems == []


def test_a_failure_in_only_the_second_run_is_reported_as_such(sample: Sample) -> None:
    told = sample.problem("import os\nassert os.environ['PYTHONHASHSEED'] == '0', 'hash'")
    assert told.startswith('snippets/one.py:3: in section "part": AssertionError: hash')
    assert "in a second run, and not in the first" in told
