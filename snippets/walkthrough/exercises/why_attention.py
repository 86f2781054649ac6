# SPDX-License-Identifier: MIT
import torch

from snippets.walkthrough.why_attention import attend, bank, loan, river, river_bank

if __name__ == "__main__":
    # --8<-- [start:river]
    print("scores: ", river_bank @ river)
    print("weights:", (river_bank @ river).softmax(dim=-1))
    print("river:  ", attend(river, river_bank))
    # --8<-- [end:river]

    # --8<-- [start:three_words]
    phrase = torch.stack([river, bank, loan])  # (words, meanings)
    print("scores: ", phrase @ bank)
    print("weights:", (phrase @ bank).softmax(dim=-1))
    print("bank:   ", attend(bank, phrase))
    # --8<-- [end:three_words]

    # --8<-- [start:shifted]
    scores = torch.tensor([1.0, 3.0])
    print("scores 1 and 3:    ", scores.softmax(dim=-1))
    print("scores 101 and 103:", (scores + 100).softmax(dim=-1))
    # --8<-- [end:shifted]
