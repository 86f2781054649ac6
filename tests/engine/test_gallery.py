# SPDX-License-Identifier: MIT
"""Scripts in the style of plotting galleries are drawn completely, or refused with a remedy."""

import re
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest
from matplotlib.text import Text

from engine.run.figures import RC, save_svg, svg_of

SCRIPTS = sorted((Path(__file__).parent / "gallery").glob("*.py"))


def letters(text):
    """Return the letters and digits of a text, without the commands of a formula."""
    plain = re.sub(r"\\math\w+|\\left|\\right|\\ |\\(?=[A-Za-z])", "", text)
    return re.findall(r"[A-Za-z0-9]", re.sub(r"mu|sigma", "", plain))


@pytest.fixture(params=SCRIPTS, ids=lambda path: path.stem)
def script(request):
    plt.close("all")
    with matplotlib.rc_context(RC):
        yield request.param
    plt.close("all")


def test_a_script_of_a_gallery_is_drawn_or_refused_clearly(script):
    source = script.read_text("utf-8")
    expected = re.search(r"^# expect: (.*)$", source, re.MULTILINE)[1]
    names = {}
    exec(compile(source, str(script), "exec"), names)
    figure = plt.gcf()
    if expected != "drawn":
        with pytest.raises(
            ValueError, match=re.escape(expected.removeprefix("refused: "))
        ) as error:
            svg_of(figure, "p")
        assert re.search(
            r"draw|write|give|use|show|leave|plt\.", str(error.value).partition(":")[2]
        )
        if "ani" in names:
            names["ani"]._draw_was_started = True  # silences a warning
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = save_svg(figure)
        drawn = svg_of(figure, "p", text)
    root = ET.fromstring(drawn).find("svg")
    inside = ["".join(one.itertext()) for one in root.iter("text")]
    for artist in figure.findobj(Text):
        # matplotlib knows ticks beyond the limits, but does not draw them: its SVG lacks them.
        for line in artist.get_text().split("\n"):
            if line.strip() and f"<!-- {line} -->" in text:
                assert letters(line) in map(letters, inside), f"{line!r} got lost"
    of_matplotlib = len(re.findall(r"<text[ >]", text))
    assert len(inside) == of_matplotlib, "a text is lost"
    assert "<image" not in drawn and not re.search(r"(?<!&)#[0-9a-f]{6}(?!\))", drawn)
    assert len(drawn) < 120_000, "as much as a whole page may weigh"
