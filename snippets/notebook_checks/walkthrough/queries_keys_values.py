# SPDX-License-Identifier: MIT
# checks: walkthrough/queries_keys_values
"""Hints and checks for the blanks in the hands-on notebook of this chapter."""

import torch

from snippets.notebook_checks.blanks import check
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values

HINTS = {
    "queries": (
        "Which matrix makes queries of the inputs?",
        "A matrix product, `@`: the inputs on the left, the projection matrix on the right.",
    ),
    "keys": ("And which one makes keys?", "As above, with the projection matrix of the keys."),
    "values": ("And which one makes values?", "As above, with the matrix of the values."),
}


def check_projection(name, projected, x, projection_weights):
    made = {role: torch.einsum("id,dk->ik", x, w) for role, w in projection_weights.items()}
    others = {
        f"these are the {role}. Which projection weights make the {name}?": lambda role=role: made[
            role
        ]
        for role in made
        if role != name
    }
    mistakes = {
        "is the product the wrong way round?": lambda: projection_weights[name] @ x,
        "rows and columns are swapped. Each input has a row.": lambda: made[name].T,
        "the inputs came back unchanged.": lambda: x,
    }
    check(name, projected, made[name], mistakes | others)


if __name__ == "__main__":
    # --8<-- [start:project] hidden
    projection_weights = {"queries": w_query, "keys": w_key, "values": w_value}
    check_projection("queries", queries, x, projection_weights)
    check_projection("keys", keys, x, projection_weights)
    check_projection("values", values, x, projection_weights)
    # --8<-- [end:project]
