# SPDX-License-Identifier: MIT
"""A matplotlib figure becomes an inline SVG with the page's colors and font."""

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
from matplotlib import patheffects
from matplotlib.animation import FuncAnimation

from engine.run.figures import RC, save_svg, svg_of
from engine.run.svg import PAPER, page_color
from snippets.drawing.maps import two_lists
from snippets.drawing.tables import matrices, product, weighted_sum
from snippets.drawing.weights import heat_map, softmax_bars
from snippets.walkthrough.attention_scores import scores, weights
from snippets.walkthrough.inputs import x
from snippets.walkthrough.outputs import outputs
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values

ROOT = Path(__file__).parents[2]

DRAWN_IN_THE_CHAPTERS = {
    "map": lambda: two_lists(
        "Lists",
        target=x[:2],
        source=x,
        queries=queries[:2],
        keys=keys,
        values=values,
        weights=weights[:2],
        outputs=outputs[:2],
    ),
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
    """Return a figure of plain matplotlib: axes with ticks, lines, bars, markers and areas."""
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


def test_the_default_description_is_the_texts_in_reading_order():
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


def test_a_cycle_color_is_a_variable_with_matplotlibs_color_as_fallback():
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
    assert "currentColor" in used and PAPER in used
    assert f"color-mix(in srgb,currentColor 60%,{PAPER})" in used, "it covers what is below it"


@pytest.mark.parametrize(
    "color, base", [("C3", "var(--cycle-3,#d62728)"), ("black", "currentColor")]
)
def test_a_transparent_fill_is_a_tint(color, base):
    figure, axes = plt.subplots(num="Tint")
    axes.axis("off")
    axes.bar([0], [1], color=color, alpha=0.3)
    assert f"fill:color-mix(in srgb,{base} 30%,transparent)" in styles(svg(figure))


@pytest.mark.parametrize("draw", [*DRAWN_IN_THE_CHAPTERS.values(), plot])
def test_only_the_palette_defines_colors(draw):
    draw()
    drawn = svg_of(plt.gcf(), "p")
    assert not re.search(r"(?<!&)#[0-9a-fA-F]{3,8}\b", re.sub(r"var\(--cycle.*?\)", "", drawn))
    assert "rgb(" not in drawn and "font-family" not in drawn


def test_a_color_that_could_not_follow_the_theme_is_refused_with_the_nearest_that_can():
    figure = plot("Pink")
    figure.axes[0].plot([0, 1], color="hotpink")
    with pytest.raises(
        ValueError, match=r"'Pink' uses the color #ff69b4.*C0 to C9 \(C6 is nearest"
    ):
        svg_of(figure, "p")


def test_a_color_between_a_cycle_color_and_white_or_black_is_their_mixture():
    c5, c0 = "var(--cycle-5,#8c564b)", "var(--cycle-0,#1f77b4)"
    tint = matplotlib.colors.LinearSegmentedColormap.from_list("", ["white", "C5"])(0.25)
    assert page_color(matplotlib.colors.to_hex(tint)) == f"color-mix(in srgb,{c5} 25%,{PAPER})"
    shade = matplotlib.colors.to_hex([part * 0.3 for part in matplotlib.colors.to_rgb("C0")])
    assert page_color(shade) == f"color-mix(in srgb,{c0} 30%,currentColor)"
    outer = f"color-mix(in srgb,color-mix(in srgb,{c0} 30%,currentColor) 50%,transparent)"
    assert page_color(shade, 0.5) == outer


def cells(root):
    """Return for each mesh a count of cells by style."""
    meshes = [group for group in root.iter("g") if "shape-rendering" in group.attrib]
    return [{p.get("style"): p.get("d").count("M") for p in group} for group in meshes]


def test_an_image_and_its_color_bar_are_cells_in_the_page_s_colors():
    figure, axes = plt.subplots(num="Cells")
    tints = matplotlib.colors.LinearSegmentedColormap.from_list("tints", ["white", "C5"])
    image = axes.imshow([[0, 1, 0.5], [1, 0, 1]], cmap=tints)
    figure.colorbar(image)
    drawn, bar = cells(svg(figure))
    c5 = "fill:var(--cycle-5,#8c564b)"
    half = f"fill:color-mix(in srgb,var(--cycle-5,#8c564b) 50%,{PAPER})"
    assert drawn == {f"fill:{PAPER}": 2, c5: 3, half: 1}
    assert sum(bar.values()) == 64 and c5 in bar
    assert image.get_visible() and len(axes.collections) == 0, "the snippet's figure is as it was"


@pytest.mark.parametrize("origin, row", [("upper", 0), ("lower", 1)])
def test_the_cells_of_an_image_are_where_matplotlib_puts_them(origin, row):
    figure, axes = plt.subplots(num="Places", dpi=72)
    axes.imshow([[0, 0, 0], [0, 0, 9]], cmap="Greys", origin=origin, extent=(0, 6, 0, 2))
    bright = next(
        p for p in svg(figure).iter("path") if p.get("style") is None and "L" in p.get("d")
    )
    points = [float(n) for n in re.findall(r"[\d.]+", bright.get("d"))]
    bottom = figure.bbox.height - axes.transData.transform((4, row))[1]
    assert min(points[0::2]) == pytest.approx(axes.transData.transform((4, row))[0], abs=0.1)
    assert max(points[1::2]) == pytest.approx(bottom, abs=0.1)


def test_a_missing_number_has_no_cell():
    figure, axes = plt.subplots(num="Hole")
    axes.pcolormesh([[1, float("nan")]])
    assert sum(sum(group.values()) for group in cells(svg(figure))) == 1


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes, x: axes.pcolormesh([x], cmap="gray"),
        lambda axes, x: axes.scatter(x, x, c=x, cmap="gray"),
    ],
)
def test_a_gray_among_grays_is_not_taken_for_c7(draw):
    figure, axes = plt.subplots(num="Grays")
    draw(axes, list(range(256)))
    assert "#7f7f7f" in save_svg(figure) and "cycle-7" not in svg_of(figure, "p")


