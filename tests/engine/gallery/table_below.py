# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt

fig, ax = plt.subplots(num="Loss by disaster")
ax.bar([0.5, 1.5], [3, 5], 0.4)
ax.table(
    cellText=[["66", "174"], ["58", "381"]],
    rowLabels=["Freeze", "Wind"],
    rowColours=["0.9", "0.8"],
    colLabels=["2001", "2002"],
    loc="bottom",
)
ax.set_xticks([])
fig.subplots_adjust(left=0.2, bottom=0.3)
