# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.softmax.stable import softmax
from snippets.walkthrough.attention_scores import scores

if __name__ == "__main__":
    # --8<-- [start:thousand]
    thousand = torch.tensor([1002.0, 1000.0])  # (keys=2,)
    print(thousand - thousand.max())
    print(softmax(thousand, dim=-1))
    # --8<-- [end:thousand]

    # --8<-- [start:doubled]
    doubled = softmax(2 * scores, dim=-1)  # (queries, keys)
    print(doubled.equal(softmax(scores / 0.5, dim=-1)))
    print(doubled.equal(softmax(scores / 2, dim=-1)))
    # --8<-- [end:doubled]

    # --8<-- [start:one_hidden]
    one_hidden = torch.tensor([3.0, 3.0, -torch.inf])  # (keys,)
    shares = softmax(one_hidden, dim=-1)
    print(shares)
    # --8<-- [end:one_hidden]
