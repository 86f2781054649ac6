# SPDX-License-Identifier: MIT
# --8<-- [start:moved]
from snippets.real_attention.masking.attention import attention
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value


def outputs_of(x):
    return attention(x @ w_query, x @ w_key, x @ w_value)  # (inputs, d_v)


moved = [2, 0, 1]  # bank comes first
# --8<-- [end:moved]

if __name__ == "__main__":
    # --8<-- [start:show_moved]
    print("loan, river, bank:", outputs_of(x), sep="\n")
    print("bank, loan, river:", outputs_of(x[moved]), sep="\n")
    # --8<-- [end:show_moved]
