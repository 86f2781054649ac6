# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.walkthrough.queries_keys_values import keys, queries

# --8<-- [start:weights]
one_hot = torch.eye(3)  # so that outputs are the weights


def last_weights(n_new, **options):
    """Weights of the last queries in torch's function."""
    new = queries[3 - n_new :]  # (new, d_k)
    return F.scaled_dot_product_attention(new, keys, one_hot, **options)


# --8<-- [end:weights]

if __name__ == "__main__":
    # --8<-- [start:show_weights]
    torch.set_printoptions(precision=3, sci_mode=False)
    print("is_causal:", last_weights(1, is_causal=True))
    print("no mask:  ", last_weights(1))
    chunk = torch.ones(2, 3, dtype=torch.bool).tril(3 - 2)
    print("two, with tril(3 - 2):", last_weights(2, attn_mask=chunk), sep="\n")
    # --8<-- [end:show_weights]
