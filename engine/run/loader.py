# SPDX-License-Identifier: MIT
"""Import the author's modules, in the project and elsewhere, from source."""

import ast
import sys
import types
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from importlib.util import decode_source
from typing import Any

from engine.run.guard import Guard, is_tracked
from engine.run.instrument import instrument
from engine.run.shapes import ShapeChecker


def import_from_source(root: str, guard: Guard, shapes: ShapeChecker) -> None:
    """Install a path hook that compiles modules from source, with checks of their shape comments.

    It also records the files that an import looks for. Bytecode files are not used, because Python
    compares only their time stamps, which two edits can share. Installed packages are unaffected.
    """

    class Loader(SourceFileLoader):
        def get_code(self, fullname: str) -> types.CodeType:
            data = self.get_data(self.path)
            tree: Any = data
            if b"# (" in data:
                tree = ast.parse(data, self.path)
                instrument(tree, decode_source(data), self.path, shapes)
            code: types.CodeType = compile(tree, self.path, "exec", dont_inherit=True)
            return code

    class Finder(FileFinder):
        def find_spec(
            self, fullname: str, target: types.ModuleType | None = None
        ) -> ModuleSpec | None:
            guard.record_import(self.path, fullname)
            return super().find_spec(fullname, target)

    def finder(folder: str) -> FileFinder:
        if not (folder == root or is_tracked(f"{folder}/", root)):
            raise ImportError
        extensions = ExtensionFileLoader, EXTENSION_SUFFIXES
        return Finder(folder, extensions, (Loader, SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, finder)
    for folder in [path for path in sys.path_importer_cache if is_tracked(f"{path}/", root)]:
        del sys.path_importer_cache[folder]  # the worker's finders, which bypass the hook
    sys.path_importer_cache.pop(root, None)
