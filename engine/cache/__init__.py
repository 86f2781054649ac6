# SPDX-License-Identifier: MIT
"""Keeps results on disk, and says whether they are fresh.

A result is stored with the digest of every file that its run opened. It is fresh while all of them,
the code in `engine/run` and the versions of the packages are the same. A file that was cut off by a
killed build counts as missing.
"""
