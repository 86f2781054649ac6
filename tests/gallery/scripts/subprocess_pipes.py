# SPDX-License-Identifier: MIT
# Expected: works
import subprocess
import sys

# --8<-- [start:capture]
result = subprocess.run(
    [sys.executable, "-c", "import sys; print(sys.stdin.read().upper(), end='')"],
    input="hello\n",
    capture_output=True,
    text=True,
    check=True,
)
print(result.stdout, end="")
# --8<-- [end:capture]
# --8<-- [start:failure]
try:
    subprocess.run([sys.executable, "-c", "raise SystemExit(3)"], check=True)
except subprocess.CalledProcessError as error:
    print("exit status", error.returncode)
# --8<-- [end:failure]
