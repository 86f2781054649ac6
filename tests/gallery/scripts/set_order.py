# SPDX-License-Identifier: MIT
# Expected: refused: sort what has no order
# --8<-- [start:vocabulary]
vocabulary = set("to be or not to be that is the question".split())
print(vocabulary)
# --8<-- [end:vocabulary]
