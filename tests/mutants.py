# SPDX-License-Identifier: MIT
"""Change snippets in many small ways, and report the changes that no test notices.

    python -m tests.mutants                                       # every chapter
    python -m tests.mutants snippets/real_attention/masking/*.py  # some snippets

A mutant is a snippet with one change: the operands of `@` swapped, `-` for `+`, an integer one off,
a transpose or a statement deleted, and so on. It runs in a copy of the repository, in a fork of
this process, against the tests of its own stem, or of its chapter. `--shown` also changes code
that only pages show: figures, and sections below `if __name__ == "__main__":`.

Exits with 1 if a mutant survives that `EQUIVALENT` does not explain, or if an explanation is
unused.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("snippets/walkthrough", "snippets/real_attention", "snippets/language_model")
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".cache", ".*_cache", ".hypothesis", "__pycache__", "node_modules"
)
# Modules that tests import, imported before the forks.
HEAVY = ("pytest", "hypothesis", "numpy", "torch.testing", "matplotlib.pyplot")
PRELOADED = ("torch", "hypothesis", "matplotlib", "mpl_toolkits", "numpy")
OURS = ("snippets", "tests", "engine")
SAID, IMPORTED = "said.txt", "imported.txt"  # files that a run leaves in its copy
SUITE = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist")

# Equivalent mutants, which survive because their results are the same: snippet, reason, changes.
SAME_ANSWER: list[tuple[str, str, list[str]]] = [
    (
        "snippets/real_attention/function/scaled_dot_product_attention.py",
        "the softmax of a row that is all the same does not depend on what it is",
        [
            "now: weights = scores.masked_fill(no_key, 1).softmax(dim=-1)",
            "now: weights = scores.masked_fill(no_key, -1).softmax(dim=-1)",
        ],
    ),
    (
        "snippets/walkthrough/by_hand.py",
        "there is one power for each score",
        ["now: for score, power in zip(scores, powers, strict=False)"],
    ),
    (
        "snippets/real_attention/scaling/attention.py",
        "the example has as many keys as a key has numbers",
        [
            "now: scaled_scores = scores / keys.shape[-2] ** 0.5  # (queries, keys)",
            "now: scaled_scores = scores / keys.shape[-0] ** 0.5  # (queries, keys)",
        ],
    ),
    (
        "snippets/real_attention/batches/rounding.py",
        "random numbers of any seed and of about this size differ by rounding",
        [
            "now: random = torch.Generator().manual_seed(1)",
            "now: random = torch.Generator().manual_seed(-1)",
            *(
                f"now: many = torch.randn({size}, generator=random, dtype=dtype)"
                for size in (
                    "3, 65, 7, 8",
                    "3, 63, 7, 8",
                    "3, 64, 8, 8",
                    "3, 64, 6, 8",
                    "3, 64, 7, 9",
                    "3, 64, 7, 7",
                )
            ),
        ],
    ),
    (
        "snippets/real_attention/masking/causal.py",
        "any other input 3 will do",
        [
            "now: changed[2] = torch.tensor([5, -3, 8, 2])  # another input 3",
            "now: changed[2] = torch.tensor([5, -3, 6, 2])  # another input 3",
        ],
    ),
    (
        "snippets/real_attention/masking/padding.py",
        "there is no fourth place for a greater length to add",
        ["now: lengths = torch.tensor([4, 2])  # (batch,)"],
    ),
    (
        "snippets/real_attention/layer/parity.py",
        "a dot product has no order",
        ["now: powers = [math.exp((key @ queries[i]) / root) for key in keys]"],
    ),
    (
        "snippets/real_attention/layer/use.py",
        "any seed gives the same projection weights in each run",
        [
            "now: torch.manual_seed(1)  # the same projection weights in each run",
            "now: torch.manual_seed(-1)  # the same projection weights in each run",
        ],
    ),
    (
        "snippets/real_attention/layer/use.py",
        "an example has three places and no fourth",
        ["now: lengths = torch.tensor([4, 2])  # input 3 of example 2 is padding"],
    ),
    (
        "snippets/real_attention/semantics/masks.py",
        "there are three keys, and d_k is 3",
        ["now: scores = two_queries @ keys.T / keys.shape[-2] ** 0.5"],
    ),
    (
        "snippets/real_attention/semantics/masks.py",
        "both queries get one mask, and only the first is looked at",
        [
            "now: mask = torch.tensor([[True, False, False], [False, False, False]])",
            "now: mask = torch.tensor([[True, False, False], [True, True, False]])",
            "now: mask = torch.tensor([[True, False, False], [True, False, True]])",
            'now: return "attend" if weights[1, 0] == 1 else "ignore"',
            'now: return "attend" if weights[-1, 0] == 1 else "ignore"',
        ],
    ),
    (
        "snippets/real_attention/semantics/masks.py",
        "what the first query may attend to is not looked at",
        [
            "now: none_for_2 = torch.tensor([[False, True, True], [False, False, False]])",
            "now: none_for_2 = torch.tensor([[True, False, True], [False, False, False]])",
            "now: none_for_2 = torch.tensor([[True, True, False], [False, False, False]])",
        ],
    ),
    (
        "snippets/real_attention/semantics/causal.py",
        "these places of the mask are not looked at",
        [
            "now: no_past = torch.tensor([[True, False, True], [False, True, True]])",
            "now: no_past = torch.tensor([[True, True, True], [False, True, False]])",
        ],
    ),
    (
        "snippets/real_attention/semantics/causal.py",
        "is_causal hides this place too",
        [
            'now: return "both" if weights[1, 2] == 0 else "mask alone"',
            'now: return "both" if weights[-1, 2] == 0 else "mask alone"',
            'now: return "both" if weights[0, 1] == 0 else "mask alone"',
            'now: return "causal alone" if weights[1, 2] == 0 else "neither"',
            'now: return "causal alone" if weights[-1, 2] == 0 else "neither"',
            'now: return "causal alone" if weights[0, 1] == 0 else "neither"',
        ],
    ),
    (
        "snippets/real_attention/semantics/defaults.py",
        "dropout of nine in ten shows with any seed",
        [
            "delete: torch.manual_seed(0)",
            "now: torch.manual_seed(1)",
            "now: torch.manual_seed(-1)",
        ],
    ),
    (
        "snippets/real_attention/semantics/defaults.py",
        "torch repeats the one 1 for both queries",
        ["now: whole = torch.allclose(weights.sum(dim=-1), torch.ones(1))"],
    ),
    (
        "snippets/real_attention/semantics/defaults.py",
        "keys 2 and 3 score the same for query 1",
        [
            "now: ratio = weights[0, 2] / weights[0, 0]",
            "now: factor = ratio.log() / (scores[0, 2] - scores[0, 0])",
        ],
    ),
    (
        "snippets/real_attention/semantics/implementations.py",
        "the axes of batch and heads have one place, which is the last too",
        [
            "now: return F.scaled_dot_product_attention(*three, **options)[-1, 0]",
            "now: return F.scaled_dot_product_attention(*three, **options)[0, -1]",
            "now: return flex_attention(*three, **options)[-1, 0]",
            "now: return flex_attention(*three, **options)[0, -1]",
        ],
    ),
]
EQUIVALENT = {
    (snippet, change): reason for snippet, reason, changes in SAME_ANSWER for change in changes
}

SWAPPED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
OPPOSITES = {
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
TRANSPOSES = ("T", "mT", "transpose", "t")
DELETABLE = (
    ast.Assign | ast.AugAssign | ast.Expr | ast.Return | ast.Raise | ast.Assert | ast.If | ast.For
)


Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Mutant:
    """A snippet with one change. `change` describes it without a line number."""

    snippet: str
    line: int
    change: str
    text: str

    @property
    def reason(self) -> str | None:
        return EQUIVALENT.get((self.snippet, self.change))


# Making mutants


def mutants_of(path: Path, shown: bool = False) -> list[Mutant]:
    """Return all mutants of a snippet in the order of lines, without duplicates."""
    source = path.read_text("utf-8")
    found: dict[str, Mutant] = {}
    for node, new in sorted(changes(ast.parse(source), shown), key=lambda one: one[0].lineno):
        text, line = replaced(source, node, new)
        what = "delete" if new == "pass" else "now"
        old = source.splitlines()[node.lineno - 1].strip()
        change = f"{what}: {old if what == 'delete' else line}"
        found.setdefault(text, Mutant(str(path.relative_to(ROOT)), node.lineno, change, text))
    return list(found.values())


def changes(tree: ast.Module, shown: bool) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Yield nodes, each with the code that replaces it."""
    for node in parts(tree, shown):
        if isinstance(node, DELETABLE) and not is_docstring(node):
            yield node, "pass"
        if isinstance(node, ast.AugAssign) and type(node.op) in SWAPPED:
            yield node, ast.unparse(with_(node, op=SWAPPED[type(node.op)]()))
        if isinstance(node, ast.expr):
            for new in expressions(node):
                yield node, in_brackets(new)


