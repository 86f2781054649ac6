# SPDX-License-Identifier: MIT
"""Benchmark of this engine against other ways to publish executable chapters: `make bench`.

    copies        copies of the site's own chapters with their snippets, in any number
    notebooks     a chapter as cells, for tools that run notebooks
    tools         for each tool its sources, its build command, and the place of its pages
    environments  an environment for each tool, from pinned requirements
    processes     running a command: duration, exit status, peak memory of its processes
    rows          the measured builds: from nothing, without a change, and after three edits
    faults        experiments on what each tool gets wrong
    report        the table on the terminal, and the recording

Run as `python -m tests.bench`; the figures of a run go to `.bench/results.json`.
"""
