# SPDX-License-Identifier: MIT
"""Under MkDocs a page is made again when something changed that it is made from, and only then."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.mkdocs import CONFIG, PAGE, command, environment
from tests.support.sample import Sample

COUNTING = """\
from markdown.extensions import Extension


class Counting(Extension):
    def extendMarkdown(self, md):
        with open("rendered.txt", "a") as file:
            file.write("x")


def makeExtension(**options):
    return Counting(**options)
"""


class Site:
    """The sample with two pages, one of which shows a snippet, and a count of renderings."""

    def __init__(self, sample: Sample, root: Path) -> None:
        self.sample, self.root, self.folder = sample, root, sample.root
        (self.folder / "counting.py").write_text(COUNTING)
        (self.folder / "mkdocs.yml").write_text(CONFIG.format(root=root) + "  - counting\n")
        sample.section("total = 3\nprint('printed', total)")
        sample.page(PAGE, "index")
        sample.page("# Other\n\n## Part\n\nWords.\n", "other")
        sample.page("# Terms\n", "glossary")

    def build(self, *arguments: str, status: int = 0, **more: str) -> tuple[int, str]:
        """Builds; returns how many pages were rendered, and what was said."""
        counted = self.folder / "rendered.txt"
        counted.write_text("")
        variables = {**environment(self.root), **more}
        variables["PYTHONPATH"] += f":{self.folder}"
        done = subprocess.run(
            command("build", *arguments),
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        checked = 1  # MkDocs makes a renderer more, to see whether it can
        return len(counted.read_text()) - checked, done.stderr

    def kept(self, kind: str = "json") -> dict[Path, int]:
        """The files that pages are kept in, or templates, and when each was written."""
        files = (self.folder / ".cache/pages").glob(f"*.{kind}")
        return {path: path.stat().st_mtime_ns for path in files}

    def page(self, name: str = "index") -> str:
        return (self.folder / "site" / f"{name}.html").read_text("utf-8")


@pytest.fixture
def site(sample: Sample, root: Path) -> Site:
    return Site(sample, root)


def test_what_did_not_change_is_not_rendered_and_reads_the_same(site: Site) -> None:
    assert site.build()[0] == 3
    first = {name: site.page(name) for name in ("index", "other", "glossary")}
    assert site.build()[0] == 0
    assert {name: site.page(name) for name in first} == first


def test_a_changed_sentence_or_output_renders_the_pages_that_show_it(site: Site) -> None:
    site.build()
    site.sample.page("# Other\n\n## Part\n\nAnother word.\n", "other")
    assert site.build()[0] == 1
    assert "Another word" in site.page("other")
    site.sample.section("total = 4\nprint('printed', total)")
    assert site.build()[0] == 1
    assert "The total is 4" in site.page()
    assert "printed 4" in site.page()


def test_what_all_pages_are_made_from_renders_all(site: Site) -> None:
    site.build()
    config = site.folder / "mkdocs.yml"
    config.write_text(config.read_text() + "  - tables\n")
    assert site.build()[0] == 3
    site.sample.page("# Terms\n\n## Word\n", "glossary")
    assert site.build()[0] == 3
    site.sample.page("# New\n", "new")  # a link to it would now lead somewhere
    assert site.build()[0] == 4


def test_a_configuration_that_is_inherited_from_renders_all(site: Site) -> None:
    config, base = site.folder / "mkdocs.yml", site.folder / "base.yml"
    base.write_text(config.read_text())
    config.write_text("INHERIT: base.yml\n")
    site.build()
    assert site.build()[0] == 0
    base.write_text(base.read_text() + "  - tables\n")
    assert site.build()[0] == 3


def test_an_extension_of_the_projects_own_renders_all(site: Site) -> None:
    site.build()
    assert site.build()[0] == 0
    extension = site.folder / "counting.py"
    extension.write_text(extension.read_text() + "# another version\n")
    assert site.build()[0] == 3


def test_a_link_that_leads_nowhere_is_told_in_every_build(site: Site) -> None:
    site.sample.page("# Other\n\n[gone](gone.md)\n", "other")
    for _ in range(2):
        assert "gone.md" in site.build("--strict", status=1)[1]


def test_an_anchor_that_is_gone_is_told_though_its_page_was_kept(site: Site) -> None:
    site.sample.page("# Page\n\n[part](other.md#part)\n", "index")
    config = site.folder / "mkdocs.yml"
    config.write_text(config.read_text() + "validation: {anchors: warn}\n")
    site.build("--strict")
    site.sample.page("# Other\n\n## Renamed\n", "other")
    told = site.build("--strict", status=1)[1]
    assert "does not contain an anchor '#part'" in told


def test_a_quiet_build_keeps_nothing_that_it_could_not_warn_of(site: Site) -> None:
    site.sample.page("# Other\n\n[gone](gone.md)\n", "other")
    site.build("--quiet")
    assert "gone.md" in site.build("--strict", status=1)[1]


def test_the_navigation_on_kept_pages_follows_the_titles_of_others(site: Site) -> None:
    site.build()
    site.sample.page("# Renamed\n\n## Part\n\nWords.\n", "other")
    assert site.build()[0] == 1
    assert "Renamed" in site.page("glossary")


def test_the_theme_around_kept_pages_follows_its_files_and_the_configuration(site: Site) -> None:
    config, override = site.folder / "mkdocs.yml", site.folder / "overrides" / "main.html"
    theme = "theme: {name: mkdocs, custom_dir: overrides}"
    config.write_text(config.read_text().replace("theme: {name: mkdocs}", theme))
    override.parent.mkdir()
    for words in ("First", "Second"):
        override.write_text(
            "{% extends 'base.html' %}{% block footer %}" + words + "{% endblock %}"
        )
        site.build()
        assert words in site.page("other")
    config.write_text(config.read_text().replace("site_name: Sample", "site_name: Another"))
    site.build()
    assert "Another" in site.page("other")


def test_a_variable_of_the_configuration_reaches_kept_pages(site: Site) -> None:
    config = site.folder / "mkdocs.yml"
    config.write_text(config.read_text() + "site_url: !ENV [WHERE, 'https://one.example/']\n")
    site.build()
    assert "https://one.example/other.html" in site.page("other")
    config.write_text(config.read_text().replace("site_name: Sample", "site_name: !ENV NAMED"))
    for name in ("Ours", "Yours"):
        site.build(NAMED=name)
        assert f"- {name}</title>" in site.page("other")


def test_the_time_of_the_build_makes_pages_again_where_the_theme_shows_it(site: Site) -> None:
    site.build()
    site.build(SOURCE_DATE_EPOCH="86400")
    assert "Build Date UTC : 1970-01-02" in site.page()
    config = site.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("name: mkdocs", "name: material"))
    site.build()
    made = site.kept()
    site.build(SOURCE_DATE_EPOCH="86400")
    assert site.kept() == made


def test_the_search_of_kept_pages_is_what_it_was(site: Site) -> None:
    config = site.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("name: mkdocs", "name: material"))
    index = site.folder / "site" / "search" / "search_index.json"
    site.build()
    first, made = index.read_text(), site.kept()
    assert "printed 3" in first
    assert len(made) == 9, "rendering, theme and search of three pages"
    assert site.build()[0] == 0
    assert index.read_text() == first
    assert site.kept() == made, "something was made again"
    site.sample.section("total = 4\nprint('printed', total)")
    site.build()
    assert "printed 4" in index.read_text()
    assert "printed 3" not in index.read_text()
    assert len(site.kept()) == 9
    assert len(site.kept().items() & made.items()) == 6


def test_a_template_is_compiled_once_and_again_when_it_was_edited(site: Site) -> None:
    partial = site.folder / "theme" / "partial.html"
    partial.parent.mkdir()
    (site.folder / "theme" / "main.html").write_text(
        '{% extends "base.html" %}{% block content %}{% include "partial.html" %}{% endblock %}'
    )
    partial.write_text("The first.")
    config = site.folder / "mkdocs.yml"
    config.write_text(config.read_text().replace("mkdocs}", "mkdocs, custom_dir: theme}"))
    site.build()
    first = site.kept("jinja")
    site.build(SOURCE_DATE_EPOCH="86400")  # which puts all pages into the theme once more
    assert site.kept("jinja") == first
    partial.write_text("The second.")
    site.build()
    assert "The second." in site.page()
    assert len(site.kept("jinja").items() - first.items()) == 1
    assert len(site.kept("jinja")) == len(first)


def test_a_damaged_cache_is_not_believed_and_what_is_gone_is_forgotten(site: Site) -> None:
    site.build()
    first, made = site.page(), site.kept("*")
    whole = {path: path.read_bytes() for path in made}
    for part in (0, 0.1, 0.5, 0.99):
        for path, body in whole.items():
            path.write_bytes(body[: int(part * len(body))])
        assert site.build()[0] == 3
        assert site.page() == first
        assert {path: path.read_bytes() for path in made} == whole, part
    (site.folder / "docs" / "other.md").unlink()
    site.build()
    assert len(site.kept()) == 4, "rendering and theme of two pages"


def test_what_an_older_engine_kept_is_no_hindrance(site: Site) -> None:
    older = site.folder / ".cache" / "pages" / "notebooks" / "index.md.json"
    older.parent.mkdir(parents=True)
    older.write_text("{}")
    site.build()
    assert not older.exists()
