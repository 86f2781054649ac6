# SPDX-License-Identifier: MIT
import torch

from snippets.walkthrough.queries_keys_values import keys, queries

# --8<-- [start:sink]
scores = queries @ keys.T / 3**0.5  # (queries, keys)
sink = torch.tensor(1.0)  # a learned parameter of the head


def dropped():
    """Softmax with the sink as a score; its weight is dropped."""
    column = sink.expand(len(scores), 1)  # (queries, 1)
    return torch.cat([scores, column], dim=-1).softmax(dim=-1)[:, :-1]


def rescaled():
    """Weights without a sink, times a factor for each query."""
    lse = scores.logsumexp(dim=-1, keepdim=True)  # (queries, 1)
    return scores.softmax(dim=-1) * (lse - sink).sigmoid()


# --8<-- [end:sink]

if __name__ == "__main__":
    # --8<-- [start:show_sink]
    print("each row adds up to:", dropped().sum(dim=-1))
    print("same weights:", dropped().allclose(rescaled(), atol=1e-7))
    # --8<-- [end:show_sink]
