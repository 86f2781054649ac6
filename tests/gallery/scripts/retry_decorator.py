# SPDX-License-Identifier: MIT
# Expected: works
import itertools

# --8<-- [start:retry]
def retry(times, exceptions=(Exception,)):
    def decorator(func):
        def wrapper(*args):
            for attempt in itertools.count(1):
                try:
                    return func(*args)
                except exceptions as error:
                    print(f"attempt {attempt}: {error}")
                    if attempt == times:
                        raise

        return wrapper

    return decorator
# --8<-- [end:retry]
# --8<-- [start:flaky]
answers = iter([TimeoutError("no answer"), TimeoutError("still none"), "pong"])


@retry(times=3, exceptions=(TimeoutError,))
def ping():
    answer = next(answers)
    if isinstance(answer, Exception):
        raise answer
    return answer
# --8<-- [end:flaky]
# --8<-- [start:call]
print(ping())
# --8<-- [end:call]
# --8<-- [start:again]
print(list(answers))
# --8<-- [end:again]