def test_c7_beside_other_colors_stays_c7():
    figure, axes = plt.subplots(num="Two")
    axes.scatter([1, 2, 3], [1, 2, 3], c=["C7", "C1", "black"])
    assert "cycle-7" in svg_of(figure, "p")


def test_labels_that_stick_out_of_a_chosen_layout_are_not_cut_off():
    figure, axes = plt.subplots(num="Tall")
    axes.set_xlabel("three\nlines\nof text")
    figure.subplots_adjust(bottom=0)
    root = svg(figure)
    height = float(root.get("viewBox").split()[3])
    assert all(float(text.get("y") or 0) < height for text in root.iter("text"))
    assert height > 3.6 * 72 + 3 * 13


def test_the_rows_of_a_table_are_as_high_as_its_texts():
    figure, axes = plt.subplots(num="Rows")
    table = axes.table([["1"], ["2"]], loc="center")
    figure.canvas.draw()
    cell = table[0, 0].get_window_extent(figure.canvas.get_renderer())
    assert cell.height > 13 * figure.dpi / 72


def test_without_a_colormap_numbers_become_grays():
    figure, axes = plt.subplots(num="Grays")
    axes.imshow([[0, 1]])
    light = f"fill:color-mix(in srgb,currentColor 15%,{PAPER})"
    assert cells(svg(figure)) == [{None: 1, light: 1}]