def parts(node: ast.AST, shown: bool) -> Iterator[ast.AST]:
    """Yield the nodes of a tree, except type hints and messages, which only people read."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "msg"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            if is_main(child):
                yield from parts(child, shown) if shown else ()
                continue
            yield child
            yield from parts(child, shown)


def expressions(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the replacements of an expression."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.MatMult):
            yield with_(node, left=node.right, right=node.left)
        elif isinstance(node.op, ast.Pow) and ast.unparse(node.right) in ("0.5", "1 / 2"):
            yield node.left
        elif type(node.op) in SWAPPED:
            yield with_(node, op=SWAPPED[type(node.op)]())
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield with_(node, value=not node.value)
        elif isinstance(node.value, int):
            yield with_(node, value=node.value + 1)
            yield with_(node, value=node.value - 1)
    elif isinstance(node, ast.UnaryOp):
        if not isinstance(node.operand, ast.Constant) or isinstance(node.op, ast.Not | ast.Invert):
            yield node.operand
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in OPPOSITES[type(node.ops[0])]:
            yield with_(node, ops=[other()])
    elif isinstance(node, ast.BoolOp):
        yield with_(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.IfExp):
        yield with_(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, ast.Call):
        yield from calls(node)
    elif isinstance(node, ast.Attribute) and node.attr in TRANSPOSES[:2]:
        yield node.value


def calls(node: ast.Call) -> Iterator[ast.expr]:
    """Yield calls without their transpose or root."""
    if not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr in TRANSPOSES:
        yield node.func.value
    elif node.func.attr == "sqrt":
        yield node.args[0] if node.args else node.func.value


def with_(node: Node, **fields: object) -> Node:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def in_brackets(node: ast.expr) -> str:
    """Return the code of an expression that can replace an operand in any context."""
    simple = isinstance(node, ast.Constant | ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return ast.unparse(node) if simple else f"({ast.unparse(node)})"


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_main(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def replaced(source: str, node: ast.expr | ast.stmt, new: str) -> tuple[str, str]:
    """Return the source with other code in place of a node, and the line with the new code."""
    lines = [line.encode() for line in source.splitlines(keepends=True)]  # columns count bytes
    first, last = node.lineno - 1, node.end_lineno - 1
    line = lines[first][: node.col_offset] + new.encode() + lines[last][node.end_col_offset :]
    lines[first : last + 1] = [line]
    return b"".join(lines).decode(), line.decode().strip()


# Running mutants


def left_out(folder: str, names: list[str]) -> set[str]:
    """Return the names in a folder that copies omit. The built site is one, but not engine/site."""
    built = {"site"} if Path(folder) == ROOT else set()
    return LEFT_OUT(folder, names) | built


class Copies:
    """Copies of the repository, one for each parallel process."""

    def __init__(self, folder: Path, number: int, seconds: int) -> None:
        self.free = [folder / str(place) for place in range(number)]
        self.running: dict[int, tuple[Path, Mutant]] = {}
        self.seconds = seconds
        self.stopped = 0  # runs that took too long or crashed
        for one in self.free:
            shutil.copytree(ROOT, one, ignore=left_out)

    def survivors(self, mutants: list[Mutant]) -> list[Mutant]:
        """Return the mutants that pass the tests, in the order of lines."""
        alive = []
        for mutant in mutants:
            if not self.free:
                alive += self.reap()
            place = self.free.pop()
            (place / mutant.snippet).write_text(mutant.text, "utf-8")
            self.running[self.fork(place, mutant.snippet)] = place, mutant
        while self.running:
            alive += self.reap()
        return sorted(alive, key=mutants.index)

    def reap(self) -> list[Mutant]:
        """Wait for a run to end. Return its mutant in a list if that survived."""
        pid, status = os.wait()
        place, mutant = self.running.pop(pid)
        shutil.copyfile(ROOT / mutant.snippet, place / mutant.snippet)
        self.free.append(place)
        self.stopped += os.WIFSIGNALED(status)
        return [mutant] if status == 0 else []

    def failure(self, snippet: str) -> str | None:
        """Return the output of the tests if they fail without a mutant. Import what they import."""
        place = self.free[0]
        _, status = os.waitpid(self.fork(place, snippet), 0)
        if status:
            return (place / SAID).read_text("utf-8")
        for name in (place / IMPORTED).read_text("utf-8").split():
            with contextlib.suppress(ImportError):  # a module without a file
                importlib.import_module(name)
        return None

    def fork(self, place: Path, snippet: str) -> int:
        """Start the tests of a snippet in a copy, and return the process id."""
        if pid := os.fork():
            return pid
        # A mutant may run forever. On a busy machine, only processor time is a fair limit.
        signal.setitimer(signal.ITIMER_PROF, self.seconds)
        signal.alarm(20 * self.seconds)
        said = os.open(place / SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        code = run_tests(place, snippet)
        names = [name for name in sys.modules if name.partition(".")[0] in PRELOADED]
        (place / IMPORTED).write_text("\n".join(names), "utf-8")
        sys.stdout.flush()
        os._exit(code)


def run_tests(place: Path, snippet: str) -> int:
    """Run the tests of a snippet in this process, and return pytest's exit code."""
    import pytest

    os.chdir(place)
    own = {"", str(ROOT), str(Path.cwd())}
    sys.path[:] = [str(place), *(folder for folder in sys.path if folder not in own)]
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    return int(pytest.main([test_of(snippet), *SUITE]))


