# SPDX-License-Identifier: MIT
# Expected: refused: let it run to its end
import sys

# --8<-- [start:main]
def main(argv):
    print("processed", len(argv), "files")
    return 0


sys.exit(main([]))
# --8<-- [end:main]
