# SPDX-License-Identifier: MIT
"""Turn a matplotlib figure into an inline SVG that takes its colors and its font from the page.

Matplotlib's cycle colors C0 to C9 become the page's custom properties `--cycle-0` to `--cycle-9`,
black becomes the color of its text and white its background; so a figure fits both themes.
"""

from __future__ import annotations

import contextlib
import functools
import html
import io
import re
import warnings
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import QuadMesh
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from engine.run.environment import digest

TAB10 = [to_hex(color) for color in mpl.color_sequences["tab10"]]
INK, PAPER = "currentColor", "var(--md-default-bg-color,Canvas)"
BASES = {hex_: f"var(--cycle-{i},{hex_})" for i, hex_ in enumerate(TAB10)}
BASES |= {"#000000": INK, "#ffffff": PAPER}
GRAYS = "engine-grays"  # about as light as viridis, for which a snippet may have chosen its texts
mpl.colormaps.register(LinearSegmentedColormap.from_list(GRAYS, ["0", "0.85"]), force=True)

RC = {
    "axes.edgecolor": "black",
    "axes.facecolor": "none",
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "figure.figsize": (6.0, 3.6),
    "figure.max_open_warning": 0,
    "font.size": 13,
    "image.cmap": GRAYS,
    "legend.facecolor": "white",
    "savefig.bbox": "standard",
    "svg.fonttype": "none",
}
"""Settings that the worker makes before it runs a snippet. A point in matplotlib is a pixel."""

# Not set with `rc_context`, which would copy all of matplotlib's settings for each figure.
SAVED_WITH = {"svg.fonttype": "none", "svg.hashsalt": "figure"}
MAX_SVG = 2 * 10**6  # characters that matplotlib may write: far more than any drawing here
MAX_CELLS = 10_000  # of an image
COLOR_BAR_STEPS = 64
MIN_TEXT = 10  # px: a wide figure scrolls on a phone before its letters get smaller than this
UNSUPPORTED = {"a", "filter", "linearGradient", "pattern", "radialGradient"}
FORMULA = re.compile(r"<!-- (.*?) -->\s*<g[^>]*>\s*<text>\s*<tspan")
INITIAL = {
    ("fill-rule", "nonzero"),
    ("font-style", "normal"),
    ("font-weight", "400"),
    ("font-weight", "normal"),
    ("opacity", "1"),
    ("stroke-linecap", "butt"),
    ("stroke-width", "1"),
    ("text-anchor", "start"),
}


def written(figure: Figure) -> str:
    """Return the figure as matplotlib writes it, the same text for the same drawing.

    Raises ValueError when it is animated, or too large for a page.
    """
    refuse_animation(figure)
    lay_out(figure)
    buffer = io.StringIO()
    rc: Any = mpl.rcParams
    before = {name: rc[name] for name in SAVED_WITH}
    rc.update(SAVED_WITH)
    try:
        with drawn_as_cells(figure), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*(tight|constrained)_layout")  # not the author's
            figure.savefig(buffer, format="svg", metadata={"Date": None})
    finally:
        rc.update(before)
    if buffer.tell() > MAX_SVG:
        raise ValueError(
            f"the figure '{title_of(figure)}' takes {buffer.tell() / 10**6:.0f} MB: a page can "
            f"show {MAX_SVG // 10**6} MB at the most; draw fewer marks"
        )
    return buffer.getvalue()


def digest_of(figure: Figure, text: str) -> str:
    """Digest of a figure's label, description and SVG; `text` is its `written` form."""
    description = getattr(figure, "description", None) or ""
    return digest("\0".join([title_of(figure), description, text]).encode())


def title_of(figure: Figure) -> str:
    """Return the figure's label, or else the title above it or above its first axes, or ""."""
    titles = [figure.get_label(), figure.get_suptitle(), *(a.get_title() for a in figure.axes)]
    return next((str(title) for title in titles if str(title).strip()), "")


