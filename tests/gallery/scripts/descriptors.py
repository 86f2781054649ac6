# SPDX-License-Identifier: MIT
# Expected: works
# --8<-- [start:define]
class Positive:
    def __set_name__(self, owner, name):
        self.name = f"_{name}"

    def __get__(self, instance, owner):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(f"{self.name[1:]} must be positive")
        setattr(instance, self.name, value)


class Box:
    width = Positive()
    height = Positive()

    def __init__(self, width, height):
        self.width, self.height = width, height

    def __repr__(self):
        return f"Box({self.width}, {self.height})"
# --8<-- [end:define]
# --8<-- [start:make]
box = Box(2, 3)
box.height *= 2
# --8<-- [end:make]
# --8<-- [start:show]
print(box, vars(box))
# --8<-- [end:show]
# --8<-- [start:wrong]
try:
    box.width = -1
except ValueError as error:
    print(error)
print(box.width)
# --8<-- [end:wrong]
