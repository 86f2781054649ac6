# SPDX-License-Identifier: MIT
"""The palette is readable in both themes, and its colors differ, also for the color-blind."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from engine.read.tensors import read_tensors
from engine.write.palette import palette_css
from snippets.drawing.pieces import tint
from snippets.drawing.tensors import COLORS
from tests.support.offenders import assert_none

ROOT = Path(__file__).parents[1]
both_themes = pytest.mark.parametrize("theme", ["light", "dark"])
TENSORS = {t.name: t for t in read_tensors(ROOT / "snippets/drawing/tensors.py", "")}
PALETTE = palette_css(TENSORS.values())
PROJECTIONS = ("w_query", "w_key", "w_value")
MAIN = [name for name in TENSORS if name not in PROJECTIONS]

# Differences by CIEDE2000, where about 2 is visible between large areas. Tensors appear in thin
# letters and small marks, so the seven main ones need six times as much. The paler projection
# weights, whose names are always shown, need four times as much.
APART, KIN_APART = 12, 8

# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
VISION = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
# Backgrounds of page and code in Material, for when docs/assets/site.css is not loaded.
GROUNDS = {
    "light": ["#ffffff", "#f5f5f5"],
    "dark": ["#1e2129", "#272a35"],
}


def colors(theme):
    light, dark = re.split(r'\[data-md-color-scheme="slate"\]\s*\{', PALETTE)
    block = light if theme == "light" else dark.partition("}")[0]
    found = dict(re.findall(r"--(tensor-[\w-]+):\s*(#[0-9a-f]{6});", block))
    return {name: found[tensor.css] for name, tensor in TENSORS.items()}


def site_colors(theme):
    """Return --paper, --ink and --wash of the site's own style sheet."""
    css = (ROOT / "docs/assets/site.css").read_text(encoding="utf-8")
    scheme = "default" if theme == "light" else "slate"
    block = re.search(rf'\[data-md-color-scheme="{scheme}"\]\s*\{{([^}}]*--paper[^}}]*)\}}', css)[1]
    found = dict(re.findall(r"--(paper|ink|wash):\s*(#[0-9a-f]{3,6});", block))
    return {k: "#" + "".join(2 * c for c in v[1:]) if len(v) == 4 else v for k, v in found.items()}


def grounds(theme):
    site = site_colors(theme)
    return [*GROUNDS[theme], site["paper"], site["wash"]]


def rgb(color):
    return np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def linear(encoded):
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the WCAG 2 contrast of two encoded RGB colors."""
    dark, light = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(linear_rgb):
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    t = to_xyz @ np.clip(linear_rgb, 0, 1) / to_xyz.sum(axis=1)
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(lab1, lab2):
    """Return the color difference of Sharma, Wu and Dalal 2005."""
    (L1, a1, b1), (L2, a2, b2) = lab1, lab2
    C7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(C7 / (C7 + 25**7))
    a1, a2 = a1 * stretch, a2 * stretch
    C1, C2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    dL, dC, dH = L2 - L1, C2 - C1, 2 * np.sqrt(C1 * C2) * np.sin(np.radians(turn) / 2)
    L, C, h = (L1 + L2) / 2, (C1 + C2) / 2, h1 + turn / 2
    T = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    SL = 1 + 0.015 * (L - 50) ** 2 / np.sqrt(20 + (L - 50) ** 2)
    SC, SH = 1 + 0.045 * C, 1 + 0.015 * C * T
    twist = np.sin(np.radians(60 * np.exp(-((((h % 360) - 275) / 25) ** 2))))
    RT = -2 * np.sqrt(C**7 / (C**7 + 25**7)) * twist
    return np.sqrt((dL / SL) ** 2 + (dC / SC) ** 2 + (dH / SH) ** 2 + RT * (dC / SC) * (dH / SH))


def difference(one, other, vision):
    return ciede2000(*(lab(VISION[vision] @ linear(rgb(color))) for color in (one, other)))


def test_the_measure_of_difference_gives_the_published_values():
    published = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ]
    for one, other, value in published:
        assert ciede2000(one, other) == pytest.approx(value, abs=1e-4)


@both_themes
def test_a_tensor_s_name_is_readable_on_the_page_and_in_code(theme):
    palette = colors(theme)
    assert_none(
        f"{name} on {ground}"
        for name in TENSORS
        for ground in grounds(theme)
        if contrast(rgb(palette[name]), rgb(ground)) < 4.5
    )


@both_themes
def test_a_number_is_readable_on_the_deepest_tint_of_a_cell(theme):
    site = {key: rgb(color) for key, color in site_colors(theme).items()}

    def cell(name):
        return tint(1) * rgb(colors(theme)[name]) + (1 - tint(1)) * site["paper"]

    assert_none(name for name in TENSORS if contrast(site["ink"], cell(name)) < 4.5)


def too_close(theme, pairs, least):
    """Yield the pairs of tensors whose colors are too close for some kind of vision."""
    palette = colors(theme)
    for vision in VISION:
        for one, other in pairs:
            apart = difference(palette[one], palette[other], vision)
            if apart < least:
                yield f"{one} and {other}, {vision} vision: {apart:.1f}"


@both_themes
def test_the_seven_tensors_can_be_told_apart(theme):
    assert_none(too_close(theme, [*combinations(MAIN, 2)], APART))


@both_themes
def test_the_projection_weights_can_be_told_from_each_other_and_from_what_they_make(theme):
    beside = [*combinations(PROJECTIONS, 2)]
    beside += [(w, name) for w in PROJECTIONS for name in ("inputs", "queries", "keys", "values")]
    assert_none(too_close(theme, beside, KIN_APART))


@both_themes
def test_the_projection_weights_are_paler_than_what_they_make(theme):
    def chroma(name):
        return np.hypot(*lab(linear(rgb(colors(theme)[name])))[1:])

    made = zip(PROJECTIONS, MAIN[1:4], strict=True)
    assert_none(w for w, product in made if chroma(w) >= 0.75 * chroma(product))


def test_each_tensor_has_a_class_that_takes_its_color():
    rule = r"\.{0} \{{ color: var\(--{0}\); \}}"
    assert_none(
        name for name, tensor in TENSORS.items() if not re.search(rule.format(tensor.css), PALETTE)
    )


def test_a_figure_s_cycle_color_is_the_tensor_s_color_in_either_theme():
    # Not on :root, where the variables would be resolved once, with the light theme's colors.
    drawing = re.search(r"\.drawing \{([^}]*)\}", PALETTE)[1]
    assert_none(
        name
        for name, tensor in TENSORS.items()
        if f"--cycle-{COLORS[name][1]}: var(--{tensor.css});" not in drawing
    )


def test_no_color_is_set_outside_the_two_blocks_of_the_palette():
    assert len(re.findall(r"#[0-9a-f]{3,8}\b", PALETTE)) == 2 * len(TENSORS)


def test_paper_gets_the_colors_made_for_paper():
    assert re.search(r'@media screen \{\s*\[data-md-color-scheme="slate"\] \{', PALETTE)
