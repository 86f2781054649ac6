# SPDX-License-Identifier: MIT
"""Stale results are never shown, and fresh results are never computed again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cache import store
from engine.cache.freshness import Freshness
from engine.model.problem import EngineError
from engine.model.project import Options
from engine.run import environment, guard
from tests.support.sample import Sample


def ran(sample: Sample) -> list[str]:
    """Return the snippets that a new process runs."""
    sample.fresh_engine()
    report = sample.refresh()
    assert not report.problems, "\n".join(map(str, report.problems))
    return sorted(result.stem for result in report.ran)


def test_nothing_fresh_is_run_again(sample: Sample) -> None:
    sample.section("print(1)")
    assert ran(sample) == ["one"]
    assert ran(sample) == []


def test_an_edit_runs_only_the_snippet_and_its_importers(sample: Sample) -> None:
    sample.section("x = 1", "base")
    sample.section("from snippets.base import x\nprint(x)", "direct")
    sample.section("from snippets import direct\nprint(direct.x)", "indirect")
    sample.section("print('apart')", "apart")
    ran(sample)
    sample.section("x = 2", "base")
    assert ran(sample) == ["base", "direct", "indirect"]
    assert sample.output("indirect/part.txt").endswith("2\n")


def test_an_edit_in_the_same_second_and_of_the_same_size_counts(sample: Sample) -> None:
    path = sample.section("x = 1", "base")
    sample.section("from snippets.base import x\nprint(x)")
    ran(sample)
    stamp = path.stat()
    sample.section("x = 2", "base")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert ran(sample) == ["base", "one"]
    assert sample.output("one/part.txt") == "2\n"


@pytest.mark.slow
def test_stale_bytecode_is_not_used_by_an_engine_inside_the_project(
    sample: Sample, root: Path
) -> None:
    shutil.copytree(root / "engine", sample.root / "engine")
    environment = {**os.environ, "PYTHONPATH": str(sample.root), "PYTHONDONTWRITEBYTECODE": ""}

    def python(*arguments: str) -> None:
        command = [sys.executable, *arguments]
        subprocess.run(command, cwd=sample.root, env=environment, check=True)

    path = sample.root / "base.py"
    path.write_text("x = 1\n")
    sample.section("from base import x\nprint(x)")
    python("-c", "import base")
    assert list(sample.root.glob("__pycache__/base.*"))
    stamp = path.stat()
    path.write_text("x = 2\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    python("-m", "engine")
    assert sample.refresh().ran == []
    assert sample.output("one/part.txt") == "2\n"


def test_a_relative_import_and_one_inside_a_function_count(sample: Sample) -> None:
    sample.snippet("x = 1\n", "group/a")
    sample.section("from .a import x\ndef f():\n    import snippets.group.b\nf()", "group/c")
    sample.snippet("", "group/b")
    assert ran(sample) == ["group/c"]
    sample.snippet("x = 2\n", "group/a")
    assert ran(sample) == ["group/c"]
    sample.snippet("y = 1\n", "group/b")
    assert ran(sample) == ["group/c"]


def test_a_file_that_would_shadow_an_import_makes_the_output_stale(sample: Sample) -> None:
    sample.section("import wave\nprint(hasattr(wave, 'mine'))")
    ran(sample)
    (sample.root / "wave.py").write_text("mine = 1\n")
    assert ran(sample) == ["one"]


def test_a_data_file_that_is_read_counts(sample: Sample) -> None:
    data = sample.root / "snippets" / "data.csv"
    data.write_text("1\n")
    sample.section(f"print(open({str(data)!r}).read())")
    ran(sample)
    data.write_text("2\n")
    assert ran(sample) == ["one"]
    assert sample.output("one/part.txt") == "2\n\n"


def test_a_file_of_the_engine_counts_where_a_snippet_reads_it(sample: Sample) -> None:
    """The page on the architecture draws the imports between the engine's modules."""
    module = sample.root / "engine" / "read" / "glossary.py"
    module.parent.mkdir(parents=True)
    module.write_text("x = 1\n")
    sample.section(f"print(open({str(module)!r}).read())")
    sample.section("import engine\nprint(2)", "other")
    ran(sample)
    assert ran(sample) == []
    module.write_text("x = 2\n")
    assert ran(sample) == ["one"]
    assert sample.output("one/part.txt") == "x = 2\n\n"


