# SPDX-License-Identifier: MIT
"""Slice a program for each code block on the pages, and prove that it prints the page's output.

The slicer takes the block and the earlier statements that it needs, from its file and from the
local files that this imports. The proof runs the program in the second worker, which differs on
purpose from the one that computed the page's output. Proved programs are cached.
"""
