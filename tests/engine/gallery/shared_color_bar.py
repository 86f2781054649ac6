# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(19680801)
fig, axs = plt.subplots(2, 2)
fig.suptitle("Multiple images")
images = [
    ax.imshow((1 + i) * np.random.rand(5, 8), vmin=0, vmax=4) for i, ax in enumerate(axs.flat)
]
fig.colorbar(images[0], ax=axs, orientation="horizontal", fraction=0.1)
