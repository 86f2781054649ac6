# SPDX-License-Identifier: MIT
# Expected: works
import numpy as np
from numpy.linalg import inv, lstsq, norm

# --8<-- [start:fit]
x = np.array([0.0, 1.0, 2.0, 3.0])
y = np.array([-1.0, 0.2, 0.9, 2.1])
A = np.vstack([x, np.ones_like(x)]).T
(m, c), *_ = lstsq(A, y, rcond=None)
print(f"{m:.2f} {c:.2f}")
# --8<-- [end:fit]
# --8<-- [start:normal]
theta = inv(A.T @ A) @ A.T @ y
assert np.allclose(theta, [m, c])
print(f"residual {norm(A @ theta - y):.3f}")
# --8<-- [end:normal]
# --8<-- [start:eigen]
values, vectors = np.linalg.eigh(np.array([[2.0, 1.0], [1.0, 2.0]]))
print(values.round(6))
# --8<-- [end:eigen]
