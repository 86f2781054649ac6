# SPDX-License-Identifier: MIT
# checks: real_attention/mistakes/merge
"""Hints and checks for the blanks in the hands-on notebook of the mistakes."""

import torch

from snippets.notebook_checks.real_attention.mistakes.fixes import check_fix
from snippets.real_attention.mistakes.merge import merged_by_token
from snippets.real_attention.mistakes.run import sample

HINTS = {
    "merged_by_token": (
        "A row should hold all heads of one token. Which axes must be neighbors?",
        "Bring the axis of the tokens before that of the heads with `transpose`, then `reshape`.",
    ),
}


def rows_are_tokens(merge):
    [heads] = sample((3, 2, 5, 7))
    whole = torch.cat(list(heads.unbind(dim=1)), dim=-1)
    assert merge(heads).equal(whole), "a row should hold all heads of one token"


if __name__ == "__main__":
    # --8<-- [start:merge_fix] hidden
    [parts] = sample((2, 3, 5, 7))
    whole = torch.cat(list(parts.unbind(dim=1)), dim=-1)
    check_fix(merged_by_token, rows_are_tokens, (parts,), whole)
    # --8<-- [end:merge_fix]
