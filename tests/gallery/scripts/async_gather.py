# SPDX-License-Identifier: MIT
# Expected: works
import asyncio

# --8<-- [start:tasks]
finished = []


async def job(name, turns):
    for _ in range(turns):
        await asyncio.sleep(0)  # lets the others go on; a clock would make the order a matter of luck
    finished.append(name)
    return name.upper()


async def main():
    return await asyncio.gather(job("slow", 9), job("fast", 1), job("medium", 5))
# --8<-- [end:tasks]
# --8<-- [start:run]
results = asyncio.run(main())
print(results)
# --8<-- [end:run]
# --8<-- [start:order]
print("finished:", ", ".join(finished))
# --8<-- [end:order]
# --8<-- [start:queue]
async def pipeline():
    queue = asyncio.Queue()

    async def producer():
        for n in range(3):
            await queue.put(n)
        await queue.put(None)

    async def consumer():
        while (item := await queue.get()) is not None:
            print("got", item)

    await asyncio.gather(producer(), consumer())


asyncio.run(pipeline())
# --8<-- [end:queue]
