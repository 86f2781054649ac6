# SPDX-License-Identifier: MIT
"""Exercises can be answered on the page, by every reader and in every browser."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.support.axe import axe_report
from tests.support.browser import Server, turn_page

WITH_FRACTIONS = "walkthrough/inputs/"  # its first answer is a row of four
WITH_CHOICES = "walkthrough/outputs/"
QUIZ = "details.quiz"


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    return page


def first_boxes(page: Page) -> Locator:
    return page.locator("form.exercise").filter(has=page.locator("fieldset > input")).first


def first_choices(page: Page) -> Locator:
    return page.locator("form.exercise").filter(has=page.locator("[type=radio]")).first


def answer(form: Locator, *numbers: str) -> None:
    for place, number in enumerate(numbers):
        form.locator("fieldset > input").nth(place).fill(number)
    form.get_by_role("button", name="Check").click()


def verdict(form: Locator) -> Locator:
    return form.get_by_role("status")


@pytest.mark.parametrize(
    "numbers",
    [
        ("0.5", "1.5", "0.5", "1.5"),
        ("0,5", "1,5", ",5", " 1,50 "),
        ("1/2", "3/2", "+.5", "1.5"),
        ("0.495", "1.504", "0.5", "1.5"),
        ("1 / 2", "3.0/2.0", "5e-1", "1.5."),
        ("½", "150%", "50%", "15E-1"),
    ],
)
def test_numbers_may_be_written_in_many_ways(
    numbers: tuple[str, ...], context: BrowserContext, server: Server
) -> None:
    form = first_boxes(opened(context, server.url + WITH_FRACTIONS))
    expect(form.locator("legend")).to_have_text("Type 4 numbers, two decimals are enough")
    answer(form, *numbers)
    expect(verdict(form)).to_contain_text("Right.")
    expect(form.locator("[aria-invalid=true]")).to_have_count(0)


def test_the_typographic_minus_is_a_minus(context: BrowserContext, server: Server) -> None:
    form = first_boxes(opened(context, server.url + WITH_FRACTIONS))
    answer(form, "\u22120,5", "1.5", "0.5", "1.5")
    expect(verdict(form)).to_have_text("Not yet. 3 of the 4 numbers fit.")


def test_a_phone_shows_a_keypad_with_a_minus_where_an_answer_has_one(
    context: BrowserContext, server: Server
) -> None:
    keypads = []
    for chapter in ("positional_encoding", "rotary"):
        page = opened(context, f"{server.url}real_attention/{chapter}/")
        keypads += page.locator("form.exercise:has(fieldset > input)").evaluate_all(
            """forms => forms.map((form) => [
                form.querySelector("input").inputMode,
                [...form.nextElementSibling.querySelectorAll("li > :first-child")].some(
                    (answer) => answer.textContent.includes("-")),
            ])"""
        )
    # iPhones have no minus on the decimal keypad, which is handier where no minus is needed.
    assert sorted(keypads) == [["decimal", False], ["text", True]]


def test_a_negative_wrong_answer_can_be_typed_on_a_phone(
    context: BrowserContext, server: Server
) -> None:
    def serve(route: Route) -> None:
        answer = route.fetch()
        right = "<strong>[0.5, 1.5, 0.5, 1.5]</strong>"
        known = answer.text().replace(f"<li>{right}", f"<li><em>[-1, 3, 1, 3]</em></li><li>{right}")
        assert known != answer.text()
        route.fulfill(response=answer, body=known)

    context.route("**/" + WITH_FRACTIONS, serve)
    form = first_boxes(opened(context, server.url + WITH_FRACTIONS))
    expect(form.locator("fieldset > input").first).to_have_attribute("inputmode", "text")


def test_a_wrong_number_is_marked_until_it_changes(context: BrowserContext, server: Server) -> None:
    form = first_boxes(opened(context, server.url + WITH_FRACTIONS))
    answer(form, "0.5", "1.52", "0.5", "7")
    expect(verdict(form)).to_have_text("Not yet. 2 of the 4 numbers fit.")
    marked = form.locator("fieldset > input").evaluate_all("all => all.map(b => b.ariaInvalid)")
    assert marked == ["false", "true", "false", "true"]
    form.locator("fieldset > input").nth(1).fill("1.5")
    expect(verdict(form)).to_be_empty()
    marked = form.locator("fieldset > input").evaluate_all("all => all.map(b => b.ariaInvalid)")
    assert marked == ["false", None, "false", "true"]


@pytest.mark.parametrize(
    "text", ["[0.5, 1.5, 0.5, 1.5]", "(0.5, 1.5, 0.5, 1.5)", "0.5,1.5,.5,1.5", "tensor([[0.5000, 1.5000, 0.5000, 1.5000]])",
             "0,5 1,5 0,5 1,5", "1/2\t3/2\t1/2\t3/2", "0.5\n1.5\n0.5\n1.5\n"]
)  # fmt: skip
def test_a_pasted_list_fills_the_boxes(text: str, context: BrowserContext, server: Server) -> None:
    form = first_boxes(opened(context, server.url + WITH_FRACTIONS))
    assert not paste(form.locator("fieldset > input").first, text), "it is inserted once more"
    values = form.locator("fieldset > input").evaluate_all("all => all.map(b => Number(b.value))")
    assert values == [0.5, 1.5, 0.5, 1.5]
    form.get_by_role("button", name="Check").click()
    expect(verdict(form)).to_contain_text("Right.")


def test_a_list_typed_into_the_first_box_counts(context: BrowserContext, server: Server) -> None:
    form = first_boxes(opened(context, server.url + WITH_FRACTIONS))
    answer(form, "(1/2, 3/2, 1/2, 3/2)")
    expect(verdict(form)).to_contain_text("Right.")


@pytest.mark.parametrize("text", ["1,5", "7", "[1, 2, 3, 4, 5]", "1, two, 3", "", "words"])
def test_a_text_that_is_no_fitting_list_is_pasted_normally(
    text: str, context: BrowserContext, server: Server
) -> None:
    boxes = first_boxes(opened(context, server.url + WITH_FRACTIONS)).locator("fieldset > input")
    assert paste(boxes.first, text), "the browser was kept from pasting"
    assert boxes.evaluate_all("all => all.map(b => b.value)") == [""] * 4


def paste(box: Locator, text: str) -> bool:
    """Paste a text. Return whether the browser was left to insert it."""
    return box.evaluate(
        """(box, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            return box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
        }""",
        text,
    )


def test_a_phone_does_not_zoom_into_a_box(browser: Browser, server: Server) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    boxes = first_boxes(opened(context, server.url + WITH_FRACTIONS)).locator("fieldset > input")
    sizes = boxes.evaluate_all("all => all.map(b => parseFloat(getComputedStyle(b).fontSize))")
    assert min(sizes) >= 16
    context.close()


def test_a_wrong_single_number_is_called_too_small_or_too_large(
    context: BrowserContext, server: Server
) -> None:
    form = first_boxes(opened(context, server.url + "walkthrough/projection_weights/"))
    expect(form.locator("legend")).to_have_text("Type a number")
    answer(form, "5.5")
    expect(verdict(form)).to_have_text("Not yet. The right number is larger.")
    answer(form, "60")
    expect(verdict(form)).to_have_text("Not yet. The right number is smaller.")


def test_typed_text_never_becomes_markup(context: BrowserContext, server: Server) -> None:
    page = opened(context, server.url + WITH_FRACTIONS)
    form = first_boxes(page)
    typed = "<img src=x onerror=window.hurt=1>"
    answer(form, "0.5", typed, "0.5", "1.5")
    expect(verdict(form)).to_have_text(f"Not yet. \u201c{typed}\u201d is not a number.")
    expect(form.locator("fieldset > input").nth(1)).to_be_focused()
    assert form.locator("img").count() == 0
    assert page.evaluate("window.hurt") is None


def test_an_empty_answer_does_not_count_as_zero(context: BrowserContext, server: Server) -> None:
    page = opened(context, server.url + WITH_CHOICES)
    boxes, choices = first_boxes(page), first_choices(page)
    answer(boxes, "2", "8", "")
    expect(verdict(boxes)).to_have_text("Not yet. A number is missing.")
    choices.get_by_role("button").click()
    expect(verdict(choices)).to_have_text("Not yet. Choose one of the answers.")


def test_exercises_can_be_answered_by_keyboard(context: BrowserContext, server: Server) -> None:
    page = opened(context, server.url + WITH_CHOICES)
    form = first_boxes(page)
    form.locator("fieldset > input").first.focus()
    for number in ("2", "8,0", "0"):
        page.keyboard.type(number)
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "2px", "the focus cannot be seen"
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(verdict(form)).to_contain_text("Right.")

    choices = first_choices(page)
    choices.locator("[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(verdict(choices)).to_be_empty()
    page.keyboard.press("Enter")
    expect(verdict(choices)).to_contain_text("Right.")


def test_a_screen_reader_is_told_the_question_the_place_and_the_verdict(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server.url + WITH_CHOICES)
    boxes = page.get_by_role("group", name="What is output 2 then? Type 3 numbers")
    expect(boxes.get_by_role("textbox", name="Number 3 of 3")).to_be_visible()
    choices = page.get_by_role("group", name="if every key is the same? Choose an answer")
    expect(choices.get_by_role("radio", name="They are all 0")).to_be_visible()
    forms = page.locator("form.exercise")
    expect(forms.get_by_role("status")).to_have_count(forms.count())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_once_exercises_are_answered(
    scheme: str, browser: Browser, server: Server
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})
    page = opened(context, server.url + WITH_CHOICES)
    answer(first_boxes(page), "2", "7", "0")
    choices = first_choices(page)
    choices.locator("label").nth(1).click()
    choices.get_by_role("button").click()
    page.locator(QUIZ).evaluate_all("all => all.forEach(d => { d.open = true; })")
    found = axe_report(page)
    assert not found, found
    context.close()


def test_a_finger_can_hit_every_target(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, is_mobile=True)
    page = opened(context, server.url + WITH_FRACTIONS)
    targets = page.locator(".exercise :is(button, label, fieldset > input)")
    boxes = [target.bounding_box() for target in targets.all()]
    assert len(boxes) > 4
    for box in boxes:
        assert box["width"] >= 24 and box["height"] >= 24
    context.close()


def test_without_scripts_questions_are_shown_and_solutions_unfold(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + WITH_CHOICES)
    expect(page.locator("form.exercise")).to_have_count(0)
    expect(page.get_by_text("They are all the average of the values")).to_be_visible()
    solution = page.locator(QUIZ).last
    expect(solution.locator("ol")).to_be_hidden()
    solution.locator("summary").click()
    expect(solution.locator("ol strong")).to_be_visible()
    context.close()


def test_paper_shows_the_choices_and_no_boxes(context: BrowserContext, server: Server) -> None:
    page = opened(context, server.url + WITH_CHOICES)
    answer(first_boxes(page), "2", "8", "0")
    page.emulate_media(media="print")
    for gone in page.locator(".exercise :is(legend, button, input, [role=status])").all():
        expect(gone).to_be_hidden()
    expect(page.get_by_text("They are all the average of the values")).to_be_visible()
    for program in page.locator("details > template").all():
        expect(program).to_be_hidden()


def test_instant_navigation_brings_exercises_that_work(
    context: BrowserContext, server: Server
) -> None:
    page = opened(context, server.sub + "walkthrough/weighted_values/")
    page.evaluate("window.kept = true")
    turn_page(page, server.sub + WITH_CHOICES)
    form = first_boxes(page)
    expect(form.get_by_role("button")).to_have_count(1)
    answer(form, "2", "8", "0")
    expect(verdict(form)).to_contain_text("Right.")
    assert page.evaluate("window.kept")
    assert page.url == server.sub + WITH_CHOICES


def test_a_page_announced_twice_has_each_form_once(context: BrowserContext, server: Server) -> None:
    page = opened(context, server.url + WITH_CHOICES)
    forms = page.locator("form.exercise").count()
    page.evaluate("document$.next(document)")
    expect(page.locator("form.exercise")).to_have_count(forms)
    expect(first_boxes(page).get_by_role("button")).to_have_count(1)


def test_exercises_work_from_a_disk(context: BrowserContext, site: Path) -> None:
    form = first_boxes(opened(context, (site / WITH_CHOICES / "index.html").as_uri()))
    answer(form, "2", "8", "0")
    expect(verdict(form)).to_contain_text("Right.")


def test_the_scripts_are_small(site: Path) -> None:
    sizes = {
        script.name: len(gzip.compress(script.read_bytes(), mtime=0))
        for script in (site / "assets").glob("*.js")
    }
    most = {"site.js": 6_000, "exercises.js": 2_500, "figures.js": 4_000, "shortcut_list.js": 700}
    assert set(sizes) == set(most), "the modules are not joined"
    assert all(sizes[name] <= most[name] for name in most), sizes


def test_a_page_without_exercises_does_not_load_their_script(
    context: BrowserContext, server: Server
) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}glossary/", wait_until="networkidle")
    assert any("site.js" in url for url in asked)
    assert not any("exercises.js" in url for url in asked)
