# SPDX-License-Identifier: MIT
# expect: refused: holds an image of 300 × 400 cells
import matplotlib.pyplot as plt
import numpy as np

plt.matshow(np.arange(120000).reshape(300, 400))
plt.title("Every pixel")