@pytest.mark.parametrize(
    "listing",
    [
        "sorted(os.listdir(data))",
        "sorted(entry.name for entry in os.scandir(data))",
        "sorted(glob.glob(f'{data}/*.csv'))",
        "sorted(str(path) for path in Path(data).rglob('*'))",
    ],
)
def test_a_folder_that_is_listed_counts(sample: Sample, listing: str) -> None:
    data = sample.root / "data"
    data.mkdir()
    (data / "first.csv").touch()
    imports = "import glob, os\nfrom pathlib import Path"
    sample.section(f"{imports}\ndata = {str(data)!r}\nprint(len({listing}))")
    ran(sample)
    assert ran(sample) == []
    (data / "second.csv").touch()
    assert ran(sample) == ["one"]
    assert sample.output("one/part.txt") == "2\n"


@pytest.mark.parametrize("outside", [False, True])
def test_a_redirected_symbolic_link_counts(sample: Sample, outside: bool) -> None:
    link = sample.root / "snippets/data.txt"
    away = sample.root.parent / f"{sample.root.name}-away" if outside else sample.root
    away.mkdir(exist_ok=True)
    for name in "ab":
        (away / f"{name}.txt").write_text(name)
    link.symlink_to(away / "a.txt")
    sample.section(f"print(open({str(link)!r}).read())")
    ran(sample)
    link.unlink()
    link.symlink_to(away / "b.txt")
    assert ran(sample) == ["one"]
    assert sample.output("one/part.txt") == "b\n"
    (away / "b.txt").write_text("c")
    assert ran(sample) == ["one"]


def test_a_package_that_takes_the_place_of_a_module_counts(sample: Sample) -> None:
    sample.snippet("x = 'module'", "base")
    sample.section("from snippets.base import x\nprint(x)")
    ran(sample)
    sample.snippet("x = 'package'", "base/__init__")
    assert ran(sample) == ["one"]
    assert sample.output("one/part.txt") == "package\n"


