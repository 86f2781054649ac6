# SPDX-License-Identifier: MIT
# expect: refused: colors numbers by the colormap 'viridis'
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 10, 30)
plt.scatter(x, np.sin(x), c=x, cmap="viridis")
plt.title("Colored by x")
plt.colorbar()
