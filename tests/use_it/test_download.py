# SPDX-License-Identifier: MIT
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

# For each file its folder, code that must run with nothing else beside it, and the output.
FILES = {
    "self_attention.py": (
        "use_it",
        "import torch; from self_attention import self_attention; "
        "print(self_attention(torch.ones(2, 1), *torch.ones(3, 1, 1)).tolist())",
        "[[1.0], [1.0]]",
    ),
    "by_hand.py": (
        "walkthrough",
        "import torch; from by_hand import numbers; print(numbers(torch.ones(2)))",
        "[1, 1]",
    ),
}


@pytest.fixture(scope="session")
def downloads(site):
    """The texts that the page's script offers for download. tests/browser clicks the links."""
    page = BeautifulSoup((site / "use_it" / "index.html").read_text("utf-8"), "html.parser")
    programs = page.select(".program:has(+ .download)")
    names = [
        block.select_one(".filename").text.split("/")[-1] for block in page.select(".download")
    ]
    return dict(zip(names, (program.string for program in programs), strict=True))


def test_every_file_on_the_page_can_be_downloaded(downloads):
    assert downloads.keys() == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_download_is_the_file_of_the_repository(downloads, root, name):
    folder, *_ = FILES[name]
    assert downloads[name] == (root / "snippets" / folder / name).read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_a_download_starts_with_its_license(downloads, name):
    top = downloads[name].splitlines()[:2]
    assert "# SPDX-License-Identifier: MIT" in top


@pytest.mark.parametrize("name", FILES)
def test_a_download_runs_with_nothing_beside_it(downloads, name, tmp_path):
    _, use, printed = FILES[name]
    (tmp_path / name).write_text(downloads[name], "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", use], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == printed + "\n"
