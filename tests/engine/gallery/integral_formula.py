# SPDX-License-Identifier: MIT
# expect: refused: holds the formula
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 10)
fig, ax = plt.subplots(num="The area under the curve")
ax.plot(x, (x - 3) * (x - 5) * (x - 7) + 85)
ax.text(6, 30, r"$\int_a^b f(x)\mathrm{d}x$", horizontalalignment="center", fontsize=20)
