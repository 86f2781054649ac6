# SPDX-License-Identifier: MIT
# expect: refused: uses the color #e24a33
import matplotlib.pyplot as plt

plt.style.use("ggplot")
fig, ax = plt.subplots(num="In another style")
ax.plot([1, 3, 2])
