# SPDX-License-Identifier: MIT
# Expected: works
# --8<-- [start:text]
text = """the quick brown fox
jumps over the lazy dog"""
chars = sorted(set(text))
print(len(chars), repr("".join(chars)))
# --8<-- [end:text]

# --8<-- [start:tables]
char_to_id = {ch: i for i, ch in enumerate(chars)}
id_to_char = {i: ch for ch, i in char_to_id.items()}

encode = lambda s: [char_to_id[c] for c in s]  # noqa: E731
decode = lambda ids: "".join(id_to_char[i] for i in ids)  # noqa: E731
# --8<-- [end:tables]

# --8<-- [start:roundtrip]
ids = encode("lazy fox")
print(ids)
print(decode(ids))
assert decode(encode(text)) == text
# --8<-- [end:roundtrip]

# --8<-- [start:unknown]
try:
    encode("Ω")
except KeyError as missing:
    print("not in the vocabulary:", missing)
# --8<-- [end:unknown]
