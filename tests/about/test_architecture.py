# SPDX-License-Identifier: MIT
"""The picture of the engine is drawn from its real imports, and those go down only."""

from __future__ import annotations

from snippets.about.architecture import imports, layers, modules, upward


def test_imports_go_down() -> None:
    assert upward() == []


def test_every_room_of_the_engine_is_a_layer() -> None:
    assert {module.split(".")[0] for module in modules()} == set(layers())


def test_known_imports_are_found() -> None:
    assert imports()["site", "build"] >= 1
    assert ("model", "read") not in imports()
