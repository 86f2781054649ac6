# SPDX-License-Identifier: MIT
# expect: refused: a figure needs a title
import matplotlib.pyplot as plt

plt.plot([1, 2, 3])
