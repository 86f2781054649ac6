# SPDX-License-Identifier: MIT
"""What becomes of a page in its notebooks."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest
from markdown import markdown
from mkdocs.exceptions import PluginError

from engine.model.problem import EngineError
from engine.site import mkdocs_notebooks, notebook_html
from engine.write.notebook import HANDS_ON, SOLVED, Links, Maker, Part

SNIPPET = """
    # --8<-- [start:double]
    from snippets.given import start

    double = [2 * value for value in start]  # (values,)
    # --8<-- [end:double]
    # --8<-- [start:function]
    def half(value):
        \"\"\"Half of it.\"\"\"
        return value / 2
    # --8<-- [end:function]
    if __name__ == "__main__":
        # --8<-- [start:show]
        print(double)
        # --8<-- [end:show]
        # --8<-- [start:picture] hidden
        import matplotlib.pyplot as plt

        plt.figure(f"It has {len(double)}").add_subplot().plot(double, color="C1")
        # --8<-- [end:picture]
        # --8<-- [start:solution] hidden
        plt.figure("Start").add_subplot().plot(start, color="C1")
        # --8<-- [end:solution]
    """
CHECKS = """
    # checks: one
    from snippets.one import double, half
    from snippets.given import start

    HINTS = {"double": "two times each value of start", "half": "one line"}

    def check_double(double, start):
        if double is ...:
            raise ValueError("blank")
        print("right" if double == [v + v for v in start] else "wrong")

    if __name__ == "__main__":
        # --8<-- [start:double] hidden
        check_double(double, start)
        # --8<-- [end:double]
        # --8<-- [start:function] hidden
        print(half(3))
        # --8<-- [end:function]
    """
PAGE = """
    ---
    description: no part of the notebook
    ---

    # Twice

    It starts with {{ given: start }}, see [the other](other.md) and [a host](https://example.org).[^1]

    --8<-- "one/picture.svg"

    ``` py title="snippets/one.py"
    --8<-- "one.py:double"

    --8<-- "one.py:show"
    ```
    ``` text title="Output"
    --8<-- "one/show.txt"
    ```

    !!! note "Mind"

        It is $x^2$.

    ??? success "Solution"

        Four.

        --8<-- "one/solution.svg"

    ``` py title="snippets/one.py"
    --8<-- "one.py:function"
    ```

    [^1]:
        Somebody, somewhere.
    """


@pytest.fixture
def project(sample, root):
    (sample.root / "snippets" / "drawing").mkdir(parents=True)
    tensors = "snippets/drawing/tensors.py"
    shutil.copy(root / tensors, sample.root / tensors)
    sample.snippet("start = [1, 2]\n", "given")
    sample.snippet(SNIPPET)
    sample.snippet(CHECKS, "notebook_checks/one")
    sample.page(PAGE)
    sample.page("# Other\n", "other")
    return sample


def made(project, address: str = "") -> dict[str, list[dict]]:
    """The cells of both notebooks, with their sources as one text."""
    report = project.refresh()
    assert not report.problems, "\n".join(map(str, report.problems))
    part = Part("page", "Twice", ("page.md",))
    notebooks = Maker(project.engine.project, report, Links(address)).make([part])
    cells = {n.kind: json.loads(n.data)["cells"] for n in notebooks}
    for cell in [*cells[HANDS_ON], *cells[SOLVED]]:
        cell["source"] = "".join(cell["source"])
    return cells


def sources(cells: list[dict], kind: str) -> list[str]:
    return [cell["source"] for cell in cells if cell["cell_type"] == kind]


def test_a_notebook_is_prose_code_and_checks_in_their_order(project) -> None:
    code = sources(made(project)[SOLVED], "code")
    tail = code[-7:]
    assert tail[0] == "double = [2 * value for value in start]  # (values,)"
    assert tail[1] == "check_double(double, start)"
    assert tail[2] == "print(double)"
    assert "plt.figure" in tail[3], "a drawing waits for what it draws"
    assert 'plt.figure("Start")' in tail[4], "a drawing in a folded part stands below it"
    assert tail[5].startswith("def half")
    assert tail[6] == "print(half(3))"
    assert any(source.endswith("start = [1, 2]") for source in code), "what it needs comes along"


def test_a_blank_keeps_its_name_its_shape_and_its_hint(project) -> None:
    code = sources(made(project)[HANDS_ON], "code")
    assert "# TO-DO: two times each value of start\ndouble = ...  # (values,)" in code
    assert "def half(value):\n    # TO-DO: one line\n    ..." in code
    assert not any("2 * value" in source for source in code)


def test_outputs_are_those_of_this_build(project) -> None:
    cells = made(project)[SOLVED]
    told = {c["source"]: c["outputs"] for c in cells if c["cell_type"] == "code"}
    assert told["print(double)"] == [
        {"name": "stdout", "output_type": "stream", "text": ["[2, 4]\n"]}
    ]
    assert told["check_double(double, start)"][0]["text"] == ["right\n"]
    drawing = next(o for c in cells for o in c.get("outputs", []) if "data" in o)
    svg = "".join(drawing["data"]["image/svg+xml"])
    assert svg.startswith("<svg xmlns=") and "--cycle-1:#1e4b8d;" in svg
    project.snippet("start = [5, 6]\n", "given")
    assert "[10, 12]" in str(made(project)[SOLVED])


def test_a_hands_on_notebook_holds_no_output_below_its_first_blank(project) -> None:
    cells = [c for c in made(project)[HANDS_ON] if c["cell_type"] == "code"]
    first = next(i for i, c in enumerate(cells) if "TO-DO" in c["source"])
    assert not any(c["outputs"] or c["execution_count"] for c in cells[first:])


def test_prose_becomes_what_a_notebook_knows(project) -> None:
    prose = "\n\n".join(sources(made(project)[SOLVED], "markdown"))
    assert "description" not in prose
    assert "It starts with [1, 2]" in prose
    assert "[the other](../../other/index.html)" in prose
    assert "[a host](https://example.org).<sup>1</sup>" in prose
    assert "> **Mind**\n>\n> It is $x^2$." in prose
    assert "<details>\n<summary>Solution</summary>\n\nFour.\n\n</details>" in prose
    assert prose.endswith("## Notes\n\n1. Somebody, somewhere.")


def test_with_an_address_links_are_absolute(project) -> None:
    prose = "\n".join(sources(made(project, "https://x.org/y/")[SOLVED], "markdown"))
    assert "[the other](https://x.org/y/other/)" in prose
    assert "](.." not in prose


def test_the_same_project_gives_the_same_bytes(project) -> None:
    assert made(project) == made(project)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"half": "one line"', '"hlaf": "one line"', 'there is a hint for "hlaf"'),
        (":double]", ":doubel]", 'the check "doubel" comes after no section'),
    ],
)
def test_hints_and_checks_must_fit_the_page(project, old, new, told) -> None:
    project.snippet(CHECKS.replace(old, new), "notebook_checks/one")
    with pytest.raises(EngineError, match=r"^snippets/notebook_checks/one\.py:\d+: ") as error:
        made(project)
    assert told in str(error.value)


@pytest.mark.parametrize("hint", ['"one" + "line"', "5", '"x = 1\\nx / 0"'])
def test_hints_that_are_not_a_line_are_refused(project, hint) -> None:
    project.snippet(CHECKS.replace('"half": "one line"', f'"half": {hint}'), "notebook_checks/one")
    with pytest.raises(
        EngineError, match=r"^snippets/notebook_checks/one\.py:\d+: HINTS must be written out"
    ):
        made(project)


def test_a_fence_of_two_files_is_a_cell_for_each(project) -> None:
    project.snippet("# --8<-- [start:b]\nb = 2\n# --8<-- [end:b]\n", "two")
    both = PAGE.replace(
        '    --8<-- "one.py:show"\n', '    --8<-- "one.py:show"\n\n    --8<-- "two.py:b"\n'
    )
    project.page(both)
    code = sources(made(project)[SOLVED], "code")
    assert [one for one in code if "b = 2" in one] == ["b = 2"]


def test_what_a_run_gave_anew_is_in_the_notebook(project) -> None:
    kept: dict[bytes, dict] = {}

    def keep(key, make):
        return kept.setdefault(key, None) or kept.update({key: make()}) or kept[key]

    def solved() -> str:
        part = Part("page", "Twice", ("page.md",))
        maker = Maker(project.engine.project, project.engine.report, Links())
        return maker.make([part], keep)[1].data.decode()

    made(project)
    solved()
    project.engine.report.results["one"].sections["show"].text = "measured anew\n"
    assert "measured anew" in solved()


def test_a_solution_that_fails_its_check_fails_the_build(project) -> None:
    project.snippet(CHECKS.replace("print(half(3))", "assert half(3) == 2"), "notebook_checks/one")
    assert "AssertionError" in project.problem()


def test_a_page_of_a_notebook_has_formulas_and_no_sheet(project) -> None:
    report = project.refresh()
    part = Part("page", "Twice", ("page.md",))
    notebook = Maker(project.engine.project, report, Links()).make([part])[1]
    page = notebook_html.page_of(notebook.data)
    assert "<math" in page["html"] and "$x^2$" not in page["html"]
    assert "<style" not in page["html"] and "<script" not in page["html"]
    assert [token["name"] for token in page["toc"]] == ["Twice"]
    assert [token["name"] for token in page["toc"][0]["children"]] == ["Notes"]
    brief = notebook_html.page_of(notebook.data, brief=True)["html"]
    assert "Four." not in brief and "check_double" in brief


def test_hints_may_say_what_they_are(project) -> None:
    project.snippet(CHECKS.replace("HINTS =", "HINTS: dict[str, str] ="), "notebook_checks/one")
    assert any("TO-DO" in one for one in sources(made(project)[HANDS_ON], "code"))


def test_without_named_tensors_a_notebook_draws_in_matplotlib_s_own_colors(project) -> None:
    (project.root / "snippets/drawing/tensors.py").unlink()
    assert "(--cycle-1,#ff7f0e)" in str(made(project)[SOLVED])
    assert not any("prop_cycle" in source for source in sources(made(project)[SOLVED], "code"))


def test_a_chapter_whose_code_cannot_stand_alone_is_told(project) -> None:
    project.snippet(SNIPPET.replace("import start", "import *"))
    with pytest.raises(EngineError, match=r'^docs/page\.md:1: .+: "start" .+one\.py:2 imports \*'):
        part = Part("page", "Twice", ("page.md",))
        Maker(project.engine.project, project.refresh(), Links()).make([part])


def test_a_footnote_may_show_code_and_its_output(project) -> None:
    note = '    [^1]: As here.\n\n        ``` py\n        --8<-- "two.py:b"\n        ```\n'
    note += '        ``` text\n        --8<-- "two/b.txt"\n        ```\n'
    project.snippet("# --8<-- [start:b]\nprint(2)\n# --8<-- [end:b]\n", "two")
    project.page(PAGE.replace("    [^1]:\n        Somebody, somewhere.\n", note))
    prose = "\n\n".join(sources(made(project)[SOLVED], "markdown"))
    assert prose.endswith(
        "## Notes\n\n1. As here.\n\n    ```python\n    print(2)\n    ```\n\n"
        "    Output:\n\n    ```text\n    2\n    ```"
    )


def test_a_drawing_in_a_footnote_stands_below_it(project) -> None:
    project.page(
        PAGE.replace("        Somebody,", '        --8<-- "two/a.svg"\n\n        Somebody,')
    )
    body = 'import matplotlib.pyplot as plt\n\nplt.figure("A").add_subplot()'
    project.section(body, "two", "a")
    cells = made(project)[SOLVED]
    (cell,) = [cell for cell in cells if 'plt.figure("A")' in cell["source"]]
    assert "image/svg+xml" in cell["outputs"][0]["data"]
    assert cells[-1]["source"].endswith("1. Somebody, somewhere.")


def test_a_bar_in_a_title_ends_no_cell_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    part = Part("page", "Norm |x| of `a|b`", ("page.md",))
    monkeypatch.setattr(mkdocs_notebooks, "parts", [part])
    text = mkdocs_notebooks.overview(True, SimpleNamespace(repo_url=""))
    cell = '<td><a href="../page.md">Norm |x| of <code>a|b</code></a></td>'
    assert cell in markdown(text, extensions=["tables"])


def test_a_value_in_the_title_of_a_chapter_is_refused(project) -> None:
    project.page(PAGE.replace("# Twice", "# Twice {{ given: start }}"))
    with pytest.raises(PluginError, match=r"^docs/page\.md:5: a title names notebooks too"):
        list(mkdocs_notebooks.parts_of("Part", ["page.md"], project.root / "docs", ()))
