# SPDX-License-Identifier: MIT
"""Reads from mkdocs.yml what the engine needs to know, where no MkDocs is there to say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml
from yaml_env_tag import add_env_tag  # type: ignore[import-untyped]

from engine.model.problem import EngineError, Problem
from engine.model.project import Options, Project, Site

PLUGIN, INCLUDES = "engine", "pymdownx.snippets"


@dataclass(frozen=True)
class Config:
    """A configuration file, with those that it inherits from.

    data: the values as they stand there, `!ENV` resolved
    """

    path: Path
    data: dict[str, Any]

    def project(self) -> Project:
        """Return the project that this configures."""
        plugins = named(self.data.get("plugins") or [])
        options = plugins.get(PLUGIN) or {}
        known = {field.name for field in fields(Options)}
        return Project(
            self.path.parent.resolve(),
            str(self.data.get("docs_dir") or "docs"),
            options_of({name: options[name] for name in known & options.keys()}),
            INCLUDES in named(self.data.get("markdown_extensions") or []),
        )


def options_of(values: dict[str, Any]) -> Options:
    """Return options with tuples in the place of lists, and of dictionaries their items.

    Raises EngineError where a folder that is to be ignored is no whole path.
    """
    options = Options(**{name: fixed(value) for name, value in values.items()})
    for folder in options.ignored:
        if not folder.startswith(("/", "~/")):
            message = f'"{folder}" is looked for from nowhere: begin it with "/", or "~/" for home'
            raise EngineError([Problem("mkdocs.yml: ignored", message)])
    return options


def fixed(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else value
    return tuple(items) if isinstance(value, list | dict) else value


def read_config(path: Path) -> Config:
    """Return the configuration at a path; an empty one where no file is there.

    Raises EngineError where it is not YAML.
    """
    if not path.is_file():
        return Config(path, {})
    try:
        data = yaml.load(path.read_text("utf-8-sig"), Loader) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = f"this is not YAML: {getattr(error, 'problem', error)}"
        raise EngineError(
            [Problem(f"{path.name}:{mark.line + 1 if mark else 1}", message)]
        ) from error
    if parent := data.pop("INHERIT", None):
        data = merged(read_config(path.parent / parent).data, data)
    return Config(path, data)


def site_of(config: Mapping[str, Any], branch: str) -> Site:
    """Return what mkdocs.yml says, under MkDocs' names: `nav`, `site_url`, `repo_url`."""
    nav = dict(pages_in(config.get("nav") or [], ""))
    return Site(nav, config.get("site_url") or "", config.get("repo_url") or "", branch)


def pages_in(items: list[Any], section: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each page of a navigation, with its title and that of its section."""
    for item in items:
        for title, page in item.items() if isinstance(item, dict) else [("", item)]:
            if isinstance(page, list):
                yield from pages_in(page, title)
            else:
                yield page, (title, section)


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return two configurations as one, as MkDocs merges what is inherited."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            value = merged(old, value)
        result[key] = value
    return result


def named(items: list[Any] | dict[str, Any]) -> dict[str, Any]:
    """Return `[a, {b: {…}}]`, as plugins and extensions are listed, as a dictionary by name."""
    if isinstance(items, dict):
        return items
    found: dict[str, Any] = {}
    for item in items:
        found |= item if isinstance(item, dict) else {str(item): {}}
    return found


class Loader(yaml.CSafeLoader):
    """Reads `!ENV`, and takes any other tag, such as `!!python/name:`, for nothing."""


add_env_tag(Loader)
Loader.add_multi_constructor("", lambda loader, suffix, node: None)
