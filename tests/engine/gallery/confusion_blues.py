# SPDX-License-Identifier: MIT
# expect: refused: colors numbers by the colormap 'Blues'
import matplotlib.pyplot as plt
import numpy as np

matrix = np.array([[13, 0, 0], [0, 10, 6], [0, 0, 9]])
fig, ax = plt.subplots(num="Confusion matrix")
im = ax.imshow(matrix, interpolation="nearest", cmap=plt.cm.Blues)
ax.figure.colorbar(im, ax=ax)
ax.set(xlabel="Predicted label", ylabel="True label")
