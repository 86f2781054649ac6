# SPDX-License-Identifier: MIT
"""Prove that the program of each code block prints and draws what the page shows."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.cache.store import Store, keep_only
from engine.model.build import Build, Snippet
from engine.model.problem import Problem, shortened
from engine.model.project import Project
from engine.model.result import Job, Result, SectionOutput
from engine.model.snippet import WHOLE_FILE, CodeBlock, Section
from engine.programs.slicer import CannotStandAlone, Reach, Slicer
from engine.read.snippet import is_measured, read_timeout
from engine.read.syntax import UNREADABLE
from engine.run.pool import Pool

MAX_OUTPUT = 500  # characters of a program's output in a message
ADDRESS = r"\b0x[0-9a-f]{4,}\b"
UNIT = r"(?:ns|us|µs|μs|ms|s|sec|secs|seconds?|min|minutes?|h|hours?|it/s)"
TIMES = rf"\b\d+(?:\.\d+)?(?:e[-+]\d+)? ?{UNIT}(?!\w)|\b\d+(?:[-:.]\d+){{2,}}(?:T[\d:.]+)?\b"
NUMBER = r"\b\d+(?:\.\d+)?(?:e[-+]?\d+)?\b"
CLOCK = re.compile(r"\b(?:time|timeit|datetime|perf_counter|id\()")
NO_FILES = (
    "a program runs where it is pasted, without the project's files: let the snippet itself write "
    "or spell out the data that it reads"
)


class Programs:
    """The programs of a project's code blocks, and the cache of the proved ones."""

    def __init__(self, project: Project, store: Store) -> None:
        self.project, self.store = project, store
        self.failed: dict[CodeBlock, tuple[str, str]] = {}  # digest of the result, and message

    def prove(
        self, build: Build, blocks: Mapping[CodeBlock, str], pool: Pool | None
    ) -> list[Problem]:
        """Add the programs of code blocks to a build; return a problem for each failed proof.

        blocks: the code blocks, each with the first line that shows it, as `file:line`
        pool: runs new programs; if it is None, the smallest slices are used without a proof
        """
        results, digests = build.results, build.digests
        keep_only(self.project.programs, {str(self.file(stem)) for stem in results})
        cached = {stem: self.load(stem, digests[stem]) for stem in results}
        slicer = Slicer(self.project.root, {s.path: s.text for s in build.snippets.values()})
        failures: dict[CodeBlock, str] = {}
        attempts: list[Attempt] = []
        for block in blocks:
            if block.stem not in results:
                continue  # the snippet failed, which has been reported
            digest, message = self.failed.get(block, ("", ""))
            if block.key in cached[block.stem]:
                build.programs[block] = cached[block.stem][block.key]
            elif digest == digests[block.stem]:
                failures[block] = message
            else:
                attempt = Attempt(block, slicer, build.snippets[block.stem], results[block.stem])
                build.programs[block] = attempt.text
                attempts.append(attempt)
        if pool is None:
            return []
        for attempt in prove_all(attempts, pool):
            block, stem = attempt.block, attempt.block.stem
            cached[stem][block.key] = build.programs[block] = attempt.text
            self.save(stem, digests[stem], cached[stem])
        failures.update({a.block: a.explanation(pool) for a in attempts if not a.is_proved})
        self.failed = {b: (digests[b.stem], message) for b, message in failures.items()}
        return [
            Problem(where, f"this block cannot stand alone as a program: {failures[block]}")
            for block, where in blocks.items()
            if block in failures
        ]

    def load(self, stem: str, digest: str) -> dict[str, str]:
        cached = json.loads(self.store.load_checked(self.file(stem)) or b"{}")
        programs: dict[str, str] = cached["programs"] if cached.get("digest") == digest else {}
        return programs

    def save(self, stem: str, digest: str, programs: Mapping[str, str]) -> None:
        body = json.dumps({"digest": digest, "programs": programs}, sort_keys=True)
        self.store.save_checked(self.file(stem), body.encode())

    def file(self, stem: str) -> Path:
        return self.project.programs / f"{stem}.json"


