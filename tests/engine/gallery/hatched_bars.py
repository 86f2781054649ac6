# SPDX-License-Identifier: MIT
# expect: refused: needs <pattern> in its SVG
import matplotlib.pyplot as plt

fig, ax = plt.subplots(num="Hatches")
ax.bar(range(1, 5), range(1, 5), edgecolor="black", hatch=["--", "+", "x", "\\"])
