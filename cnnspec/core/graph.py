"""Which nodes of a graph lie on a common cycle, in time that grows with its edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Graph = Mapping[str, Iterable[str]]


def components(graph: Graph) -> dict[str, str]:
    """For each node the same representative of all that it reaches and that reach it (Kosaraju 1978)."""
    backwards: dict[str, list[str]] = {name: [] for name in graph}
    for name, others in graph.items():
        for other in others:
            backwards[other].append(name)
    found: dict[str, str] = {}
    for root in reversed(_finished(graph)):
        todo = [] if root in found else [root]
        while todo:
            name = todo.pop()
            found[name] = root
            todo += [other for other in backwards[name] if other not in found]
    return found


def _finished(graph: Graph) -> list[str]:
    """The nodes in the order in which a depth-first search is done with them."""
    order: list[str] = []
    seen: set[str] = set()
    for root in graph:
        path = [] if root in seen else [(root, iter(graph[root]))]
        seen.add(root)
        while path:
            name, others = path[-1]
            following = next((other for other in others if other not in seen), None)
            if following is None:
                order.append(name)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(graph[following])))
    return order
