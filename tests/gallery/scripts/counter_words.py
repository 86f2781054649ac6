# SPDX-License-Identifier: MIT
# Expected: works
import re
from collections import Counter, OrderedDict, deque, namedtuple

# --8<-- [start:words]
text = "To be, or not to be: that is the question."
words = re.findall(r"[a-z]+", text.lower())
counts = Counter(words)
print(counts.most_common(3))
# --8<-- [end:words]
# --8<-- [start:update]
counts.update("to sleep perchance to dream".split())
counts["question"] -= 1
+counts
print(counts["to"], counts["question"], sum(counts.values()))
# --8<-- [end:update]
# --8<-- [start:window]
Pair = namedtuple("Pair", "first second")
recent: deque = deque(maxlen=2)
pairs = []
for word in words[:4]:
    recent.append(word)
    if len(recent) == 2:
        pairs.append(Pair(*recent))
print(pairs[-1])
# --8<-- [end:window]
# --8<-- [start:lru]
cache: OrderedDict = OrderedDict.fromkeys("abc")
cache.move_to_end("a")
cache.popitem(last=False)
print(list(cache))
# --8<-- [end:lru]
