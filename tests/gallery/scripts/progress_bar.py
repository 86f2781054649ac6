# SPDX-License-Identifier: MIT
# Expected: works
import sys

# --8<-- [start:bar]
class ProgressBar:
    def __init__(self, iterable, width=10):
        self.items, self.width = list(iterable), width

    def __iter__(self):
        for done, item in enumerate(self.items, 1):
            yield item
            filled = self.width * done // len(self.items)
            sys.stdout.write(f"\r[{'#' * filled:<{self.width}}] {done}/{len(self.items)}")
            sys.stdout.flush()
        sys.stdout.write("\n")
# --8<-- [end:bar]

# --8<-- [start:work]
total = 0
for n in ProgressBar(range(5)):
    total += n * n
# --8<-- [end:work]
# --8<-- [start:result]
print("sum of squares:", total)
# --8<-- [end:result]
