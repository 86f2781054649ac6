# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(19680801)
theta = np.linspace(0.0, 2 * np.pi, 12, endpoint=False)
ax = plt.subplot(projection="polar")
ax.bar(theta, 10 * np.random.rand(12), width=0.4, bottom=0.0, alpha=0.5)
ax.set_title("Bars on a polar axis")
