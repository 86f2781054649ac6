# SPDX-License-Identifier: MIT
"""The adapter for MkDocs: the engine runs once per build, and stops it where anything is wrong."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.utils import CountHandler, clean_directory

from engine.build import Engine, close_engines, engine_for
from engine.model.problem import EngineError, Problem
from engine.run.scratch import scratch
from engine.site.policy import secured
from engine.site.publish import publish
from engine.site.visual import FormulaError

log = logging.getLogger("mkdocs.engine")
serving = False
site = ""  # where the pages go in the end
staged: TemporaryDirectory[str] | None = None  # where MkDocs puts them


def engine_of(config: Any) -> Engine:
    return engine_for(Path(config.config_file_path).parent)


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"
    gc.freeze()  # what is imported by now stays: no collection need look at it again


def on_config(config: Any) -> Any:
    root = str(Path(config.config_file_path).parent)
    for extension in ("engine.site.markdown", "engine.site.visual", "engine.site.glossary"):
        config.mdx_configs.setdefault(extension, {})["root"] = root
    engine_of(config).driven = True
    return config


def on_pre_build(config: Any) -> None:
    global site, staged
    try:
        report = engine_of(config).refresh(wait=False)
    except EngineError as error:
        raise PluginError(str(error)) from error
    for result in report.ran:
        log.info("Ran %s in %.2f s", result.stem, result.seconds)
    tell(report.problems, report.warnings)
    if not serving:
        staged = scratch("site")
        site, config.site_dir = config.site_dir, staged.name


@event_priority(-100)  # after whatever else writes into the site
def on_post_build(config: Any) -> None:
    """Waits for the proofs, which ran beside the making of pages; where one fails, none stays."""
    engine = engine_of(config)
    made = Path(config.site_dir)
    try:
        tell(engine.finish())
        if moved := engine.moved():
            engine.store.forget("notebooks")  # they are kept as made of what was run
            if not serving:  # a server makes them again by itself
                tell(moved)
        if staged:
            config.site_dir = site
            if has_warned():
                return  # MkDocs ends a strict build after this
            with engine.store.locked():
                written = publish(made, Path(site), secured(made))
            log.info("Brought %s up to date: %d files had changed", site, written)
    except (EngineError, PluginError) as error:
        clean_directory(str(made))
        raise PluginError(str(error)) from error


def has_warned() -> bool:
    """Whether MkDocs has counted a warning, as it does in strict builds alone."""
    counters = [h for h in logging.getLogger("mkdocs").handlers if isinstance(h, CountHandler)]
    return any(counter.get_counts() for counter in counters)


def tell(problems: list[Problem], warnings: Iterable[Problem] = ()) -> None:
    """Ends a build; under `mkdocs serve` it prints, and pages say what they cannot show.

    Printed and not logged: in strict mode a logged error would end the rebuild, and the preview
    would go on showing the page as it was.
    """
    if serving:
        for problem in [*problems, *warnings]:
            print(f"ERROR    -  {problem}", file=sys.stderr)
        return
    for warning in warnings:
        log.warning("%s", warning)
    if problems:
        raise PluginError(str(EngineError(problems)))


def on_serve(server: Any, config: Any, builder: Any) -> Any:
    engine_of(config).pool.start()  # so that the first edit of a snippet need not wait for torch
    return server


def on_shutdown() -> None:
    global serving, staged
    serving = False
    close_engines()
    if staged:
        staged.cleanup()
        staged = None


def on_build_error(error: Exception) -> None:
    """What the extensions found is told as MkDocs tells its own, without a traceback."""
    if isinstance(error, EngineError | FormulaError):
        raise PluginError(str(error)) from error
