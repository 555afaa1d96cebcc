"""What the editors of the studio read and write: a draft's files, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, jsonify, make_response, request

from engine.definitions.draft_files import is_text
from engine.definitions.drafts import DraftConflict, findings_of_content, open_draft, save_draft
from engine.definitions.reviewing import is_waived
from engine.definitions.studio_read import person_name
from engine.errors import InvalidFile, Message
from engine.kernel.findings import Finding
from engine.records.studio import ProcedureDraft
from web.current import actor, engine, language
from web.frame import office_time

studio_json = Blueprint("studio_json", __name__, url_prefix="/studio")

MOST_FINDINGS: Final = 500


@studio_json.get("/<draft_id>/files.json")
def files(draft_id: str) -> Response:
    """The draft with its text files; Word templates are left out."""
    view = open_draft(engine(), actor(), draft_id)
    texts = {path: content.decode("utf-8", "replace") for path, content in view.files.items() if is_text(path)}
    return jsonify(
        draft_id=draft_id,
        key=view.draft.key,
        name=view.draft.name,
        state=view.draft.state.value,
        files=texts,
        **_stand(view.draft),
    )


@studio_json.put("/<draft_id>/files.json")
def save(draft_id: str) -> Response:
    """Saves what was changed; 409 with what is stored where somebody else was first: nothing is overwritten."""
    asked = _asked()
    revision, drop = asked.get("revision"), asked.get("drop", [])
    if not isinstance(revision, int) or not isinstance(drop, list) or not all(isinstance(p, str) for p in drop):
        raise _unreadable()
    put = _texts(asked.get("put", {}))
    try:
        saved = save_draft(engine(), actor(), draft_id, seen=revision, put=put, drop=drop)
    except DraftConflict as conflict:
        return make_response(jsonify(error=conflict.message.in_language(language()), **_stand(conflict.draft)), 409)
    return jsonify(_stand(saved))


@studio_json.get("/<draft_id>/findings.json")
def findings(draft_id: str) -> Response:
    """What is wrong with the draft as it is stored."""
    return _findings_of(draft_id, {})


@studio_json.post("/<draft_id>/findings.json")
def findings_of_unsaved(draft_id: str) -> Response:
    """What would be wrong with these files in the place of the stored ones; stores nothing."""
    return _findings_of(draft_id, _texts(_asked().get("files", {})))


def shown_finding(finding: Finding, draft: ProcedureDraft, lang: str) -> dict[str, Any]:
    """A finding as the editors take it."""
    return {
        "code": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message.in_language(lang),
        "hint": finding.hint.in_language(lang) if finding.hint else None,
        "article": finding.article.in_language(lang) if finding.article else None,
        "path": finding.file,
        "line": finding.line,
        "element": finding.element_id,
        "element_name": finding.element_name,
        "waived": is_waived(draft, finding),
    }


def _findings_of(draft_id: str, content: Mapping[str, bytes]) -> Response:
    draft, found = findings_of_content(engine(), actor(), draft_id, content)
    return jsonify(revision=draft.revision, findings=_shown(found, draft))


def _shown(found: Sequence[Finding], draft: ProcedureDraft) -> list[dict[str, Any]]:
    return [shown_finding(finding, draft, language()) for finding in found[:MOST_FINDINGS]]


def _stand(draft: ProcedureDraft) -> dict[str, Any]:
    return {
        "revision": draft.revision,
        "changed_by": person_name(engine(), draft.changed_by),
        "changed_at": draft.changed_at.isoformat(),
        "changed_clock": office_time().clock(draft.changed_at),
    }


def _asked() -> dict[str, Any]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise _unreadable()
    return asked


def _texts(given: object) -> dict[str, bytes]:
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise _unreadable()
    try:
        return {path: text.encode() for path, text in given.items()}
    except UnicodeEncodeError as error:
        raise _unreadable() from error


def _unreadable() -> InvalidFile:
    return InvalidFile(
        Message("请求的格式不对。请刷新页面后再试。", "The request cannot be read. Reload the page and try again.")
    )
