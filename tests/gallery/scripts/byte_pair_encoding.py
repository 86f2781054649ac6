# SPDX-License-Identifier: MIT
# Expected: works
from collections import Counter

# --8<-- [start:count]
def pair_counts(ids):
    counts = Counter()
    for pair in zip(ids, ids[1:]):
        counts[pair] += 1
    return counts


text = "she sells sea shells by the sea shore"
tokens = list(text.encode("utf-8"))
top, times = pair_counts(tokens).most_common(1)[0]
print(bytes(top), times)
# --8<-- [end:count]
# --8<-- [start:merge]
def merge(ids, pair, new_id):
    merged = []
    i = 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged
# --8<-- [end:merge]
# --8<-- [start:learn]
vocab = {i: bytes([i]) for i in range(256)}
merges = {}
for step in range(8):
    pair = pair_counts(tokens).most_common(1)[0][0]
    new_id = 256 + step
    tokens = merge(tokens, pair, new_id)
    merges[pair] = new_id
    vocab[new_id] = vocab[pair[0]] + vocab[pair[1]]
    print(f"{new_id}: {vocab[new_id]!r}")
# --8<-- [end:learn]
# --8<-- [start:use]
def encode(s):
    ids = list(s.encode("utf-8"))
    for pair, new_id in merges.items():
        ids = merge(ids, pair, new_id)
    return ids


print(encode("sea shells"))
print([vocab[i].decode() for i in encode("sea shells")])
print(f"{len(text.encode())} bytes became {len(tokens)} tokens")
# --8<-- [end:use]
