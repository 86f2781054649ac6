# SPDX-License-Identifier: MIT
# expect: refused: uses the color #ff0000, which could not follow the theme: use C0 to C9 (C3
import matplotlib.pyplot as plt

plt.plot([1, 2, 3, 4], [1, 4, 9, 16], "ro")
plt.axis((0, 6, 0, 20))
plt.title("Red circles")
