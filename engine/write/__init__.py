# SPDX-License-Identifier: MIT
"""Turn parsed pages and results into plain Markdown and notebooks.

This package imports no site generator, and writes no files of the site: it returns text. The words
that readers see are in `templates/`, not in the code.
"""
