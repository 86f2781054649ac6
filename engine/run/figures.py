# SPDX-License-Identifier: MIT
"""Turns a matplotlib figure into an inline SVG that takes its colors and its font from the page.

A drawing says only *which* tensor it shows, with matplotlib's cycle colors C0 to C9. What those
colors look like is decided by `docs/assets/palette.css` alone, once for each theme.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING

from engine.run.sources import digest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TAB10 = (
    "#1f77b4",
    "#ff7f0e",
    "#2ca02c",
    "#d62728",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#17becf",
)

RC = {
    "axes.edgecolor": "black",
    "axes.facecolor": "none",
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "figure.figsize": (6.0, 3.6),
    "figure.max_open_warning": 0,
    "font.size": 13,
    "savefig.bbox": "standard",
    "svg.fonttype": "none",
    "text.parse_math": False,
}
"""What the worker sets before it runs a snippet. A point in matplotlib is a pixel on the page."""

# Not set with `rc_context`, which would copy all of matplotlib's settings for each figure.
WRITTEN_WITH = {"svg.fonttype": "none", "svg.hashsalt": "figure"}
MOST_DRAWING = 2 * 10**6  # characters that matplotlib may write: far more than any drawing here
SMALLEST_TEXT = 10  # px: a wide figure scrolls on a phone before its letters get smaller than this

UNKNOWN = {"a", "filter", "linearGradient", "pattern", "radialGradient"}

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


COLOR_OF_HEX = {color: f"var(--cycle-{i},{color})" for i, color in enumerate(TAB10)}


def written(figure: Figure) -> str:
    """The figure as matplotlib writes it, which is the same text for the same drawing.

    Raises ValueError when it is too large for a page.
    """
    import matplotlib as mpl

    buffer = io.StringIO()
    theirs = {name: mpl.rcParams[name] for name in WRITTEN_WITH}
    mpl.rcParams.update(WRITTEN_WITH)
    try:
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    finally:
        mpl.rcParams.update(theirs)
    if buffer.tell() > MOST_DRAWING:
        raise ValueError(
            f"the figure '{figure.get_label()}' takes {buffer.tell() / 10**6:.0f} MB: a page can "
            f"show {MOST_DRAWING // 10**6} MB at the most; draw fewer marks"
        )
    return buffer.getvalue()


def digest_of(figure: Figure, text: str) -> str:
    """Tells a figure, with all that is said of it, from others; `text` is what is `written`."""
    return digest("\0".join([figure.get_label(), _described(figure) or "", text]).encode())


def svg_of(figure: Figure, prefix: str, text: str | None = None) -> str:
    """The figure as `<figure class="drawing">…</figure>`, without a blank line.

    `prefix` begins every id, so it has to be unique on its page. The title is the figure's label,
    the description is `figure.description` or else the figure's texts in reading order. `text` is
    what is `written`, where that is known.

    Raises ValueError when the figure has no title, holds a bitmap, uses a color that stands for no
    tensor, or is too large for a page.
    """
    title = _one_line(figure.get_label())
    if not title:
        raise ValueError("a figure needs a title: plt.subplots(num='…')")
    svg = _elements(text or written(figure), title)
    texts = _texts_in_reading_order(svg)
    if formula := next((text for text in texts if re.fullmatch(r"\$.*\\[a-z].*\$", text)), None):
        raise ValueError(
            f"the figure '{title}' holds the formula {formula}, which is not typeset: write plain "
            f"text, and the ticks of a log axis with set_xticks(places, labels)"
        )
    description = _one_line(_described(figure) or ", ".join(texts))

    prefix = re.sub(r"[^\w.-]+", "-", prefix)
    _draw_in_place(svg)
    _drop_needless_clips(svg)
    _prefix_ids(svg, prefix)
    for element in svg.iter():
        _restyle(element, title)
    _shorten(svg)
    _set_root(svg, prefix, title, description)
    inner = ET.tostring(svg, encoding="unicode", short_empty_elements=True)
    inner = re.sub(r"\s*\n\s*", "\n", inner.strip()).replace(" />", "/>")
    # A brace could pass for the page's inline form.
    inner = inner.replace("{", "&#123;").replace("}", "&#125;")
    return f'<figure class="drawing">\n{inner}\n</figure>\n'


def _one_line(text: str) -> str:
    return " ".join(_printable(text).split())


def _printable(text: str) -> str:
    """Without the control characters that XML forbids and Markdown uses as marks of its own."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "", text)


