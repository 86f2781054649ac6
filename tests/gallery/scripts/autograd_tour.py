# SPDX-License-Identifier: MIT
# Expected: works
import torch

# --8<-- [start:leaf]
x = torch.tensor([2.0, 3.0], requires_grad=True)
y = (x**2).sum()
print(y.grad_fn is not None, x.is_leaf, y.is_leaf)
# --8<-- [end:leaf]
# --8<-- [start:backward]
y.backward()
print(x.grad)
# --8<-- [end:backward]
# --8<-- [start:accumulate]
(3 * x).sum().backward()
print(x.grad)
# --8<-- [end:accumulate]
# --8<-- [start:zero]
x.grad = None
x.sum().backward()
print(x.grad)
# --8<-- [end:zero]
# --8<-- [start:detach]
z = x.detach()
z.mul_(10)
print(x)
# --8<-- [end:detach]
# --8<-- [start:function]
class Clamp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.save_for_backward(t)
        return t.clamp(0, 1)

    @staticmethod
    def backward(ctx, grad):
        (t,) = ctx.saved_tensors
        return grad * ((t >= 0) & (t <= 1))


w = torch.tensor([-1.0, 0.5, 7.0], requires_grad=True)
Clamp.apply(w).sum().backward()
print(w.grad)
# --8<-- [end:function]
