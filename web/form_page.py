"""A form on a page: what the script needs to draw it, and what comes back from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request

from engine.cases.form_changes import Change, ChangedMeanwhile, changed_since
from engine.cases.form_context import components_of, plain
from engine.cases.form_flow import is_kept_sealed
from engine.casework.categories import categories
from engine.casework.initials import initials_of
from engine.errors import FieldError, InvalidForm, Message, StepFailed
from engine.kernel.forms_schema import list_of
from engine.org.people import list_units
from engine.records.views import TaskView
from web.choices import in_language
from web.current import engine, language
from web.frame import office_time, unit_names
from web.i18n import catalogue

PAYLOAD = "payload"
SEEN = "seen"
DRAFT_SEEN = "$seen"
"""No field's name begins so."""
SHORT = frozenset({"textfield", "select", "number"})
DEEPEST = 20
"""Levels of data; a form nests its groups and lists eight deep at most."""
HALF = 8
"""Columns of sixteen."""


@dataclass(frozen=True)
class FormPage:
    """Schema, values and errors of a form, for one page.

    `draft_url` is where the script saves what was typed, "" where there is no draft; `upload_url` where files go at
    once, "" where they are sent with the form. `seen` are the case's values that the person began from, `changes`
    what others have changed of them since.
    """

    schema: Mapping[str, Any]
    values: Mapping[str, object]
    editable: bool = True
    draft_url: str = ""
    errors: Sequence[FieldError] = field(default=())
    upload_url: str = ""
    task_id: str = ""
    seen: Mapping[str, object] = field(default_factory=dict)
    changes: Sequence[Change] = field(default=())
    accused: Sequence[str] = field(default=())
    draft_saved_at: datetime | None = None

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to fill or read."""
        return bool(self.schema.get("components"))

    @property
    def asks_for_files(self) -> bool:
        """Whether any field takes files."""
        return any(component.get("type") == "filepicker" for component in components_of(self.schema))

    @property
    def seals(self) -> bool:
        """Whether anything of it is about a party."""
        return any(map(is_kept_sealed, components_of(self.schema)))

    def island(self) -> dict[str, Any]:
        """What the page carries for the script, as plain JSON."""
        lang = language()
        office = office_time()
        return {
            "schema": in_rows(in_language(searchable(self.schema), lang)),
            "values": plain(self.values, office.zone),
            "lists": lists(self.schema, self.accused),
            "editable": self.editable,
            "draft_url": self.draft_url,
            "upload_url": self.upload_url,
            "task_id": self.task_id,
            "most_bytes": engine().settings.max_upload_bytes,
            "today": office.now.astimezone(office.zone).date().isoformat(),
            "zone": str(office.zone),
            "language": lang,
            "errors": shown_errors(self.errors),
            "seen": plain(self.seen, office.zone),
            "changes": shown_changes(self.changes),
            "texts": texts(lang),
        }


def task_form_page(
    view: TaskView,
    *,
    draft_url: str,
    upload_url: str,
    values: Mapping[str, Any] | None = None,
    errors: Sequence[FieldError] = (),
    seen: Mapping[str, Any] | None = None,
) -> FormPage:
    """The form of a task: as it was left, or (`values`, `seen`) as it came back and was refused."""
    zone = office_time().zone
    typed = plain(view.values, zone) if values is None else values
    began = plain(view.seen, zone) if seen is None else seen
    return FormPage(
        schema=view.form,
        values={**view.context, **typed},
        editable=view.may_complete,
        draft_url=draft_url if view.may_complete else "",
        errors=errors,
        upload_url=upload_url,
        task_id=view.task.task_id,
        seen=began,
        changes=changed_since(began, view.shared, typed, view.form) if view.may_complete else (),
        accused=view.case.accused_units,
        draft_saved_at=view.draft_saved_at,
    )


def errors_of(error: InvalidForm | StepFailed | ChangedMeanwhile) -> Sequence[FieldError]:
    """What the form shows of a refusal: at its fields, or above all where the procedure itself failed."""
    return (FieldError("", error.message),) if isinstance(error, StepFailed) else error.errors


def shown_errors(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    """As the script reads them."""
    return [{"path": e.path, "message": e.message.in_language(language())} for e in errors]


def shown_changes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """As the script reads them."""
    lang = language()
    return [
        {"key": c.key, "label": c.label_en if lang == "en" else c.label, "now": plain(c.now, office_time().zone)}
        for c in changes
    ]


def texts(lang: str) -> dict[str, str]:
    """The script's texts; it fills in their places itself."""
    found = catalogue(lang)
    return {name.partition(".")[2]: words for name, words in found.items() if name.startswith("forms.")}


