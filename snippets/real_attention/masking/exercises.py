# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.masking.attention import attention
from snippets.real_attention.masking.causal import causal, causal_outputs
from snippets.real_attention.masking.padding import (
    padded_keys,
    padded_queries,
    padded_values,
    padding,
)
from snippets.walkthrough.queries_keys_values import keys, queries, values

if __name__ == "__main__":
    # --8<-- [start:not_itself]
    others = torch.tensor([False, True, True])  # (keys,)
    not_itself = attention(queries[:1], keys, values, others)[0]
    print("output 1:", not_itself)
    # --8<-- [end:not_itself]

    # --8<-- [start:wrong_axis]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    without = attention(padded_queries, padded_keys, padded_values)
    wrong = padding.transpose(-2, -1)  # (batch, queries, 1)
    outputs = attention(padded_queries, padded_keys, padded_values, wrong)
    print("without a mask", without[1], sep="\n")
    print("with the wrong one", outputs[1], sep="\n")
    # --8<-- [end:wrong_axis]

    # --8<-- [start:broken]
    broken_values = padded_values.clone()
    broken_values[1, 2] = torch.nan
    broken = attention(padded_queries, padded_keys, broken_values, padding)
    print("outputs of sequence 2:", broken[1], sep="\n")
    # --8<-- [end:broken]

    # --8<-- [start:reordered]
    order = [2, 0, 1]  # bank, loan, river
    moved_outputs = attention(queries[order], keys[order], values[order], causal)
    print("outputs in the old order", causal_outputs, sep="\n")
    print("bank, loan, river", moved_outputs, sep="\n")
    # --8<-- [end:reordered]

    # --8<-- [start:window]
    window = causal.triu(-1)  # (queries, keys)
    print("window:", window, sep="\n")
    # --8<-- [end:window]
