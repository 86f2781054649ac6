# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest

from engine.model.page import (
    Block,
    Container,
    Example,
    Fence,
    FrontMatter,
    Heading,
    Malformed,
    Print,
    Prose,
    Value,
    WholeFile,
    code_blocks,
    walk,
)
from engine.model.snippet import CodeBlock
from engine.read.page import parse
from engine.write.page import escape_in_context
from tests.support.sample import Sample


@pytest.mark.parametrize("name", ["page.markdown", "linked/page.md"])
def test_every_file_that_mkdocs_makes_a_page_of_is_read(sample: Sample, name: str) -> None:
    (sample.root / "other").mkdir()
    (sample.root / "docs/linked").symlink_to("../other")
    (sample.root / "docs" / name).write_text("{{ nowhere: x }}\n")
    assert sample.problem().startswith(f"docs/{name}:1: there is no snippets/nowhere.py")


def test_a_link_to_its_own_folder_makes_no_snippet_twice(sample: Sample) -> None:
    sample.section("print(1)")
    (sample.root / "snippets/again").symlink_to(".")
    assert list(sample.refresh().results) == ["one"]


def test_a_snippet_with_a_dot_in_its_name_is_reported(sample: Sample) -> None:
    sample.section("print(1)", "one/part.txt")
    assert sample.problem() == (
        "snippets/one/part.txt.py:1: a name with a dot cannot be imported, nor shown: "
        "rename the file"
    )


def read(text: str) -> list[Block]:
    return list(walk(parse(text).blocks))


def of(kind: type, text: str) -> list:
    return [block for block in read(text) if isinstance(block, kind)]


def test_an_include_is_another_way_to_write_a_directive() -> None:
    code = '``` py title="a/b.py"\n--8<-- "a/b.py:sum"\n\n--8<-- "a/b.py:show"\n```'
    text = f"{code}\n--8<-- \"a/b/sum.svg\"\n    ~~~~\n    -8<- 'a/b/sum.txt'\n    ~~~~\n"
    assert read(f'{text}``` {{ .py .down }}\n--8<-- "a/b.py"\n```') == [
        Example(1, 5, "", "code", "a/b", ("sum", "show"), "a/b.py"),
        Example(6, 6, "", "output", "a/b", ("sum",)),
        Example(7, 9, "    ", "output", "a/b", ("sum",)),
        WholeFile(10, 12, "", "```", " { .py .down }", "a/b"),
    ]


def test_values_are_found_in_sentences_and_alone() -> None:
    text = 'See {{ a/b: x[0] }} and `{{ a: f"{y:.2f}" }}`.\n  {{ a: y }}'
    assert of(Value, text) == [
        Value(1, 1, "", 4, 19, "a/b", "x[0]", alone=False),
        Value(1, 1, "", 25, 44, "a", 'f"{y:.2f}"', alone=False),
        Value(2, 2, "  ", 2, 12, "a", "y", alone=True),
    ]


def test_names_are_relative_to_the_snippet_of_the_page() -> None:
    head = "---\nsnippet: walk/outputs\n---\n"
    text = f"{head}{{{{ x[:3] }}}} {{{{ other: y }}}} {{{{ /lab/one: z }}}}\n::: sum, show\n::: in/deep: a\n"
    stems = [(block.stem, getattr(block, "expression", "")) for block in of(Value | Example, text)]
    assert stems == [
        ("walk/outputs", "x[:3]"),
        ("walk/other", "y"),
        ("lab/one", "z"),
        ("walk/outputs", ""),
        ("walk/in/deep", ""),
    ]


@pytest.mark.parametrize(
    ("line", "verb", "sections", "title"),
    [
        ("::: a: sum", "", ("sum",), None),
        ("::: a: sum, show", "", ("sum", "show"), None),
        ("::: code a: code", "code", ("code",), None),
        ("::: figure a: picture", "figure", ("picture",), None),
        ('::: output "By hand" a: sums', "output", ("sums",), "By hand"),
        ("    ::: a: sum", "", ("sum",), None),
    ],
)
def test_a_directive_shows_sections(
    line: str, verb: str, sections: tuple[str, ...], title: str | None
) -> None:
    (found,) = read(line)
    indent = line[: len(line) - len(line.lstrip())]
    assert found == Example(1, 1, indent, verb, "a", sections, title)


