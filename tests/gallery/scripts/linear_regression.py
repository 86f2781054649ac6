# SPDX-License-Identifier: MIT
# Expected: works
import torch
from torch import nn, optim

# --8<-- [start:data]
torch.manual_seed(42)
X = torch.linspace(-1, 1, 50).unsqueeze(1)
y = 3 * X + 0.5 + 0.1 * torch.randn_like(X)
print(X.shape, y.shape)
# --8<-- [end:data]

# --8<-- [start:model]
class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


model = Regressor()
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.2)
print(model)
# --8<-- [end:model]

# --8<-- [start:train]
losses = []
for epoch in range(1, 101):
    prediction = model(X)
    loss = criterion(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if epoch % 25 == 0:
        print(f"epoch {epoch:3d}  loss {loss:.4f}")
# --8<-- [end:train]

# --8<-- [start:inspect]
w, b = model.linear.weight.item(), model.linear.bias.item()
print(f"y = {w:.2f} x + {b:.2f}")
print("improved by a factor of", round(losses[0] / losses[-1]))
# --8<-- [end:inspect]
