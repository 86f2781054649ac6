# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.batches.attention import keys, queries
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query

pair = torch.zeros(2, 5, 7)
pairs = torch.zeros(2, 3, 5, 7)

if __name__ == "__main__":
    # --8<-- [start:reversed]
    import warnings
    from textwrap import fill

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print("shape of keys  ", keys.shape)
        print("shape of keys.T", keys.T.shape)
        try:
            print(queries @ keys.T)
        except RuntimeError as error:
            print("two sequences:", str(error).partition(" at ")[0])

        three = x.expand(3, 3, 4)  # x three times: (batch, inputs, d_model)
        mixed_up = three @ w_query @ (three @ w_key).T
        print("three sequences, scores of the first", mixed_up[0], sep="\n")
    for warning in caught:
        print(fill(str(warning.message).partition(" Consider")[0]))
    # --8<-- [end:reversed]
