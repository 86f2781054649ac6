# SPDX-License-Identifier: MIT
# Expected: works
import torch
from torch.nn import functional as F

# --8<-- [start:logits]
generator = torch.Generator().manual_seed(123)
vocabulary = ["the", "cat", "sat", "on", "mat", "."]
logits = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0, -2.0])
print(F.softmax(logits, dim=-1).round(decimals=2).tolist())
# --8<-- [end:logits]
# --8<-- [start:temperature]
def sample(logits, temperature=1.0, top_k=None):
    logits = logits / temperature
    if top_k is not None:
        smallest = logits.topk(top_k).values[-1]
        logits = logits.masked_fill(logits < smallest, float("-inf"))
    probs = F.softmax(logits, dim=-1)
    return torch.multinomial(probs, 1, generator=generator).item()


cold = [vocabulary[sample(logits, 0.1)] for _ in range(4)]
print(cold)
# --8<-- [end:temperature]
# --8<-- [start:topk]
hot = [vocabulary[sample(logits, 5.0, top_k=2)] for _ in range(6)]
print(set(hot) <= {"the", "cat"}, len(hot))
# --8<-- [end:topk]
