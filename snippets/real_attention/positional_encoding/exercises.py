# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.masking.attention import attention
from snippets.real_attention.positional_encoding.moved import moved
from snippets.real_attention.positional_encoding.sinusoidal import sinusoidal
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
    print("position 0:", first)
    # --8<-- [end:position_0]

    # --8<-- [start:show_causal]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("loan, river, bank:", causal_outputs(x), sep="\n")
    print("bank, loan, river:", causal_outputs(x[moved]), sep="\n")
    # --8<-- [end:show_causal]
