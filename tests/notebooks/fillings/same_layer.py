# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = "def turned(queries, keys, positions):\n"
RIGHT = "rotate(queries, positions, BASE)"

WRONG = [
    (HEAD + "    pass", "turned returns nothing"),
    (HEAD + "    return rotate(queries, BASE)", "an argument not what you think"),
    (HEAD + f"    return {RIGHT}", "two tensors"),
    (HEAD + f"    return {RIGHT}, keys", "the keys are not turned yet"),
    (HEAD + "    return rotate(queries, positions), keys", "Pass BASE as well"),
    (HEAD + f"    return {RIGHT}, rotate(keys, positions - 5, BASE)", "Pass the positions on"),
]
