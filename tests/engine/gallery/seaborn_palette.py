# SPDX-License-Identifier: MIT
# expect: refused: uses the color #4c72b0, which could not follow the theme: use C0
import matplotlib.pyplot as plt

plt.rcParams["axes.prop_cycle"] = plt.cycler(color=["#4c72b0", "#dd8452", "#55a868"])
fig, ax = plt.subplots(num="Deep")
for i in range(3):
    ax.plot([i, i + 1])
