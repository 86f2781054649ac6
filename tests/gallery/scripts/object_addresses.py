# SPDX-License-Identifier: MIT
# Expected: refused: addresses
# --8<-- [start:model]
class Model:
    pass


models = [Model(), Model()]
print(models)
# --8<-- [end:model]
