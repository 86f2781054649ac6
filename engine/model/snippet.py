# SPDX-License-Identifier: MIT
"""A snippet's sections, as its markers say them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """Lines `start` to `end` are its markers; what lies between them is its code."""

    name: str
    start: int
    end: int
    hidden: bool = False
