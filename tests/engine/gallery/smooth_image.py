# SPDX-License-Identifier: MIT
# expect: refused: holds a bitmap
import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots(num="Smooth")
ax.imshow(np.arange(25).reshape(5, 5), interpolation="bicubic")
