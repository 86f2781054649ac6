# SPDX-License-Identifier: MIT
"""A shown section becomes a program that runs anywhere and has nothing that it does not need."""

from __future__ import annotations

import pytest

from engine.programs.slicer import CannotStandAlone, Slicer
from engine.read.snippet import read_sections
from engine.run.pool import Pool
from tests.support.sample import Sample


def program(sample: Sample, *names: str, stem: str = "one") -> str:
    path = sample.root / "snippets" / f"{stem}.py"
    sections, _ = read_sections(path.read_text(), "one.py")
    return Slicer(sample.root).program(path, [s for s in sections if s.name in names])


def test_a_local_import_inside_a_function_is_refused(sample: Sample) -> None:
    sample.snippet("x = 1", "base")
    sample.snippet(
        """
        # --8<-- [start:show]
        def f():
            from snippets.base import x

            return x
        # --8<-- [end:show]
        """
    )
    with pytest.raises(CannotStandAlone, match=r"snippets/one.py:3 imports a local file inside"):
        program(sample, "show")


def test_all_imported_parts_of_a_package_are_included(sample: Sample) -> None:
    sample.snippet(
        """
        import importlib.metadata
        import importlib.util, os.path

        # --8<-- [start:show]
        print(importlib.metadata.version("torch")[0], importlib.util.find_spec("torch").name)
        # --8<-- [end:show]
        """
    )
    assert program(sample, "show").startswith(
        "import importlib.metadata\nimport importlib.util\n\nprint"
    )


def test_a_program_has_only_the_needed_code_in_order(sample: Sample) -> None:
    sample.snippet(
        """
        # SPDX-License-Identifier: MIT
        import math
        import os

        # Why three.
        a = 3  # (shape)
        unused = os.getcwd()


        def area(r):
            return math.pi * helper(r)


        def helper(r):
            return r * a


        if __name__ == "__main__":
            # --8<-- [start:show]
            # What it is.
            print(area(2))
            # --8<-- [end:show]
        """
    )
    assert program(sample, "show") == (
        "import math\n\n# Why three.\na = 3  # (shape)\n\n\ndef area(r):\n    return math.pi * helper(r)\n\n\n"
        "def helper(r):\n    return r * a\n\n# What it is.\nprint(area(2))\n"
    )


def test_local_imports_are_inlined_through_any_number_of_files(sample: Sample) -> None:
    sample.snippet("import math\nx = math.pi\nnot_needed = 1\n", "group/base")
    sample.snippet("from snippets.group.base import x\ny = 2 * x\n", "group/middle")
    sample.snippet(
        "# --8<-- [start:a]\nfrom snippets.group.middle import y as z\n\nprint(z)\n# --8<-- [end:a]\n"
    )
    assert program(sample, "a") == "import math\n\nx = math.pi\n\ny = 2 * x\n\nz = y\n\nprint(z)\n"


def test_a_file_comes_after_all_files_that_it_needs(sample: Sample) -> None:
    sample.snippet("x = 1\n", "base")
    sample.snippet("from snippets.base import x\ny = 2\nz = x + y\n", "middle")
    sample.snippet("from snippets.middle import x as again\n", "door")
    sample.snippet(
        "from snippets.middle import y, z\nfrom snippets.door import again\n"
        "# --8<-- [start:a]\nprint(y, z, again)\n# --8<-- [end:a]\n"
    )
    assert program(sample, "a") == "x = 1\n\ny = 2\nz = x + y\n\nagain = x\n\nprint(y, z, again)\n"


def test_a_function_may_use_a_later_one(sample: Sample) -> None:
    sample.snippet(
        "# --8<-- [start:a]\ndef f():\n    return g()\n# --8<-- [end:a]\n\n\n"
        "def g():\n    return 2\n"
    )
    assert program(sample, "a") == "def g():\n    return 2\n\ndef f():\n    return g()\n"


def test_the_value_is_the_one_at_that_line(sample: Sample) -> None:
    sample.snippet(
        "x = [1]\nx.append(2)\ny = 0\n# --8<-- [start:a]\nprint(x)\n# --8<-- [end:a]\nx = [9]\n"
    )
    assert program(sample, "a") == "x = [1]\nx.append(2)\n\nprint(x)\n"


def test_an_earlier_seed_is_included(sample: Sample) -> None:
    sample.snippet(
        "import torch\ntorch.manual_seed(0)\n# --8<-- [start:a]\nprint(torch.rand(1))\n# --8<-- [end:a]\n"
    )
    assert "torch.manual_seed(0)" in program(sample, "a")


def test_names_of_arguments_and_comprehensions_are_not_needed(sample: Sample) -> None:
    sample.snippet(
        "r = i = k = 1\n# --8<-- [start:a]\nf = lambda r: [i + r for i in range(3)]\n"
        "print(f(1), {k: v for k, v in [(1, 2)]})\n# --8<-- [end:a]\n"
    )
    assert program(sample, "a").startswith("f = lambda r")


