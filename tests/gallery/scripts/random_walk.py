# SPDX-License-Identifier: MIT
# Expected: works
import numpy as np

# --8<-- [start:steps]
rng = np.random.default_rng(seed=11)
steps = rng.choice([-1, 1], size=(4, 100))
walks = steps.cumsum(axis=1)
print(walks[:, -1])
# --8<-- [end:steps]
# --8<-- [start:longer]
more = rng.choice([-1, 1], size=(4, 900))
walks = np.concatenate([walks, walks[:, -1:] + more.cumsum(axis=1)], axis=1)
print("ends at", walks[:, -1])
print("farthest", np.abs(walks).max())
# --8<-- [end:longer]
