# SPDX-License-Identifier: MIT
# Expected: works
import heapq
from math import inf

# --8<-- [start:graph]
graph = {"A": {"B": 7, "C": 3}, "B": {"D": 2}, "C": {"B": 1, "D": 8}, "D": {}}
# --8<-- [end:graph]
# --8<-- [start:search]
def shortest(graph, start):
    distance = dict.fromkeys(graph, inf)
    distance[start] = 0
    previous = {}
    heap = [(0, start)]
    while heap:
        d, node = heapq.heappop(heap)
        if d > distance[node]:
            continue
        for other, cost in graph[node].items():
            if (new := d + cost) < distance[other]:
                distance[other], previous[other] = new, node
                heapq.heappush(heap, (new, other))
    return distance, previous


distance, previous = shortest(graph, "A")
print(distance)
# --8<-- [end:search]
# --8<-- [start:path]
path = ["D"]
while path[-1] != "A":
    path.append(previous[path[-1]])
print(" -> ".join(reversed(path)))
# --8<-- [end:path]
# --8<-- [start:cheaper]
graph["A"]["D"] = 1
distance, previous = shortest(graph, "A")
print(distance["D"])
# --8<-- [end:cheaper]