@pytest.mark.parametrize(
    "draw, message",
    [
        (lambda axes: axes.imshow([[0, 1]], cmap="viridis"), "by the colormap 'viridis'.*'Greys'"),
        (lambda axes: axes.contour([[0, 1], [1, 2]], cmap="hot"), "by the colormap 'hot'"),
        (lambda axes: axes.imshow([[[0.5, 0.5, 0.5]]]), "holds a bitmap"),
        (lambda axes: axes.imshow([[0, 1]], interpolation="bilinear"), "holds a bitmap"),
        (lambda axes: axes.imshow([[0] * 200] * 100), "an image of 100 × 200 cells.*10000"),
        (lambda axes: axes.plot([0, 1], rasterized=True), "holds a bitmap"),
        (lambda axes: axes.bar([1], [1], hatch="/", color="C1"), "needs <pattern> in its SVG"),
        (
            lambda axes: axes.plot([0, 1], color="C1")[0].set_url("javascript:alert(1)"),
            "needs <a> in its SVG",
        ),
        (
            lambda axes: axes.imshow([[0, 1]], cmap=ramp("white", "C7")),
            r"tints of C7.*\[\('C7', 0\), 'C7'\]",
        ),
        (
            lambda axes: axes.text(0, 0, "a", path_effects=[patheffects.withStroke(linewidth=3)]),
            "a text with path_effects",
        ),
        (
            lambda axes: axes.set_title(r"$\frac{a}{b}$"),
            r"the formula \$\\frac\{a\}\{b\}\$, of which",
        ),
        (lambda axes: axes.set_title(r"$\sum_i x_i$"), r"the formula \$\\sum_i x_i\$"),
        (lambda axes: axes.set_title(r"$\sqrt{2}$"), r"the formula"),
    ],
)
def test_a_figure_that_a_page_cannot_show_faithfully_is_refused(draw, message):
    figure, axes = plt.subplots(num="Figure")
    draw(axes)
    with pytest.raises(ValueError, match=f"^the figure 'Figure' .*{message}"):
        svg_of(figure, "p")


def test_an_animation_is_refused():
    figure, axes = plt.subplots(num="Moving")
    (line,) = axes.plot([0, 1])
    moving = FuncAnimation(figure, lambda i: (line,), frames=2)
    with pytest.raises(ValueError, match=r"'Moving' is animated.*plt\.subplots\(1, 3\)"):
        save_svg(figure)
    moving._draw_was_started = True  # silences matplotlib's warning about unused animations
    still, _ = plt.subplots(num="Still")
    assert save_svg(still)


def ramp(*colors):
    return matplotlib.colors.LinearSegmentedColormap.from_list("ramp", colors)


def test_tints_of_c7_can_be_expressed_by_opacity():
    figure, axes = plt.subplots(num="Tints")
    axes.imshow([[0, 0.5, 1]], cmap=ramp(("C7", 0), "C7"))
    tint = "color-mix(in srgb,var(--cycle-7,#7f7f7f) 50%,transparent)"
    assert cells(svg(figure)) == [{f"fill:{tint}": 1, "fill:var(--cycle-7,#7f7f7f)": 1}]


def test_the_labels_of_a_log_axis_are_text_with_raised_exponents():
    figure, axes = plt.subplots(num="Log")
    axes.semilogy([1, 2], [0.01, 100])
    root = svg(figure)
    label = next(text for text in root.iter("text") if "".join(text.itertext()) == "10−2")
    spans = list(label)
    assert float(spans[1].get("y")) < float(spans[0].get("y")) - 3
    assert "font-size:9.1px" in spans[1].get("style") and spans[0].get("style") is None
    assert "10^−2" in root.find("desc").text and "script" not in ET.tostring(root, "unicode")


def test_a_formula_of_letters_superscripts_and_subscripts_is_text():
    figure, axes = plt.subplots(num="Formula", subplot_kw={"xticks": [], "yticks": []})
    axes.set_xlabel(r"loss $\alpha_i^2$", color="C1")
    root = svg(figure)
    (text,) = root.iter("text")
    assert "".join(text.itertext()).replace("\xa0", " ") == "loss αi2"
    assert root.find("desc").text == "loss α_i^2"
    assert "fill:var(--cycle-1,#ff7f0e)" in text.get("style")
    assert [span.get("style") for span in text if span.text == "α"] == ["font-style:oblique"]


def test_a_dollar_sign_stays_a_dollar_sign():
    figure, axes = plt.subplots(num="Price", subplot_kw={"xticks": [], "yticks": []})
    axes.text(0, 0, "It costs $5.")
    axes.text(0, 1, r"From \$5 to \$6.")
    assert sorted(texts(svg(figure))) == ["From $5 to $6.", "It costs $5."]


