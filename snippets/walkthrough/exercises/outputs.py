# SPDX-License-Identifier: MIT
from snippets.walkthrough.inputs import x
from snippets.walkthrough.outputs import self_attention
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values
from snippets.walkthrough.weighted_values import rounded_weights

if __name__ == "__main__":
    # --8<-- [start:rounded_output_2]
    print("rounded weights:", rounded_weights[1])
    print("output 2:       ", rounded_weights[1] @ values)
    # --8<-- [end:rounded_output_2]

    # --8<-- [start:reordered]
    moved_outputs = self_attention(x[[2, 0, 1]], w_query, w_key, w_value)
    print("bank, loan, river:", moved_outputs, sep="\n")
    # --8<-- [end:reordered]

    # --8<-- [start:same_keys]
    same_keys = keys[[0, 0, 0]]  # key 1, three times
    same_weights = (queries @ same_keys.T).softmax(dim=-1)  # (queries, keys)
    print("weights:", same_weights, sep="\n")
    print("outputs:", same_weights @ values, sep="\n")
    print("average of the values:", values.mean(dim=0))
    # --8<-- [end:same_keys]
