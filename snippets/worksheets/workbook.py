# SPDX-License-Identifier: MIT
from datetime import datetime
from pathlib import Path

import torch
import xlsxwriter
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from snippets.drawing.tensors import ALIASES, PALETTE
from snippets.real_attention.masking.causal import causal, causal_outputs
from snippets.real_attention.multi_head.output import w_output
from snippets.real_attention.multi_head.side_by_side import (
    head_1,
    head_2,
    side_by_side,
    wide_keys,
    wide_queries,
    wide_values,
    wide_w_key,
    wide_w_query,
    wide_w_value,
)
from snippets.walkthrough.attention_scores import scores, weights
from snippets.walkthrough.inputs import x
from snippets.walkthrough.outputs import outputs
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.walkthrough.queries_keys_values import keys, queries, values

WORDS = "loan", "river", "bank"
INK = "#202020"


class Book:
    """A workbook with live formulas, in which every tensor is a named range."""

    def __init__(self, path):
        self.book = xlsxwriter.Workbook(path, {"in_memory": True})
        # A fixed date, so that every build writes the same bytes.
        self.book.set_properties({"created": datetime(1980, 1, 1)})
        self.places = {}  # name -> sheet, first row, first column, height, width

    def sheet(self, title, note):
        self.current = self.book.add_worksheet(title)
        self.current.hide_gridlines(2)
        self.current.set_landscape()
        self.current.set_paper(9)  # A4
        self.current.fit_to_pages(1, 1)
        self.current.set_column(0, 20, 8)
        self.current.write(0, 0, title, self.look(bold=True, font_size=16))
        self.current.write(1, 0, note, self.look(font_color="#606060"))

    def look(self, **properties):
        return self.book.add_format({"font_color": INK, **properties})

    def tensor(self, name, at, tensor, title, formula=None, rows=WORDS, columns=()):
        """Write a tensor as a block of cells. Without a formula, readers may change them.

        at: the row and the column of its first number, from 0
        formula: one for the whole range, or a function (i, j) -> formula of that cell
        """
        top, left = at
        height, width = tensor.shape
        self.places[name] = self.current.name, top, left, height, width
        self.book.define_name(name, f"={self.cells(name, sheet=True)}")
        color, tint = colors_of(name)
        box = {"border": 1, "border_color": color} if formula is None else {"bg_color": tint}
        shown = "General" if tensor.isinf().any() or tensor.equal(tensor.round()) else "0.0000"
        look = self.look(align="center", num_format=shown, **box)
        heading = self.look(font_color="#606060", align="center")
        self.current.write(top - 2, left, title, self.look(bold=True, font_color=color))
        for i, word in enumerate(rows):
            self.current.write(
                top + i, left - 1, word, self.look(font_color="#606060", align="right")
            )
        for j, word in enumerate(columns):
            self.current.write(top - 1, left + j, word, heading)

        if isinstance(formula, str):
            last = top + height - 1, left + width - 1
            self.current.write_array_formula(
                top, left, *last, f"{{={formula}}}", look, tensor[0, 0].item()
            )
        # Each cell also holds the value that torch computed, for viewers that do not calculate.
        for i, row in enumerate(tensor.tolist()):
            for j, number in enumerate(row):
                cell = top + i, left + j
                if callable(formula):
                    value = "−∞" if number == -torch.inf else number
                    self.current.write_formula(*cell, f"={formula(i, j)}", look, value)
                elif formula is None or (i, j) != (0, 0):
                    self.current.write_number(*cell, number, look)

    def cells(self, name, row=None, columns=slice(None), sheet=False):
        """Return the address of a tensor, of one of its rows, or of some of its columns."""
        title, top, left, height, width = self.places[name]
        kept = range(left, left + width)[columns]
        rows = (top, top + height - 1) if row is None else (top + row, top + row)
        address = xl_range_abs(rows[0], kept[0], rows[1], kept[-1])
        return f"'{title}'!{address}" if sheet or title != self.current.name else address

    def cell(self, name, i, j):
        _, top, left, _, _ = self.places[name]
        return xl_rowcol_to_cell(top + i, left + j)


def colors_of(name):
    """Return the color of a tensor on a light page, and a tint of it for the background."""
    known = [key for key in PALETTE if name.endswith(key) or ALIASES.get(name) == key]
    color = PALETTE[max(known, key=len)][0] if known else INK
    parts = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    tint = "".join(f"{round(255 - 0.14 * (255 - part)):02x}" for part in parts)
    return color, f"#{tint}"


NOTE = "Change a number in a box with a border, and every result follows."


def write_part_1(book):
    book.sheet("Part 1", NOTE)
    book.tensor("x", (4, 1), x, "x")
    book.tensor("w_query", (4, 6), w_query, "w_query", rows=())
    book.tensor("w_key", (4, 10), w_key, "w_key", rows=())
    book.tensor("w_value", (4, 14), w_value, "w_value", rows=())
    book.tensor("queries", (11, 6), queries, "x @ w_query", "MMULT(x,w_query)")
    book.tensor("keys", (11, 10), keys, "x @ w_key", "MMULT(x,w_key)")
    book.tensor("values", (11, 14), values, "x @ w_value", "MMULT(x,w_value)")

    def score(i, j):
        return f"SUMPRODUCT({book.cells('queries', i)},{book.cells('keys', j)})"

    book.tensor("scores", (17, 1), scores, "scores: query · key", score, columns=WORDS)

    def power(i, j):
        return f"EXP({book.cell('scores', i, j)})"

    book.tensor("powers_of_scores", (17, 6), scores.exp(), "e^score", power, columns=WORDS)
    share_of_row(book, "weights", (17, 10), weights, "powers_of_scores")
    book.tensor("outputs", (17, 14), outputs, "weights @ values", "MMULT(weights,values)")


