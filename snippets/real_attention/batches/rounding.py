# SPDX-License-Identifier: MIT
# --8<-- [start:differences]
import torch

from snippets.real_attention.batches.attention import attention


def largest_difference(dtype):
    random = torch.Generator().manual_seed(0)
    many = torch.randn(3, 64, 7, 8, generator=random, dtype=dtype)
    queries, keys, values = many  # each (batch, inputs, d_k)
    one_by_one = torch.stack(
        [attention(queries[i], keys[i], values[i]) for i in range(len(queries))]
    )
    return (attention(queries, keys, values) - one_by_one).abs().max()


# --8<-- [end:differences]

if __name__ == "__main__":
    # --8<-- [start:show]
    print("float32:", largest_difference(torch.float32))
    print("float64:", largest_difference(torch.float64))
    print("two orders:", (0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3))
    # --8<-- [end:show]
