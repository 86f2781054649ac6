# SPDX-License-Identifier: MIT
# Expected: works
import re
from typing import NamedTuple

# --8<-- [start:token]
class Token(NamedTuple):
    kind: str
    text: str
    column: int


SPEC = {"number": r"\d+(?:\.\d*)?", "name": r"[A-Za-z_]\w*", "op": r"[+\-*/=()]", "skip": r"[ \t]+"}
LEXER = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in SPEC.items()))
# --8<-- [end:token]
# --8<-- [start:lex]
def lex(line):
    position = 0
    while position < len(line):
        match = LEXER.match(line, position)
        if match is None:
            raise SyntaxError(f"unexpected {line[position]!r} at {position}")
        if match.lastgroup != "skip":
            yield Token(match.lastgroup, match.group(), match.start())
        position = match.end()


for token in lex("area = 3.5 * r"):
    print(token)
# --8<-- [end:lex]
# --8<-- [start:error]
try:
    list(lex("a ? b"))
except SyntaxError as error:
    print(error)
# --8<-- [end:error]