def svg_of(figure: Figure, prefix: str, text: str | None = None) -> str:
    """Return the figure as `<figure class="drawing">…</figure>`, without a blank line.

    `prefix` begins every id, so it has to be unique on its page. The title is `title_of` it,
    the description is `figure.description` or else the figure's texts in reading order. `text` is
    its `written` form, if that is known.

    Raises ValueError when the figure has no title, is too large for a page, or contains something
    whose colors could not follow the theme.
    """
    if not (title := one_line(title_of(figure))):
        raise ValueError("a figure needs a title: plt.subplots(num='…')")
    try:
        for mappable in figure.findobj(lambda artist: isinstance(artist, ScalarMappable)):
            refuse_colormap(mappable)
        text = text or written(figure)
        svg = elements(text)
        typeset_formulas(svg, FORMULA.findall(html.unescape(text)))
        texts = ", ".join(texts_in_order(svg))
        description = getattr(figure, "description", None) or texts
        prefix = re.sub(r"[^\w.-]+", "-", prefix)
        draw_in_place(svg)
        merge_cells(svg)
        drop_needless_clips(svg)
        prefix_ids(svg, prefix)
        for element in svg.iter():
            restyle(element)
    except Unsupported as error:
        raise ValueError(f"the figure '{title}' {error}") from error
    shorten(svg)
    set_root(svg, prefix, title, one_line(description))
    inner = ET.tostring(svg, encoding="unicode", short_empty_elements=True)
    inner = re.sub(r"\s*\n\s*", "\n", inner.strip()).replace(" />", "/>")
    # A brace could pass for the page's inline form.
    inner = inner.replace("{", "&#123;").replace("}", "&#125;")
    return f'<figure class="drawing">\n{inner}\n</figure>\n'


class Unsupported(Exception):
    """Raised for what a page cannot show; the message continues "the figure 'Scores' …"."""


# Before matplotlib writes it


def refuse_animation(figure: Figure) -> None:
    for reference in figure.canvas.callbacks.callbacks.get("close_event", {}).values():
        owner = getattr(reference(), "__self__", None)  # an animation stops when its figure closes
        if type(owner).__module__ == "matplotlib.animation":
            raise ValueError(
                f"the figure '{title_of(figure)}' is animated, and a page shows still pictures: "
                f"draw some of its frames side by side, with plt.subplots(1, 3)"
            )


def lay_out(figure: Figure) -> None:
    """Fit the labels into a figure whose layout the snippet left to matplotlib.

    Not a setting in RC, with which matplotlib would warn of `tight_layout` and `subplots_adjust`.
    """
    rc: Any = mpl.rcParams
    untouched = {side: rc[f"figure.subplot.{side}"] for side in vars(figure.subplotpars)}
    in_grid = [axes for axes in figure.axes if axes.get_subplotspec()]
    if not in_grid or figure.get_layout_engine() or vars(figure.subplotpars) != untouched:
        return
    bars = {axes for axes in figure.axes if hasattr(axes, "_colorbar")}
    if not bars & set(in_grid):
        figure.set_layout_engine("constrained")
    elif bars <= set(in_grid):  # constrained layout fails with the grid of such a color bar
        figure.set_layout_engine("tight")


def refuse_colormap(mappable: Any) -> None:
    """Refuse a colormap that takes other colors than grays, or tints of a cycle color."""
    array = mappable.get_array()
    if array is None or array.ndim > 2:
        return
    colormap = mappable.get_cmap()
    colors = {to_hex(color) for color in colormap(np.arange(colormap.N))}
    others = "give it cmap='Greys', or the tints of one color: LinearSegmentedColormap.from_list"
    try:
        for color in colors:
            page_color(color)
    except Unsupported as error:
        raise Unsupported(
            f"colors numbers by the colormap '{colormap.name}', which could not follow the theme: "
            f"{others}('tints', ['white', 'C5'])"
        ) from error
    if min(colors) == TAB10[7] and max(colors) == "#ffffff":
        raise Unsupported(
            f"colors numbers by tints of C7, which cannot be told from grays: "
            f"{others}('tints', [('C7', 0), 'C7'])"
        )


