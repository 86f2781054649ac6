# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""


def attention(masked, weights="scores.softmax(dim=-1)", root="keys.shape[-1] ** 0.5"):
    """Return an answer that masks and computes its weights in this way."""
    return f"""def attention(queries, keys, values, mask=None):
    scores = queries @ keys.transpose(-2, -1) / {root}
    if mask is not None:
        {masked}
    weights = {weights}
    return weights @ values"""


RIGHT = "scores = scores.masked_fill(~mask, -torch.inf)"

WRONG = [
    (attention("scores.masked_fill(~mask, -torch.inf)"), "the mask had no effect"),
    (attention("scores = scores.masked_fill(mask, -torch.inf)"), "the wrong way round"),
    (attention("scores = scores + mask"), "the mask was added"),
    (attention("scores = scores * mask"), "still gets a share"),
    (attention("scores = scores.masked_fill(~mask, -1e9)"), "the scores are finite"),
    (attention(RIGHT, root="1"), "not scaled"),
    (attention(RIGHT, weights="scores"), "is there no softmax"),
    (attention(RIGHT, weights="scores.softmax(dim=-2)"), "ran over the queries"),
    (attention("pass").replace("transpose(-2, -1)", "T"), "does not run with no mask"),
    (attention("scores = scores[mask]"), "does not run with a mask"),
    (attention("pass").replace("return weights @ values", "pass"), "returns nothing"),
    (
        attention(
            "pass",
            weights="scores.softmax(dim=-1).masked_fill(~mask if mask is not None else scores.isnan(), 0)",
        ),
        "the mask came after the softmax",
    ),
    ("padding = exists.unsqueeze(-1)", "the new axis came last"),
    ("padding = exists.unsqueeze(0)", "the new axis came first"),
    ("padding = exists", "an axis for the queries is missing"),
    ("padding = ~exists.unsqueeze(-2)", "Is it inverted"),
    ("causal = torch.ones(3, 3, dtype=torch.bool).triu()", "the past is hidden"),
    ("causal = torch.ones(3, 3, dtype=torch.bool).triu(1)", "the future alone"),
    ("causal = torch.ones(3, 3, dtype=torch.bool).tril(-1)", "Keep the diagonal"),
    ("causal = torch.ones(3, 3, dtype=torch.bool)", "nothing is hidden"),
    ("causal = torch.ones(3, 3).tril()", "dtype=torch.bool"),
]
