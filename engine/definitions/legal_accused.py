"""Whether a task may be sent to the unit that the case accuses: where the unit of a task comes from.

When a case runs, the step is refused all the same; here the admin hears of it while drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.definitions.legal_facts import entries, reads
from engine.definitions.legal_findings import LegalSubject, named
from engine.definitions.legal_source import Source
from engine.errors import Message
from engine.kernel.diagram import Element
from engine.kernel.findings import Finding, Severity

BY_PEOPLE: Final = frozenset({"userTask", "manualTask"})
_SAFE_LIST: Final = "units"
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)+)"')
_DEEPEST: Final = 5


@dataclass(frozen=True)
class _Fault:
    severity: Severity
    rule: str
    message: Message


def accused_are_kept_out(subject: LegalSubject) -> Iterator[Finding]:
    """A finding for each task whose unit may be the accused one, as far as the diagram and its forms show it."""
    source, law = subject.source, subject.law
    origins = _Origins(source, law.accused)
    for element in source.diagram.of_kind(*BY_PEOPLE):
        lane = source.diagram.lanes.get(element.lane or "")
        text = element.properties.get("unit") or (lane.unit if lane else None) or ""
        for fault in origins.faults(text, named(element)):
            write = subject.error if fault.severity is Severity.ERROR else subject.warning
            yield write(fault.rule, element, fault.message, law.accused_article)
    for element in source.diagram.of_kind("serviceTask"):
        call = element.service
        if call is not None and call.action == "set_case" and law.accused in reads(call.params.get("unit", "")):
            message = Message(
                f"“{named(element)}”把案件交给被反映的单位保管。请另定单位。",
                f"“{named(element)}” gives the case to the accused unit to keep. Choose another.",
            )
            yield subject.error("legal-accused-unit", element, message, law.accused_article)


class _Origins:
    """Where the variables of a procedure get their values."""

    def __init__(self, source: Source, accused: str) -> None:
        self._accused = accused
        self._fields: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        self._scripts: dict[str, list[str]] = {}
        self._items: dict[str, str] = {}
        for element in source.diagram.elements.values():
            self._add(source, element)

    def faults(self, text: str, task: str) -> Iterator[_Fault]:
        """What is wrong with an expression that yields the unit of a task; each variable is followed once."""
        for fixed in dict.fromkeys(_TEXT.findall(text)):
            yield _Fault(
                Severity.WARNING,
                "legal-fixed-unit",
                Message(
                    f"“{task}”总是交给“{fixed}”，它也可能正是被反映的单位。请用登记的单位，或说明为什么不会。",
                    f"“{task}” always goes to “{fixed}”, which may be the accused unit. Take the unit from a form, "
                    "or say why it cannot be.",
                ),
            )
        seen: set[str] = set()
        waiting = [(name, 0) for name in sorted(reads(text))]
        while waiting:
            name, depth = waiting.pop()
            if name in seen or depth > _DEEPEST:
                continue
            seen.add(name)
            yield from self._of(name, task)
            if name == self._accused:
                continue
            expressions = [*self._scripts.get(name, ()), *([self._items[name]] if name in self._items else [])]
            waiting += [(other, depth + 1) for each in expressions for other in sorted(reads(each))]

    def _of(self, name: str, task: str) -> Iterator[_Fault]:
        if name == self._accused:
            message = Message(
                f"“{task}”的单位取自被反映的单位。请改用承办单位。",
                f"The unit of “{task}” is taken from the accused units. Use the responsible unit.",
            )
            yield _Fault(Severity.ERROR, "legal-accused-unit", message)
            return
        for form, field in self._fields.get(name, ()):
            given = field.get("properties")
            options = given.get("options") if isinstance(given, Mapping) else None
            if options == _SAFE_LIST or field.get("type") in {"expression", "filepicker"}:
                continue
            label = str(field.get("label") or name)
            message = Message(
                f"“{task}”交给表单 {form} 的“{label}”所填的单位，那里可以选到被反映的单位。"
                "请把该字段的选项设为 units（不含被反映单位）。",
                f"“{task}” goes to the unit entered in “{label}” of the form {form}, where the accused unit can be "
                "chosen. Set the field's options to units, which leaves it out.",
            )
            yield _Fault(Severity.ERROR, "legal-accused-choice", message)

    def _add(self, source: Source, element: Element) -> None:
        form = element.properties.get("form", "")
        for name, field in _fields(source.form(form).get("components")) if form else ():
            self._fields.setdefault(name, [])
            if (form, field) not in self._fields[name]:
                self._fields[name].append((form, field))
        for script in (element.script, element.extensions.get("preScript"), element.extensions.get("postScript")):
            for name, expression in entries(script or ""):
                self._scripts.setdefault(name, []).append(expression)
        if element.loop is not None and element.loop.item and element.loop.collection:
            self._items[element.loop.item] = element.loop.collection


def _fields(components: object, depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for component in components if isinstance(components, list) and depth < _DEEPEST else ():
        if not isinstance(component, Mapping):
            continue
        key = component.get("key")
        if isinstance(key, str) and key:
            yield key.split(".", 1)[0], component
        yield from _fields(component.get("components"), depth + 1)
