# SPDX-License-Identifier: MIT
"""Runs snippets: processes, limits, and what is collected while a snippet runs.

A worker imports torch and matplotlib once and forks a clean child for each job. The child notes
every file that is opened, and collects text, figures and values. Results depend on nothing else in
the engine, so the cache's key covers this folder alone.
"""
