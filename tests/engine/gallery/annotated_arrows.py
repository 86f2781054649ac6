# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots(num="A local maximum")
t = np.arange(0.0, 5.0, 0.01)
ax.plot(t, np.cos(2 * np.pi * t), lw=2)
ax.annotate(
    "local max",
    xy=(2, 1),
    xytext=(3, 1.5),
    arrowprops=dict(facecolor="black", shrink=0.05),
    bbox=dict(boxstyle="round", fc="0.8"),
)
ax.annotate("", (1, -1), (2, -1.5), arrowprops=dict(arrowstyle="->", connectionstyle="arc3,rad=.2"))
ax.set_ylim(-2, 2)
