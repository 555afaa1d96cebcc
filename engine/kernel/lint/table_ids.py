"""Ids that a DMN file gives twice: editors drop the second of them, and with it a column or a rule."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.errors import Message
from engine.kernel.diagram_xml import parse_xml
from engine.kernel.findings import Finding, Severity


def repeated_ids(content: bytes, file: str) -> Iterator[Finding]:
    """One finding for each repetition; ids of decisions are the parser's. Raises InvalidDiagram."""
    root = parse_xml(content, file)
    first: dict[str, int] = {}
    for node in root.iter(f"{{{etree.QName(root).namespace}}}*"):
        node_id = node.get("id")
        if not node_id:
            continue
        if node_id in first and etree.QName(node).localname != "decision":
            message = Message(
                f"标识“{node_id}”重复（第一次出现在第 {first[node_id]} 行）。编辑器会丢掉后一个，请改名。",
                f"The id “{node_id}” occurs twice (first at line {first[node_id]}). An editor drops the second; "
                "give it another id.",
            )
            yield Finding(Severity.ERROR, "dmn-repeated", message, file, node.sourceline, node_id)
        first.setdefault(node_id, node.sourceline)
