# SPDX-License-Identifier: MIT
# Expected: works
import numpy as np

# --8<-- [start:points]
rng = np.random.default_rng(5)
centers = np.array([[0, 0], [5, 5], [0, 5]])
points = np.concatenate([rng.normal(c, 0.5, size=(20, 2)) for c in centers])
print(points.shape)
# --8<-- [end:points]
# --8<-- [start:iterate]
means = points[rng.choice(len(points), 3, replace=False)]
for iteration in range(20):
    nearest = ((points[:, None] - means) ** 2).sum(-1).argmin(1)
    new = np.array([points[nearest == k].mean(0) for k in range(3)])
    if np.allclose(new, means):
        print("converged after", iteration)
        break
    means = new
# --8<-- [end:iterate]
# --8<-- [start:report]
order = np.lexsort(means.T)
print(means[order].round(1))
print(np.bincount(nearest)[order])
# --8<-- [end:report]
