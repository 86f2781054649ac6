# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.semantics.masks import in_its_words, keys, two_queries, values


# --8<-- [start:one_axis]
def one_axis(attend):
    """Axis to which a mask with a single axis applies."""
    real = torch.tensor([True, True, False])  # (keys,)
    mask = in_its_words(attend, real)
    weights = attend(two_queries, keys, values, attn_mask=mask)
    hidden = (weights[:, 2] == 0).all()
    return "the keys" if hidden else "something else"


# --8<-- [end:one_axis]


# --8<-- [start:hidden_nan]
def hidden_nan(attend):
    """Return "NaN" if NaN in a masked key reaches the weights."""
    spoiled = keys.clone()
    spoiled[2] = torch.nan
    shown = torch.tensor([[True, True, False], [True, True, False]])
    mask = in_its_words(attend, shown)
    weights = attend(two_queries, spoiled, values, attn_mask=mask)
    return "NaN" if weights.isnan().any() else "numbers"


# --8<-- [end:hidden_nan]


# --8<-- [start:too_large]
def too_large(attend):
    """Return "NaN" if scores that overflow make the weights NaN."""
    large = 1e20 * two_queries, 1e20 * keys  # the scores would be 1e40
    weights = attend(*large, values)
    return "NaN" if weights.isnan().any() else "numbers"


# --8<-- [end:too_large]
