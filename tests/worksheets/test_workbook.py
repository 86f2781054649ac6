# SPDX-License-Identifier: MIT
"""Other spreadsheet engines calculate the workbook's values as torch does, also after an edit."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import torch
from openpyxl.worksheet.formula import ArrayFormula

from snippets.drawing.tensors import PALETTE
from snippets.real_attention.masking.attention import attention
from snippets.real_attention.multi_head.attention import multi_head_attention
from snippets.real_attention.multi_head.output import w_output
from snippets.real_attention.multi_head.side_by_side import (
    wide_w_key,
    wide_w_query,
    wide_w_value,
)
from snippets.walkthrough.inputs import x
from snippets.walkthrough.projection_weights import w_key, w_query, w_value
from snippets.worksheets.workbook import write_workbook

Cells = dict[tuple[str, str], object]  # by sheet and address
GIVEN = {
    "x": x, "w_query": w_query, "w_key": w_key, "w_value": w_value,
    "may_attend": torch.ones(3, 3).tril(),
    "wide_w_query": wide_w_query, "wide_w_key": wide_w_key, "wide_w_value": wide_w_value,
    "w_output": w_output,
}  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "self-attention.xlsx"
    write_workbook(path)
    return path


def places(file: Path) -> dict[str, list[list[tuple[str, str]]]]:
    """Return the cells of each named range, by rows."""
    book = openpyxl.load_workbook(file)
    found = {}
    for name, defined in book.defined_names.items():
        ((sheet, address),) = defined.destinations
        cells = book[sheet][address.replace("$", "")]
        rows = cells if isinstance(cells, tuple) else ((cells,),)
        found[name] = [[(sheet, cell.coordinate) for cell in row] for row in rows]
    return found


def tensors(file: Path, cells: Cells) -> dict[str, torch.Tensor]:
    found = {}
    for name, rows in places(file).items():
        numbers = [[cells[place] for place in row] for row in rows]
        found[name] = torch.tensor(
            [[float(str(number).replace("−∞", "-inf")) for number in row] for row in numbers],
            dtype=torch.float64,
        )
    return found


def cached(file: Path) -> Cells:
    """Return the values that the file contains."""
    book = openpyxl.load_workbook(file, data_only=True)
    return {(s.title, c.coordinate): c.value for s in book for row in s.iter_rows() for c in row}


def with_formulas(file: Path) -> Cells:
    """Return the values as the package `formulas` calculates them."""
    import formulas

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solution = formulas.ExcelModel().loads(str(file)).finish().calculate()
    found: Cells = {}
    for ranges in solution.values():
        if not hasattr(ranges, "ranges"):
            continue
        for area in ranges.ranges:
            sheet = area["sheet_id"].split("]")[-1].strip("'")
            for i, row in enumerate(ranges.value):
                for j, value in enumerate(row):
                    column = openpyxl.utils.get_column_letter(area["n1"] + j)
                    found[sheet, f"{column}{int(area['r1']) + i}"] = value
    titles = {title.upper(): title for title in openpyxl.load_workbook(file).sheetnames}
    return {(titles[sheet.upper()], address): value for (sheet, address), value in found.items()}


def with_libreoffice(file: Path) -> Cells:
    """Return the values as LibreOffice calculates them for a copy without values."""
    bare = file.with_name(f"bare-{file.name}")
    openpyxl.load_workbook(file).save(bare)  # openpyxl writes formulas without values
    folder = file.parent / "calculated"
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(bare)]
    subprocess.run(command, check=True, capture_output=True)
    return cached(folder / bare.name)


ENGINES = [
    with_formulas,
    pytest.param(
        with_libreoffice,
        marks=pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice"),
    ),
]


def with_torch(given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    given = {name: tensor.double() for name, tensor in given.items()}
    x = given["x"]
    queries, keys, values = (x @ given[f"w_{role}"] for role in ("query", "key", "value"))
    mask = given["may_attend"] == 1
    wide = [given[f"wide_w_{role}"] for role in ("query", "key", "value")]
    scores = queries @ keys.T
    return {
        "queries": queries,
        "keys": keys,
        "values": values,
        "scores": scores,
        "powers_of_scores": scores.exp(),
        "weights": scores.softmax(dim=-1),
        "outputs": scores.softmax(dim=-1) @ values,
        "masked_scores": (scores / 3**0.5).masked_fill(~mask, -torch.inf),
        "masked_outputs": attention(queries, keys, values, mask),
        "merged": multi_head_attention(x, *wide, torch.eye(4).double(), n_heads=2),
        "multi_head_outputs": multi_head_attention(x, *wide, given["w_output"], n_heads=2),
    }


def assert_agrees(found: dict[str, torch.Tensor], given: dict[str, torch.Tensor]) -> None:
    for name, theirs in with_torch(given).items():
        torch.testing.assert_close(found[name], theirs, atol=1e-5, rtol=1e-5, msg=name)


def test_the_values_in_the_file_are_those_of_torch(file: Path) -> None:
    assert_agrees(tensors(file, cached(file)), GIVEN)


def test_everything_but_the_given_numbers_is_a_formula(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    for name, rows in places(file).items():
        contents = [book[sheet][address].value for row in rows for sheet, address in row]
        is_live = isinstance(contents[0], ArrayFormula) or all(
            str(content).startswith("=") for content in contents
        )
        assert is_live == (name not in GIVEN), name
    functions = {"MMULT", "SUMPRODUCT", "EXP"}
    text = str([getattr(c.value, "text", c.value) for s in book for r in s for c in r])
    assert all(f"{function}(" in text for function in functions)


@pytest.mark.parametrize("calculate", ENGINES)
def test_another_engine_calculates_what_torch_does(
    file: Path, calculate: Callable[[Path], Cells]
) -> None:
    assert_agrees(tensors(file, calculate(file)), GIVEN)


@pytest.mark.parametrize("calculate", ENGINES)
def test_all_results_follow_an_edit(
    file: Path, tmp_path: Path, calculate: Callable[[Path], Cells]
) -> None:
    """The rows and columns of the matrices differ, so that a swapped one cannot pass."""
    given, book, where = {}, openpyxl.load_workbook(file), places(file)
    for count, (name, tensor) in enumerate(GIVEN.items()):
        given[name] = (torch.arange(tensor.numel()).reshape(tensor.shape) * (3 + count)) % 7 / 4 - 1
        if name == "may_attend":
            given[name] = torch.tensor([[1.0, 0, 1], [0, 1, 0], [1, 1, 1]])
        for row, numbers in zip(where[name], given[name].tolist(), strict=True):
            for (sheet, address), number in zip(row, numbers, strict=True):
                book[sheet][address] = number
    edited = tmp_path / "edited.xlsx"
    book.save(edited)
    found = tensors(edited, calculate(edited))
    assert_agrees(found, given)
    assert not found["outputs"].allclose(tensors(file, cached(file))["outputs"])


def test_a_tensor_has_its_color(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    where = places(file)
    for name, key in {"x": "inputs", "head_2_weights": "weights", "wide_w_key": "w_key"}.items():
        sheet, address = where[name][0][0]
        title = book[sheet][address].offset(row=-2)
        assert title.font.color.rgb == f"FF{PALETTE[key][0][1:].upper()}"


def test_the_file_is_the_same_in_every_build(file: Path, tmp_path: Path) -> None:
    write_workbook(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == file.read_bytes()
