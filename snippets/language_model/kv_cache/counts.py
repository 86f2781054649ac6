# SPDX-License-Identifier: MIT
# --8<-- [start:work]
def work(n, cached):
    """Count a head's scores and the projected rows for n tokens."""
    scores = rows = 0
    for length in range(1, n + 1):  # the text so far
        new = 1 if cached else length
        rows += new
        first = length - new + 1  # query i sees i keys
        scores += sum(range(first, length + 1))
    return scores, rows


# --8<-- [end:work]
