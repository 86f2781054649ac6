# SPDX-License-Identifier: MIT
"""Makes a program of each code block on the pages, and proves that it gives the page's output.

The slicer takes the block and the earlier statements that it needs, from its own file and from the
local files that this imports. The proof runs the program in a process that differs on purpose from
the one whose output the page shows. Proved programs are cached.
"""
