# SPDX-License-Identifier: MIT
"""What one program could leave to the next one in its process.

A process in which nothing of it has changed is as good as a new one.
"""

from __future__ import annotations

import builtins
import gc
import locale
import os
import random
import signal
import sys
import threading
import warnings
from typing import Any

SIGNALS = sorted(signal.valid_signals())


def state() -> dict[str, Any]:
    """The state of this process; two of them are `==` where nothing of it changed in between.

    Those modules that snippets use most are compared name by name, so that a patched function of
    theirs counts as a change.
    """
    import matplotlib
    import numpy as np
    import torch
    from matplotlib import pyplot

    patched = (builtins, os, random, torch, torch.Tensor, torch.nn.functional, torch.nn.Module)
    return {
        "names": [dict(vars(one)) for one in (*patched, np, pyplot)],
        "random": (
            random.getstate(),
            torch.get_rng_state().numpy().tobytes(),
            random_state_of_numpy(),
        ),
        "torch": (
            dict(vars(torch._tensor_str.PRINT_OPTS)),
            torch.get_default_dtype(),
            torch.get_default_device(),
            torch.get_num_threads(),
            torch.is_grad_enabled(),
            torch.are_deterministic_algorithms_enabled(),
        ),
        "numpy": (np.get_printoptions(), np.geterr()),
        "matplotlib": (dict(matplotlib.rcParams), pyplot.get_fignums()),
        "warnings": (list(warnings.filters), warnings.showwarning),
        "process": (dict(os.environ), locale.setlocale(locale.LC_ALL), sys.getrecursionlimit()),
        "running": (threading.active_count(), has_children(), gc.isenabled(), sys.gettrace()),
        "signals": [signal.getsignal(number) for number in SIGNALS],
    }


def random_state_of_numpy() -> tuple[Any, ...]:
    import numpy as np

    name, keys, *rest = np.random.get_state(legacy=True)
    return name, keys.tobytes(), *rest


def has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True
