# SPDX-License-Identifier: MIT
# Expected: works
from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

# --8<-- [start:define]
@dataclass(frozen=True, slots=True)
class OptimizerConfig:
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)


@dataclass
class TrainConfig:
    name: str
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    layers: list[int] = field(default_factory=lambda: [64, 64])

    def __post_init__(self):
        if not self.layers:
            raise ValueError("needs at least one layer")
# --8<-- [end:define]
# --8<-- [start:create]
base = TrainConfig("base")
print(base)
# --8<-- [end:create]
# --8<-- [start:replace]
wide = dataclasses.replace(base, name="wide", layers=[256])
wide.layers.append(10)
print(wide.layers, base.layers)
print(dataclasses.asdict(wide)["optimizer"])
# --8<-- [end:replace]
# --8<-- [start:frozen]
try:
    base.optimizer.lr = 1
except dataclasses.FrozenInstanceError as error:
    print(type(error).__name__, "-", error)
# --8<-- [end:frozen]
