# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

vegetables = ["cucumber", "tomato", "lettuce"]
farmers = ["Joe", "Upland", "Smith", "Agri"]
harvest = np.array([[0.8, 2.4, 2.5, 3.9], [2.4, 0.0, 4.0, 1.0], [1.1, 2.4, 0.8, 4.3]])
fig, ax = plt.subplots()
im = ax.imshow(harvest, cmap="Greys", vmax=9)
ax.set_xticks(range(len(farmers)), labels=farmers, rotation=45, ha="right", rotation_mode="anchor")
ax.set_yticks(range(len(vegetables)), labels=vegetables)
for i in range(len(vegetables)):
    for j in range(len(farmers)):
        ax.text(j, i, harvest[i, j], ha="center", va="center", color="k")
ax.set_title("Harvest of local farmers (in tons/year)")
fig.tight_layout()
