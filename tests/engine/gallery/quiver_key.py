# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

X, Y = np.meshgrid(np.arange(0, 2 * np.pi, 0.5), np.arange(0, 2 * np.pi, 0.5))
fig, ax = plt.subplots(num="Arrows scale with plot width")
Q = ax.quiver(X, Y, np.cos(X), np.sin(Y), units="width")
ax.quiverkey(Q, 0.9, 0.9, 2, r"$2 m s^{-1}$", labelpos="E")
ax.streamplot(X, Y, np.cos(X), np.sin(Y), density=0.4, color="C4")
