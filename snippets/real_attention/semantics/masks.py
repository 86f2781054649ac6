# SPDX-License-Identifier: MIT
# --8<-- [start:tensors]
import torch

from snippets.walkthrough.queries_keys_values import keys, queries

two_queries = queries[:2]  # (queries, d_k)
values = torch.eye(3)  # (keys, keys), so the outputs are the weights
# --8<-- [end:tensors]


# --8<-- [start:boolean_mask]
def boolean_mask(attend):
    """Meaning of True in a boolean mask."""
    mask = torch.tensor([[True, False, False], [True, False, False]])
    weights = attend(two_queries, keys, values, attn_mask=mask)
    return "attend" if weights[0, 0] == 1 else "ignore"


# --8<-- [end:boolean_mask]


# --8<-- [start:float_mask]
def float_mask(attend):
    """Return "added" if a mask of floats is added to scores."""
    mask = torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    weights = attend(two_queries, keys, values, attn_mask=mask)
    scores = two_queries @ keys.T / keys.shape[-1] ** 0.5
    added = torch.allclose(weights, (scores + mask).softmax(dim=-1))
    return "added" if added else "not added"


# --8<-- [end:float_mask]


# --8<-- [start:in_its_words]
def in_its_words(attend, may_attend):
    """The boolean mask, inverted if True means "ignore" for attend."""
    return may_attend if boolean_mask(attend) == "attend" else ~may_attend


# --8<-- [end:in_its_words]


# --8<-- [start:nothing_left]
def nothing_left(attend):
    """Sum of the weights of a query that may attend to no key."""
    none_for_2 = torch.tensor([[True, True, True], [False, False, False]])
    mask = in_its_words(attend, none_for_2)
    weights = attend(two_queries, keys, values, attn_mask=mask)
    return f"{weights[1].sum():g}"


# --8<-- [end:nothing_left]

if __name__ == "__main__":
    # --8<-- [start:fast_path]
    from torch import nn

    from snippets.walkthrough.inputs import x

    batch = x[None]  # (batch, inputs, d_model)
    layer = nn.MultiheadAttention(4, 2, batch_first=True).eval()
    all_padding = torch.ones(1, 3, dtype=torch.bool)  # (batch, keys)
    options = {"key_padding_mask": all_padding, "need_weights": False}
    slow, _ = layer(batch, batch, batch, **options)
    with torch.no_grad():  # without gradients
        fast, _ = layer(batch, batch, batch, **options)
    print("with gradients:", slow.sum().item())
    print("without gradients:", fast.sum().item())
    # --8<-- [end:fast_path]
