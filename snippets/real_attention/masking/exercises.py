# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.masking.attention import attention
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
    print(not_itself)
    # --8<-- [end:not_itself]

    # --8<-- [start:wrong_axis]
    print(attention(padded_queries, padded_keys, padded_values)[1])  # no mask
    wrong = padding.transpose(-2, -1)  # (batch, queries, 1)
    print(attention(padded_queries, padded_keys, padded_values, wrong)[1])
    # --8<-- [end:wrong_axis]

    # --8<-- [start:broken]
    broken_values = padded_values.clone()
    broken_values[1, 2] = torch.nan
    print(attention(padded_queries, padded_keys, broken_values, padding)[1])
    # --8<-- [end:broken]
