# SPDX-License-Identifier: MIT
# Expected: works
# --8<-- [start:draw]
def escapes(c, limit=30):
    z = 0
    for n in range(limit):
        z = z * z + c
        if abs(z) > 2:
            return n
    return limit


for y in range(-6, 7):
    print("".join("#" if escapes(complex(x / 12, y / 5)) == 30 else "." for x in range(-26, 10)))
# --8<-- [end:draw]
