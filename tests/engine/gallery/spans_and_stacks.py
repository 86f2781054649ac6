# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

fig, (a, b) = plt.subplots(1, 2, num="Stacks")
a.stackplot(range(4), [[1, 2, 3, 4], [2, 2, 1, 1]], labels=["one", "two"])
a.legend(loc="upper left", reverse=True)
a.axvspan(1, 2, color="gray", zorder=0)
b.eventplot(np.arange(12).reshape(3, 4), colors=["C0", "C1", "C2"])
b.broken_barh([(1, 3), (6, 2)], (0.5, 0.3), facecolors="tab:orange")
