# SPDX-License-Identifier: MIT
# --8<-- [start:scores_of_input_1]
from snippets.walkthrough.queries_keys_values import keys, queries

scores_of_input_1 = queries[0] @ keys.T  # (keys,)
# --8<-- [end:scores_of_input_1]

# --8<-- [start:scores]
scores = queries @ keys.T  # (queries, keys)
# --8<-- [end:scores]

# --8<-- [start:weights]
weights = scores.softmax(dim=-1)  # (queries, keys)
# --8<-- [end:weights]

if __name__ == "__main__":
    # --8<-- [start:show_scores_of_input_1]
    print(scores_of_input_1)
    # --8<-- [end:show_scores_of_input_1]

    # --8<-- [start:show_scores]
    print(scores)
    # --8<-- [end:show_scores]

    # --8<-- [start:product]
    from snippets.drawing.tables import product

    product("One number of scores", queries, keys.T, scores, ("queries", "keys.T", "scores"))
    # --8<-- [end:product]

    # --8<-- [start:softmax_bars]
    from snippets.drawing.weights import softmax_bars

    softmax_bars("Row 1: scores in, weights out", scores[0], weights[0])
    # --8<-- [end:softmax_bars]

    # --8<-- [start:show_weights]
    print(weights)
    print(weights.sum(dim=-1))  # (queries,)
    # --8<-- [end:show_weights]

    # --8<-- [start:heat_map]
    from snippets.drawing.weights import heat_map

    heat_map("Who looks at whom", weights)
    # --8<-- [end:heat_map]

    # --8<-- [start:without_dim]
    import warnings

    import torch
    import torch.nn.functional as F

    batch = torch.stack([scores, scores])  # (batch, queries, keys)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        guessed = F.softmax(batch)  # no dim
    print(caught[0].message)
    print(guessed[0])
    # --8<-- [end:without_dim]
