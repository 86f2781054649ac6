# SPDX-License-Identifier: MIT
"""attention_check.py names the mistake of every wrong attention, and accuses no right one."""

import ast
import linecache
import math
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest
import torch
from torch import nn

from snippets.take_along import attention_check
from snippets.take_along.attention_check import MISTAKES, check
from tests.take_along.attentions.right import (
    RIGHT,
    CausalSelfAttention,
    FilledInPlace,
    GPTConfig,
    SoftlyCapped,
    WholeLayer,
)
from tests.take_along.attentions.wrong import WEAK, WRONG

FILE = Path(attention_check.__file__)
ROOT = Path(__file__).parents[2]


def name(attention):
    return getattr(attention, "__name__", None) or f"an instance of {type(attention).__name__}"


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_there_are_enough_attentions():
    assert len(RIGHT) >= 15
    assert len(WRONG) >= 40


@pytest.mark.parametrize("attention", RIGHT, ids=name)
def test_a_right_attention_is_not_accused(attention):
    report = check(attention)
    assert report.ok, report
    assert report.compared


@pytest.mark.parametrize("seed", range(5, 25, 5))
def test_a_report_does_not_depend_on_what_a_constructor_drew(seed):
    (attention,) = [one for one in RIGHT if name(one) == "TranslatedFromTensorFlow"]
    torch.manual_seed(seed)
    assert check(attention).ok


@pytest.mark.parametrize(("attention", "mistakes"), WRONG, ids=[name(a) for a, _ in WRONG])
def test_a_wrong_attention_is_diagnosed(attention, mistakes):
    report = check(attention)
    assert report.mistakes == mistakes.split(", "), report
    assert not report.ok


@pytest.mark.parametrize(("attention", "weakness"), WEAK, ids=[name(a) for a, _ in WEAK])
def test_a_weakness_is_reported_and_is_no_mistake(attention, weakness):
    report = check(attention)
    assert weakness in report.weaknesses, report
    assert report.ok


def unscaled(q, k, v):
    return (q @ k.mT).softmax(-1) @ v


def hides(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.size(-1))
    return (scores if mask is None else scores.masked_fill(mask, -math.inf)).softmax(-1) @ v


def test_a_finding_says_what_was_tried_what_came_out_what_was_expected_and_where_to_read():
    words = str(check(unscaled))
    for expected in (
        "MISTAKE: the scores are not scaled  [scale_missing]",
        "tried:    random tensors, 3 example(s), 5 queries, 5 keys, laid out (batch, heads, length, d_k)",
        "got:      output 1 starts [",
        "expected: scores divided by sqrt(d_k)",
        "read:     real_attention/scaling.md",
        "1 mistake(s)",
    ):
        assert expected in words


def test_it_says_how_it_read_the_attention():
    words = str(check(nn.MultiheadAttention(24, 4, batch_first=True)))
    assert "laid out (batch, length, width)" in words
    assert "4 head(s) of width 6, every query sees every key" in words
    assert "attn_mask: (queries, keys), True hides" in words


def test_true_hides_is_a_note_unless_the_caller_says_what_true_means():
    assert check(hides).ok
    assert "True (or 1) hides a key" in str(check(hides))
    assert check(hides, mask="hide").ok
    assert check(hides, mask="attend").mistakes == ["mask_inverted"]
    with pytest.raises(ValueError, match="'attend' or 'hide', not 'yes'"):
        check(hides, mask="yes")


def test_true_attends_is_a_mistake_where_the_caller_says_that_true_hides():
    def attends(q, k, v, mask=None):
        scores = q @ k.mT / q.size(-1) ** 0.5
        return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ v

    def padded(q, k, v, key_padding_mask=None):
        mask = None if key_padding_mask is None else key_padding_mask[:, None]
        return attends(q, k, v, mask)

    assert check(attends, mask="attend").ok
    assert check(attends, mask="hide").mistakes == ["mask_inverted"]
    assert "in nn.MultiheadAttention, this name" in str(check(padded))
    assert check(padded, mask="hide").mistakes == ["mask_inverted"]


def test_causality_can_be_asked_for():
    def every_key(q, k, v):
        return (q @ k.mT / math.sqrt(q.size(-1))).softmax(-1) @ v

    assert check(every_key).ok
    assert check(every_key, causal=True).mistakes == ["causal_ignored"]


def test_an_instance_stays_as_it_was():
    layer = CausalSelfAttention(GPTConfig()).train()
    before = {key: value.clone() for key, value in layer.state_dict().items()}
    state = torch.random.get_rng_state()
    assert check(layer).ok
    assert layer.training
    assert torch.equal(torch.random.get_rng_state(), state)
    for key, value in layer.state_dict().items():
        assert torch.equal(value, before[key])


