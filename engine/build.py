# SPDX-License-Identifier: MIT
"""Decides what is stale, runs it, proves its programs, and checks the pages."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from engine import check
from engine.cache.freshness import Freshness, run_of
from engine.cache.store import Run, Store
from engine.model.build import Build, Snippet
from engine.model.page import Example, Page, Print, Value, code_blocks, walk
from engine.model.problem import Problem
from engine.model.project import Project
from engine.model.result import Job, Result
from engine.model.snippet import CodeBlock
from engine.programs.prove import Programs
from engine.read.page import parse
from engine.read.snippet import is_measured, read_sections, read_timeout
from engine.reporter import Reporter
from engine.run.guard import stamp_of
from engine.run.pool import Pool

ATTEMPTS = 5  # to run a snippet whose files keep changing while they are read


class Engine:
    """The engine of one project, kept as long as its pages are built or served."""

    def __init__(self, project: Project, reporter: Reporter | None = None) -> None:
        self.project = project
        self.reporter = reporter or Reporter()
        self.store = Store(self.project)
        self.pool = Pool()
        self.programs = Programs(self.project, self.store)
        self.failed: dict[str, Run] = {}
        self.lock = threading.RLock()

    def refresh(self) -> Build:
        """Run what is stale, check every page, prove every program, and return the outcome.

        Raises EngineError where the cache cannot be written or the worker dies; what is wrong with
        snippets and pages is among the build's `problems`.
        """
        with self.lock, self.store.locked(self.reporter.notice):
            build = Build()
            if not self.project.runs.exists():
                self.pool.start()  # all is to be run: it imports while the pages are read
            build.pages = self.read_pages(build)
            build.snippets = self.read_snippets(build)
            blocks = self.read_blocks(build)
            self.load_or_run(build)
            build.problems += check.problems(self.project, build)
            # Nobody waits for the proofs of a build that fails.
            pool = self.pool if self.reporter.serving or not build.problems else None
            build.problems += self.programs.prove(build, blocks, pool)
            self.store.evict_others(build.results)
        build.problems = sorted(merged(build.problems), key=lambda one: natural(one.where))
        return build

    def edited_since_run(self, build: Build) -> list[Problem]:
        """Return the snippets that were edited after this build ran them.

        Notebooks, which are written from the files, may then hold code that never ran.
        """
        problems = []
        for snippet in build.snippets.values():
            try:
                same = snippet.path.read_text("utf-8-sig") == snippet.text
            except (OSError, UnicodeDecodeError):
                same = False
            if not same:
                message = "was changed while pages were made: build again"
                problems.append(Problem(f"{snippet.where}:1", message))
        return problems

    def close(self) -> None:
        self.pool.close()

    def read_text(self, path: Path, build: Build) -> str | None:
        try:
            return path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            where = f"{self.project.relative(path)}:1"
            build.problems.append(Problem(where, f"is not UTF-8: {error}"))
            return None

    def read_pages(self, build: Build) -> list[Page]:
        pages = []
        for path in self.project.markdown():
            if (text := self.read_text(path, build)) is not None:
                name = path.relative_to(self.project.docs).as_posix()
                pages.append(parse(text, name, self.project.relative(path)))
        return pages

    def read_snippets(self, build: Build) -> dict[str, Snippet]:
        """Return each file below snippets/ that has sections, or of which a page shows anything."""
        files = {
            self.project.stem(path): Snippet(
                self.project.stem(path), path, self.project.relative(path), "", []
            )
            for path in self.project.python()
        }
        for page in build.pages:
            collect_requests(page, files)
        snippets = {}
        for stem, snippet in files.items():
            known, pages = len(build.problems), tuple(snippet.pages)
            text = self.read_text(snippet.path, build)
            if text is not None:
                snippet.text = text
                snippet.sections, problems = read_sections(text, snippet.where)
                build.problems += problems
                if "." in stem and (snippet.sections or pages):
                    message = "a name with a dot cannot be imported, nor shown: rename the file"
                    build.problems.append(Problem(f"{snippet.where}:1", message))
                if (snippet.sections or pages) and not problems:
                    snippets[stem] = snippet
            build.problems[known:] = [
                replace(problem, snippet=stem, pages=pages) for problem in build.problems[known:]
            ]
        return snippets

    @staticmethod
    def read_blocks(build: Build) -> dict[CodeBlock, str]:
        """Return every code block on the pages, each with the first line that shows it."""
        blocks: dict[CodeBlock, str] = {}
        for page in build.pages:
            for line, block in code_blocks(page).items():
                snippet = build.snippets.get(block.stem)
                names = {section.name for section in snippet.sections} if snippet else set()
                if snippet and names.issuperset(block.sections):
                    blocks.setdefault(block, f"{page.where}:{line}")
                    snippet.in_blocks.update(block.sections or names)
        return blocks

    def load_or_run(self, build: Build) -> None:
        """Take from the cache what is fresh, and run what is stale."""
        freshness = Freshness(self.project.root)
        results = build.results
        stale: list[Snippet] = []
        for snippet in build.snippets.values():
            run = self.store.load(snippet.stem)
            failure = self.failed.get(snippet.stem)
            if run and freshness.is_fresh(run, snippet.expressions, snippet.shown_after):
                results[snippet.stem] = run.result
                build.digests[snippet.stem] = run.key
            elif failure and freshness.is_fresh(failure, snippet.expressions, snippet.shown_after):
                self.take_problems(failure.result, build)
            else:
                stale.append(snippet)
        if stale:
            self.pool.start()  # it imports while the sources are read
        for run in self.run(stale):
            result = run.result
            build.ran.append(result)
            if result.problems:
                self.take_problems(result, build)
            else:
                results[result.stem] = result
                build.digests[result.stem] = run.key
        for stem, result in results.items():
            if result.warnings:
                text = result.warnings.strip()
                where = build.snippets[stem].where
                line = re.search(rf"^{re.escape(where)}:(\d+): ", text, re.MULTILINE)
                message = f"wrote to standard error:\n{text}"
                build.warnings.append(Problem(f"{where}:{line[1] if line else 1}", message, stem))

    @staticmethod
    def take_problems(result: Result, build: Build) -> None:
        pages = tuple(build.snippets[result.stem].pages)
        build.problems += [replace(problem, pages=pages) for problem in result.problems]

    def run(self, snippets: list[Snippet]) -> Iterator[Run]:
        """Run snippets and keep what they produced, unless a file changed while it was read."""
        attempt, waiting, done = 0, list(snippets), 0
        while waiting:
            attempt += 1
            read = {snippet.stem: stamp_of(snippet.path) for snippet in waiting}
            jobs = [self.job(snippet) for snippet in waiting]
            by_stem = {snippet.stem: snippet for snippet in waiting}
            again = []
            for result in self.pool.run(jobs):
                snippet = by_stem[result.stem]
                result.opened[snippet.where] = read[snippet.stem]
                run = run_of(result, self.project.root)
                if run is None:
                    is_there = snippet.path.is_file()
                    if is_there and attempt < ATTEMPTS:
                        again.append(snippet)
                        continue
                    where = f"{snippet.where}:1"
                    message = "it, or a file that it imports, keeps changing while it is run"
                    if not is_there:
                        message = "was removed while it was run: build again"
                    result = Result(snippet.stem, problems=[Problem(where, message, snippet.stem)])
                    run = Run("", {}, result)
                if not result.problems:
                    self.failed.pop(result.stem, None)
                    self.store.save(run)
                elif result.problems[0].where not in snippet.expressions.values():
                    self.failed[result.stem] = run  # a page that is to blame is no source of it
                done += 1
                self.reporter.progress(result, done, len(snippets))
                yield run
            waiting = again

    def job(self, snippet: Snippet) -> Job:
        snippet.text = snippet.path.read_text("utf-8-sig", errors="replace")
        snippet.sections, _ = read_sections(snippet.text, snippet.stem)
        is_unproved = any(section.name not in snippet.in_blocks for section in snippet.sections)
        return Job(
            snippet.stem,
            str(snippet.path),
            str(self.project.root),
            snippet.sections,
            dict(sorted(snippet.expressions.items())),
            read_timeout(snippet.text),
            shown_after=snippet.shown_after,
            ignored=[os.path.realpath(os.path.expanduser(f)) for f in self.project.options.ignored],
            helpers=[str(self.project.snippet(stem)) for stem in self.project.options.helpers],
            proof=not is_measured(snippet.text) and (is_unproved or bool(snippet.expressions)),
        )


def collect_requests(page: Page, snippets: dict[str, Snippet]) -> None:
    """Add to snippets what a page shows of them."""
    above: dict[str, str] = {}  # the last section that stands above, by its snippet
    for block in walk(page.blocks):
        snippet = snippets.get(getattr(block, "stem", ""))
        if snippet is None:
            continue
        if page.where not in snippet.pages:
            snippet.pages.append(page.where)
        match block:
            case Value(expression=expression) | Print(expression=expression):
                where = f"{page.where}:{block.line}"
                snippet.expressions.setdefault(expression, where)
                if section := above.get(snippet.stem):
                    snippet.shown_after.setdefault(section, {}).setdefault(expression, where)
            case Example(sections=(*_, section)):
                above[snippet.stem] = section


def merged(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield each problem once, with all pages that it concerns.

    Every snippet that imports a broken one fails at the same line.
    """
    pages: dict[tuple[str, str], set[str]] = {}
    first: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        key = problem.where, problem.message.partition("\n")[0]
        first.setdefault(key, problem)
        pages.setdefault(key, set()).update(problem.pages)
    for key, problem in first.items():
        yield replace(problem, pages=tuple(sorted(pages[key])))


def natural(where: str) -> tuple[str, int]:
    path, _, line = where.rpartition(":")
    return path, int(line) if line.isdigit() else 0
