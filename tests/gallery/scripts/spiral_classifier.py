# SPDX-License-Identifier: MIT
# Expected: works
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

# --8<-- [start:dataset]
g = torch.Generator().manual_seed(1)


def spiral(label, n=60):
    t = torch.linspace(0.2, 1, n)
    angle = 4 * t + label * math.pi
    points = torch.stack([t * angle.cos(), t * angle.sin()], dim=1)
    return points + 0.02 * torch.randn(points.shape, generator=g), torch.full((n,), label)


xs, ys = zip(*(spiral(k) for k in (0, 1)))
dataset = TensorDataset(torch.cat(xs), torch.cat(ys))
train_set, test_set = random_split(dataset, [90, 30], generator=g)
print(len(train_set), "for training,", len(test_set), "for testing")
# --8<-- [end:dataset]
# --8<-- [start:net]
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Dropout(0.1), nn.Linear(16, 2))
n_params = sum(p.numel() for p in net.parameters())
print(f"{n_params} parameters")
# --8<-- [end:net]
# --8<-- [start:loop]
def run_epoch(loader, optimizer=None):
    net.train(optimizer is not None)
    total, right = 0.0, 0
    for xb, yb in loader:
        logits = net(xb)
        loss = F.cross_entropy(logits, yb)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(xb)
        right += (logits.argmax(1) == yb).sum().item()
    return total / len(loader.dataset), right / len(loader.dataset)


adam = torch.optim.Adam(net.parameters(), lr=0.03)
train_loader = DataLoader(train_set, batch_size=30, shuffle=True)
for epoch in range(20):
    loss, accuracy = run_epoch(train_loader, adam)
    if epoch % 5 == 4:
        print(f"{epoch + 1:2d}: {loss:.3f} {accuracy:.0%}")
# --8<-- [end:loop]
# --8<-- [start:test]
with torch.no_grad():
    loss, accuracy = run_epoch(DataLoader(test_set, batch_size=30))
print(f"test accuracy {accuracy:.0%}")
# --8<-- [end:test]
