"""What the properties panel of the editor offers and knows, as JSON in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request, url_for

from engine.deadlines.office_tables import ESCALATIONS
from engine.definitions.vocabulary import FormAhead, RuleAhead, RungAhead, TableAhead, Vocabulary, read_vocabulary
from engine.documents.kinds import Kind
from engine.kernel.feel_error import reasons
from engine.kernel.forms_access import Named
from engine.kernel.ports import ActionSignature
from web.assets import asset
from web.current import actor, engine, language
from web.i18n import label

studio_vocabulary = Blueprint("studio_vocabulary", __name__, url_prefix="/studio")

FEEL: Final = "feelin.js"
"""The kernel's own bundle (engine/kernel/feelin.js), built into the pages' files unchanged."""
TIME_FUNCTIONS: Final = ("deadline", "working days", "calendar days", "end of month", "share of")
FUNCTIONS: Final = (
    *(*TIME_FUNCTIONS, "now", "today", "date", "date and time", "duration", "count", "sum", "min", "max", "append"),
    *("list contains", "is defined", "get value", "contains", "string", "number", "string length", "not", "some"),
)
MARKS: Final = {"some": "some x in [] satisfies x"}
"""What is written for a word that is no function."""
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "level": ("info", "warning", "overdue", "urgent"),
    "reason": ("supplement", "hearing"),
}
"""Texts that a parameter of this name takes; of `reason` only where a clock is paused."""
PAUSE: Final = "pause_deadline"


@studio_vocabulary.get("/vocabulary.json")
def show() -> Response:
    """`draft` is the draft's id. 404 for an unknown one, 403 for those who may not look at drafts."""
    found = read_vocabulary(engine(), actor(), request.args.get("draft", ""))
    return jsonify(vocabulary_json(found, language()))


def vocabulary_json(found: Vocabulary, lang: str) -> dict[str, Any]:
    """The shape that web/frontend/src/studio/properties reads."""
    draft_id = found.view.draft.draft_id
    zh = lang == "zh"
    return {
        "revision": found.view.draft.revision,
        "roles": [{"id": role, "name": label("role", role, lang)} for role in found.roles],
        "units": [{"id": unit.code, "name": unit.name if zh else unit.name_en} for unit in found.units],
        "rules": [_rule(each, lang) for each in found.rules],
        "actions": [_action(each, lang) for each in found.actions.values()],
        "decisions": [_decision(each, draft_id) for each in found.decisions],
        "forms": [_form(each, draft_id, lang) for each in found.forms],
        "procedures": [
            {
                "id": each.key,
                "name": each.name,
                "url": url_for("definitions.show", definition_id=each.definition_id),
            }
            for each in found.procedures
        ],
        "papers": [_paper(each, lang) for each in found.papers],
        "states": list(found.states),
        "variables": {
            "names": list(_variables(found, lang)),
            "items": {element: list(names) for element, names in found.scope.items.items()},
            "closed": found.scope.is_closed,
        },
        "feel": {
            "url": asset(FEEL),
            "reasons": {code: message.in_language(lang) for code, message in reasons().items()},
            "functions": [
                {"name": name, "insert": MARKS.get(name, f"{name}()"), "help": label("panel_feel", name, lang)}
                for name in FUNCTIONS
            ],
        },
        "urls": {"escalations": url_for("tables.show", table_id=ESCALATIONS)},
    }


def _variables(found: Vocabulary, lang: str) -> Iterator[dict[str, str]]:
    for name, setters in sorted(found.scope.names.items()):
        named = list(dict.fromkeys(found.setters.get(element, element) for element in setters))
        listed = ("、" if lang == "zh" else ", ").join(named[:2]) + (" …" if len(named) > 2 else "")
        yield {"id": name, "from": listed or label("panel_variable", name, lang)}


def _rule(each: RuleAhead, lang: str) -> dict[str, Any]:
    rule = each.rule
    return {
        "id": rule.rule,
        "name": rule.name if lang == "zh" else rule.name_en,
        "term": each.term.in_language(lang),
        "source": rule.source,
        "ladder": [_rung(rung, lang) for rung in each.ladder],
    }


def _rung(each: RungAhead, lang: str) -> dict[str, str]:
    rung = each.rung
    named = [label("panel_to" if receiver.is_holder else "role", receiver.role, lang) for receiver in rung.to]
    who = ("、" if lang == "zh" else ", ").join(named)
    what = label("panel_what", rung.what.value, lang)
    return {
        "id": rung.rung,
        "name": rung.name.in_language(lang),
        "when": each.when.in_language(lang) if each.when else label("panel_to", "follows", lang),
        "what": f"{what} · {who}" if who else what,
    }


def _action(signature: ActionSignature, lang: str) -> dict[str, Any]:
    name = signature.name
    return {
        "id": name,
        "name": signature.title.in_language(lang),
        "help": label("panel_action", name, lang),
        "result": label("panel_result", name, lang) if label("panel_result", name, lang) != name else "",
        "params": [_parameter(name, param, needed, lang) for param, needed in signature.params.items()],
    }


def _parameter(action: str, param: str, needed: bool, lang: str) -> dict[str, Any]:
    own = f"{action}-{param}"
    named = label("panel_param", own, lang)
    helped = label("panel_param_help", own, lang)
    choices = CHOICES.get(param, ()) if param != "reason" or action == PAUSE else ()
    return {
        "id": param,
        "required": needed,
        "name": named if named != own else label("panel_param", param, lang),
        "help": helped if helped != own else label("panel_param_help", param, lang),
        **(
            {"choices": [{"id": each, "name": label("panel_choice", each, lang)} for each in choices]}
            if choices
            else {}
        ),
    }


def _decision(each: TableAhead, draft_id: str) -> dict[str, Any]:
    table = each.table
    outputs = (table.id,) if table.is_listing else table.outputs
    url = None if each.path is None else _file_url(draft_id, each.path)
    return {
        "id": table.id,
        "name": ", ".join(outputs),
        "inputs": list(table.inputs),
        "outputs": list(outputs),
        "url": url,
    }


def _form(each: FormAhead, draft_id: str, lang: str) -> dict[str, Any]:
    return {
        "id": each.name,
        "name": ("、" if lang == "zh" else ", ").join(each.used_by),
        "url": _file_url(draft_id, each.path),
        "fields": [_field(field) for field in each.fields],
    }


def _field(field: Named) -> dict[str, Any]:
    """The name that data go by first, the id of the component behind it."""
    return {
        "names": _ordered(field.names),
        "label": field.label,
        "required": field.is_required,
        "inside": _ordered(field.inside),
    }


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name[:1].isupper(), name))


def _paper(kind: Kind, lang: str) -> dict[str, Any]:
    fields = [
        {"id": field.key, "name": field.name if lang == "zh" else field.english, "required": field.required}
        for field in kind.fields
    ]
    return {"id": kind.code, "name": kind.name.in_language(lang), "fields": fields}


def _file_url(draft_id: str, path: str) -> str:
    return f"{url_for('studio_json.files', draft_id=draft_id).removesuffix('s.json')}?path={quote(path)}"
