# SPDX-License-Identifier: MIT
"""Wrong answers to the blanks on rotary positions and ALiBi, with words of their messages."""


def function(head, *body):
    return "\n".join([f"def {head}:", *(f"    {line}" for line in body)])


def rotate(returned, first="x[..., 0::2]", second="x[..., 1::2]"):
    return function(
        "rotate(x, positions)",
        "t = angles(positions, x.shape[-1])",
        "cos, sin = t.cos(), t.sin()",
        f"a, b = {first}, {second}",
        f"return {returned}",
    )


def alibi(returned):
    return function(
        "alibi(n_heads, n)",
        "p = torch.arange(n)",
        "ahead = p - p.unsqueeze(-1)",
        "m = slopes(n_heads).view(-1, 1, 1)",
        f"return {returned}",
    )


TURNED = "[a * cos - b * sin, a * sin + b * cos]"

WRONG = [
    (
        rotate(f"torch.cat({TURNED}, dim=-1)", "x.chunk(2, dim=-1)[0]", "x.chunk(2, dim=-1)[1]"),
        "the two halves are paired",
    ),
    (
        rotate("torch.stack([a * cos + b * sin, b * cos - a * sin], dim=-1).flatten(-2)"),
        "the other way",
    ),
    (rotate(f"torch.cat({TURNED}, dim=-1)"), "first numbers stand before"),
    (rotate(f"torch.stack({TURNED}, dim=-1)"), "an axis of their own"),
    (rotate("torch.stack([a * cos, b * cos], dim=-1).flatten(-2)"), "the sine has no part"),
    (rotate(f"torch.stack({TURNED}[::-1], dim=-1).flatten(-2)"), "changed places"),
    (rotate("x"), "nothing is turned"),
    (rotate("None"), "returns nothing"),
    (rotate("x * cos"), "sizes do not fit"),
    (alibi("m * ahead.abs()"), "distant keys are favored"),
    (alibi("m * ahead"), "keys ahead are favored"),
    (alibi("-m * ahead"), "keys behind are favored"),
    (alibi("-ahead.abs()"), "minus the distances"),
    (alibi("ahead.abs()"), "these are the distances"),
    (alibi("(-m * ahead.abs()).permute(1, 2, 0)"), "the axis of the heads comes first"),
    (alibi("None"), "returns nothing"),
    (alibi("-slopes(n_heads) * ahead.abs()"), "sizes do not fit"),
]
