# SPDX-License-Identifier: MIT
"""Build a project: run the stale snippets, check the pages, and prove the programs."""

import contextlib
import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from engine import check
from engine.cache.freshness import Freshness, run_of
from engine.cache.store import Run, Store, keep_only
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

MAX_ATTEMPTS = 5  # runs of a snippet whose files change while they are read


class Engine:
    """The engine of one project, with its cache and workers; a server keeps it between builds."""

    def __init__(self, project: Project, reporter: Reporter | None = None) -> None:
        self.project = project
        self.reporter = reporter or Reporter()
        self.store = Store(self.project)
        self.pool = Pool()
        self.programs = Programs(self.project, self.store)
        self.failed: dict[str, Run] = {}
        self.lock = threading.RLock()

    def refresh(self) -> Build:
        """Run the stale snippets, check all pages, prove all programs, and return the build.

        The build's `problems` contain those of snippets and pages. Raises EngineError if the cache
        cannot be written or a worker dies.
        """
        with self.lock, self.store.locked(self.reporter.notice):
            build = Build()
            if not self.project.runs.exists():
                self.pool.start()  # the cache is empty: import torch while the pages are parsed
            build.pages = self.read_pages(build)
            build.snippets = self.read_snippets(build)
            blocks = self.read_blocks(build)
            self.load_or_run(build)
            build.problems += check.problems(self.project, build)
            # Proofs take long, so a build that has failed already skips them.
            pool = self.pool if self.reporter.serving or not build.problems else None
            build.problems += self.programs.prove(build, blocks, pool)
            keep_only(self.project.runs, {str(self.store.file(stem)) for stem in build.results})
        build.problems = sorted(merged(build.problems), key=lambda p: sort_key(p.where))
        return build

    def edited_since_run(self, build: Build) -> list[Problem]:
        """Return a problem for each snippet that was edited after this build ran it.

        Notebooks are written from the files, and may then contain code that did not run.
        """
        problems = []
        for snippet in build.snippets.values():
            with contextlib.suppress(OSError, UnicodeDecodeError):
                if snippet.path.read_text("utf-8-sig") == snippet.text:
                    continue
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
        """Return the files below snippets/ that have sections, or that a page shows, by stem."""
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
            n_before, pages = len(build.problems), tuple(snippet.pages)
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
            build.problems[n_before:] = [
                replace(problem, snippet=stem, pages=pages) for problem in build.problems[n_before:]
            ]
        return snippets

    @staticmethod
    def read_blocks(build: Build) -> dict[CodeBlock, str]:
        """Return all code blocks on the pages, each with the first line that shows it."""
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
        """Load the fresh results from the cache, and run the stale snippets."""
        freshness = Freshness(self.project)
        stale: list[Snippet] = []
        for snippet in build.snippets.values():
            shown = snippet.expressions, snippet.shown_after
            for run in (self.store.load(snippet.stem), self.failed.get(snippet.stem)):
                if run and freshness.is_fresh(run, *shown):
                    self.keep(run, build)
                    break
            else:
                stale.append(snippet)
        if stale:
            self.pool.start()  # import torch while the sources are read
        for run in self.run(stale):
            build.ran.append(run.result)
            self.keep(run, build)
        for stem, result in build.results.items():
            if result.warnings:
                text = result.warnings.strip()
                where = build.snippets[stem].where
                line = re.search(rf"^{re.escape(where)}:(\d+): ", text, re.MULTILINE)
                message = f"wrote to standard error:\n{text}"
                build.warnings.append(Problem(f"{where}:{line[1] if line else 1}", message, stem))

    @staticmethod
    def keep(run: Run, build: Build) -> None:
        """Add a result, or the problems of a failed run, to a build."""
        result, stem = run.result, run.result.stem
        if result.problems:
            pages = tuple(build.snippets[stem].pages)
            build.problems += [replace(problem, pages=pages) for problem in result.problems]
        else:
            build.results[stem], build.digests[stem] = result, run.key

    def run(self, snippets: list[Snippet]) -> Iterator[Run]:
        """Run snippets and cache their results; run a snippet again if one of its files changed."""
        attempt, waiting, done = 0, list(snippets), 0
        while waiting:
            attempt += 1
            stamps = {snippet.stem: stamp_of(snippet.path) for snippet in waiting}
            jobs = [self.job(snippet) for snippet in waiting]
            by_stem = {snippet.stem: snippet for snippet in waiting}
            to_repeat = []
            for result in self.pool.run(jobs):
                snippet = by_stem[result.stem]
                result.opened[snippet.where] = stamps[snippet.stem]
                run = run_of(result, self.project)
                if run is None:
                    exists = snippet.path.is_file()
                    if exists and attempt < MAX_ATTEMPTS:
                        to_repeat.append(snippet)
                        continue
                    where = f"{snippet.where}:1"
                    message = "it, or a file that it imports, keeps changing while it is run"
                    if not exists:
                        message = "was removed while it was run: build again"
                    result = Result(snippet.stem, problems=[Problem(where, message, snippet.stem)])
                    run = Run("", {}, result)
                if not result.problems:
                    self.failed.pop(result.stem, None)
                    self.store.save(run)
                elif result.problems[0].where not in snippet.expressions.values():
                    # Not for a failure at a line of a page, whose edit would not make it stale.
                    self.failed[result.stem] = run
                done += 1
                self.reporter.progress(result, done, len(snippets))
                yield run
            waiting = to_repeat

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
    """Add the expressions that a page shows, and the page itself, to its snippets."""
    above: dict[str, str] = {}  # by stem, the last section that the page has shown so far
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
    """Yield each problem once, with all pages that it affects.

    There are duplicates, since every snippet that imports a broken one fails at the same line.
    """
    pages: dict[tuple[str, str], set[str]] = {}
    first: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        key = problem.where, problem.message.partition("\n")[0]
        first.setdefault(key, problem)
        pages.setdefault(key, set()).update(problem.pages)
    for key, problem in first.items():
        yield replace(problem, pages=tuple(sorted(pages[key])))


def sort_key(where: str) -> tuple[str, int]:
    path, _, line = where.rpartition(":")
    return path, int(line) if line.isdigit() else 0
