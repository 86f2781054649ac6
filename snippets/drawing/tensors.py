# SPDX-License-Identifier: MIT
# folded
"""The tensors of this site: each one's color, how a formula writes it, and its other names.

Everything that colors a tensor reads this file: sentences, code, formulas, figures, notebooks and
the lab. The dictionaries are literals, so that the engine can read them without running them.
"""

COLORS = {
    "inputs": "C0",
    "queries": "C1",
    "keys": "C2",
    "values": "C3",
    "scores": "C4",
    "weights": "C5",
    "outputs": "C6",
    "w_query": "C7",
    "w_key": "C8",
    "w_value": "C9",
}

# Colors on light and on dark pages. tests/test_palette.py checks new values. The
# projection weights have paler hues of the tensors that they make.
PALETTE = {
    "inputs": ("#623c00", "#fac82c"),
    "queries": ("#1e4b8d", "#4b9df9"),
    "keys": ("#b65111", "#e0814c"),
    "values": ("#2e7c51", "#beeaa8"),
    "scores": ("#8650d5", "#f1c7ff"),
    "weights": ("#7b1146", "#ed6b95"),
    "outputs": ("#0f7381", "#0cbdb2"),
    "w_query": ("#55658d", "#92c7ec"),
    "w_key": ("#924e31", "#c49f8d"),
    "w_value": ("#406d5e", "#c6d9ca"),
}

FORMULAS = {
    "inputs": r"\text{inputs}",
    "queries": r"\text{queries}",
    "keys": r"\text{keys}",
    "values": r"\text{values}",
    "scores": r"\text{scores}",
    "weights": r"\text{weights}",
    "outputs": r"\text{outputs}",
    "w_query": r"W_{\text{query}}",
    "w_key": r"W_{\text{key}}",
    "w_value": r"W_{\text{value}}",
}

ALIASES = {"x": "inputs"}
