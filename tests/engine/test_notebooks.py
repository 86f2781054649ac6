# SPDX-License-Identifier: MIT
"""A chapter becomes two notebooks and their pages, with its prose, code, checks and exercises."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from markdown import markdown

from engine.build import Engine
from engine.model.project import Options, Project, Site
from engine.read.config import site_of
from engine.read.page import parse
from engine.write.about import with_front_matter
from engine.write.notebook import Notebooks, notebooks, prose
from engine.write.notebook.exercises import Answer, Exercise

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
    notebook: full
    ---

    # Twice

    It starts with {{ given: start }}, see [the other](other.md) and [a host](https://example.org).[^1]

    ::: output one: picture

    ::: one: double, show

    !!! note "Mind"

        It is $x^2$.

    ??? success "Solution"

        Four.

        ::: output one: solution

    ::: one: function

    [^1]:
        Somebody, somewhere.
    """


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A folder for the results of the projects below before any edit."""
    return tmp_path_factory.mktemp("kept")


def with_results(sample, kept: Path):
    """Return the project with its results. The first test computes them, later ones copy them."""
    if kept.exists():
        shutil.copytree(kept, sample.root / ".cache", dirs_exist_ok=True)
    else:
        sample.refresh()
        shutil.copytree(sample.root / ".cache", kept)
    return sample


@pytest.fixture
def project(sample, kept):
    sample.snippet("start = [1, 2]\n", "given")
    sample.snippet(SNIPPET)
    sample.snippet(CHECKS, "checks/one")
    sample.page(PAGE)
    sample.page("# Other\n", "other")
    return with_results(sample, kept / "project")


def written(project, site: Site | None = None, **options) -> Notebooks:
    """Return the notebooks of a build of the project."""
    build = project.refresh()
    assert not build.problems, "\n".join(map(str, build.problems))
    return notebooks(build, Project(project.root, options=Options(**options)), site or Site())


def files(made: Notebooks) -> dict[str, str]:
    assert not made.problems, "\n".join(map(str, made.problems))
    return {file.path: file.content.decode() for file in made.files}


def cells(project, kind: str = "solved", site: Site | None = None, **options) -> list[dict]:
    """Return the cells of the notebook of page.md, with each source as one string."""
    made = files(written(project, site, **options))
    found = json.loads(made[f"notebooks/page_{kind}/page_{kind}.ipynb"])["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in found]


def page(project, kind: str = "solved", **options) -> str:
    return files(written(project, **options))[f"notebooks/page_{kind}.md"]


def problem(project, **options) -> str:
    (found,) = written(project, **options).problems
    return str(found)


def sources(cells: list[dict], kind: str) -> list[str]:
    return [cell["source"] for cell in cells if cell["cell_type"] == kind]


def test_a_notebook_is_prose_code_and_checks_in_their_order(project) -> None:
    code = sources(cells(project), "code")
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
    code = sources(cells(project, "hands_on"), "code")
    assert "# TO-DO: two times each value of start\ndouble = ...  # (values,)" in code
    assert "def half(value):\n    # TO-DO: one line\n    ..." in code
    assert not any("2 * value" in source for source in code)


def test_outputs_are_those_of_this_build(project) -> None:
    colors = 'COLORS = {"queries": "C1"}\nPALETTE = {"queries": ("#1e4b8d", "#4b9df9")}\n'
    project.snippet(colors, "tensors")
    found = cells(project, tensors="tensors")
    told = {c["source"]: c["outputs"] for c in found if c["cell_type"] == "code"}
    assert told["print(double)"] == [
        {"name": "stdout", "output_type": "stream", "text": ["[2, 4]\n"]}
    ]
    assert told["check_double(double, start)"][0]["text"] == ["right\n"]
    drawing = next(o for c in found for o in c.get("outputs", []) if "data" in o)
    svg = "".join(drawing["data"]["image/svg+xml"])
    assert svg.startswith("<svg xmlns=") and "--cycle-1:#1e4b8d;" in svg
    project.snippet("start = [5, 6]\n", "given")
    assert "[10, 12]" in str(cells(project))


def test_a_hands_on_notebook_holds_no_output_below_its_first_blank(project) -> None:
    code = [c for c in cells(project, "hands_on") if c["cell_type"] == "code"]
    first = next(i for i, c in enumerate(code) if "TO-DO" in c["source"])
    assert not any(c["outputs"] or c["execution_count"] for c in code[first:])


def test_prose_is_converted_for_notebooks(project) -> None:
    prose = "\n\n".join(sources(cells(project), "markdown"))
    assert "description" not in prose
    assert "It starts with [1, 2]" in prose
    assert "[the other](../../other/index.html)" in prose
    assert "[a host](https://example.org).<sup>1</sup>" in prose
    assert "> **Mind**\n>\n> It is $x^2$." in prose
    assert "<details>\n<summary>Solution</summary>\n\nFour.\n\n</details>" in prose
    assert prose.endswith("## Notes\n\n1. Somebody, somewhere.")


def test_with_an_address_links_are_absolute(project) -> None:
    site = Site(address="https://x.org/y/")
    prose = "\n".join(sources(cells(project, site=site), "markdown"))
    assert "[the other](https://x.org/y/other/)" in prose
    assert "](.." not in prose


def test_the_same_project_gives_the_same_bytes(project) -> None:
    assert written(project).files == written(project).files


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"half": "one line"', '"hlaf": "one line"', 'there is a hint for "hlaf"'),
        ('"half": "one line"', '"function": "one line"', 'there is a hint for "function"'),
        (":double]", ":doubel]", 'the check "doubel" comes after no section'),
        ("# checks: one", "# checks: on", 'there is no snippet "on" to check; did you mean "one"?'),
        ('"half": "one line"', '"half": "one" + "line"', "HINTS must be written out"),
        ('"half": "one line"', '"half": 5', "HINTS must be written out"),
        ('"half": "one line"', '"half": "x = 1\\nx / 0"', "HINTS must be written out"),
    ],
)
def test_hints_and_checks_must_fit_the_page(project, old, new, told) -> None:
    assert old in CHECKS
    project.snippet(CHECKS.replace(old, new), "checks/one")
    message = problem(project)
    assert message.startswith("snippets/checks/one.py:") and told in message


def test_a_snippet_has_its_checks_in_one_file(project) -> None:
    project.snippet(CHECKS, "checks/two")
    assert '"one" is checked by snippets/checks/one.py already' in problem(project)


def test_hints_may_have_a_type_annotation(project) -> None:
    project.snippet(CHECKS.replace("HINTS =", "HINTS: dict[str, str] ="), "checks/one")
    assert any("TO-DO" in one for one in sources(cells(project, "hands_on"), "code"))


HALF_OPEN = """
    # --8<-- [start:turn]
    def turn(pair, by):
        a, b = pair
        if by:
            turned = -b, a
            return turned
        return pair


    class Wheel:
        def forward(self, pair):
            return turn(pair, by=1)
    # --8<-- [end:turn]
    """
TURN_CHECKS = """
    # checks: two
    HINTS = {
        "turn.a": ("Which two?", "The parts of `pair`."),
        "turn.turned": "A quarter of a turn.",
        "Wheel.forward": ("Which way?", "Forward."),
    }
    # --8<-- [start:turn] hidden
    print(3)
    # --8<-- [end:turn]
    """


@pytest.fixture
def half_open(sample, kept):
    sample.snippet(HALF_OPEN, "two")
    sample.snippet(TURN_CHECKS, "checks/two")
    sample.page("# Other\n", "other")
    sample.page("---\nnotebook: full\n---\n\n# Turn\n\nText.\n\n::: two: turn\n\nMore.\n")
    return with_results(sample, kept / "half_open")


def test_a_blank_in_a_function_leaves_its_frame(half_open) -> None:
    (code,) = [one for one in sources(cells(half_open, "hands_on"), "code") if "turn" in one]
    assert code == (
        "def turn(pair, by):\n"
        "    # TO-DO: Which two?\n"
        "    a, b = ..., ...\n"
        "    if by:\n"
        "        # TO-DO: A quarter of a turn.\n"
        "        turned = ...\n"
        "        return turned\n"
        "    return pair\n\n\n"
        "class Wheel:\n"
        "    def forward(self, pair):\n"
        "        # TO-DO: Which way?\n"
        "        ..."
    )


def test_a_return_value_can_be_a_blank(half_open) -> None:
    half_open.snippet(
        TURN_CHECKS.replace('"Wheel.forward"', '"Wheel.forward.return"'), "checks/two"
    )
    assert "        return ..." in "\n".join(sources(cells(half_open, "hands_on"), "code"))


def test_further_help_is_folded_below_the_blank_of_a_hands_on_notebook(half_open) -> None:
    found = cells(half_open, "hands_on")
    at = next(i for i, cell in enumerate(found) if cell["source"].startswith("def turn"))
    assert found[at + 1]["cell_type"] == "markdown"
    assert found[at + 1]["source"] == (
        "<details>\n<summary>More help with <code>turn.a</code></summary>\n\n"
        "The parts of `pair`.\n\n</details>\n\n"
        "<details>\n<summary>More help with <code>Wheel.forward</code></summary>\n\n"
        "Forward.\n\n</details>"
    )
    assert [cell["source"] for cell in found[at + 2 :]] == ["print(3)", "More."]
    assert "More help" not in "".join(sources(cells(half_open), "markdown"))


def test_a_folded_part_of_an_admonition_comes_below_its_quotation(half_open) -> None:
    half_open.page(
        "---\nnotebook: full\n---\n\n# Turn\n\n::: two: turn\n\n"
        '!!! note "Mind"\n\n    It turns.\n\n    ??? note "How"\n\n        - far\n\n    Always.\n'
    )
    (text,) = [one for one in sources(cells(half_open), "markdown") if "Mind" in one]
    assert text == (
        "> **Mind**\n>\n> It turns.\n\n<details>\n<summary>How</summary>\n\n- far\n\n</details>"
        "\n\n> Always."
    )
    html = markdown(page(half_open), extensions=["md_in_html"])
    assert "<summary>How</summary>\n<ul>\n<li>far</li>" in html


EXERCISES = """
    ---
    notebook: full
    ---

    # Turn

    **One half.** Take two shares.

    ??? quiz "Solution"

        - **[0.5, 1.5]**: the *mean* of $x$, see [there](other.md).
        - *[1, 3]*: the sum.

        ::: two: turn

    **One half.** Which way?

    1. Left
    2. Right

    ??? quiz "Solution"

        1. No, that is `left`.
        2. **Yes, *right***: it is.

    **In words.** Why?

    ??? success "Solution"

        Because.
    """


def exercises(project, kind: str) -> list[dict]:
    project.page(EXERCISES)
    project.snippet("", "checks/two")
    return [c for c in cells(project, kind) if "answer" in c["metadata"].get("tags", [])]


def test_an_exercise_becomes_a_cell_that_checks_an_answer(half_open) -> None:
    numbers, choice = (cell["source"] for cell in exercises(half_open, "hands_on"))
    assert numbers == (
        "# TO-DO: a list of 2 numbers; two decimals are enough\n"
        'my_answer = ...\ncheck_answer("One half", my_answer)'
    )
    assert choice == (
        '# TO-DO: the number of your choice\nmy_answer = ...\ncheck_answer("One half (2)", my_answer)'
    )
    shape = Exercise("A shape", (), right=Answer((2.0, 3.0), ""), is_choice=False)
    assert shape.cell(None).startswith("# TO-DO: a list of 2 numbers\n")
    solved = [cell["source"] for cell in exercises(half_open, "solved")]
    assert [one.splitlines()[0] for one in solved] == ["my_answer = [0.5, 1.5]", "my_answer = 2"]


@pytest.mark.parametrize(
    ("exercise", "answer", "told"),
    [
        ("One half", [0.504, 1.5], "Right. [0.5, 1.5]: the mean of x, see there."),
        ("One half", (1, 3), "Not yet. [1, 3]: the sum."),
        ("One half", [0.5, 7], "Not yet. Numbers that fit: 1 of 2."),
        ("One half", 5, "Not yet. Numbers expected: 2. Numbers given: 1."),
        ("One half", [[0.5], [1.5]], "Right. [0.5, 1.5]: the mean of x, see there."),
        ("One half", "half", "Not yet. 'half' is neither a number nor a list of numbers."),
        ("One half", ..., "This is still a blank: put your answer where the three dots are, and"),
        ("One half (2)", 1, "Not yet. No, that is left."),
        ("One half (2)", 5, "Not yet. The right number is smaller."),
        ("One half (2)", 2, "Right. Yes, right: it is."),
    ],
)
def test_an_answer_gets_the_message_of_the_page(half_open, capsys, exercise, answer, told) -> None:
    outputs = [cell["outputs"][0]["text"] for cell in exercises(half_open, "solved")]
    assert outputs == [
        ["Right. [0.5, 1.5]: the mean of x, see there.\n"],
        ["Right. Yes, right: it is.\n"],
    ]
    helper = next(s for s in sources(cells(half_open), "code") if "def check_answer" in s)
    known: dict = {}
    exec(helper, known)
    known["check_answer"](exercise, answer)
    assert capsys.readouterr().out.startswith(told)


def test_checked_code_of_a_solution_becomes_a_blank_before_it(half_open) -> None:
    half_open.page(EXERCISES)
    found = [cell["source"] for cell in cells(half_open, "hands_on")]
    at = next(i for i, one in enumerate(found) if one.startswith("def turn"))
    assert found[at - 1].startswith("# TO-DO: a list")
    assert "More help" in found[at + 1] and found[at + 2] == "print(3)"
    assert "<summary>Solution</summary>" in found[at + 3]
    assert "turned = -b, a" in found[at + 3] and "turned = -b, a" not in found[at]


def test_a_notebook_installs_missing_packages(project) -> None:
    first = sources(cells(project), "code")[0]
    assert 'name in ["matplotlib"] if find_spec(name) is None' in first
    assert '    %pip install --quiet {" ".join(missing)}\n\nimport matplotlib' in first


def test_a_notebook_runs_the_install_command_of_a_snippet(project) -> None:
    project.snippet(
        'start = [1, 2]\nINSTALL = "pip install a-b==1 && pip install --no-deps c"\n', "given"
    )
    first = sources(cells(project), "code")[0]
    assert first.split("\n\n")[1].splitlines()[2:] == [
        'if not all(map(find_spec, ["a_b", "c"])):',
        "    %pip install --quiet a-b==1",
        "    %pip install --quiet --no-deps c",
    ]


def test_a_solution_that_fails_its_check_fails_the_build(project) -> None:
    project.snippet(CHECKS.replace("print(half(3))", "assert half(3) == 2"), "checks/one")
    assert "AssertionError" in project.problem()


def test_after_a_failed_build_the_overview_lists_no_notebooks(project) -> None:
    project.snippet("start = [1, 2] +\n", "given")
    made = notebooks(project.refresh(), project.engine.project, Site())
    assert [file.path for file in made.files] == ["notebooks/index.md"]
    assert "There are none now" in made.files[0].content.decode()
    assert not made.links


def test_a_chapter_whose_code_cannot_stand_alone_is_reported(project) -> None:
    project.snippet(SNIPPET.replace("from snippets.given import start", 'exec("start = [1, 2]")'))
    message = problem(project)
    assert message.startswith("docs/page.md:1: no notebook can be made of it: ")
    assert 'the name "start" is bound nowhere in snippets/one.py' in message


# Directives

SHORT = """
    ---
    snippet: one
    notebook: full
    ---

    # Twice

    ::: double, show

    ::: output "Said again" show

    ::: output "Half" half_of_three

    ::: print "By hand" lines(double)

    Above.

    {{ bars(double) }}

    Below, and {{ half(3) }}.

    !!! note

        {{ bars(start) }}

        Beside.

    ??? quiz "Solution"

        - **{{ double }}**: right.

        {{ bars([7]) }}

    ::: function
    """
DRAWING = """
    # folded
    import matplotlib.pyplot as plt

    def bars(heights):
        plt.figure(f"Bars up to {max(heights)}").add_subplot().bar(range(len(heights)), heights)

    def lines(values):
        return [f"{value} = 2 x {value // 2}" for value in values]
    """


@pytest.fixture
def short(project, kept):
    """A chapter with directives, whose figures are expressions."""
    hidden = "# --8<-- [start:half_of_three] hidden\n        print(half(3))\n        "
    hidden += "# --8<-- [end:half_of_three]\n        "
    drawing = SNIPPET.index("# --8<-- [start:picture]")
    project.snippet(SNIPPET[:drawing] + hidden)
    project.snippet(DRAWING, "drawing/bars")
    project.page(SHORT)
    project.engine = Engine(Project(project.root, options=Options(helpers=("drawing/bars",))))
    project.engine.pool = project.pool
    return with_results(project, kept / "short")


def test_a_directive_becomes_a_cell_with_its_output(short) -> None:
    found = cells(short, helpers=("drawing/bars",))
    (cell,) = [cell for cell in found if cell["source"] == "print(double)"]
    assert cell["outputs"][0]["text"] == ["[2, 4]\n"]
    text = "\n".join(sources(found, "markdown"))
    assert "Said again" not in text, "its cell is there already"
    assert "Half:\n\n``` text\n1.5\n```" in text
    assert "By hand:\n\n``` text\n2 = 2 x 1\n4 = 2 x 2\n```" in text
    assert "Below, and 1.5." in text


def test_an_expression_that_draws_becomes_a_figure_cell(short) -> None:
    found = cells(short, helpers=("drawing/bars",))
    drawn = [cell for cell in found if cell["metadata"].get("tags") == ["figure"]]
    assert [cell["source"] for cell in drawn] == ["bars(double)", "bars(start)", "bars([7])"]
    assert all("image/svg+xml" in cell["outputs"][0]["data"] for cell in drawn)
    place = found.index(drawn[0])
    assert found[place - 1]["source"].endswith("Above.")
    assert found[place + 1]["source"].startswith("Below, and")
    (helper,) = [cell for cell in found if cell["metadata"].get("tags") == ["helper"]][:1]
    assert "def bars(heights):" in helper["source"], "what draws it comes along"
    assert "def lines" not in helper["source"], "what a cell does not need stays away"


def test_a_figure_comes_after_the_code_that_it_draws(short) -> None:
    short.page(
        SHORT.replace(
            "    ::: double, show\n", "    {{ bars([*double, 1]) }}\n\n    ::: double, show\n"
        )
    )
    code = sources(cells(short, helpers=("drawing/bars",)), "code")
    assert code.index("bars([*double, 1])") > code.index(
        "double = [2 * value for value in start]  # (values,)"
    )


def test_code_between_cells_comes_with_the_first_that_needs_it(short) -> None:
    between = 'if __name__ == "__main__":\n        most = max(double)\n'
    snippet = (short.root / "snippets/one.py").read_text("utf-8")
    short.snippet(
        snippet.replace('if __name__ == "__main__":\n', between.replace("        ", "    "))
    )
    short.page(SHORT + "\n    {{ bars([most]) }}\n\n    {{ bars([0, most]) }}\n")
    code = sources(cells(short, helpers=("drawing/bars",)), "code")
    assert "most = max(double)\n\nbars([most])" in code
    assert "bars([0, most])" in code
    assert sum("most = max" in source for source in code) == 1


def test_code_of_another_file_comes_after_the_cell_whose_function_it_calls(short) -> None:
    short.snippet("""
        from snippets.one import half

        quarter = half(half(1))
        """, "quarter")  # fmt: skip
    short.page(SHORT + "\n    {{ quarter: bars([quarter]) }}\n")
    code = sources(cells(short, helpers=("drawing/bars",)), "code")
    drawn = code.index("quarter = half(half(1))\n\nbars([quarter])")
    assert drawn > next(at for at, source in enumerate(code) if "def half" in source)


def test_a_drawing_helper_may_import_from_a_snippet(short) -> None:
    using = DRAWING.replace(
        "    def bars",
        "    from snippets.given import start\n\n    TALL = max(start)\n\n    def bars",
    )
    short.snippet(using.replace("len(heights)", "len(heights) + 0 * TALL"), "drawing/bars")
    code = sources(cells(short, helpers=("drawing/bars",)), "code")
    places = {
        word: n for n, text in enumerate(code) for word in ("start =", "TALL =") if word in text
    }
    assert places["start ="] < places["TALL ="]


@pytest.mark.parametrize(("name", "is_refused"), [("many", True), ("others", False)])
def test_a_cell_may_not_take_the_name_of_a_helper_that_a_later_one_needs(
    short, name: str, is_refused: bool
) -> None:
    short.snippet(
        DRAWING.replace("len(heights)", "many(heights)").replace(
            "    def bars", "    def many(heights):\n        return len(heights)\n\n    def bars"
        ),
        "drawing/bars",
    )
    taken = f"# --8<-- [start:taken]\n    {name} = [1, 2]\n    # --8<-- [end:taken]\n    "
    short.snippet(SNIPPET[: SNIPPET.index("# --8<-- [start:picture]")] + taken)
    page = SHORT.replace('::: output "Half" half_of_three', "::: taken")
    short.page(page.replace("{{ bars([7]) }}", "{{ half(7) }}"))
    if is_refused:
        assert problem(short, helpers=("drawing/bars",)) == (
            'snippets/one.py:16: binds "many", and in a notebook that takes away the one of '
            "snippets/drawing/bars.py:4, which a later cell needs: give one of the two another name"
        )
    else:
        assert f"{name} = [1, 2]" in sources(cells(short, helpers=("drawing/bars",)), "code")


def test_prose_of_an_admonition_leaves_its_figures_to_cells(short) -> None:
    text = "\n".join(sources(cells(short, helpers=("drawing/bars",)), "markdown"))
    assert "> **Note**\n" in text and "> Beside." in text
    assert "<summary>Solution</summary>\n\n- **[2, 4]**: right.\n\n</details>" in text
    assert "bars(" not in text


def test_data_for_a_script_of_the_page_is_left_out(short) -> None:
    short.page(SHORT + "\n    {{ b'for the script' }}\n")
    found = cells(short, helpers=("drawing/bars",))
    assert "for the script" not in "".join(cell["source"] for cell in found)


# Pages


def test_a_page_of_a_notebook_is_plain_markdown(project) -> None:
    text = page(project)
    assert "# Twice\n\nThe solved notebook: " in text
    assert "[This chapter on the site](../page.md)" in text
    assert "[the other](../other.md)" in text
    assert "``` py\ndouble = [2 * value for value in start]  # (values,)\n```\n" in text
    assert '``` text title="Output"\n[2, 4]\n```\n' in text
    assert '``` engine-html\n<figure class="drawing">' in text
    assert "plt.figure" not in text, "the code of a drawing is folded away"
    assert "<details markdown>\n<summary>Solution</summary>\n\nFour." in text


def test_a_page_highlights_its_blanks(project) -> None:
    text = page(project, "hands_on")
    assert '``` { .py .to-do hl_lines="1" }\n# TO-DO: two times each value of start\n' in text
    assert '``` { .py .to-do hl_lines="2" }\ndef half(value):\n    # TO-DO: one line\n' in text


def test_a_fence_on_a_page_is_longer_than_those_in_it(project) -> None:
    project.snippet(SNIPPET.replace("print(double)", 'print("```\\nno code")'))
    assert '```` text title="Output"\n```\nno code\n````\n' in page(project)


def test_a_brief_page_has_code_and_headings_but_no_prose(project) -> None:
    project.page(
        PAGE.replace("notebook: full", "notebook: brief").replace("!!!", "## B\n\n    !!!")
    )
    text = page(project)
    assert "Four." not in text and "It is $x^2$" not in text and "check_double" in text
    assert "This page shows the code, and what it printed and drew." in text
    assert "\n## B\n" in text, "code stands below it"
    assert "## Notes" not in text, "no code stands below it"
    assert "Four." in str(cells(project)), "the notebook itself has all of it"


def test_a_page_says_where_it_comes_from_and_is_not_searched(project) -> None:
    meta = parse(page(project)).meta
    assert meta["title"] == "Twice: solved notebook"
    assert meta["search"] == {"exclude": True}
    back, hands_on, solved = meta["notebooks"]
    assert back == {"title": "Back to the chapter", "page": "page/"}
    assert hands_on["page"] == "notebooks/page_hands_on/"
    assert solved["page"] == "", "it is this page"
    assert solved["file"] == "notebooks/page_solved/page_solved.ipynb"


def test_a_chapter_gets_the_links_to_its_notebooks(project) -> None:
    made = written(project, Site(repository="https://github.com/a/b.git", branch="pages"))
    (source,) = [page for page in project.build.pages if page.name == "page.md"]
    text = with_front_matter(source.text, source, {"notebooks": made.links["page.md"]})
    hands_on, solved = parse(text).meta["notebooks"]
    assert hands_on["colab"] == (
        "https://colab.research.google.com/github/a/b/blob/pages/"
        "notebooks/page_hands_on/page_hands_on.ipynb"
    )
    assert solved["page"] == "notebooks/page_solved/"
    assert parse(text).meta["description"] == "no part of the notebook"


def test_the_overview_lists_chapters_in_the_order_of_the_navigation(project) -> None:
    project.page(PAGE.replace("# Twice", "# Norm |x| of `a|b`"), "also")
    nav = [{"Part": ["also.md", {"Named": "page.md"}]}, "other.md"]
    made = files(written(project, site_of({"nav": nav}, "pages")))
    html = markdown(made["notebooks/index.md"].partition("---\n\n")[2], extensions=["tables"])
    first, second = "Norm |x| of <code>a|b</code>", "Twice"
    assert f'<td><a href="../also.md">{first}</a></td>' in html, "a bar ends no cell of the table"
    assert html.index(first) < html.index(f'<td><a href="../page.md">{second}</a></td>')
    assert '<a href="page_solved/page_solved.ipynb">download</a>' in html


def test_the_chapters_of_a_folder_make_one_notebook_too(project) -> None:
    (project.root / "docs/part").mkdir()
    project.page(PAGE.replace("other.md", "two.md"), "part/one")
    project.page(
        "---\nnotebook: full\n---\n\n# Next\n\n## Again\n\n{{ given: start }}\n", "part/two"
    )
    project.page("# Other\n", "page")
    site = site_of({"nav": [{"The part": ["part/one.md", "part/two.md"]}]}, "pages")
    made = files(written(project, site, whole_notebooks=("part",)))
    found = json.loads(made["notebooks/part_solved/part_solved.ipynb"])["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in found)
    assert text.startswith("# The part, from start to end\n\nThe solved notebook: ")
    assert "\n## Twice\n" in text and "\n## Next\n" in text and "\n### Again\n" in text
    assert "see the other and" in text, "between its chapters, links are words"
    assert "The part, from start to end" in made["notebooks/index.md"]


def test_a_folder_without_chapters_makes_no_notebook(project) -> None:
    assert 'whole_notebooks names "part"' in problem(project, whole_notebooks=("part",))


def test_a_value_in_the_title_of_a_chapter_is_refused(project) -> None:
    project.page(PAGE.replace("# Twice", "# Twice {{ given: start }}"))
    assert problem(project).startswith("docs/page.md:6: a title names notebooks too")


def test_two_chapters_of_one_name_are_refused(project) -> None:
    (project.root / "docs/part").mkdir()
    project.page(PAGE.replace("other.md", "../other.md"), "part/page")
    assert problem(project).startswith("docs/part/page.md:1: has the name of docs/page.md")


def test_a_kind_of_notebook_that_is_not_known_is_refused(project) -> None:
    project.page(PAGE.replace("notebook: full", "notebook: both"))
    assert '"notebook: both" is not known: write full, brief or none' in problem(project)


# Footnotes


def test_a_footnote_may_show_code_and_its_output(project) -> None:
    note = "    [^1]: As here.\n\n        ::: two: b\n"
    project.snippet("# --8<-- [start:b]\nprint(2)\n# --8<-- [end:b]\n", "two")
    project.page(PAGE.replace("    [^1]:\n        Somebody, somewhere.\n", note))
    prose = "\n\n".join(sources(cells(project), "markdown"))
    assert prose.endswith(
        "## Notes\n\n1. As here.\n\n    ```python\n    print(2)\n    ```\n\n"
        "    Output:\n\n    ``` text\n    2\n    ```"
    )


def test_a_drawing_in_a_footnote_stands_below_it(project) -> None:
    project.page(
        PAGE.replace("        Somebody,", "        ::: output two: a\n\n        Somebody,")
    )
    body = 'import matplotlib.pyplot as plt\n\nplt.figure("A").add_subplot()'
    project.section(body, "two", "a")
    found = cells(project)
    (cell,) = [cell for cell in found if 'plt.figure("A")' in cell["source"]]
    assert "image/svg+xml" in cell["outputs"][0]["data"]
    assert found[-1]["source"].endswith("1. Somebody, somewhere.")


# Prose


def plain(text: str, own: tuple[str, ...] = ()) -> str:
    return prose.plain(text, "part/here.md", lambda name: f"^{name}", own)


def test_code_in_a_sentence_stays_as_it_is() -> None:
    assert plain("`[a](b.md) and [^c]` but [a](b.md)[^c]") == (
        "`[a](b.md) and [^c]` but [a](site:part/b.md)^c"
    )


def test_markup_that_only_the_site_understands_is_left_out() -> None:
    assert plain("a [b](../c.md#d){ .md-button } e") == "a [b](site:c.md#d) e"
    assert plain('<div class="grid" markdown>\n\ntext\n\n</div>').strip() == "text"


def test_a_link_is_resolved_from_the_folder_of_its_page() -> None:
    text = plain("[a](b.md#c), [d](#e), [f](https://g.org/#h)")
    led = prose.with_links(text, lambda path, anchor: f"<{path}|{anchor}>")
    assert led == "[a](<part/b.md|#c>), [d](<part/here.md|#e>), [f](https://g.org/#h)"


def test_links_between_pages_of_one_notebook_become_plain_text() -> None:
    own = ("part/here.md", "part/b.md")
    assert plain("[a](b.md), [d](#e)", own) == "a, [d](site:part/here.md#e)"
