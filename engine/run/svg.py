# SPDX-License-Identifier: MIT
"""Rewrite matplotlib's SVG so that it takes its colors and its font from the page.

Matplotlib's cycle colors C0 to C9 become the page's custom properties `--cycle-0` to `--cycle-9`.
Black becomes the color of the page's text, and white the page's background, so that a figure fits
the light and the dark theme.
"""

import functools
import html
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex

TAB10 = [to_hex(color) for color in mpl.color_sequences["tab10"]]
INK, PAPER = "currentColor", "var(--md-default-bg-color,Canvas)"
BASES = {hex_: f"var(--cycle-{i},{hex_})" for i, hex_ in enumerate(TAB10)}
BASES |= {"#000000": INK, "#ffffff": PAPER}
MARK = "mark"  # the gid of an artist that shows an example, which the reader's own input replaces
MIN_TEXT = 10  # px; a wide figure scrolls on a phone before its letters get smaller than this
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


class Unsupported(Exception):
    """Raised if a page cannot show a figure; the message continues "the figure 'Scores' …"."""


def rewritten(text: str, prefix: str, title: str, description: str, numbers: str = "") -> str:
    """Return an SVG as `<figure class="drawing">…</figure>`, without blank lines.

    prefix: starts every id; description: replaced by the texts in reading order if it is empty
    numbers: the tensors that the figure shows, as JSON

    Raises Unsupported if the SVG contains an element that cannot follow the theme.
    """
    svg = elements(text)
    typeset_formulas(svg, FORMULA.findall(html.unescape(text)))
    texts = ", ".join(texts_in_order(svg))
    prefix = re.sub(r"[^\w.-]+", "-", prefix)
    draw_in_place(svg)
    mark_collections(svg)
    drop_needless_clips(svg)
    prefix_ids(svg, prefix)
    for element in svg.iter():
        restyle(element)
    merge_cells(svg)
    shorten(svg)
    set_root(svg, prefix, title, one_line(description or texts))
    inner = ET.tostring(svg, encoding="unicode", short_empty_elements=True)
    inner = re.sub(r"\s*\n\s*", "\n", inner.strip()).replace(" />", "/>")
    if not numbers:
        return f'<figure class="drawing">\n{without_braces(inner)}\n</figure>\n'
    data = without_braces(html.escape(one_line(numbers)))
    return (
        f'<figure class="drawing" data-numbers="{data}">\n{without_braces(inner)}\n'
        '<p class="told"></p>\n</figure>\n'
    )


def without_braces(text: str) -> str:
    """Return HTML with its braces escaped, since two of them could look like a value of a page."""
    return text.replace("{", "&#123;").replace("}", "&#125;")


def one_line(text: object) -> str:
    return " ".join(printable(str(text)).split())


def printable(text: str) -> str:
    """Return text without the control characters that XML forbids and Python-Markdown reserves."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "", text)


def elements(text: str) -> ET.Element:
    """Return matplotlib's SVG, parsed; raise Unsupported for bitmaps and the like."""
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
    if tag := next((element.tag for element in svg.iter() if element.tag in UNSUPPORTED), None):
        raise Unsupported(
            f"needs <{tag}> in its SVG (a hatch, a gradient, smooth shading or a link), whose "
            f"colors could not follow the theme: draw it with plain marks"
        )
    texts = (group for group in svg.iter("g") if group.get("id", "").startswith("text_"))
    if any(group.find("path") is not None for group in texts):
        raise Unsupported(
            "holds a text with path_effects, which is no text any more: leave path_effects out"
        )
    for parent in list(svg.iter()):
        for child in list(parent):
            if child.tag in ("metadata", "style"):
                parent.remove(child)
    return svg


def typeset_formulas(svg: ET.Element, formulas: list[str]) -> None:
    """Turn each formula into a text with raised and lowered spans; raise Unsupported for others."""
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
                if word.isalnum():  # one span, so that the page's font can set its own spacing
                    last.text = word
                    continue
            depth = float(glyph.get("y", 0)) - level
            before, script = script, "^" if depth < -1 else "_" if depth > 1 else ""
            glyph.set("script", script if script != before else "")
            text.append(glyph)


