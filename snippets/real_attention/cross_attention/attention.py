# SPDX-License-Identifier: MIT
# --8<-- [start:scores]
from snippets.real_attention.cross_attention.target import target
from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.projection_weights import w_query
from snippets.walkthrough.queries_keys_values import keys, values

target_queries = target @ w_query  # (queries, d_k)
cross_scores = target_queries @ keys.T  # (queries, keys)
# --8<-- [end:scores]

# --8<-- [start:outputs]
scaled_scores = cross_scores / keys.shape[-1] ** 0.5  # (queries, keys)
cross_weights = scaled_scores.softmax(dim=-1)  # (queries, keys)
cross_outputs = cross_weights @ values  # (queries, d_v)
# --8<-- [end:outputs]


# --8<-- [start:cross_attention]
def cross_attention(target, source, w_query, w_key, w_value, mask=None):
    queries = target @ w_query  # (..., queries, d_k)
    keys = source @ w_key  # (..., keys, d_k)
    values = source @ w_value  # (..., keys, d_v)
    return attention(queries, keys, values, mask)  # (..., queries, d_v)


# --8<-- [end:cross_attention]

if __name__ == "__main__":
    # --8<-- [start:show]
    print("scores", cross_scores, sep="\n")
    print("outputs", cross_outputs, sep="\n")
    # --8<-- [end:show]

    # --8<-- [start:flow]
    from snippets.drawing.maps import two_lists
    from snippets.walkthrough.inputs import x

    two_lists(
        "Queries from one list, keys and values from the other",
        target=target,
        source=x,
        queries=target_queries,
        keys=keys,
        values=values,
        weights=cross_weights,
        outputs=cross_outputs,
    )
    # --8<-- [end:flow]

    # --8<-- [start:heat_map]
    from snippets.drawing.weights import heat_map

    heat_map(
        "Which words of the source each target looks at",
        cross_weights,
        words=("loan", "river", "bank"),
        rows=("target 1", "target 2"),
        scores=scaled_scores,
    )
    # --8<-- [end:heat_map]
