# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt

fruits = ["apple", "blueberry", "cherry", "orange"]
counts = [40, 100, 30, 55]
fig, ax = plt.subplots()
container = ax.bar(fruits, counts, label=fruits, color=["C0", "C1", "C2", "C3"])
ax.bar_label(container, fmt="%d kg")
ax.set_ylabel("fruit supply")
ax.set_title("Fruit supply by kind")
ax.legend(title="Fruit", ncols=2, loc="upper right")
ax.margins(y=0.4)
