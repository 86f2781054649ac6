# SPDX-License-Identifier: MIT
"""Turns parsed pages and results into plain Markdown and notebooks.

Text goes in and text comes out: nothing here knows a site generator or writes a file. Words that
readers see stand in `templates/`, and not in the code.
"""
