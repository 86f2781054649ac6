# SPDX-License-Identifier: MIT
import torch

from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

if __name__ == "__main__":
    # --8<-- [start:new_key]
    new_input = torch.tensor([2.0, 0.0, 0.0, 1.0])  # (d_model,)
    new_key = new_input @ w_key  # (d_k,)
    print("new_key:", new_key)
    # --8<-- [end:new_key]

    # --8<-- [start:fourth]
    fourth = torch.tensor([0.0, 0.0, 1.0, 0.0])  # (d_model,)
    print("query:", fourth @ w_query)
    print("key:  ", fourth @ w_key)
    print("value:", fourth @ w_value)
    # --8<-- [end:fourth]

    # --8<-- [start:turned_around]
    turned_around = w_key @ x
    print("shape of w_key @ x:", turned_around.shape)
    # --8<-- [end:turned_around]
