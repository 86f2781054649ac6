# SPDX-License-Identifier: MIT
"""The style sheet with the colors of the tensors."""

from collections.abc import Iterable

from engine.model.tensors import Tensor

SHEET = """\
/* Written by the engine: one color for each tensor, wherever it appears. */

:root {{
{light}
}}

@media screen {{
  [data-md-color-scheme="slate"] {{
{dark}
  }}
}}

/* Two classes deep, to win over the colors of highlighted code. */
{classes}

/* The colors of matplotlib's cycle, C0 to C9, which figures name. */
.drawing {{
{cycle}
}}
"""


def palette_css(tensors: Iterable[Tensor]) -> str:
    """Return the style sheet: each tensor's colors, its class, and the cycle colors of figures."""
    tensors = list(tensors)
    return SHEET.format(
        light="\n".join(f"  --{t.css}: {t.light};" for t in tensors),
        dark="\n".join(f"    --{t.css}: {t.dark};" for t in tensors),
        classes="\n".join(f":root .{t.css} {{ color: var(--{t.css}); }}" for t in tensors),
        cycle="\n".join(f"  --cycle-{t.cycle}: var(--{t.css});" for t in tensors),
    )
