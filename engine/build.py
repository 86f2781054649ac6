# SPDX-License-Identifier: MIT
"""Decides what is stale, runs it, and checks the pages against what there is."""

from __future__ import annotations

import atexit
import difflib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.cache.store import Run, Store, files_of
from engine.model.problem import Problem, shortened
from engine.model.project import Project
from engine.model.result import Job, Result
from engine.model.snippet import CodeBlock, Section
from engine.programs.prove import Programs, blocks_of
from engine.read.old_page import VALUE, Include, Malformed, Value, read_page
from engine.read.prose import FRONT_MATTER, section_of
from engine.read.snippet import is_measured, read_sections, read_timeout
from engine.run import sources
from engine.run.child import stamp_of
from engine.run.pool import Pool

ATTEMPTS = 5  # to run a snippet whose files keep changing while they are read

Shown = Include | Value | Malformed
Told = Callable[[Result, int, int], None]  # one result; how many are done; of how many


@dataclass(frozen=True)
class Page:
    """A Markdown file, and what it shows."""

    name: str
    shows: tuple[Shown, ...]


@dataclass
class Snippet:
    """A file that the engine runs, with all that pages ask of it."""

    stem: str
    path: Path
    text: str
    sections: list[Section]
    expressions: dict[str, str] = field(default_factory=dict)  # each with the place that asks
    pages: tuple[str, ...] = ()


@dataclass
class Report:
    """The outcome of one build.

    results: what every snippet produced that ran to its end, by stem
    outputs: the files that this makes, by stem and by name
    ran: the results that were made in this build and not taken from the cache
    problems: what fails the build
    warnings: what a strict build does not pass
    """

    results: dict[str, Result] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    ran: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    snippets: dict[str, Snippet] = field(default_factory=dict)
    programs: dict[CodeBlock, str] = field(default_factory=dict)
    made_from: dict[str, str] = field(default_factory=dict)

    @property
    def sections(self) -> dict[str, list[Section]]:
        return {stem: snippet.sections for stem, snippet in self.snippets.items()}

    def problems_of(self, stem: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.snippet == stem]


