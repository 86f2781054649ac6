# SPDX-License-Identifier: MIT
# Expected: works
import torch
from torch import nn

# --8<-- [start:model]
torch.manual_seed(7)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
activations = {}


def save_as(name):
    def hook(module, inputs, output):
        activations[name] = output.detach()

    return hook
# --8<-- [end:model]
# --8<-- [start:register]
handles = []
for name, module in model.named_children():
    handles.append(module.register_forward_hook(save_as(name)))
# --8<-- [end:register]
# --8<-- [start:forward]
_ = model(torch.ones(1, 4))
print({name: tuple(a.shape) for name, a in activations.items()})
# --8<-- [end:forward]
# --8<-- [start:dead]
print("zeros after the ReLU:", int((activations["1"] == 0).sum()))
# --8<-- [end:dead]
# --8<-- [start:remove]
for handle in handles:
    handle.remove()
activations.clear()
model(torch.ones(1, 4))
print(activations)
# --8<-- [end:remove]