def lists(schema: Mapping[str, Any], accused: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """The office's lists that the form offers, with what else finds an entry: initials, code, Chinese name."""
    wanted = {list_of(component) for component in components_of(schema)}
    wanted |= {"units"} if any(c.get("valuesKey") == "units" for c in components_of(schema)) else set()
    found = {}
    if "categories" in wanted:
        english = language() == "en"
        found["categories"] = [
            _entry(c.code, c.name_en if english else c.name, f"{c.name} {initials_of(c.name)}")
            for c in categories()
        ]
    if wanted & {"units", "all_units"}:
        shown, known = unit_names(), list_units(engine())
        units = [_entry(u.code, shown[u.code], f"{u.name} {initials_of(u.name)}") for u in known]
        found["all_units"] = units
        out = {*accused, *(u.code for u in known if u.closed_at is not None)}
        found["units"] = [unit for unit in units if unit["value"] not in out]
    return found


def _entry(code: str, label: str, words: str) -> dict[str, str]:
    return {"value": code, "label": label, "find": f"{words} {code}".lower()}


def _find(label: str) -> str:
    return f"{label} {initials_of(label)}".lower()


def searchable(node: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with initials at the options of choices that are searched."""
    found = dict(node)
    if node.get("components"):
        found["components"] = [searchable(child) for child in node["components"]]
    options = node.get("values")
    if options and (node.get("searchable") or node.get("type") == "taglist"):
        found["values"] = [
            {**o, "find": f"{o.get('label', '')} {initials_of(str(o.get('label', '')))}"} for o in options
        ]
    return found


def read_payload() -> dict[str, Any]:
    """The data that the form's script posted. Raises InvalidForm where it is not a JSON object."""
    return read_object(request.form.get(PAYLOAD) or "{}")


def read_seen() -> dict[str, Any]:
    """The case's values that the page showed, as its script posted them. Raises InvalidForm."""
    return read_object(request.form.get(SEEN) or "{}")


def read_draft() -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What was typed, and the case's values that it began from, where the script says. Raises InvalidForm."""
    typed = read_object(request.get_data())
    seen = typed.pop(DRAFT_SEEN, None)
    return typed, seen if isinstance(seen, dict) else None


def read_object(content: str | bytes) -> dict[str, Any]:
    """A JSON object as a browser sent it. Raises InvalidForm where it is none, or none that a form sends."""
    try:
        data = json.loads(content)
        # no NaN, no infinity, no half of a surrogate pair: none can be stored, sent back and read again
        json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict) and not _is_deep(data):
        return data
    unreadable = Message(
        "表单内容无法读取，没有保存任何更改。请返回刷新页面后重新填写。",
        "The form could not be read and nothing was changed. Reload the page and fill it in again.",
    )
    raise InvalidForm([FieldError("", unreadable)])


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(DEEPEST):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def in_rows(node: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with short fields two to a row, where the form's author said nothing about rows."""
    children = [in_rows(c) if c.get("components") else dict(c) for c in node.get("components") or ()]
    waiting: dict[str, Any] | None = None
    for child in children:
        if child.get("type") not in SHORT or child.get("layout"):
            waiting = None
        elif waiting is None:
            waiting = child
        else:
            row = {"row": f"Row_{waiting.get('id')}", "columns": HALF}
            waiting["layout"], child["layout"] = row, dict(row)
            waiting = None
    return {**node, "components": children}