def test_a_statement_may_bind_what_it_uses(sample: Sample) -> None:
    sample.snippet(
        "total = 0\n# --8<-- [start:a]\nfor i in range(3):\n    total += i\n"
        "with open('x', 'w') as file:\n    file.write('')\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)\n"
        "def f():\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        return e\n"
        "n = 3\nwhile n:\n    n = n - 1\nprint(m := total)\n# --8<-- [end:a]\n"
    )
    assert program(sample, "a").startswith("total = 0\n\nfor i in")


def test_a_reassigned_name_needs_its_earlier_value(sample: Sample) -> None:
    sample.snippet("x = 1\nx = x + 1\n# --8<-- [start:a]\nprint(x)\n# --8<-- [end:a]\n")
    assert program(sample, "a") == "x = 1\nx = x + 1\n\nprint(x)\n"


def test_a_whole_file_without_sections_is_run_and_proved(sample: Sample) -> None:
    sample.snippet("def f():\n    return missing\n\n\nf()\n")
    sample.page('``` py\n--8<-- "one.py"\n```\n')
    assert "NameError: name 'missing' is not defined" in sample.problem()


def test_a_name_that_is_bound_nowhere_is_named(sample: Sample) -> None:
    sample.snippet("# --8<-- [start:a]\nprint(missing)\n# --8<-- [end:a]\n")
    with pytest.raises(CannotStandAlone, match=r'"missing" is bound nowhere in snippets/one\.py'):
        program(sample, "a")


def test_a_name_with_two_meanings_is_refused(sample: Sample) -> None:
    sample.snippet("x = 1\ny = x\n", "base")
    sample.snippet(
        "from snippets.base import y\nx = 2\n# --8<-- [start:a]\nprint(x, y)\n# --8<-- [end:a]\n"
    )
    with pytest.raises(CannotStandAlone, match='"x" means one thing in'):
        program(sample, "a")


def test_a_star_import_is_refused_with_its_line(sample: Sample) -> None:
    sample.snippet("x = 1\n", "base")
    sample.snippet("from snippets.base import *\n# --8<-- [start:a]\nprint(x)\n# --8<-- [end:a]\n")
    with pytest.raises(CannotStandAlone, match=r'"x" .+ snippets/one\.py:1 imports \*'):
        program(sample, "a")


def test_names_can_be_imported_from_a_package(sample: Sample) -> None:
    sample.snippet("y = 1\n", "package/base")
    sample.snippet("from .base import y\n\nx = y + 1\n", "package/__init__")
    sample.snippet(
        "from snippets.package import x, y\n# --8<-- [start:a]\nprint(x, y)\n# --8<-- [end:a]\n"
    )
    assert program(sample, "a") == "y = 1\n\nx = y + 1\n\nprint(x, y)\n"


@pytest.mark.parametrize("line", ["import snippets.package", "from snippets import package"])
def test_a_whole_package_is_refused(sample: Sample, line: str) -> None:
    sample.snippet("y = 1\n", "package/__init__")
    name = line.split()[1] if line.startswith("import") else "package"
    sample.snippet(f"{line}\n# --8<-- [start:a]\nprint({name}.y)\n# --8<-- [end:a]\n")
    with pytest.raises(CannotStandAlone, match="import the names you use from it"):
        program(sample, "a")


def test_a_whole_module_is_refused(sample: Sample) -> None:
    sample.snippet("y = 1\n", "base")
    sample.snippet(
        "from snippets import base\n# --8<-- [start:a]\nprint(base.y)\n# --8<-- [end:a]\n"
    )
    with pytest.raises(CannotStandAlone, match="import the names you use from it"):
        program(sample, "a")


def test_a_name_may_equal_that_of_its_module(sample: Sample) -> None:
    sample.snippet("same = 4\n", "same")
    sample.snippet(
        "from snippets.same import same\n# --8<-- [start:a]\nprint(same)\n# --8<-- [end:a]\n"
    )
    assert program(sample, "a") == "same = 4\n\nprint(same)\n"


def test_a_whole_file_is_a_program_without_markers_and_local_imports(sample: Sample) -> None:
    sample.snippet("x = 1\n", "base")
    sample.snippet(
        "from snippets.base import x\n# --8<-- [start:a] hidden\ny = x\n# --8<-- [end:a]\n\n"
        "if __name__ == '__main__':\n    # --8<-- [start:b] hidden\n    print(y)\n    # --8<-- [end:b]\n"
    )
    sample.page('``` py\n--8<-- "one.py"\n```\n\n::: output one: b\n')
    (text,) = sample.refresh().programs.values()
    assert text == "x = 1\n\ny = x\n\nif __name__ == '__main__':\n    print(y)\n"


FENCE = "::: one: a\n"


def test_a_block_that_prints_something_else_alone_fails_the_build(sample: Sample) -> None:
    sample.section(
        """
        from pathlib import Path

        print(Path(__file__).stem == "one")
    """,
        name="a",
    )
    sample.page(FENCE)
    assert sample.problem().startswith(
        "docs/page.md:1: this block cannot stand alone as a program: alone it prints\nFalse"
    )


