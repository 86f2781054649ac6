# SPDX-License-Identifier: MIT
import torch

from snippets.language_model.kv_cache.sizes import MODELS, cache_bytes, fixed, in_words
from snippets.language_model.windows_and_sinks.window import window

# --8<-- [start:row]
seen = window(6, 6, 4).sum(dim=-1)  # (queries,)
# --8<-- [end:row]

# --8<-- [start:sink_of_0]
scores = torch.zeros(3)  # three keys, all with the score 0
weights = torch.cat([scores, torch.zeros(1)]).softmax(dim=-1)[:3]
# --8<-- [end:sink_of_0]

# --8<-- [start:memory]
gemma = MODELS["Gemma 3 27B"]
windows = fixed(gemma)
long = cache_bytes(gemma, 131_072)
share = windows / long
# --8<-- [end:memory]

if __name__ == "__main__":
    # --8<-- [start:show_row]
    print("keys seen:", seen.tolist())
    # --8<-- [end:show_row]

    # --8<-- [start:show_sink_of_0]
    print("weights:", weights, "sum:", weights.sum().item())
    # --8<-- [end:show_sink_of_0]

    # --8<-- [start:show_memory]
    print(in_words(long))
    print(f"of which the windows are {share:.0%}")
    # --8<-- [end:show_memory]
