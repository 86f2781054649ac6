# SPDX-License-Identifier: MIT
# measured: times differ from run to run
# --8<-- [start:time]
import time

import torch
import torch.nn.functional as F

from snippets.real_attention.function.scaled_dot_product_attention import (
    scaled_dot_product_attention,
)


def seconds(attention, *inputs):
    start = time.perf_counter()
    attention(*inputs)
    return time.perf_counter() - start


def ratio(length, rounds=5):
    """Median of our time divided by PyTorch's, over some rounds."""
    inputs = torch.randn(3, 1, 8, length, 64)  # for 8 heads, d_k = 64
    pairs = [
        (
            seconds(scaled_dot_product_attention, *inputs),
            seconds(F.scaled_dot_product_attention, *inputs),
        )
        for _ in range(rounds + 1)
    ]
    warm = pairs[1:]  # the first round only warms up
    return torch.tensor([ours / theirs for ours, theirs in warm]).median()


# --8<-- [end:time]

if __name__ == "__main__":
    # --8<-- [start:ratios]
    import os
    import platform

    machine = f"{os.cpu_count()} CPUs, {platform.machine()}"
    print(f"torch {torch.__version__}, {machine}")
    for length in (128, 512):
        print(f"{length} inputs: {ratio(length):.1f} times as long")
    # --8<-- [end:ratios]
