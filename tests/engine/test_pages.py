# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest

from engine.read.old_page import VALUE, Include, Malformed, Value, beside, read_page
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


def test_a_snippet_with_a_dot_in_its_name_is_told(sample: Sample) -> None:
    sample.section("print(1)", "one/part.txt")
    assert sample.problem() == (
        "snippets/one/part.txt.py:1: a name with a dot cannot be imported, nor shown: "
        "rename the file"
    )


def read(text: str) -> list[Include | Value | Malformed]:
    return list(read_page(text.splitlines()))


def test_code_and_outputs_are_found_with_the_fence_around_them() -> None:
    text = '``` py\n--8<-- "a/b.py:sum"\n```\n--8<-- "a/b/sum.svg"\n    ~~~~\n    -8<- \'a/b/sum.txt\'\n    ~~~~'
    assert read(text) == [
        Include(2, "", "a/b.py:sum", "a/b", section="sum", fence="```", block=1),
        Include(4, "", "a/b/sum.svg", "a/b", output="sum.svg"),
        Include(6, "    ", "a/b/sum.txt", "a/b", output="sum.txt", fence="~~~~", block=5),
    ]


def test_values_are_found_in_sentences_and_alone() -> None:
    assert read('See {{ a/b: x[0] }} and `{{ a: f"{y:.2f}" }}`.\n  {{ a: y }}') == [
        Value(1, "a/b", "x[0]", alone=False),
        Value(1, "a", 'f"{y:.2f}"', alone=False),
        Value(2, "a", "y", alone=True),
    ]


def test_braces_in_code_and_formulas_are_left_alone() -> None:
    assert read("```\n{{ a: x }}\n```\n$x^{{\\top}}$ \\{{ a: x }}") == []


def test_a_shorter_fence_inside_a_longer_one_does_not_end_it() -> None:
    assert read('````\n```\n--8<-- "a.py"\n```\n````')[0].fence == "````"


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
def test_a_near_miss_is_told_and_not_shown_as_written(line: str) -> None:
    (found,) = read(line)
    assert isinstance(found, Malformed)


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
    assert f"docs/page.md:2: there is no snippets/{target}" in "\n".join(
        map(str, sample.refresh().problems)
    )


@pytest.mark.parametrize(
    ("page", "line", "told"),
    [
        ('``` text\n--8<-- "a/b.txt"\n', 1, "must be closed by ```"),
        ('````\n--8<-- "a/b.txt"\n```\n', 1, "must be closed by ````"),
        ('```\n--8<-- "a/b.txt"\n````\n', 1, "must be closed by ```"),
        ('```\n--8<-- "a/b.txt"\n    ```\n', 1, "as far in as it was opened"),
        ('~~~ text title=Output\n--8<-- "a/b.txt"\n~~~\n', 1, "opens no fence"),
        ('``` text, what it prints\n--8<-- "a/b.txt"\n```\n', 1, "opens no fence"),
        ('    ``` text\n--8<-- "a/b.txt"\n    ```\n', 2, "as far in as the fence"),
        ('``` py\n--8<-- "a.py:b"\nprint("typed")\n```\n', 3, "nothing may be typed"),
    ],
)
def test_a_fence_that_would_show_an_output_as_markup_is_told(
    page: str, line: int, told: str
) -> None:
    (found,) = [one for one in read(page) if isinstance(one, Malformed)]
    assert found.line == line and told in found.what


@pytest.mark.parametrize(
    "info", [" text", ' { .py .download title="a.py" }', ' py title="a.py"', ""]
)
def test_a_fence_as_chapters_have_it_is_taken(info: str) -> None:
    (found,) = read(f'```{info}\n\n--8<-- "a/b.txt"\n```\n')
    assert isinstance(found, Include)


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("{{ a: x }}: query", "[1, 2&#93;: query"),
        ("- {{ a: x }}(in order)", "- [1, 2&#93;(in order)"),
        ("`{{ a: x }}: query`", "`[1, 2]: query`"),
        ("It is {{ a: x }}.", "It is [1, 2]."),
        ("{{ a: n }}. That is the total.", "1&#50;. That is the total."),
        ("It is {{ a: n }}. That is the total.", "It is 12. That is the total."),
    ],
)
def test_what_stands_beside_a_value_does_not_make_it_markup(page: str, shown: str) -> None:
    texts = {"x": "[1, 2]", "n": "12"}
    assert VALUE.sub(lambda match: beside(texts[match["expression"]], match), page) == shown


def test_front_matter_holds_no_value_and_opens_no_fence(sample: Sample) -> None:
    sample.snippet("x = 3\n")
    sample.page("---\ndescription: |\n  ```\n---\n\nIt is {{ one: x }}.\n")
    assert sample.refresh().problems == []
    sample.page("---\ndescription: It is {{ one: x }}\n---\n\nIt is {{ one: x }}, {{one: x}}.\n")
    first, second = map(str, sample.refresh().problems)
    assert first == "docs/page.md:1: values are not put into front matter: write it in words"
    assert second.startswith("docs/page.md:5: a value in a sentence is written")
