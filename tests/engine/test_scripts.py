# SPDX-License-Identifier: MIT
"""JavaScript modules become classic scripts with the same behavior."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from engine.model.problem import EngineError
from engine.site.scripts import join_scripts
from tests.support.in_process import engine
from tests.support.mkdocs import CONFIG, build
from tests.support.sample import Sample

MODULES = {
    "main.js": 'import { log as say } from "./lib/log.js";\nimport {\n  total,\n} from "./total.js";\n\n'
    "say(total([1, 2]));\n",
    "total.js": 'import { log } from "./lib/log.js";\n\nconst start = 0;\n'
    "export function total(numbers) {\n  log(`of ${numbers}`);\n"
    "  return numbers.reduce((a, b) => a + b, start);\n}\n",
    "lib/log.js": "// How it is said.\nconst start = '> ';\n\n/** @param {string} text */\n"
    "export const log = (text) => console.log(start + text);\n",
    "alone.js": "console.log('alone');\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in MODULES.items():
        write(tmp_path, name, text)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def join_in_place(folder: Path) -> None:
    for path, text in join_scripts(folder, folder).items():
        path.unlink() if text is None else path.write_text(text, encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(EngineError) as error:
        join_scripts(folder, folder)
    return str(error.value)


def test_one_script_replaces_a_module_and_its_imports(folder: Path) -> None:
    join_in_place(folder)
    assert sorted(file.name for file in folder.rglob("*.js")) == ["alone.js", "main.js"]
    assert (folder / "alone.js").read_text("utf-8") == MODULES["alone.js"]


def test_names_of_different_modules_do_not_collide(folder: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here; the pages in a browser test the same")
    join_in_place(folder)
    command = [node, str(folder / "main.js")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "> of 1,2\n> 3\n"


def test_a_module_that_two_others_import_is_there_once(folder: Path) -> None:
    joined = join_scripts(folder, folder)[folder / "main.js"]
    assert joined.count("console.log") == 1


def test_a_text_of_several_lines_is_refused_since_it_would_lose_its_indentation(
    folder: Path,
) -> None:
    write(folder, "lib/log.js", "/** `a` and ` */\nconst text = `\n  indented`;\n")
    assert refusal(folder).startswith("lib/log.js:2: `const text = `` opens a text of several")


def test_comments_are_removed(folder: Path) -> None:
    joined = join_scripts(folder, folder)[folder / "main.js"]
    assert "How it is said" not in joined and "@param" not in joined
    assert joined.startswith("// SPDX-License-Identifier: MIT\n")


def test_removing_a_comment_within_a_line_keeps_its_code(folder: Path) -> None:
    code = (
        "/** @type {any} */ const first = 1;\n/* two */ log(first);\n"
        "log(/** @type {any} */ (1)); // why\nlog(\"//2\", '/* 3 */', `/** ${4} */`);\n"
    )
    text = f'import {{ log }} from "./lib/log.js";\n{code}/**\n * Its own lines.\n */\nlog(5);\n'
    write(folder, "main.js", text)
    joined = join_scripts(folder, folder)[folder / "main.js"]
    assert f"{code}log(5);\n".replace("/** @type {any} */ ", "") in joined


def test_removing_a_comment_at_the_start_of_a_line_keeps_the_next_lines(
    folder: Path,
) -> None:
    text = 'import { log } from "./lib/log.js";\n/** @type {any} */ (log)("kept");\n/** Why. */\nlog("2");\n'
    write(folder, "main.js", text)
    joined = join_scripts(folder, folder)[folder / "main.js"]
    assert '(log)("kept");\nlog("2");\n' in joined


def test_other_scripts_use_the_modules_of_the_one_on_every_page(folder: Path) -> None:
    write(
        folder, "site.js", '// @on-every-page\nimport { log } from "./lib/log.js";\nlog("first");\n'
    )
    join_in_place(folder)
    assert not (folder / "lib" / "log.js").exists()
    site, main = ((folder / name).read_text("utf-8") for name in ("site.js", "main.js"))
    assert "console.log" in site and "console.log" not in main
    (folder / "both.js").write_text(site + main, encoding="utf-8")
    node = shutil.which("node")
    if node is None:
        pytest.skip("runs the scripts with Node.js")
    done = subprocess.run([node, "both.js"], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == "> first\n> of 1,2\n> 3\n"


def test_a_script_that_shares_nothing_with_the_one_on_every_page_stays_alone(folder: Path) -> None:
    write(folder, "other.js", "export const other = 1;\n")
    write(folder, "site.js", '// @on-every-page\nimport { other } from "./other.js";\nother;\n')
    scripts = join_scripts(folder, folder)
    assert "globalThis" not in (scripts[folder / "site.js"] or "") + (
        scripts[folder / "main.js"] or ""
    )


@pytest.mark.parametrize(
    "line",
    [
        "export default 1;",
        'export * from "./alone.js";',
        "export { start };",
        'import log from "./lib/log.js";',
        'import * as lib from "./lib/log.js";',
        'import "./alone.js";',
        'import { log } from "lib";',
    ],
)
def test_an_unsupported_import_or_export_is_refused_with_its_line(folder: Path, line: str) -> None:
    write(folder, "total.js", f'import {{ log }} from "./lib/log.js";\n\n{line}\n')
    assert refusal(folder).startswith(f"total.js:3: `{line}` cannot be joined")


def test_a_missing_module_is_named(folder: Path) -> None:
    write(folder, "total.js", 'import { log } from "./lib/lag.js";\nexport const total = log;\n')
    assert refusal(folder) == "total.js:1: imports ./lib/lag.js, which does not exist"


def test_modules_that_import_each_other_are_refused(folder: Path) -> None:
    write(folder, "lib/log.js", 'import { total } from "../total.js";\nexport const log = total;\n')
    assert "imports itself by way of" in refusal(folder)


def test_both_generators_get_the_joined_script_and_none_of_its_modules(
    sample: Sample,
) -> None:
    for name, text in MODULES.items():
        write(sample.root / "docs/assets", name, text)
    sample.page("# A page")
    (sample.root / "mkdocs.yml").write_text(CONFIG)
    assert build(sample).returncode == 0
    assert engine(sample, "write").returncode == 0
    for folder in (sample.root / "site", sample.root / ".cache/docs"):
        names = [path.relative_to(folder).as_posix() for path in (folder / "assets").rglob("*.js")]
        assert sorted(names) == ["assets/alone.js", "assets/main.js"]
        assert "import" not in (folder / "assets/main.js").read_text("utf-8")
