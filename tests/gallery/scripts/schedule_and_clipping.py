# SPDX-License-Identifier: MIT
# Expected: works
import torch

# --8<-- [start:setup]
param = torch.nn.Parameter(torch.tensor([10.0, -10.0]))
opt = torch.optim.SGD([param], lr=1.0, momentum=0.5)
warmup = torch.optim.lr_scheduler.LinearLR(opt, start_factor=0.25, total_iters=3)
# --8<-- [end:setup]
# --8<-- [start:steps]
history = []
for _ in range(4):
    opt.zero_grad()
    (param**2).sum().backward()
    norm = torch.nn.utils.clip_grad_norm_([param], max_norm=1.0)
    opt.step()
    history.append(opt.param_groups[0]["lr"])
    warmup.step()
    print(f"norm {norm:.2f} -> {param.grad.norm():.2f}")
# --8<-- [end:steps]
# --8<-- [start:rates]
print(history)
# --8<-- [end:rates]
# --8<-- [start:value]
print(param.data)
# --8<-- [end:value]
