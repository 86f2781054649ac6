# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

x, y = np.meshgrid(np.linspace(-3, 3, 40), np.linspace(-2, 2, 30))
z = (1 - x / 2 + x**5 + y**3) * np.exp(-(x**2) - y**2)
tints = LinearSegmentedColormap.from_list("tints", ["C0", "white", "C1"])
fig, ax = plt.subplots(num="A mesh")
mesh = ax.pcolormesh(x, y, z, cmap=tints, vmin=-abs(z).max(), vmax=abs(z).max(), shading="auto")
fig.colorbar(mesh, ax=ax, extend="max")
