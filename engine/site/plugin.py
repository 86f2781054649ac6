# SPDX-License-Identifier: MIT
"""The MkDocs plugin, which replaces the author's pages by those that the engine wrote.

The engine runs before MkDocs cleans the site's folder. So a problem of a snippet, a program or a
page fails the build and leaves the existing site unchanged.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files

from engine.build import Engine
from engine.model.build import Build
from engine.model.problem import EngineError, Problem
from engine.model.project import Project
from engine.model.result import Result
from engine.read.config import INCLUDES, options_of
from engine.reporter import Reporter
from engine.site import policy
from engine.site.visual import FormulaError
from engine.site.write import Written, write_site

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

log = logging.getLogger("mkdocs.engine")
EXTENSION, FENCES = "engine.site.markdown", "pymdownx.superfences"
FENCE = """\
the fences of {name} need to know the engine's own; add it to mkdocs.yml:
  - pymdownx.superfences:
      custom_fences:
        - name: engine-html
          class: engine-html
          format: !!python/name:engine.site.markdown.engine_html"""


class EngineConfig(Config):  # type: ignore[no-untyped-call]
    """The options under `plugins: - engine:`, which `engine.model.project.Options` documents."""

    helpers = c.ListOfItems(c.Type(str), default=[])
    tensors = c.Type(str, default="drawing/tensors")
    whole_notebooks = c.ListOfItems(c.Type(str), default=[])
    branch = c.Type(str, default="gh-pages")
    moved = c.Type(dict, default={})
    ignored = c.ListOfItems(c.Type(str), default=[])


class LogReporter(Reporter):
    """Reporter that writes to the log of MkDocs."""

    def progress(self, result: Result, done: int, total: int) -> None:
        log.info("Ran %s in %.2f s", result.stem, result.seconds)

    def notice(self, text: str) -> None:
        log.info("%s", text)

    def warn(self, warning: Problem) -> None:
        log.warning("%s", warning)


class EnginePlugin(BasePlugin[EngineConfig]):  # type: ignore[no-untyped-call]
    """The plugin, which runs the engine once per build; a server keeps one instance."""

    def __init__(self) -> None:
        self.reporter = LogReporter()
        self.engine: Engine | None = None
        self.build = Build()
        self.written = Written()
        self.watched: set[str] = set()
        self.server: LiveReloadServer | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        self.reporter.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        project = project_of(config, self.config)
        if self.engine is None or self.engine.project != project:
            self.on_shutdown()
            self.engine = Engine(project, self.reporter)
        config.mdx_configs.setdefault(EXTENSION, {})["project"] = project
        fences = config.mdx_configs.get(FENCES, {}).get("custom_fences", [])
        if not any(fence.get("name") == "engine-html" for fence in fences):
            raise PluginError(FENCE.format(name=Path(config.config_file_path).name))
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        assert self.engine is not None
        try:
            self.build = self.engine.refresh()
            strict = config.strict and not self.reporter.serving
            fatal = self.build.warnings if strict else []
            self.reporter.report(self.build.problems + fatal, self.build.warnings)
            self.written = write_site(self.engine.project, self.build, config)
            changed = self.engine.edited_since_run(self.build)
            self.reporter.report(self.written.problems + changed)
        except EngineError as error:
            raise PluginError(str(error)) from error

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        for uri, path in self.written.pages.items():
            if file := files.get_file_from_path(uri):
                file.abs_src_path = str(path)
        for uri in self.written.joined:
            if file := files.get_file_from_path(uri):
                files.remove(file)
        for uri, path in self.written.generated.items():
            files.append(File.generated(config, uri, abs_src_path=str(path)))
        return files

    @event_priority(-100)  # after all plugins that write into the site
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        policy.secure(Path(config.site_dir))
        self.watch()

    def on_serve(
        self, server: "LiveReloadServer", *, config: MkDocsConfig, builder: Any
    ) -> "LiveReloadServer":
        assert self.engine is not None
        self.server = server
        self.engine.pool.start()  # import torch now, so that the first edit does not wait for it
        self.watch()
        return server

    def watch(self) -> None:
        """Make the server watch the snippets and all other files that they read."""
        if self.server is None or self.engine is None:
            return
        project = self.engine.project
        names = (name for result in self.build.results.values() for name in result.opened)
        files = {str(project.root / name) for name in names}
        covered = (f"{project.snippets}/", f"{project.docs}/")
        paths = {str(project.snippets), *(path for path in files if not path.startswith(covered))}
        for path in sorted(paths - self.watched):
            if Path(path).exists():
                self.server.watch(path)
        self.watched |= paths

    def on_shutdown(self) -> None:
        if self.engine:
            self.engine.close()
            self.engine = None

    def on_build_error(self, *, error: Exception) -> None:
        """Turn errors of the Markdown extension into errors of MkDocs, without a traceback."""
        if isinstance(error, EngineError | FormulaError):
            raise PluginError(str(error)) from error


def project_of(config: MkDocsConfig, options: EngineConfig) -> Project:
    """Return the project of a MkDocs configuration."""
    root = Path(config.config_file_path).parent.resolve()
    docs = Path(config.docs_dir).resolve()
    name = docs.relative_to(root).as_posix() if docs.is_relative_to(root) else str(docs)
    return Project(
        root,
        name,
        options_of(dict(options)),
        INCLUDES in config.markdown_extensions,
    )
