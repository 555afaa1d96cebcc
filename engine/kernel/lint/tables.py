"""The outline of a decision table: what a diagram needs to know of it. `kernel.decisions` evaluates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.kernel.diagram_elements import text_of
from engine.kernel.diagram_xml import parse_xml

_TEXT = re.compile(r'^"([^"]*)"$')


@dataclass(frozen=True)
class Table:
    """`outputs` are output names, `inputs` FEEL texts; `keys` the texts in the first column, without quotes."""

    id: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    keys: frozenset[str]
    is_listing: bool

    @property
    def variables(self) -> frozenset[str]:
        """What a business rule task that calls it sets: its outputs, or under its id the list of hits."""
        return frozenset({self.id}) if self.is_listing else frozenset(self.outputs)


def read_tables(content: bytes, file: str) -> Iterator[Table]:
    """The decision tables of a DMN file. Raises InvalidDiagram where the XML cannot be read."""
    root = parse_xml(content, file)
    for decision in root.iter("{*}decision"):
        table = decision.find("{*}decisionTable")
        if table is not None:
            yield _table(decision.get("id", ""), table)


def _table(decision_id: str, table: Any) -> Table:
    outputs = tuple(output.get("name") or decision_id for output in table.findall("{*}output"))
    inputs = tuple(text_of(entry) for entry in table.iterfind("{*}input/{*}inputExpression/{*}text"))
    policy = table.get("hitPolicy", "UNIQUE")
    return Table(
        id=decision_id,
        outputs=outputs,
        inputs=tuple(text for text in inputs if text),
        keys=frozenset(_first_column(table)),
        is_listing=policy in {"RULE ORDER", "OUTPUT ORDER"}
        or (policy == "COLLECT" and not table.get("aggregation")),
    )


def _first_column(table: Any) -> Iterator[str]:
    for rule in table.findall("{*}rule"):
        found = _TEXT.match(text_of(rule.find("{*}inputEntry/{*}text")))
        if found is not None:
            yield found.group(1)
