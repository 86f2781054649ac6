# SPDX-License-Identifier: MIT
"""Under MkDocs, a broken snippet fails a build but does not stop `mkdocs serve`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.support.in_process import engine
from tests.support.mkdocs import CONFIG, PAGE, Served, build, build_in_a_process
from tests.support.sample import Sample

PROVED_WRONG = (  # as a program, the file has another name, so it prints False
    "# --8<-- [start:part]\nprint(__file__.endswith('one.py'))\n# --8<-- [end:part]\n"
)
SHOWN = "::: one: part\n"


@pytest.fixture
def mkdocs(sample: Sample, root: Path) -> Sample:
    (sample.root / "mkdocs.yml").write_text(CONFIG)
    sample.section("total = 3\nprint('printed', total)")
    sample.page(PAGE, "index")
    return sample


def test_code_outputs_values_and_tables_are_on_the_page(mkdocs: Sample) -> None:
    done = build(mkdocs, "--strict")
    assert done.returncode == 0, done.stderr
    page = (mkdocs.root / "site/index.html").read_text()
    assert "printed 3" in page
    assert "The total is 3, <strong>[3.0, 1.5]</strong> and <code>3</code>." in page
    assert '<table class="tensor"' in page
    soup = BeautifulSoup(page, "html.parser")
    for place, first in (("div", 1), ("details", 2), ("custom-element", 4)):
        assert f"<td>{first}</td><td>3</td>" in str(soup.select(f"{place} > table.tensor"))
    assert "{{" not in page


@pytest.mark.slow
def test_a_build_works_in_a_process_of_its_own(mkdocs: Sample, root: Path) -> None:
    done = build_in_a_process(mkdocs, root, "--strict")
    assert done.returncode == 0, done.stderr
    assert "printed 3" in (mkdocs.root / "site/index.html").read_text()
    mkdocs.section("1 / 0")
    done = build_in_a_process(mkdocs, root)
    assert done.returncode != 0
    assert "division by zero" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_ignored_folder_is_named_by_its_whole_path(mkdocs: Sample) -> None:
    options = "plugins: [{engine: {ignored: [weights]}}]"
    (mkdocs.root / "mkdocs.yml").write_text(CONFIG.replace("plugins: [engine]", options))
    told = 'mkdocs.yml: ignored: "weights" is looked for from nowhere: begin it with "/"'
    for done in (build(mkdocs), engine(mkdocs)):
        assert done.returncode == 1
        assert told in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("helper: [one]", 'mkdocs.yml: helper: engine has no such option; did you mean "helpers"?'),
        ("helpers: 5", "mkdocs.yml: helpers: 5 is not a list of strings"),
        ("ignored: [5]", "mkdocs.yml: ignored: [5] is not a list of strings"),
        ("branch: [main]", "mkdocs.yml: branch: ['main'] is not a string"),
        ("moved: [old.md]", "mkdocs.yml: moved: ['old.md'] is not a mapping"),
    ],
)
def test_a_wrong_option_is_named(mkdocs: Sample, option: str, told: str) -> None:
    options = f"plugins: [{{engine: {{{option}}}}}]"
    (mkdocs.root / "mkdocs.yml").write_text(CONFIG.replace("plugins: [engine]", options))
    done = engine(mkdocs)
    assert done.returncode == 1
    assert told in done.stderr and "Traceback" not in done.stderr
    done = build(mkdocs)  # which checks types itself
    assert done.returncode == 1
    assert option.partition(":")[0] in done.stderr and "Traceback" not in done.stderr


def test_the_option_that_mkdocs_gives_every_plugin_is_accepted(mkdocs: Sample) -> None:
    options = "plugins: [{engine: {enabled: true}}]"
    (mkdocs.root / "mkdocs.yml").write_text(CONFIG.replace("plugins: [engine]", options))
    for done in (build(mkdocs), engine(mkdocs)):
        assert done.returncode == 0, done.stderr


def test_a_build_works_from_another_folder(
    mkdocs: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, site = str(mkdocs.root / "mkdocs.yml"), tmp_path / "elsewhere"
    monkeypatch.setattr(mkdocs, "root", tmp_path.parent)
    done = build(mkdocs, "-f", config, "-d", str(site))
    assert done.returncode == 0, done.stderr
    assert "printed 3" in (site / "index.html").read_text()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "total = 3\nraise ValueError('no')",
            'snippets/one.py:3: in section "part": ValueError: no',
        ),
        ("import os\nos._exit(0)", 'snippets/one.py:3: section "part" ended its process'),
        ("total = 3", 'docs/index.md:3: snippets/one.py printed and drew nothing in "part"'),
        ("print(1)", "docs/index.md:5: {{ one: total }}: NameError"),
    ],
)
def test_a_mistake_fails_a_build_that_is_not_strict(
    mkdocs: Sample, body: str, message: str
) -> None:
    mkdocs.section(body)
    done = build(mkdocs)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (mkdocs.root / "site/index.html").exists()


def test_a_build_that_fails_leaves_the_site_as_it_was(mkdocs: Sample) -> None:
    page = mkdocs.root / "site/index.html"
    assert build(mkdocs).returncode == 0
    before = page.read_bytes()
    good = (mkdocs.root / "snippets/one.py").read_text()
    for body in ("1 / 0", PROVED_WRONG):
        mkdocs.snippet(body)
        mkdocs.page(SHOWN, "index")
        assert build(mkdocs).returncode != 0
        assert page.read_bytes() == before
    mkdocs.snippet(good)
    mkdocs.page(PAGE + "\nMore.\n", "index")
    assert build(mkdocs).returncode == 0
    assert "More." in page.read_text()


def test_a_failed_proof_leaves_no_page(mkdocs: Sample) -> None:
    mkdocs.snippet(PROVED_WRONG)
    mkdocs.page(SHOWN, "index")
    done = build(mkdocs)
    assert done.returncode != 0
    assert "docs/index.md:1: this block cannot stand alone" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [path for path in (mkdocs.root / "site").rglob("*") if path.is_file()]


def test_a_dirty_build_whose_proof_fails_leaves_the_site_as_it_was(mkdocs: Sample) -> None:
    assert build(mkdocs, "--dirty").returncode == 0
    before = (mkdocs.root / "site/index.html").read_bytes()
    mkdocs.snippet(PROVED_WRONG)
    mkdocs.page(SHOWN, "index")
    assert build(mkdocs, "--dirty").returncode != 0
    assert (mkdocs.root / "site/index.html").read_bytes() == before


def test_a_build_that_fails_does_not_wait_for_its_proofs(mkdocs: Sample) -> None:
    mkdocs.snippet(
        "# timeout: 3600 s\n# --8<-- [start:part]\nimport sys\n\n"
        "while sys.path[0].endswith('programs'):\n    pass\nprint(1)\n# --8<-- [end:part]\n"
    )
    mkdocs.section("1 / 0", "two")
    mkdocs.page(SHOWN, "index")
    done = build(mkdocs)
    assert "division by zero" in done.stderr


@pytest.mark.parametrize(
    ("config", "page", "told"),
    [
        (
            "  - pymdownx.arithmatex: {generic: true}\n",
            "\n$\\frac{1$\n",
            "frac{1",
        ),
        ("", "\n[x](glossary.md#no-such-term)\n", "no-such-term"),
    ],
)
def test_a_mistake_on_a_page_is_reported_without_a_traceback(
    mkdocs: Sample, config: str, page: str, told: str
) -> None:
    with (mkdocs.root / "mkdocs.yml").open("a") as file:
        file.write(config)
    mkdocs.page("# Terms\n\n## Term\n\nWords.\n", "glossary")
    mkdocs.page(PAGE + page, "index")
    done = build(mkdocs)
    assert done.returncode != 0
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_snippet_that_changes_while_pages_are_written_ends_the_build(
    mkdocs: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdocs.page(SHOWN, "index")
    build = mkdocs.refresh()
    assert mkdocs.engine.edited_since_run(build) == []
    mkdocs.section("total = 4\nprint('never run', total)")
    (problem,) = mkdocs.engine.edited_since_run(build)
    assert str(problem) == "snippets/one.py:1: was changed while pages were made: build again"
    assert "never run" not in mkdocs.markdown("index")


def test_a_warning_of_a_snippet_fails_a_strict_build(mkdocs: Sample) -> None:
    mkdocs.section("import warnings\ntotal = 3\nprint(3)\nwarnings.warn('careful')")
    assert build(mkdocs).returncode == 0
    page = (mkdocs.root / "site/index.html").read_text()
    mkdocs.section("import warnings\ntotal = 4\nprint(4)\nwarnings.warn('careful')")
    done = build(mkdocs, "--strict")
    assert done.returncode != 0
    assert "careful" in done.stderr
    assert (mkdocs.root / "site/index.html").read_text() == page


def test_two_builds_are_byte_identical_from_scratch_too(mkdocs: Sample) -> None:
    mkdocs.section(
        "import matplotlib.pyplot as plt\ntotal = 3\nprint(3)\nplt.figure('F').text(0, 0, 'x')"
    )
    page = mkdocs.root / "docs/index.md"
    page.write_text(page.read_text() + "\n::: output one: part\n")
    pages = []
    for _ in range(2):
        mkdocs.engine.store.clean()
        assert build(mkdocs).returncode == 0
        pages.append((mkdocs.root / "site/index.html").read_bytes())
    assert b"<svg" in pages[0]
    assert pages[0] == pages[1]


def test_a_page_that_moved_is_found_at_its_old_address(mkdocs: Sample) -> None:
    move(mkdocs, "old/place.md", "index.md")
    assert build(mkdocs, "--strict").returncode == 0
    assert 'content="0; url=../"' in (mkdocs.root / "site/old/place.html").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("old.md", "nowhere.md", "moved: old.md: there is no page nowhere.md"),
        ("index.md", "index.md", "moved: index.md: there still is such a page"),
    ],
)
def test_a_moved_page_needs_a_free_old_address_and_an_existing_new_page(
    mkdocs: Sample, old: str, new: str, message: str
) -> None:
    move(mkdocs, old, new)
    done = build(mkdocs)
    assert done.returncode != 0
    assert f"{message}; correct it in mkdocs.yml" in done.stderr


def move(mkdocs: Sample, old: str, new: str) -> None:
    config = mkdocs.root / "mkdocs.yml"
    plugins = f"plugins: [{{engine: {{moved: {{{old}: {new}}}}}}}]"
    config.write_text(config.read_text().replace("plugins: [engine]", plugins))


@pytest.fixture
def served(mkdocs: Sample, root: Path) -> Iterator[Served]:
    mkdocs.section("from snippets.helper import half\ntotal = 3\nprint('printed', half)")
    mkdocs.snippet("half = 1.5\n", "helper")
    config = mkdocs.root / "mkdocs.yml"
    config.write_text(config.read_text() + "strict: true\n")  # as in our own mkdocs.yml
    server = Served(mkdocs, root)
    yield server
    server.close()


@pytest.mark.slow
def test_edits_show_without_a_restart_and_mistakes_do_not_end_the_server(
    mkdocs: Sample, served: Served
) -> None:
    served.wait_for(lambda page: "printed 1.5" in page)
    mkdocs.snippet("half = 2.5\n", "helper")
    served.wait_for(lambda page: "printed 2.5" in page)
    mkdocs.snippet("half = 1 / 0\n", "helper")
    page = served.wait_for(lambda page: "engine-error" in page)
    assert "snippets/helper.py:1: ZeroDivisionError: division by zero" in page
    assert "snippets/helper.py:1: ZeroDivisionError" in served.log.read_text()
    assert "printed 2.5" not in page
    mkdocs.page("# Edited\n\nThe total is {{ one: total }}.\n", "index")
    served.wait_for(lambda page: "Edited" in page)
    mkdocs.snippet("half = 3.5\n", "helper")
    page = served.wait_for(lambda page: "The total is 3." in page)
    assert "engine-error" not in page
    mkdocs.page("# Edited\n\n{{ one: totl }}\n", "index")
    page = served.wait_for(lambda page: "engine-error" in page)
    assert re.search("name .*totl.* is not defined", page)


@pytest.mark.slow
def test_an_error_message_never_becomes_markup(mkdocs: Sample, served: Served) -> None:
    served.wait_for(lambda page: "printed" in page)
    mkdocs.section("raise ValueError('<script>alert(1)</script>\\n\\n# Heading\\n\\n**bold**')")
    page = served.wait_for(lambda page: "engine-error" in page)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<strong>bold" not in page


def test_a_mistake_on_a_page_with_another_suffix_ends_the_build(
    mkdocs: Sample,
) -> None:
    (mkdocs.root / "docs/more.markdown").write_text("::: code nope: part\n")
    done = build(mkdocs)
    assert done.returncode != 0
    assert "there is no snippets/nope.py" in done.stderr
    assert "Traceback" not in done.stderr
