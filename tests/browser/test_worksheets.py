# SPDX-License-Identifier: MIT
"""Worksheets can be solved by hand, have the answers that torch gives, and fit on paper."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, BrowserContext, Page, expect

from snippets.worksheets.sheets import SHEETS
from snippets.worksheets.sheets import solve as solve_on_paper
from tests.support.axe import axe_report
from tests.support.browser import Server
from tests.support.lab import GOOD, SOURCES, serve_sources

PRACTICES = ("attention", "scaling", "masking", "heads")
MAKE = """async ([module, practice, seed, students]) => {
    const { makeTask, solve } = await import(module);
    const plain = (one) => JSON.parse(JSON.stringify(one, (_, v) => v === -Infinity ? "-inf" : v));
    return students.map((student) => {
        const task = makeTask(practice, seed, student);
        return { task, solution: plain(solve(task)) };
    });
}"""


def made(
    context: BrowserContext, server: Server, practice: str, seed: str, count: int
) -> list[dict[str, Any]]:
    serve_sources(context)
    page = context.new_page()
    page.goto(server.url)
    module = f"{server.url}{SOURCES}/worksheets/sheets.js"
    return page.evaluate(MAKE, [module, practice, seed, list(range(1, count + 1))])


def tensor(matrix: list[list[Any]]) -> torch.Tensor:
    return torch.tensor([[float(n) for n in row] for row in matrix], dtype=torch.float64)


def with_torch(task: dict[str, Any]) -> Any:
    given = [tensor(task[name]) for name in ("inputs", "w_query", "w_key", "w_value")]
    return solve_on_paper(*given, task["heads"], task["divisor"], task["causal"])


@pytest.mark.parametrize("practice", PRACTICES)
def test_the_answers_agree_with_torch_and_can_be_computed_by_hand(
    context: BrowserContext, server: Server, practice: str
) -> None:
    for sheet in made(context, server, practice, "a seed", 30):
        solution = sheet["solution"]
        queries, keys, values, heads, outputs = with_torch(sheet["task"])
        for name, theirs in (("queries", queries), ("keys", keys), ("values", values)):
            assert torch.equal(tensor(solution[name]), theirs)
        torch.testing.assert_close(tensor(solution["outputs"]), outputs)
        for ours, (scores, powers, shares) in zip(solution["heads"], heads, strict=True):
            torch.testing.assert_close(tensor(ours["scores"]), scores)
            torch.testing.assert_close(tensor(ours["powers"]), powers)
            torch.testing.assert_close(tensor(ours["shares"]), shares)
            shown = scores[scores.isfinite()]
            assert torch.equal(shown, shown.round()), "these scores are not whole"
            listed = powers.mul(100).round() / 100  # the powers as the sheet lists them
            listed[powers < 0.006] = 0
            by_pencil = (listed / listed.sum(dim=-1, keepdim=True)).mul(10).round() / 10
            torch.testing.assert_close(by_pencil, shares)
            torch.testing.assert_close(shares.sum(dim=-1), torch.ones(3, dtype=torch.float64))


def test_sheets_differ_between_students_and_repeat_with_the_seed(
    context: BrowserContext, server: Server
) -> None:
    first, again, other = (made(context, server, "masking", seed, 30) for seed in ("7", "7", "8"))
    assert first == again
    assert len({str(sheet["task"]) for sheet in [*first, *other]}) == 60


@pytest.mark.parametrize("practice", SHEETS)
def test_the_ready_made_sheets_are_the_first_of_seed_1(
    context: BrowserContext, server: Server, practice: str
) -> None:
    (sheet,) = made(context, server, practice, "1", 1)
    ready = SHEETS[practice]
    assert sheet["task"]["inputs"] == ready["x"]
    assert all(sheet["task"][name] == ready[name] for name in ("w_query", "w_key", "w_value"))


def opened(context: BrowserContext, server: Server, fragment: str = "") -> Page:
    page = context.new_page()
    page.goto(f"{server.url}worksheets/{fragment}")
    expect(page.get_by_role("button", name="Make the sheets")).to_be_visible()
    return page


def test_a_teacher_makes_sheets_with_the_keyboard_alone(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server)
    page.get_by_label("Practice").focus()
    page.keyboard.press("M")
    page.keyboard.press("Tab")
    page.keyboard.type("Class 4")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    sheets = page.locator(".worksheet")
    expect(sheets).to_have_count(6)
    expect(page.get_by_role("status").filter(has_text="6 pages to print.")).to_be_visible()
    expect(sheets.nth(2).locator("h3")).to_have_text("Masking, seed Class 4, sheet 3")
    empty = sheets.nth(2).locator(".sheet-box tbody td")
    assert set(empty.all_inner_texts()) == {""}
    filled = sheets.nth(5).locator(".sheet-box tbody td")
    assert "" not in filled.all_inner_texts()
    text = page.locator(".sheets").inner_text()
    page.reload()
    expect(sheets).to_have_count(6)
    assert page.locator(".sheets").inner_text() == text
    expect(page.get_by_label("Seed")).to_have_value("Class 4")


def test_the_sheet_of_a_student_matches_the_answers_of_the_teacher(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server, "#sheets=heads/x/1-3/both")
    second = page.locator(".worksheet").nth(1)
    given = second.locator(".sheet-given").all_text_contents()
    second.get_by_role("link", name="Only this sheet").click()
    expect(page.locator(".worksheet")).to_have_count(1)
    expect(page.locator(".sheet-given")).to_have_text(given)
    page.goto(f"{server.url}worksheets/#sheets=heads/x/1-3/answers")
    expect(page.locator(".worksheet")).to_have_count(3)
    expect(second.locator(".sheet-given")).to_have_text(given)


@pytest.mark.parametrize(
    "fragment",
    ["#sheets=", "#sheets=toString/1/1-2/both", "#sheets=heads/1/2-1/both", "#sheets=heads/1/0-1/both",
     "#sheets=heads/1/1-999/both", "#sheets=heads/%3Cb%3E/1-2/both", "#sheets=heads/%E0%A4/1-2/both",
     "#sheets=heads/1/1-2/all", f"#lab={GOOD}/0/0/1/%3Cb%3E", f"#lab={GOOD}/0/0/9/a/b",
     "#lab=1,2/1;1/1/1/0/0/1/a", "#lab="],
)  # fmt: skip
def test_a_broken_link_is_reported_and_ignored(
    context: BrowserContext, server: Server, fragment: str
) -> None:
    page = opened(context, server, fragment)
    expect(page.locator("attention-worksheets [role=status]")).to_contain_text("does not fit")
    expect(page.locator(".worksheet")).to_have_count(0)


def test_the_lab_prints_a_sheet_of_its_numbers(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(f"{server.url}lab/")
    page.get_by_label("x, row 1, column 1", exact=True).fill("2")
    page.get_by_label("Causal mask").check()
    page.get_by_role("link", name="Print a worksheet").click()
    sheets = page.locator(".worksheet")
    expect(sheets).to_have_count(2)
    expect(sheets.first.locator(".sheet-given tbody tr").first).to_have_text("loan2010")
    answers = sheets.nth(1).locator("table", has_text="scores").locator("tbody tr").first
    expect(answers).to_have_text("loan6hiddenhidden")


@pytest.mark.parametrize("paper", ("A4", "Letter"))
@pytest.mark.parametrize("practice", PRACTICES)
def test_each_sheet_is_one_page_of_paper(
    context: BrowserContext, server: Server, practice: str, paper: str
) -> None:
    page = opened(context, server, f"#sheets={practice}/1/1-2/both")
    expect(page.locator(".worksheet")).to_have_count(4)
    pdf = page.pdf(format=paper)
    assert re.findall(rb"/Type /Pages\s.*?/Count (\d+)", pdf, re.DOTALL) == [b"4"]
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_hidden()
    expect(page.locator("attention-worksheets form")).to_be_hidden()


def test_each_ready_made_sheet_fits_a_page_with_its_title(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 965})  # fits both Letter and A4
    heights = page.locator("article h4").evaluate_all(
        """titles => titles.map((title) => {
            let figure = title.nextElementSibling;
            while (!figure.matches("figure")) figure = figure.nextElementSibling;
            return figure.getBoundingClientRect().bottom - title.getBoundingClientRect().top;
        })"""
    )
    assert len(heights) == 3
    assert max(heights) <= 965


def test_without_scripts_three_sheets_are_shown(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}worksheets/")
    for title in ("Scaling", "Masking", "Heads"):
        expect(
            page.locator("article figure", has=page.get_by_role("img", name=title)).first
        ).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ("light", "dark"))
@pytest.mark.parametrize("width", (1280, 390, 320))
def test_axe_finds_nothing_on_the_sheets(
    browser: Browser, server: Server, scheme: Any, width: int
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    )
    page = opened(context, server, "#sheets=heads/1/1-1/both")
    found = axe_report(page)
    assert not found, found
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_script_and_styles_weigh_at_most_10_kilobytes(site: Path) -> None:
    folder = site / "assets" / "worksheets"
    sizes = {file.name: len(gzip.compress(file.read_bytes(), mtime=0)) for file in folder.iterdir()}
    assert set(sizes) == {"worksheets.js", "worksheets.css"}, "the modules are not joined"
    assert sum(sizes.values()) <= 10_000, sizes
