# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

NORM = "def rms_norm(x, gain):\n"
SHARES = "def at_temperature(logits, temperature):\n"

WRONG = [
    (NORM + "    pass", "rms_norm returns nothing"),
    (NORM + "    return x / (x**2).mean(dim=-1).sqrt() * gain", "rms_norm does not run"),
    (NORM + "    return x / (x**2).mean(-1, keepdim=True).sqrt()", "the gain is missing"),
    (NORM + "    return x / (x**2).mean(-1, keepdim=True) * gain", "its root first"),
    (NORM + "    return torch.layer_norm(x, (5,), gain)", "does not subtract it"),
    (NORM + "    return x / x.norm(dim=-1, keepdim=True) * gain", "not their sum"),
    (SHARES + "    pass", "at_temperature returns nothing"),
    (SHARES + "    return logits.softmaxed(temperature)", "Is it misspelled?"),
    (SHARES + "    return logits.softmax(dim=-1)", "not used yet"),
    (SHARES + "    return (logits * temperature).softmax(dim=-1)", "Divide by it"),
    (SHARES + "    return logits.softmax(dim=-1) / temperature", "divides the shares"),
    (SHARES + "    return logits / temperature", "Their softmax is missing"),
]
