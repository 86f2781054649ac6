# SPDX-License-Identifier: MIT
"""Effects that names alone do not show: even so, each section becomes a program that runs alone."""

from __future__ import annotations

import random

import pytest

from engine.model.snippet import CodeBlock
from engine.programs.slicer import CannotStandAlone, Slicer
from engine.read.snippet import read_sections
from engine.run.pool import Pool
from tests.support.sample import Sample

DRAWS = random.Random(7)
DRAWN = [DRAWS.random() for _ in range(2)]

# The sections of a snippet, and the output of the last section.
IDIOMS = {
    "optimizer": (
        "import torch\nw = torch.nn.Parameter(torch.tensor(8.0))\nsgd = torch.optim.SGD([w], lr=0.25)",
        "for _ in range(3):\n    sgd.zero_grad()\n    (w**2).backward()\n    sgd.step()",
        "print(w.item())",
        "1.0",
    ),
    "progress that is printed": (
        "import torch\nw = torch.nn.Parameter(torch.tensor(4.0))\nsgd = torch.optim.SGD([w], lr=0.25)",
        "for step in range(4):\n    sgd.zero_grad()\n    (w**2).backward()\n    sgd.step()\n"
        "    if step % 2 == 0:\n        print(step)",
        "print(w.item())",
        "0.25",
    ),
    "training function that prints": (
        "import torch\nlayer = torch.nn.Linear(1, 1, bias=False)\ntorch.nn.init.ones_(layer.weight)",
        "def train(layer):\n    sgd = torch.optim.SGD(layer.parameters(), lr=0.5)\n"
        "    layer(torch.ones(1, 1)).sum().backward()\n    sgd.step()\n    print('trained')\n\ntrain(layer)",
        "print(layer.weight.item())",
        "0.5",
    ),
    "registering decorator": (
        "MODELS = {}\n\ndef register(cls):\n    MODELS[cls.__name__.lower()] = cls\n    return cls",
        "@register\nclass Tiny:\n    pass\n\n@register\nclass Large:\n    pass",
        "print(sorted(MODELS))",
        "['large', 'tiny']",
    ),
    "registry in another file": (
        "from snippets.registry import REGISTRY, register",
        "@register\ndef relu(x):\n    return max(x, 0)",
        "print({name: f(-2) for name, f in REGISTRY.items()})",
        "{'double': -4, 'relu': 0}",
    ),
    "init_subclass": (
        "class Shape:\n    kinds = []\n\n    def __init_subclass__(cls):\n        Shape.kinds.append(cls.__name__)",
        "class Circle(Shape):\n    pass\n\nclass Square(Shape):\n    pass",
        "print(Shape.kinds)",
        "['Circle', 'Square']",
    ),
    "metaclass": (
        "seen = []\n\nclass Meta(type):\n    def __init__(cls, *args):\n        seen.append(cls.__name__)",
        "class Base(metaclass=Meta):\n    pass",
        "print(seen)",
        "['Base']",
    ),
    "singledispatch": (
        "from functools import singledispatch\n\n@singledispatch\ndef kind(x):\n    return 'other'",
        "@kind.register\ndef _(x: int):\n    return 'number'",
        "print(kind(1), kind('a'))",
        "number other",
    ),
    "forward hook": (
        "import torch\nnet = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))\nshapes = []",
        "def keep(module, inputs, output):\n    shapes.append(tuple(output.shape))\n\n"
        "for layer in net:\n    layer.register_forward_hook(keep)",
        "_ = net(torch.ones(5, 2))\nprint(shapes)",
        "[(5, 3), (5, 1)]",
    ),
    "alias": ("a = [1]\nb = c = a", "c.append(2)", "print(a)", "[1, 2]"),
    "view": (
        "import torch\ntable = torch.zeros(2, 2)\nrow = table[0]",
        "row += 1",
        "print(table.tolist())",
        "[[1.0, 1.0], [0.0, 0.0]]",
    ),
    "function that edits its argument": (
        "def grow(items, item):\n    items.append(item)\n\nnames = []",
        "grow(names, 'x')",
        "print(names)",
        "['x']",
    ),
    "setattr": (
        "class Config:\n    pass",
        "for name in ('width', 'depth'):\n    setattr(Config, name, len(name))",
        "print(Config.width, Config.depth)",
        "5 5",
    ),
    "__setattr__": (
        "class Logged:\n    log = []\n\n    def __setattr__(self, name, value):\n"
        "        Logged.log.append(name)\n\nlogged = Logged()",
        "logged.first = 1\nlogged.second = 2",
        "print(Logged.log)",
        "['first', 'second']",
    ),
    "global": (
        "total = 0\n\ndef add(n):\n    global total\n    total += n",
        "add(2)\nadd(3)",
        "print(total)",
        "5",
    ),
    "global that only a function binds": (
        "def setup():\n    global config\n    config = {'lr': 1}\n\nsetup()",
        "config['lr'] /= 2",
        "print(config)",
        "{'lr': 0.5}",
    ),
    "class attribute": (
        "class Counted:\n    n = 0\n\n    def __init__(self):\n        Counted.n += 1",
        "first, second = Counted(), Counted()",
        "print(Counted.n)",
        "2",
    ),
    "function attribute": (
        "def f():\n    f.calls += 1\n\nf.calls = 0",
        "f()\nf()",
        "print(f.calls)",
        "2",
    ),
    "closure": (
        "def counter():\n    n = 0\n\n    def step():\n        nonlocal n\n        n += 1\n        return n\n\n"
        "    return step\n\ntick = counter()",
        "tick()",
        "print(tick())",
        "2",
    ),
    "seed": (
        "from random import random, seed as fix\n\nfix(7)",
        "print(random())",
        "print(random())",
        str(DRAWN[1]),
    ),
    "seed in a function": (
        "import random\n\ndef set_seed(n):\n    random.seed(n)\n\nset_seed(7)\nunused = random.random()",
        "print(random.random())",
        str(DRAWN[1]),
    ),
    "half a generator": (
        "def odd():\n    n = 1\n    while True:\n        yield n\n        n += 2\n\nnumbers = odd()",
        "print(next(numbers), next(numbers))",
        "print(next(numbers))",
        "5",
    ),
    "pop that is printed": ("stack = [1, 2, 3]", "print(stack.pop())", "print(stack)", "[1, 2]"),
    "cache": (
        "from functools import cache\n\n@cache\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)",
        "print(fib(10))",
        "print(fib.cache_info().misses)",
        "11",
    ),
    "print options": (
        "import torch\n\nthird = torch.tensor([1 / 3])",
        "torch.set_printoptions(precision=2)",
        "print(third)",
        "tensor([0.33])",
    ),
    "default type": (
        "import torch\n\ntorch.set_default_dtype(torch.float64)",
        "from torch import ones\n\nprint(ones(1).dtype)",
        "torch.float64",
    ),
    "decimal context": (
        "import decimal\n\ndecimal.getcontext().prec = 3",
        "print(decimal.Decimal(1) / 3)",
        "0.333",
    ),
    "environment": (
        "import os\n\nos.environ['MODE'] = 'dark'",
        "from os import getenv\n\nprint(getenv('MODE'))",
        "dark",
    ),
    "warnings as errors": (
        "import warnings\n\nwarnings.simplefilter('error')",
        "from warnings import warn\n\ntry:\n    warn('careful')\nexcept UserWarning as error:\n    print(error)",
        "careful",
    ),
    "monkeypatch": (
        "class Dog:\n    def speak(self):\n        return 'woof'\n\nrex = Dog()",
        "setattr(Dog, 'speak', lambda self: 'meow')",
        "print(rex.speak())",
        "meow",
    ),
    "exec": ("exec('answer = 6 * 7')", "print(answer)", "42"),
    "globals()": ("globals()['depth'] = 3", "print(depth)", "3"),
    "star of a package": ("from math import *", "print(floor(pi))", "3"),
    "star of a local file": ("from snippets.registry import *", "print(sorted(REGISTRY))", "['double']"),
    "local file for its effect": ("import snippets.precision\nimport torch", "print(torch.ones(1) / 3)", "tensor([0.3])"),
    "file that was written": (
        "import json\nfrom pathlib import Path\n\nPath('data.json').write_text(json.dumps([1, 2]))",
        "with open('data.json') as file:\n    print(sum(json.load(file)))",
        "3",
    ),
    "context manager": (
        "from contextlib import contextmanager\n\nlog = []\n\n@contextmanager\ndef step(name):\n"
        "    log.append(name)\n    yield\n    log.append(f'end of {name}')",
        "with step('a'):\n    pass",
        "print(log)",
        "['a', 'end of a']",
    ),
    "output that was captured": (
        "import io\nimport sys\n\nout = io.StringIO()\nsys.stdout, old = out, sys.stdout\nprint('inside')\nsys.stdout = old",
        "print(repr(out.getvalue()))",
        "'inside\\n'",
    ),
    "database": (
        "import sqlite3\n\nbase = sqlite3.connect(':memory:')\ncursor = base.cursor()\ncursor.execute('create table t (n)')",
        "cursor.executemany('insert into t values (?)', [(1,), (2,)])",
        "print(base.execute('select sum(n) from t').fetchone())",
        "(3,)",
    ),
    "threads": (
        "import threading\n\nsquares = {}\n\ndef work(n):\n    squares[n] = n * n\n\n"
        "workers = [threading.Thread(target=work, args=(n,)) for n in range(3)]",
        "for worker in workers:\n    worker.start()\nfor worker in workers:\n    worker.join()",
        "print(sorted(squares.items()))",
        "[(0, 0), (1, 1), (2, 4)]",
    ),
}  # fmt: skip
# The same, for idioms whose smallest slice is enough.
SMALL = {
    "logger set up elsewhere": (
        "import logging\nimport sys\n\nlogging.basicConfig(stream=sys.stdout, format='%(name)s: %(message)s', level='INFO', force=True)",
        "log = logging.getLogger('train')\nlog.info('start')",
        "log.info('stop')",
        "train: stop",
    ),
    "scheduler": (
        "import torch\nw = torch.nn.Parameter(torch.ones(1))\nadam = torch.optim.Adam([w], lr=1.0)\n"
        "halving = torch.optim.lr_scheduler.StepLR(adam, 1, gamma=0.5)",
        "for _ in range(3):\n    adam.step()\n    halving.step()",
        "print(adam.param_groups[0]['lr'])",
        "0.125",
    ),
    "model in eval mode": (
        "import torch\ndrop = torch.nn.Dropout(0.5)\nother = 1",
        "drop.eval()",
        "print(drop(torch.ones(2)).tolist())",
        "[1.0, 1.0]",
    ),
    "block without gradients": (
        "import torch\nw = torch.ones(2, requires_grad=True)",
        "with torch.no_grad():\n    w *= 3",
        "print(w.tolist())",
        "[3.0, 3.0]",
    ),
    "del": ("ages = {'a': 1, 'b': 2}", "del ages['a']", "print(ages)", "{'b': 2}"),
    "name of a builtin": ("sum = 0", "for n in (1, 2):\n    sum += n", "print(sum)", "3"),
    "print of one's own": ("def print(x, show=print):\n    show(x * 2)", "print('ab')", "abab"),
    "import that may fail": ("try:\n    import no_such_module as fast\nexcept ImportError:\n    fast = None", "print(fast)", "None"),
    "branch that may not run": ("size = 1\nif size > 5:\n    size = 5", "print(size)", "1"),
    "walrus and stars": ("if (n := len('hello')) > 3:\n    first, *rest = range(n)", "print(n, first, rest)", "5 0 [1, 2, 3, 4]"),
    "statements on one line": ("import random; random.seed(7); a = random.random()", "print(a == random.random())", "False"),
    "settings of pyplot": ("import matplotlib.pyplot as plt\n\nplt.rcParams['lines.linewidth'] = 9", "print(plt.rcParams['lines.linewidth'])", "9.0"),
    "value that changes below": ("scale = 1\n\ndef f():\n    return scale", "print(f())", "1"),
    "parser": ("import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument('--lr', type=float)", "print(parser.parse_args(['--lr', '0.5']))", "Namespace(lr=0.5)"),
    "heap": ("import heapq\n\nqueue = [3, 1, 2]", "print(heapq.nsmallest(1, queue))", "[1]"),
}  # fmt: skip
HELPERS = {
    "registry": "REGISTRY = {}\n\n\ndef register(f):\n    REGISTRY[f.__name__] = f\n    return f\n\n\n"
    "@register\ndef double(x):\n    return 2 * x\n",
    "precision": "import torch\n\ntorch.set_printoptions(precision=1)\n",
}


