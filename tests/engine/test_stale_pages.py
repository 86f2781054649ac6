# SPDX-License-Identifier: MIT
"""Every edit that affects a page reaches it: no page is left from an earlier build."""

from __future__ import annotations

import pytest

from tests.support.mkdocs import CONFIG, PAGE, build
from tests.support.sample import Sample

EXTENSION = """\
from pathlib import Path

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor


class Note(Preprocessor):
    def run(self, lines):
        return [line.replace("@note", Path("note.txt").read_text().strip()) for line in lines]


class NoteExtension(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Note(md), "note", 100)


def makeExtension(**options):
    return NoteExtension(**options)
"""
HOOK = """\
from pathlib import Path


def on_page_markdown(markdown, **_):
    return markdown.replace("@version", Path("VERSION").read_text().strip())
"""
SNIPPETS = """\
  - abbr
  - pymdownx.snippets: {base_path: [., snippets], check_paths: true, auto_append: [abbr.md]}
"""


class Site:
    """The sample with two pages, one of which shows a snippet."""

    def __init__(self, sample: Sample) -> None:
        self.sample, self.folder = sample, sample.root
        self.write("mkdocs.yml", CONFIG)
        sample.section("total = 3\nprint('printed', total)")
        sample.page(PAGE, "index")
        sample.page("# Other\n\n## Part\n\nWords.\n", "other")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def configure(self, old: str, new: str) -> None:
        config = self.folder / "mkdocs.yml"
        assert old in config.read_text()
        config.write_text(config.read_text().replace(old, new))

    def build(self, *arguments: str, status: int = 0, **more: str) -> str:
        """Build, check the exit status, and return standard error."""
        done = build(self.sample, *arguments, **more)
        assert done.returncode == status, done.stderr
        return done.stderr

    def page(self, name: str = "index") -> str:
        return (self.folder / "site" / f"{name}.html").read_text("utf-8")


@pytest.fixture
def site(sample: Sample) -> Site:
    return Site(sample)


def test_a_file_that_an_extension_reads_reaches_the_page(site: Site) -> None:
    site.write("noting.py", EXTENSION)
    site.configure("  - attr_list\n", "  - attr_list\n  - noting\n")
    site.sample.page("# Other\n\n@note\n", "other")
    for words in ("first", "second"):
        site.write("note.txt", words)
        site.build()
        assert words in site.page("other")


def test_a_file_that_a_hook_reads_reaches_the_page(site: Site) -> None:
    site.write("hook.py", HOOK)
    site.configure("plugins: [engine]\n", "plugins: [engine]\nhooks: [hook.py]\n")
    site.sample.page("# Other\n\n@version\n", "other")
    for words in ("first", "second"):
        site.write("VERSION", words)
        site.build()
        assert words in site.page("other")


def test_text_appended_and_included_by_pymdownx_snippets_reaches_the_page(site: Site) -> None:
    site.configure("  - attr_list\n", f"  - attr_list\n{SNIPPETS}")
    site.write("part.md", "Included HTML.\n")
    site.sample.section("total = 3\nprint('printed', total)\nprint('--8<-- \"part.md\"')")
    page = '--8<-- "part.md"\n\n' + PAGE
    site.sample.page(page, "index")
    for words in ("Hyper Text", "Hypertext"):
        site.write("abbr.md", f"*[HTML]: {words} Markup Language\n")
        site.build("--strict")
        assert f'<abbr title="{words} Markup Language">HTML</abbr>' in site.page()
        assert site.page().count("Included") == 1, "an output that looks like an include is not one"
        assert "printed 3" in site.page()


def test_an_include_is_reported_where_pymdownx_snippets_is_not_used(site: Site) -> None:
    site.write("part.md", "Included.\n")
    site.sample.page('--8<-- "part.md"\n', "other")
    assert "docs/other.md:1: an include is a line" in site.build(status=1)


@pytest.mark.parametrize("folder", ["content", "docs/en"])
def test_the_docs_folder_may_have_any_name(site: Site, folder: str) -> None:
    (site.folder / "docs").rename(site.folder / "moved")
    (site.folder / folder).parent.mkdir(exist_ok=True)
    (site.folder / "moved").rename(site.folder / folder)
    site.configure("site_name: Sample\n", f"site_name: Sample\ndocs_dir: {folder}\n")
    for total in (3, 4):
        site.sample.section(f"total = {total}\nprint('printed', total)")
        site.build("--strict")
        assert f"printed {total}" in site.page()
    site.sample.section("total = 3")
    assert f"{folder}/index.md:3: snippets/one.py printed and drew nothing" in site.build(status=1)


def test_the_configuration_may_have_any_name_and_inherit(site: Site) -> None:
    (site.folder / "mkdocs.yml").rename(site.folder / "base.yml")
    site.write("ours.yml", "INHERIT: base.yml\ntheme: {name: mkdocs}\n")
    site.build("-f", "ours.yml")
    assert "printed 3" in site.page()


def test_a_hook_may_write_into_the_site(site: Site) -> None:
    site.write(
        "hook.py",
        "from pathlib import Path\n\nwhere = None\n\n\ndef on_config(config):\n"
        "    global where\n    where = Path(config.site_dir)\n\n\ndef on_post_build(config):\n"
        "    (where / 'robots.txt').write_text('User-agent: *')\n",
    )
    site.configure("plugins: [engine]\n", "plugins: [engine]\nhooks: [hook.py]\n")
    site.build()
    assert (site.folder / "site/robots.txt").is_file()


def test_a_link_that_leads_nowhere_is_reported_in_every_build(site: Site) -> None:
    site.sample.page("# Other\n\n[gone](gone.md)\n", "other")
    for _ in range(2):
        assert "gone.md" in site.build("--strict", status=1)


def test_the_theme_follows_its_files_the_configuration_and_the_environment(site: Site) -> None:
    theme = "theme: {name: mkdocs, custom_dir: overrides}"
    site.configure("theme: {name: mkdocs}", theme)
    site.configure("site_name: Sample", "site_name: !ENV [NAMED, Sample]")
    for words in ("First", "Second"):
        site.write(
            "overrides/main.html",
            "{% extends 'base.html' %}{% block footer %}" + words + "{% endblock %}",
        )
        site.build(NAMED=f"{words} name")
        assert words in site.page("other") and f"{words} name</title>" in site.page("other")


def test_a_page_is_written_again_only_where_its_text_changed(site: Site) -> None:
    site.build()
    written = {path: path.stat().st_mtime_ns for path in site.folder.glob(".cache/docs/*.md")}
    assert {path.name for path in written} == {"index.md", "other.md"}
    site.sample.section("total = 4\nprint('printed', total)")
    site.build()
    changed = {path.name for path, time in written.items() if path.stat().st_mtime_ns != time}
    assert changed == {"index.md"}
    (site.folder / "docs/other.md").unlink()
    site.build()
    assert {path.name for path in site.folder.glob(".cache/docs/*.md")} == {"index.md"}


def test_a_dirty_build_renders_pages_with_changed_outputs(site: Site) -> None:
    site.build()
    site.sample.section("total = 4\nprint('printed', total)")
    site.build("--dirty")
    assert "printed 4" in site.page()


def test_a_fence_that_is_not_configured_is_reported(site: Site) -> None:
    site.configure("        - name: engine-html\n", "        - name: other\n")
    assert "format: !!python/name:engine.site.markdown.engine_html" in site.build(status=1)
