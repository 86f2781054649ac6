# SPDX-License-Identifier: MIT
# --8<-- [start:wider]
import torch

from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

query_column = torch.tensor([1.0, 0, 1, 0])  # (d_model,)
key_column = torch.tensor([1.0, 1, 1, 0])  # (d_model,)
value_column = torch.tensor([0.0, 0, 0, 1])  # (d_model,)
wide_w_query = torch.column_stack([w_query, query_column])  # (4, 4)
wide_w_key = torch.column_stack([w_key, key_column])  # (4, 4)
wide_w_value = torch.column_stack([w_value, value_column])  # (4, 4)

wide_queries = x @ wide_w_query  # (inputs, d_model)
wide_keys = x @ wide_w_key  # (inputs, d_model)
wide_values = x @ wide_w_value  # (inputs, d_model)
# --8<-- [end:wider]

# --8<-- [start:two_heads]
# each head: (inputs, d_v)
head_1 = attention(wide_queries[:, :2], wide_keys[:, :2], wide_values[:, :2])
head_2 = attention(wide_queries[:, 2:], wide_keys[:, 2:], wide_values[:, 2:])
side_by_side = torch.cat([head_1, head_2], dim=-1)  # (inputs, heads * d_v)
# --8<-- [end:two_heads]

if __name__ == "__main__":
    # --8<-- [start:show_wider]
    print("wide_queries", wide_queries, sep="\n")
    print("wide_keys", wide_keys, sep="\n")
    print("wide_values", wide_values, sep="\n")
    # --8<-- [end:show_wider]

    # --8<-- [start:show_two_heads]
    print("head 1 and head 2", side_by_side, sep="\n")
    # --8<-- [end:show_two_heads]
