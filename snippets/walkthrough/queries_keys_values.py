# SPDX-License-Identifier: MIT
# --8<-- [start:project]
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value

queries = x @ w_query  # (inputs, d_k)
keys = x @ w_key  # (inputs, d_k)
values = x @ w_value  # (inputs, d_v)
# --8<-- [end:project]

if __name__ == "__main__":
    # --8<-- [start:show]
    print("queries", queries, sep="\n")
    print("keys", keys, sep="\n")
    print("values", values, sep="\n")
    # --8<-- [end:show]

    # --8<-- [start:picture]
    from snippets.drawing.tables import product

    product("One number of keys", x, w_key, keys, row=1)
    # --8<-- [end:picture]
