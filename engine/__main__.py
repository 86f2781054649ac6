# SPDX-License-Identifier: MIT
"""`python -m engine`: runs what is stale and says how long each took."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from engine.build import Engine
from engine.child import Result
from engine.problems import EngineError, Problem

WIDTH = 24


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    parser.add_argument("--check", action="store_true", help="run all twice; differences fail")
    parser.add_argument("--clean", action="store_true", help="forget all outputs")
    options = parser.parse_args(arguments)
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
            print("Forgot all outputs.")
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
        print(f"\n{problem}", file=sys.stderr)
    outcome = f"{len(problems)} to mend" if problems else "all well"
    print(f"{done} in {time.monotonic() - started:.1f} s: {outcome}.")
    return 1 if problems else 0


def tell(result: Result, done: int, total: int) -> None:
    """One line a snippet; on a terminal, below them a bar that moves."""
    mark = "failed" if result.problems else f"{result.seconds:.2f} s"
    line = f"{result.stem:<44} {mark:>8}"
    if not sys.stdout.isatty():
        print(line, flush=True)
        return
    filled = WIDTH * done // total
    bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}" if done < total else ""
    print(f"\r\x1b[K{line}\n{bar}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
