# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(1)
x = rng.normal(100, 15, size=437)
plt.figure(num="Histogram of IQ")
n, bins, patches = plt.hist(x, 50, density=True, alpha=0.75)
plt.plot(bins, np.exp(-((bins - 100) ** 2) / 450) / (15 * np.sqrt(2 * np.pi)), "--", color="k")
plt.xlabel("Smarts")
plt.ylabel("Probability density")
plt.title(r"$\mu=100,\ \sigma=15$")
plt.grid(True)
plt.tight_layout()
