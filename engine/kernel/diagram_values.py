"""What a BPMN file says, as values: elements, flows and lanes by id, with their lines.

Owns no judgement: a diagram with mistakes is representable, so that the linter can name all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

Node: TypeAlias = Any
"""An lxml element."""


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `source` and `target` are element ids, empty where missing."""

    id: str
    name: str
    line: int
    scope: str
    source: str
    target: str
    condition: str | None
    node: Node = field(repr=False, compare=False)


@dataclass(frozen=True)
class Timer:
    """`kind` is the tag: timeDate, timeDuration or timeCycle; `text` the expression, stripped."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class ServiceCall:
    """A service task's operator: `params` are FEEL texts by parameter id."""

    action: str
    params: Mapping[str, str]
    result: str | None
    line: int


@dataclass(frozen=True)
class Loop:
    """Loop characteristics. `kind` is parallel, sequential or standard; the texts are as written."""

    kind: str
    cardinality: str | None
    collection: str | None
    item: str | None
    output: str | None
    output_item: str | None
    condition: str | None
    maximum: str | None
    line: int


@dataclass(frozen=True)
class Element:
    """A flow node.

    `kind` is the local tag (`userTask`). `scope` is the id of the subprocess or process around it, `lane` the
    id of its lane, inherited from the subprocess around it where it has none. `events` are the kinds of its
    event definitions (`timer`, `message`, `error`, …). `outgoing` and `incoming` are flow ids.
    """

    id: str
    name: str
    kind: str
    line: int
    process_id: str
    scope: str
    lane: str | None
    properties: Mapping[str, str]
    extensions: Mapping[str, str]
    events: tuple[str, ...]
    timers: tuple[Timer, ...]
    messages: tuple[str, ...]
    attached_to: str | None
    interrupting: bool
    default: str | None
    called: str | None
    script: str | None
    service: ServiceCall | None
    loop: Loop | None
    outgoing: tuple[str, ...]
    incoming: tuple[str, ...]
    node: Node = field(repr=False, compare=False)

    @property
    def event(self) -> str | None:
        """The kind of its first event definition."""
        return self.events[0] if self.events else None

    @property
    def is_subprocess(self) -> bool:
        return self.kind in {"subProcess", "transaction", "adHocSubProcess"}

    @property
    def decision(self) -> str | None:
        """The id of the decision that a business rule task calls."""
        return self.extensions.get("calledDecisionId") if self.kind == "businessRuleTask" else None


@dataclass(frozen=True)
class Lane:
    """`role` and `unit` are its properties of these names; `unit` is FEEL."""

    id: str
    name: str
    line: int
    role: str | None
    unit: str | None
    properties: Mapping[str, str]
    node: Node = field(repr=False, compare=False)


@dataclass(frozen=True)
class Process:
    id: str
    name: str
    line: int
    is_executable: bool


@dataclass(frozen=True)
class Diagram:
    """A parsed file. `process_id` is its executable process's; `sha256` that of the bytes, in hexadecimal.

    `messages` are names by message id. `tree` is the lxml root, without comments.
    """

    file: str
    sha256: str
    process_id: str
    name: str
    processes: tuple[Process, ...]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, Lane]
    messages: Mapping[str, str]
    has_drawing: bool
    tree: Node = field(repr=False, compare=False)

    def of_kind(self, *kinds: str) -> Iterator[Element]:
        """Elements of these kinds, in the file's order."""
        return (element for element in self.elements.values() if element.kind in kinds)

    def within(self, scope: str) -> Iterator[Element]:
        """Elements that stand directly in a process or subprocess."""
        return (element for element in self.elements.values() if element.scope == scope)

    def lane_of(self, element_id: str) -> Lane | None:
        lane = self.elements[element_id].lane
        return self.lanes.get(lane) if lane is not None else None

    def boundary_events(self, element_id: str) -> Iterator[Element]:
        return (e for e in self.of_kind("boundaryEvent") if e.attached_to == element_id)

    @cached_property
    def starts(self) -> tuple[Element, ...]:
        """The start events of the executable process itself."""
        return tuple(e for e in self.within(self.process_id) if e.kind == "startEvent")

    @property
    def start_form(self) -> str | None:
        """The form that whoever starts an instance fills."""
        return next((e.properties["form"] for e in self.starts if "form" in e.properties), None)

    @property
    def start_role(self) -> str | None:
        """The role that may start an instance."""
        return next((e.properties["role"] for e in self.starts if "role" in e.properties), None)

    @property
    def start_messages(self) -> tuple[str, ...]:
        """Names of the messages that start an instance."""
        return tuple(self.messages[m] for e in self.starts for m in e.messages if m in self.messages)

    @property
    def called_elements(self) -> tuple[str, ...]:
        """Ids of the procedures that call activities name, each once."""
        return tuple(dict.fromkeys(e.called for e in self.of_kind("callActivity") if e.called))

    @property
    def decisions(self) -> tuple[str, ...]:
        """Ids of the decisions that business rule tasks call, each once."""
        return tuple(dict.fromkeys(e.decision for e in self.elements.values() if e.decision))

    @property
    def forms(self) -> tuple[str, ...]:
        """Names of the forms that tasks and start events show, each once."""
        return tuple(dict.fromkeys(e.properties["form"] for e in self.elements.values() if "form" in e.properties))
