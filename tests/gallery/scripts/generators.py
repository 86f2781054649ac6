# SPDX-License-Identifier: MIT
# Expected: works
from itertools import islice, takewhile

# --8<-- [start:primes]
def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in takewhile(lambda p: p * p <= n, found)):
            found.append(n)
            yield n
        n += 1


stream = primes()
print(list(islice(stream, 8)))
# --8<-- [end:primes]
# --8<-- [start:continued]
print(next(stream), next(stream))
# --8<-- [end:continued]
# --8<-- [start:send]
def averager():
    total, count, mean = 0, 0, None
    while True:
        value = yield mean
        total, count = total + value, count + 1
        mean = total / count


avg = averager()
next(avg)
# --8<-- [end:send]
# --8<-- [start:feed]
for value in (10, 20, 60):
    mean = avg.send(value)
print(mean)
# --8<-- [end:feed]
# --8<-- [start:close]
avg.close()
print(list(avg))
# --8<-- [end:close]
