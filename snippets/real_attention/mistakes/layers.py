# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F
from torch import nn

from snippets.real_attention.mistakes.run import run, sample
from snippets.walkthrough.inputs import x
from snippets.walkthrough.queries_keys_values import keys, queries, values


# --8<-- [start:batch]
def length_first(d_model, n_heads):
    return nn.MultiheadAttention(d_model, n_heads)  # the bug: the default


# --8<-- [end:batch]


# --8<-- [start:batch_test]
def examples_do_not_meet(make_layer):
    layer, [batch] = make_layer(6, 2), sample((3, 5, 6))
    together = layer(batch, batch, batch)[0]
    alone = layer(batch[:1], batch[:1], batch[:1])[0]
    assert together[:1].allclose(alone, atol=1e-6), "the others changed it"


# --8<-- [end:batch_test]


# --8<-- [start:batch_fix]
def batch_first(d_model, n_heads):
    return nn.MultiheadAttention(d_model, n_heads, batch_first=True)


# --8<-- [end:batch_fix]


# --8<-- [start:dropout]
class AlwaysDropping(nn.Module):
    def forward(self, *three):  # queries, keys, values
        dropout_p = 0.5  # the bug
        return F.scaled_dot_product_attention(*three, dropout_p=dropout_p)


# --8<-- [end:dropout]


# --8<-- [start:dropout_test]
def nothing_is_dropped_in_eval(make_model):
    queries, keys, values = sample((5, 3), (7, 3), (7, 2))
    outputs = make_model().eval()(queries, keys, values)
    theirs = F.scaled_dot_product_attention(queries, keys, values)
    assert outputs.allclose(theirs, atol=1e-6), "something was dropped"


# --8<-- [end:dropout_test]


# --8<-- [start:dropout_fix]
class DroppingInTraining(nn.Module):
    def forward(self, *three):  # queries, keys, values
        dropout_p = 0.5 if self.training else 0.0
        return F.scaled_dot_product_attention(*three, dropout_p=dropout_p)


# --8<-- [end:dropout_fix]

if __name__ == "__main__":
    # --8<-- [start:batch_shown]
    batch = torch.stack([x, x])  # (batch, length, d_model)
    outputs, weights = length_first(4, 1)(batch, batch, batch)
    print("outputs:", outputs.shape)
    print("weights:", weights.shape)
    # --8<-- [end:batch_shown]

    # --8<-- [start:batch_run]
    run(examples_do_not_meet, length_first, batch_first)
    # --8<-- [end:batch_run]

    # --8<-- [start:dropout_shown]
    torch.manual_seed(0)
    model = AlwaysDropping().eval()
    print("call 1:", model(queries, keys, values)[1])
    print("call 2:", model(queries, keys, values)[1])
    # --8<-- [end:dropout_shown]

    # --8<-- [start:dropout_run]
    run(nothing_is_dropped_in_eval, AlwaysDropping, DroppingInTraining)
    # --8<-- [end:dropout_run]
