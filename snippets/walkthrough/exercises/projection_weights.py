# SPDX-License-Identifier: MIT
import torch

from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_value

if __name__ == "__main__":
    # --8<-- [start:recipe]
    recipe = w_value[:, 1]  # (d_model,)
    ones = torch.ones(4)  # (d_model,)
    print("recipe:", recipe)
    print("sum:   ", ones @ recipe)
    # --8<-- [end:recipe]

    # --8<-- [start:wider]
    wide_query, wide_key = torch.ones(4, 5), torch.ones(4, 5)  # (d_model, d_k)
    wide_queries, wide_keys = x @ wide_query, x @ wide_key  # (inputs, d_k)
    print("queries:", wide_queries.shape)
    print("keys:   ", wide_keys.shape)
    print("scores: ", (wide_queries @ wide_keys.T).shape)
    print("values: ", (x @ w_value).shape)
    # --8<-- [end:wider]

    # --8<-- [start:count]
    d_model, d_k, d_v = 8, 5, 5
    count = d_model * d_k + d_model * d_k + d_model * d_v
    print("projection weights:", count)
    # --8<-- [end:count]
