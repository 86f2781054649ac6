# SPDX-License-Identifier: MIT
"""Measures this engine beside other ways to publish executable chapters: `make bench`.

    copies        the site's own chapters, as often as wanted, with their snippets
    notebooks     a chapter as cells, for the tools that run notebooks
    tools         what each tool is given, how it builds, and where its pages land
    environments  an environment for each tool, from pinned requirements
    processes     runs a command: its time, its end, the peak memory of its tree
    rows          what is measured: builds after nothing, nothing new, and three edits
    faults        what each tool gets wrong, tried
    report        the table on the terminal, and the recording

Run as `python -m tests.bench`; the figures of a run go to `.bench/results.json`.
"""
