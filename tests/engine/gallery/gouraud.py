# SPDX-License-Identifier: MIT
# expect: refused: needs <
import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots(num="Shaded triangles")
ax.pcolormesh(np.arange(9).reshape(3, 3), shading="gouraud")