def test_a_family_and_the_blanks_between_columns_are_kept():
    figure, axes = plt.subplots(num="Columns", subplot_kw={"xticks": [], "yticks": []})
    axes.text(0, 0, "a   b", family="monospace")
    axes.text(0, 1, "serif", family="serif")
    axes.text(1, 1, "plain")
    style = {"".join(t.itertext()): t.get("style", "") for t in svg(figure).iter("text")}
    assert "font-family:monospace" in style["a\xa0\xa0\xa0b"]
    assert "font-family:serif" in style["serif"] and "font-family" not in style["plain"]


@pytest.mark.parametrize(
    "arrange",
    [
        lambda figure: figure.tight_layout(),
        lambda figure: figure.subplots_adjust(left=0.3),
        lambda figure: figure.colorbar(figure.axes[0].images[0], ax=list(figure.axes)),
    ],
)
def test_a_layout_chosen_by_the_snippet_is_kept_without_a_warning(arrange):
    figure, all_axes = plt.subplots(1, 2, num="Layout")
    for axes in all_axes:
        axes.imshow([[1]])
    arrange(figure)
    figure.canvas.draw()
    before = [axes.get_position().bounds for axes in figure.axes[:2]]
    save_svg(figure)
    if figure.get_layout_engine() is None or len(figure.axes) == 2:
        assert [axes.get_position().bounds for axes in figure.axes[:2]] == before


def test_labels_fit_into_the_figure_by_default():
    figure, axes = plt.subplots(num="Long")
    axes.set(yticks=[0], yticklabels=["a label that needs a lot of room"])
    save_svg(figure)
    assert axes.get_tightbbox(figure.canvas.get_renderer()).x0 >= 0


def test_a_figure_without_a_label_is_named_by_its_title():
    figure, axes = plt.subplots()
    axes.set_title("Sine")
    assert svg(figure).find("title").text == "Sine"
    figure.suptitle("Waves")
    assert svg(figure).find("title").text == "Waves"


def test_ids_of_two_figures_on_a_page_differ_and_every_reference_resolves():
    page = f"<main>{svg_of(plot('One'), 'a')}{svg_of(plot('Two'), 'b/2')}</main>"
    ids = [e.get("id") for e in ET.fromstring(page).iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    references = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
    assert references and {one or other for one, other in references} <= set(ids)


def test_shapes_beyond_the_axes_stay_clipped():
    figure, axes = plt.subplots(num="Clipped")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.add_patch(plt.Rectangle((0.5, 0.5), 9, 9, color="C1"))
    axes.add_patch(plt.Rectangle((0.5, 0.5), 0.1, 0.1, color="C2"))
    assert len(re.findall("clip-path=", svg_of(figure, "p"))) == 1


def test_labels_never_become_markup():
    hostile = "</title><script>alert(1)</script> & {{ walkthrough/inputs: x }} \x02 --> <!-- $5"
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


def test_markdown_leaves_a_figure_unchanged():
    import markdown

    figure = plot("Stars *and* `ticks`", xlabel="a * b * c _d_ $e$ [f](g)")
    drawn = svg_of(figure, "p")
    page = markdown.markdown(f"Before.\n\n{drawn}\nAfter.", extensions=["md_in_html", "attr_list"])
    assert drawn.strip() in page


def test_a_figure_shrinks_with_the_page_but_its_letters_stay_readable(chapter_figure):
    root = svg(chapter_figure)
    assert "width" not in root.attrib and "height" not in root.attrib
    width = float(root.get("viewBox").split()[2])
    natural, least = map(float, re.findall(r"m..-width:([\d.]+)r?[ep][mx]", root.get("style")))
    sizes = [float(root.get("font-size"))]
    sizes += [float(size) for size in re.findall(r"font-size:([\d.]+)px", styles(root))]
    assert natural * float(root.get("font-size")) == pytest.approx(width, abs=1)
    assert min(sizes) * least / width >= 9.9
    assert least <= 358, "fits a phone of 390 px without scrolling"


@pytest.mark.slow
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


def test_svg_settings_of_a_snippet_change_no_figure_and_stay_set():
    one = svg_of(plot(), "p")
    plt.close("all")
    theirs = {"svg.fonttype": "path", "svg.hashsalt": "mine"}
    matplotlib.rcParams.update(theirs)
    assert svg_of(plot(), "p") == one
    assert {name: matplotlib.rcParams[name] for name in theirs} == theirs
