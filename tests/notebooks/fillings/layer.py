# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

from pathlib import Path

SNIPPET = Path(__file__).parents[3] / "snippets/real_attention/layer/first.py"
CLASS = SNIPPET.read_text("utf-8").split("\n\n\n")[1].split("\n\n\n# --8<--")[0]


def layer(old, new):
    """Return an answer with one change in the class."""
    assert CLASS.count(old) == 1, old
    return CLASS.replace(old, new)


ATTEND = "outputs = scaled_dot_product_attention(*three, mask, dropout, is_causal)"
REAL = "real = torch.arange(3) < lengths[:, None]\n"
MERGE = "self.w_output(outputs.transpose(-3, -2).flatten(-2))"

WRONG = [
    ("real = torch.arange(3) >= lengths[:, None]", "not the padding"),
    ("real = torch.arange(3) <= lengths[:, None]", "Count from 0"),
    ("real = (torch.arange(3) < lengths[:, None]).T", "Examples go down"),
    (REAL + "mask = real[:, None, :]", "axis of the queries is missing"),
    (REAL + "mask = real[:, None, :, None]", "it hides queries"),
    (REAL + "mask = real", "two axes are missing"),
    (REAL + "mask = ~real[:, None, None, :]", "the other way round"),
    (layer(MERGE, MERGE.removeprefix("self.w_output")), "w_output is missing"),
    (layer(MERGE, "self.w_output(outputs.flatten(-2))"), "sizes do not fit"),
    (layer(MERGE, "None"), "returns nothing"),
    (
        layer(ATTEND, ATTEND.replace("*three", "keys, queries, values")),
        "queries and keys changed places",
    ),
    (
        layer(ATTEND, ATTEND.replace("*three", "queries, keys, keys")),
        "averaged where the values belong",
    ),
    (layer(ATTEND, ATTEND.replace("mask,", "None,")), "the mask is lost"),
    (layer(ATTEND, ATTEND.replace(", is_causal", "")), "is_causal is lost"),
    (layer(ATTEND, ATTEND.replace("dropout", "0.0")), "drops nothing in training"),
    (layer("dropout = self.dropout if self.training else 0.0", "dropout = self.dropout"), "eval()"),
    (layer("context = x if context is None else context", "context = x"), "no effect"),
    (layer("queries = self.split(self.w_query(x))", "q = self.split(self.w_query(x))"), "queries"),
]