def stem_of(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def write(sample: Sample, name: str, *sections: str) -> None:
    """Write a snippet with these sections, all hidden, and a page that shows their code."""
    stem = stem_of(name)
    marked = (
        f"# --8<-- [start:s{n}] hidden\n{body}\n# --8<-- [end:s{n}]\n"
        for n, body in enumerate(sections)
    )
    sample.snippet("".join(marked), stem)
    shown = (f"::: code {stem}: s{n}\n" for n in range(len(sections)))
    sample.page("\n".join(shown), stem)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, pool: Pool) -> Sample:
    """A build of all idioms."""
    sample = Sample(tmp_path_factory.mktemp("idioms"), pool)
    for stem, text in HELPERS.items():
        sample.snippet(text, stem)
    for name, (*sections, _) in (IDIOMS | SMALL).items():
        write(sample, name, *sections)
    sample.refresh()
    return sample


@pytest.mark.parametrize("name", IDIOMS | SMALL)
def test_the_last_section_becomes_a_program(built: Sample, name: str) -> None:
    *sections, expected = (IDIOMS | SMALL)[name]
    report, stem = built.build, stem_of(name)
    assert not [p for p in report.problems if stem in p.where], "\n".join(map(str, report.problems))
    last = f"s{len(sections) - 1}"
    assert report.results[stem].sections[last].text == f"{expected}\n"
    assert report.programs[CodeBlock(stem, (last,))].endswith(f"{sections[-1]}\n")


