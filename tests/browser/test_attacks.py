# SPDX-License-Identifier: MIT
# ruff: noqa: RUF001 - an attack may use letters that look like others
"""Output of snippets and text from addresses never become markup, even without the policy."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.run import values
from engine.run.pool import Pool
from tests.support.browser import Server
from tests.support.lab import GOOD
from tests.support.mkdocs import CONFIG, Served
from tests.support.sample import Sample

ATTACKS = {
    "a script": "<script>alert(1)</script>",
    "a script in capitals": "<ScRiPt>alert(1)</sCrIpT >",
    "a script from elsewhere": "<script src=https://evil.invalid/x.js></script>",
    "a script of a module": "<script type=module>alert(1)</script>",
    "an image": "<img src=x onerror=alert(1)>",
    "an image with a slash": "<img/src=x/onerror=alert(1)//",
    "an image from elsewhere": "<img src=https://evil.invalid/x.png>",
    "a handler": '" onmouseover="alert(1)" autofocus onfocus="alert(1)',
    "a handler in single quotes": "' onfocus='alert(1)' autofocus tabindex='0",
    "a body": "<body onload=alert(1)>",
    "details": "<details open ontoggle=alert(1)>",
    "a video": "<video><source onerror=alert(1)></video>",
    "an input": "<input autofocus onfocus=alert(1)>",
    "a style": "<style>@import url(https://evil.invalid/x.css);</style>",
    "a sheet": "<link rel=stylesheet href=https://evil.invalid/x.css>",
    "a refresh": '<meta http-equiv="refresh" content="0;url=https://evil.invalid/">',
    "a base": "<base href=https://evil.invalid/>",
    "a frame": '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    "a frame of a script": "<iframe src=javascript:alert(1)></iframe>",
    "an object": "<object data=javascript:alert(1)></object>",
    "a form": "<form action=javascript:alert(1)><button autofocus>go</button></form>",
    "a link of a script": "<a href=javascript:alert(1) id=live>x</a>",
    "an SVG": "<svg onload=alert(1)></svg>",
    "an SVG with a script": "<svg><script>alert(1)</script></svg>",
    "an SVG that animates": '<svg><a><animate attributeName=href values="javascript:alert(1)"/><text x=9 y=9>x</text></a></svg>',
    "an SVG that uses another": '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1) />#x"/></svg>',
    "an SVG that ends": "</text></svg><img src=x onerror=alert(1)>",
    "a foreign object": "<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>",
    "MathML": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "MathML with a link": '<math href="javascript:alert(1)"><mi>x</mi></math>',
    "CDATA": "<![CDATA[<script>alert(1)</script>]]>",
    "an end of CDATA": "]]><script>alert(1)</script>",
    "a comment": "<!--><img src=x onerror=alert(1)>-->",
    "an end of a comment": "--><script>alert(1)</script><!--",
    "an odd end of a comment": "--!><script>alert(1)</script>",
    "an instruction": "<?xml version='1.0'?><?x <script>alert(1)</script>?>",
    "an entity": "<!DOCTYPE x [<!ENTITY y '<script>alert(1)</script>'>]>&y;",
    "written entities": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "numbered entities": "&#60;script&#62;alert(1)&#60;/script&#62;",
    "an end of a template": "</template><script>alert(1)</script>",
    "an end of a text area": "</textarea><script>alert(1)</script>",
    "an end of a title": "</title><script>alert(1)</script>",
    "an end of a style": "</style><script>alert(1)</script>",
    "an end of code": "</code></pre></div><script>alert(1)</script>",
    "a noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "a plaintext": "<plaintext><xmp>",
    "a Markdown link": "[x](javascript:alert(1))",
    "a Markdown image": "![x](https://evil.invalid/x.png)",
    "a Markdown reference": "[x]: javascript:alert(1)",
    "a Markdown link by reference": "[x][x]",
    "an automatic link": "<javascript:alert(1)>",
    "attributes": '{: onclick="alert(1)" onfocus="alert(1)" tabindex=0 autofocus }',
    "attributes of code": '``` { .py onclick="alert(1)" }',
    "an end of a fence": "```\n<script>alert(1)</script>\n```",
    "an end of a fence of tildes": "~~~\n<script>alert(1)</script>\n~~~",
    "a block of HTML": '\n\n<div markdown onclick="alert(1)">\n\n**b**\n\n</div>\n\n',
    "an indented part": '!!! note "<img src=x onerror=alert(1)>"\n\n    **b**',
    "a heading": "\n\n# heading {: onclick=alert(1) }\n\n",
    "a list": "- one",
    "a footnote": "[^1]: <script>alert(1)</script>",
    "a formula": r"$\href{javascript:alert(1)}{x}$ \(\text{<script>alert(1)</script>}\)",
    "an include": '--8<-- "attack.py"',
    "an include of a section": '--8<-- "attack.py:show"',
    "an include from elsewhere": '--8<-- "https://evil.invalid/x.md"',
    "a marker": "# --8<-- [start:other]",
    "a value": "{{ attack: attacks }}",
    "a value of Jinja": "{{ config.__class__ }}{% include 'x' %}",
    "a placeholder of Markdown": "\x02wzxhzdk:0\x03 \x02amp\x03 \x02klzzwxh:0\x03",
    "a placeholder of the engine": "engine-html-0",
    "a text that turns": "\u202e<script>\u2066alert(1)\u2069</script>\u202c",
    "controls": "a\x00b\x02c\x03d\x7fe\u2028g\ufeffh\ufffe",  # the engine drops terminal codes
    "letters that look like others": "＜script＞alert(1)＜/script＞",
    "a script in UTF-7": "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "a prototype": "__proto__[constructor]=alert(1)",
}
FENCE = "`" * 12
SNIPPET = """\
# --8<-- [start:show]
attacks = [
{attacks}
]
# --8<-- [end:show]
if __name__ == "__main__":
    # --8<-- [start:print]
    for attack in attacks:
        print(attack)
    # --8<-- [end:print]
    # --8<-- [start:draw]
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(num=" ".join(attacks))
    drawn = [attack.replace("$", r"\\$") for attack in attacks]  # no formulas
    axes.set(title=" ".join(drawn), xlabel=drawn[0], ylabel=drawn[1])
    for place, attack in enumerate(drawn):
        axes.text(0, place, attack)
        axes.plot([0, 1], label=attack)
    axes.legend()
    axes.set_xticks([0], [drawn[4]])
    # --8<-- [end:draw]