def test_a_directive_prints_an_expression() -> None:
    (found,) = read('::: print "By hand" a/b: lines("x: y", z[0])')
    assert found == Print(1, 1, "", "a/b", 'lines("x: y", z[0])', "By hand")


@pytest.mark.parametrize("line", ["::: sum", "::: a: 1, 2", "::: a: sum show", "::: print x"])
def test_a_malformed_directive_is_reported(line: str) -> None:
    (found,) = read(line)
    assert isinstance(found, Malformed) and line in found.message


def test_braces_in_code_and_formulas_are_left_alone() -> None:
    assert of(Value | Malformed, "```\n{{ a: x }}\n```\n$x^{{\\top}}$ \\{{ a: x }}") == []


def test_a_shorter_fence_inside_a_longer_one_does_not_end_it() -> None:
    (fence,) = of(WholeFile, '````\n--8<-- "a.py"\n\n````\n```\ntyped\n```')
    assert (fence.marks, fence.end) == ("````", 4)
    (fence,) = of(Fence, "````\n```\n::: a: b\n```\n````")
    assert fence.text == "```\n::: a: b\n```"


def test_admonitions_folded_parts_and_footnotes_hold_blocks() -> None:
    text = """\
!!! note "In a real model"

    It is {{ a: x }}.

??? quiz "Solution"

    - **2**

    ::: a: two

!!! tip

    One.

    ???+ example

        Inner.

[^1]: See.

    ::: a: one

After.
"""
    boxes = of(Container, text)
    assert [(box.kind, box.name, box.title) for box in boxes] == [
        ("admonition", "note", "In a real model"),
        ("folded", "quiz", "Solution"),
        ("admonition", "tip", None),
        ("folded", "example", None),
        ("footnote", "1", None),
    ]
    assert [box.name == "quiz" for box in boxes] == [False, True, False, False, False]
    assert [(box.line, box.end) for box in boxes] == [(1, 3), (5, 9), (11, 17), (15, 17), (19, 21)]
    kinds = [[type(block) for block in box.blocks] for box in boxes]
    assert kinds == [[Prose], [Prose, Example], [Prose, Container], [Prose], [Prose, Example]]
    assert boxes[1].blocks[1].indent == "    "
    assert parse(text).blocks[-1] == Prose(23, 23, "", "After.")


def test_a_heading_knows_its_level_and_its_values() -> None:
    (heading,) = of(Heading, "## The {{ a: x }}\n")
    assert (heading.level, heading.text) == (2, "The {{ a: x }}")
    assert heading.values[0].expression == "x"


def test_front_matter_is_data_and_its_mistakes_are_reported_with_their_line() -> None:
    page = parse("---\nnotebook: full\nlab: true\n---\n# A\n")
    assert page.meta == {"notebook": "full", "lab": True}
    assert page.title and page.title.line == 5
    (wrong,) = of(Malformed, "---\na: b\nc: [d\n---\n")
    assert wrong.line == 4 and "this is not YAML" in wrong.message
    (wrong,) = of(Malformed, "---\njust words\n---\n")
    assert "front matter is written" in wrong.message
    assert of(FrontMatter, "text\n---\na: b\n---\n") == []


def test_every_form_that_shows_code_is_a_code_block() -> None:
    text = (
        '``` py\n--8<-- "a.py:b"\n```\n``` py\n--8<-- "a.py"\n```\n::: a: d, e\n::: output a: f\n'
    )
    blocks = [CodeBlock("a", ("b",)), CodeBlock("a"), CodeBlock("a", ("d", "e"))]
    assert code_blocks(parse(text)) == dict(zip((1, 4, 7), blocks, strict=True))


@pytest.mark.parametrize(
    "line",
    [
        '--8<-- "a.py:1:3"',
        '--8<-- "a.md"',
        '--8<-- "a.py" ',
        "--8<--",
        '> --8<-- "a.py"',
        '- --8<-- "a/b.txt"',
        '| --8<-- "a/b.txt" |',
        "{{ x }}",
        "{{a: x}}",
        "{{\ta: x }}",
    ],
)
def test_a_near_miss_is_reported_instead_of_shown(line: str) -> None:
    (found,) = of(Malformed, line)
    assert found.line == 1