@contextlib.contextmanager
def drawn_as_cells(figure: Figure) -> Iterator[None]:
    """Draw images and color bars, which matplotlib would write as bitmaps, as colored cells."""
    replaced: list[tuple[Any, Any, Any]] = []  # an artist, the corners of its cells, their numbers
    for image in figure.findobj(AxesImage):
        array = image.get_array()
        smooth = image.get_interpolation() not in ("auto", "antialiased", "nearest", "none")
        if type(image) is not AxesImage or array is None or array.ndim != 2 or smooth:
            continue
        if array.size > MAX_CELLS:
            rows, columns = array.shape
            raise ValueError(
                f"the figure '{title_of(figure)}' holds an image of {rows} × {columns} cells: a "
                f"page can show {MAX_CELLS}; show a part or every n-th cell of it, as in x[::4]"
            )
        left, right, bottom, top = image.get_extent()
        if image.origin == "upper":
            bottom, top = top, bottom
        x = np.linspace(left, right, array.shape[1] + 1)
        y = np.linspace(bottom, top, array.shape[0] + 1)
        replaced.append((image, np.stack(np.meshgrid(x, y), axis=-1), array))
    for bar in figure.findobj(QuadMesh):
        if bar.get_rasterized() and hasattr(bar.axes, "_colorbar"):
            numbers: Any = np.ma.asarray(bar.get_array())
            corners = np.asarray(bar.get_coordinates())
            steps = [min(n, COLOR_BAR_STEPS) for n in numbers.shape]
            edges = [
                np.linspace(0, n, step + 1).round().astype(int)
                for n, step in zip(numbers.shape, steps, strict=True)
            ]
            middles = [(some[:-1] + some[1:]) // 2 for some in edges]
            replaced.append((bar, corners[np.ix_(*edges)], numbers[np.ix_(*middles)]))
    cells = []
    for artist, corners, array in replaced:
        mesh = QuadMesh(corners, array=array, cmap=artist.get_cmap(), norm=artist.norm)
        mesh.set(alpha=artist.get_alpha(), zorder=artist.get_zorder(), antialiased=False)
        mesh.set(transform=artist.get_transform(), visible=artist.get_visible())
        artist.axes.add_collection(mesh, autolim=False)
        artist.set_visible(False)
        cells.append((artist, mesh))
    try:
        yield
    finally:
        for artist, mesh in cells:
            artist.set_visible(mesh.get_visible())
            mesh.remove()


# What matplotlib has written


def one_line(text: object) -> str:
    return " ".join(printable(str(text)).split())


def printable(text: str) -> str:
    """Drop the control characters that XML forbids and Markdown uses as marks of its own."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "", text)


def elements(text: str) -> ET.Element:
    """Parse what matplotlib has written, without namespaces, comments and metadata."""
    svg = ET.fromstring(printable(text))
    for element in svg.iter():
        element.tag = element.tag.partition("}")[2] or element.tag
        element.attrib = {key.rpartition("}")[2]: v for key, v in element.attrib.items()}
        if element.tag not in ("text", "tspan"):
            element.text = None
        elif "  " in (element.text or ""):
            element.text = (element.text or "").replace(" ", "\xa0")  # columns stay aligned
        element.tail = None
    if svg.find(".//image") is not None:
        raise Unsupported(
            "holds a bitmap (a photo, a smoothed image or a rasterized artist): draw numbers with "
            "imshow(x) or pcolormesh(x), so that their colors follow the theme"
        )
    if found := next((one.tag for one in svg.iter() if one.tag in UNSUPPORTED), None):
        raise Unsupported(
            f"needs <{found}> in its SVG (a hatch, a gradient or a link), whose colors could not "
            f"follow the theme: draw it with plain marks"
        )
    texts = (group for group in svg.iter("g") if group.get("id", "").startswith("text_"))
    if any(group.find("path") is not None for group in texts):
        raise Unsupported(
            "holds a text with path_effects, which is no text any more: leave them out"
        )
    for parent in list(svg.iter()):
        for child in list(parent):
            if child.tag in ("metadata", "style"):
                parent.remove(child)
    return svg


def typeset_formulas(svg: ET.Element, formulas: list[str]) -> None:
    """Make each formula a text whose superscripts and subscripts are raised and lowered."""
    groups = [group for group in svg.iter("g") if group.find("text/tspan") is not None]
    for group, formula in zip(groups, formulas, strict=True):
        text, *bars = group
        glyphs = sorted(text, key=lambda glyph: float(glyph.get("x", 0)))
        styles = [declarations(glyph) for glyph in glyphs]
        if bars or any(style["font-family"] != "'DejaVu Sans'" for style in styles):
            raise Unsupported(
                f"holds the formula {formula}, of which a page can show letters, superscripts and "
                f"subscripts alone: write it without \\frac, \\sqrt, \\sum and the like, or in the "
                f"page's text"
            )
        sizes = [float(style.pop("font-size")[:-2]) for style in styles]
        level = float(glyphs[sizes.index(max(sizes))].get("y", 0))
        text.set("style", f"{group.attrib.pop('style', '')};font-size:{max(sizes):g}px")
        text.text, text[:] = None, []
        script = ""
        for glyph, style, size in zip(glyphs, styles, sizes, strict=True):
            if size < max(sizes):
                style["font-size"] = f"{size:g}px"
            glyph.set("style", ";".join(f"{key}:{style[key]}" for key in style if "font-" in key))
            last = text[-1] if len(text) else None
            if last is not None and all(last.get(key) == glyph.get(key) for key in ("style", "y")):
                word = (last.text or "") + (glyph.text or "")
                if word.isalnum():  # in one run, which the page's font may make shorter
                    last.text = word
                    continue
            depth = float(glyph.get("y", 0)) - level
            before, script = script, "^" if depth < -1 else "_" if depth > 1 else ""
            glyph.set("script", script if script != before else "")
            text.append(glyph)


def texts_in_order(svg: ET.Element) -> list[str]:
    """Return the texts from top to bottom, left to right, with 10³ as `10^3`; drop `script`."""
    placed = []
    above = {child: parent for parent in svg.iter() for child in parent}
    for text in svg.iter("text"):
        words = one_line(
            (text.text or "")
            + "".join(span.attrib.pop("script", "") + (span.text or "") for span in text)
        )
        transform = text.get("transform") or above[text].get("transform") or ""
        place = re.search(r"translate\(\s*([-\d.]+)[ ,]+([-\d.]+)", transform)
        x, y = place.groups() if place else (text.get("x", 0), text.get("y", 0))
        if words:
            placed.append((round(float(y)), float(x), words))
    return [words for _, _, words in sorted(placed)]


def draw_in_place(svg: ET.Element) -> None:
    """Put each mark that is used by its id where it is used.

    The theme's instant navigation sets `href` on all that have one, and stops at a <use>, which
    lets nobody set it.
    """
    paths = {path.get("id"): path for path in svg.iterfind(".//defs/path")}
    for use in svg.iter("use"):
        path = paths[use.attrib.pop("href").removeprefix("#")]
        x, y = use.attrib.pop("x", "0"), use.attrib.pop("y", "0")
        style = f"{path.get('style', '')};{use.get('style', '')}".strip(";")
        use.tag = "path"
        use.set("d", path.get("d", ""))
        use.set("transform", f"translate({x} {y}) {path.get('transform', '')}".strip())
        if style:
            use.set("style", style)
    for defs in svg.iter("defs"):
        for path in defs.findall("path"):
            defs.remove(path)


def merge_cells(svg: ET.Element) -> None:
    """Draw the cells of one color in one path, and no seams between the cells."""
    for group in svg.iter("g"):
        if not group.get("id", "").startswith("QuadMesh"):
            continue
        if len({declarations(path).get("fill") for path in group} - {"none"}) > 1:
            for path in group:  # C7 is a gray itself: here it is one of many
                path.set("style", path.get("style", "").replace(TAB10[7], "#808080"))
        first: dict[tuple[str | None, ...], ET.Element] = {}
        for path in list(group):
            kind = first.setdefault((path.get("style"), path.get("clip-path")), path)
            if kind is not path:
                kind.set("d", f"{kind.get('d')} {path.get('d')}")
                group.remove(path)
        group.set("shape-rendering", "crispEdges")


def drop_needless_clips(svg: ET.Element) -> None:
    """Drop clip paths where nothing sticks out: matplotlib clips all that is drawn in axes."""
    boxes = {}
    for clip in svg.iter("clipPath"):
        rect = clip.find("rect")
        if rect is not None:
            x, y, width, height = (float(rect.get(k, 0)) for k in ("x", "y", "width", "height"))
            boxes[f"url(#{clip.get('id')})"] = (x - 1, y - 1, x + width + 1, y + height + 1)
    for path in svg.iter("path"):
        box = boxes.get(path.get("clip-path", ""))
        numbers = [float(n) for n in re.findall(r"-?\d[\d.]*", path.get("d", ""))]
        if box and numbers:
            xs, ys = numbers[0::2], numbers[1::2]
            if box[0] <= min(xs) and box[1] <= min(ys) and max(xs) <= box[2] and max(ys) <= box[3]:
                del path.attrib["clip-path"]


def prefix_ids(svg: ET.Element, prefix: str) -> None:
    """Keep the ids that something refers to, numbered behind the prefix."""
    reference = re.compile(r"url\(#([^)]+)\)")
    used: dict[str, str] = {}
    for element in svg.iter():
        for key in ("clip-path", "style"):
            if found := reference.search(element.get(key, "")):
                new = used.setdefault(found[1], f"{prefix}-{len(used) + 1}")
                element.set(key, element.get(key, "").replace(f"#{found[1]}", f"#{new}"))
    for element in svg.iter():
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in used:
                element.set("id", used[old])


def declarations(element: ET.Element) -> dict[str, str]:
    """Return an element's style as a dictionary."""
    return dict(re.findall(r"([\w-]+)\s*:\s*([^;]+?)\s*(?:;|$)", element.get("style", "")))


def restyle(element: ET.Element) -> None:
    """Rewrite an element's style: the page's colors, its font, and no defaults."""
    style = declarations(element)
    family = style.pop("font-family", "").lower()
    if generic := re.search(r"mono|(?<!sans-)serif$|cursive$|fantasy$", family):
        style["font-family"] = generic[0].replace("mono", "monospace")
    opacity = float(style.pop("opacity", 1))
    for paint in ("fill", "stroke"):
        alpha = opacity * float(style.pop(f"{paint}-opacity", 1))
        if paint in style:
            style[paint] = page_color(style[paint], alpha)
        elif paint == "fill" and alpha < 1 and element.tag in ("path", "text"):
            style[paint] = page_color("#000000", alpha)  # matplotlib leaves black unsaid
    if style.get("fill") == INK:
        del style["fill"]  # the root says so already
    for key in ("font-size", "stroke-width"):
        if key in style:
            style[key] = rounded(style[key], 2)
    element.attrib.pop("style", None)
    if kept := [f"{key}:{value}" for key, value in style.items() if (key, value) not in INITIAL]:
        element.set("style", ";".join(kept))


@functools.cache
def page_color(color: str, alpha: float = 1) -> str:
    """Return the page's color for one of matplotlib's.

    A gray is a mixture of the page's text and its background. A color between a cycle color and
    white or black, such as one of a heat map or of a shaded surface, is that color mixed with the
    background or the text.

    Raises Unsupported for other colors.
    """
    if color == "none" or color.startswith("url("):
        return color
    mixed = BASES.get(color)
    if mixed is None and color[1:3] == color[3:5] == color[5:]:
        mixed = mixture(INK, 1 - int(color[1:3], 16) / 255, PAPER)
    if mixed is None:
        error, base, share, end = min(
            (*nearest(color, base, end), end) for base in TAB10 for end in ("#ffffff", "#000000")
        )
        if error > 1:
            close = min(range(10), key=lambda i: sum((rgb(color) - rgb(TAB10[i])) ** 2))
            raise Unsupported(
                f"uses the color {color}, which could not follow the theme: use C0 to C9 "
                f"(C{close} is nearest), black, white or a gray"
            )
        mixed = mixture(BASES[base], share, BASES[end])
    return mixture(mixed, alpha, "transparent")


def mixture(color: str, share: float, other: str) -> str:
    if share >= 0.995:
        return color
    return f"color-mix(in srgb,{color} {share:.0%},{other})"


def nearest(color: str, base: str, end: str) -> tuple[float, str, float]:
    """Return how far `color` is from a mixture of two others, the first, and its share in it."""
    way = rgb(base) - rgb(end)
    share = float(np.clip((rgb(color) - rgb(end)) @ way / (way @ way), 0, 1))
    return float(abs(rgb(end) + share * way - rgb(color)).max()), base, share


def rgb(color: str) -> Any:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])


