# SPDX-License-Identifier: MIT
import torch


# --8<-- [start:run]
def run(test, *candidates):
    for candidate in candidates:
        try:
            test(candidate)
        except (AssertionError, RuntimeError) as error:
            words = str(error).partition(" (")[0]
            print(f"{candidate.__name__}: fails, {words}")
        else:
            print(f"{candidate.__name__}: passes")


def sample(*sizes):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(size, generator=generator) for size in sizes]


# --8<-- [end:run]
