# SPDX-License-Identifier: MIT
# expect: refused: holds a text with path_effects
import matplotlib.pyplot as plt

with plt.xkcd():
    fig, ax = plt.subplots(num="Stove ownership")
    ax.plot([0, 1, 2], [1, 1, 0])
    ax.set_xlabel("time")
