# SPDX-License-Identifier: MIT
"""Dataclasses that the layers pass to each other.

They describe snippets and sections, pages and blocks, jobs and results, problems, and the project.
This package imports no other part of the engine, runs no code and writes no files. A definition
that two layers share belongs here.
"""
