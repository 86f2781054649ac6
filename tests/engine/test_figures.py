# SPDX-License-Identifier: MIT
"""A matplotlib figure becomes an inline SVG that takes colors and font from the page."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest

from engine.run.figures import RC, svg_of
from snippets.drawing.maps import overview
from snippets.drawing.tables import matrices, product, weighted_sum
from snippets.drawing.tensors import COLORS
from snippets.drawing.weights import heat_map, softmax_bars
from snippets.walkthrough.attention_scores import scores, weights
from snippets.walkthrough.inputs import x
from snippets.walkthrough.outputs import outputs
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values

ROOT = Path(__file__).parents[2]

DRAWN_IN_THE_CHAPTERS = {
    "map": lambda: overview(*COLORS),
    "inputs": lambda: matrices("The inputs", inputs=x),
    "projection_weights": lambda: matrices(
        "Weights", w_query=w_query, w_key=w_key, w_value=w_value
    ),
    "keys": lambda: product("Keys", x, w_key, keys),
    "scores": lambda: product("Scores", queries, keys.T, scores, ("queries", "keys.T", "scores")),
    "softmax": lambda: softmax_bars("Softmax", scores[0], weights[0]),
    "weights": lambda: heat_map("Weights as a map", weights),
    "weighted_values": lambda: weighted_sum("Sum", weights[0], values, outputs[0]),
    "outputs": lambda: product(
        "Outputs", weights, values, outputs, ("weights", "values", "outputs")
    ),
}


@pytest.fixture(autouse=True)
def as_the_worker_sets_it():
    plt.close("all")
    with matplotlib.rc_context(RC):
        yield
    plt.close("all")


@pytest.fixture(params=DRAWN_IN_THE_CHAPTERS)
def chapter_figure(request):
    DRAWN_IN_THE_CHAPTERS[request.param]()
    return plt.gcf()


def plot(label="A plot", **text):
    """A figure of plain matplotlib: axes with ticks, lines, bars, markers and areas."""
    figure, axes = plt.subplots(num=label)
    axes.plot([1, 2, 3], color="C1", label="queries")
    axes.bar([1, 2], [1, 2], color="C3", alpha=0.3)
    axes.scatter([1, 2], [2, 1], color="C2")
    axes.fill_between([1, 2], [1, 2], color="C4", alpha=0.2)
    axes.set(**text)
    axes.legend()
    return figure


def svg(figure, prefix="p"):
    return ET.fromstring(svg_of(figure, prefix)).find("svg")


def texts(root):
    return ["".join(element.itertext()) for element in root.iter("text")]


def styles(root):
    return " ".join(element.get("style", "") for element in root.iter())


def test_a_drawing_of_a_chapter_weighs_less_than_8_kb(chapter_figure):
    assert len(svg_of(chapter_figure, "walkthrough-outputs-picture").encode()) < 8_000


def test_a_plain_plot_weighs_less_than_25_kb():
    assert len(svg_of(plot(), "p").encode()) < 25_000


def test_every_text_of_the_figure_is_text_in_the_svg(chapter_figure):
    drawn = [text.get_text() for text in chapter_figure.axes[0].texts]
    assert sorted(texts(svg(chapter_figure))) == sorted(drawn)


def test_the_svg_is_an_image_with_a_name_and_a_description(chapter_figure):
    root = svg(chapter_figure, "q")
    title, description = root.find("title"), root.find("desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == chapter_figure.get_label()
    assert description.text == chapter_figure.description


def test_without_a_description_the_texts_are_told_in_reading_order():
    figure, axes = plt.subplots(num="Words")
    axes.axis("off")
    for x_, y, word in ((0, 0, "last"), (1, 1, "second"), (0, 1, "first"), (0.5, 0.5, "third")):
        axes.text(x_, y, word)
    assert svg(figure).find("desc").text == "first, second, third, last"


@pytest.mark.parametrize("label", [{}, {"num": 7}, {"num": " "}])
def test_a_figure_without_a_title_is_refused(label):
    figure, _ = plt.subplots(**label)
    with pytest.raises(ValueError, match=r"a figure needs a title: plt.subplots\(num='…'\)"):
        svg_of(figure, "p")


def test_a_cycle_color_is_the_page_s_or_else_matplotlib_s_own():
    for i in range(10):
        figure, axes = plt.subplots(num=f"C{i}")
        axes.plot([0, 1], color=f"C{i}")
        used = set(re.findall(r"var\(--cycle-.*?\)", svg_of(figure, "p")))
        assert used == {f"var(--cycle-{i},{matplotlib.colors.to_hex(f'C{i}')})"}


def test_black_white_and_gray_follow_the_theme():
    figure, axes = plt.subplots(num="Ink")
    axes.axis("off")
    axes.plot([0, 1], color="black")
    axes.plot([0, 1], color="white")
    axes.plot([0, 1], color="0.4")
    used = re.findall(r"stroke:([^;]+)", styles(svg(figure)))
    assert "currentColor" in used and "var(--md-default-bg-color)" in used
    assert "color-mix(in srgb,currentColor 60%,transparent)" in used


@pytest.mark.parametrize(
    "color, base", [("C3", "var(--cycle-3,#d62728)"), ("black", "currentColor")]
)
def test_a_see_through_fill_is_a_tint(color, base):
    figure, axes = plt.subplots(num="Tint")
    axes.axis("off")
    axes.bar([0], [1], color=color, alpha=0.3)
    assert f"fill:color-mix(in srgb,{base} 30%,transparent)" in styles(svg(figure))


@pytest.mark.parametrize("draw", [*DRAWN_IN_THE_CHAPTERS.values(), plot])
def test_the_palette_alone_says_what_a_color_looks_like(draw):
    draw()
    drawn = svg_of(plt.gcf(), "p")
    assert not re.search(r"(?<!&)#[0-9a-fA-F]{3,8}\b", re.sub(r"var\(--cycle.*?\)", "", drawn))
    assert "rgb(" not in drawn and "font-family" not in drawn


def test_a_color_that_stands_for_no_tensor_is_refused():
    figure = plot("Pink")
    figure.axes[0].plot([0, 1], color="hotpink")
    with pytest.raises(ValueError, match=r"'Pink' uses the color #ff69b4.*C0 to C9"):
        svg_of(figure, "p")


def test_a_bitmap_is_refused():
    figure, axes = plt.subplots(num="Pixels")
    axes.imshow([[0, 1], [1, 0]])
    with pytest.raises(ValueError, match="'Pixels' holds a bitmap"):
        svg_of(figure, "p")


def test_ids_of_two_figures_on_a_page_differ_and_every_reference_arrives():
    page = f"<main>{svg_of(plot('One'), 'a')}{svg_of(plot('Two'), 'b/2')}</main>"
    ids = [e.get("id") for e in ET.fromstring(page).iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    references = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
    assert references and {one or other for one, other in references} <= set(ids)


def test_what_sticks_out_of_its_axes_stays_clipped():
    figure, axes = plt.subplots(num="Clipped")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.add_patch(plt.Rectangle((0.5, 0.5), 9, 9, color="C1"))
    axes.add_patch(plt.Rectangle((0.5, 0.5), 0.1, 0.1, color="C2"))
    assert len(re.findall("clip-path=", svg_of(figure, "p"))) == 1


def test_nothing_in_a_label_is_live():
    hostile = "</title><script>alert(1)</script> & {{ walkthrough/inputs: x }} \x02 $\\frac{a}{b}$"
    figure = plot(hostile, xlabel=hostile.replace("\x02", ""), title='" onload="alert(1)')
    figure.description = hostile + '\n\n--8<-- "x"'
    drawn = svg_of(figure, "p")
    assert "<script" not in drawn and "{{" not in drawn and "\x02" not in drawn
    root = ET.fromstring(drawn).find("svg")
    assert {name for e in root.iter() for name in e.attrib if name.startswith("on")} == set()
    assert root.find("title").text == hostile.replace("\x02 ", "")
    assert any("<script>alert(1)</script>" in text for text in texts(root))


def test_a_figure_is_one_html_block_for_markdown():
    drawn = svg_of(plot("Two\n\nlines", xlabel="a\n\nb"), "p")
    assert drawn.startswith('<figure class="drawing">\n') and drawn.endswith("</figure>\n")
    assert "\n\n" not in drawn and not re.search(r"\n\s", drawn)
    for unwanted in ("<?xml", "<!DOCTYPE", "<!--", "<metadata", "xmlns", "xlink"):
        assert unwanted not in drawn


def test_markdown_leaves_a_figure_whole():
    import markdown

    figure = plot("Stars *and* `ticks`", xlabel="a * b * c _d_ $e$ [f](g)")
    drawn = svg_of(figure, "p")
    page = markdown.markdown(f"Before.\n\n{drawn}\nAfter.", extensions=["md_in_html", "attr_list"])
    assert drawn.strip() in page


def test_a_figure_shrinks_with_the_page_but_its_letters_stay_readable(chapter_figure):
    root = svg(chapter_figure)
    assert "width" not in root.attrib and "height" not in root.attrib
    width = float(root.get("viewBox").split()[2])
    natural, least = map(float, re.findall(r"m..-width:(\d+)px", root.get("style")))
    sizes = [float(root.get("font-size"))]
    sizes += [float(size) for size in re.findall(r"font-size:([\d.]+)px", styles(root))]
    assert natural == pytest.approx(width, abs=1)
    assert min(sizes) * least / width >= 9.9
    assert least <= 358, "fits a phone of 390 px without scrolling"


def test_the_same_figure_is_the_same_in_every_process():
    code = (
        "import matplotlib; matplotlib.use('svg')\n"
        "from tests.engine.test_figures import *\n"
        "with matplotlib.rc_context(RC):\n"
        "    print(svg_of(plot(), 'p'), end='')\n"
    )
    drawn = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "2")
    ]
    assert drawn[0] == drawn[1] == svg_of(plot(), "p")


def test_drawing_twice_gives_the_same_bytes():
    one = svg_of(plot(), "p")
    plt.close("all")
    assert svg_of(plot(), "p") == one


def test_what_a_snippet_sets_for_svg_changes_no_figure_and_stays_set():
    one = svg_of(plot(), "p")
    plt.close("all")
    theirs = {"svg.fonttype": "path", "svg.hashsalt": "mine"}
    matplotlib.rcParams.update(theirs)
    assert svg_of(plot(), "p") == one
    assert {name: matplotlib.rcParams[name] for name in theirs} == theirs


@pytest.mark.parametrize("label", [r"$\alpha$", r"$\mathdefault{10^{0}}$"])
def test_a_formula_in_a_figure_is_refused(label):
    figure, axes = plt.subplots(num="Formula")
    axes.set_title(label)
    with pytest.raises(ValueError, match="'Formula' holds the formula"):
        svg_of(figure, "p")


def test_what_the_theme_cannot_color_is_refused():
    figure, axes = plt.subplots(num="Hatched")
    axes.bar([1], [1], hatch="/", color="red")
    with pytest.raises(ValueError, match="'Hatched' needs <pattern> in its SVG"):
        svg_of(figure, "p")


def test_a_link_in_a_figure_is_refused():
    figure, axes = plt.subplots(num="Linked")
    axes.plot([0, 1], color="C1")[0].set_url("javascript:alert(1)")
    with pytest.raises(ValueError, match="'Linked' needs <a> in its SVG"):
        svg_of(figure, "p")
