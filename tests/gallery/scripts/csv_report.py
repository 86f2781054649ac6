# SPDX-License-Identifier: MIT
# Expected: works
import csv
import io
from statistics import mean

# --8<-- [start:raw]
RAW = """city,year,rain
Oslo,2021,763
Oslo,2022,612
Bergen,2021,2250
Bergen,2022,2495
"""
rows = list(csv.DictReader(io.StringIO(RAW)))
print(rows[0])
# --8<-- [end:raw]
# --8<-- [start:group]
by_city = {}
for row in rows:
    by_city.setdefault(row["city"], []).append(float(row["rain"]))
for city, values in by_city.items():
    print(f"{city:<8}{mean(values):>8.1f} mm")
# --8<-- [end:group]
# --8<-- [start:save]
with open("report.csv", "w", newline="") as f:
    out = csv.writer(f, delimiter=";")
    out.writerow(["city", "mean"])
    out.writerows([c, mean(v)] for c, v in by_city.items())
# --8<-- [end:save]
# --8<-- [start:read]
print(open("report.csv").read(), end="")
# --8<-- [end:read]
