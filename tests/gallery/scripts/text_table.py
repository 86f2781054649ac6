# SPDX-License-Identifier: MIT
# Expected: works
import textwrap
from string import Template

# --8<-- [start:rows]
rows = [("layer", "shape", "params"), ("embed", "(50257, 768)", 38597376), ("head", "(768, 50257)", 38597376)]
widths = [max(len(str(row[i])) for row in rows) for i in range(3)]


def line(row):
    return " | ".join(str(cell).ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
# --8<-- [end:rows]
# --8<-- [start:print]
print(line(rows[0]))
print("-+-".join("-" * w for w in widths))
for row in rows[1:]:
    print(line(row))
# --8<-- [end:print]
# --8<-- [start:wrap]
paragraph = "Attention is a weighted average whose weights depend on the input itself."
print(textwrap.fill(paragraph, width=30, initial_indent="* ", subsequent_indent="  "))
# --8<-- [end:wrap]
# --8<-- [start:template]
print(Template("$name has $n parameters").substitute(name="head", n=f"{rows[2][2]:,}"))
# --8<-- [end:template]
