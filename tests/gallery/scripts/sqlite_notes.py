# SPDX-License-Identifier: MIT
# Expected: works
import sqlite3
from contextlib import closing

# --8<-- [start:schema]
db = sqlite3.connect(":memory:")
db.row_factory = sqlite3.Row
db.executescript(
    """
    CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE tags (note_id INTEGER REFERENCES notes, tag TEXT);
    """
)
# --8<-- [end:schema]
# --8<-- [start:insert]
def add(body, *tags):
    with db:
        cur = db.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        db.executemany("INSERT INTO tags VALUES (?, ?)", [(cur.lastrowid, t) for t in tags])


add("water the plants", "home")
add("write the report", "work", "urgent")
add("call mum", "home", "urgent")
# --8<-- [end:insert]
# --8<-- [start:query]
query = """
    SELECT tag, count(*) AS n FROM tags GROUP BY tag ORDER BY n DESC, tag
"""
for row in db.execute(query):
    print(f"{row['tag']:>8} {row['n']}")
# --8<-- [end:query]
# --8<-- [start:rollback]
try:
    with db:
        db.execute("DELETE FROM notes")
        db.execute("INSERT INTO notes (body) VALUES (NULL)")
except sqlite3.IntegrityError as error:
    print(error)
with closing(db.cursor()) as cursor:
    print(cursor.execute("SELECT count(*) FROM notes").fetchone()[0], "notes are left")
# --8<-- [end:rollback]