def texts_in_order(svg: ET.Element) -> list[str]:
    """Return the texts in reading order, 10³ as `10^3`; delete the `script` attributes."""
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
    """Replace each <use> by a copy of the <path> that it refers to.

    The theme's instant navigation sets `href` on all elements, and fails at a <use>.
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


def mark_collections(svg: ET.Element) -> None:
    """Mark the groups of cells for `merge_cells`, and turn C7 into a gray in groups with grays."""
    for group in svg.iter("g"):
        kind = re.match(r"(\w+)_\d+$", group.get("id", ""))
        if not kind or not kind[1].endswith(("Collection", "QuadMesh", "ContourSet")):
            continue
        marks = list(group.iter("path"))
        styles = [declarations(mark) for mark in marks]
        colors = {style.get(paint, "none") for style in styles for paint in ("fill", "stroke")}
        if any(is_gray(color) and color not in BASES for color in colors):
            for mark in marks:
                mark.set("style", mark.get("style", "").replace(TAB10[7], "#808080"))
        if kind[1] == "QuadMesh":
            group.set("shape-rendering", "crispEdges")  # avoids seams between cells


def merge_cells(svg: ET.Element) -> None:
    """Merge the cells of a group that have the same color into one path."""
    for group in svg.iter("g"):
        if "shape-rendering" in group.attrib:
            first: dict[tuple[str | None, ...], ET.Element] = {}
            for path in list(group):
                merged = first.setdefault((path.get("style"), path.get("clip-path")), path)
                if merged is not path:
                    merged.set("d", f"{merged.get('d')} {path.get('d')}")
                    group.remove(path)


def drop_needless_clips(svg: ET.Element) -> None:
    """Remove the clip paths, which matplotlib always sets, of paths that lie inside them."""
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
    """Rename the ids that are referenced to the prefix and a number; remove the others."""
    reference = re.compile(r"url\(#([^)]+)\)")
    used: dict[str, str] = {}
    for element in svg.iter():
        for key in ("clip-path", "style"):
            if match := reference.search(element.get(key, "")):
                new = used.setdefault(match[1], f"{prefix}-{len(used) + 1}")
                element.set(key, element.get(key, "").replace(f"#{match[1]}", f"#{new}"))
    for element in svg.iter():
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in used:
                element.set("id", used[old])
            elif old == MARK:
                element.set("class", MARK)


def declarations(element: ET.Element) -> dict[str, str]:
    """Return an element's style as a dictionary."""
    return dict(re.findall(r"([\w-]+)\s*:\s*([^;]+?)\s*(?:;|$)", element.get("style", "")))


def restyle(element: ET.Element) -> None:
    """Replace colors and fonts in an element's style by the page's, and remove default values."""
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
            style[paint] = page_color("#000000", alpha)  # matplotlib omits black
    if style.get("fill") == INK:
        del style["fill"]  # inherited from the root
    for key in ("font-size", "stroke-width"):
        if key in style:
            style[key] = rounded(style[key], 2)
    element.attrib.pop("style", None)
    if kept := [f"{key}:{value}" for key, value in style.items() if (key, value) not in INITIAL]:
        element.set("style", ";".join(kept))


@functools.cache
def page_color(color: str, alpha: float = 1) -> str:
    """Return the CSS color for a color of matplotlib's.

    A gray becomes a mixture of the page's text and background colors. A color between a cycle color
    and white or black, as in a heat map or a shaded surface, becomes a mixture of the cycle color
    with the background or the text color.

    Raises Unsupported for other colors.
    """
    if color == "none" or color.startswith("url("):
        return color
    mixed = BASES.get(color)
    if mixed is None and is_gray(color):
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


def is_gray(color: str) -> bool:
    return color[1:3] == color[3:5] == color[5:] != ""


def mixture(color: str, share: float, other: str) -> str:
    if share >= 0.995:
        return color
    return f"color-mix(in srgb,{color} {share:.0%},{other})"


def nearest(color: str, base: str, end: str) -> tuple[float, str, float]:
    """Return the distance of `color` to a mixture of `base` and `end`, `base`, and its share."""
    direction = rgb(base) - rgb(end)
    share = float(np.clip((rgb(color) - rgb(end)) @ direction / (direction @ direction), 0, 1))
    return float(abs(rgb(end) + share * direction - rgb(color)).max()), base, share


def rgb(color: str) -> Any:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])


def shorten(svg: ET.Element) -> None:
    """Round coordinates, and remove invisible elements and groups without attributes."""
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
        elif not is_invisible(child):
            children.append(child)
    parent.extend(children)


def is_invisible(element: ET.Element) -> bool:
    """Return whether an element is empty, has no paint, or is a clip path without references."""
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
    """Set the title and the description of the figure, and its size.

    Its maximum width is in rem, so that it grows with the page's text: at that width, its most
    common text is one rem high. Its minimum width keeps the smallest letters readable.
    """
    styles = [(text, text.get("style", "")) for text in svg.iter("text")]
    sizes = Counter(
        float(match[1]) for _, s in styles if (match := re.search(r"font-size:([\d.]+)", s))
    )
    usual = f"{max(sizes, key=lambda s: (sizes[s], s)):g}" if sizes else "13"
    for text, style in styles:
        style = ";".join(s for s in style.split(";") if s and s != f"font-size:{usual}px")
        text.attrib.pop("style", None)
        if style:
            text.set("style", style)

    view_box = svg.attrib["viewBox"]
    width = float(view_box.split()[2])
    min_width = min(width, width * MIN_TEXT / min(sizes, default=13))
    svg.attrib = {
        "viewBox": rounded(view_box, 1),
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "font-size": usual,
        "style": f"max-width:{width / float(usual):.4g}rem;min-width:{min_width:.0f}px",
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
