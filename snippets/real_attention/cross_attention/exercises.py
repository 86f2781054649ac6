# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.cross_attention.attention import (
    cross_attention,
    cross_outputs,
    cross_weights,
)
from snippets.real_attention.cross_attention.target import target
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, values

if __name__ == "__main__":
    # --8<-- [start:third_target]
    third_target = torch.tensor([1.0, 0.0, 0.0, 0.0])  # (d_model,)
    third_query = third_target @ w_query  # (d_k,)
    print("query ", third_query)
    print("scores", third_query @ keys.T)  # (keys,)
    # --8<-- [end:third_target]

    # --8<-- [start:caption]
    words = torch.ones(4, 3)  # (queries=4, d_k)
    patches = torch.ones(9, 3)  # (keys=9, d_k)
    caption_weights = (words @ patches.T).softmax(dim=-1)  # (queries=4, keys=9)
    print("shape of the weights:", caption_weights.shape)
    # --8<-- [end:caption]

    # --8<-- [start:wide_source]
    wide_source = torch.ones(9, 5)  # (keys=9, 5)
    fifth_row = torch.ones(1, 3)
    w_key_5 = torch.cat([w_key, fifth_row])  # (5, 3)
    w_value_5 = torch.cat([w_value, fifth_row])  # (5, 3)
    wide = cross_attention(target, wide_source, w_query, w_key_5, w_value_5)
    print("shape of the outputs:", wide.shape)
    # --8<-- [end:wide_source]

    # --8<-- [start:other_value]
    other_values = values.clone()
    other_values[1] = torch.tensor([9.0, 0, 9])
    other_outputs = cross_weights @ other_values  # (queries, d_v)
    print("weights", cross_weights[0])
    print("before ", cross_outputs[0])
    print("after  ", other_outputs[0])
    # --8<-- [end:other_value]