def test_further_arguments_are_passed_on():
    def tempered(q, k, v, sharpness):
        return (q @ k.mT * sharpness / math.sqrt(q.size(-1))).softmax(-1) @ v

    assert check(tempered, sharpness=1.0).ok
    assert check(tempered, sharpness=math.sqrt(6)).mistakes == ["scale_missing"]


class TokensMixed(nn.Module):
    """A kind of mixing that has no name: three axes taken in a wrong order."""

    def __init__(self, dim, num_heads=4):
        super().__init__()
        self.num_heads, self.qkv, self.proj = (
            num_heads,
            nn.Linear(dim, 3 * dim),
            nn.Linear(dim, dim),
        )

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, 3, self.num_heads, n, -1).transpose(0, 1)
        weights = (q @ k.transpose(-2, -1) * q.size(-1) ** -0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, d))


def test_mixed_tokens_are_found_where_no_numbers_explain_them():
    report = check(TokensMixed)
    assert report.mistakes == ["heads_split"], report


class OneQuery(nn.Module):
    """Additive attention of one query, which no experiment was made for."""

    def __init__(self, hidden_dim):
        super().__init__()
        self.query_proj, self.key_proj = (nn.Linear(hidden_dim, hidden_dim) for _ in range(2))
        self.score_proj = nn.Linear(hidden_dim, 1)

    def forward(self, query, key, value):
        scores = self.score_proj(torch.tanh(self.query_proj(query) + self.key_proj(key)))
        return scores.mT.softmax(-1) @ value


def test_an_attention_of_another_kind_is_neither_accused_nor_called_right():
    report = check(OneQuery)
    assert not report.mistakes, report
    assert not report.compared


class Linear(nn.Module):
    """Keys meet values first, and no softmax stands between the two products."""

    def __init__(self, dim, num_heads=4):
        super().__init__()
        self.num_heads, self.qkv, self.out = num_heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        out = q.softmax(-1) @ (k.softmax(-2).mT @ v)
        return self.out(out.transpose(1, 2).flatten(2))


def test_linear_attention_is_not_taken_for_an_attention_that_lacks_its_softmax():
    report = check(Linear)
    assert not report.mistakes, report
    assert not report.compared


def test_mixtures_of_heads_are_said_to_be_left_out():
    (mixes,) = [one for one in RIGHT if name(one) == "MixesAndNormsWeights"]
    assert "not compared: what is added to the scores" in str(check(mixes))


class OfPatchesAndAClass(nn.Module):
    """The mask has a column less than there are keys: the first token is never hidden."""

    def __init__(self, dim, heads=4):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x, mask=None):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(q.size(-1))
        if mask is not None:
            seen = nn.functional.pad(mask, (1, 0), value=True)
            assert seen.size(-1) == k.size(-2)
            scores = scores.masked_fill(~seen[:, None, None], -math.inf)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


def test_a_mask_that_could_not_be_given_is_said_to_be_left_out():
    report = check(OfPatchesAndAClass)
    assert report.ok
    assert "not compared: mask, since no usual form of mask could be given" in str(report)


class FilledByOthers(FilledInPlace):
    """Whoever calls it has to count the steps, and nothing says how."""

    def forward(self, x, cache=None, layer_idx=None):
        if cache is not None:
            cache.advance(-cache.length)
        return super().forward(x, cache, layer_idx)


def test_a_cache_that_cannot_be_filled_is_said_to_be_left_out():
    report = check(FilledByOthers)
    assert report.ok
    assert "not compared: its cache, since it is not known how it is filled" in str(report)


def test_small_differences_are_not_taken_for_rounding():
    with torch.no_grad():
        experiments = attention_check.Check(SoftlyCapped)
        cases = experiments.first_runs()
        assert cases
        assert experiments.in_16_bits(cases) is None
    assert not experiments.report.mistakes


def test_an_experiment_that_fails_is_a_note(monkeypatch):
    def fails(self):
        raise KeyError("no such thing")

    monkeypatch.setattr(attention_check.Check, "edges", fails)
    report = check(torch.nn.functional.scaled_dot_product_attention)
    assert report.ok
    assert report.notes[-1] == "the experiment fails failed: KeyError: 'no such thing'"


def test_what_cannot_be_run_is_not_accused():
    def needs_images(pixels):
        assert pixels.dim() == 5

    report = check(needs_images)
    assert not report.ok
    assert not report.mistakes
    assert "could not be called" in str(report)