class Engine:
    """All of the engine for one project; kept as long as its pages are being built or served."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root.resolve())
        self.store = Store(self.project)
        self.pool = Pool()
        self.report = Report()
        self.programs = Programs(self.project, self.store)
        self.failed: dict[str, Run] = {}
        self.lock = threading.RLock()
        self.driven = False  # True where an adapter calls `refresh` once per build
        self.seen: list[tuple[str, int, int]] | None = None

    def refresh(self, told: Told | None = None, wait: bool = True) -> Report:
        """Brings all outputs up to date and checks every page.

        told: called with each result as it comes
        wait: for the proofs of programs too; otherwise `finish` is to be called later

        Raises EngineError where the cache cannot be written or the worker dies; what is wrong with
        snippets and pages is in the report's `problems`.
        """
        with self.lock, self.store.locked():
            report = Report()
            if not self.project.runs.exists():
                self.pool.start()  # all is to be run: it imports while the pages are read
            pages = self.read_pages(report)
            report.snippets = self.read_snippets(pages, report)
            blocks = self.read_blocks(pages, report)
            self.make(report, told)
            report.outputs = {stem: files_of(result) for stem, result in report.results.items()}
            report.programs = self.programs.begin(
                self.pool,
                blocks,
                {stem: snippet.text for stem, snippet in report.snippets.items()},
                report.sections,
                report.results,
                report.made_from,
            )
            self.store.lay_out(report.outputs)
            for page in pages:
                for shown in page.shows:
                    if what := self.wrong_with(shown, report):
                        report.problems.append(Problem(f"{page.name}:{shown.line}", what))
            report.problems += self.unshown(pages, report)
            self.report = report
        if wait:
            self.finish()
        report.problems.sort(key=lambda problem: natural(problem.where))
        return report

    def finish(self) -> list[Problem]:
        """Waits for the proofs that are under way; returns what they found, and reports it too."""
        with self.store.telling():
            problems = self.programs.finish()
        self.report.problems += problems
        return problems

    def moved(self) -> list[Problem]:
        """Snippets that are no longer what was run: notebooks, made since, may hold them so."""
        problems = []
        for snippet in self.report.snippets.values():
            try:
                same = snippet.path.read_text("utf-8-sig") == snippet.text
            except (OSError, UnicodeDecodeError):
                same = False
            if not same:
                where = f"{self.project.relative(snippet.path)}:1"
                problems.append(Problem(where, "was changed while pages were made: build again"))
        return problems

    def refresh_if_changed(self) -> Report:
        """As `refresh` where a page or a Python file changed since; else that report again."""
        with self.lock:
            seen = self.stamps()
            if seen != self.seen:
                self.refresh()
                self.seen = seen
            return self.report

    def stamps(self) -> list[tuple[str, int, int]]:
        files = [*self.project.markdown(), *self.project.python()]
        return [(str(f), s.st_mtime_ns, s.st_size) for f in files for s in [f.stat()]]

    def close(self) -> None:
        self.pool.close()

    def read_pages(self, report: Report) -> list[Page]:
        pages = []
        for path in self.project.markdown():
            name = self.project.relative(path)
            try:
                text = path.read_text("utf-8-sig")
            except UnicodeDecodeError as error:
                report.problems.append(Problem(f"{name}:1", f"is not UTF-8: {error}"))
                continue
            if "8<-" in text or "{{" in text:
                head = FRONT_MATTER.match(text)
                if head and VALUE.search(head[0]):
                    what = "values are not put into front matter: write it in words"
                    report.problems.append(Problem(f"{name}:1", what))
                above = [""] * head[0].count("\n") if head else []  # lines keep their numbers
                lines = text[head.end() if head else 0 :].splitlines()
                pages.append(Page(name, tuple(read_page([*above, *lines]))))
        return pages

    def read_snippets(self, pages: list[Page], report: Report) -> dict[str, Snippet]:
        """Every file below snippets/ that has sections, or of which a page shows anything."""
        shown_by: dict[str, set[str]] = defaultdict(set)
        expressions: dict[str, dict[str, str]] = defaultdict(dict)
        for page in pages:
            for shown in page.shows:
                if not isinstance(shown, Malformed):
                    shown_by[shown.stem].add(page.name)
                if isinstance(shown, Value):
                    where = f"{page.name}:{shown.line}"
                    expressions[shown.stem].setdefault(shown.expression, where)
        snippets = {}
        for path in self.project.python():
            stem, name = self.project.stem(path), self.project.relative(path)
            on_pages = tuple(sorted(shown_by[stem]))
            try:
                text = path.read_text("utf-8-sig")
            except UnicodeDecodeError as error:
                what = f"is not UTF-8: {error}"
                report.problems.append(Problem(f"{name}:1", what, stem, on_pages))
                continue
            sections, problems = read_sections(text, name)
            if "." in stem and (sections or on_pages):
                what = "a name with a dot cannot be imported, nor shown: rename the file"
                problems.append(Problem(f"{name}:1", what))
            report.problems += [Problem(p.where, p.what, stem, on_pages) for p in problems]
            if (sections or on_pages) and not problems:
                asked = dict(sorted(expressions[stem].items()))
                snippets[stem] = Snippet(stem, path, text, sections, asked, on_pages)
        return snippets

    @staticmethod
    def read_blocks(pages: list[Page], report: Report) -> dict[CodeBlock, str]:
        """Every code block on the pages, each with the first place that shows it."""
        blocks: dict[CodeBlock, str] = {}
        for page in pages:
            for line, block in blocks_of(page.shows).items():
                snippet = report.snippets.get(block.stem)
                names = {section.name for section in snippet.sections} if snippet else set()
                if snippet and names.issuperset(block.sections):
                    blocks.setdefault(block, f"{page.name}:{line}")
        return blocks

    def make(self, report: Report, told: Told | None) -> None:
        """Takes from the cache what is fresh, and runs what is not."""
        digests: dict[str, str | None] = {}
        results = report.results
        stale: list[Snippet] = []
        for snippet in report.snippets.values():
            run = self.store.load(snippet.stem)
            failure = self.failed.get(snippet.stem)
            if run and self.is_fresh(run, snippet, digests):
                results[snippet.stem] = run.result
                report.made_from[snippet.stem] = run.made_from
            elif failure and self.is_fresh(failure, snippet, digests):
                self.take_problems(failure.result, report)
            else:
                stale.append(snippet)
        if stale:
            self.pool.start()  # it imports while the sources are read
        for run in self.run(stale, told):
            result = run.result
            report.ran.append(result)
            if result.problems:
                self.take_problems(result, report)
            else:
                results[result.stem] = result
                report.made_from[result.stem] = run.made_from
        for stem, result in results.items():
            if result.warnings:
                text = result.warnings.strip()
                where = self.project.relative(self.project.snippet(stem))
                what = f"wrote to standard error:\n{text}"
                report.warnings.append(Problem(f"{where}:1", what, stem))

    @staticmethod
    def take_problems(result: Result, report: Report) -> None:
        pages = report.snippets[result.stem].pages
        report.problems += [replace(problem, pages=pages) for problem in result.problems]

    def run(self, snippets: list[Snippet], told: Told | None) -> Iterator[Run]:
        """Runs snippets and keeps what they produced, unless a file changed while it was read."""
        attempt, waiting, done = 0, list(snippets), 0
        while waiting:
            attempt += 1
            seen: sources.Seen = {}
            root = self.project.root
            before = {s.stem: sources.local_sources(s.path, root, seen) for s in waiting}
            jobs = [self.job(snippet, before[snippet.stem]) for snippet in waiting]
            by_stem = {snippet.stem: snippet for snippet in waiting}
            again = []
            for result in self.pool.run(jobs):
                snippet = by_stem[result.stem]
                made_from = before[result.stem]
                for name in result.opened.keys() - made_from.keys():
                    made_from[name] = sources.digest_of_file(root / name)
                as_opened = all(stamp_of(f"{root}/{n}") == s for n, s in result.opened.items())
                if not (as_opened and sources.are_unchanged(made_from, root)):
                    is_there = snippet.path.is_file()
                    if is_there and attempt < ATTEMPTS:
                        again.append(snippet)
                        continue
                    where = f"{self.project.relative(snippet.path)}:1"
                    what = "it, or a file that it imports, keeps changing while it is run"
                    if not is_there:
                        what = "was removed while it was run: build again"
                    result = Result(snippet.stem, problems=[Problem(where, what, snippet.stem)])
                run = Run(sources.environment(), made_from, result)
                if not result.problems:
                    self.failed.pop(result.stem, None)
                    self.store.save(run)
                elif result.problems[0].where not in snippet.expressions.values():
                    self.failed[result.stem] = run  # a page that is to blame is no source of it
                done += 1
                if told:
                    told(result, done, len(snippets))
                yield run
            waiting = again

    def job(self, snippet: Snippet, made_from: dict[str, str | None]) -> Job:
        snippet.text = snippet.path.read_text("utf-8-sig", errors="replace")
        snippet.sections, _ = read_sections(snippet.text, snippet.stem)
        modules = [name for name, there in made_from.items() if there and name.endswith(".py")]
        return Job(
            snippet.stem,
            str(snippet.path),
            str(self.project.root),
            snippet.sections,
            snippet.expressions,
            read_timeout(snippet.text),
            imports=[str(self.project.root / name) for name in modules],
        )

    def is_fresh(self, run: Run, snippet: Snippet, digests: dict[str, str | None]) -> bool:
        if run.environment != sources.environment():
            return False
        if not run.result.problems and not set(snippet.expressions) <= set(run.result.values):
            return False
        for name, digest in run.sources.items():
            if name not in digests:
                digests[name] = sources.digest_of_file(self.project.root / name)
            if digests[name] != digest:
                return False
        return True

    def wrong_with(self, shown: Shown, report: Report) -> str | None:
        """Why a page cannot show this, or None. A snippet that did not run is told elsewhere.

        What is named must exist, and an output must stand where it cannot turn into markup.
        """
        if isinstance(shown, Malformed):
            return shown.what
        file = f"snippets/{shown.stem}.py"
        snippet, result = report.snippets.get(shown.stem), report.results.get(shown.stem)
        if report.problems_of(shown.stem) and (snippet is None or result is None):
            return None
        if snippet is None:
            known = map(self.project.stem, self.project.python())
            return f"there is no {file}; {there_are(shown.stem, known)}"
        if isinstance(shown, Value):
            return wrong_value(shown, result) if result else None
        if shown.output:
            files = report.outputs.get(shown.stem, {})
            if shown.output not in files:
                return f'{file} produced no "{shown.output}"; {there_are(shown.output, files)}'
            if shown.output.endswith(".svg"):
                wrong = f'"{shown.target}" is a figure: take it out of the fence'
                return wrong if shown.fence else None
            return wrong_fence(files[shown.output], "text", shown)
        names = [section.name for section in snippet.sections]
        if shown.section and shown.section not in names:
            return f'{file} has no section "{shown.section}"; {there_are(shown.section, names)}'
        return wrong_fence(snippet.text, "py", shown)

    def unshown(self, pages: list[Page], report: Report) -> Iterator[Problem]:
        """What a snippet marks or produces must be on a page, unless its section is hidden."""
        shown = {
            (include.stem, include.output or include.section)
            for page in pages
            for include in page.shows
            if isinstance(include, Include)
        }
        for stem, snippet in report.snippets.items():
            outputs = report.outputs.get(stem, {})
            for section in snippet.sections:
                if section.hidden:
                    continue
                code_is_shown = shown & {(stem, section.name), (stem, None)}
                missing = [] if code_is_shown else [f'section "{section.name}"']
                missing += [
                    f'the output "{stem}/{name}"'
                    for name in outputs
                    if section_of(name) == section.name and (stem, name) not in shown
                ]
                for what in missing:
                    where = f"{self.project.relative(snippet.path)}:{section.start}"
                    mend = 'show it, or write "hidden" after the start marker'
                    yield Problem(where, f"no page shows {what}: {mend}")

    def check_twice(self, told: Told | None = None) -> list[Problem]:
        """Runs every snippet twice, as if on two machines, and returns the outputs that differ."""
        report = Report()
        with self.lock, self.store.locked():
            snippets = list(self.read_snippets(self.read_pages(report), report).values())
            jobs = [self.job(snippet, {}) for snippet in snippets]
            runs: list[dict[str, Result]] = []
            for seed in (0, 1):
                pool = Pool(hash_seed=seed)
                try:
                    results = {}
                    for result in pool.run(jobs):
                        results[result.stem] = result
                        if told:
                            told(result, seed * len(jobs) + len(results), 2 * len(jobs))
                    runs.append(results)
                finally:
                    pool.close()
        problems = list(report.problems)
        for snippet in snippets:
            first, second = (results[snippet.stem] for results in runs)
            where = f"{self.project.relative(snippet.path)}:1"
            problems += first.problems or second.problems
            if not first.problems and not second.problems and not is_measured(snippet.text):
                problems += [Problem(where, d, snippet.stem) for d in differences(first, second)]
        return problems


def natural(where: str) -> tuple[str, int]:
    path, _, line = where.rpartition(":")
    return path, int(line) if line.isdigit() else 0


def there_are(name: str, names: Iterable[str]) -> str:
    """The names that do exist, the likely one first."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=1)
    rest = [other for other in sorted(names) if other not in close]
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f"{guess}{'other ' if close else ''}names there: {', '.join(rest) or 'none'}"


