# SPDX-License-Identifier: MIT
# --8<-- [start:window]
import torch


def steps_back(n_queries, n_keys):
    """Steps from each query back to each key; the last two are aligned."""
    own = torch.arange(n_queries).unsqueeze(-1) + n_keys - n_queries
    return own - torch.arange(n_keys)  # (queries, keys)


def window(n_queries, n_keys, width):
    """True for the `width` last keys of each query, its own included."""
    back = steps_back(n_queries, n_keys)
    return (back >= 0) & (back < width)  # (queries, keys)


# --8<-- [end:window]

if __name__ == "__main__":
    # --8<-- [start:two_meanings]
    back = steps_back(6, 6)
    print("3 keys:      ", ((back >= 0) & (back < 3)).sum(dim=-1).tolist())
    print("3 steps back:", ((back >= 0) & (back <= 3)).sum(dim=-1).tolist())
    # --8<-- [end:two_meanings]
