# SPDX-License-Identifier: MIT
"""The command line: run the stale snippets, show a page, write all pages, check, clean."""

import argparse
import os
import sys
import time
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from engine.build import Engine
from engine.model.page import Page
from engine.model.problem import EngineError, Problem
from engine.model.project import SNIPPETS
from engine.model.result import Result
from engine.read.config import read_config, site_of
from engine.reporter import Reporter
from engine.site.write import mirror, write_site
from engine.write.notebook import notebooks
from engine.write.page import markdown
from engine.write.uses import Origins

COMMANDS = {
    "run": "run the snippets that are stale, and check the pages (this is the default)",
    "show": "print a page as the site generator gets it",
    "write": "write all pages, notebooks and assets to .cache/docs, for Zensical",
    "check": "forget all outputs, then run and prove everything again",
    "clean": "forget all outputs",
}


class ProgressReporter(Reporter):
    """Reporter that prints a line for each snippet, with its duration and the progress."""

    def progress(self, result: Result, done: int, total: int) -> None:
        mark = "failed" if result.problems else f"{result.seconds:.2f} s"
        write(f"{result.stem:<44} {f'{done}/{total}':>8} {mark:>8}\n", sys.stdout)


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Return 0 for success, 1 if there are problems, 2 outside a project."""
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    parser.add_argument("--config", default="mkdocs.yml", help="the configuration (mkdocs.yml)")
    commands = parser.add_subparsers(dest="command")
    for name, text in COMMANDS.items():
        subparser = commands.add_parser(name, help=text)
        if name == "show":
            subparser.add_argument("page", help="such as docs/walkthrough/outputs.md")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the default of stderr
    command: str = options.command or "run"
    try:
        config = read_config(Path(options.config).resolve())
        project = config.project()
    except EngineError as error:
        write(f"{error}\n", sys.stderr)
        return 1
    if not project.snippets.is_dir():  # a docs folder is not required
        write(f"No {SNIPPETS}/ here: run this in the project's folder.\n", sys.stderr)
        return 2
    started = time.monotonic()
    engine = Engine(project, Reporter() if command == "show" else ProgressReporter())
    problems: list[Problem] = []
    done = "Stopped"
    try:
        if command == "clean":
            engine.store.clean()
            write("Forgot all outputs.\n", sys.stdout)
            return 0
        if command == "check":
            engine.store.clean()  # the cache is empty now, so all snippets and proofs run again
        build = engine.refresh()
        problems = build.problems + build.warnings
        done = f"Ran {len(build.ran)} of {len(build.snippets)} snippets"
        site = site_of(config.data, project.options.branch)
        if command != "write":
            problems += notebooks(build, project, site).problems
        if command == "show":
            page = find_page(options.page, build.pages, project.docs_name)
            origins = Origins(build, site)
            write(markdown(page, build, origins, project.has_includes), sys.stdout)
            build.problems = problems
            problems = build.problems_on(page)
        elif command == "write" and not build.problems:
            written = write_site(project, build, config.data)
            problems += written.problems
            mirror(project, written)
    except EngineError as error:
        problems = error.problems
    except KeyboardInterrupt:
        problems = [Problem("engine", "interrupted")]
    finally:
        engine.close()
    for problem in problems:
        write(f"\n{problem}\n", sys.stderr)
    if command != "show":
        outcome = f"{len(problems)} to mend" if problems else "all well"
        write(f"{done} in {time.monotonic() - started:.1f} s: {outcome}.\n", sys.stdout)
    return 1 if problems else 0


def find_page(name: str, pages: list[Page], docs: str) -> Page:
    """Return the page with a name; raise EngineError if there is none."""
    for page in pages:
        if name in (page.where, page.name):
            return page
    names = ", ".join(page.where for page in pages)
    raise EngineError([Problem(name, f"there is no such page below {docs}/; pages are: {names}")])


def write(text: str, stream: TextIO) -> None:
    """Write to a stream. If this fails, discard all further output and continue."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):  # as with `| head`
            write(f"Standard output cannot be written ({error.strerror}).\n", sys.stderr)