RIGHT_CODE = "def attention(q, k, v): return (q @ k.mT / q.size(-1) ** 0.5).softmax(-1) @ v"
WRONG_CODE = RIGHT_CODE.replace("softmax(-1)", "softmax(-2)")


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        (RIGHT_CODE, 0, "no mistake found"),
        (WRONG_CODE, 1, "[softmax_queries]"),
        ("def attention(q, k, v): return q.nonsense()", 2, "none excluded"),
    ],
)
def test_the_status_suits_ci(tmp_path, monkeypatch, capsys, code, status, words):
    (tmp_path / "mine.py").write_text(code, "utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert attention_check.main([f"{tmp_path / 'mine.py'}:attention"]) == status
    assert words in capsys.readouterr().out


@pytest.mark.slow
def test_a_copy_of_the_file_runs_by_itself_and_exits_with_the_status(tmp_path):
    (tmp_path / "mine.py").write_text(WRONG_CODE, "utf-8")
    copy = tmp_path / "attention_check.py"
    copy.write_text(FILE.read_text("utf-8"), "utf-8")
    done = subprocess.run(
        [sys.executable, "attention_check.py", "mine.py:attention"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "[softmax_queries]" in done.stdout


def test_strict_fails_for_weaknesses(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine2.py").write_text(
        "def f(q, k, v): return (q @ k.mT / q.size(-1) ** 0.5).softmax(-1) @ v", "utf-8"
    )
    monkeypatch.setattr(sys, "path", list(sys.path))
    target = f"{tmp_path / 'mine2.py'}:f"
    assert attention_check.main([target]) == 0
    assert attention_check.main([target, "--strict"]) == 1
    assert "half_overflow" in capsys.readouterr().out


def test_a_file_of_a_package_may_import_from_beside_it(tmp_path, monkeypatch, capsys):
    package = tmp_path / "a_package"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "beside.py").write_text(WRONG_CODE, "utf-8")
    (package / "mine4.py").write_text("from .beside import attention", "utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert attention_check.main([f"{package / 'mine4.py'}:attention"]) == 1
    assert "[softmax_queries]" in capsys.readouterr().out


def test_a_whole_layer_says_what_was_not_compared():
    report = check(WholeLayer)
    assert report.ok
    assert "not compared: which masks and positions the layer around" in str(report)
    assert "no mistake found in what was compared" in str(report)


def test_a_class_that_cannot_be_constructed_could_not_be_checked(tmp_path, monkeypatch, capsys):
    code = "class A:\n    def __init__(self, odd, even): raise KeyError(odd)\n"
    (tmp_path / "mine3.py").write_text(code, "utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert attention_check.main([f"{tmp_path / 'mine3.py'}:A"]) == 2
    assert "A could not be constructed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("mine5.py", "name it, as in FILE.py:NAME"),
        ("other.py:attention", "there is no such file"),
        ("mine5.py:attentoin", "name 'attentoin' is not defined"),
        ("mine5.py:attention(", "SyntaxError"),
        ("mine5.py:WIDTH", "is neither a function nor a module"),
        ("broken.py:attention", "No module named 'nonsense'"),
    ],
)
def test_what_cannot_be_loaded_is_no_mistake(tmp_path, monkeypatch, capsys, target, words):
    (tmp_path / "mine5.py").write_text(f"{RIGHT_CODE}\nWIDTH = 24\n", "utf-8")
    (tmp_path / "broken.py").write_text("import nonsense\n", "utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert attention_check.main([f"{tmp_path}/{target}"]) == 2
    assert words in capsys.readouterr().out


def test_an_option_that_does_not_exist_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        attention_check.main(["mine.py:attention", "--stricct"])
    assert "--stricct" in capsys.readouterr().err


def test_on_the_command_line_an_attention_can_be_called_causal(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine6.py").write_text(RIGHT_CODE, "utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert attention_check.main([f"{tmp_path / 'mine6.py'}:attention", "--causal"]) == 1
    assert "[causal_ignored]" in capsys.readouterr().out


def test_the_text_of_a_class_in_a_notebook_is_found(monkeypatch):
    code = "class Cell:\n    def forward(self, x):\n        return x  # mask: 1 hides\n"
    monkeypatch.setitem(sys.modules, "a_cell", types.ModuleType("a_cell"))
    space = vars(sys.modules["a_cell"])
    lines = len(code), None, code.splitlines(keepends=True), "<cell 1>"
    monkeypatch.setitem(linecache.cache, "<cell 1>", lines)
    exec(compile(code, "<cell 1>", "exec"), space)
    assert attention_check.source_of(space["Cell"]) == code


def test_the_file_needs_torch_alone():
    imported = set()
    for node in ast.walk(ast.parse(FILE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported - set(sys.stdlib_module_names) - {"__future__"} == {"torch"}


def test_every_page_that_a_finding_names_exists():
    pages = {page for _, _, page in MISTAKES.values()}
    docs = ROOT / "docs" / attention_check.SITE
    for page in pages:
        file, _, anchor = page.partition("#")
        text = (docs / file).read_text("utf-8")
        slugs = {
            "-".join("".join(c for c in line.lower() if c.isalnum() or c in " _-").split())
            for line in text.splitlines()
            if line.startswith("#")
        }
        slugs |= set(re.findall(r"^#.*\{ #([\w-]+) \}$", text, re.MULTILINE))  # named in the page
        assert not anchor or anchor in slugs, page
