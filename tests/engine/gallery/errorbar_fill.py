# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

x = np.arange(0.1, 4, 0.5)
y = np.exp(-x)
fig, (upper, lower) = plt.subplots(nrows=2, sharex=True, num="Errors")
upper.errorbar(x, y, xerr=0.1, yerr=0.1 + 0.2 * x, fmt="-o", capsize=4)
upper.set_title("bars")
lower.plot(x, y)
lower.fill_between(x, y - 0.2, y + 0.2, alpha=0.2)
lower.set_title("a band")
