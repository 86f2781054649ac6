# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.softmax.stable import softmax
from snippets.walkthrough.attention_scores import scores

if __name__ == "__main__":
    # --8<-- [start:thousand]
    thousand = torch.tensor([1002.0, 1000.0])  # (keys=2,)
    print("shifted", thousand - thousand.max())
    print("weights", softmax(thousand, dim=-1))
    # --8<-- [end:thousand]

    # --8<-- [start:doubled]
    doubled = softmax(2 * scores, dim=-1)  # (queries, keys)
    print("temperature 0.5:", doubled.equal(softmax(scores / 0.5, dim=-1)))
    print("temperature 2:  ", doubled.equal(softmax(scores / 2, dim=-1)))
    # --8<-- [end:doubled]

    # --8<-- [start:one_hidden]
    one_hidden = torch.tensor([3.0, 3.0, -torch.inf])  # (keys,)
    shares = softmax(one_hidden, dim=-1)
    print("weights:", shares)
    # --8<-- [end:one_hidden]

    # --8<-- [start:faint]
    two_weights = torch.tensor([0.9, 0.1])  # (keys=2,)
    two_values = torch.tensor([[0.0, 0, 0], [10, 0, 0]])  # (keys=2, d_v)
    faint = two_weights @ two_values  # (d_v,)
    print("output:", faint)
    # --8<-- [end:faint]
