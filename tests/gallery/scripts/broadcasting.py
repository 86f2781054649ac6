# SPDX-License-Identifier: MIT
# Expected: works
import numpy as np

# --8<-- [start:outer]
rows = np.arange(3)[:, None]
cols = np.arange(4)
print(rows * 10 + cols)
# --8<-- [end:outer]
# --8<-- [start:center]
data = np.array([[1.0, 200.0], [3.0, 600.0]])
data -= data.mean(axis=0)
data /= data.std(axis=0)
print(data)
# --8<-- [end:center]
# --8<-- [start:distances]
a, b = np.eye(3), np.zeros((2, 3))
b[1] = 1
d = np.sqrt(((a[:, None] - b) ** 2).sum(-1))
print(d.round(3))
# --8<-- [end:distances]
# --8<-- [start:mistake]
try:
    np.ones((3, 2)) + np.ones(3)
except ValueError as e:
    print("ValueError:", e)
# --8<-- [end:mistake]
