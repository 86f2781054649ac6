# SPDX-License-Identifier: MIT
# --8<-- [start:words]
import torch

# Two numbers for each word: how much it has to do with water, and with money.
bank = torch.tensor([1.0, 1.0])
river = torch.tensor([2.0, 0.0])
loan = torch.tensor([0.0, 2.0])
# --8<-- [end:words]

# --8<-- [start:scores]
river_bank = torch.stack([river, bank])  # (words, meanings)
scores = river_bank @ bank  # (words,)
# --8<-- [end:scores]

# --8<-- [start:by_the_sum]
desert = torch.tensor([-2.0, 0.0])  # the opposite of water
desert_bank = torch.stack([desert, bank])  # (words, meanings)
scores_with_desert = desert_bank @ bank  # (words,)
divided = scores_with_desert / scores_with_desert.sum()  # (words,)
# --8<-- [end:by_the_sum]

# --8<-- [start:weights]
weights = scores.softmax(dim=-1)  # (words,)
# --8<-- [end:weights]

# --8<-- [start:blend]
new_bank = weights @ river_bank  # (meanings,)
# --8<-- [end:blend]


# --8<-- [start:attend]
def attend(word, phrase):
    weights = (phrase @ word).softmax(dim=-1)  # (words,)
    return weights @ phrase  # (meanings,)


bank_loan = torch.stack([bank, loan])  # (words, meanings)
# --8<-- [end:attend]

if __name__ == "__main__":
    # --8<-- [start:show_scores]
    print("river · bank, bank · bank:", scores)
    # --8<-- [end:show_scores]

    # --8<-- [start:show_by_the_sum]
    print("scores:            ", scores_with_desert)
    print("divided by the sum:", divided)
    # --8<-- [end:show_by_the_sum]

    # --8<-- [start:show_weights]
    print("weights:", weights)
    # --8<-- [end:show_weights]

    # --8<-- [start:show_blend]
    print("bank, next to river:", new_bank)
    # --8<-- [end:show_blend]

    # --8<-- [start:both]
    print("bank, next to river:", attend(bank, river_bank))
    print("bank, next to loan: ", attend(bank, bank_loan))
    # --8<-- [end:both]
