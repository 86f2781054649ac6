# SPDX-License-Identifier: MIT
# --8<-- [start:causal]
import torch

from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values

causal = torch.ones(len(x), len(x), dtype=torch.bool).tril()  # (queries, keys)
# --8<-- [end:causal]

# --8<-- [start:causal_outputs]
causal_outputs = attention(queries, keys, values, causal)  # (queries, d_v)
# --8<-- [end:causal_outputs]

# --8<-- [start:future]
changed = x.clone()
changed[2] = torch.tensor([5, -3, 7, 2])  # another input 3
changed_outputs = attention(
    changed @ w_query, changed @ w_key, changed @ w_value, causal
)  # (queries, d_v)
# --8<-- [end:future]

if __name__ == "__main__":
    # --8<-- [start:show]
    import torch.nn.functional as F

    torch.set_printoptions(sci_mode=False)  # no powers of ten
    theirs = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    print("causal", causal, sep="\n")
    print("ours", causal_outputs, sep="\n")
    print("torch's", theirs, sep="\n")
    # --8<-- [end:show]

    # --8<-- [start:show_future]
    same = (changed_outputs == causal_outputs).all(dim=-1)  # (queries,)
    print("output stays the same", same)
    # --8<-- [end:show_future]

    # --8<-- [start:picture]
    from snippets.drawing.steps import masked_softmax

    scores = queries @ keys.T / 3**0.5  # (queries, keys)
    words = "loan", "river", "bank"
    masked_softmax("From a score to minus infinity to 0", scores, causal, words)
    # --8<-- [end:picture]
