# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

x = np.arange(14)
y = np.sin(x / 2)
fig, (a, b) = plt.subplots(2, 1, num="Steps and stems")
a.step(x, y + 2, label="pre (default)")
a.step(x, y + 1, where="mid", label="mid")
a.plot(x, y + 1, "o--", color="grey", alpha=0.3)
a.legend(title="Parameter where:")
b.stem(x, y)
b.axhline(0, ls=":", c="0.5")
