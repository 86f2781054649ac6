# SPDX-License-Identifier: MIT
"""The engine passes data to the theme as front matter, and links shown names to their pages."""

from __future__ import annotations

import pytest

from engine.model.tensors import Tensor
from engine.read.config import site_of
from engine.read.page import parse
from engine.write.about import about, shapes, with_front_matter
from engine.write.page import markdown
from engine.write.uses import Origins
from tests.support.sample import Sample

NAV = [{"Part": [{"First steps": "first.md"}, "page.md", "plain.md"]}]
GIVEN = "# --8<-- [start:given]\nx = [1, 2]\n# --8<-- [end:given]\n"
ONE = """
# --8<-- [start:part]
from snippets.given import x

y = x[0]
print(y)
# --8<-- [end:part]
# --8<-- [start:import]
from snippets.given import x
# --8<-- [end:import]
"""


@pytest.fixture
def project(sample: Sample) -> Sample:
    sample.snippet(GIVEN, "given")
    sample.snippet(ONE)
    sample.page("---\nsnippet: given\nnotebook: full\n---\n# The first\n\n::: given\n", "first")
    sample.page(
        "---\nsnippet: one\nnotebook: full\nmap: [x]\n---\n# Page\n\n"
        "{{ x.shape }}\n\n::: part\n\n::: import\n".replace("{{ x.shape }}", "One two three."),
        "page",
    )
    sample.page("# No chapter\n", "plain")
    assert not sample.refresh().problems
    return sample


def named(project: Sample, name: str):
    return next(page for page in project.build.pages if page.name == name)


def test_a_line_of_links_replaces_local_imports(project: Sample) -> None:
    origins = Origins(project.build, site_of({"nav": NAV}, ""))
    text = markdown(named(project, "page.md"), project.build, origins=origins)
    shown, program = text.partition("</template>")[2], text.partition("</template>")[0]
    assert "Uses `x` from [First steps](first.md)</span>" in program
    assert "y = x[0]" in shown
    assert "x = [1, 2]" in program, "the program has what the line leaves out"
    assert text.count("from snippets.given import x") == 1, "a block of imports alone stays"


def test_a_name_from_the_page_itself_is_not_linked(project: Sample) -> None:
    project.page("---\nsnippet: given\n---\n::: given\n\n::: /one: part, import\n", "page")
    project.refresh()
    assert "Uses `x` from [The first](first.md)" in project.markdown()
    (project.root / "docs/first.md").unlink()
    project.refresh()
    assert "Uses `x` from this page" in project.markdown()


def test_a_chapter_knows_its_step_and_its_minutes(project: Sample) -> None:
    site = site_of({"nav": NAV}, "pages")
    chapter = about(named(project, "page.md"), project.build, site, {})["chapter"]
    assert chapter == {"part": "Part", "step": 2, "steps": 2, "minutes": 5}
    assert "chapter" not in about(named(project, "plain.md"), project.build, site, {})
    exercises = '\n**One.** Which?\n\n??? quiz "Solution"\n\n    - **1**: so.\n' * 4
    path = project.root / "docs/page.md"
    path.write_text(path.read_text() + exercises + "word " * 1600)
    project.refresh()
    chapter = about(named(project, "page.md"), project.build, site, {})["chapter"]
    assert chapter["minutes"] == 20, "8 minutes of reading and 4 exercises of 3"


def test_shapes_come_from_the_page_that_shows_the_most(sample: Sample) -> None:
    sample.section("import torch\nx = torch.ones(2, 3)\nkeys = torch.ones(4, 5)\nprint(1)")
    sample.page("---\nsnippet: one\nmap: [keys]\n---\n{{ keys.mT.shape }} {{ keys.shape }}", "a")
    sample.section("import torch\nx = torch.ones(1, 1)\nkeys = torch.ones(6, 7)\nprint(1)", "two")
    sample.page("---\nsnippet: two\n---\n{{ x.shape }} and {{ keys.shape }}", "b")
    assert not sample.refresh().problems
    tensors = [Tensor("inputs", 0, "", "", aliases=("x",)), Tensor("keys", 2, "", "")]
    page = next(page for page in sample.build.pages if page.name == "a.md")
    found = about(page, sample.build, site_of({}, "pages"), shapes(sample.build, tensors))
    assert found["shapes"] == {"inputs": "(1, 1)", "keys": "(6, 7)"}


def test_the_footer_knows_the_date_of_the_sources(
    project: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    page = named(project, "plain.md")
    built = about(page, project.build, site_of({}, "pages"), {})["built"]
    assert built["date"] == "1970-01-02"
    assert built["torch"].count(".") >= 1
    text = with_front_matter(page.text, page, {"built": built})
    assert parse(text).meta == {"built": built}
    assert text.endswith("# No chapter\n")
