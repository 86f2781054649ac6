# SPDX-License-Identifier: MIT
"""Drawings (snippets/drawing/) show the numbers of their tensors."""

import re
from itertools import combinations

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest
import torch

from snippets.drawing import grouped, heads, hero, maps, pieces, positions, steps, tables, weights
from snippets.drawing.pieces import number

# The sizes differ, so that a swapped axis cannot pass. The numbers are of all kinds and widths.
torch.manual_seed(0)
INPUTS = torch.tensor([[1.0, 0, 1, 0, 7], [0, 2, -0.5, 2, 0.25], [1, 1, 12, 1, 1]])  # (3, 5)
W_KEY = torch.arange(10.0).view(5, 2) - 4  # (5, 2)
KEYS = INPUTS @ W_KEY  # (3, 2)
SCORES = torch.tensor(
    [[2.0, 4, 4, -7.125], [4, -torch.inf, 12, 3], [0, 0.3333, 10, -123.5]]
)  # (3, 4)
WEIGHTS = SCORES.softmax(dim=-1)  # (3, 4)
VALUES = torch.tensor([[1.0, 2], [2, -8.5], [2, 6], [0, 3.14159]])  # (4, 2)
OUTPUTS = WEIGHTS @ VALUES  # (3, 2)
ONES = torch.ones(3, 4)

DRAWINGS = {
    "matrices": (
        lambda: tables.matrices("Two matrices", inputs=INPUTS, w_key=W_KEY, keys=KEYS),
        [INPUTS, W_KEY, KEYS],
    ),
    "a row": (lambda: tables.matrices("One row", queries=INPUTS[0]), [INPUTS[0]]),
    "product": (
        lambda: tables.product("A product", INPUTS, W_KEY, KEYS, row=2, column=1),
        [INPUTS, W_KEY, KEYS],
    ),
    "a small product": (
        lambda: tables.product("A product", ONES, ONES.T, ONES @ ONES.T),
        [ONES, ONES.T, ONES @ ONES.T],
    ),
    "softmax_bars": (
        lambda: weights.softmax_bars("A softmax", SCORES[1], WEIGHTS[1]),
        [SCORES[1], WEIGHTS[1]],
    ),
    "heat_map": (lambda: weights.heat_map("A heat map", WEIGHTS), [WEIGHTS]),
    "heat_map of scores": (lambda: weights.heat_map("Scores", SCORES, "scores"), [SCORES]),
    "weighted_sum": (
        lambda: tables.weighted_sum("A sum", WEIGHTS[0], VALUES, OUTPUTS[0]),
        [WEIGHTS[0], VALUES, WEIGHTS[0].unsqueeze(-1) * VALUES, OUTPUTS[0]],
    ),
    "two lists": (
        lambda: maps.two_lists(
            "Lists",
            target=INPUTS,
            source=VALUES,
            queries=KEYS,
            keys=VALUES,
            values=VALUES,
            weights=WEIGHTS,
            outputs=OUTPUTS,
        ),
        [],
    ),
    "shared heads": (
        lambda: grouped.shared_heads("Heads", two=[0, 0, 1, 1, 2, 2], one_each=[0, 1, 2, 3, 4, 5]),
        [],
    ),
}


@pytest.fixture(autouse=True)
def no_figure_left():
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(params=DRAWINGS)
def drawn(request):
    draw, tensors = DRAWINGS[request.param]
    draw()
    assert len(plt.get_fignums()) == 1, "a drawing is one figure"
    return plt.gcf(), tensors


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def words(text):
    return re.findall(r"-?[\w.]+(?:-\d+)?", text)


def test_every_number_of_the_tensors_is_drawn_and_described(drawn):
    figure, tensors = drawn
    shown, told = texts(figure), words(figure.description)
    for tensor in tensors:
        for value in tensor.flatten():
            for place in (shown, told):
                assert number(value) in [word.rstrip(".") for word in place]