def smallest(sample: Sample, name: str) -> str:
    """Return the program of the last section if names alone decided, or the refusal."""
    path = sample.root / "snippets" / f"{stem_of(name)}.py"
    sections, _ = read_sections(path.read_text(), name)
    try:
        return Slicer(sample.root).program(path, sections[-1:])
    except CannotStandAlone as error:
        return str(error)


def same_as_smallest(sample: Sample, idioms: dict[str, tuple[str, ...]]) -> list[str]:
    programs = sample.build.programs
    last = {name: CodeBlock(stem_of(name), (f"s{len(case) - 2}",)) for name, case in idioms.items()}
    return [name for name, block in last.items() if programs[block] == smallest(sample, name)]


def test_for_these_idioms_the_smallest_slice_is_not_enough(built: Sample) -> None:
    """Control of the test above: each of these idioms needs more than its names show."""
    assert same_as_smallest(built, IDIOMS) == []


def test_the_smallest_slice_is_taken_where_it_is_enough(built: Sample) -> None:
    assert same_as_smallest(built, SMALL) == [*SMALL]


def refusal(sample: Sample, *sections: str) -> str:
    """Return the message of a build with these sections, which has one problem."""
    write(sample, "refused", *sections)
    (problem,) = sample.refresh().problems
    return problem.message


