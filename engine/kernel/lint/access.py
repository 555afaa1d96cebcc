"""Rules on the properties `fields` and `shows`: which fields of its form a task hides or locks, what it shows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.diagram_values import Element
from engine.kernel.findings import Finding
from engine.kernel.forms_access import ALL, Access, Named, mode_of, read_access
from engine.kernel.lint.nearest import hint
from engine.kernel.lint.subject import Subject, called


def fields_exist(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        text = element.properties.get("fields")
        if text is None:
            continue
        read = read_access(text)
        for fault in read.faults:
            yield subject.error(
                "form-fields",
                element,
                f"“{called(element)}”的 fields 中“{fault}”无法读取。请写作“字段: hidden”（或 readonly、editable），"
                "用逗号隔开，每个字段只写一次。",
                f"“{fault}” in the fields of “{called(element)}” cannot be read. Write “name: hidden”, readonly or"
                " editable, with commas between, each name once.",
            )
        named = _named(subject, element)
        known = {name for each in named for name in each.names}
        for name in read.modes:
            if name != ALL and name not in known:
                zh, en = hint(name, known)
                yield subject.error(
                    "unknown-field",
                    element,
                    f"“{called(element)}”的 fields 提到的字段“{name}”不在它的表单中。{zh}",
                    f"The fields of “{called(element)}” name “{name}”, which its form does not have. {en}",
                )
        for each in named:
            if each.is_required and mode_of(each, read.modes) is Access.HIDDEN:
                yield subject.error(
                    "hidden-required",
                    element,
                    f"“{called(element)}”隐藏了必填字段“{each.label}”，办理人无法填写。请改为只读，或取消必填。",
                    f"“{called(element)}” hides the required field “{each.label}”: nobody could fill it in. Make it"
                    " read-only, or not required.",
                )


def shown_forms_exist(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        for form in element.properties.get("shows", "").split():
            if form not in subject.forms:
                zh, en = hint(form, subject.forms)
                yield subject.error(
                    "unknown-form",
                    element,
                    f"“{called(element)}”的 shows 提到的表单“{form}”不存在。{zh}",
                    f"“{called(element)}” shows the form “{form}”, which does not exist. {en}",
                )


def _named(subject: Subject, element: Element) -> tuple[Named, ...]:
    """What the element's form has; of the forms that it shows only what may be hidden again."""
    shown = [
        named for form in element.properties.get("shows", "").split() for named in subject.fields.get(form, ())
    ]
    own = subject.fields.get(element.properties.get("form", ""), ())
    return (*own, *(Named(named.names, named.label, False, named.inside) for named in shown))
