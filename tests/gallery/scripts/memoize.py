# SPDX-License-Identifier: MIT
# Expected: works
from functools import lru_cache, partial, reduce

# --8<-- [start:cached]
calls = 0


@lru_cache(maxsize=None)
def edit_distance(a, b):
    global calls
    calls += 1
    if not a or not b:
        return len(a) + len(b)
    return min(
        edit_distance(a[1:], b) + 1,
        edit_distance(a, b[1:]) + 1,
        edit_distance(a[1:], b[1:]) + (a[0] != b[0]),
    )
# --8<-- [end:cached]
# --8<-- [start:use]
print(edit_distance("kitten", "sitting"))
# --8<-- [end:use]
# --8<-- [start:info]
print(calls, edit_distance.cache_info().hits > calls)
# --8<-- [end:info]
# --8<-- [start:clear]
edit_distance.cache_clear()
print(edit_distance.cache_info())
# --8<-- [end:clear]
# --8<-- [start:partial]
power = partial(pow, exp=2)
print(reduce(lambda a, b: a + b, map(power, range(4))))
# --8<-- [end:partial]
