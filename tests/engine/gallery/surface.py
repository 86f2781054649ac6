# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots(subplot_kw={"projection": "3d"}, num="A surface")
X, Y = np.meshgrid(np.arange(-5, 5, 0.5), np.arange(-5, 5, 0.5))
ax.plot_surface(X, Y, np.sin(np.sqrt(X**2 + Y**2)), alpha=0.9)
ax.plot([0, 0], [0, 0], [-1, 2], "C1", lw=3)
ax.set_xlabel("x")
