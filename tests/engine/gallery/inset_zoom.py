# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

Z = np.add.outer(np.arange(12), np.arange(12)) % 7
fig, ax = plt.subplots(num="A closer look")
ax.imshow(Z, extent=(-3, 4, -4, 3), origin="lower")
axins = ax.inset_axes([0.5, 0.5, 0.47, 0.47], xlim=(-1.5, -0.9), ylim=(-2.5, -1.9))
axins.imshow(Z, extent=(-3, 4, -4, 3), origin="lower")
ax.indicate_inset_zoom(axins, edgecolor="black")