def shorten(svg: ET.Element) -> None:
    """Round coordinates; drop what draws nothing and groups that say nothing."""
    for element in svg.iter():
        for key in ("x", "y", "width", "height"):
            if key in element.attrib:
                element.set(key, rounded(element.attrib[key], 1))
        if "d" in element.attrib:
            path = rounded(element.attrib["d"], 1)
            element.set("d", re.sub(r"\s*([A-Za-z])\s*", r"\1", path).strip())
        if "transform" in element.attrib:
            transform = rounded(element.attrib["transform"], 2)
            if re.fullmatch(r"rotate\(-?0( [-\d. ]+)?\)", transform):
                del element.attrib["transform"]
            else:
                element.set("transform", transform)
    flatten(svg)


def flatten(parent: ET.Element) -> None:
    children = []
    for child in list(parent):
        flatten(child)
        parent.remove(child)
        if child.tag == "g" and not child.attrib:
            children += list(child)
        elif not is_idle(child):
            children.append(child)
    parent.extend(children)


def is_idle(element: ET.Element) -> bool:
    """Whether it can go: empty, without a paint, or a clip path that nothing refers to."""
    if element.tag == "path" and "id" not in element.attrib:
        style = element.get("style", "")
        return "fill:none" in style and "stroke:" not in style
    if element.tag == "clipPath":
        return "id" not in element.attrib
    return element.tag in ("g", "defs") and not len(element)


