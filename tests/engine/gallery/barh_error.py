# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(19680801)
people = ("Tom", "Dick", "Harry", "Slim", "Jim")
y_pos = np.arange(len(people))
performance = 3 + 10 * np.random.rand(len(people))
fig, ax = plt.subplots(num="How fast do you want to go today?")
ax.barh(y_pos, performance, xerr=np.random.rand(len(people)), align="center", ecolor="black")
ax.set_yticks(y_pos, labels=people)
ax.invert_yaxis()
ax.set_xlabel("Performance")
