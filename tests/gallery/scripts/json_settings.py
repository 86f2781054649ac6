# SPDX-License-Identifier: MIT
# Expected: works
import json
from datetime import date

# --8<-- [start:encoder]
class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, date):
            return o.isoformat()
        if isinstance(o, set):
            return sorted(o)
        return super().default(o)


settings = {"day": date(2024, 2, 29), "tags": {"b", "a"}, "nested": {"pi": 3.14159}}
text = json.dumps(settings, cls=Encoder, indent=2)
print(text)
# --8<-- [end:encoder]
# --8<-- [start:hook]
def hook(d):
    if "day" in d:
        d["day"] = date.fromisoformat(d["day"])
    return d


again = json.loads(text, object_hook=hook)
print(again["day"].strftime("%A"))
# --8<-- [end:hook]
# --8<-- [start:invalid]
try:
    json.loads('{"a": 1,}')
except json.JSONDecodeError as e:
    print(e.msg, "at column", e.colno)
# --8<-- [end:invalid]
