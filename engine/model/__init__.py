# SPDX-License-Identifier: MIT
"""Dataclasses for everything that passes between the layers.

Snippets and their sections, pages and their blocks, jobs and results, problems, and the project
itself are defined here. Nothing here imports another part of the engine, and nothing runs or
writes anything. If two layers have to agree on something, it belongs here.
"""
