# SPDX-License-Identifier: MIT
"""Scripts in the style of tutorials work, or are refused with a remedy.

The second line of each file in `scripts/` says what is expected: `works`, or `refused:` and words
of the message. All scripts are built in one project, each with a page that shows its sections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.model.build import Build
from engine.read.snippet import is_measured, read_sections
from engine.run.pool import Pool
from tests.support.programs import run_alone
from tests.support.sample import Sample

pytestmark = pytest.mark.slow

SCRIPTS = {path.stem: path.read_text() for path in Path(__file__).parent.glob("scripts/*.py")}
EXPECTED = {
    name: re.search(r"^# Expected: (?P<kind>works|refused)(?:: (?P<words>.+))?$", text, re.M)
    for name, text in SCRIPTS.items()
}
WORKING = sorted(name for name, match in EXPECTED.items() if match["kind"] == "works")
REFUSED = sorted(EXPECTED.keys() - set(WORKING))


@dataclass
class Gallery:
    """A build of all scripts. `alone` has the output of each script run without the engine."""

    build: Build
    alone: dict[str, str]

    def messages(self, name: str) -> list[str]:
        mine = (f"docs/{name}.md:", f"snippets/{name}.py:")
        return [
            str(p) for p in self.build.problems + self.build.warnings if p.where.startswith(mine)
        ]

    def printed(self, name: str) -> str:
        return "".join(section.text for section in self.build.results[name].sections.values())


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory, pool: Pool) -> Gallery:
    sample = Sample(tmp_path_factory.mktemp("gallery"), pool)
    for name, text in SCRIPTS.items():
        sample.snippet(text, name)
        sections, problems = read_sections(text, name)
        assert sections and not problems
        shown = "\n\n".join(f"::: {section.name}" for section in sections)
        sample.page(f"---\nsnippet: {name}\n---\n\n# {name}\n\n{shown}\n", name)
    sample.engine.reporter.serving = True  # continue after refused scripts
    texts = [SCRIPTS[name] for name in WORKING]
    alone = run_alone(texts, tmp_path_factory.mktemp("alone"))
    return Gallery(sample.refresh(), dict(zip(WORKING, alone, strict=True)))


def test_working_scripts_are_shown_without_messages(gallery: Gallery) -> None:
    assert {name: m for name in WORKING if (m := gallery.messages(name))} == {}


def test_pages_show_what_python_alone_prints(gallery: Gallery) -> None:
    """Joined, the outputs of all sections equal the output of the script outside of the engine."""
    differing = {
        name: (gallery.alone[name], gallery.printed(name))
        for name in WORKING
        if not is_measured(SCRIPTS[name]) and terminal(gallery.alone[name]) != gallery.printed(name)
    }
    assert differing == {}


def terminal(text: str) -> str:
    """Return what a terminal shows of a text with carriage returns."""
    return re.sub(r"(?m)^.*\r", "", text)


def test_the_last_program_of_each_script_prints_its_section(
    gallery: Gallery, tmp_path: Path
) -> None:
    """The last program depends on most code. The engine proved it, here Python alone runs it."""
    last = {b.stem: b for b in gallery.build.programs if b.stem in WORKING}
    assert set(last) == set(WORKING)
    alone = run_alone((gallery.build.programs[b] for b in last.values()), tmp_path)
    differing = {}
    for (name, block), printed in zip(last.items(), alone, strict=True):
        sections = gallery.build.results[name].sections
        shown = "".join(sections[one].text for one in block.sections if one in sections)
        if not is_measured(SCRIPTS[name]) and terminal(printed) != shown:
            differing[block] = (shown, printed)
    assert differing == {}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_script_gets_a_message_with_a_remedy(gallery: Gallery, name: str) -> None:
    messages = gallery.messages(name)
    assert any(EXPECTED[name]["words"] in message for message in messages), messages
