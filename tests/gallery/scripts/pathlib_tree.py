# SPDX-License-Identifier: MIT
# Expected: works
from pathlib import Path

# --8<-- [start:create]
root = Path("project")
for name in ("src/main.py", "src/util.py", "docs/index.md", "README.md"):
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# {file.stem}\n" * len(name))
# --8<-- [end:create]
# --8<-- [start:walk]
for path in sorted(root.rglob("*")):
    depth = len(path.relative_to(root).parts) - 1
    print("  " * depth + path.name + ("/" if path.is_dir() else ""))
# --8<-- [end:walk]
# --8<-- [start:sizes]
sizes = {p.suffix: 0 for p in root.rglob("*.*")}
for p in root.rglob("*.*"):
    sizes[p.suffix] += p.stat().st_size
print(sizes)
# --8<-- [end:sizes]
# --8<-- [start:rename]
target = (root / "README.md").rename(root / "readme.txt")
print(target.as_posix(), target.exists(), (root / "README.md").exists())
# --8<-- [end:rename]
