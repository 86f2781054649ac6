# SPDX-License-Identifier: MIT
"""The language model in one file keeps its promises."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from snippets.language_model.weights import INSTALL
from snippets.take_along import language_model
from snippets.take_along.language_model import load

pytestmark = pytest.mark.slow

PROMPT = "The capital of France is"


@pytest.fixture(scope="module")
def model():
    return load()


def ids_of(model, text):
    return torch.tensor(model.tokenizer.encode(text).ids)


def test_the_file_runs_alone_in_an_empty_folder(tmp_path):
    file = tmp_path / "language_model.py"
    file.write_text(Path(language_model.__file__).read_text("utf-8"), "utf-8")
    command = [sys.executable, str(file), *PROMPT.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{PROMPT} Paris.")
    assert done.stderr == ""


def test_the_file_is_short_enough_to_read():
    lines = Path(language_model.__file__).read_text("utf-8").splitlines()
    assert sum(1 for line in lines if line.strip()) <= 120


def test_the_docstring_says_what_to_install():
    for pin in re.findall(r"[\w-]+==\S+", INSTALL):
        assert pin in language_model.__doc__


def test_a_text_may_come_in_parts(model):
    ids, cache = ids_of(model, PROMPT), {}
    parts = torch.cat([model(ids[:2], cache), model(ids[2:3], cache), model(ids[3:], cache)])
    assert_close(parts, model(ids), atol=1e-3, rtol=0)
    assert parts.shape == (5, 49_152)


def test_the_future_does_not_leak(model):
    ids = ids_of(model, PROMPT)
    changed = torch.cat([ids[:3], ids[:2]])
    assert_close(model(changed)[:3], model(ids)[:3], atol=1e-3, rtol=0)


def test_a_seed_gives_the_same_text_again(model):
    first, again, other = (model.write(PROMPT, 6, temperature=1.5, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_generation_stops_where_the_text_ends(model, monkeypatch):
    (paris,) = ids_of(model, " Paris").tolist()
    monkeypatch.setattr(language_model, "ENDS", (paris,))
    assert model.write(PROMPT, 6) == PROMPT


def test_the_file_gives_the_logits_of_the_chapter(model):
    from snippets.language_model.model import LanguageModel

    ids = ids_of(model, "Water boils at 100 degrees")
    assert_close(model(ids), LanguageModel(model.tensors)(ids), atol=1e-4, rtol=0)
