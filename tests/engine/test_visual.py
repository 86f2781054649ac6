# SPDX-License-Identifier: MIT
"""Formulas become MathML during the build, and names of tensors get their colors."""

import re
from pathlib import Path

import markdown
import pytest

from engine.model.project import Options, Project
from engine.read.tensors import read_tensors
from engine.site.visual import CAPTION, FormulaError, captioned

ROOT = Path(__file__).parents[2]
TENSORS = read_tensors(ROOT / "snippets/drawing/tensors.py", "")


def page(text, tensors="drawing/tensors"):
    return markdown.markdown(
        text,
        extensions=[
            "engine.site.markdown",
            "pymdownx.arithmatex",
            "pymdownx.highlight",
            "pymdownx.superfences",
            "tables",
        ],
        extension_configs={
            "pymdownx.arithmatex": {"generic": True},
            "engine.site.markdown": {"project": Project(ROOT, options=Options(tensors=tensors))},
        },
    )


def python(code):
    return page(f"``` py\n{code}\n```")


def colored(html):
    return re.findall(r'class="(?:n )?tensor-([\w-]+)"', html)


def test_an_inline_formula_becomes_mathml():
    html = page("So $a < b$ holds.")
    assert "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>" in html
    assert "\\(" not in html


def test_a_formula_on_its_own_becomes_display_mathml():
    html = page("$$\n\\frac{a}{b} = \\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}\n$$")
    assert '<div class="arithmatex" data-search-exclude><math display="block"><mfrac>' in html
    assert html.count("<mtd>") == 4 and "\\[" not in html


def test_a_formula_in_a_table_and_in_a_list_becomes_mathml():
    assert page("| a |\n|---|\n| $x^2$ |").count("<math>") == 1
    assert page("1. one\n\n    $$x^2$$").count("<math ") == 1


def test_a_formula_that_cannot_be_read_is_named():
    with pytest.raises(FormulaError, match=r"the formula \$\\nonsense\{x\}\$ cannot be read: .+"):
        page("So $\\nonsense{x}$.")


def test_dollars_in_code_and_in_sentences_are_no_formula():
    assert "<math" not in page("It costs 5$ or `$x$`.\n\n``` text\n$x$\n```")


@pytest.mark.parametrize("tensor", TENSORS)
def test_a_tensor_in_inline_code_has_its_color(tensor):
    html = f'<p>The <code class="{tensor.css}">{tensor.name}</code>.</p>'
    assert page(f"The `{tensor.name}`.") == html


@pytest.mark.parametrize("tensor", TENSORS)
def test_a_tensor_in_highlighted_code_has_its_color(tensor):
    assert f'<span class="n {tensor.css}">{tensor.name}</span>' in python(f"{tensor.name} = 1")


def test_x_is_the_inputs():
    assert colored(page("`x`") + python("x.shape")) == ["inputs", "inputs"]


@pytest.mark.parametrize(
    "text",
    [
        "queries",
        "*queries*",
        "`query`",
        "`subqueries`",
        "`queries_2`",
        "`keys @ values`",
        '<div title="queries">queries</div>',
        "``` text\nqueries\n```",
        "    queries",
        "&lt;code&gt;queries&lt;/code&gt;",
        "`<code>queries</code>`",
        "<pre><code>queries</code></pre>",
    ],
)
def test_only_whole_names_in_code_are_colored(text):
    assert colored(page(text)) == []


@pytest.mark.parametrize(
    "code",
    [
        "my_queries = 1",
        "'queries'",
        "# queries",
        "a.values()",
        "a.keys",
        "def weights(): 1",
        "W = 1",
    ],
)
def test_only_names_of_tensors_in_python_are_colored(code):
    assert colored(python(code)) == []


def test_a_tensor_in_a_formula_has_its_color():
    html = page(r"$\text{keys} = \text{inputs}\, W_{\text{key}}$ and $\text{weights}_{ij}$")
    assert colored(html) == ["keys", "inputs", "w-key", "weights"]
    assert '<msub class="tensor-w-key"><mi>W</mi><mtext>key</mtext></msub>' in html


def test_other_words_in_a_formula_stay_as_they_are():
    formula = r"$\text{softmax}(x)\, \text{monkeys}\, W_{\text{other}}\, V_{\text{key}}$"
    assert colored(page(formula)) == []


def test_color_is_all_that_changes():
    text = "The `queries` and `x`.\n\n``` py\nkeys = x @ w_key  # keys\n```\n"
    plain = markdown.markdown(text, extensions=["pymdownx.highlight", "pymdownx.superfences"])
    assert re.sub(r' class="tensor-[\w-]+"| tensor-[\w-]+', "", page(text)) == plain


def test_without_a_file_of_tensors_nothing_is_colored():
    html = page("The `keys` of $W_{\\text{key}}$.", tensors="none")
    assert colored(html) == [] and "<msub>" in html


def test_every_formula_of_the_site_can_be_read():
    pages = sorted((ROOT / "docs").rglob("*.md"))
    html = "".join(page(path.read_text(encoding="utf-8")) for path in pages)
    assert html.count("<math") >= len(pages)


@pytest.mark.parametrize(
    "code", ["", '\n<details class="example"><summary>It</summary>\n<p>Uses x</p></details>']
)
def test_a_caption_goes_into_its_figure_past_the_code_that_draws_it(code):
    html = f'<figure>1</figure>{code}\n<p class="caption">Look <em>here</em>.</p>\n<p>Text</p>'
    figure, _, rest = CAPTION.sub(captioned, html).partition("</figure>")
    assert "<figcaption>\n<p>Look <em>here</em>.</p>" in figure
    assert rest == f"{code}\n<p>Text</p>"


def test_a_caption_stays_away_from_a_figure_with_a_paragraph_in_between():
    html = '<figure>1</figure>\n<p>Text</p>\n<p class="caption">Another one</p>'
    assert CAPTION.sub(captioned, html) == html
