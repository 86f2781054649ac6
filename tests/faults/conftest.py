# SPDX-License-Identifier: MIT
"""The small project and the shared worker of the engine's own tests."""

from tests.engine.conftest import pool, sample

__all__ = ["pool", "sample"]
