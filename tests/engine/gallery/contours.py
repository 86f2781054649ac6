# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

x, y = np.meshgrid(np.arange(-3.0, 3.0, 0.1), np.arange(-2.0, 2.0, 0.1))
z = np.exp(-(x**2) - y**2) - np.exp(-((x - 1) ** 2) - (y - 1) ** 2)
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.5), num="Contours")
lines = left.contour(x, y, z, colors="k")
left.clabel(lines, fontsize=10)
filled = right.contourf(x, y, z, levels=8)
fig.colorbar(filled, ax=right)