def rounded(text: str, digits: int) -> str:
    def shorter(number: re.Match[str]) -> str:
        value = f"{float(number[0]):.{digits}f}"
        value = value.rstrip("0").rstrip(".") if "." in value else value
        return "0" if value == "-0" else value

    return re.sub(r"-?\d+\.\d+(?:e-?\d+)?", shorter, text)


def set_root(svg: ET.Element, prefix: str, title: str, description: str) -> None:
    """Name the drawing, and let it shrink with the page as far as its letters stay readable."""
    styles = [(text, text.get("style", "")) for text in svg.iter("text")]
    sizes = Counter(
        float(found[1]) for _, s in styles if (found := re.search(r"font-size:([\d.]+)", s))
    )
    usual = f"{max(sizes, key=lambda s: (sizes[s], s)):g}" if sizes else "13"
    for text, style in styles:
        style = ";".join(s for s in style.split(";") if s and s != f"font-size:{usual}px")
        text.attrib.pop("style", None)
        if style:
            text.set("style", style)

    view_box = svg.attrib["viewBox"]
    width = float(view_box.split()[2])
    least = min(width, width * MIN_TEXT / min(sizes, default=13))
    svg.attrib = {
        "viewBox": rounded(view_box, 1),
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "font-size": usual,
        "style": f"max-width:{width:.0f}px;min-width:{least:.0f}px",
    }
    children = list(svg)
    for child in children:
        svg.remove(child)
    for tag, words in (("title", title), ("desc", description)):
        ET.SubElement(svg, tag, {"id": f"{prefix}-{tag}"}).text = words
    svg.extend(children)
    svg.text = "\n"
    for child in svg:
        child.tail = "\n"
