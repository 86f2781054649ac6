# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots(1, 3, figsize=(9, 3), num="Scales")
x = np.linspace(0.1, 100, 200)
ax[0].loglog(x, x**2)
ax[1].semilogx(x, np.sin(x))
ax[2].plot(x - 50, x - 50)
ax[2].set_yscale("symlog", linthresh=10)
for one in ax:
    one.grid(True, which="major")
