# SPDX-License-Identifier: MIT
# Expected: works
import torch

# --8<-- [start:save]
torch.manual_seed(3)
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.AdamW(model.parameters())
model(torch.ones(1, 2)).sum().backward()
optimizer.step()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": 1}, "checkpoint.pt")
# --8<-- [end:save]
# --8<-- [start:load]
state = torch.load("checkpoint.pt", weights_only=True)
print(sorted(state))
restored = torch.nn.Linear(2, 2)
print(restored.load_state_dict(state["model"]))
# --8<-- [end:load]
# --8<-- [start:same]
x = torch.randn(1, 2)
print(torch.equal(model(x), restored(x)))
# --8<-- [end:same]
