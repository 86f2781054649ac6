# SPDX-License-Identifier: MIT
# Expected: works
# --8<-- [start:class]
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best, self.waited = patience, float("inf"), 0

    def __call__(self, loss):
        if loss < self.best:
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        return self.waited >= self.patience
# --8<-- [end:class]
# --8<-- [start:run]
stopper = EarlyStopping(patience=2)
for epoch, loss in enumerate([0.9, 0.7, 0.65, 0.66, 0.68, 0.4]):
    if stopper(loss):
        print(f"stopped after epoch {epoch}")
        break
else:
    print("never stopped")
# --8<-- [end:run]
# --8<-- [start:best]
print(stopper.best, stopper.waited)
# --8<-- [end:best]
