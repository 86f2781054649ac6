# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

WRONG = [
    ("scores_of_input_1 = queries[0] @ keys", "not transposed"),
    ("scores_of_input_1 = queries[0] * keys", "also adds them up"),
    ("scores_of_input_1 = queries[1] @ keys.T", "counts from 0"),
    ("scores_of_input_1 = queries @ keys.T", "query 1 alone"),
    ("scores_of_input_1 = queries[:1] @ keys.T", "a table with one row"),
    ("scores_of_input_1 = torch.ones(3)", "no number is right yet"),
    ("scores = queries @ keys", "not transposed"),
    ("scores = queries * keys.T", "use @"),
    ("scores = (queries @ keys.T).triu()", "look at row 2, 3. The others are right"),
    ("scores = queries.T @ keys", "the wrong one transposed"),
    ("scores = queries * keys", "also adds them up"),
    ("scores = queries @ keys.T / 3**0.5", "divided by the root of d_k"),
    ("weights = scores.softmax(dim=0)", "each column adds up to 1"),
    ("weights = scores.exp() / scores.exp().sum(dim=-1)", "or a missing keepdim"),
    ("weights = scores.flatten().softmax(dim=0).reshape(3, 3)", "all numbers together"),
    ("weights = scores.exp()", "Divide them by the sum"),
    ("weights = scores / scores.sum(dim=-1, keepdim=True)", "Raise e"),
    ("weights = scores.log_softmax(dim=-1)", "logarithms"),
    ("weights = scores", "unchanged"),
    *(
        (f"look_for = torch.tensor({rows})\nfound_by = torch.eye(3)", words)
        for rows, words in [
            ("[[0.0, 10, 0], [0, 0, 10], [0, 0, 0]]", "at the word after them"),
            ("[[10.0, 0, 0], [0, 10, 0], [0, 0, 10]]", "looks at itself"),
            ("[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]", "larger numbers make"),
            ("[[0.0, 0], [1, 0]]", "a tensor of shape (3, 3)"),
        ]
    ),
]