def test_of(snippet: str) -> str:
    """Return the test file of a snippet: its own, or that of its chapter."""
    path = Path(snippet)
    folder = Path("tests", *path.parent.parts[1:])
    own, chapter = folder / f"test_{path.stem}.py", folder / f"test_{folder.name}.py"
    return str(chapter if not (ROOT / own).is_file() and (ROOT / chapter).is_file() else own)


# The report


def main() -> int:
    arguments = parsed()
    sys.dont_write_bytecode = True  # mutants may have the same size and time of change
    os.environ["MPLBACKEND"] = "agg"
    for name in HEAVY:
        importlib.import_module(name)
    importlib.import_module("torch").set_num_threads(1)
    stop_at_the_first_failure()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = Copies(Path(folder).resolve(), arguments.jobs, arguments.seconds)
        reports = [report(path, copies, arguments.shown) for path in arguments.snippets]
    made, explained, living, faults = (sum(numbers) for numbers in zip(*reports, strict=True))
    print(f"{made} mutants, {explained} equivalent, {living} alive, {faults} other problems")
    return 1 if living or faults else 0


def stop_at_the_first_failure() -> None:
    """Keep hypothesis from shrinking failures, which nobody reads here."""
    from hypothesis import Phase, settings

    settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate])
    settings.load_profile("mutants")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("snippets", nargs="*", type=Path)
    parser.add_argument("--shown", action="store_true", help="change what pages show too")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("--seconds", type=int, default=60, help="of processor time for a run")
    arguments = parser.parse_args()
    every = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    every = [path for path in every if "exercises" not in (path.stem, path.parent.name)]
    arguments.snippets = [path.resolve() for path in arguments.snippets] or every
    for path in arguments.snippets:
        if not (path.is_file() and path.is_relative_to(ROOT / "snippets")):
            parser.error(f"{path} is no snippet: name files below {ROOT / 'snippets'}")
    return arguments


