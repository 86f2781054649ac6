# SPDX-License-Identifier: MIT
"""The chapters of the walkthrough, in their order."""

CHAPTERS = (
    "inputs",
    "projection_weights",
    "queries_keys_values",
    "attention_scores",
    "weighted_values",
    "outputs",
)
