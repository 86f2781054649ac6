# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.real_attention.mistakes.axes import equal_values_come_back
from snippets.real_attention.mistakes.layers import batch_first, length_first
from snippets.real_attention.mistakes.masks import the_future_does_not_leak
from snippets.real_attention.mistakes.merge import merged_by_token, merged_without_transpose
from snippets.real_attention.mistakes.polarity import the_first_query_sees_itself_alone
from snippets.real_attention.mistakes.run import run, sample


# --8<-- [start:unscaled]
def unscaled(queries, keys, values):
    scores = queries @ keys.T  # (queries, keys)
    mask = torch.ones_like(scores, dtype=torch.bool).tril()
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=-1) @ values


# --8<-- [end:unscaled]


# --8<-- [start:parity]
def agrees_with_causal_pytorch(attention):
    three = sample((5, 3), (5, 3), (5, 2))
    theirs = F.scaled_dot_product_attention(*three, is_causal=True)
    assert attention(*three).allclose(theirs, atol=1e-6), "PyTorch differs"


# --8<-- [end:parity]

if __name__ == "__main__":
    # --8<-- [start:which]
    run(equal_values_come_back, unscaled)
    run(the_future_does_not_leak, unscaled)
    run(the_first_query_sees_itself_alone, unscaled)
    run(agrees_with_causal_pytorch, unscaled)
    # --8<-- [end:which]

    # --8<-- [start:zeros]
    scores, mask = torch.tensor([2.0, 4, 4]), torch.tensor([1, 0, 0])
    masked_scores = scores * mask  # (keys,)
    masked_weights = masked_scores.softmax(dim=-1)  # (keys,)
    print("weights", masked_weights)
    # --8<-- [end:zeros]

    # --8<-- [start:merge]
    heads = torch.tensor([[1.0, 2, 3], [10, 20, 30]]).unsqueeze(-1)
    lying = merged_without_transpose(heads[None])[0]  # (length, d_model)
    by_token = merged_by_token(heads[None])[0]  # (length, d_model)
    print("without the transpose:", lying, sep="\n")
    print("with it:", by_token, sep="\n")
    # --8<-- [end:merge]

    # --8<-- [start:which_head]
    of_six = torch.arange(3).repeat_interleave(2)  # (query heads,)
    tiled = torch.arange(3).repeat(2)  # (query heads,)
    print("repeat_interleave:", of_six)
    print("repeat:           ", tiled)
    # --8<-- [end:which_head]

    # --8<-- [start:axes_of_a_batch]
    four_texts = torch.randn(4, 10, 8, generator=torch.Generator().manual_seed(0))
    confused = length_first(8, 2)(*[four_texts] * 3)[1].shape
    meant = batch_first(8, 2)(*[four_texts] * 3)[1].shape
    print("without batch_first:", confused)
    print("with it:            ", meant)
    # --8<-- [end:axes_of_a_batch]
