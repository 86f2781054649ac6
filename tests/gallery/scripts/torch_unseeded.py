# SPDX-License-Identifier: MIT
# Expected: refused: give the generator a seed
import torch

# --8<-- [start:layer]
layer = torch.nn.Linear(3, 2)
print(layer.weight)
# --8<-- [end:layer]
