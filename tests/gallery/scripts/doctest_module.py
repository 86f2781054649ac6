# SPDX-License-Identifier: MIT
# Expected: works
import doctest

# --8<-- [start:function]
def factorial(n):
    """Return n!, the product of the first n numbers.

    >>> factorial(5)
    120
    >>> [factorial(n) for n in range(4)]
    [1, 1, 2, 6]
    """
    return 1 if n < 2 else n * factorial(n - 1)
# --8<-- [end:function]
# --8<-- [start:test]
print(doctest.testmod())
# --8<-- [end:test]
