# SPDX-License-Identifier: MIT
"""Answers that a reader may write into a blank, each with words of the message it should get."""

HEAD = "def normalized(x):\n"
CENTERED = HEAD + "    centered = x - x.mean(dim=-1, keepdim=True)\n"
LOSS = "def losses_of(logits, targets):\n"
INPUTS = "inputs = text[:, :-1]\n"
PICK = ".gather(-1, targets.unsqueeze(-1)).squeeze(-1)"

WRONG = [
    (HEAD + "    pass", "normalized returns nothing"),
    (HEAD + "    return x - x.mean(dim=-1)", "Is a keepdim=True missing?"),
    (HEAD + "    return (x - x.mean()) / x.std()", "one mean of all numbers"),
    (CENTERED + "    return centered / centered.norm(dim=-1, keepdim=True)", "not their sum"),
    (CENTERED + "    return centered", "Divide it by its standard deviation"),
    (CENTERED + "    return centered / (centered**2).mean(dim=-1, keepdim=True)", "its root first"),
    (CENTERED + "    return centered / x.std(dim=-1, keepdim=True)", "divides by n - 1"),
    (
        HEAD + "    return x / x.std(dim=-1, keepdim=True, correction=0)",
        "the mean is still in",
    ),
    (
        HEAD + "    return (x - x.mean(-2, True)) / x.std(dim=-2, keepdim=True, correction=0)",
        "Each word is normalized alone",
    ),
    ("inputs = text", "it is no input"),
    ("inputs = text[:, 1:]", "not the last"),
    ("inputs = text[:-1]", "leaves out a sentence"),
    (INPUTS + "targets = text[:, :-1]", "one word further on"),
    (INPUTS + "targets = text", "it is no target"),
    (INPUTS + "targets = text[1:]", "leaves out a sentence"),
    (LOSS + "    pass", "losses_of returns nothing"),
    (LOSS + "    return -logits[targets].log()", "losses_of"),
    (LOSS + f"    return logits.softmax(dim=-1){PICK}", "these are the shares"),
    (LOSS + f"    return 1 - logits.softmax(dim=-1){PICK}", "1 minus the share"),
    (LOSS + f"    return -logits.log_softmax(dim=-1){PICK}.unsqueeze(-1)", "squeeze(-1) takes"),
    (LOSS + f"    return -logits.log_softmax(dim=0){PICK}", "runs over the sentences"),
    (LOSS + f"    return logits.log_softmax(dim=-1){PICK}", "the sign is turned around"),
    (LOSS + f"    return -logits{PICK}", "there is no softmax"),
    (LOSS + f"    return -logits.log_softmax(dim=1){PICK}", "runs over positions"),
    (LOSS + "    return F.cross_entropy(logits.mT, targets)", "a loss of its own"),
]