"""
PAGE = f"""\
# Attacks

{FENCE} py title="snippets/attack.py"
--8<-- "attack.py"
{FENCE}

::: output attack: print, draw
"""
CONTROLS = "\x00\x02\x03\x08\x1b\x7f\x9b\u202c\u202e\u2028\u2066\u2069\ufeff\ufffe"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Build a site of one page with our own mkdocs.yml, and take its policy off."""
    folder = tmp_path_factory.mktemp("attacked")
    for name in ("docs/overrides", "docs/assets"):
        shutil.copytree(root / name, folder / name)
    config = (root / "mkdocs.yml").read_text("utf-8")
    head, _, tail = config.partition("nav:\n")
    config = f"{head}nav: [index.md]\n\nvalidation:\n{tail.partition('validation:')[2]}"
    config = re.sub(r"^  - engine:\n(?: {6}.*\n)+", "  - engine\n", config, flags=re.MULTILINE)
    assert "helpers" not in config, "the helpers of our pages are not in this project"
    (folder / "mkdocs.yml").write_text(config, "utf-8")
    (folder / "snippets/drawing").mkdir(parents=True)
    shutil.copy(root / "snippets/drawing/tensors.py", folder / "snippets/drawing")
    listed = "\n".join(f"    {as_code(attack)}," for attack in ATTACKS.values())
    (folder / "snippets/attack.py").write_text(SNIPPET.format(attacks=listed), "utf-8")
    said = "\n".join(
        f'Said {{{{ attack: attacks[{place}] }}}}\n{{: .said data-place="{place}" }}\n\n'
        f"{{{{ attack: attacks[{place}] }}}}\n"
        for place, attack in enumerate(ATTACKS.values())
        if is_said(attack)
    )
    (folder / "docs/index.md").write_text(f"{PAGE}\n{said}", "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--no-strict",
            "--site-dir",
            str(folder / "site"),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = folder / "site/index.html"
    html = page.read_text("utf-8")
    assert html.count("Content-Security-Policy") == 1
    page.write_text(html.replace("Content-Security-Policy", "no-such-header"), "utf-8")
    return folder / "site"


def as_code(attack: str) -> str:
    return repr(attack).replace("8<-", r"8\x3c-")  # markers in the source would start a section


def is_said(attack: str) -> bool:
    try:
        values.inline(attack)
    except ValueError:
        return False
    return True


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


class Watched:
    """A page, and a list of everything that it did and should not have done."""

    def __init__(self, browser: Browser, allowed: Callable[[str], bool]) -> None:
        self.context = browser.new_context()
        self.page: Page = self.context.new_page()
        self.did: list[str] = []

        def refuse(dialog) -> None:
            self.did.append(f"a dialog: {dialog.message}")
            dialog.dismiss()

        self.page.on("dialog", refuse)
        self.page.on("pageerror", lambda error: self.did.append(f"an error: {error}"))
        self.page.on("popup", lambda other: self.did.append(f"a window: {other.url}"))
        self.page.on(
            "request",
            lambda asked: allowed(asked.url) or self.did.append(f"a request: {asked.url}"),
        )

    def provoke(self) -> None:
        """Trigger the event handlers of all elements."""
        self.page.evaluate(
            """() => { for (const one of document.querySelectorAll("article *")) {
                for (const name of ["mouseover", "focus", "toggle", "load", "error"])
                    if (one[`on${name}`]) one.dispatchEvent(new Event(name)); } }"""
        )
        self.page.wait_for_timeout(200)


@pytest.fixture(scope="module")
def opened(browser: Browser, attacked: Path) -> Iterator[Watched]:
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(attacked))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"

        def known(asked: str) -> bool:
            path = attacked / urlsplit(asked).path.lstrip("/")
            return asked.startswith(("data:", "blob:")) or (asked.startswith(url) and path.exists())

        watched = Watched(browser, known)
        watched.page.goto(url, wait_until="networkidle")
        watched.provoke()
        yield watched
        watched.context.close()
        server.shutdown()