@pytest.mark.parametrize("target", ["./loose.py", "group//one.py", "../outside.py", ".hidden/x.py"])
def test_code_that_the_engine_does_not_run_is_not_shown(sample: Sample, target: str) -> None:
    for name in (
        "snippets/loose.py",
        "snippets/group/one.py",
        "outside.py",
        "snippets/.hidden/x.py",
    ):
        (sample.root / name).parent.mkdir(exist_ok=True)
        (sample.root / name).write_text("1 / 0\n")
    sample.page(f'``` py\n--8<-- "{target}"\n```\n')
    assert f"docs/page.md:1: there is no snippets/{target}" in "\n".join(
        map(str, sample.refresh().problems)
    )


@pytest.mark.parametrize(
    ("page", "line", "told"),
    [
        ('~~~ text title=Output\n--8<-- "a.py"\n~~~\n', 1, "opens no fence"),
        ('``` text, what it prints\n--8<-- "a/b.txt"\n```\n', 1, "opens no fence"),
        ('``` py\n--8<-- "a.py:b"\nprint("typed")\n```\n', 3, "with nothing beside it"),
        ('``` py\n--8<-- "a.py:b"\n--8<-- "b.py:c"\n```\n', 1, "those of one snippet alone"),
        ('``` py\n--8<-- "a.py:b"\n--8<-- "a/b.txt"\n```\n', 1, "those of one snippet alone"),
    ],
)
def test_a_fence_with_mixed_contents_is_reported(page: str, line: int, told: str) -> None:
    (found,) = of(Malformed, page)
    assert found.line == line and told in found.message


@pytest.mark.parametrize(
    "info", [" text", ' { .py .download title="a.py" }', ' py title="a.py"', ""]
)
def test_the_fences_of_the_chapters_are_accepted(info: str) -> None:
    assert len(of(WholeFile, f'```{info}\n\n--8<-- "a.py"\n```\n')) == 1


@pytest.mark.parametrize(
    ("before", "text", "after", "shown"),
    [
        ("", "[1, 2]", ": query", "[1, 2&#93;"),
        ("- ", "[1, 2]", "(in order)", "[1, 2&#93;"),
        ("`", "[1, 2]", ": query`", "[1, 2]"),
        ("It is ", "[1, 2]", ".", "[1, 2]"),
        ("", "12", ". That is the total.", "1&#50;"),
        ("It is ", "12", ". That is the total.", "12"),
        ("", "12", "", "12"),
    ],
)
def test_the_neighbors_of_a_value_do_not_make_it_markup(
    before: str, text: str, after: str, shown: str
) -> None:
    assert escape_in_context(text, before, after) == shown


@pytest.mark.parametrize("line", ["It is {{x}}.", "{{x[0]}} is it.", "**{{f(x)}}**"])
def test_a_value_without_spaces_is_reported(line: str) -> None:
    page = parse(f"---\nsnippet: one\n---\n{line}\n")
    assert any(isinstance(block, Malformed) for block in walk(page.blocks))


@pytest.mark.parametrize(
    "line", [r"$\frac{{a}}{{b}} + e^{{x}}_{{y}}$", r"\{{x}}", "{{ x }}", "{x}"]
)
def test_braces_of_a_formula_are_no_value_without_spaces(line: str) -> None:
    page = parse(f"---\nsnippet: one\n---\n{line}\n")
    assert not any(isinstance(block, Malformed) for block in walk(page.blocks))


def test_front_matter_holds_no_value_and_opens_no_fence(sample: Sample) -> None:
    sample.snippet("x = 3\n")
    sample.page("---\ndescription: |\n  ```\n---\n\nIt is {{ one: x }}.\n")
    assert sample.refresh().problems == []
    sample.page("---\ndescription: It is {{ one: x }}\n---\n\nIt is {{ one: x }}, {{one: x}}.\n")
    first, second = map(str, sample.refresh().problems)
    assert first == "docs/page.md:1: values are not put into front matter: write it in words"
    assert second.startswith("docs/page.md:5: a value in a sentence is written")
