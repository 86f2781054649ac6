# SPDX-License-Identifier: MIT
"""Experiments on what each tool gets wrong, each on a small site.

An experiment returns an answer, whether that is right for readers and authors, and a sentence
with the observation.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench import processes, rows
from tests.bench.copies import LAST_PRINT, replaced_once
from tests.bench.tools import Site, Tool

LIMIT = 300.0
FIRST_PRINT = 'print("queries", queries, sep="\\n")\n'  # of the chapter that makes them


@dataclass(frozen=True)
class Outcome:
    tool: str
    question: str
    answer: str
    right: bool
    seen: str


QUESTIONS = {
    "helper": "Does an edit to an imported helper refresh the output?",
    "exception": "Does an exception fail the build?",
    "leak": "Is each page free of the state of others?",
    "identical": "Is a rebuild byte-identical?",
}


class Bench:
    """A tool and its site, with the few verbs that an experiment needs."""

    def __init__(self, tool: Tool, site: Site, bin: Path) -> None:
        self.tool, self.site, self.bin = tool, site, bin

    def build(self) -> processes.Run:
        environment = {**os.environ, **self.tool.variables(self.site)}
        return processes.run(self.tool.command(self.bin), self.site.folder, environment, LIMIT)

    def whole_build(self) -> None:
        done = self.build()
        if done.status != 0:
            raise rows.Failed(f"{self.tool.title}: {done.output[-3000:]}")

    def edit(self, stem: str, old: str, new: str) -> None:
        """Edit a snippet, and write the pages that contain its code."""
        path = self.site.folder / "snippets" / f"{stem}.py"
        path.write_text(replaced_once(path.read_text("utf-8"), old, new), "utf-8")
        for chapter in self.site.chapters:
            if chapter.stem == stem:
                self.tool.write_page(self.site, chapter)

    def others(self, stem: str) -> dict[str, str]:
        """Return the texts of all chapters but one."""
        chapters = [chapter for chapter in self.site.chapters if chapter.stem != stem]
        built = {c.stem: self.tool.built(self.site, c) for c in chapters}
        return {name: text_of(rows.seen_on(page)) for name, page in built.items()}

    def page(self) -> str:
        return rows.seen_on(self.tool.built(self.site, self.site.edited))


Seen = tuple[str, bool, str]  # the answer, whether it is right, the observation


def helper(bench: Bench) -> Seen:
    bench.tool.write(bench.site)
    bench.whole_build()
    bench.tool.edit_helper(bench.site, rows.token("helper", 1))
    bench.whole_build()
    pages, of = rows.shown(bench.tool, bench.site, "helper", rows.token("helper", 1))
    return yes(pages == of), pages == of, f"{pages} of {of} chapters show the edit"


def exception(bench: Bench) -> Seen:
    """Let a snippet raise, under the measured configuration and under the defaults."""
    seen = []
    for configuration in ("as measured", "by default"):
        bench.tool.write(bench.site)
        if configuration == "by default":
            bench.tool.loosen(bench.site)
        bench.edit(bench.site.edited.stem, LAST_PRINT, 'raise ValueError("on purpose")\n')
        done = bench.build()
        built = bench.tool.built(bench.site, bench.site.edited)
        published = done.status == 0 and built.is_file() and "ValueError" in bench.page()
        told = f"exit status {done.status}" + (", with the error on the page" if published else "")
        seen.append((done.status != 0, f"{configuration}: {told}"))
    strict, loose = (fails for fails, _ in seen)
    answer = "if configured to" if strict and not loose else yes(strict and loose)
    return answer, strict and loose, "; ".join(told for _, told in seen)


def leak(bench: Bench) -> Seen:
    """Let a chapter set torch's print options. Do other chapters print differently afterwards?"""
    bench.tool.write(bench.site)
    bench.whole_build()
    chapter = f"{bench.site.edited.copy}/queries_keys_values"
    before = bench.others(chapter)
    state = f"import torch\n\n    torch.set_printoptions(precision=1)\n    {FIRST_PRINT}"
    bench.edit(chapter, FIRST_PRINT, state)
    bench.whole_build()
    at_once = changed(before, bench.others(chapter))
    bench.tool.forget(bench.site)
    bench.whole_build()
    from_scratch = changed(before, bench.others(chapter))
    seen = f"{at_once} of {len(before)} other chapters print as one of them asked for itself"
    if from_scratch != at_once:
        seen += f", and {from_scratch} after a build from scratch"
    clean = not at_once and not from_scratch
    return yes(clean), clean, seen


def changed(before: dict[str, str], after: dict[str, str]) -> int:
    return sum(before[stem] != after[stem] for stem in before)


def text_of(html: str) -> str:
    """Return the text of a page without markup and figures."""
    without_pictures = re.sub(r"<(svg|script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"<[^>]*>|\s", "", without_pictures)


def identical(bench: Bench) -> Seen:
    bench.tool.write(bench.site)
    seen = []
    for _ in range(2):
        bench.tool.forget(bench.site)
        bench.whole_build()
        seen.append(digests(bench.site.folder / "site"))
    first, second = seen
    names = sorted(n for n in {*first, *second} if first.get(n) != second.get(n))
    if not names:
        return "yes", True, f"all {len(first)} files are the same"
    kinds = ", ".join(sorted({Path(name).suffix.removeprefix(".") for name in names}))
    return "no", False, f"{len(names)} of {len(first)} files differ: {kinds}"


def yes(right: bool) -> str:
    return "yes" if right else "no"


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


EXPERIMENTS: dict[str, Callable[[Bench], Seen]] = {
    "helper": helper,
    "exception": exception,
    "leak": leak,
    "identical": identical,
}


def try_all(tool: Tool, site: Site, bin: Path) -> Iterator[dict[str, Any]]:
    """Run all experiments with a tool."""
    for name, experiment in EXPERIMENTS.items():
        yield asdict(Outcome(tool.name, name, *experiment(Bench(tool, site, bin))))
