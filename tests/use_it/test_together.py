# SPDX-License-Identifier: MIT
"""The files to take along work together, and with their tests in another folder."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from torch.testing import assert_close

from snippets.use_it import together

ROOT = Path(__file__).parents[2]
DOWNLOADS = ROOT / "docs" / "downloads"
TESTED_HERE = ["attention_check", "language_model"]  # their tests need the repository
FILES = ["alibi", "masks", "multi_head_attention", "rotary", "sinusoidal", *TESTED_HERE]


def test_padding_on_the_left_changes_nothing(capsys):
    ran = runpy.run_path(together.__file__, run_name="__main__")
    assert_close(ran["outputs"][1, 2:], ran["alone"])
    assert float(capsys.readouterr().out.removeprefix("largest difference: ")) < 1e-6


def test_padding_changes_the_outputs_without_the_mask_or_the_positions():
    mask, at, x = together.mask, together.at, together.x
    expected = together.layer(x, mask=mask, positions=at)[1, 2:]
    unmasked = together.layer(x, is_causal=True, positions=at)[1, 2:]
    assert not unmasked.allclose(expected, atol=1e-3)


@pytest.mark.parametrize("stem", FILES)
def test_a_download_is_the_file_that_is_tested(stem):
    file = DOWNLOADS / f"{stem}.py"
    assert file.read_text("utf-8") == (ROOT / "snippets/take_along" / file.name).read_text("utf-8")
    assert file.read_text("utf-8").startswith("# SPDX-License-Identifier: MIT\n")


def test_nothing_else_can_be_downloaded():
    tests = {f"test_{stem}.py" for stem in FILES if stem not in TESTED_HERE}
    assert {file.name for file in DOWNLOADS.iterdir()} == {f"{stem}.py" for stem in FILES} | tests


def test_the_site_has_the_files_themselves(site):
    for file in DOWNLOADS.iterdir():
        there = site / "downloads" / file.name
        assert there.is_file() and not there.is_symlink()
        assert there.read_text("utf-8") == file.read_text("utf-8")


@pytest.mark.slow
def test_test_files_run_beside_the_files_as_the_page_says(tmp_path):
    for stem in FILES:
        for file in (DOWNLOADS / f"{stem}.py", DOWNLOADS / f"test_{stem}.py"):
            if file.exists():
                text = file.read_text("utf-8").replace("snippets.take_along.", "")
                (tmp_path / file.name).write_text(text, "utf-8")
    tests = [file.name for file in tmp_path.glob("test_*.py")]
    assert len(tests) == len(FILES) - len(TESTED_HERE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(  # collects all tests, runs those of the two quick files
        [*command, *tests, "-k", "test_alibi or test_sinusoidal"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed, " in done.stdout
