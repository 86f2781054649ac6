# SPDX-License-Identifier: MIT
"""`python -m engine`: runs what is stale and says how long each took."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TextIO

from engine.build import Engine
from engine.model.problem import EngineError, Problem
from engine.model.result import Result

WIDTH = 24


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--check", action="store_true", help="run all twice; differences fail")
    either.add_argument("--clean", action="store_true", help="forget all outputs")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # as standard error has it
    root = Path.cwd()
    if not (root / "snippets").is_dir() or not (root / "docs").is_dir():
        print(
            "No snippets/ and docs/ here: run this in the project's folder.",
            file=sys.stderr,
        )
        return 2
    engine = Engine(root)
    started = time.monotonic()
    try:
        if options.clean:
            engine.store.clean()
            say("Forgot all outputs.\n", sys.stdout)
            return 0
        if options.check:
            problems = engine.check_twice(tell)
            done = "Ran everything twice"
        else:
            report = engine.refresh(tell)
            problems = report.problems + report.warnings
            done = f"Ran {len(report.ran)} of {len(report.snippets)} snippets"
    except EngineError as error:
        problems, done = error.problems, "Stopped"
    except KeyboardInterrupt:
        problems, done = [Problem("engine", "interrupted")], "Stopped"
    finally:
        engine.close()
    for problem in problems:
        say(f"\n{problem}\n", sys.stderr)
    outcome = f"{len(problems)} to mend" if problems else "all well"
    say(f"{done} in {time.monotonic() - started:.1f} s: {outcome}.\n", sys.stdout)
    return 1 if problems else 0


def tell(result: Result, done: int, total: int) -> None:
    """One line a snippet; on a terminal, below them a bar that moves."""
    mark = "failed" if result.problems else f"{result.seconds:.2f} s"
    line = f"{result.stem:<44} {mark:>8}"
    if not sys.stdout.isatty():
        say(f"{line}\n", sys.stdout)
        return
    filled = WIDTH * done // total
    bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}" if done < total else ""
    say(f"\r\x1b[K{line}\n{bar}", sys.stdout)


def say(text: str, stream: TextIO) -> None:
    """Writes to a stream; where nobody takes it, the run goes on without."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):  # `| head` is meant
            say(f"Standard output cannot be written ({error.strerror}).\n", sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
