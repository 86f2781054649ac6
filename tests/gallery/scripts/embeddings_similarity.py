# SPDX-License-Identifier: MIT
# Expected: works
import torch
import torch.nn.functional as F

# --8<-- [start:table]
torch.manual_seed(0)
words = ["king", "queen", "apple"]
embedding = torch.nn.Embedding(len(words), 4)
with torch.no_grad():
    embedding.weight[1] = embedding.weight[0] + 0.1
    embedding.weight[2].neg_()
# --8<-- [end:table]
# --8<-- [start:similarity]
E = F.normalize(embedding.weight, dim=1)
print((E @ E.T).shape)
print(bool(E[0] @ E[1] > E[0] @ E[2]))
# --8<-- [end:similarity]
# --8<-- [start:nearest]
index = words.index("king")
scores = F.cosine_similarity(embedding.weight[index : index + 1], embedding.weight)
print(words[scores.argsort(descending=True)[1]])
# --8<-- [end:nearest]