@pytest.mark.parametrize("differs", ["axes.set_title(word)", "figure.description = word"])
def test_a_block_that_draws_something_else_alone_fails_the_build(
    sample: Sample, differs: str
) -> None:
    sample.section(
        f"""
        from pathlib import Path

        import matplotlib.pyplot as plt

        word = str(Path(__file__).stem == "one")
        figure, axes = plt.subplots(num="One")
        {differs}
    """,
        name="a",
    )
    sample.page(FENCE)
    assert sample.problem().startswith(
        "docs/page.md:1: this block cannot stand alone as a program: alone it draws 1 figures"
    )


def test_a_measured_output_may_differ_in_the_program(sample: Sample) -> None:
    body = "import time\n\nprint(time.perf_counter())"
    code = f"# --8<-- [start:a]\n{body}\n# --8<-- [end:a]\n"
    sample.page(FENCE)
    sample.snippet(code)
    assert "alone it prints" in sample.problem()
    sample.snippet(f"# measured: times differ\n{code}")
    assert not sample.refresh().problems


def test_a_measured_section_must_still_run_alone(sample: Sample) -> None:
    sample.snippet("x = 1\n", "base")
    sample.snippet(
        "# measured: times differ\n# --8<-- [start:a]\nimport importlib\n\n"
        "print(importlib.import_module('snippets.base').x)\n# --8<-- [end:a]\n"
    )
    sample.page(FENCE)
    assert "No module named 'snippets'" in sample.problem()


def test_a_block_that_needs_the_repository_fails_the_build(sample: Sample) -> None:
    sample.snippet("x = 1\n", "base")
    sample.snippet(
        "# --8<-- [start:a]\nimport importlib\n\n"
        "print(importlib.import_module('snippets.base').x)\n# --8<-- [end:a]\n"
    )
    sample.page(FENCE)
    assert "No module named 'snippets'" in sample.problem()


def test_a_proof_is_kept_and_made_again_when_the_code_changes(sample: Sample) -> None:
    sample.snippet("x = 1\n", "base")
    sample.snippet(
        "# --8<-- [start:a]\nfrom snippets.base import x\n\nprint(x)\n# --8<-- [end:a]\n"
    )
    sample.page(FENCE)
    (text,) = sample.refresh().programs.values()
    assert text == "x = 1\n\nprint(x)\n"
    engine = sample.fresh_engine()
    engine.pool = Pool()
    assert list(engine.refresh().programs.values()) == [text]
    assert engine.pool.workers == [], "something was run"
    sample.snippet("x = 2\n", "base")
    sample.fresh_engine()
    assert list(sample.refresh().programs.values()) == ["x = 2\n\nprint(x)\n"]


@pytest.mark.parametrize("mark", ["\x0c", "\x1c", "\x85", "\u2028"])
def test_separators_that_do_not_end_a_line_in_python_move_no_line(
    sample: Sample, mark: str
) -> None:
    sample.snippet(
        f"# {mark} above\n# --8<-- [start:a]\na = 1\nb = 2\nprint(a + b)\n# --8<-- [end:a]\n"
    )
    assert program(sample, "a") == "a = 1\nb = 2\nprint(a + b)\n"


def test_annotations_of_a_function_are_needed(sample: Sample) -> None:
    sample.snippet(
        """
        from torch import Size, Tensor
        # --8<-- [start:a]
        def first(x: Tensor) -> Size:
            return x[0]
        # --8<-- [end:a]
        """
    )
    assert program(sample, "a").startswith("from torch import Size\nfrom torch import Tensor\n\n")


def test_future_imports_stay_first(sample: Sample) -> None:
    sample.snippet(
        "from __future__ import annotations\n\ndef f(x: Later): return x\n\nclass Later: pass\n",
        "base",
    )
    sample.snippet(
        """
        from __future__ import annotations
        # --8<-- [start:a]
        import math
        from snippets.base import f

        print(f(math.pi))
        # --8<-- [end:a]
        """
    )
    text = program(sample, "a")
    assert text.startswith("from __future__ import annotations\n\n")
    assert text.count("__future__") == 1
    compile(text, "program", "exec")


def test_a_pattern_binds_names(sample: Sample) -> None:
    sample.snippet(
        """
        pair = [1, 2, 3]
        # --8<-- [start:a]
        match pair:
            case [first, *rest] as whole:
                print(first, rest, whole)
        # --8<-- [end:a]
        """
    )
    assert program(sample, "a").startswith("pair = [1, 2, 3]\n\nmatch pair:")


def test_a_local_of_an_inner_function_is_none_of_the_outer(sample: Sample) -> None:
    sample.snippet(
        """
        x = 5
        # --8<-- [start:a]
        def outer():
            def inner():
                x = 1
                return x

            return x + inner()
        # --8<-- [end:a]
        """
    )
    assert program(sample, "a").startswith("x = 5\n")
