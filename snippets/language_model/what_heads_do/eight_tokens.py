# SPDX-License-Identifier: MIT
"""Attention maps of all heads for eight random tokens, given twice."""

import torch

from snippets.language_model.model import LanguageModel
from snippets.language_model.weights import load
from snippets.language_model.what_heads_do.scores import attention_maps

if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(0)
    eight = torch.randint(1000, 40_000, (8,))
    pattern = attention_maps(LanguageModel(load()[0]), eight.repeat(2))  # (layers, heads, 16, 16)
