# SPDX-License-Identifier: MIT
# Expected: works
import traceback

# --8<-- [start:custom]
class ConfigError(Exception):
    def __init__(self, key):
        super().__init__(f"missing key {key!r}")
        self.key = key


def read(config, key):
    try:
        return config[key]
    except KeyError:
        raise ConfigError(key) from None
# --8<-- [end:custom]
# --8<-- [start:catch]
try:
    read({}, "lr")
except ConfigError as error:
    last = error
    print(type(error).__name__, error.key)
finally:
    print("cleaned up")
# --8<-- [end:catch]
# --8<-- [start:notes]
last.add_note("look into config.toml")
print("".join(traceback.format_exception_only(last)), end="")
# --8<-- [end:notes]
# --8<-- [start:group]
try:
    raise ExceptionGroup("several", [ValueError("a"), TypeError("b")])
except* ValueError as group:
    print("values:", group.exceptions)
except* TypeError as group:
    print("types:", len(group.exceptions))
# --8<-- [end:group]
