# SPDX-License-Identifier: MIT
"""Cache sizes of real models. The page, its calculator and the tests take them from here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """Layers of a model, and the numbers that each caches per token.

    full: layers that keep every token
    windowed: layers that keep the last `window` tokens
    numbers: cached per layer and token: 2 * n_kv_heads * d_k, or a latent and a key
    source: address of the file that has these numbers
    """

    full: int
    numbers: int
    source: str
    windowed: int = 0
    window: int = 0


GITHUB = "https://github.com/"
LLAMA = GITHUB + "pytorch/torchtune/blob/02f9d2c01e98/torchtune/models/llama3/_model_builders.py"
LLAMA_3_2 = GITHUB + "rasbt/LLMs-from-scratch/blob/0e3ef0eec4e1/pkg/llms_from_scratch/llama3.py"
QWEN = GITHUB + "rasbt/LLMs-from-scratch/blob/0405b0c8e7b1/pkg/llms_from_scratch/qwen3.py"
DEEPSEEK = GITHUB + "deepseek-ai/DeepSeek-V3/blob/9b4e9788e4a3/inference/configs/config_671B.json"
GEMMA = GITHUB + "google/gemma_pytorch/blob/014acb7ac456/gemma/config.py"
GPT_OSS = GITHUB + "openai/gpt-oss/blob/0568dfc94f09/gpt_oss/torch/model.py"

MODELS = {
    "SmolLM2-135M": Model(30, 2 * 3 * 64, ""),
    "Llama 3.2 1B": Model(16, 2 * 8 * 64, LLAMA_3_2),
    "Llama 3 8B": Model(32, 2 * 8 * 128, LLAMA),
    "Llama 3 70B": Model(80, 2 * 8 * 128, LLAMA),
    "Qwen3-0.6B": Model(28, 2 * 8 * 128, QWEN),
    "Qwen3-8B": Model(36, 2 * 8 * 128, QWEN),
    "Qwen3-32B": Model(64, 2 * 8 * 128, QWEN),
    "DeepSeek-V3": Model(61, 512 + 64, DEEPSEEK),
    "Gemma 2 9B": Model(21, 2 * 8 * 256, GEMMA, 21, 4096),
    "Gemma 3 1B": Model(4, 2 * 1 * 256, GEMMA, 22, 512),
    "Gemma 3 4B": Model(5, 2 * 4 * 256, GEMMA, 29, 1024),
    "Gemma 3 12B": Model(8, 2 * 8 * 256, GEMMA, 40, 1024),
    "Gemma 3 27B": Model(10, 2 * 16 * 128, GEMMA, 52, 1024),
    "gpt-oss-120b": Model(18, 2 * 8 * 64, GPT_OSS, 18, 128),
}


def cache_bytes(model, tokens, size=2):
    """Bytes of the cache of one text, with numbers of `size` bytes."""
    kept = model.full * tokens + model.windowed * min(tokens, model.window)
    return kept * model.numbers * size


def per_token(model, size=2):
    """Bytes that each further token adds, once the windows are full."""
    return model.full * model.numbers * size


def fixed(model, size=2):
    """Bytes of the windows, once they are full."""
    return model.windowed * model.window * model.numbers * size


def in_words(number):
    """Format a number of bytes in GB and GiB, which are both called gigabytes."""
    return f"{number / 1e9:.2f} GB, or {number / 2**30:.2f} GiB"


def cells(name):
    """A row of the table: its numbers with commas, "none" for 0."""
    model = MODELS[name]
    row = model.full, model.windowed, model.window, model.numbers, per_token(model), fixed(model)
    return [f"{number:,}" if number else "none" for number in row]
