# SPDX-License-Identifier: MIT
# Expected: works
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

# --8<-- [start:function]
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
# --8<-- [end:function]
if __name__ == "__main__":
    # --8<-- [start:map]
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        lengths = list(pool.map(collatz, range(1, 10)))
    print(lengths)
    # --8<-- [end:map]
