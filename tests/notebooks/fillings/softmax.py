# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""


def softmax(*lines):
    """Return the function with these lines as its body."""
    return "\n    ".join(["def softmax(scores, dim):", *lines])


LARGEST = "largest = scores.amax(dim=dim, keepdim=True)"
POWERS = "powers = (scores - largest).exp()"
SHARES = "return powers / powers.sum(dim=dim, keepdim=True)"

WRONG = [
    (softmax("powers = scores.exp()", SHARES), "Subtract the largest score first"),
    (softmax("largest = scores.max()", POWERS, SHARES), "its own largest score"),
    (softmax("largest = scores.amax(dim=dim)", POWERS, SHARES), "keepdim=True missing"),
    (
        softmax("largest = scores.max(dim=dim, keepdim=True)", POWERS, SHARES),
        "amax gives the values alone",
    ),
    (softmax("return scores.softmax(dim=-1)"), "is dim not used"),
    (softmax(LARGEST, POWERS, "return powers / powers.sum()"), "all numbers together add up to 1"),
    (softmax(LARGEST, POWERS, "return powers"), "Divide them by their sum along dim"),
    (softmax("return scores.exp()"), "of the scores as they were"),
    (
        softmax(LARGEST, POWERS, "return powers / scores.exp().sum(dim=dim, keepdim=True)"),
        "above the line",
    ),
    (softmax("return scores.log_softmax(dim=dim)"), "logarithms"),
    ("hidden_scores = scaled_scores", "no key is hidden yet"),
    ("hidden_scores = scaled_scores.masked_fill(~key_3, -torch.inf)", "turned around"),
    ("hidden_scores = scaled_scores.masked_fill(key_3.unsqueeze(-1), -torch.inf)", "a row"),
    ("hidden_scores = scaled_scores.masked_fill(key_3, 0)", "hides nothing"),
    ("hidden_scores = scaled_scores.masked_fill(key_3, torch.inf)", "positive"),
    ("hidden_scores = scaled_scores.masked_fill(key_3, -1e9)", "no infinity"),
]
