# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    ("scores = river_bank * bank", "A dot product adds up"),
    ("scores = bank @ bank", "Each row of river_bank"),
    ("scores = river_bank @ river", "these are the scores of river"),
    ("weights = scores.exp()", "Divide them by their sum"),
    ("weights = scores", "the scores themselves"),
    ("new_bank = river_bank.sum(dim=0)", "with its own share"),
    ("new_bank = river_bank @ weights", "the wrong way round"),
    ("new_bank = weights.unsqueeze(-1) * river_bank", "Add them up"),
    ("def attend(word, phrase):\n    return (phrase @ word) @ phrase", "no softmax"),
    (
        "def attend(word, phrase):\n    return (phrase @ word).softmax(dim=-1)",
        "these are the weights",
    ),
    ("def attend(word, phrase):\n    return (word @ phrase).softmax(dim=-1)", "sizes do not fit"),
]
