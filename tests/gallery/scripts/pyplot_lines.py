# SPDX-License-Identifier: MIT
# Expected: works
import matplotlib.pyplot as plt
import numpy as np

plt.rcParams["figure.figsize"] = (4, 2)

# --8<-- [start:waves]
x = np.linspace(0, 2 * np.pi, 50)
plt.figure(num="Waves")
for k in (1, 2):
    plt.plot(x, np.sin(k * x), label=f"sin {k}x")
plt.legend()
print("two curves")
# --8<-- [end:waves]
# --8<-- [start:bars]
fig, ax = plt.subplots(num="Bars")
bars = ax.bar(["a", "b"], [3, 5])
ax.set_ylabel("count")
print(len(bars))
# --8<-- [end:bars]
# --8<-- [start:area]
print(f"{np.trapezoid(np.sin(x[:25]), x[:25]):.2f}")
# --8<-- [end:area]
