# SPDX-License-Identifier: MIT
from snippets.language_model.model import D_K, N_HEADS, N_KV_HEADS


# --8<-- [start:shared]
def shared(head):
    """Key head that serves a query head, both counted from 1."""
    return (head - 1) // (N_HEADS // N_KV_HEADS) + 1


# --8<-- [end:shared]


def dealt_out(head):
    return (head - 1) % N_KV_HEADS + 1


# --8<-- [start:count]
d_model = N_HEADS * D_K
large = d_model * d_model  # of the queries, and of the output
small = N_KV_HEADS * D_K * d_model  # of the keys, and of the values
n_attention = 2 * large + 2 * small
# --8<-- [end:count]

if __name__ == "__main__":
    # --8<-- [start:show_shared]
    print("head of keys:", [shared(head) for head in range(1, 10)])
    # --8<-- [end:show_shared]

    # --8<-- [start:show_count]
    print(f"{n_attention:,} numbers")
    # --8<-- [end:show_count]
