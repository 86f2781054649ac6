# SPDX-License-Identifier: MIT
"""A page's Markdown, as a notebook can show it."""

from __future__ import annotations

import textwrap

from engine.read import prose


def words(text: str) -> str:
    return prose.worded(
        text,
        lambda stem, expression, alone: f"<{stem}|{expression}|{alone}>",
        lambda words, target: f"[{words}](to {target})",
        lambda name: f"^{name}",
    )


def blocks(text: str) -> list[prose.Block]:
    return prose.read_blocks(textwrap.dedent(text).strip("\n").splitlines())


def test_a_value_knows_whether_it_stands_alone() -> None:
    assert words("so {{ a/b: x[0] }} is") == "so <a/b|x[0]|False> is"
    assert words("above\n\n{{ a/b: x }}\n\nbelow") == "above\n\n<a/b|x|True>\n\nbelow"


def test_code_in_a_sentence_stays_as_it_is() -> None:
    assert words("`[a](b) and [^c]` but [a](b)[^c]") == "`[a](b) and [^c]` but [a](to b)^c"


def test_what_only_the_site_understands_is_left_out() -> None:
    assert words("a [b](c.md){ .md-button } d") == "a [b](to c.md) d"
    assert words('<div class="grid" markdown>\n\ntext\n\n</div>').strip() == "text"


def test_a_fence_of_sections_is_code_and_one_of_an_output_is_printed() -> None:
    found = blocks("""
        Text.

        ``` py title="snippets/a/b.py"
        --8<-- "a/b.py:one"

        --8<-- "a/b.py:two"
        ```
        ``` text title="By hand"
        --8<-- "a/b/one.txt"
        ```
        --8<-- "a/b/picture_2.svg"
        """)
    assert found == [
        prose.Text("Text."),
        prose.Code([("a/b", "one"), ("a/b", "two")]),
        prose.Printed("a/b", "one.txt", "By hand"),
        prose.Figure("a/b", "picture_2.svg"),
    ]


def test_a_fence_of_several_outputs_is_each_of_them() -> None:
    found = blocks("""
        ```
        --8<-- "a/b.py:one"
        --8<-- "a/b/one.txt"
        --8<-- "a/b/two.txt"
        --8<-- "a/b.py:two"
        ```
        """)
    assert found == [
        prose.Code([("a/b", "one")]),
        prose.Printed("a/b", "one.txt", "Output"),
        prose.Printed("a/b", "two.txt", "Output"),
        prose.Code([("a/b", "two")]),
    ]


def test_a_footnote_holds_blocks() -> None:
    found = blocks("""
        [^1]: One.

            ``` text
            --8<-- "a/b/one.txt"
            ```

        Two.
        """)
    inner: list[prose.Block] = [prose.Text("One."), prose.Printed("a/b", "one.txt", "Output")]
    assert found == [prose.Note("1", inner), prose.Text("Two.")]


def test_a_fence_of_the_page_s_own_words_is_text() -> None:
    text = "``` text\n# no heading\n```"
    assert prose.read_blocks(text.splitlines()) == [prose.Text(text)]


def test_admonitions_folded_parts_and_tabs_are_boxes() -> None:
    found = blocks("""
        !!! note "In a real model"

            It is larger.

        ??? success "Solution"

            Two.

        === "By hand"

            One.

        !!! warning

            No title.
        """)
    assert [(box.title, box.quoted, box.folded) for box in found] == [
        ("In a real model", True, False),
        ("Solution", False, True),
        ("By hand", False, False),
        ("Warning", True, False),
    ]
    assert found[0].blocks == [prose.Text("It is larger.")]


def test_a_heading_begins_a_block() -> None:
    assert blocks("one\n\n## Two\n\nthree") == [prose.Text("one"), prose.Text("## Two\n\nthree")]


def test_headings_go_down_a_level_but_not_in_code() -> None:
    assert prose.demoted("# a\n\n```\n# b\n```\n\n## c") == "## a\n\n```\n# b\n```\n\n### c"


def test_a_relative_link_is_seen_from_its_page() -> None:
    assert prose.resolved("walkthrough/inputs.md", "../lab.md") == "lab.md"
    assert prose.resolved("walkthrough/inputs.md", "outputs.md") == "walkthrough/outputs.md"


def test_an_output_belongs_to_a_section_and_has_a_place() -> None:
    assert [prose.section_of(n) for n in ("sum.txt", "a_b.svg", "a_2.svg")] == ["sum", "a_b", "a"]
    assert [prose.place_of(n) for n in ("a.svg", "a_2.svg", "a_b.svg")] == [0, 1, 0]
