"""The steps between two marks, in an order in which every way leads forward: loops are walked once."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.legal_graph import Graph, Way


def forward_ways(
    graph: Graph, begins: frozenset[str], ends: frozenset[str], without: frozenset[str] = frozenset()
) -> list[tuple[str, list[Way]]]:
    """Each step on a forward way from `begins` to `ends` that does not pass `without`, with the ways into it.

    A way into a step comes from a step that stands before it. Ways that lead back, and side ways, are left out.
    """
    order = _order(graph, begins - without, ends, without)
    place = {key: index for index, key in enumerate(order)}
    into = {
        key: [way for way in graph.entering.get(key, []) if _is_forward(way, place, ends) and key not in begins]
        for key in order
    }
    useful: set[str] = set()
    for key in reversed(order):
        if key in ends or key in useful:
            useful.add(key)
            useful.update(way.source for way in into[key])
    return [(key, into[key]) for key in order if key in useful]


def _is_forward(way: Way, place: dict[str, int], ends: frozenset[str]) -> bool:
    if way.is_side or way.source in ends or way.source not in place:
        return False
    return place[way.source] < place[way.target]


def _order(graph: Graph, begins: frozenset[str], ends: frozenset[str], without: frozenset[str]) -> list[str]:
    """All steps that can be reached, each before those that follow it; nothing beyond an end."""
    order: list[str] = []
    seen: set[str] = set()
    for begin in sorted(begins):
        stack: list[tuple[str, Iterator[Way]]] = []
        if begin not in seen:
            seen.add(begin)
            stack.append((begin, iter(graph.ways.get(begin, []))))
        while stack:
            key, ways = stack[-1]
            way = None if key in ends else next(ways, None)
            if way is None:
                order.append(key)
                stack.pop()
            elif not way.is_side and way.target not in seen and way.target not in without:
                seen.add(way.target)
                stack.append((way.target, iter(graph.ways.get(way.target, []))))
    order.reverse()
    return order
