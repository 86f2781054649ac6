# SPDX-License-Identifier: MIT
# Expected: works
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import Queue

# --8<-- [start:pool]
def square(n):
    return n, n * n


with ThreadPoolExecutor(max_workers=3) as pool:
    futures = [pool.submit(square, n) for n in range(5)]
    squares = dict(f.result() for f in as_completed(futures))
print([squares[n] for n in sorted(squares)])
# --8<-- [end:pool]
# --8<-- [start:lock]
counter = 0
lock = threading.Lock()


def bump(times):
    global counter
    for _ in range(times):
        with lock:
            counter += 1


threads = [threading.Thread(target=bump, args=(100,)) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
# --8<-- [end:lock]
# --8<-- [start:total]
print(counter)
# --8<-- [end:total]
# --8<-- [start:worker]
jobs: Queue = Queue()
done: list[str] = []


def worker():
    while (job := jobs.get()) is not None:
        done.append(job[::-1])
        jobs.task_done()


threading.Thread(target=worker, daemon=True).start()
for word in ("stressed", "live"):
    jobs.put(word)
jobs.join()
print(done)
# --8<-- [end:worker]
