# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.rotary.rotary import rotate
from snippets.walkthrough.inputs import x

# --8<-- [start:latents]
random = torch.Generator().manual_seed(0)


def matrices(*shape):
    return torch.randint(-2, 3, shape, generator=random).float()


n_heads, d_model, d_k, d_latent, d_turned = 2, 4, 3, 2, 2
w_plain_query = matrices(n_heads, d_model, d_k)
w_turned_query = matrices(n_heads, d_model, d_turned)
w_down, w_turned_key = matrices(d_model, d_latent), matrices(d_model, d_turned)
up_key = matrices(n_heads, d_latent, d_k)  # makes keys of latents
up_value = matrices(n_heads, d_latent, d_k)

positions = torch.arange(len(x))
plain_queries = x @ w_plain_query  # (heads, inputs, d_k)
turned_queries = rotate(x @ w_turned_query, positions)
latents = x @ w_down  # (inputs, d_latent), to be cached
turned_keys = rotate(x @ w_turned_key, positions)  # (inputs, 2), cached too
# --8<-- [end:latents]


# --8<-- [start:both]
def softmax(scores):  # (heads, inputs, inputs)
    return (scores / (d_k + d_turned) ** 0.5).softmax(dim=-1)


def naive():
    keys, values = latents @ up_key, latents @ up_value  # (heads, inputs, d_k)
    scores = plain_queries @ keys.mT + turned_queries @ turned_keys.mT
    return softmax(scores) @ values


def absorbed():
    to_latents = plain_queries @ up_key.mT  # (heads, inputs, d_latent)
    scores = to_latents @ latents.mT + turned_queries @ turned_keys.mT
    return softmax(scores) @ latents @ up_value


# --8<-- [end:both]

if __name__ == "__main__":
    # --8<-- [start:agree]
    print("same outputs:", naive().allclose(absorbed(), atol=1e-5))
    # --8<-- [end:agree]
