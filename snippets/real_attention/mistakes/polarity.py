# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F
from torch import nn

from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.inputs import x
from snippets.walkthrough.queries_keys_values import keys, queries, values


# --8<-- [start:inverted]
def true_where_blocked(queries, keys, values):
    blocked = torch.full((len(queries), len(keys)), -torch.inf)
    additive = blocked.triu(diagonal=1)  # 0 = may attend
    mask = additive.bool()  # the bug: -inf becomes True, 0 becomes False
    return F.scaled_dot_product_attention(queries, keys, values, mask)


# --8<-- [end:inverted]


# --8<-- [start:inverted_test]
def the_first_query_sees_itself_alone(attention):
    queries, keys, values = sample((5, 3), (5, 3), (5, 2))
    outputs = attention(queries, keys, values)
    assert outputs[0].allclose(values[0]), "output 1 is not value 1"


# --8<-- [end:inverted_test]


# --8<-- [start:inverted_fix]
def true_where_zero(queries, keys, values):
    blocked = torch.full((len(queries), len(keys)), -torch.inf)
    additive = blocked.triu(diagonal=1)  # 0 = may attend
    mask = additive == 0  # True = may attend
    return F.scaled_dot_product_attention(queries, keys, values, mask)


# --8<-- [end:inverted_fix]


# --8<-- [start:polarity]
def same_mask(layer, x):
    mask = torch.ones(len(x), len(x)).tril().bool()  # True = may attend
    return layer(x, x, x, attn_mask=mask, need_weights=False)[0]  # the bug


# --8<-- [end:polarity]


# --8<-- [start:polarity_test]
def the_layer_sees_no_future(causal):
    torch.manual_seed(0)
    layer, x = nn.MultiheadAttention(6, num_heads=2), torch.randn(5, 6)
    before = causal(layer, x)
    x[-1] = 9
    after = causal(layer, x)
    assert before[:-1].allclose(after[:-1]), "earlier outputs changed"


# --8<-- [end:polarity_test]


# --8<-- [start:polarity_fix]
def inverted_mask(layer, x):
    mask = torch.ones(len(x), len(x)).tril().bool()  # True = may attend
    return layer(x, x, x, attn_mask=~mask, need_weights=False)[0]


# --8<-- [end:polarity_fix]

if __name__ == "__main__":
    # --8<-- [start:inverted_shown]
    print("outputs", true_where_blocked(queries, keys, values), sep="\n")
    # --8<-- [end:inverted_shown]

    # --8<-- [start:inverted_run]
    run(the_first_query_sees_itself_alone, true_where_blocked, true_where_zero)
    # --8<-- [end:inverted_run]

    # --8<-- [start:polarity_shown]
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(4, num_heads=1)
    print("outputs", same_mask(layer, x).detach(), sep="\n")
    # --8<-- [end:polarity_shown]

    # --8<-- [start:polarity_run]
    run(the_layer_sees_no_future, same_mask, inverted_mask)
    # --8<-- [end:polarity_run]
