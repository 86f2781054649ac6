# SPDX-License-Identifier: MIT
"""Forks a kernel for each line that it reads: a connection file, and the folder to run in.

    python -P forks.py torch matplotlib.pyplot

Before, it imports these modules, and does nothing else: for a kernel that is two seconds of a
processor, and there are many notebooks. Nothing of the project is on its path.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys

from ipykernel.kernelapp import launch_new_instance


def reap(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.freeze()  # a collection in a kernel would copy every page that it looks at
    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            connection, folder = json.loads(line)
            os.chdir(folder)
            print(os.getpid(), flush=True)  # once it leads a group, which may be killed
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            sys.argv = ["kernel", "-f", connection]
            launch_new_instance()
            os._exit(0)


if __name__ == "__main__":
    main()
