# SPDX-License-Identifier: MIT
# --8<-- [start:blend]
from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.attention_scores import scores
from snippets.walkthrough.queries_keys_values import keys, queries, values

blend = attention(queries, keys, values)  # (queries, d_v)
# --8<-- [end:blend]

if __name__ == "__main__":
    # --8<-- [start:show]
    print("scores of query 1", scores[0])
    print("values", values, sep="\n")
    print("output 1", blend[0])
    # --8<-- [end:show]
