# SPDX-License-Identifier: MIT
# expect: refused: holds a bitmap
import matplotlib.pyplot as plt
import numpy as np

image = np.zeros((20, 20, 3))
image[5:15, 5:15, 0] = 1
plt.imshow(image)
plt.title("A photo")
plt.axis("off")
