# SPDX-License-Identifier: MIT
# Expected: works
# --8<-- [start:base]
class Layer:
    registry = {}

    def __init_subclass__(cls, /, key=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Layer.registry[key or cls.__name__.lower()] = cls

    @classmethod
    def create(cls, key, *args):
        return cls.registry[key](*args)
# --8<-- [end:base]
# --8<-- [start:children]
class Scale(Layer, key="scale"):
    def __init__(self, by):
        self.by = by

    def __call__(self, x):
        return x * self.by


class Shift(Layer):
    def __init__(self, by):
        self.by = by

    def __call__(self, x):
        return x + self.by
# --8<-- [end:children]
# --8<-- [start:list]
print(list(Layer.registry))
# --8<-- [end:list]
# --8<-- [start:use]
net = [Layer.create("scale", 2), Layer.create("shift", 1)]
x = 5
for layer in net:
    x = layer(x)
print(x)
# --8<-- [end:use]
