# SPDX-License-Identifier: MIT
# --8<-- [start:solve]
import torch


def solve(x, w_query, w_key, w_value, n_heads=1, divisor=1, causal=False):
    queries, keys, values = x @ w_query, x @ w_key, x @ w_value
    future = torch.ones(len(x), len(x), dtype=torch.bool).triu(1)  # (queries, keys)
    heads, outputs = [], []
    parts = (t.chunk(n_heads, dim=-1) for t in (queries, keys, values))
    for q, k, v in zip(*parts, strict=True):
        scores = q @ k.T / divisor  # (queries, keys)
        if causal:
            scores = scores.masked_fill(future, -torch.inf)
        greatest = scores.amax(dim=-1, keepdim=True)  # (queries, 1)
        powers = (scores - greatest).exp()  # (queries, keys)
        shares = scores.softmax(dim=-1).round(decimals=1)  # (queries, keys)
        heads.append((scores, powers, shares))
        outputs.append(shares @ v)
    return queries, keys, values, heads, torch.cat(outputs, dim=-1)


# --8<-- [end:solve]

# The first sheets of seed 1.
SHEETS = {
    "scaling": {
        "x": [[2, 0], [1, 0], [1, 2]],
        "w_query": [[1, 0, 1, 1], [-1, -1, 0, 1]],
        "w_key": [[1, 1, 0, 1], [1, 0, 0, -1]],
        "w_value": [[3, 2], [2, 3]],
    },
    "masking": {
        "x": [[0, 1, 0], [1, 2, 1], [2, 2, 1]],
        "w_query": [[0, -1], [-1, 1], [1, -1]],
        "w_key": [[1, 1], [-1, 1], [0, 0]],
        "w_value": [[2, 1], [0, 3], [1, 0]],
    },
    "heads": {
        "x": [[1, 0], [1, 2], [2, 1]],
        "w_query": [[1, 1, 1, 1], [-1, 1, 0, 0]],
        "w_key": [[1, 1, 1, 0], [-1, 1, 0, 0]],
        "w_value": [[2, 1], [0, 3]],
    },
}
OPTIONS = {"scaling": {"divisor": 2}, "masking": {"causal": True}, "heads": {"n_heads": 2}}
ADDED = {
    "scaling": " Divide by √4 = 2.",
    "masking": " A later input is hidden.",
    "heads": " Head 1 has the left half of the columns.",
}
POWERS = "1, 0.37, 0.14, 0.05, 0.02, 0.01"


def draw(name, filled=False):
    """Draw a sheet, or its answers if filled."""
    from snippets.drawing.sheets import worksheet

    given = {key: torch.tensor(rows, dtype=torch.float32) for key, rows in SHEETS[name].items()}
    queries, keys, values, heads, outputs = solve(*given.values(), **OPTIONS[name])
    by_head = {"scores": {}, "powers": {}, "shares": {}}
    for place, head in enumerate(heads, start=1):
        label = f", head {place}" if len(heads) > 1 else ""
        for (step, tensors), tensor in zip(by_head.items(), head, strict=True):
            tensors[f"{step}{label}"] = tensor
    steps = [
        ("1. Multiply each row of x by each column of the matrices.",
         {"queries": queries, "keys": keys, "values": values}),
        (f"2. Scores: each query times each key, added up.{ADDED[name]}", by_head["scores"]),
        (f"3. Subtract the row's greatest score, take e⁰, e⁻¹, …: {POWERS}, 0", by_head["powers"]),
        ("4. Shares: divide by the sum of the row, and round to tenths.", by_head["shares"]),
        ("5. Outputs: the rows of values times their shares, added up.", {"outputs": outputs}),
    ]  # fmt: skip
    title = f"{name.capitalize()}{', answers' if filled else ''}"
    worksheet(title, given, steps, filled, OPTIONS[name].get("divisor", 1))
