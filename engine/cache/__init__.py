# SPDX-License-Identifier: MIT
"""The cache of results on disk, and the check whether a cached result is fresh.

A result is stored with the digest of every file that its run opened. It is fresh if these files,
the code that runs snippets and the versions of the packages are unchanged. A file of the cache that
is incomplete, because the build was killed, counts as missing.
"""
