# SPDX-License-Identifier: MIT
# expect: drawn
import io

import matplotlib.pyplot as plt

plt.plot([1, 2, 3, 4], "o-")
plt.ylabel("some numbers")
plt.title("Saved, too")
plt.savefig(io.BytesIO(), dpi=50, bbox_inches="tight")
