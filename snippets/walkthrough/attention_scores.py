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
    # --8<-- [start:map] hidden
    from snippets.drawing.maps import overview

    overview("scores", "weights")
    # --8<-- [end:map]
    # --8<-- [start:show_scores_of_input_1]
    print(scores_of_input_1)
    # --8<-- [end:show_scores_of_input_1]
    # --8<-- [start:by_hand] hidden
    from snippets.walkthrough.by_hand import row_times_matrix

    print(*row_times_matrix("query 1 with key", queries[0], keys.T), sep="\n")
    # --8<-- [end:by_hand]
    # --8<-- [start:show_scores]
    print(scores)
    # --8<-- [end:show_scores]
    # --8<-- [start:show_weights]
    print(weights)
    print(weights.sum(dim=-1))  # (queries,)
    # --8<-- [end:show_weights]
    # --8<-- [start:softmax_by_hand] hidden
    from snippets.walkthrough.by_hand import softmax

    print(*softmax(scores_of_input_1), sep="\n")
    # --8<-- [end:softmax_by_hand]
    # --8<-- [start:picture]
    from snippets.drawing.tables import product
    from snippets.drawing.weights import heat_map, softmax_bars

    product("One number of scores", queries, keys.T, scores, ("queries", "keys.T", "scores"))
    softmax_bars("Row 1: scores in, weights out", scores[0], weights[0])
    heat_map("Who looks at whom", weights)
    # --8<-- [end:picture]
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
