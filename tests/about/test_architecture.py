# SPDX-License-Identifier: MIT
"""The figure of the engine's layers shows its real imports, and no import goes up."""

from __future__ import annotations

import matplotlib.pyplot as plt

from snippets.about.architecture import WIDTH, imports, layer_graph, layers, modules, upward


def test_imports_go_down() -> None:
    assert upward() == []


def test_every_package_of_the_engine_is_a_layer() -> None:
    assert {module.split(".")[0] for module in modules()} == set(layers())


def test_known_imports_are_found() -> None:
    assert imports()["site", "build"] >= 1
    assert ("model", "read") not in imports()


def test_every_name_of_a_module_is_inside_its_box() -> None:
    layer_graph()
    figure = plt.gcf()
    figure.canvas.draw()
    axes = figure.axes[0]
    ends = {
        text.get_text(): axes.transData.inverted().transform(text.get_window_extent())[1][0]
        for text in axes.texts
    }
    plt.close(figure)
    assert {name: end for name, end in ends.items() if end > WIDTH - 2} == {}