def _described(figure: Figure) -> str | None:
    return getattr(figure, "description", None)


def _elements(text: str, title: str) -> ET.Element:
    """What matplotlib has written, as elements without namespaces, comments and metadata."""
    svg = ET.fromstring(_printable(text))
    for element in svg.iter():
        element.tag = element.tag.partition("}")[2] or element.tag
        element.attrib = {key.rpartition("}")[2]: v for key, v in element.attrib.items()}
        if element.tag != "text" and element.tag != "tspan":
            element.text = None
        element.tail = None if element.tag != "tspan" else element.tail
    if svg.find(".//image") is not None:
        raise ValueError(
            f"the figure '{title}' holds a bitmap (imshow, or a rasterized artist): "
            "draw cells as patches, so that text stays text and colors follow the theme"
        )
    if found := next((one.tag for one in svg.iter() if one.tag in UNKNOWN), None):
        raise ValueError(
            f"the figure '{title}' needs <{found}> in its SVG (a hatch, a gradient or a link), "
            f"whose colors could not follow the theme: draw it with plain marks"
        )
    for parent in list(svg.iter()):
        for child in list(parent):
            if child.tag in ("metadata", "style"):
                parent.remove(child)
    return svg


def _texts_in_reading_order(svg: ET.Element) -> list[str]:
    placed = []
    for text in svg.iter("text"):
        words = _one_line("".join(text.itertext()))
        place = re.search(r"translate\(\s*([-\d.]+)[ ,]+([-\d.]+)", text.get("transform", ""))
        x, y = place.groups() if place else (text.get("x", 0), text.get("y", 0))
        if words:
            placed.append((round(float(y)), float(x), words))
    return [words for _, _, words in sorted(placed)]


def _draw_in_place(svg: ET.Element) -> None:
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
        use.set("d", path.get("d"))
        use.set("transform", f"translate({x} {y}) {path.get('transform', '')}".strip())
        if style:
            use.set("style", style)
    for defs in svg.iter("defs"):
        for path in defs.findall("path"):
            defs.remove(path)


def _drop_needless_clips(svg: ET.Element) -> None:
    """Matplotlib clips all that is drawn in axes, also where nothing sticks out."""
    boxes = {}
    for clip in svg.iter("clipPath"):
        rect = clip.find("rect")
        if rect is not None:
            x, y, width, height = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
            boxes[f"url(#{clip.get('id')})"] = (x - 1, y - 1, x + width + 1, y + height + 1)
    for path in svg.iter("path"):
        box = boxes.get(path.get("clip-path"))
        numbers = [float(n) for n in re.findall(r"-?\d[\d.]*", path.get("d", ""))]
        if box and numbers:
            xs, ys = numbers[0::2], numbers[1::2]
            if box[0] <= min(xs) and box[1] <= min(ys) and max(xs) <= box[2] and max(ys) <= box[3]:
                del path.attrib["clip-path"]


def _prefix_ids(svg: ET.Element, prefix: str) -> None:
    """Keep the ids that something refers to, numbered behind the prefix."""
    reference = re.compile(r"url\(#([^)]+)\)|^#(.+)$")
    used: dict[str, str] = {}
    for element in svg.iter():
        for key, value in element.attrib.items():
            if key in ("href", "clip-path", "style") and (found := reference.search(value)):
                old = found[1] or found[2]
                new = used.setdefault(old, f"{prefix}-{len(used) + 1}")
                element.set(key, value.replace(f"#{old}", f"#{new}"))
    for element in svg.iter():
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in used:
                element.set("id", used[old])