def missing(shown: str) -> list[str]:
    """Return the names of attacks that do not appear as text, apart from invisible characters."""
    shown = plain(shown)
    return [
        name
        for name, attack in ATTACKS.items()
        if any(plain(line) not in shown for line in attack.split("\n"))
    ]


def plain(text: str) -> str:
    """Return a text without white space and control characters, raw or escaped."""
    text = re.sub(r"\\x[0189]\w|\\x7f|\\u(?:20|fe|ff)\w\w", "", text)
    return "".join(c for c in text if c not in CONTROLS and not c.isspace())


def test_no_attack_runs(opened: Watched) -> None:
    assert opened.did == []


def test_no_attack_becomes_an_active_element_or_attribute(opened: Watched) -> None:
    live = opened.page.evaluate(
        """() => [...document.querySelectorAll("article *")].filter(one =>
            one.matches("script, iframe, object, embed, base, link, meta, img, form, input, video, use:not([href^='#']), animate, foreignObject, style") ||
            [...one.attributes].some(a => /^on/i.test(a.name) ||
              (/^(href|src|action|data)$/i.test(a.name) && !/^(#|\\.|http:\\/\\/127)/.test(a.value)))
        ).map(one => one.outerHTML.slice(0, 200))"""
    )
    assert live == []


def test_printed_attacks_are_shown_unchanged(opened: Watched) -> None:
    shown = opened.page.locator(".language-text code").inner_text()
    assert missing(shown) == []
    assert set(shown) & set(CONTROLS) == set()


def test_the_code_of_the_attacks_is_shown_unchanged(opened: Watched) -> None:
    shown = opened.page.locator(".language-py code").inner_text()
    for attack in ATTACKS.values():
        assert as_code(attack) in shown


def test_drawn_attacks_are_text_in_the_drawing(opened: Watched) -> None:
    drawing = opened.page.locator("article svg[role=img]")
    assert missing(" ".join(drawing.locator("text").all_text_contents())) == []
    assert missing(drawing.locator("title").text_content() or "") == []
    assert missing(drawing.locator("desc").text_content() or "") == []


def test_attacks_in_sentences_are_text(opened: Watched) -> None:
    attacks = list(ATTACKS.values())
    said = opened.page.locator(".said").all()
    assert len(said) == len([attack for attack in attacks if is_said(attack)]) > 0
    for one in said:
        place = int(one.get_attribute("data-place") or -1)
        assert one.inner_text() == f"Said {attacks[place]}"
        assert one.locator("*").count() == 0
        assert one.evaluate("one => one.nextElementSibling.outerHTML").startswith("<p>")