def test_every_number_is_drawn_as_often_as_the_tensors_hold_it(drawn):
    figure, tensors = drawn
    numbers = [n for t in tensors for n in map(number, t.flatten())]
    for value in set(numbers):
        assert texts(figure).count(value) >= numbers.count(value)


def test_a_drawing_has_a_title(drawn):
    figure, _ = drawn
    assert figure.get_label()


def test_no_text_covers_another_or_leaves_the_picture(drawn):
    figure, _ = drawn
    renderer = figure.canvas.get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in figure.axes[0].texts]
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, f"{text} sticks out"
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, f"{text} sticks out"
    for (one, box), (other, other_box) in combinations(boxes, 2):
        assert not box.padded(-1).overlaps(other_box.padded(-1)), f"{one} covers {other}"


def test_a_drawing_uses_only_tensor_colors_black_and_gray(drawn):
    figure, _ = drawn
    for artist in [*figure.axes[0].texts, *figure.axes[0].lines]:
        assert re.fullmatch(r"C\d|black|0\.\d+", str(artist.get_color()))


def test_drawing_does_not_change_the_tensors():
    before = [t.clone() for t in (SCORES, WEIGHTS, VALUES)]
    weights.heat_map("Scores", SCORES, "scores")
    weights.softmax_bars("Bars", SCORES[1], WEIGHTS[1])
    tables.weighted_sum("A sum", WEIGHTS[0], VALUES, OUTPUTS[0])
    assert all(
        torch.equal(old, new) for old, new in zip(before, (SCORES, WEIGHTS, VALUES), strict=True)
    )


def test_a_name_stands_above_its_matrix_in_its_color_with_its_shape():
    tables.matrices("Keys", keys=KEYS)
    name, shape = plt.gca().texts[:2]
    assert (name.get_text(), name.get_color()) == ("keys", "C2")
    assert shape.get_text() == "(3, 2)"


def test_a_view_of_a_tensor_has_the_tensor_s_color():
    assert pieces.color_of("keys.T") == pieces.color_of("keys") == "C2"
    assert pieces.color_of("mask") == "black"


def test_a_product_marks_one_row_one_column_and_the_cell_where_they_meet():
    tables.product("A product", INPUTS, W_KEY, KEYS, row=2, column=1)
    row, column, cell = [p for p in plt.gca().patches if isinstance(p, plt.Rectangle)]
    assert cell.get_y() == row.get_y() and cell.get_height() == row.get_height()
    assert cell.get_x() == column.get_x() and cell.get_width() == column.get_width()
    inside = [t.get_text() for t in plt.gca().texts if cell.get_bbox().contains(*t.get_position())]
    assert inside == [number(KEYS[2, 1])]


def shown_at(figure, x, y):
    """Return the text of the cell at a point of the SVG, which is 2 pixels larger on each side."""
    near = [t for t in figure.axes[0].texts if abs(t.get_position()[1] - (y - 2)) < 14]
    (text,) = [t.get_text() for t in near if abs(t.get_position()[0] - (x - 2)) < 8]
    return text


WITH_CELLS = ["matrices", "product", "a small product", "heat_map", "weighted_sum"]


@pytest.mark.parametrize("name", WITH_CELLS)
def test_the_cells_of_interactive_numbers_lie_where_they_are_drawn(name):
    DRAWINGS[name][0]()
    figure = plt.gcf()
    drawn = [one for one in figure.numbers if "cells" in one]
    assert drawn
    for one in drawn:
        x, y, width, height = one["cells"]
        for i, row in enumerate(one["values"]):
            for j, value in enumerate(row):
                middle = x + (j + 0.5) * width, y + (i + 0.5) * height
                assert shown_at(figure, *middle) == number(value)


RULES = {
    "product": lambda left, right: left @ right,
    "softmax": lambda scores: scores.softmax(dim=-2 if scores.shape[-1] == 1 else -1),
    "times": lambda left, right: left * right,
    "sum": lambda rows: rows.sum(dim=0, keepdim=True),
}


