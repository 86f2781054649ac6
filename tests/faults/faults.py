# SPDX-License-Identifier: MIT
"""A table of faulty snippets, each with its expected message or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent

START, END = "# --8<-- [start:part] hidden\n", "# --8<-- [end:part]\n"


@dataclass(frozen=True)
class Fault:
    """A faulty file, and what the engine must do with it.

    told: words that its single message must contain; {file} stands for its name
    prints: the expected output of a fault that does no harm and needs no message
    beside: further files that belong to it, by stem
    """

    name: str
    text: bytes
    told: tuple[str, ...] = ()
    prints: str | None = None
    beside: dict[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        return "".join(letter if letter.isalnum() else "_" for letter in self.name)


def section(body: str) -> bytes:
    """Return a file whose only section is the body, which starts at line 2."""
    return f"{START}{dedent(body).strip(chr(10))}\n{END}".encode()


def refused(name: str, body: str | bytes, *told: str, **more: dict[str, str]) -> Fault:
    return Fault(name, body if isinstance(body, bytes) else section(body), told, **more)


def survived(name: str, body: str | bytes, prints: str, **more: dict[str, str]) -> Fault:
    return Fault(name, body if isinstance(body, bytes) else section(body), (), prints, **more)


def marked(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


ENDS = [
    refused("raises", "x = 1\nraise ValueError('no')", '{file}:3: in section "part": ValueError: no'),
    refused("raises in a thread", "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()", "{file}:1: wrote to standard error", "ZeroDivisionError"),
    refused("recurses without end", "def f():\n    f()\n\nf()", '{file}:3: in section "part": RecursionError', "more calls"),
    refused("raises what is no Exception", "class Odd(BaseException): pass\nraise Odd('odd')", '{file}:3: in section "part": ', "odd"),
    refused("raises an error that cannot be shown", "class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd", '{file}:4: in section "part": ', "Odd"),
    refused("raises with 10 MB to say", "raise ValueError('x' * 10**7)", '{file}:2: in section "part": ValueError: xxx', "… (10000012 characters)"),
    refused("exits", "import sys\nsys.exit(0)", '{file}:3: in section "part": the snippet exits', "let it run to its end"),
    refused("ends its process", "import os\nos._exit(0)", '{file}:3: section "part" ended its process (exit status 0)'),
    refused("is killed", "import os\nos.kill(os.getpid(), 9)", '{file}:3: section "part" was killed by SIGKILL', "out of memory?"),
    refused("is ended by a signal", "import os\nos.kill(os.getpid(), 15)", '{file}:3: section "part" was killed by SIGTERM'),
    refused("ends its process group", "import os\nos.killpg(0, 9)", '{file}:3: section "part" was killed by SIGKILL'),
    refused("crashes", "import ctypes\nctypes.string_at(0)", '{file}:3: section "part" was killed by SIGSEGV'),
    refused("aborts", "import os\nos.abort()", '{file}:3: section "part" was killed by SIGABRT'),
]  # fmt: skip

LASTS = [
    refused("hangs", "# timeout: 1 s\nimport time\n\ndef wait():\n    time.sleep(100)\n\nwait()", '{file}:6: section "part" runs longer than 1 s', 'a line "# timeout: 2 s"'),
    refused("hangs in C", "# timeout: 1 s\nimport re\nre.match('(a+)+$', 'a' * 60 + 'b')", '{file}:4: section "part" runs longer than 1 s'),
    refused("stops itself", "# timeout: 1 s\nimport os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", '{file}:4: section "part" runs longer than 1 s'),
    refused("waits for what nobody types", "input()", '{file}:2: in section "part": EOFError'),
    refused("prints 1 GB", "for _ in range(1000):\n    print('x' * 10**6)", 'section "part" prints without end: more than 200 kB'),
    refused("prints 1 GB to standard error", "import sys\nfor _ in range(1000):\n    print('x' * 10**6, file=sys.stderr)", 'section "part" prints without end: more than 200 kB'),
    refused("draws 21 figures", "import matplotlib.pyplot as plt\nfor i in range(21):\n    plt.figure(num=f'Figure {i}')", '{file}:1: section "part" draws 21 figures', "a page can show 20"),
    refused("draws 30,000 marks", "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(num='Many')\naxes.scatter(range(30_000), range(30_000))", "{file}:1: section \"part\": the figure 'Many' takes", "draw fewer marks"),
    refused("uses up its files", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))\nkept = []\nwhile True:\n    kept.append(open('/dev/null'))", '{file}:6: in section "part": OSError', "Too many open files"),
    refused("eats memory", "eaten = []\nwhile True:\n    eaten.append(bytes(10**8))", '{file}:4: in section "part": needs more than 4 GB of memory', "make it smaller"),
    refused("eats memory in torch", "import torch\ntorch.ones(10**11)", '{file}:3: in section "part": RuntimeError', "memory"),
    refused("writes a file without end", "with open('large', 'wb') as file:\n    file.truncate(10**11)", '{file}:3: in section "part": OSError', "File too large"),
    survived("forks", "import os\nif os.fork():\n    os.wait()\nprint('here')", "here\nhere\n"),
    survived("forks what it does not wait for", "import os, time\nfor _ in range(20):\n    if not os.fork():\n        time.sleep(1000)\nprint('parent')", "parent\n"),
    survived("starts a process in a session of its own", "import subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)\nprint('parent')", "parent\n"),
    survived("leaves a thread running", "import threading, time\nthreading.Thread(target=time.sleep, args=[1000]).start()\nprint('main')", "main\n"),
    refused("fails when Python ends", "import atexit\natexit.register(lambda: 1 / 0)\nprint('end')", "{file}:1: wrote to standard error", "ZeroDivisionError"),
]  # fmt: skip

PRINTS = [
    survived("prints markup", "print('<script>alert(1)</script> **b** {{ one: x }}')", "<script>alert(1)</script> **b** {{ one: x }}\n"),
    survived("prints colors", r"print('\x1b[31mred\x1b[0m \x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\')", "red link\n"),
    survived("prints control characters", r"print('a\x07\x00')", "a\\x07\\x00\n"),
    survived("prints invalid UTF-8", r"import os" "\n" r"os.write(1, b'a\xff\xfeb\n')", "a\ufffd\ufffdb\n"),
    survived("prints half a character", r"print('\ud800')", "\\ud800\n"),
    survived("prints carriage returns", r"print('a\r\nb\rc')", "a\nc\n"),
    survived("shows how far it is", r"for i in range(3): print(f'\rstep {i}', end='', flush=True)" "\nprint()", "step 2\n"),
    survived("prints when Python ends", "import atexit\natexit.register(print, 'bye')\n\nclass Door:\n    def __del__(self): print('closed')\n\ndoor = Door()\nprint('open')", "open\nbye\nclosed\n"),
    survived("prints an include", """print('--8<-- "one.py"')""", '--8<-- "one.py"\n'),
    refused("prints outside any section", b"print(1)\n" + section("x = 1"), "{file}:", "prints outside any section", "put the lines above into one"),
    refused("draws what cannot be drawn", "import matplotlib.pyplot as plt\nfigure, _ = plt.subplots(num='A')\nfigure.description = 5", "{file}:1: section \"part\": the figure 'A' cannot be drawn: TypeError"),
    refused("draws what has no title", "import matplotlib.pyplot as plt\nplt.subplots()", "{file}:1:", "a figure needs a title: plt.subplots(num='…')"),
]  # fmt: skip

SPOILS = [
    survived("changes directory", "import os\nos.chdir('/')\nprint(os.getcwd())", "/\n"),
    survived("removes its directory", "import os\nos.rmdir(os.getcwd())\nprint('gone')", "gone\n"),
    refused("removes what lies around its directory", "import os, shutil\nshutil.rmtree(os.path.dirname(os.getcwd()))", '{file}:3: section "part" removed what lies around its folder'),
    survived("closes all files", "import os\nos.closerange(3, 1000)\nprint('closed')", "closed\n"),
    survived("changes the environment", "import os\nos.environ.clear()\nos.environ['PATH'] = '/spoiled'\nprint(len(os.environ))", "1\n"),
    survived("changes the locale", "import locale\nlocale.setlocale(locale.LC_ALL, 'C')\nprint('ä')", "ä\n"),
    survived("changes the default dtype", "import torch\ntorch.set_default_dtype(torch.float64)\nprint(torch.ones(1).dtype)", "torch.float64\n"),
    survived("changes threads", "import torch\ntorch.set_num_threads(2)\nprint(torch.get_num_threads())", "2\n"),
    survived("changes print options", "import torch, numpy\ntorch.set_printoptions(precision=1)\nnumpy.set_printoptions(precision=1)\nprint(torch.tensor(1 / 3))", "tensor(0.3)\n"),
    survived("changes the random state", "import random, numpy, torch\nrandom.seed(5), numpy.random.seed(5), torch.manual_seed(5)\nprint(torch.initial_seed())", "5\n"),
    survived("changes rcParams", "import matplotlib\nmatplotlib.rcParams['font.size'] = 99\nprint(matplotlib.rcParams['font.size'])", "99.0\n"),
    survived("replaces print", "import builtins\nreal = print\nbuiltins.print = lambda *a: real('spoiled', *a)\nprint(1)", "spoiled 1\n"),
    survived("replaces torch.softmax", "import torch\ntorch.softmax = None\nprint(torch.softmax)", "None\n"),
    refused("forgets modules", "import sys\nsys.modules.clear()\nprint('cleared')", "{file}:1: AttributeError"),
    refused("takes what the engine needs", "import json\njson.dumps = None", '{file}:3: ', "ended its process (exit status 1)", "TypeError: 'NoneType' object is not callable"),
    survived("lowers the recursion limit", "import sys\nsys.setrecursionlimit(60)\nprint(sys.getrecursionlimit())", "60\n"),
    survived("ignores signals", "import signal\nfor n in (2, 15, 17):\n    signal.signal(n, signal.SIG_IGN)\nprint('deaf')", "deaf\n"),
    survived("closes standard output", "import sys\nprint('before')\nsys.stdout.close()", "before\n"),
    survived("replaces standard output", "import io, sys\nprint('before')\nsys.stdout = io.StringIO()\nprint('lost')", "before\n"),
    survived("makes a folder that is there", "import pathlib\npathlib.Path(__file__).parents[2].mkdir(exist_ok=True)\nprint('there')", "there\n"),
    survived("writes beside itself", "open('scratch.txt', 'w').write('x')\nprint(open('scratch.txt').read())", "x\n"),
    refused("writes into the project", "import pathlib\nroot = pathlib.Path(__file__).parent.parent\n(root / 'docs/written.md').write_text('x')", '{file}:4: in section "part": PermissionError', "docs/written.md", "outside its folder"),
    refused("writes into the cache", "import pathlib\nroot = pathlib.Path(__file__).parent.parent\n(root / '.cache/outputs/neighbor').mkdir()", '{file}:4: in section "part": PermissionError', "outside its folder"),
    refused("removes a neighbor", "import pathlib\npathlib.Path(__file__).with_name('neighbor.py').unlink()", '{file}:3: in section "part": PermissionError', "snippets/neighbor.py", "outside its folder"),
    refused("makes a neighbor unreadable", "import pathlib\npathlib.Path(__file__).with_name('neighbor.py').chmod(0)", '{file}:3: in section "part": PermissionError', "snippets/neighbor.py", "outside its folder"),
    refused("removes a folder of the project", "import pathlib, shutil\nshutil.rmtree(pathlib.Path(__file__).parent.parent / 'docs')", '{file}:3: in section "part": PermissionError', "may not change docs", "outside its folder"),
    refused("removes the project", "import pathlib, shutil\nshutil.rmtree(pathlib.Path(__file__).parent.parent)", '{file}:3: in section "part": PermissionError', "may not change /", "outside its folder"),
    refused("renames the project", "import os, pathlib\nos.rename(pathlib.Path(__file__).parent.parent, 'elsewhere')", '{file}:3: in section "part": PermissionError', "may not change /", "outside its folder"),
    refused("renames itself", "import os\nos.rename(__file__, 'elsewhere.py')", '{file}:3: in section "part": PermissionError', "outside its folder"),
]  # fmt: skip

FILES = [
    refused("has a syntax error", "x = (", "{file}:2: in section \"part\": SyntaxError: '(' was never closed"),
    refused("has a syntax error in what it imports", "from snippets.half import x", "snippets/half.py:2: SyntaxError", beside={"half": "x = 1\nx = (\n"}),
    refused("is nested too deep for the parser", "x = " + "-" * 100_000 + "1", "{file}:1: is nested too deep for Python to read: take it apart"),
    refused("is nested too deep for the compiler", "x = " + "1 + " * 50_000 + "1", "{file}:1: ", "nested too deep"),
    refused("holds an include in a text", 'text = """\n--8<-- "one.py"\n"""', "{file}:3: reads like an include", "write the line in another way"),
    refused("gives its time in minutes", b"# timeout: 5 min\n" + section("print(1)"), '{file}:1: a time is given as "# timeout: 120 s"'),
    refused("gives no reason to measure", b"# measured:\n" + section("print(1)"), '{file}:1: what is measured is told as "# measured: why"'),
    refused("holds a zero byte", b"x = '\x00'\n" + section("print(1)"), "{file}:1: ", "null bytes"),
    refused("is not UTF-8", b"# caf\xe9\n" + section("print(1)"), "{file}:1: is not UTF-8"),
    refused("mixes tabs and spaces", b"if 1:\n\tx = 1\n        y = 1\n" + section("print(1)"), "{file}:3: TabError"),
    refused("imports itself in a circle", "from snippets.circle import x", "snippets/square.py:1: ImportError: cannot import name 'x'", "circular import", beside={"circle": "from snippets.square import y\nx = 1\n", "square": "from snippets.circle import x\ny = 1\n"}),
    refused("imports what is not there", "import snippets.nowhere", '{file}:2: in section "part": ModuleNotFoundError', "nowhere"),
    survived("has a BOM", b"\xef\xbb\xbf" + section("print('BOM')"), "BOM\n"),
    survived("has CRLF", section("x = 1\nprint('CRLF')").replace(b"\n", b"\r\n"), "CRLF\n"),
    survived("has tabs", b"if __name__ == '__main__':\n\t# --8<-- [start:part] hidden\n\tprint('tab')\n\t# --8<-- [end:part]\n", "tab\n"),
    survived("has names that are not ASCII", "größe, 数 = 1, 2\nprint(größe + 数)", "3\n"),
    survived("has form feeds and line separators", b"\x0c\n# \xe2\x80\xa8 \x1c\n" + section("print('lines')"), "lines\n"),
    survived("has no last line end", section("print('end')").rstrip(), "end\n"),
]  # fmt: skip

SECTIONS = [
    refused("a section is never closed", marked("x = 1", "# --8<-- [start:a]"), '{file}:2: section "a" is never closed: add "# --8<-- [end:a]"'),
    refused("a section is never opened", marked("# --8<-- [end:a]"), '{file}:1: section "a" ends here but is not open: add its start or remove this'),
    refused("sections are nested", marked("# --8<-- [start:a]", "# --8<-- [start:b]", "# --8<-- [end:b]", "# --8<-- [end:a]"), '{file}:2: section "b" starts inside section "a" (line 1)', "end the first one before"),
    refused("sections overlap", marked("# --8<-- [start:a]", "# --8<-- [start:b]", "# --8<-- [end:a]", "# --8<-- [end:b]"), '{file}:2: section "b" starts inside section "a" (line 1)'),
    refused("a section is doubled", marked("# --8<-- [start:a] hidden", "# --8<-- [end:a]", "# --8<-- [start:a]", "# --8<-- [end:a]"), '{file}:3: section "a" is there twice (first at line 1): rename one'),
    refused("a section has no name", marked("# --8<-- [start:]", "# --8<-- [end:]"), '{file}:1: "" cannot name a section'),
    refused("a section is named by a number", marked("# --8<-- [start:1]", "# --8<-- [end:1]"), '{file}:1: "1" cannot name a section: use letters'),
    refused("a word after a marker is misspelt", marked("# --8<-- [start:a] hiden", "x = 1", "# --8<-- [end:a]"), '{file}:1: "hiden" after a marker: only "hidden" may stand there'),
    refused("a section cuts a statement", marked("# --8<-- [start:a] hidden", "def f():", "    x = 1", "# --8<-- [end:a]", "    return x"), '{file}:4: section "a" cuts the statement of lines 2 to 5 in two: move the marker'),
    refused("a section that no page shows", marked("# --8<-- [start:a]", "x = 1", "# --8<-- [end:a]"), '{file}:1: no page shows section "a": show it, or write "hidden"'),
    survived("a section of the same name in another file", "from snippets.same import x\nprint(x)", "1\n", beside={"same": "# --8<-- [start:part] hidden\nx = 1\n# --8<-- [end:part]\n"}),
    survived("a section is empty", marked("# --8<-- [start:a] hidden", "# --8<-- [end:a]", "# --8<-- [start:part] hidden", "print(1)", "# --8<-- [end:part]"), "1\n"),
]  # fmt: skip

FAULTS = [*ENDS, *LASTS, *PRINTS, *SPOILS, *FILES, *SECTIONS]
assert len({fault.stem for fault in FAULTS}) == len(FAULTS), "two faults share a name"
