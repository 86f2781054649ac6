# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

x, y = np.random.default_rng(2).standard_normal((2, 1000))
fig, ax = plt.subplots(num="Hexagonal bins")
hb = ax.hexbin(x, y, gridsize=12, bins="log")
fig.colorbar(hb, ax=ax, label="counts")
