# SPDX-License-Identifier: MIT
# expect: drawn
import matplotlib.pyplot as plt

labels = "Frogs", "Hogs", "Dogs", "Logs"
fig, ax = plt.subplots(num="Animals")
ax.pie([15, 30, 45, 10], explode=(0, 0.1, 0, 0), labels=labels, autopct="%1.1f%%", shadow=True)
