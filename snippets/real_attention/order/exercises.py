# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.masking.attention import attention
from snippets.real_attention.order.alibi import alibi
from snippets.real_attention.order.moved import moved
from snippets.real_attention.order.rotary import rotate
from snippets.real_attention.order.sinusoidal import sinusoidal
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value


# --8<-- [start:causal]
def causal_outputs(x):
    causal = torch.ones(3, 3, dtype=torch.bool).tril()  # True: may attend
    return attention(x @ w_query, x @ w_key, x @ w_value, causal)


# --8<-- [end:causal]

if __name__ == "__main__":
    # --8<-- [start:position_0]
    first = sinusoidal(torch.tensor(0), 4)  # (d_model,)
    print(first)
    # --8<-- [end:position_0]

    # --8<-- [start:show_causal]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("loan, river, bank:", causal_outputs(x), sep="\n")
    print("bank, loan, river:", causal_outputs(x[moved]), sep="\n")
    # --8<-- [end:show_causal]

    # --8<-- [start:same_distance]
    for p, q in [(7, 4), (4, 7), (12, 9), (8, 4)]:
        score = rotate(x[0], torch.tensor(p)) @ rotate(x[2], torch.tensor(q))
        print(f"query at {p}, key at {q}: {score:.4f}")
    # --8<-- [end:same_distance]

    # --8<-- [start:last_row]
    biases = alibi(8, 4)  # (heads, queries, keys)
    print("head 2, last query:", biases[1, 3])
    # --8<-- [end:last_row]
