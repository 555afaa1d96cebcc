"""A DMN file as things that can be compared: decisions, their columns and their rules, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.definitions.differences import Thing
from engine.kernel.decisions_sheet import ANY, ENTRIES, INPUT, columns_of, id_of
from engine.kernel.diagram_elements import text_of
from engine.kernel.diagram_xml import parse_xml

_PARTS: Final = tuple(ENTRIES)


def table_things(content: bytes, file: str) -> dict[str, Thing]:
    """Decisions, then the columns and the rules of each; ids are made unique by their decision's.

    Raises InvalidDiagram where it is no XML.
    """
    found: dict[str, Thing] = {}
    for decision in parse_xml(content, file).findall("{*}decision"):
        for item_id, thing in _decision(decision):
            found.setdefault(item_id, thing)
    return found


def _decision(decision: Any) -> Iterator[tuple[str, Thing]]:
    decision_id = decision.get("id") or ""
    table = decision.find("{*}decisionTable")
    facts = {"name": decision.get("name") or "", "description": text_of(decision.find("{*}description"))}
    if table is None:
        facts["expression"] = text_of(decision.find("{*}literalExpression/{*}text"))
    else:
        facts |= {"hitPolicy": table.get("hitPolicy") or "UNIQUE", "aggregation": table.get("aggregation") or ""}
    yield decision_id, Thing("decision", facts["name"] or decision_id, facts)
    if table is not None:
        yield from _table(decision_id, table)


def _table(decision_id: str, table: Any) -> Iterator[tuple[str, Thing]]:
    columns = _columns(table)
    for column_id, part, label, facts in columns:
        yield f"{decision_id}/{column_id}", Thing(f"column_{part}", label, facts, group=f"{decision_id}/{part}")
    for number, rule in enumerate(table.findall("{*}rule"), start=1):
        rule_id = id_of(rule, number)
        yield (
            f"{decision_id}/{rule_id}",
            Thing("rule", str(number), dict(_cells(rule, columns)), group=f"{decision_id}/rule"),
        )


def _columns(table: Any) -> list[tuple[str, str, str, dict[str, str]]]:
    """(id, part, label, facts) in the order of the cells in a rule."""
    nodes = [node for part in _PARTS for node in table.findall(f"{{*}}{part}")]
    return [
        (
            node.get("id") or f"{column.part}:{column.name}",
            column.part,
            column.label or column.name,
            {
                "label": column.label,
                "expression" if column.part == INPUT else "name": column.name,
                "typeRef": column.type_ref or "",
                "allowed": column.allowed or "",
            },
        )
        for node, column in zip(nodes, columns_of(table), strict=True)
    ]


def _cells(rule: Any, columns: list[tuple[str, str, str, dict[str, str]]]) -> Iterator[tuple[str, str]]:
    labels = [label for _, _, label, _ in columns]
    for part, tag in ENTRIES.items():
        entries = rule.findall(f"{{*}}{tag}")
        wanted = [column for column in columns if column[1] == part]
        for (_, _, label, facts), entry in zip(wanted, entries, strict=False):
            text = text_of(entry.find("{*}text"))
            # two columns may have one heading: the name behind it tells them apart
            code = label if labels.count(label) == 1 else f"{label}（{facts.get('name') or facts['expression']}）"
            yield f"cell:{code}", "" if text == ANY else text
