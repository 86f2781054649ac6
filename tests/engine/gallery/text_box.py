# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(1)
x = 30 * np.random.randn(1000)
fig, ax = plt.subplots(num="A box of text")
ax.hist(x, 30, histtype="stepfilled", color="0.7")
text = "\n".join((r"$\mu=%.2f$" % x.mean(), r"$\sigma=%.2f$" % x.std(), "n    = 1000"))
ax.text(
    0.05,
    0.95,
    text,
    transform=ax.transAxes,
    va="top",
    family="monospace",
    bbox=dict(boxstyle="round", facecolor="white", alpha=0.5),
)
