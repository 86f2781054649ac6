# SPDX-License-Identifier: MIT
"""A page offers a file that a snippet wrote when it shows the file's path."""

from __future__ import annotations

import pytest

from engine.site.write import write_site
from tests.support.sample import Sample

WRITES = """
# --8<-- [start:part]
from pathlib import Path

path = Path("table.csv")
size = path.write_bytes(b"a,b\\r\\n")
# --8<-- [end:part]
"""
PAGE = "::: one: part\n\nTake {{ one: path }} along.\n"


def test_a_path_becomes_a_link_to_the_file_as_it_was_written(sample: Sample) -> None:
    sample.snippet(WRITES)
    sample.page(PAGE)
    (sample.root / "docs/deep").mkdir()
    sample.page(PAGE, "deep/page")
    assert sample.refresh().problems == []
    link = 'files/one/table.csv){ download="table.csv" }'
    assert f"Take [table.csv]({link} along." in sample.markdown()
    assert f"Take [table.csv](../{link} along." in sample.markdown("deep/page")
    for engine in (sample.engine, sample.fresh_engine()):  # after a run, then from the cache
        written = write_site(engine.project, engine.refresh(), {})
        assert written.generated["files/one/table.csv"].read_bytes() == b"a,b\r\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('path = Path("none.csv")', "No such file"),
        ('path = Path("/etc/passwd")', "is not in the folder that the snippet runs in"),
        ('path = Path("large.bin")\nsize = path.write_bytes(bytes(1_000_001))', "1000001 bytes"),
        (
            'import time\npath = Path("a.txt")\nsize = path.write_text(str(time.time_ns()))',
            "another value",
        ),
    ],
    ids=["missing", "elsewhere", "too large", "of another text each time"],
)
def test_a_file_that_cannot_be_offered_is_a_problem(sample: Sample, code: str, said: str) -> None:
    sample.section(f"from pathlib import Path\n{code}")
    sample.page("{{ one: path }}\n")
    assert said in sample.problem()
