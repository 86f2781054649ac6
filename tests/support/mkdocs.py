# SPDX-License-Identifier: MIT
"""A sample project under MkDocs: its configuration, a page, builds and a server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.in_process import Done, mkdocs
from tests.support.sample import Sample

CONFIG = """\
site_name: Sample
theme: {name: mkdocs}
use_directory_urls: false
plugins: [engine]
markdown_extensions:
  - engine.site.markdown: {elements: [custom-element]}
  - pymdownx.details
  - attr_list
  - pymdownx.superfences:
      custom_fences:
        - name: engine-html
          class: engine-html
          format: !!python/name:engine.site.markdown.engine_html
"""
# A page for the snippet `total = 3; print("printed", total)`: an output, values and tables.
PAGE = """\
# A page

::: output one: part

The total is {{ one: total }}, **{{ one: [total, 1.5] }}** and `{{ one: total }}`.

{{ one: __import__("torch").tensor([[1.0, total]]) }}

??? note "Folded"

    {{ one: __import__("torch").tensor([[2.0, total]]) }}

<custom-element markdown>
{{ one: __import__("torch").tensor([[4.0, total]]) }}
</custom-element>
"""
TIMEOUT = 60  # seconds, for a heavily loaded machine


def environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root), "SOURCE_DATE_EPOCH": "0"}


def build(sample: Sample, *arguments: str, **variables: str) -> Done:
    """Build the sample in this process with the shared worker."""
    return mkdocs(sample, "build", *arguments, **variables)


def build_in_a_process(
    sample: Sample, root: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Build the sample in a new process, as authors do."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *arguments],
        cwd=sample.root,
        env=environment(root),
        capture_output=True,
        text=True,
        check=False,
    )


class Served:
    """The sample under `mkdocs serve`, in a new process."""

    def __init__(self, sample: Sample, root: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        self.log = sample.root / "serve.log"
        self.written = self.log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=sample.root,
            env=environment(root),
            stdout=self.written,
            stderr=subprocess.STDOUT,
        )

    def page(self) -> str:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    def wait_for(self, seen: Callable[[str], object]) -> str:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            page = self.page()
            if page and seen(page):
                return page
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        pytest.fail(f"it never came; the page is\n{page}\nand the log\n{self.log.read_text()}")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.written.close()
