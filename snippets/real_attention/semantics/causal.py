# SPDX-License-Identifier: MIT
import torch
from torch import nn

from snippets.real_attention.semantics.masks import in_its_words, keys, two_queries, values
from snippets.walkthrough.inputs import x


# --8<-- [start:causal]
def causal(attend):
    """Corner at which is_causal aligns 2 queries with 3 keys."""
    seen = (attend(two_queries, keys, values, is_causal=True)[0] > 0).tolist()
    if seen == [True, False, False]:
        return "top left"
    return "bottom right" if seen == [True, True, False] else "neither"


# --8<-- [end:causal]


# --8<-- [start:mask_and_causal]
def mask_and_causal(attend):
    """Return which hides keys: the mask, is_causal or both."""
    no_past = torch.tensor([[True, True, True], [False, True, True]])
    mask = in_its_words(attend, no_past)
    both = {"attn_mask": mask, "is_causal": True}
    weights = attend(two_queries, keys, values, **both)
    if weights[1, 0] == 0:
        return "both" if weights[0, 2] == 0 else "mask alone"
    return "causal alone" if weights[0, 2] == 0 else "neither"


# --8<-- [end:mask_and_causal]

# --8<-- [start:flag_counts]
batch = x[None]  # (batch, inputs, d_model)
layer = nn.MultiheadAttention(4, 2, batch_first=True).eval()
hidden = torch.tensor([[False] * 3, [True, False, False], [False] * 3])
no_padding = torch.zeros(1, 3, dtype=torch.bool)  # (batch, keys)


def flag_counts(**options):
    options |= {"attn_mask": hidden, "need_weights": False}
    without, _ = layer(batch, batch, batch, **options)
    with_flag, _ = layer(batch, batch, batch, **options, is_causal=True)
    return not with_flag.allclose(without)


# --8<-- [end:flag_counts]

if __name__ == "__main__":
    # --8<-- [start:bottom_right]
    import torch.nn.functional as F

    torch.set_printoptions(sci_mode=False)  # no powers of ten
    n_queries, n_keys = len(two_queries), len(keys)
    every = torch.ones(n_queries, n_keys, dtype=torch.bool)
    past = every.tril(diagonal=n_keys - n_queries)  # (queries, keys)
    aligned = F.scaled_dot_product_attention(two_queries, keys, values, past)
    print("mask:", past, "weights:", aligned, sep="\n")
    # --8<-- [end:bottom_right]

    # --8<-- [start:lower_right]
    from torch.nn.attention.bias import causal_lower_right

    mask = causal_lower_right(n_queries, n_keys)
    with_bias = F.scaled_dot_product_attention(two_queries, keys, values, mask)
    print("same weights:", with_bias.allclose(aligned))
    # --8<-- [end:lower_right]

    # --8<-- [start:two_axes]
    try:
        three = two_queries, keys, values
        F.scaled_dot_product_attention(*three, attn_mask=past, is_causal=True)
    except RuntimeError as error:
        print(str(error).partition(": ")[2])
    # --8<-- [end:two_axes]

    # --8<-- [start:fast_path]
    print("with gradients:", flag_counts())
    print("with a padding mask:", flag_counts(key_padding_mask=no_padding))
    with torch.no_grad():
        print("without gradients:", flag_counts())
    # --8<-- [end:fast_path]
