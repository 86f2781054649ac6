# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(0)
data = [np.random.normal(0, std, 100) for std in range(6, 10)]
fig, axs = plt.subplots(1, 2, figsize=(9, 4), num="Box plot vs. violin plot")
axs[0].violinplot(data, showmeans=False, showmedians=True)
axs[1].boxplot(data, notch=True, patch_artist=True)
for ax in axs:
    ax.yaxis.grid(True)
    ax.set_xticks([y + 1 for y in range(len(data))], labels=["x1", "x2", "x3", "x4"])
