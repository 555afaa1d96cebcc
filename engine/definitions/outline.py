"""What use cases need to know of a diagram: how it starts, who may start it, what it calls."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernel.diagram import Diagram, Element

OWN_CASE = "new"
SAME_CASE = "same"


@dataclass(frozen=True)
class StartPoint:
    """A start event of the process. `message` is None for the plain one that people start.

    `form` is the form they fill in; `role` the role that may. `case` says, for a message, whether the
    procedure opens a case of its own (`new`) or runs in the sender's (`same`).
    """

    element_id: str
    name: str
    message: str | None
    form: str | None
    role: str | None
    case: str
    state: str | None


@dataclass(frozen=True)
class Outline:
    """`starts` are in the order of the file."""

    process_id: str
    name: str
    starts: tuple[StartPoint, ...]
    calls: tuple[str, ...]

    @property
    def plain_start(self) -> StartPoint | None:
        return next((start for start in self.starts if start.message is None), None)

    def message_start(self, message: str) -> StartPoint | None:
        return next((start for start in self.starts if start.message == message), None)


def outline_of(diagram: Diagram) -> Outline:
    """The outline of the diagram's executable process."""
    elements = diagram.elements.values()
    return Outline(
        process_id=diagram.process_id,
        name=diagram.name,
        starts=tuple(
            _start(diagram, element)
            for element in elements
            if element.kind == "startEvent" and element.scope == diagram.process_id and _is_startable(element)
        ),
        calls=tuple(dict.fromkeys(e.called for e in elements if e.kind == "callActivity" and e.called)),
    )


def _is_startable(element: Element) -> bool:
    return element.event in {None, "message"}


def _start(diagram: Diagram, element: Element) -> StartPoint:
    lane = diagram.lanes.get(element.lane or "")
    reference = element.messages[0] if element.messages else None
    return StartPoint(
        element_id=element.id,
        name=element.name,
        message=diagram.messages.get(reference, reference) if reference else None,
        form=element.properties.get("form"),
        role=element.properties.get("role") or (lane.role if lane else None),
        case=element.properties.get("case", OWN_CASE),
        state=element.properties.get("case_state"),
    )
