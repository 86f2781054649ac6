# SPDX-License-Identifier: MIT
# Expected: refused: "# measured: why"
import time

# --8<-- [start:loop]
start = time.perf_counter()
total = sum(range(100_000))
print(f"took {time.perf_counter() - start:.9f} seconds")
# --8<-- [end:loop]