def report(path: Path, copies: Copies, shown: bool) -> tuple[int, int, int, int]:
    """Report on a snippet. Return the numbers of mutants, explained and living ones, and faults."""
    snippet, start, before = str(path.relative_to(ROOT)), time.monotonic(), copies.stopped
    mutants = mutants_of(path, shown)
    if mutants and not (ROOT / test_of(snippet)).is_file():
        print(f"{snippet}:1: {test_of(snippet)} is missing", flush=True)
        return 0, 0, 0, 1
    if mutants and (said := copies.failure(snippet)) is not None:
        print(f"{snippet}:1: {test_of(snippet)} fails without any change:\n{said}", flush=True)
        return 0, 0, 0, 1
    alive = copies.survivors(mutants)
    explained = [mutant for mutant in alive if mutant.reason]
    living = [mutant for mutant in alive if not mutant.reason]
    idle = {change for of, change in EQUIVALENT if of == snippet} - {one.change for one in alive}
    stopped = f", {copies.stopped - before} stopped" if copies.stopped > before else ""
    took = f"{time.monotonic() - start:.0f} s"
    print(f"{snippet}: {len(mutants)} mutants, {len(alive)} alive{stopped}, {took}", flush=True)
    for mutant in living:
        print(f"  {snippet}:{mutant.line}: {mutant.change}", flush=True)
    for mutant in explained:
        print(f"  {snippet}:{mutant.line}: {mutant.change} (equivalent: {mutant.reason})")
    for change in sorted(idle):
        print(f"  {snippet}:1: no living mutant has this change any more: {change}", flush=True)
    return len(mutants), len(explained), len(living), len(idle)


if __name__ == "__main__":
    sys.exit(main())
