# SPDX-License-Identifier: MIT
# Expected: works
from itertools import accumulate, chain, groupby, pairwise, product, zip_longest
from operator import itemgetter, mul

# --8<-- [start:group]
people = [("Ada", "math"), ("Alan", "math"), ("Grace", "code")]
for field, group in groupby(people, key=itemgetter(1)):
    print(field, [name for name, _ in group])
# --8<-- [end:group]
# --8<-- [start:running]
print(list(accumulate([1, 2, 3, 4], mul)))
print(list(pairwise("abc")))
# --8<-- [end:running]
# --8<-- [start:grid]
for a, b in product("xy", repeat=2):
    print(a + b, end=" ")
print()
# --8<-- [end:grid]
# --8<-- [start:flatten]
nested = [[1], [2, 3], []]
print(list(chain.from_iterable(nested)), list(zip_longest("ab", "c", fillvalue="-")))
# --8<-- [end:flatten]
