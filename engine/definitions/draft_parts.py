"""Forms and tables of a draft: which steps use them, a new one to begin with, a form as its step shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from engine.definitions.content import SHARED, form_path
from engine.definitions.drafts import DraftView, open_draft, save_draft
from engine.errors import InvalidDiagram, InvalidFile, Message, NotFound
from engine.kernel.diagram import Diagram, Element, read_leniently
from engine.kernel.diagram_xml import parse_xml
from engine.kernel.forms import parse_form
from engine.kernel.forms_access import read_access, showing, with_access
from engine.kernel.forms_schema import Schema
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.studio import ProcedureDraft

FORM_END: Final = ".form.json"
TABLE_END: Final = ".dmn"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,60}", re.ASCII)


@dataclass(frozen=True)
class Use:
    """A step that uses a file. `only_shown`: the form stands above the step's own, to be read."""

    element_id: str
    name: str
    only_shown: bool = False


@dataclass(frozen=True)
class Part:
    """A form or a table. `name` is its title in words, or its file's name."""

    path: str
    name: str
    bytes: int
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Parts:
    """`papers` are Word templates, by path."""

    forms: tuple[Part, ...]
    tables: tuple[Part, ...]
    papers: tuple[str, ...]


def parts_of(view: DraftView) -> Parts:
    """By path; what cannot be read has no uses."""
    elements = tuple(_elements(view))
    own = [path for path in view.files if not path.startswith(SHARED)]
    return Parts(
        tuple(_form(view, path, elements) for path in own if path.endswith(FORM_END)),
        tuple(_table(view, path, elements) for path in own if path.endswith(TABLE_END)),
        tuple(path for path in own if path.endswith(".docx")),
    )


def add_part(
    engine: Engine, actor: Actor, draft_id: str, *, kind: str, name: str, title: str
) -> tuple[str, ProcedureDraft]:
    """A new form or table and its path; `kind` is `form` or `table`, `name` the file's name without its end.

    Raises InvalidFile for a name that cannot be or is taken, and all that `save_draft` raises.
    """
    view = open_draft(engine, actor, draft_id)
    if not _NAME.fullmatch(name):
        raise InvalidFile(
            Message(
                "文件名请用小写英文字母开头，只含小写字母、数字和下划线，例如 second_look。",
                "Begin the name with a small letter and use small letters, digits and underscores: second_look.",
            )
        )
    path = form_path(name) if kind == "form" else f"{name}{TABLE_END}"
    if path in view.files:
        raise InvalidFile(
            Message(
                f"草稿里已经有“{path}”。请换一个名字，或者直接修改它。",
                f"The draft has “{path}” already. Choose another name, or change that one.",
            )
        )
    content = _blank_form(name) if kind == "form" else _blank_table(name, title or name)
    return path, save_draft(engine, actor, draft_id, seen=view.draft.revision, put={path: content})


def drop_part(engine: Engine, actor: Actor, draft_id: str, path: str, *, seen: int) -> ProcedureDraft:
    """Takes a form or table out of the draft. Raises InvalidFile where a step uses it, and as `save_draft`."""
    parts = parts_of(open_draft(engine, actor, draft_id))
    part = next((part for part in (*parts.forms, *parts.tables) if part.path == path), None)
    if part is None:
        raise NotFound(Message("文件", "file"), path[:80])
    if part.uses:
        steps = "、".join(use.name for use in part.uses)
        raise InvalidFile(
            Message(
                f"“{path}”还有步骤在用：{steps}。请先在流程图里改掉这些步骤，再删除。",
                f"“{path}” is used by: {steps}. Change these steps on the diagram first.",
            )
        )
    return save_draft(engine, actor, draft_id, seen=seen, put={}, drop=[path])


def shown_form(view: DraftView, path: str, element_id: str | None) -> Schema:
    """The form as it is, or as the step has it: with its field permissions, below the forms that it shows.

    Raises NotFound, InvalidDiagram where the form cannot be read.
    """
    if path not in view.files:
        raise NotFound(Message("表单", "form"), path[:80])
    schema = parse_form(view.files[path])
    element = next((e for e in _elements(view) if e.id == element_id), None)
    if element is None:
        return schema
    modes = read_access(element.properties.get("fields", "")).modes
    return showing(with_access(schema, modes), {}, {}, modes)


def _elements(view: DraftView) -> Iterator[Element]:
    for path, content in view.files.items():
        if path.endswith(".bpmn"):
            diagram = _diagram(content, path)
            yield from () if diagram is None else diagram.elements.values()


def _diagram(content: bytes, path: str) -> Diagram | None:
    try:
        return read_leniently(content, path)[0]
    except InvalidDiagram:
        return None


def _form(view: DraftView, path: str, elements: tuple[Element, ...]) -> Part:
    uses = tuple(_uses_of_form(path, elements))
    title = "、".join(dict.fromkeys(use.name for use in uses if not use.only_shown))
    return Part(path, title or path.rpartition("/")[2].removesuffix(FORM_END), len(view.files[path]), uses)


def _uses_of_form(path: str, elements: tuple[Element, ...]) -> Iterator[Use]:
    for element in elements:
        own = element.properties.get("form")
        if own and form_path(own) == path:
            yield Use(element.id, element.name or element.id)
        elif path in {form_path(name) for name in element.properties.get("shows", "").split()}:
            yield Use(element.id, element.name or element.id, only_shown=True)


def _table(view: DraftView, path: str, elements: tuple[Element, ...]) -> Part:
    names = _decisions(view.files[path], path)
    uses = tuple(
        Use(element.id, element.name or element.id)
        for element in elements
        if element.extensions.get("calledDecisionId") in names
    )
    return Part(path, "、".join(names.values()) or path.removesuffix(TABLE_END), len(view.files[path]), uses)


def _decisions(content: bytes, path: str) -> Mapping[str, str]:
    """Names of the decisions of a file, by id."""
    try:
        found = parse_xml(content, path).findall("{*}decision")
    except InvalidDiagram:
        return {}
    return {each.get("id", ""): each.get("name") or each.get("id", "") for each in found}


def _blank_form(name: str) -> bytes:
    schema = {"type": "default", "id": name, "schemaVersion": 19, "components": []}
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()


def _blank_table(name: str, title: str) -> bytes:
    said = quoteattr(title)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="{name}_file" name={said}
    namespace="urn:duban:{name}">
  <decision id="{name}" name={said}>
    <decisionTable id="{name}_table" hitPolicy="FIRST">
      <input id="{name}_input_1" label="条件">
        <inputExpression id="{name}_expression_1" typeRef="string"><text></text></inputExpression>
      </input>
      <output id="{name}_output_1" label="结果" name="{name}_result" typeRef="string" />
      <rule id="{name}_rule_1">
        <inputEntry id="{name}_entry_1"><text>-</text></inputEntry>
        <outputEntry id="{name}_result_1"><text></text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
""".encode()
