# SPDX-License-Identifier: MIT
# --8<-- [start:padded]
import torch
from torch.nn.utils.rnn import pad_sequence

from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

short = x[:2]  # inputs 1 and 2
padded = pad_sequence([x, short], batch_first=True)  # (batch, inputs, d_model)
padded_queries = padded @ w_query  # (batch, inputs, d_k)
padded_keys = padded @ w_key  # (batch, inputs, d_k)
padded_values = padded @ w_value  # (batch, inputs, d_v)
# --8<-- [end:padded]

# --8<-- [start:padding]
lengths = torch.tensor([3, 2])  # (batch,)
exists = torch.arange(3) < lengths.unsqueeze(-1)  # (batch, inputs)
padding = exists.unsqueeze(-2)  # (batch, 1, keys)
# --8<-- [end:padding]

# --8<-- [start:outputs]
padded_outputs = attention(padded_queries, padded_keys, padded_values, padding)
short_outputs = attention(short @ w_query, short @ w_key, short @ w_value)
# --8<-- [end:outputs]

if __name__ == "__main__":
    # --8<-- [start:show_padded]
    padded_scores = padded_queries @ padded_keys.transpose(-2, -1) / 3**0.5
    query_1_weights = padded_scores[1, 0].softmax(dim=-1)  # (keys,) of sequence 2
    print("sequence 2", padded[1], sep="\n")
    print("weights of query 1", query_1_weights)
    # --8<-- [end:show_padded]

    # --8<-- [start:show]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("padding", padding, sep="\n")
    print("outputs of sequence 2", padded_outputs[1], sep="\n")
    print("outputs without padding", short_outputs, sep="\n")
    # --8<-- [end:show]
