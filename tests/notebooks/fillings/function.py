# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = "def masked(scores, attn_mask, is_causal):\n"
BOOLEAN = (
    HEAD + "    if attn_mask is not None and attn_mask.dtype == torch.bool:\n"
    "        scores = scores.masked_fill(~attn_mask, -math.inf)\n"
)
ADDED = BOOLEAN + "    elif attn_mask is not None:\n        scores = scores + attn_mask\n"
CAUSAL = "    past = torch.ones(scores.shape[-2:], dtype=torch.bool)\n"

WRONG = [
    (HEAD + "    pass", "masked returns nothing"),
    (HEAD + "    return scores @ attn_mask", "masked does not run"),
    (HEAD + "    return scores", "the mask changed nothing"),
    (HEAD + "    return scores.masked_fill(attn_mask, -math.inf)", "turned around"),
    (HEAD + "    return scores.masked_fill(~attn_mask, 0)", "scores of 0 still get a share"),
    (HEAD + "    return scores + attn_mask", "as 0 and 1"),
    (
        HEAD + "    return scores.masked_fill_(~attn_mask, -math.inf)",
        "changed a tensor that it was given",
    ),
    (BOOLEAN + "    return scores", "with a mask of floats, what masked gives"),
    (
        HEAD
        + "    allowed = attn_mask if attn_mask.dtype == torch.bool else attn_mask > -math.inf\n"
        "    return scores.masked_fill(~allowed, -math.inf)",
        "taken as a boolean one",
    ),
    (ADDED + "    return scores", "is_causal changed nothing"),
    (
        ADDED + CAUSAL + "    if is_causal:\n"
        "        scores = scores.masked_fill(past.tril(), -math.inf)\n    return scores",
        "the past is hidden",
    ),
    (
        ADDED + CAUSAL + "    if is_causal:\n"
        "        scores = scores.masked_fill(~past.tril(2), -math.inf)\n    return scores",
        "ends at the last key",
    ),
    (
        ADDED + CAUSAL + "    if is_causal:\n"
        "        scores = scores.masked_fill(~past.tril(-1), -math.inf)\n    return scores",
        "keep the diagonal",
    ),
    (
        HEAD + CAUSAL + "    if is_causal:\n"
        "        return scores.masked_fill(~past.tril(), -math.inf)\n"
        "    if attn_mask.dtype == torch.bool:\n"
        "        return scores.masked_fill(~attn_mask, -math.inf)\n"
        "    return scores + attn_mask",
        "the mask is lost",
    ),
    (
        HEAD + CAUSAL + "    if attn_mask is None:\n"
        "        return scores.masked_fill(~past.tril(), -math.inf)\n"
        "    if attn_mask.dtype == torch.bool:\n"
        "        return scores.masked_fill(~attn_mask, -math.inf)\n"
        "    return scores + attn_mask",
        "is_causal is lost",
    ),
]
