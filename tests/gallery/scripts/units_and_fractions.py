# SPDX-License-Identifier: MIT
# Expected: works
from decimal import ROUND_HALF_EVEN, Decimal, getcontext, localcontext
from fractions import Fraction

# --8<-- [start:context]
getcontext().prec = 6
print(Decimal(1) / Decimal(7))
# --8<-- [end:context]
# --8<-- [start:kept]
print(Decimal(2).sqrt())
# --8<-- [end:kept]
# --8<-- [start:local]
with localcontext() as ctx:
    ctx.prec = 3
    print(Decimal(2).sqrt())
print(Decimal("2.665").quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))
# --8<-- [end:local]
# --8<-- [start:fractions]
third = Fraction(1, 3)
third += Fraction(1, 6)
print(third, float(third), Fraction("0.125"))
# --8<-- [end:fractions]
