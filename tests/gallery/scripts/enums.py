# SPDX-License-Identifier: MIT
# Expected: works
from enum import Enum, Flag, auto, unique

# --8<-- [start:weekday]
@unique
class Day(Enum):
    MON = 1
    TUE = 2
    WED = 3

    @property
    def next(self):
        members = list(Day)
        return members[(members.index(self) + 1) % len(members)]


print(Day.WED.next, Day["TUE"].value, Day(1))
# --8<-- [end:weekday]
# --8<-- [start:flags]
class Permission(Flag):
    READ = auto()
    WRITE = auto()
    RUN = auto()


mine = Permission.READ | Permission.RUN
print(Permission.WRITE in mine, mine & Permission.RUN)
# --8<-- [end:flags]
# --8<-- [start:remove]
mine &= ~Permission.READ
print(mine)
# --8<-- [end:remove]
