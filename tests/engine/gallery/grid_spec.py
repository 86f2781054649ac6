# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
from matplotlib.gridspec import GridSpec

fig = plt.figure(num="A grid", figsize=(7, 4))
gs = GridSpec(3, 3, figure=fig)
for i, place in enumerate([gs[0, :], gs[1, :-1], gs[1:, -1], gs[-1, 0], gs[-1, -2]]):
    ax = fig.add_subplot(place)
    ax.text(0.5, 0.5, f"ax{i + 1}", va="center", ha="center")
    ax.tick_params(labelbottom=False, labelleft=False)
