# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 2 * np.pi, 100)
fig, axs = plt.subplots(2, 2)
fig.suptitle("Sharing both axes")
for i, ax in enumerate(axs.flat):
    ax.plot(x, np.sin(x + i), f"C{i}")
    ax.set(xlabel="x-label", ylabel="y-label")
    ax.label_outer()
fig.subplots_adjust(hspace=0.4)
