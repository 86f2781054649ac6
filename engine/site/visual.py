# SPDX-License-Identifier: MIT
"""The Markdown extension for what a page looks like: formulas as MathML, tensors in their colors.

It reads the page's HTML once, after everything else has been put in its place. Formulas are what
pymdownx.arithmatex (with `generic: true`) marked; a tensor gets the class `tensor-…` that
`docs/assets/palette.css` colors. Python-Markdown is all it knows, so it works in MkDocs and in
Zensical alike.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from math_core import LatexError, LatexToMathML

from engine.run.figures import TENSORS, css_name

AFTER_ALL = 1  # raw HTML, in which code arrives, is put back by a postprocessor of priority 30

_class_of = {name: css_name(name) for name in TENSORS} | {"x": css_name("inputs")}
_name = "|".join(_class_of)
_seen = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>'
    rf"|(?<!<pre>)<code>(?P<inline>{_name})</code>"
    # A name behind a dot is a method or an attribute: the values() of a dictionary is no tensor.
    rf'|(?<!<span class="o">\.</span>)<span class="n">(?P<python>{_name})</span>',
    re.DOTALL,
)
_word = re.compile(
    rf"<mtext>(?P<word>{'|'.join(TENSORS)})</mtext>"
    r"|<msub><mi>W</mi><mtext>(?P<projection>query|key|value)</mtext></msub>"
)
_latex = LatexToMathML(fancy_error=False)


class FormulaError(ValueError):
    """Raised for a formula that is no LaTeX; the message holds the formula."""


class Visual(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.postprocessors.register(VisualPostprocessor(md), "visual", AFTER_ALL)


# Numbers, formulas and pictures are no words that anybody searches for.
UNSEARCHED = re.compile(
    r'<(?:div class="(?:language-text [\w ]*highlight|arithmatex)'
    r'|figure class="drawing|table class="tensor)"'
)


class VisualPostprocessor(Postprocessor):
    def run(self, text: str) -> str:
        text = _seen.sub(_shown, text)
        return UNSEARCHED.sub(r"\g<0> data-search-exclude", text)


def _shown(match: re.Match) -> str:
    if match["latex"] is not None:
        tag, latex = match["tag"], html.unescape(match["latex"]).strip()
        return f'<{tag} class="arithmatex">{mathml(latex, display=tag == "div")}</{tag}>'
    if match["inline"]:
        return f'<code class="{_class_of[match["inline"]]}">{match["inline"]}</code>'
    return f'<span class="n {_class_of[match["python"]]}">{match["python"]}</span>'


@cache
def mathml(latex: str, display: bool = False) -> str:
    """A formula as a `<math>` element in which the tensors have their classes.

    Raises FormulaError where the formula cannot be read.
    """
    try:
        element = _latex.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise FormulaError(f"the formula ${latex}$ cannot be read: {error}") from error
    return _word.sub(_colored, element)


def _colored(match: re.Match) -> str:
    if match["word"]:
        return f'<mtext class="{css_name(match["word"])}">{match["word"]}</mtext>'
    return match[0].replace("<msub>", f'<msub class="{css_name("w_" + match["projection"])}">', 1)


def makeExtension(**options: Any) -> Visual:
    return Visual(**options)