def test_sentences_refuse_nearly_all_attacks() -> None:
    refused = [name for name, attack in ATTACKS.items() if not is_said(attack)]
    assert len(refused) > len(ATTACKS) - 8


def test_attacks_inserted_as_markup_run(browser: Browser) -> None:
    """Load some attacks as markup: if these did nothing, the tests above would prove nothing."""
    watched = Watched(browser, lambda url: "evil.invalid" not in url)
    for name in ("an image", "an SVG", "details", "a sheet", "an end of a template"):
        watched.did.clear()
        watched.page.set_content(f"<template></template>{ATTACKS[name]}")
        watched.page.wait_for_timeout(200)
        assert watched.did, name
    watched.context.close()


def test_an_error_message_is_text(browser: Browser, tmp_path: Path, root: Path) -> None:
    pool = Pool()
    sample = Sample(tmp_path, pool)
    (tmp_path / "mkdocs.yml").write_text(
        CONFIG.replace("name: mkdocs", "name: mkdocs, highlightjs: false").replace(
            "plugins: [engine]", "plugins: [search, engine]"
        )
    )
    sample.section(f"raise ValueError({as_code(chr(10).join(ATTACKS.values()))})")
    sample.page("# A page\n\n{{ one: 1 }}\n", "index")
    server = Served(sample, root)
    try:
        server.wait_for(lambda page: "engine-error" in page)
        watched = Watched(
            browser,
            lambda url: (
                url.startswith((server.url, "data:")) and not urlsplit(url).path.endswith("/x")
            ),
        )
        watched.page.goto(server.url)
        watched.provoke()
        told = watched.page.locator(".engine-error pre")
        assert missing(told.inner_text()) == []
        assert told.locator("*").count() == 0
        assert watched.did == []
        watched.context.close()
    finally:
        server.close()


IN_A_QUERY = (
    "a script",
    "an image",
    "a handler",
    "a link of a script",
    "an end of a template",
    "controls",
)


@pytest.fixture
def lab(browser: Browser, server: Server, pytestconfig: pytest.Config) -> Iterator[Watched]:
    watched = Watched(browser, lambda url: url.startswith((server.url, "data:", "blob:")))
    yield watched
    did = watched.did
    if pytestconfig.getoption("--zensical"):
        # Zensical uses the address's fragment as a selector, and does not escape quotation marks.
        did = [one for one in did if "is not a valid selector" not in one]
    assert did == []
    watched.context.close()


@pytest.mark.parametrize("attack", [ATTACKS[name] for name in IN_A_QUERY], ids=IN_A_QUERY)
def test_a_query_is_text(lab: Watched, server: Server, attack: str) -> None:
    """`q` opens the theme's search, `h` highlights words."""
    asked = quote(attack, safe="")
    lab.page.goto(f"{server.url}lab/?q={asked}&h={asked}&x={quote(attack)}#{asked}")
    expect(lab.page.locator(".lab-bench")).to_be_visible()
    answer = lab.page.locator(".md-search-result__meta")
    if answer.count():  # Zensical has another search
        expect(answer).not_to_contain_text("Initializing")
    assert_nothing_new(lab)


@pytest.mark.parametrize("form", ["#{}", "#lab={}", f"#lab={GOOD}/0/0/1/{{}}/b"])
def test_a_fragment_is_text(lab: Watched, server: Server, form: str) -> None:
    lab.page.goto(f"{server.url}lab/")
    expect(lab.page.locator(".lab-bench")).to_be_visible()
    for attack in ATTACKS.values():
        for fragment in (attack, quote(attack, safe="")):
            lab.page.evaluate("hash => { location.hash = hash }", form.replace("{}", fragment))
            assert live_markup(lab).count() == 0, fragment
    assert_nothing_new(lab)


def live_markup(lab: Watched) -> Locator:
    return lab.page.locator(".md-content, .md-search__output").locator(
        "script:not([src]), img, iframe, [onerror], [onload], [onfocus], a[href^=javascript]"
    )


def assert_nothing_new(lab: Watched) -> None:
    lab.page.wait_for_timeout(100)
    assert live_markup(lab).count() == 0
