# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.semantics.masks import keys, two_queries, values


# --8<-- [start:dropout]
def dropout(attend):
    """Return "on" if dropout acts in inference, in eval mode."""
    torch.manual_seed(0)
    weights = attend(two_queries, keys, values, dropout_p=0.9)
    whole = torch.allclose(weights.sum(dim=-1), torch.ones(2))
    return "off" if whole else "on"


# --8<-- [end:dropout]


# --8<-- [start:scale]
def scale(attend):
    """Divisor of the scores, computed back from the weights."""
    weights = attend(two_queries, keys, values)
    scores = two_queries @ keys.T
    ratio = weights[0, 1] / weights[0, 0]
    factor = ratio.log() / (scores[0, 1] - scores[0, 0])
    return f"√{factor**-2:.0f}"


# --8<-- [end:scale]
