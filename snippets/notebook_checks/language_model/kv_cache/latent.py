# SPDX-License-Identifier: MIT
# checks: language_model/kv_cache/latent
"""Hints and checks for the blank on absorbing in the hands-on notebook on the KV cache."""

from snippets.language_model.kv_cache.latent import (
    absorbed,
    latents,
    naive,
    plain_queries,
    softmax,
    turned_keys,
    turned_queries,
    up_key,
    up_value,
)
from snippets.notebook_checks.blanks import call, check

HINTS = {
    "absorbed": "make a latent of each query, with up_key transposed; compare it with the "
    "latents, add the score of the positions, and make values only at the end",
}


def check_absorbed(absorbed):
    to_latents = plain_queries @ up_key.mT
    scores = to_latents @ latents.mT
    by_position = turned_queries @ turned_keys.mT
    ours = call(absorbed, given="the latents above")
    mistakes = {
        "the scores of the positions are missing.": lambda: softmax(scores) @ latents @ up_value,
        "these are mixed latents. Make values of them.": lambda: (
            softmax(scores + by_position) @ latents
        ),
        "the scores went in without the softmax.": lambda: (
            (scores + by_position) @ latents @ up_value
        ),
        "the latents became keys, not values.": lambda: (
            softmax(scores + by_position) @ latents @ up_key
        ),
    }
    check("what absorbed returns", ours, naive(), mistakes)


if __name__ == "__main__":
    # --8<-- [start:both] hidden
    check_absorbed(absorbed)
    # --8<-- [end:both]
