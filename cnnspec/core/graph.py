"""Strongly connected components: which nodes of a graph lie on a common cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Graph = Mapping[str, Iterable[str]]


def components(graph: Graph) -> dict[str, str]:
    """Each node -> one node of its component, the same for all nodes that reach each other.

    Kosaraju's algorithm (1978), in time linear in the edges.
    """
    backwards: dict[str, list[str]] = {name: [] for name in graph}
    for name, others in graph.items():
        for other in others:
            backwards[other].append(name)
    component: dict[str, str] = {}
    for root in reversed(_postorder(graph)):
        todo = [] if root in component else [root]
        while todo:
            name = todo.pop()
            component[name] = root
            todo += [other for other in backwards[name] if other not in component]
    return component


def _postorder(graph: Graph) -> list[str]:
    """The nodes in the order in which a depth-first search leaves them."""
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
