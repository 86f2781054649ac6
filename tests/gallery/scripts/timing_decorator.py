# SPDX-License-Identifier: MIT
# Expected: works
# measured: times depend on the machine
import functools
import time

# --8<-- [start:decorator]
def timed(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            elapsed = time.perf_counter() - start
            print(f"{func.__name__} took {elapsed * 1e3:.2f} ms")

    return wrapper
# --8<-- [end:decorator]
# --8<-- [start:use]
@timed
def slow_sum(n):
    return sum(i * i for i in range(n))


print(slow_sum(10_000))
# --8<-- [end:use]
