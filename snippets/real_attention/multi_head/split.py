# SPDX-License-Identifier: MIT
# --8<-- [start:all_heads]
from snippets.real_attention.masking.attention import attention
from snippets.real_attention.multi_head.attention import merge_heads, split_heads
from snippets.real_attention.multi_head.side_by_side import (
    wide_keys,
    wide_queries,
    wide_values,
)

head_queries = split_heads(wide_queries, n_heads=2)  # (heads, inputs, d_k)
head_keys = split_heads(wide_keys, n_heads=2)  # (heads, inputs, d_k)
head_values = split_heads(wide_values, n_heads=2)  # (heads, inputs, d_v)
head_outputs = attention(
    head_queries,
    head_keys,
    head_values,
)  # (heads, inputs, d_v)
# --8<-- [end:all_heads]

# --8<-- [start:reshape]
one_batch = wide_queries.unsqueeze(0)  # (batch, inputs, d_model)
right_split = split_heads(one_batch, n_heads=2)  # (batch, heads, inputs, d_k)
wrong_split = one_batch.reshape(1, 2, 3, 2)  # (batch, heads, inputs, d_k)?
# --8<-- [end:reshape]

if __name__ == "__main__":
    # --8<-- [start:show_all_heads]
    print("shape of head_queries", head_queries.shape)
    print("head_outputs", head_outputs, sep="\n")
    print("merged", merge_heads(head_outputs), sep="\n")
    # --8<-- [end:show_all_heads]

    # --8<-- [start:show_reshape]
    print("same shape:", right_split.shape == wrong_split.shape)
    print("view and transpose", right_split, sep="\n")
    print("reshape alone", wrong_split, sep="\n")
    # --8<-- [end:show_reshape]

    # --8<-- [start:two_splits]
    from snippets.drawing.heads import two_splits

    two_splits("Right and wrong ways to split", wide_queries, n_heads=2)
    # --8<-- [end:two_splits]

    # --8<-- [start:heat_maps]
    from snippets.drawing.heads import heat_maps

    head_scores = head_queries @ head_keys.mT  # (heads, queries, keys)
    head_scores = head_scores / head_keys.shape[-1] ** 0.5  # (heads, queries, keys)
    head_weights = head_scores.softmax(dim=-1)  # (heads, queries, keys)
    words = "loan", "river", "bank"
    title = "Each head looks in its own places"
    heat_maps(title, head_weights, words, head_scores)
    # --8<-- [end:heat_maps]
