# SPDX-License-Identifier: MIT
# Expected: works
import random
from collections import defaultdict

# --8<-- [start:counts]
names = ["emma", "olivia", "ava", "isabella", "sophia", "mia", "amelia"]
table = defaultdict(lambda: defaultdict(int))
for name in names:
    padded = f".{name}."
    for a, b in zip(padded, padded[1:]):
        table[a][b] += 1
print(dict(table["a"]))
# --8<-- [end:counts]

# --8<-- [start:sample]
random.seed(2024)


def sample():
    out, ch = [], "."
    while True:
        letters, weights = zip(*table[ch].items())
        ch = random.choices(letters, weights)[0]
        if ch == ".":
            return "".join(out)
        out.append(ch)


print(*[sample() for _ in range(3)], sep=", ")
# --8<-- [end:sample]

# --8<-- [start:more]
print(*[sample() for _ in range(3)], sep=", ")
# --8<-- [end:more]
