"""Papers and notices that the law demands: is there a path on which a case is closed without one?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from engine.definitions.legal_findings import LegalSubject, named
from engine.definitions.legal_graph import Graph, Way
from engine.definitions.legal_paths import Path, Question, find_path
from engine.definitions.legal_rules import PathRule
from engine.definitions.legal_source import Source
from engine.errors import Message
from engine.kernel.diagram import Element
from engine.kernel.findings import Finding

_MOST_TURNS = 4
_NEVER = float("inf")


def paper_paths(subject: LegalSubject) -> Iterator[Finding]:
    """A finding for each rule that a path breaks."""
    graph, marked = subject.graph, subject.marked
    if not subject.closing:
        yield subject.warning("legal-no-closure", _first_start(subject.source), _NO_CLOSURE, None)
    for rule in subject.law.paths:
        question = Question(
            needed=marked[rule.needs],
            goals=subject.closing,
            ends=frozenset(graph.ends),
            given=marked[rule.given] if rule.given else None,
            after=marked[rule.after] if rule.after else frozenset(),
            unless=rule.unless,
        )
        path = find_path(graph, question)
        if path is not None:
            yield _broken(subject, rule, path)


def _broken(subject: LegalSubject, rule: PathRule, path: Path) -> Finding:
    graph, needed = subject.graph, subject.marked[rule.needs]
    last = graph.steps[path.ways[-1].target] if path.ways else graph.steps[graph.starts[0]]
    turns = _turns(graph, path)
    zh_way = f"（{'，'.join(turns)}）" if turns else ""
    en_way = f" ({', '.join(turns)})" if turns else ""
    end = named(last.element)
    if not needed:
        message = Message(
            f"没有一步出具{rule.name.zh}，就走到了“{end}”{zh_way}。依法每件都要有。",
            f"No step produces {rule.name.en}, and “{end}” is reached{en_way}. By law every case has it.",
        )
        return subject.error(f"{rule.code}-missing", last.own, message, rule.article)
    place = _bypass(subject, needed, path) or last.own
    if not path.is_certain:
        message = Message(
            f"分支太多，无法确认每条路径到“{end}”之前都有{rule.name.zh}。请简化条件，或说明为什么不会缺少。",
            f"The branches are too many to be sure that {rule.name.en} comes before “{end}” on every path. "
            "Simplify the conditions, or say why it cannot be missing.",
        )
        return subject.warning("legal-too-many-branches", place, message, rule.article)
    message = Message(
        f"有路径可以绕过{rule.name.zh}直到“{end}”{zh_way}。依法每件都要有。",
        f"A path goes around {rule.name.en} as far as “{end}”{en_way}. By law every case has it.",
    )
    return subject.error(f"{rule.code}-skipped", place, message, rule.article)


def _turns(graph: Graph, path: Path) -> list[str]:
    """The last answers and interruptions that lead this way, in the diagram's words."""
    found = []
    for way in path.ways:
        step = graph.steps[way.source].element
        if way.is_cut or way.is_side:
            found.append(f"“{named(graph.steps[way.target].element)}”")
        elif way.flow is not None and len(step.outgoing) > 1 and (way.flow.name or way.flow.condition):
            found.append(f"“{named(step)}” → {way.flow.name or way.flow.condition}")
        elif way.flow is not None and len(step.outgoing) > 1:
            found.append(f"“{named(step)}” → “{named(graph.steps[way.target].element)}”")
    return found[-_MOST_TURNS:]


def _bypass(subject: LegalSubject, needed: frozenset[str], path: Path) -> Element | None:
    """The gateway (or boundary event) on the path from which the step that is gone around is nearest."""
    graph = subject.graph
    away = _distances(graph, needed, subject.closing)
    best: tuple[float, Element] | None = None
    for way in path.ways:
        others = [each for each in graph.ways.get(way.source, []) if each is not way and not each.is_side]
        near = min((away.get(each.target, _NEVER) for each in others), default=_NEVER)
        if near < away.get(way.target, _NEVER) and (best is None or near <= best[0]):
            taken = graph.steps[way.target if way.is_cut else way.source]
            best = (near, taken.own)
    return None if best is None else best[1]


def _distances(graph: Graph, needed: frozenset[str], closing: frozenset[str]) -> dict[str, float]:
    """How many ways it is from each step to the nearest of those needed, before the case is closed."""
    found: dict[str, float] = dict.fromkeys(needed, 0.0)
    waiting = deque(needed)
    while waiting:
        key = waiting.popleft()
        way: Way
        for way in graph.entering.get(key, []):
            if way.source not in found and way.source not in closing:
                found[way.source] = found[key] + 1
                waiting.append(way.source)
    return found


def _first_start(source: Source) -> Element | None:
    return next(iter(source.diagram.starts), None)


_NO_CLOSURE = Message(
    "流程登记信访事项，但没有一步办结它（set_case 的 state 为“办结”）。请加上办结登记，或说明由哪里办结。",
    "The procedure registers a petition, and no step closes the case (set_case with the state 办结). Add one, or "
    "say where it is closed.",
)
