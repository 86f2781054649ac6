# SPDX-License-Identifier: MIT
"""Wrong answers to the blanks on positional encoding, with words of their messages."""


def function(head, *body):
    return "\n".join([f"def {head}:", *(f"    {line}" for line in body)])


def sinusoidal(*body):
    return function("sinusoidal(positions, d_model)", "t = angles(positions, d_model)", *body)


WRONG = [
    (
        sinusoidal("return torch.stack([t.cos(), t.sin()], dim=-1).flatten(-2)"),
        "the cosine comes first",
    ),
    (sinusoidal("return torch.cat([t.sin(), t.cos()], dim=-1)"), "all sines stand before"),
    (sinusoidal("return torch.stack([t.sin(), t.cos()], dim=-1)"), "an axis of their own"),
    (sinusoidal("return t.sin()"), "sines alone"),
    (sinusoidal("return t"), "these are the angles"),
    (sinusoidal("return t.sin() + t.cos()"), "added up"),
    (sinusoidal("t.sin()"), "its return is missing"),
    (sinusoidal("return t.sin() @ t.cos()"), "sizes do not fit"),
]