def share_of_row(book, name, at, tensor, powers):
    """Write each power of e as a share of its row's total."""

    def share(i, j):
        return f"{book.cell(powers, i, j)}/SUM({book.cells(powers, i)})"

    title = f"{name}: share of the row"
    book.tensor(name, at, tensor, title, share, columns=WORDS)


masked_scores = (scores / keys.shape[-1] ** 0.5).masked_fill(~causal, -torch.inf)
masked_weights = masked_scores.softmax(dim=-1)  # (queries, keys)


def powers_below_greatest(scores):
    return (scores - scores.amax(dim=-1, keepdim=True)).exp()  # (queries, keys)


def write_masked(book):
    book.sheet("Scaled and masked", "1: this query may attend to this key. 0: the key is hidden.")
    d_k = torch.tensor([[float(keys.shape[-1])]])
    book.tensor("d_k", (4, 1), d_k, "d_k", "COLUMNS(keys)", rows=())
    book.tensor("may_attend", (4, 6), causal.float(), "may_attend: the mask", columns=WORDS)

    def score(i, j):
        product = f"SUMPRODUCT({book.cells('queries', i)},{book.cells('keys', j)})/SQRT(d_k)"
        return f'IF({book.cell("may_attend", i, j)}=1,{product},"−∞")'

    title = "masked_scores: query · key / √d_k"
    book.tensor("masked_scores", (11, 1), masked_scores, title, score, columns=WORDS)

    def power(i, j):
        cell, row = book.cell("masked_scores", i, j), book.cells("masked_scores", i)
        return f"IF(ISNUMBER({cell}),EXP({cell}-MAX({row})),0)"

    powers = powers_below_greatest(masked_scores)
    book.tensor("masked_powers", (11, 6), powers, "e^(score − greatest)", power, columns=WORDS)
    share_of_row(book, "masked_weights", (11, 10), masked_weights, "masked_powers")
    formula = "MMULT(masked_weights,values)"
    book.tensor("masked_outputs", (11, 14), causal_outputs, "masked_weights @ values", formula)


def write_heads(book):
    book.sheet(
        "Two heads", "Head 1 has the columns 1 and 2 of the wide tensors, head 2 the others."
    )
    wide = {
        "query": (wide_w_query, wide_queries, "wide_queries"),
        "key": (wide_w_key, wide_keys, "wide_keys"),
        "value": (wide_w_value, wide_values, "wide_values"),
    }
    for place, (role, (matrix, made, name)) in enumerate(wide.items()):
        left = 1 + 5 * place
        book.tensor(f"wide_w_{role}", (4, left), matrix, f"wide_w_{role}", rows=())
        title, formula = f"x @ wide_w_{role}", f"MMULT(x,wide_w_{role})"
        book.tensor(name, (11, left), made, title, formula)
    for number, outputs_of_head in enumerate((head_1, head_2), start=1):
        write_head(book, number, slice(2 * number - 2, 2 * number), outputs_of_head)

    def merged(i, j):
        return book.cell(f"head_{j // 2 + 1}_outputs", i, j % 2)

    book.tensor("merged", (29, 1), side_by_side, "the heads side by side", merged)
    book.tensor("w_output", (29, 6), w_output, "w_output", rows=())
    formula = "MMULT(merged,w_output)"
    made = side_by_side @ w_output  # (inputs, d_model)
    book.tensor("multi_head_outputs", (29, 11), made, "merged @ w_output", formula)


def write_head(book, number, columns, outputs_of_head):
    top, head = 11 + 6 * number, f"head_{number}"
    root = wide_keys[:, columns].shape[-1] ** 0.5
    head_scores = wide_queries[:, columns] @ wide_keys[:, columns].T / root

    def score(i, j):
        query = book.cells("wide_queries", i, columns)
        key = book.cells("wide_keys", j, columns)
        return f"SUMPRODUCT({query},{key})/SQRT(COLUMNS({key}))"

    title = f"head {number}: query · key / √d_k"
    book.tensor(f"{head}_scores", (top, 1), head_scores, title, score, columns=WORDS)

    def power(i, j):
        cell, row = book.cell(f"{head}_scores", i, j), book.cells(f"{head}_scores", i)
        return f"EXP({cell}-MAX({row}))"

    powers, title = powers_below_greatest(head_scores), "e^(score − greatest)"
    book.tensor(f"{head}_powers", (top, 6), powers, title, power, columns=WORDS)
    weights_of_head = head_scores.softmax(dim=-1)  # (queries, keys)
    share_of_row(book, f"{head}_weights", (top, 11), weights_of_head, f"{head}_powers")
    formula = f"MMULT({head}_weights,{book.cells('wide_values', columns=columns)})"
    title = f"head {number}: weights @ values"
    book.tensor(f"{head}_outputs", (top, 16), outputs_of_head, title, formula)


def write_workbook(path):
    book = Book(path)
    write_part_1(book)
    write_masked(book)
    write_heads(book)
    book.book.close()


if __name__ == "__main__":
    # --8<-- [start:save]
    workbook = Path("self-attention.xlsx")
    write_workbook(workbook)
    # --8<-- [end:save]
