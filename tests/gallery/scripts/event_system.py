# SPDX-License-Identifier: MIT
# Expected: works
from collections import defaultdict

# --8<-- [start:bus]
listeners = defaultdict(list)


def on(event):
    def register(func):
        listeners[event].append(func)
        return func

    return register


def emit(event, *args):
    return [listener(*args) for listener in listeners[event]]
# --8<-- [end:bus]
# --8<-- [start:subscribe]
@on("saved")
def notify(name):
    return f"{name} was saved"


@on("saved")
def backup(name):
    return f"copied {name}"
# --8<-- [end:subscribe]
# --8<-- [start:fire]
print(emit("saved", "draft.txt"))
# --8<-- [end:fire]
# --8<-- [start:unsubscribe]
listeners["saved"].remove(backup)
print(emit("saved", "final.txt"))
# --8<-- [end:unsubscribe]