def test_the_rule_of_a_number_gives_the_number():
    for name in ("product", "weighted_sum", "softmax_bars"):
        DRAWINGS[name][0]()
    weights.heat_map("A heat map", WEIGHTS, scores=SCORES)
    heads.heat_maps("Heads", torch.stack([WEIGHTS] * 2), scores=torch.stack([SCORES] * 2))
    made = 0
    for figure in map(plt.figure, plt.get_fignums()):
        tensors = {one["name"]: values_of(one) for one in figure.numbers}
        for one in figure.numbers:
            if "made" in one:
                rule, *names = one["made"]
                wanted = RULES[rule](*(tensors[name] for name in names))
                assert torch.allclose(tensors[one["name"]], wanted, atol=1e-4), one["name"]
                made += 1
    assert made == 7


def values_of(one):
    return torch.tensor([[float(value) for value in row] for row in one["values"]])


def test_a_product_spells_out_the_sum_of_the_marked_cell():
    tables.product("A product", INPUTS, W_KEY, KEYS, row=0, column=1)
    spelled = "keys[0, 1] = 1×-3 + 0×-1 + 1×1 + 0×3 + 7×5 = 33"
    assert texts(plt.gcf())[-1] == spelled and spelled in plt.gcf().description


def test_a_wrong_product_is_refused():
    with pytest.raises(ValueError, match="keys is not inputs @ w_key"):
        tables.product("A lie", INPUTS, W_KEY, KEYS + 1)


def test_a_wrong_weighted_sum_is_refused():
    with pytest.raises(ValueError, match="not weights @ values"):
        tables.weighted_sum("A lie", WEIGHTS[0], VALUES, OUTPUTS[0] + 1)


def test_a_line_leads_from_each_query_head_to_the_key_head_that_serves_it():
    grouped.shared_heads("Heads", grouped_query=[0, 0, 1, 1])
    lines = [(line.get_xdata().tolist()) for line in plt.gca().lines]
    places = {text.get_text(): [] for text in plt.gca().texts}
    for text in plt.gca().texts:
        places[text.get_text()].append(text.get_position()[0])
    ends = [
        (places[str(query)][0], places[str(key)][1])
        for query, key in zip((1, 2, 3, 4), (1, 1, 2, 2), strict=True)
    ]
    assert lines == [list(pair) for pair in ends]
    assert (
        plt.gcf().description
        == "grouped query: query head to key head, 1 to 1, 2 to 1, 3 to 2, 4 to 2."
    )


def test_a_heat_map_names_queries_down_and_keys_across():
    weights.heat_map("Weights", WEIGHTS)
    place = {text.get_text(): text.get_position() for text in plt.gca().texts}
    assert place["query 1"][1] < place["query 2"][1] < place["query 3"][1]
    assert place["key 1"][0] < place["key 2"][0] < place["key 4"][0]
    assert "query 4" not in place and "key 5" not in place


def test_a_larger_weight_has_a_deeper_color():
    weights.heat_map("Weights", WEIGHTS)
    depths = [patch.get_alpha() for patch in plt.gca().patches]
    assert torch.tensor(depths).argsort().tolist() == WEIGHTS.flatten().argsort().tolist()


def test_bars_are_as_long_as_their_numbers():
    weights.softmax_bars("Bars", SCORES[0], WEIGHTS[0])
    bars = plt.gca().patches
    lengths = torch.tensor([float(bar.get_width()) for bar in bars])
    for some, numbers in ((lengths[:4], SCORES[0]), (lengths[4:], WEIGHTS[0])):
        assert torch.allclose(some / some.sum(), numbers / numbers.sum())
    assert len({bar.get_x() for bar in bars[:4]}) == 1, "they start at one line, zero"


