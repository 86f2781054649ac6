# SPDX-License-Identifier: MIT
"""Read the engine's options and the site's navigation from mkdocs.yml, without MkDocs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml
from yaml_env_tag import add_env_tag  # type: ignore[import-untyped]

from engine.model.problem import EngineError, Problem, did_you_mean
from engine.model.project import Options, Project, Site

PLUGIN, INCLUDES = "engine", "pymdownx.snippets"
PAIRS = ("moved",)  # options that are dictionaries in mkdocs.yml


@dataclass(frozen=True)
class Config:
    """A configuration file, merged with those that it inherits from.

    data: the values in the file, with `!ENV` resolved
    """

    path: Path
    data: dict[str, Any]

    def project(self) -> Project:
        """Return the project that this file configures."""
        options = dict(named(self.data.get("plugins") or []).get(PLUGIN) or {})
        options.pop("enabled", None)  # an option that MkDocs itself reads, of every plugin
        return Project(
            self.path.parent.resolve(),
            str(self.data.get("docs_dir") or "docs"),
            options_of(options),
            INCLUDES in named(self.data.get("markdown_extensions") or []),
        )


def options_of(values: dict[str, Any]) -> Options:
    """Return options, with lists and the items of dictionaries turned into tuples.

    Raises EngineError for an unknown option, for a value of the wrong type, and if an ignored
    folder is not an absolute path.
    """
    defaults = {field.name: field.default for field in fields(Options)}
    for name, value in values.items():
        if name not in defaults:
            names = f"{did_you_mean(name, defaults)}\nthe options are {', '.join(defaults)}"
            raise option_error(name, f"{PLUGIN} has no such option{names}")
        default = {} if name in PAIRS else defaults[name]
        if form := wrong_form(value, default):
            raise option_error(name, f"{value!r} is not {form}")
    options = Options(**{name: hashable(value) for name, value in values.items()})
    for folder in options.ignored:
        if not folder.startswith(("/", "~/")):
            message = f'"{folder}" is looked for from nowhere: begin it with "/", or "~/" for home'
            raise option_error("ignored", message)
    return options


def wrong_form(value: Any, default: object) -> str:
    """Return the form that an option has to have, by its default, or "" if the value has it."""
    match default:
        case str():
            return "" if isinstance(value, str) else "a string"
        case dict():
            is_right = isinstance(value, dict) and are_strings([*value, *value.values()])
            return "" if is_right else "a mapping, such as {old.md: new.md}"
        case tuple():
            is_right = isinstance(value, list | tuple) and are_strings(value)
            return "" if is_right else "a list of strings, such as [one, two]"
        case _:
            raise TypeError(f"options of the type {type(default).__name__} are not checked yet")


def are_strings(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def option_error(name: str, message: str) -> EngineError:
    return EngineError([Problem(f"mkdocs.yml: {name}", message)])


def hashable(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else value
    return tuple(items) if isinstance(value, list | dict) else value


def read_config(path: Path) -> Config:
    """Return the configuration at a path, or an empty one if there is no file.

    Raises EngineError if it is not YAML.
    """
    if not path.is_file():
        return Config(path, {})
    try:
        data = yaml.load(path.read_text("utf-8-sig"), Loader) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1 if mark else 1}"
        message = f"this is not YAML: {getattr(error, 'problem', error)}"
        raise EngineError([Problem(where, message)]) from error
    if parent := data.pop("INHERIT", None):
        data = merged(read_config(path.parent / parent).data, data)
    return Config(path, data)


def site_of(config: Mapping[str, Any], branch: str) -> Site:
    """Return the site that is described by MkDocs' options `nav`, `site_url` and `repo_url`."""
    nav = dict(pages_in(config.get("nav") or [], ""))
    return Site(nav, config.get("site_url") or "", config.get("repo_url") or "", branch)


def pages_in(items: list[Any], section: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each page of a navigation, with its title and the title of its section."""
    for item in items:
        for title, page in item.items() if isinstance(item, dict) else [("", item)]:
            if isinstance(page, list):
                yield from pages_in(page, title)
            else:
                yield page, (title, section)


def merged(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration merged into the one that it inherits from, as MkDocs does it."""
    result = dict(parent)
    for key, value in child.items():
        inherited = result.get(key)
        if isinstance(value, dict) and isinstance(inherited, dict):
            value = merged(inherited, value)
        result[key] = value
    return result


def named(items: list[Any] | dict[str, Any]) -> dict[str, Any]:
    """Return a list of plugins or extensions, such as `[a, {b: {…}}]`, as a dictionary by name."""
    if isinstance(items, dict):
        return items
    by_name: dict[str, Any] = {}
    for item in items:
        by_name |= item if isinstance(item, dict) else {str(item): {}}
    return by_name


class Loader(yaml.CSafeLoader):
    """YAML loader that resolves `!ENV`, and replaces tags such as `!!python/name:` by None."""


add_env_tag(Loader)
Loader.add_multi_constructor("", lambda loader, suffix, node: None)
