# SPDX-License-Identifier: MIT
import torch

from snippets.language_model.model import rms_norm
from snippets.language_model.tokens import at_temperature, tokenizer, weights
from snippets.walkthrough.inputs import x

# --8<-- [start:digits]
year = tokenizer.encode("in 2026").tokens
# --8<-- [end:digits]


# --8<-- [start:ratio]
def ratio(temperature):
    first, second = at_temperature(torch.tensor([1.0, 0.0]), temperature)
    return float(first / second)


# --8<-- [end:ratio]

if __name__ == "__main__":
    # --8<-- [start:show_digits]
    print("tokens:", year)
    # --8<-- [end:show_digits]

    # --8<-- [start:show_ratio]
    for temperature in (0.5, 1, 2):
        print(f"temperature {temperature}: {ratio(temperature):.1f} times as likely")
    # --8<-- [end:show_ratio]

    # --8<-- [start:louder]
    gain = torch.ones(4)
    print("normalized", rms_norm(x, gain), sep="\n")
    print("10 times as large, normalized", rms_norm(10 * x, gain), sep="\n")
    # --8<-- [end:louder]

    # --8<-- [start:reordered]
    ids = torch.tensor(tokenizer.encode("dogs chase cats").ids)
    table = weights["token_embd.weight"]
    same = torch.equal(table[ids.flip(0)], table[ids].flip(0))
    print("the same rows, in another order:", same)
    # --8<-- [end:reordered]
