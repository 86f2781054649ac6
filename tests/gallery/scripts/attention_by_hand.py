# SPDX-License-Identifier: MIT
# Expected: works
import numpy as np

np.set_printoptions(precision=3, suppress=True)

# --8<-- [start:softmax]
def softmax(z, axis=-1):
    z = z - z.max(axis=axis, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


print(softmax(np.array([1.0, 2.0, 3.0])))
# --8<-- [end:softmax]

if __name__ == "__main__":
    # --8<-- [start:demo]
    rng = np.random.default_rng(3)
    Q, K, V = rng.normal(size=(3, 4, 2))
    scores = Q @ K.T / np.sqrt(K.shape[-1])
    A = softmax(scores)
    print(A)
    print(A.sum(axis=1))
    # --8<-- [end:demo]
    # --8<-- [start:causal]
    mask = np.triu(np.ones_like(scores, dtype=bool), k=1)
    scores[mask] = -np.inf
    A = softmax(scores)
    print(A @ V)
    # --8<-- [end:causal]
