# SPDX-License-Identifier: MIT
# Expected: works
import numpy as np

# --8<-- [start:rules]
def step(grid):
    neighbors = sum(
        np.roll(grid, (dy, dx), axis=(0, 1))
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if (dy, dx) != (0, 0)
    )
    return ((neighbors == 3) | (grid & (neighbors == 2))).astype(int)


def show(grid):
    for row in grid:
        print("".join(".#"[cell] for cell in row))
# --8<-- [end:rules]
# --8<-- [start:glider]
grid = np.zeros((6, 6), dtype=int)
grid[[0, 1, 2, 2, 2], [1, 2, 0, 1, 2]] = 1
show(grid)
# --8<-- [end:glider]
# --8<-- [start:later]
for _ in range(4):
    grid = step(grid)
show(grid)
# --8<-- [end:later]
# --8<-- [start:alive]
print(grid.sum(), "cells are alive")
# --8<-- [end:alive]
