# SPDX-License-Identifier: MIT
# expect: refused: is animated
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots(num="A wave")
x = np.arange(0, 2 * np.pi, 0.01)
(line,) = ax.plot(x, np.sin(x))
ani = FuncAnimation(fig, lambda i: line.set_ydata(np.sin(x + i / 50)), interval=20, frames=50)
