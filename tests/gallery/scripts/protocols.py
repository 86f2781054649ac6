# SPDX-License-Identifier: MIT
# Expected: works
from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, Protocol, TypeVar, runtime_checkable

# --8<-- [start:protocol]
@runtime_checkable
class Drawable(Protocol):
    def draw(self) -> str: ...


class Circle:
    def draw(self) -> str:
        return "()"


print(isinstance(Circle(), Drawable), isinstance(3, Drawable))
# --8<-- [end:protocol]
# --8<-- [start:generic]
T = TypeVar("T")


class Stack(Generic[T]):
    def __init__(self) -> None:
        self._items: list[T] = []

    def push(self, item: T) -> Stack[T]:
        self._items.append(item)
        return self

    def __len__(self) -> int:
        return len(self._items)


stack: Stack[int] = Stack()
stack.push(1).push(2)
# --8<-- [end:generic]
# --8<-- [start:length]
print(len(stack))
# --8<-- [end:length]
# --8<-- [start:abstract]
class Shape(ABC):
    @abstractmethod
    def area(self): ...


try:
    Shape()
except TypeError as error:
    print(str(error).split(" with")[0])
# --8<-- [end:abstract]
