# SPDX-License-Identifier: MIT
# Expected: works
from contextlib import ExitStack, contextmanager, suppress

# --8<-- [start:define]
depth = 0


@contextmanager
def indent(title):
    global depth
    say(title)
    depth += 1
    try:
        yield
    finally:
        depth -= 1


def say(text):
    print("  " * depth + text)
# --8<-- [end:define]
# --8<-- [start:nested]
with indent("outer"):
    say("in outer")
    with indent("inner"):
        say("in inner")
say("done")
# --8<-- [end:nested]
# --8<-- [start:stack]
with ExitStack() as stack:
    for n in range(3):
        stack.callback(print, "closing", n)
    print("working")
# --8<-- [end:stack]
# --8<-- [start:suppressed]
with suppress(ZeroDivisionError), indent("risky"):
    1 / 0
say("still at the margin")
# --8<-- [end:suppressed]
