# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(5)
fig, ax = plt.subplots(num="Volume and percent change")
points = ax.scatter(*rng.random((2, 40)), c=rng.random(40), s=400 * rng.random(40), alpha=0.5)
fig.colorbar(points, ax=ax, label="price")
ax.grid(True)