def wrong_value(shown: Value, result: Result) -> str | None:
    value = result.values.get(shown.expression)
    if value is None:
        return (
            f"{{{{ {shown.stem}: {shown.expression} }}}} came after the snippets ran: build again"
        )
    error = value.error
    if error is None and value.text is None and not shown.alone:
        error = "a table cannot stand in a sentence: give it a line of its own"
    return f"{{{{ {shown.stem}: {shown.expression} }}}}: {error}" if error else None


def wrong_fence(text: str, language: str, shown: Include) -> str | None:
    """Outside a fence an output could turn into markup; so could what follows a fence in it."""
    if not shown.fence:
        return f'"{shown.target}" is outside a code fence: put it between ``` {language} and ```'
    if shown.fence not in text:
        return None
    mark = shown.fence[0]
    lines = [line.strip() for line in text.splitlines()]
    longest = max((len(line) - len(line.lstrip(mark)) for line in lines), default=0)
    if longest < len(shown.fence):
        return None
    return (
        f'"{shown.target}" holds a line that starts with {mark * longest}, which would end the '
        f"fence: open and close it with {longest + 1} of them"
    )


def differences(first: Result, second: Result) -> list[str]:
    """What two runs of one snippet do not agree on, as readable differences."""
    found = []
    one, two = ({**files_of(r), **sentences(r)} for r in (first, second))
    for name in sorted({*one, *two}):
        if one.get(name) != two.get(name):
            lines = difflib.unified_diff(
                one.get(name, "").splitlines(), two.get(name, "").splitlines(), "first run",
                "second run", lineterm="", n=0,
            )  # fmt: skip
            told = shortened("\n  ".join(list(lines)[:12]))
            found.append(f"{name} differs between two runs: seed what is random\n  {told}")
    return found


def sentences(result: Result) -> dict[str, str]:
    return {f"{{{{ {e} }}}}": str(value) for e, value in result.values.items()}


_engines: dict[Path, Engine] = {}


def close_engines() -> None:
    """Ends what runs for them, such as proofs that nobody waits for any more."""
    for engine in _engines.values():
        engine.close()


def engine_for(root: Path) -> Engine:
    """The engine of a project; one per process, so that its worker is shared."""
    root = root.resolve()
    if root not in _engines:
        _engines[root] = Engine(root)
        atexit.register(_engines[root].close)
    return _engines[root]
