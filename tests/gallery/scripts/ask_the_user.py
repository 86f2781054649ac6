# SPDX-License-Identifier: MIT
# Expected: refused: EOFError
# --8<-- [start:ask]
name = input("Your name? ")
print(f"Hello, {name}!")
# --8<-- [end:ask]
