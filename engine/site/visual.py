# SPDX-License-Identifier: MIT
"""Convert formulas to MathML, color the names of tensors, and put captions into figures.

The postprocessor runs last, on the HTML of a page. Formulas are the elements that
pymdownx.arithmatex (with `generic: true`) marked. The name of a tensor gets the class `tensor-…`,
to which the style sheet of `engine.write.palette` assigns a color.
"""

import html
import re
from collections.abc import Iterable
from functools import cache

from markdown.postprocessors import Postprocessor
from math_core import LatexError, LatexToMathML

from engine.model.tensors import Tensor

# A paragraph with `{ .caption }` below a figure, or below the code that draws it. Here and in other
# patterns, the alternatives come after a common "<", for which Python can search quickly.
CAPTION = re.compile(
    r'<(?P<explanation>p class="told"></p>\s*<)?/figure>'
    r'(?P<code>\s*(?:<details class="example">(?:(?!</details>).)*</details>\s*)?)'
    r'<p class="caption">(?P<caption>.*?)</p>',
    re.DOTALL,
)
# Numbers, formulas and pictures, which readers do not search for.
UNSEARCHED = re.compile(
    r'<(?:div class="(?:language-text [\w ]*highlight|arithmatex)'
    r'|figure class="drawing|table class="tensor)"'
)
LATEX = LatexToMathML(fancy_error=False)


class FormulaError(ValueError):
    """Raised for a formula that is not valid LaTeX; the message contains the formula."""


class VisualPostprocessor(Postprocessor):
    """Postprocessor for formulas, names of tensors in code, and captions."""

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        super().__init__()
        tensors = tuple(tensors)
        self.classes = {name: t.css for t in tensors for name in (t.name, *t.aliases)}
        self.formulas = {mathml(t.formula)[6:-7]: t.css for t in tensors if t.formula}  # no <math>
        name = "|".join(self.classes) or "(?!)"  # which never matches
        self.formula_or_name = re.compile(
            r'<(?:(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>'
            rf"|code(?<!<pre><code)>(?P<inline>{name})</code>"
            # A name after a dot is an attribute, such as `values` of a dictionary.
            r'|span class="n"(?<!<span class="o">\.</span><span class="n")>'
            rf"(?P<python>{name})</span>)",
            re.DOTALL,
        )
        self.tensor = re.compile("|".join(map(re.escape, self.formulas)) or "(?!)")

    def run(self, text: str) -> str:
        text = CAPTION.sub(captioned, self.formula_or_name.sub(self.shown, text))
        return UNSEARCHED.sub(r"\g<0> data-search-exclude", text)

    def shown(self, match: re.Match[str]) -> str:
        if name := match["inline"]:
            return f'<code class="{self.classes[name]}">{name}</code>'
        if name := match["python"]:
            return f'<span class="n {self.classes[name]}">{name}</span>'
        tag, latex = match["tag"], html.unescape(match["latex"]).strip()
        formula = self.tensor.sub(self.colored, mathml(latex, display=tag == "div"))
        return f'<{tag} class="arithmatex">{formula}</{tag}>'

    def colored(self, match: re.Match[str]) -> str:
        return match[0].replace(">", f' class="{self.formulas[match[0]]}">', 1)


def captioned(match: re.Match[str]) -> str:
    """Return the end of a figure with the caption moved into it, and the code below the figure."""
    explanation = '<p class="told"></p>\n' if match["explanation"] else ""
    caption = f"<figcaption>\n<p>{match['caption']}</p>\n{explanation}</figcaption>"
    return f"{caption}\n</figure>{match['code'].rstrip()}"


@cache
def mathml(latex: str, display: bool = False) -> str:
    """Return a formula as a `<math>` element; raise FormulaError if it is invalid."""
    try:
        return LATEX.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise FormulaError(f"the formula ${latex}$ cannot be read: {error}") from error
