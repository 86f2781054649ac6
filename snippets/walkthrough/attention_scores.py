# SPDX-License-Identifier: MIT
# --8<-- [start:scores_of_input_1]
import torch

from snippets.walkthrough.projection_weights import w_key, w_query
from snippets.walkthrough.queries_keys_values import keys, queries

scores_of_input_1 = queries[0] @ keys.T  # (keys,)
# --8<-- [end:scores_of_input_1]

# --8<-- [start:scores]
scores = queries @ keys.T  # (queries, keys)
# --8<-- [end:scores]

# --8<-- [start:weights]
weights = scores.softmax(dim=-1)  # (queries, keys)
# --8<-- [end:weights]

# --8<-- [start:one_sided]
pair = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])  # (inputs=2, d_model)
one_sided = (pair @ w_query) @ (pair @ w_key).T  # (queries=2, keys=2)
# --8<-- [end:one_sided]

if __name__ == "__main__":
    # --8<-- [start:show_scores_of_input_1]
    print("scores of query 1", scores_of_input_1)
    # --8<-- [end:show_scores_of_input_1]

    # --8<-- [start:show_scores]
    print("scores", scores, sep="\n")
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
    torch.set_printoptions(sci_mode=False)
    print("weights", weights, sep="\n")
    print("sum of each row", weights.sum(dim=-1))
    # --8<-- [end:show_weights]

    # --8<-- [start:heat_map]
    from snippets.drawing.weights import heat_map

    words = "loan", "river", "bank"
    heat_map("Who looks at whom", weights, words=words, scores=scores)
    # --8<-- [end:heat_map]

    # --8<-- [start:show_one_sided]
    print("scores", one_sided, sep="\n")
    # --8<-- [end:show_one_sided]
