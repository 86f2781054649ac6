# SPDX-License-Identifier: MIT
"""Outputs, figures and tables appear where a page shows them, also inside of other blocks."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from markdown import markdown

from engine.site.markdown import engine_html
from tests.support.sample import Sample

SHOWN = {
    "code": "::: code one: part",
    "an output": "::: output one: printed",
    "a figure": "::: output one: drawn",
    "a table": "{{ one: x }}",
}


@pytest.fixture
def project(sample: Sample) -> Sample:
    sections = {
        "part": "import torch\nimport matplotlib.pyplot as plt\nx = torch.zeros(2)",
        "printed": "print('out')",
        "drawn": "plt.subplots(num='A')",
    }
    marked = "# --8<-- [start:{0}] hidden\n{1}\n# --8<-- [end:{0}]\n"
    sample.snippet("".join(marked.format(*section) for section in sections.items()))
    return sample


def page(project: Sample, text: str) -> BeautifulSoup:
    project.page(text)
    project.refresh()
    fence = {"name": "engine-html", "class": "engine-html", "format": engine_html}
    options = {"pymdownx.superfences": {"custom_fences": [fence]}}
    extensions = ["engine.site.markdown", "footnotes", "pymdownx.superfences"]
    html = markdown(project.markdown(), extensions=extensions, extension_configs=options)
    assert "8<-" not in html and "```" not in html
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("head", ["[^1]: First.", "[^1]:", "1. First."])
def test_a_footnote_and_a_list_hold_all_that_a_page_can_show(
    project: Sample, head: str, between: str
) -> None:
    inner = between.join([*SHOWN.values(), "Last.", *SHOWN.values()])
    lines = [f"    {line}" if line else "" for line in inner.split("\n")]
    found = page(project, "\n".join(["See.[^1]", "", head, "", *lines, "", "After."]))
    (item,) = found.select("li")
    assert "Last." in item.text and "After." not in item.text
    assert len(item.select("figure, table, .highlight, template")) == 2 * (len(SHOWN) + 1)
    assert len(found.select("figure, table, .highlight, template")) == 2 * (len(SHOWN) + 1)