def _restyle(element: ET.Element, title: str) -> None:
    """Rewrite one element's style: colors of the page, font of the page, no defaults."""
    style = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+)", element.get("style", "")))
    style.pop("font-family", None)
    opacity = float(style.pop("opacity", 1))
    for paint in ("fill", "stroke"):
        alpha = opacity * float(style.pop(f"{paint}-opacity", 1))
        if paint in style:
            style[paint] = _page_color(style[paint].strip(), alpha, title)
        elif paint == "fill" and alpha < 1 and element.tag in ("path", "text", "use"):
            style[paint] = _page_color("#000000", alpha, title)  # matplotlib leaves black unsaid
    if style.get("fill") == "currentColor":
        del style["fill"]  # the root says so already
    for key in ("font-size", "stroke-width"):
        if key in style:
            style[key] = _rounded(style[key], 2)
    kept = [f"{key}:{v.strip()}" for key, v in style.items() if (key, v.strip()) not in INITIAL]
    element.attrib.pop("style", None)
    if kept:
        element.set("style", ";".join(kept))


def _page_color(color: str, alpha: float, title: str) -> str:
    """The page's color for one of matplotlib's: a tensor's, the text's, or the background's."""
    if color == "none" or color.startswith("url("):
        return color
    red, green, blue = color[1:3], color[3:5], color[5:7]
    if color in COLOR_OF_HEX:
        base = COLOR_OF_HEX[color]
    elif color == "#ffffff":
        base = "var(--md-default-bg-color)"
    elif red == green == blue:
        base, alpha = "currentColor", alpha * (1 - int(red, 16) / 255)
    else:
        raise ValueError(
            f"the figure '{title}' uses the color {color}, which stands for no tensor: "
            "use C0 to C9, black, white or a gray"
        )
    if alpha >= 0.995:
        return base
    return f"color-mix(in srgb,{base} {alpha:.0%},transparent)"


def _shorten(svg: ET.Element) -> None:
    """Round coordinates; drop what draws nothing and groups that say nothing."""
    for element in svg.iter():
        for key in ("x", "y", "width", "height"):
            if key in element.attrib:
                element.set(key, _rounded(element.get(key), 1))
        if "d" in element.attrib:
            path = _rounded(element.get("d"), 1)
            element.set("d", re.sub(r"\s*([A-Za-z])\s*", r"\1", path).strip())
        if "transform" in element.attrib:
            transform = _rounded(element.get("transform"), 2)
            if re.fullmatch(r"rotate\(-?0( [-\d. ]+)?\)", transform):
                del element.attrib["transform"]
            else:
                element.set("transform", transform)
    _flatten(svg)


def _flatten(parent: ET.Element) -> None:
    children = []
    for child in list(parent):
        _flatten(child)
        parent.remove(child)
        if child.tag == "g" and not child.attrib:
            children += list(child)
        elif not _is_idle(child):
            children.append(child)
    parent.extend(children)


def _is_idle(element: ET.Element) -> bool:
    """Whether it can go: empty, without a paint, or a clip path that nothing refers to."""
    if element.tag == "path" and "id" not in element.attrib:
        style = element.get("style", "")
        return "fill:none" in style and "stroke:" not in style
    if element.tag == "clipPath":
        return "id" not in element.attrib
    return element.tag in ("g", "defs") and not len(element)


def _rounded(text: str, digits: int) -> str:
    def shorter(number: re.Match) -> str:
        value = f"{float(number[0]):.{digits}f}"
        value = value.rstrip("0").rstrip(".") if "." in value else value
        return "0" if value == "-0" else value

    return re.sub(r"-?\d+\.\d+(?:e-?\d+)?", shorter, text)


def _set_root(svg: ET.Element, prefix: str, title: str, description: str) -> None:
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

    width = float(svg.get("viewBox").split()[2])
    least = min(width, width * SMALLEST_TEXT / min(sizes, default=13))
    view_box = _rounded(svg.get("viewBox"), 1)
    svg.attrib = {
        "viewBox": view_box,
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
    for tag, text in (("title", title), ("desc", description)):
        element = ET.SubElement(svg, tag, {"id": f"{prefix}-{tag}"})
        element.text = text
    svg.extend(children)
    svg.text = "\n"
    for child in svg:
        child.tail = "\n"
