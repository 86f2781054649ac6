# SPDX-License-Identifier: MIT
"""Record the files that a run reads, and refuse changes to the project.

An audit hook sees the files that Python opens, lists and imports, that sqlite3 and ctypes open, and
that are arguments of subprocesses. `record_open_files` adds those that C code holds open or mapped.
Files of the system and of installed distributions are not recorded: the cache compares versions
instead. The refusals protect against mistakes; this is not a sandbox.
"""

import contextlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from engine.model.result import Job, Stamp

dumps = json.dumps  # saved, since a snippet can replace it
LOG = "opened"  # a file in the scratch folder with the record so far, in case the child is killed
WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGED_BY = ("chmod", "link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate")
CHANGES = {"shutil.rmtree", *(f"os.{name}" for name in CHANGED_BY)}
LISTS = {"os.listdir", "os.scandir"}
OPENS = {"open", "sqlite3.connect", "ctypes.dlopen"}
STARTS = "subprocess.Popen"
WATCHED = {*OPENS, *LISTS, *CHANGES, STARTS}
NOT_SOURCES = (".cache/", ".venv/", ".git/", "engine/")  # below the root
SYSTEM = re.compile(
    r"/(proc|sys|dev|etc|run|bin|lib\w*|(usr|usr/local|opt/\w+)/(lib\w*|share|bin))/|/dev/|"
    rf"{re.escape(tempfile.gettempdir())}/torchinductor_|"
    r".*/\.(cache|config)/(matplotlib|torch_)"
)


class Guard:
    """The dependency record of one run.

    opened: the record, as in `Result.opened`
    """

    def __init__(self, job: Job) -> None:
        self.root, self.scratch = job.root, os.path.realpath(job.scratch)
        folders = (os.path.dirname(self.scratch), *job.ignored)
        self.ignored = tuple(f"{folder}/" for folder in folders)
        self.opened: dict[str, Stamp | None] = {}
        self.is_recording = False

    def install(self) -> None:
        """Install the audit hook; Python cannot remove it again."""
        sys.addaudithook(self.audit)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in WATCHED or self.is_recording:
            return
        by_import = sys._getframe(1).f_code.co_filename.startswith("<frozen importlib")
        if event in LISTS and by_import:
            return  # `record_import` records the files that an import looks for
        if event == STARTS:
            self.record_arguments(*arguments[:3])
            return
        is_change = event in CHANGES or (
            event == "open" and bool((arguments[2] or 0) & WRITE_FLAGS)
        )
        for argument in arguments[: 2 if event in CHANGES else 1]:
            if isinstance(argument, str | bytes | os.PathLike):
                with contextlib.suppress(ValueError):  # such as a null byte in a name
                    self.visit(os.fsdecode(argument), event, is_change, by_import)

    def visit(self, name: str, event: str, is_change: bool, by_import: bool) -> None:
        """Record that a file was read; raise PermissionError for a change in the project."""
        if event == "sqlite3.connect":
            name = re.sub(r"^file:(?://)?|\?.*$", "", name)
        if event == "ctypes.dlopen" and "/" not in name:
            return  # a library of the system
        absolute = os.path.abspath(name)
        path = os.path.realpath(absolute)
        if is_change:
            is_around = event != "os.mkdir" and f"{self.root}/".startswith(f"{path.rstrip('/')}/")
            if is_around or path.startswith(f"{self.root}/"):
                shown = path if is_around else os.path.relpath(path, self.root)
                raise PermissionError(
                    f"a snippet may not change {shown}, outside its folder: give a relative path, "
                    f"which leads to an empty folder that is gone afterwards"
                )
            return
        if absolute != path:
            self.record(absolute)  # the symbolic link itself, whose target may change
        self.record(path, by_import)

    def record(self, path: str, by_import: bool = True) -> None:
        """Add a file or a folder to the record, with its current stamp.

        by_import: whether it is opened to be imported; a module of the engine is then left out
        """
        if path.endswith(".pyc") and "/__pycache__/" in path:
            folder, _, name = path.rpartition("/__pycache__/")
            path = f"{folder}/{name.partition('.')[0]}.py"
        is_data = not by_import and is_source_of_engine(path, self.root)
        if f"{path}/".startswith(self.ignored) or not (is_data or is_tracked(path, self.root)):
            return
        below = path.startswith(f"{self.root}/")
        name = os.path.relpath(path, self.root) if below else path
        if name not in self.opened:
            self.opened[name] = stamp = stamp_of(path)
            self.is_recording = True
            try:  # the log matters only if the child is killed, so a full disk is no error
                with contextlib.suppress(OSError), open(f"{self.scratch}/{LOG}", "a") as log:
                    log.write(dumps([name, stamp]) + "\n")
            finally:
                self.is_recording = False

    def record_import(self, folder: str, module: str) -> None:
        """Record the files that `module` could be imported from in a folder, existing or not."""
        name = module.rpartition(".")[2]
        self.record(f"{folder}/{name}.py")
        self.record(f"{folder}/{name}/__init__.py")

    def record_arguments(self, program: Any, arguments: Any, folder: Any) -> None:
        """Record the files named on the command line of a subprocess."""
        words = [arguments] if isinstance(arguments, str | bytes | os.PathLike) else [*arguments]
        for argument in words:
            with contextlib.suppress(ValueError, TypeError):
                path = os.path.realpath(os.path.join(folder or ".", os.fsdecode(argument)))
                if os.path.isfile(path):
                    self.record(path)

    def record_open_files(self) -> None:
        """Record the files that this process holds open or mapped, also by C code (on Linux)."""
        paths = set()
        with contextlib.suppress(OSError):
            for link in os.listdir("/proc/self/fd"):
                with contextlib.suppress(OSError):
                    paths.add(os.readlink(f"/proc/self/fd/{link}"))
            maps = Path("/proc/self/maps").read_text()
            paths |= set(re.findall(r"^\S+ r\S+ [^/\n]+(/.+)$", maps, re.MULTILINE))
        for path in sorted(paths):
            if path.startswith("/") and is_tracked(path, self.root) and os.path.isfile(path):
                self.record(path)


def read_log(scratch: str) -> dict[str, Stamp | None]:
    """Return the record of a child, even of one that was killed."""
    with contextlib.suppress(OSError, ValueError):
        return dict(sorted(map(json.loads, Path(scratch, LOG).read_text().splitlines())))
    return {}


def stamp_of(path: str | Path) -> Stamp | None:
    """Return the modification time, size and inode of a file, or None if there is no file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return [status.st_mtime_ns, status.st_size, status.st_ino]


def is_project_file(path: str, root: str) -> bool:
    """Return whether a file belongs to the project, not to a package installed inside it."""
    inside = path.startswith(f"{root}/") and not is_installed(path, root)
    return inside and not path.removeprefix(f"{root}/").startswith(NOT_SOURCES)


def is_tracked(path: str, root: str) -> bool:
    """Return whether a file is a dependency: neither installed, nor the system's or engine's."""
    if path.startswith(f"{root}/"):
        return is_project_file(path, root)
    return not is_installed(path, root) and not SYSTEM.match(path) and path != "/"


def is_source_of_engine(path: str, root: str) -> bool:
    return path.startswith(f"{root}/engine/") and "__pycache__" not in path


def is_installed(path: str, root: str) -> bool:
    """Return whether a file belongs to a Python environment, which may lie inside the project."""
    for prefix in {sys.prefix, sys.base_prefix}:
        is_around_root = f"{root}/".startswith(f"{prefix}/")
        if path.startswith(f"{prefix}/lib/python" if is_around_root else f"{prefix}/"):
            return True
    return False
