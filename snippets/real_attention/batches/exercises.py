# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.batches.attention import attention, keys, outputs, queries, values

if __name__ == "__main__":
    # --8<-- [start:last]
    print("last output of sequence 2:", outputs[1, -1])
    # --8<-- [end:last]

    # --8<-- [start:shapes]
    many_queries = torch.ones(8, 10, 64)  # (batch=8, inputs=10, d_k=64)
    many_keys = torch.ones(8, 10, 64)  # (batch=8, inputs=10, d_k=64)
    many_values = torch.ones(8, 10, 32)  # (batch=8, inputs=10, d_v=32)
    many_scores = many_queries @ many_keys.transpose(-2, -1)
    many_outputs = attention(many_queries, many_keys, many_values)
    print("scores ", many_scores.shape)
    print("outputs", many_outputs.shape)
    # --8<-- [end:shapes]

    # --8<-- [start:strangers]
    changed_keys, changed_values = keys.clone(), values.clone()
    changed_keys[1] += 1
    changed_values[1] += 1
    changed_outputs = attention(queries, changed_keys, changed_values)
    same = (changed_outputs == outputs).all(dim=-1)  # (batch, queries)
    print("output stays the same", same, sep="\n")
    # --8<-- [end:strangers]