@pytest.mark.parametrize(
    "body",
    [
        "print(object())",
        "import threading\n\nprint(threading.Lock())",
        "print(id(object()) * 1)",
        "import time\n\nprint(time.perf_counter())",
        "from datetime import datetime\n\nprint(datetime.now())",
        "from timeit import default_timer as now\n\nprint(f'{now():.9f} s')",
    ],
)
def test_times_and_addresses_are_distinguished_from_other_differences(
    sample: Sample, body: str
) -> None:
    message = refusal(sample, body)
    assert "alone it prints other times or addresses than the page shows" in message
    assert '"# measured: why"' in message


def test_a_random_output_needs_a_seed(sample: Sample) -> None:
    message = refusal(sample, "import random", "print(random.random())")
    assert "give the generator a seed" in message
    assert "measured" not in message


def test_an_excluded_statement_is_named_with_the_name_that_it_changes(sample: Sample) -> None:
    """A larger slice would include the file's own `step`, which another file's `step` excludes."""
    sample.snippet(
        "step = 1\ntotal = 0\n\n\ndef add():\n    global total\n    total += step\n    return total\n",
        "base",
    )
    sample.snippet(
        "from snippets.base import add\n\nstep = add()\n"
        "# --8<-- [start:a]\nprint(add())\n# --8<-- [end:a]\n"
    )
    sample.page("::: one: a\n")
    (problem,) = sample.refresh().problems
    assert problem.message == (
        "this block cannot stand alone as a program: alone it prints\n1\n\n"
        'it leaves out snippets/one.py:3, which changes "step"\n'
        'since the name "step" means one thing in snippets/base.py and another in snippets/one.py'
    )


def test_a_figure_of_an_earlier_section_is_closed(sample: Sample) -> None:
    """A figure drawn with random numbers advances the generator."""
    write(
        sample,
        "drawn",
        "import random\n\nimport matplotlib.pyplot as plt\n\nnumbers = random.Random(7)",
        "plt.figure(num='One')\nplt.plot([numbers.random(), 1])\nprint('drawn')",
        "plt.figure(num='Two')\nplt.plot([1, 2])\nprint(numbers.random())",
    )
    report = sample.refresh()
    assert not report.problems
    text = report.programs[CodeBlock("drawn", ("s2",))]
    assert text.count("plt.figure") == 2 and 'pyplot.close("all")' in text
    assert report.results["drawn"].sections["s2"].text == f"{DRAWN[1]}\n"


def test_statements_between_two_shown_sections_keep_their_place(sample: Sample) -> None:
    sample.snippet(
        "# --8<-- [start:a]\nx = []\n# --8<-- [end:a]\nx.append(1)\n"
        "# --8<-- [start:b]\nprint(x)\n# --8<-- [end:b]\n"
    )
    sample.page("::: one: a, b\n")
    (text,) = sample.refresh().programs.values()
    assert text == "x = []\n\nx.append(1)\n\nprint(x)\n"


def test_no_program_leaves_anything_to_the_next_one(sample: Sample) -> None:
    names = [f"n{n}" for n in range(6)]
    for name in names:
        write(
            sample,
            name,
            "import decimal\n\ndecimal.getcontext().prec = 3",
            "print(decimal.Decimal(1) / 3)",
        )
    programs = sample.refresh().programs
    without = [n for n in names if "prec = 3" not in programs[CodeBlock(n, ("s1",))]]
    assert without == []
