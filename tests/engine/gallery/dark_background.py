# SPDX-License-Identifier: MIT
# expect: refused: uses the color
import matplotlib.pyplot as plt

plt.style.use("dark_background")
plt.plot([0, 1])
plt.title("Dark")
