# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = "def absorbed():\n"
ONE = "    one = plain_queries @ up_key.mT @ latents.mT\n"
TWO = "    two = turned_queries @ turned_keys.mT\n"

WRONG = [
    (HEAD + "    pass", "absorbed returns nothing"),
    (HEAD + "    return plain_queries @ up_key", "absorbed does not run with the latents above"),
    (HEAD + "    return latents[7]", "absorbed does not run with the latents above"),
    (HEAD + ONE + "    return softmax(one) @ latents @ up_value", "positions are missing"),
    (HEAD + ONE + TWO + "    return softmax(one + two) @ latents", "these are mixed latents"),
    (HEAD + ONE + TWO + "    return (one + two) @ latents @ up_value", "without the softmax"),
    (HEAD + ONE + TWO + "    return softmax(one + two) @ latents @ up_key", "keys, not values"),
]
