# SPDX-License-Identifier: MIT
# Expected: refused: give the generator a seed
import random

# --8<-- [start:shuffle]
deck = [f"{rank}{suit}" for suit in "CDHS" for rank in "23456789TJQKA"]
random.shuffle(deck)
print(" ".join(deck[:5]))
# --8<-- [end:shuffle]
