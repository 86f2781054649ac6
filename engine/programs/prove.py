# SPDX-License-Identifier: MIT
"""Makes a program of every code block on the pages, and proves that it gives the page's output."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from engine.cache.store import Store, keep_only
from engine.model.problem import Problem, shortened
from engine.model.project import Project
from engine.model.result import Job, Result, SectionOutput
from engine.model.snippet import Section
from engine.programs.slicer import END, CannotStandAlone, Files, slice_of
from engine.read.old_page import Include
from engine.read.snippet import is_measured, read_timeout
from engine.run.pool import Pool
from engine.run.sources import UNREADABLE

MOST_OF_OUTPUT = 500  # characters are told of one that differs


@dataclass(frozen=True)
class Block:
    """The sections of one snippet that one code block shows; none named means the whole file."""

    stem: str
    sections: tuple[str, ...]

    @property
    def key(self) -> str:
        return "+".join(self.sections)


def blocks_of(shows: Iterable[object]) -> dict[int, Block]:
    """The code blocks of a page, by the line on which each opens.

    A block that shows more than one file has no one program, and is left out.
    """
    includes: dict[int, list[Include]] = {}
    for shown in shows:
        if isinstance(shown, Include) and shown.output is None and shown.block:
            includes.setdefault(shown.block, []).append(shown)
    return {
        line: Block(one[0].stem, tuple(filter(None, (i.section for i in one))))
        for line, one in includes.items()
        if len({i.stem for i in one}) == 1
    }


class Programs:
    """The programs of a project's blocks, made and proved once and kept by content."""

    def __init__(self, project: Project, store: Store) -> None:
        self.project, self.store = project, store
        self.failed: dict[Block, tuple[str, str]] = {}
        self.prepared: dict[Block, str | CannotStandAlone] = {}
        self.prover = ThreadPoolExecutor(1, "prover")
        self.proof: Future[list[Problem]] | None = None

    def prepare(self, blocks: list[Block], sections: dict[str, list[Section]]) -> Future[None]:
        """Begins to slice blocks, while snippets run."""
        return self.prover.submit(self.slice_all, blocks, sections)

    def slice_all(self, blocks: list[Block], sections: dict[str, list[Section]]) -> None:
        files: Files = {}
        for block in blocks:
            try:
                self.prepared[block] = self.slice(block, sections[block.stem], files)
            except (CannotStandAlone, *UNREADABLE) as error:
                self.prepared[block] = CannotStandAlone(str(error))

    def begin(
        self,
        pool: Pool,
        blocks: dict[Block, str],
        sections: dict[str, list[Section]],
        results: dict[str, Result],
        made_from: dict[str, str],
    ) -> dict[Block, str]:
        """Returns the program of each block, and begins to prove those that are new.

        blocks: each with the first place that shows it, as `file:line`
        made_from: for each snippet, a digest of all that its result was made from
        """
        programs: dict[Block, str] = {}
        failures: dict[Block, str] = {}
        waiting: dict[Block, str] = {}
        keep_only(self.project.programs, {str(self.file(stem)) for stem in results})
        kept = {stem: self.load(stem, made_from[stem]) for stem in results}
        new: list[Block] = []
        for block in blocks:
            if block.stem not in results:
                continue  # why it has no result is told where it failed
            stamp, message = self.failed.get(block, ("", ""))
            if block.key in kept[block.stem]:
                programs[block] = kept[block.stem][block.key]
            elif stamp == made_from[block.stem]:
                failures[block] = message
            else:
                new.append(block)
        if not set(new) <= self.prepared.keys():
            self.slice_all(new, sections)
        for block in new:
            text = self.prepared[block]
            if isinstance(text, CannotStandAlone):
                failures[block] = str(text)
            else:
                waiting[block] = text
        self.prepared = {}

        def proof() -> list[Problem]:
            left = Counter(block.stem for block in waiting)
            for block, message in self.prove(pool, waiting, results):
                stem = block.stem
                if message:
                    failures[block] = message
                else:
                    kept[stem][block.key] = waiting[block]
                left[stem] -= 1
                if not left[stem]:
                    self.save(stem, made_from[stem], kept[stem])
            self.failed = {b: (made_from[b.stem], message) for b, message in failures.items()}
            return [
                Problem(where, f"this block cannot stand alone as a program: {failures[block]}")
                for block, where in blocks.items()
                if block in failures
            ]

        self.proof = self.prover.submit(proof)
        return {**programs, **waiting}

    def finish(self) -> list[Problem]:
        """Waits for the proofs; returns the blocks that cannot stand alone."""
        proof, self.proof = self.proof, None
        return proof.result() if proof else []

    def slice(self, block: Block, sections: list[Section], files: Files) -> str:
        named = {section.name: section for section in sections}
        shown = [named[name] for name in block.sections if name in named]
        if not block.sections:
            shown = [Section("whole", 0, END)]
        path = self.project.snippet(block.stem)
        return str(slice_of(path, self.project.root, shown, files))

    def prove(
        self, pool: Pool, waiting: dict[Block, str], results: dict[str, Result]
    ) -> Iterator[tuple[Block, str | None]]:
        """Runs each program by itself; yields what is wrong with it, or None."""
        stems = {block.stem for block in waiting}
        snippets = {stem: self.project.snippet(stem).read_text("utf-8-sig") for stem in stems}
        whole = [Section("program", 0, END)]
        jobs, by_name = [], {}
        for number, (block, text) in enumerate(waiting.items()):
            timeout = read_timeout(snippets[block.stem])
            jobs.append(Job(str(number), "", "", whole, {}, timeout, program=text))
            by_name[str(number)] = block
        for result in pool.run(jobs):
            block = by_name[result.stem]
            page = None if is_measured(snippets[block.stem]) else results[block.stem]
            yield block, verdict(result, block, page)

    def load(self, stem: str, made_from: str) -> dict[str, str]:
        data = self.store.load_checked(self.file(stem))
        if data is None:
            return {}
        kept = json.loads(data)
        return kept["programs"] if kept.get("made_from") == made_from else {}

    def save(self, stem: str, made_from: str, programs: dict[str, str]) -> None:
        body = json.dumps({"made_from": made_from, "programs": programs}, sort_keys=True)
        self.store.save_checked(self.file(stem), body.encode())

    def file(self, stem: str) -> Path:
        return self.project.programs / f"{stem}.json"


def verdict(result: Result, block: Block, page: Result | None) -> str | None:
    """What differs between a program's output and what the page shows, or None.

    page: None where outputs differ from run to run, so that a program need only run
    """
    if result.problems:
        return result.problems[0].what.splitlines()[0]
    if page is None:
        return None
    names = block.sections or tuple(page.sections)
    shown = [page.sections[name] for name in names if name in page.sections]
    got = result.sections.get("program", SectionOutput())
    if got.text != "".join(section.text for section in shown):
        return f"alone it prints\n{shortened(got.text, MOST_OF_OUTPUT)}"
    drawn = [figure.digest for figure in got.figures]
    if drawn != [figure.digest for section in shown for figure in section.figures]:
        return f"alone it draws {len(drawn)} figures that are not the page's"
    return None