@pytest.mark.parametrize(
    "value, written",
    [
        (2.0, "2"),
        (-0.5, "-0.500"),
        (1.9366, "1.937"),
        (6.0337e-06, "0.000"),
        (9.8e-04, "0.001"),
        (-2.9539e-04, "0.000"),
        (1234.5, "1.2e3"),
        (12345678.0, "1.2e7"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
        (-0.0, "0"),
    ],
)
def test_a_number_is_short_and_honest(value, written):
    assert number(torch.tensor(value)) == written


def test_waves_are_the_numbers_of_each_pair():
    def numbered(positions, d_model):
        return positions.unsqueeze(-1) * 100 + torch.arange(d_model)

    positions.waves(numbered)
    for pair, strip in enumerate(plt.gcf().axes):
        for place, line in enumerate(strip.lines, start=2 * pair):
            across, up = map(torch.tensor, line.get_data())
            assert torch.allclose(up, across * 100 + place)


def test_dials_say_that_equal_distances_keep_the_angle():
    def quarter_turns(vector, position):
        angle = position * torch.pi / 2 + torch.atan2(vector[1], vector[0])
        return torch.stack([angle.cos(), angle.sin()]) * vector.norm()

    positions.dials(quarter_turns, torch.tensor([1.0, 0]), torch.tensor([1.0, 1]))
    told = re.findall(r"(\d+ and \d+): (\d+)°", plt.gcf().description)
    assert [pair for pair, _ in told] == ["5 and 2", "105 and 102"]
    assert told[0][1] == told[1][1] == "135"  # from 90° to 225°


def test_falling_curves_say_what_is_left_at_distance_8():
    slopes = 2.0 ** -torch.arange(1, 9)
    positions.falling_curves(-slopes.unsqueeze(-1) * torch.arange(17))
    told = re.findall(r"\d\.\d{3}", plt.gcf().description)
    assert told == [f"{left:.3f}" for left in (-8 * slopes).exp()]
    assert len(plt.gca().lines) == 8


WORDS = ["loan", "river", "bank", "fish"]


def named_numbers():
    return {one["name"]: values_of(one) for one in plt.gcf().numbers}


def test_a_mask_goes_from_a_score_to_minus_infinity_to_0():
    scores = torch.arange(1.0, 17).view(4, 4) / 4
    causal = torch.ones(4, 4).tril().bool()
    steps.masked_softmax("A mask", scores, causal, WORDS)
    shown = named_numbers()
    assert shown["masked"].equal(scores.masked_fill(~causal, -torch.inf))
    assert torch.allclose(shown["weights"], shown["masked"].softmax(dim=-1), atol=1e-5)
    assert texts(plt.gcf()).count("−∞") == texts(plt.gcf()).count("0") == 6


def test_columns_that_move_apart_are_those_of_the_tensor():
    queries = torch.arange(24.0).view(3, 8)
    steps.columns_apart("Apart", queries, 4)
    shown = named_numbers()
    parts = [shown[f"queries[{head}]"] for head in range(4)]
    assert torch.cat(parts, dim=-1).equal(shown["queries"]) and shown["queries"].equal(queries)


def test_the_description_says_where_a_turning_arrow_points():
    def quarter_turn(vector, position):
        angle = position * torch.pi / 2
        return torch.stack([vector[0] * angle.cos(), vector[0] * angle.sin()])

    steps.turning("Turns", quarter_turn, torch.tensor([2.0, 0]), range(3))
    told = plt.gcf().description.replace("-0.00", "0.00")
    assert "position 0: (2.00, 0.00)" in told
    assert "position 1: (0.00, 2.00)" in told
    assert "position 2: (-2.00, 0.00)" in told


def test_the_first_picture_shows_words_weights_and_outputs():
    three = INPUTS[:, :4]
    scores = three @ three.T
    shares = scores.softmax(dim=-1)
    values = torch.arange(9.0).view(3, 3)
    hero.words_in_words_out("All", WORDS[:3], three, scores, shares, values, shares @ values)
    drawn = [one["name"] for one in plt.gcf().numbers if "cells" in one]
    assert drawn == ["inputs", "weights", "outputs"]
    assert f"{shares[0, 0]:.2f}" in texts(plt.gcf())