def test_a_project_within_an_environment_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, installed = str(tmp_path / "data.txt"), str(tmp_path / "env/lib/torch.py")
    monkeypatch.setattr(sys, "prefix", str(tmp_path.parent))
    assert guard.is_project_file(inside, str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    assert guard.is_project_file(inside, str(tmp_path))
    assert not guard.is_project_file(installed, str(tmp_path))


def test_a_new_file_beside_an_import_does_not_count(sample: Sample) -> None:
    sample.snippet("x = 1", "base")
    sample.section("from snippets.base import x\nprint(x)")
    ran(sample)
    sample.snippet("", "new")
    assert ran(sample) == []


def test_a_new_value_on_a_page_runs_the_snippet_and_an_edited_sentence_does_not(
    sample: Sample,
) -> None:
    sample.section("x = 3")
    sample.page("It is {{ one: x }}.")
    ran(sample)
    sample.page("It still is {{ one: x }}.")
    assert ran(sample) == []
    sample.page("It is {{ one: x }}, twice {{ one: 2 * x }}.")
    assert ran(sample) == ["one"]


def test_another_helper_of_the_options_makes_results_stale(sample: Sample) -> None:
    for stem in ("first", "second"):
        sample.snippet(f"def name():\n    return '{stem}'\n", stem)
    sample.section("x = 1")
    sample.page("It is {{ one: name() }}.")
    for order in (("first", "second"), ("second", "first")):  # the last one wins
        sample.options = Options(helpers=order)
        assert ran(sample) == ["one"]
        assert f"It is {order[-1]}." in sample.markdown()
        assert ran(sample) == []


def test_a_helper_that_is_written_later_is_found(sample: Sample) -> None:
    sample.options = Options(helpers=("helper",))
    sample.section("x = 1")
    sample.page("It is {{ one: name() }}.")
    sample.fresh_engine()
    assert "No module named 'snippets.helper'" in sample.problem()
    sample.snippet("def name():\n    return 'here'\n", "helper")
    assert ran(sample) == ["one"]
    assert "It is here." in sample.markdown()


def test_packages_that_come_with_matplotlib_are_dependencies(sample: Sample) -> None:
    sample.section("print(1)")
    versions = sample.refresh().results["one"].versions
    assert {"matplotlib", "numpy", "pillow", "python-dateutil", "torch"} <= versions.keys()


def test_another_version_of_a_package_makes_results_stale(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.section("print(1)")
    snippet = sample.refresh().snippets["one"]
    kept = sample.engine.store.load("one")
    assert kept is not None
    assert Freshness(sample.engine.project).is_fresh(kept, snippet.expressions, snippet.shown_after)
    real = environment.metadata.version
    monkeypatch.setattr(
        environment.metadata, "version", lambda name: "9" if name == "numpy" else real(name)
    )
    environment.version_of.cache_clear()
    assert not Freshness(sample.engine.project).is_fresh(
        kept, snippet.expressions, snippet.shown_after
    )
    monkeypatch.undo()
    environment.version_of.cache_clear()


def test_an_output_that_is_no_longer_printed_is_gone(sample: Sample) -> None:
    sample.section("print(1)")
    ran(sample)
    sample.section("x = 1")
    ran(sample)
    assert sample.build.results["one"].sections["part"].text == ""


def test_a_failed_snippet_leaves_no_old_output(sample: Sample) -> None:
    sample.printed("print(1)")
    sample.problem("print(1 / 0)")
    assert sample.build.results == {}


def test_a_known_failure_is_not_run_again_until_something_changes(sample: Sample) -> None:
    first = sample.problem("raise ValueError('no')")
    report = sample.refresh()
    assert report.ran == []
    assert [str(problem) for problem in report.problems] == [first]
    assert sample.printed("print('mended')") == "mended\n"


def test_a_write_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.txt"
    store.write(path, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        store.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_warm_build_imports_neither_torch_nor_matplotlib(sample: Sample, root: Path) -> None:
    sample.section("import torch\nprint(torch.ones(1))")
    ran(sample)
    code = (
        "import json, pathlib, sys; from engine.build import Engine; from engine.model.project import Project;"
        "r = Engine(Project(pathlib.Path('.').resolve())).refresh();"
        "print(json.dumps([len(r.ran), [m for m in ('torch', 'matplotlib', 'numpy') if m in sys.modules]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=sample.root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [0, []]


def test_clean_deletes_all_results(sample: Sample) -> None:
    sample.section("print(1)")
    ran(sample)
    sample.engine.store.clean()
    assert not (sample.root / ".cache/runs").exists()
    assert ran(sample) == ["one"]
    shutil.rmtree(sample.root / ".cache")
    assert ran(sample) == ["one"]


def test_a_relative_import_with_too_many_dots_is_reported(sample: Sample) -> None:
    sample.section("from ....figures import x", "group/one")
    assert sample.problem().startswith("snippets/group/one.py:2: ")


def test_clean_reports_a_folder_that_it_cannot_delete(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.section("print(1)")
    ran(sample)

    def refuse(path: object, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(EngineError, match=r"\.cache/runs: cannot be written"):
        sample.engine.store.clean()


def test_files_beside_the_project_and_a_database_count(sample: Sample) -> None:
    away = sample.root.parent / f"{sample.root.name}-away"
    away.mkdir()

    def set_to(number: int) -> None:
        (away / "mylib.py").write_text(f"VERSION = {number}\n")
        (away / "shared.txt").write_text(str(number))
        with contextlib.closing(sqlite3.connect(sample.root / "data.db")) as database, database:
            database.execute("drop table if exists t")
            database.execute("create table t(a)")
            database.execute(f"insert into t values ({number})")

    set_to(1)
    stems = {
        "library": f"import sys\nsys.path.append({str(away)!r})\nimport mylib\nprint(mylib.VERSION)",
        "data": f"print(open({str(away / 'shared.txt')!r}).read())",
        "database": f"import sqlite3\ndb = sqlite3.connect('file:{sample.root}/data.db?mode=ro', uri=True)\n"
        "print(db.execute('select a from t').fetchone()[0])",
        "subprocess": f"import subprocess\nprint(subprocess.run(['cat', {str(away / 'shared.txt')!r}], "
        "capture_output=True, text=True).stdout)",
        "mapped": f"import torch\nt = torch.from_file({str(away / 'shared.txt')!r}, size=1, dtype=torch.uint8)"
        "\nprint(chr(t[0]))",
    }
    for stem, body in stems.items():
        sample.section(body, stem)
    assert ran(sample) == sorted(stems)
    assert ran(sample) == []
    set_to(2)
    assert ran(sample) == sorted(stems)
    assert {sample.output(f"{stem}/part.txt").strip() for stem in stems} == {"2"}


def test_the_key_covers_every_module_that_runs_snippets(root: Path) -> None:
    names = [path.stem for path in (root / "engine/run").glob("[!_]*.py")]
    imports = "; ".join(f"import engine.run.{name}" for name in names)
    files = "[m.__file__ for n, m in sys.modules.items() if n.startswith('engine.')]"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {imports}; print(*{files}, sep='\\n')"],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, check=True, text=True,
    )  # fmt: skip
    used = [Path(line).relative_to(root / "engine").as_posix() for line in done.stdout.split()]
    used = [name for name in used if not name.endswith("__init__.py")]
    assert "run/values.py" in used and "model/result.py" in used
    assert [name for name in used if not name.startswith(environment.USED)] == []


def test_files_in_an_ignored_folder_do_not_count(sample: Sample) -> None:
    """A snippet unpacks a package there once. Hashing its 540 MB would take longer than a run."""
    away = sample.root.parent / f"{sample.root.name}-away"
    copy = away / "unpacked" / "weights"
    other = away / "stray"
    sample.options = Options(ignored=(str(copy.parent),))
    copy.parent.mkdir(parents=True)
    for path in (copy, other):
        path.write_text("1")
    sample.section(
        f"from pathlib import Path\ncopy = Path({str(copy)!r})\n"
        f"copy.write_text(copy.read_text() + '.')\nprint(Path({str(other)!r}).read_text())"
    )
    assert ran(sample) == ["one"]
    copy.write_text("3")
    assert ran(sample) == []
    other.write_text("4")
    assert ran(sample) == ["one"]


def test_only_the_versions_of_imported_packages_count(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.section("import yaml\nprint(1)", "uses")
    sample.section("print(2)", "plain")
    ran(sample)
    real = environment.metadata.version
    monkeypatch.setattr(
        environment.metadata, "version", lambda name: "9" if name == "PyYAML" else real(name)
    )
    environment.version_of.cache_clear()
    sample.fresh_engine()
    assert [result.stem for result in sample.refresh().ran] == ["uses"]
    monkeypatch.undo()
    environment.version_of.cache_clear()


def test_the_parts_of_the_engine_that_run_nothing_do_not_count(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "engine", tmp_path / "engine")

    def key() -> str:
        code = "from engine.run.environment import environment; print(environment())"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout

    before = key()
    for name in ("site/extra.py", "write/extra.py", "programs/extra.py", "read/extra.py"):
        (tmp_path / "engine" / name).write_text("x = 1\n")
    assert key() == before
    (tmp_path / "engine/run/extra.py").write_text("x = 1\n")
    assert key() != before


def test_files_read_by_a_killed_snippet_count(sample: Sample) -> None:
    sample.snippet("x = 1\n", "base")
    sample.section("from snippets.base import x\nimport os\nif x == 1: os._exit(3)\nprint(x)")
    assert "exit status 3" in sample.problem()
    assert sample.refresh().ran == []
    sample.snippet("x = 2\n", "base")
    assert ran(sample) == ["one"]
