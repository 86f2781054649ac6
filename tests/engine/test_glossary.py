# SPDX-License-Identifier: MIT
"""A link to the glossary carries the definition of its term."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import markdown
import pytest

from engine.build import Engine
from engine.check import problems_with_glossary
from engine.model.build import Build
from engine.model.project import Project
from engine.site.markdown import definitions_of

ROOT = Path(__file__).parents[2]
GLOSSARY = """
    # Glossary

    What this page is.

    ## Causal mask

    A mask that hides **the future**: see the [mask](#mask), and
    `is_causal`.

    `(queries, keys)`. From [masking](masking.md).

    ## `d_k`

    The length of a key.
    """


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "docs").mkdir()
    project = Project(tmp_path)
    write(project, GLOSSARY)
    return project


def write(project: Project, text: str, name: str = "glossary") -> None:
    (project.docs / f"{name}.md").write_text(dedent(text).lstrip("\n"), "utf-8")


def page(project: Project, text: str) -> str:
    return markdown.markdown(
        text,
        extensions=["engine.site.markdown", "attr_list", "md_in_html", "pymdownx.details"],
        extension_configs={"engine.site.markdown": {"project": project}},
    )


def problems(project: Project) -> list[str]:
    build = Build()
    build.pages = Engine(project).read_pages(build)
    return list(map(str, problems_with_glossary(build)))


def test_a_link_to_a_term_has_its_definition_in_plain_words(project: Project) -> None:
    html = page(project, "A [causal mask](../glossary.md#causal-mask).")
    said = "A mask that hides the future: see the mask, and is_causal."
    expected = f'class="term" aria-description="{said}" href="../glossary.md#causal-mask"'
    assert sorted(expected.split('" ')) == sorted(re.search(r"<a (.*?)>", html)[1].split('" '))


def test_a_term_in_code_has_the_anchor_that_the_site_gives_it(project: Project) -> None:
    html = page(project, "The [`d_k`](glossary.md#d_k).")
    assert 'aria-description="The length of a key."' in html
    headings = markdown.markdown(dedent(GLOSSARY), extensions=["toc"])
    anchors = re.findall(r'<h2 id="([^"]+)"', headings)
    assert anchors == list(definitions_of(project))


def test_a_definition_may_follow_its_heading_without_a_blank_line(project: Project) -> None:
    write(project, "# Glossary\n\n## Key\nWhat is found.\n\nMore.\n")
    assert definitions_of(project) == {"key": "What is found."}


def test_terms_work_in_emphasis_with_classes_and_in_folded_parts(project: Project) -> None:
    link = "[keys](glossary.md#d_k)"
    assert page(project, f"**{link}**").count(' class="term"') == 1
    assert 'class="plain term"' in page(project, f"{link}{{ .plain }}")
    assert 'class="term"' in page(project, f'??? note "More"\n\n    {link}')
    assert 'class="term"' in page(project, f'<div markdown="1">\n\n{link}\n\n</div>')


@pytest.mark.parametrize(
    "text",
    [
        "[all](glossary.md)",
        "[here](#d_k)",
        "[x](my_glossary.md#d_k)",
        "`[x](glossary.md#d_k)`",
        "    [x](glossary.md#d_k)",
        "[x](legend.md#d_k)",
    ],
)
def test_other_links_and_code_stay_as_they_are(project: Project, text: str) -> None:
    plain = markdown.markdown(text)
    assert page(project, text) == plain


def test_a_page_without_terms_needs_no_glossary(project: Project) -> None:
    (project.docs / "glossary.md").unlink()
    assert page(project, "text") == "<p>text</p>"


def test_an_unknown_term_is_reported_with_page_line_and_nearest_term(project: Project) -> None:
    text = "One.\n\nA [mask](glossary.md#casual-mask).\n"
    write(project, text, "chapter")
    assert problems(project) == [
        'docs/chapter.md:3: docs/glossary.md has no term "casual-mask"; did you mean "causal-mask"?'
    ]
    assert 'class="term"' not in page(project, text)


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ("", 'docs/glossary.md:3: the term "key" has no definition below it'),
        ("It is {{ a/b: c }} long.", "as plain words"),
        ("It is $x$.", "as plain words"),
        ("It is <b>long</b>.", "as plain words"),
        ("One.\n\n## Key\n\nTwo.", 'docs/glossary.md:7: the term "key" is there twice'),
    ],
)
def test_a_definition_that_is_not_plain_text_is_reported_with_its_line(
    project: Project, definition: str, told: str
) -> None:
    write(project, f"# Glossary\n\n## Key\n\n{definition}\n")
    assert told in "\n".join(problems(project))


def test_every_definition_of_the_site_is_plain_text() -> None:
    definitions = definitions_of(Project(ROOT))
    assert len(definitions) > 30
    for slug, definition in definitions.items():
        assert 20 < len(definition) < 250 and definition.endswith("."), slug
        assert not re.search(r"[`*\[\]]|\(http", definition), slug


def test_without_a_glossary_each_term_is_reported(project: Project) -> None:
    (project.docs / "glossary.md").unlink()
    write(project, "One.\n\nA [key](glossary.md#key).\n", "chapter")
    assert problems(project) == ['docs/chapter.md:3: docs/glossary.md has no term "key"']
