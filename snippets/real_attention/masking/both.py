# SPDX-License-Identifier: MIT
from snippets.real_attention.masking.causal import causal
from snippets.real_attention.masking.padding import padding

both = padding & causal  # (batch, queries, keys)
