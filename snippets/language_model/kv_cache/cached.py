# SPDX-License-Identifier: MIT
# --8<-- [start:attend]
import torch

from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.projection_weights import w_key, w_query, w_value


def attend(new, cache):
    """Outputs for new inputs (new, d_model), which also see the cache."""
    queries = new @ w_query  # (new, d_k)
    keys, values = new @ w_key, new @ w_value
    if cache:
        keys = torch.cat([cache["keys"], keys])  # (all, d_k)
        values = torch.cat([cache["values"], values])
    cache.update(keys=keys, values=values)
    past = len(keys) - len(queries)
    mask = torch.ones(len(queries), len(keys), dtype=torch.bool)
    return attention(queries, keys, values, mask.tril(past))


# --8<-- [end:attend]

if __name__ == "__main__":
    # --8<-- [start:one_by_one]
    from snippets.walkthrough.inputs import x

    whole = attend(x, {})  # all at once
    cache = {}
    rows = [attend(row, cache) for row in x.split(1)]
    print("keys in the cache:", tuple(cache["keys"].shape))
    print("same outputs:", torch.cat(rows).allclose(whole))
    # --8<-- [end:one_by_one]

    # --8<-- [start:chunks]
    cache = {}
    chunks = [attend(chunk, cache) for chunk in x.split(2)]  # two, then one
    print("same outputs:", torch.cat(chunks).allclose(whole))
    # --8<-- [end:chunks]
