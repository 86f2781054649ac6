# SPDX-License-Identifier: MIT
import torch
import torch.nn.functional as F

from snippets.walkthrough.queries_keys_values import keys, queries

if __name__ == "__main__":
    # --8<-- [start:triangle]
    above = torch.ones(3, 3, dtype=torch.bool).triu(diagonal=1)  # (queries, keys)
    weights = F.scaled_dot_product_attention(queries, keys, torch.eye(3), above)
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("mask:", above, "weights:", weights, sep="\n")
    # --8<-- [end:triangle]

    # --8<-- [start:last_four]
    every = torch.ones(4, 7, dtype=torch.bool)  # (queries=4, keys=7)
    seen = every.tril(diagonal=7 - 4)[0].sum().item()  # by the first query
    seen_top_left = every.tril()[0].sum().item()
    print("seen:", seen)
    print("seen with is_causal:", seen_top_left)
    # --8<-- [end:last_four]

    # --8<-- [start:ones]
    equal_scores, ones = torch.zeros(2), torch.tensor([1.0, 0.0])  # (keys=2,)
    first_alone = ones.log()  # 1 becomes 0, and 0 becomes -inf
    print("0 and 1:   ", (equal_scores + ones).softmax(dim=-1))
    print("0 and -inf:", (equal_scores + first_alone).softmax(dim=-1))
    # --8<-- [end:ones]
