# SPDX-License-Identifier: MIT
"""Save a figure as SVG with matplotlib, in a form that `engine.run.svg` can fit into a page."""

import contextlib
import io
import json
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.collections import QuadMesh
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import ConstrainedLayoutEngine, TightLayoutEngine
from matplotlib.table import Table
from matplotlib.transforms import Bbox

from engine.run.environment import digest
from engine.run.svg import TAB10, Unsupported, one_line, page_color, rewritten

GRAYS = "engine-grays"  # as light as viridis, for which a snippet may have chosen label colors
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
"""rcParams that the worker sets before it runs a snippet. A point in matplotlib is a pixel."""
Table.FONTSIZE = 13  # determines the height of rows, and ignores rcParams

SAVED_WITH: dict[Any, str] = {"svg.fonttype": "none", "svg.hashsalt": "figure"}
MAX_SVG = 2 * 10**6  # characters of matplotlib's SVG; far more than any figure of this site has
MAX_CELLS = 10_000  # in an image
COLOR_BAR_STEPS = 64


def save_svg(figure: Figure) -> str:
    """Return matplotlib's SVG of the figure; equal figures give equal text.

    Raises ValueError if the figure is animated, or too large for a page.
    """
    refuse_animation(figure)
    lay_out(figure)
    buffer = io.StringIO()
    with mpl.rc_context(SAVED_WITH), drawn_as_cells(figure), warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*(tight|constrained)_layout")  # set by the engine
        figure.savefig(buffer, format="svg", metadata={"Date": None}, bbox_inches=extent(figure))
    if buffer.tell() > MAX_SVG:
        raise ValueError(
            f"the figure '{title_of(figure)}' takes {buffer.tell() / 10**6:.0f} MB: a page can "
            f"show {MAX_SVG // 10**6} MB at the most; draw fewer marks"
        )
    return buffer.getvalue()


def digest_of(figure: Figure, text: str) -> str:
    """Return a digest of a figure's label, description, numbers, and SVG (`text`)."""
    parts = [title_of(figure), description_of(figure), numbers_of(figure), text]
    return digest("\0".join(parts).encode())


def description_of(figure: Figure) -> str:
    return getattr(figure, "description", None) or ""


def numbers_of(figure: Figure) -> str:
    """Return `figure.numbers` as JSON, or "" for a figure without that attribute.

    It holds the tensors that the figure shows and the positions of their cells, with which
    docs/assets/figures.js explains where a number comes from.
    """
    numbers = getattr(figure, "numbers", None)
    return json.dumps(numbers, separators=(",", ":")) if numbers else ""


def title_of(figure: Figure) -> str:
    """Return the figure's label, else its title, else that of its first axes with one, or ""."""
    titles = [figure.get_label(), figure.get_suptitle(), *(a.get_title() for a in figure.axes)]
    return next((str(title) for title in titles if str(title).strip()), "")


def svg_of(figure: Figure, prefix: str, text: str | None = None) -> str:
    """Return the figure as `<figure class="drawing">…</figure>`, without blank lines.

    The description is `figure.description` or else the texts in the figure, in reading order.
    `figure.numbers` become a data attribute, with an empty paragraph for the script's explanations.

    prefix: starts every id, so it has to be unique on its page
    text: the result of `save_svg(figure)`, if the caller has it

    Raises ValueError if the figure has no title, is too large for a page, or contains an element
    whose colors cannot follow the theme.
    """
    if not (title := one_line(title_of(figure))):
        raise ValueError("a figure needs a title: plt.subplots(num='…')")
    try:
        for mappable in artists_of(figure, ScalarMappable):
            refuse_colormap(mappable)
        drawing = text or save_svg(figure)
        return rewritten(drawing, prefix, title, description_of(figure), numbers_of(figure))
    except Unsupported as error:
        raise ValueError(f"the figure '{title}' {error}") from error


def refuse_animation(figure: Figure) -> None:
    for reference in figure.canvas.callbacks.callbacks.get("close_event", {}).values():
        owner = getattr(reference(), "__self__", None)  # an animation stops on this event
        if type(owner).__module__ == "matplotlib.animation":
            raise ValueError(
                f"the figure '{title_of(figure)}' is animated, and a page shows still pictures: "
                f"draw some of its frames side by side, with plt.subplots(1, 3)"
            )


def lay_out(figure: Figure) -> None:
    """Set a layout engine that makes room for labels, unless the snippet chose a layout.

    As a setting in RC, it would cause warnings about `tight_layout` and `subplots_adjust`.
    """
    rc: Any = mpl.rcParams
    untouched = {side: rc[f"figure.subplot.{side}"] for side in vars(figure.subplotpars)}
    in_grid = [axes for axes in figure.axes if axes.get_subplotspec()]
    if not in_grid or figure.get_layout_engine() or vars(figure.subplotpars) != untouched:
        return
    bars = {axes for axes in figure.axes if hasattr(axes, "_colorbar")}
    if not bars & set(in_grid):
        figure.set_layout_engine("constrained")
    elif bars <= set(in_grid):  # constrained layout fails if color bars are part of the grid
        figure.set_layout_engine("tight")


def extent(figure: Figure) -> Bbox | None:
    """Return a bounding box around all labels, or None if they fit into the figure."""
    automatic = isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine | TightLayoutEngine)
    if automatic or not any(axes.axison for axes in figure.axes):
        return None
    whole = Bbox.union([figure.bbox_inches, figure.get_tightbbox()])
    return None if np.allclose(whole.bounds, figure.bbox_inches.bounds) else whole.padded(1 / 72)


def refuse_colormap(mappable: Any) -> None:
    """Raise Unsupported for a colormap with colors other than grays or tints of a cycle color."""
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


def artists_of(parent: Any, kind: type) -> Iterator[Any]:
    """Yield the artists of a class below a parent, depth first.

    Unlike matplotlib's `findobj`, skip the ticks. `findobj` creates them, even for axes that are
    off, which took a seventh of the time of all runs.
    """
    if isinstance(parent, kind):
        yield parent
    if not isinstance(parent, Axis):
        for child in parent.get_children():
            yield from artists_of(child, kind)


@contextlib.contextmanager
def drawn_as_cells(figure: Figure) -> Iterator[None]:
    """Replace images and color bars, which matplotlib would save as bitmaps, by colored cells."""
    replaced: list[tuple[Any, Any, Any]] = []  # artist, corners of its cells, numbers in the cells
    for image in artists_of(figure, AxesImage):
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
    for bar in artists_of(figure, QuadMesh):
        if bar.get_rasterized() and hasattr(bar.axes, "_colorbar"):
            numbers: Any = np.ma.asarray(bar.get_array())
            corners = np.asarray(bar.get_coordinates())
            steps = [min(n, COLOR_BAR_STEPS) for n in numbers.shape]
            edges = [
                np.linspace(0, n, step + 1).round().astype(int)
                for n, step in zip(numbers.shape, steps, strict=True)
            ]
            middles = [(edge[:-1] + edge[1:]) // 2 for edge in edges]
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
