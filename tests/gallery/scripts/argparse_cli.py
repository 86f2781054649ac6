# SPDX-License-Identifier: MIT
# Expected: works
import argparse

# --8<-- [start:parser]
parser = argparse.ArgumentParser(prog="train", description="Train a model.")
parser.add_argument("data", help="folder of examples")
parser.add_argument("--epochs", type=int, default=10, metavar="N")
parser.add_argument("-v", "--verbose", action="count", default=0)
# --8<-- [end:parser]
# --8<-- [start:sub]
actions = parser.add_argument_group("schedule")
actions.add_argument("--warmup", type=float, default=0.1)
# --8<-- [end:sub]
# --8<-- [start:parse]
args = parser.parse_args(["images", "--epochs", "3", "-vv"])
print(vars(args))
# --8<-- [end:parse]
# --8<-- [start:usage]
print(parser.format_usage(), end="")
# --8<-- [end:usage]