class Attempt:
    """The search for the smallest slice of a block that passes the proof."""

    def __init__(self, block: CodeBlock, slicer: Slicer, snippet: Snippet, result: Result) -> None:
        self.block, self.slicer, self.snippet = block, slicer, snippet
        sections = snippet.sections
        named = {section.name: section for section in sections}
        self.shown = [named[name] for name in block.sections] or [WHOLE_FILE]
        shown = [s for name in block.sections or named if (s := result.sections.get(name))]
        self.expected = SectionOutput(
            "".join(output.text for output in shown),
            [figure for output in shown for figure in output.figures],
        )
        others = [s for s in sections if s.name in result.sections and s not in self.shown]
        self.printing = [s for s in others if result.sections[s.name].text]
        self.drawing = any(result.sections[s.name].figures for s in others)
        self.text = ""
        self.reach = Reach.NEEDED
        self.refusal = ""  # why a slice could not be made
        self.failure = ""  # why the last program failed the proof
        self.printed: str | None = None  # the stdout of that program, if it is what differed
        self.is_proved = False
        self.extend_to(Reach.NEEDED)

    def extend_to(self, reach: Reach) -> bool:
        """Slice with a larger reach; return whether the program has changed."""
        try:
            text = self.slicer.program(
                self.snippet.path, self.shown, reach, self.printing, self.drawing
            )
        except (CannotStandAlone, *UNREADABLE) as error:
            self.refusal = self.refusal or str(error)
            return False
        is_new = text != self.text
        self.text, self.reach = text, reach
        return is_new

    def job(self, name: str, proof: bool = True) -> Job:
        whole = [Section("program", 0, WHOLE_FILE.end)]
        timeout = read_timeout(self.snippet.text)
        return Job(name, "", "", whole, {}, timeout, program=self.text, proof=proof)

    def judge(self, result: Result) -> None:
        """Compare the outputs of the program with those on the page."""
        self.printed = None
        if result.problems:
            self.failure = result.problems[0].message.splitlines()[0]
            if "FileNotFoundError" in self.failure:
                self.failure += f"\n{NO_FILES}"
            return
        output = result.sections.get("program", SectionOutput())
        drawn = [figure.digest for figure in output.figures]
        if is_measured(self.snippet.text):
            self.is_proved = True  # outputs differ from run to run, so running is enough
        elif output.text != self.expected.text:
            self.printed = output.text
            self.failure = f"alone it prints\n{shortened(output.text, MAX_OUTPUT)}"
        elif drawn != [figure.digest for figure in self.expected.figures]:
            self.failure = f"alone it draws {len(drawn)} figures that are not the page's"
        else:
            self.is_proved = True

    def explanation(self, pool: Pool) -> str:
        """Return why every slice failed the proof, and what to do about it."""
        if self.printed is not None:
            if self.differs_only_in_times():
                return (
                    "alone it prints other times or addresses than the page shows, as it will each "
                    'time: say so in a line "# measured: why" of the snippet'
                )
            printed, (again,) = self.printed, pool.run([self.job("again", proof=False)])
            if printed != again.sections.get("program", SectionOutput()).text:
                return (
                    f"{self.failure}\nand something else each time: give the generator a seed, "
                    "such as torch.manual_seed(0), and sort what has no order"
                )
        lines = [self.failure or self.refusal]
        if self.failure and self.refusal:
            left_out = self.slicer.left_out(self.snippet.path, self.shown, self.reach)
            lines += [f"it leaves out {place}" for place in left_out]
            lines += [f"since {self.refusal}" if left_out else self.refusal]
        return "\n".join(lines)

    def differs_only_in_times(self) -> bool:
        patterns = [ADDRESS, TIMES, *([NUMBER] if CLOCK.search(self.snippet.text) else [])]
        pattern = re.compile("|".join(patterns))
        got, expected = (pattern.sub("…", t) for t in (self.printed or "", self.expected.text))
        return got == expected


def prove_all(attempts: list[Attempt], pool: Pool) -> Iterator[Attempt]:
    """Run the programs, then larger slices of those that fail; yield each proved attempt."""
    for reach in Reach:
        waiting = {
            str(number): attempt
            for number, attempt in enumerate(attempts)
            if not attempt.is_proved and (attempt.extend_to(reach) if reach else attempt.text)
        }
        for result in pool.run([attempt.job(name) for name, attempt in waiting.items()]):
            waiting[result.stem].judge(result)
            if waiting[result.stem].is_proved:
                yield waiting[result.stem]
