"""The office's own Word templates: listed, downloaded, checked, uploaded, compared, brought back.

The newest upload of a kind is in force for what is issued from then on; bringing a version back makes a new one.
Every member of staff may read them; process admins change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import unified_diff
from hashlib import sha256
from typing import Final
from uuid import uuid4

from engine.audit.record import record_event, record_refusal
from engine.definitions.content import DOCUMENTS, template_path
from engine.definitions.sources import load_procedure
from engine.documents.kinds import FieldType, Kind, declared_kinds, kind_of
from engine.documents.paper_calls import PaperCall, paper_calls
from engine.documents.paper_file import shipped_template
from engine.documents.paper_findings import keys_given
from engine.documents.paper_fonts import MARK, ROLES, replacements
from engine.documents.paper_values import Names, texts_of
from engine.documents.word import render_word, words_of
from engine.documents.word_check import InvalidTemplate, check_template
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.kernel.diagram import read_diagram
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import Party
from engine.records.org import Actor
from engine.records.paper import PaperTemplate
from engine.records.step import Paper
from engine.values import Value

SHIPPED: Final = 0
"""The version that the procedure brings itself."""
LONGEST_NOTE: Final = 200
_LONGEST_FONT: Final = 60
_SAMPLE_AFTER: Final = timedelta(days=25)


@dataclass(frozen=True)
class KindView:
    """A kind of paper with its templates. `versions` are the office's own, the newest first; `by` names people."""

    kind: Kind
    procedures: tuple[str, ...]
    has_shipped: bool
    versions: tuple[PaperTemplate, ...]
    by: Mapping[str, str]

    @property
    def in_force(self) -> int | None:
        """The number of the version in force, SHIPPED for the procedure's own, None where there is none."""
        return self.versions[0].version if self.versions else SHIPPED if self.has_shipped else None


def list_kinds(engine: Engine, actor: Actor) -> tuple[KindView, ...]:
    """Every kind that the procedures in force issue, have a template for, or that people may draft."""
    del actor
    with engine.store.read() as work:
        issued = _issued(work, engine.clock.now())
        newest = work.papers.newest_templates()
        codes = dict.fromkeys((*declared_kinds(), *issued, *newest))
        return tuple(
            _view(work, code, issued.get(code), (newest[code],) if code in newest else ()) for code in codes
        )


def read_kind(engine: Engine, actor: Actor, code: str) -> KindView:
    """Raises NotFound."""
    del actor
    with engine.store.read() as work:
        issued, versions = _issued(work, engine.clock.now()), work.papers.templates(code)
        if code not in declared_kinds() and code not in issued and not versions:
            raise _unknown(code)
        return _view(work, code, issued.get(code), versions)


def template_file(engine: Engine, actor: Actor, code: str, version: int) -> bytes:
    """The Word file of a version. Raises NotFound."""
    view = read_kind(engine, actor, code)
    with engine.store.read() as work:
        if version == SHIPPED:
            found = _shipped(work, view, engine.clock.now())
        else:
            chosen = next((t for t in view.versions if t.version == version), None)
            kept = work.papers.template(chosen.template_id) if chosen else None
            found = kept[1] if kept else None
    if found is None:
        raise _unknown(code)
    return found


def preview_template(engine: Engine, actor: Actor, code: str, version: int) -> bytes:
    """The version filled in with sample data: no real case's. Raises NotFound."""
    view = read_kind(engine, actor, code)
    content = template_file(engine, actor, code, version)
    with engine.store.read() as work:
        fonts = dict(work.registers.mark(MARK) or {})
        units = {unit.code: unit.name for unit in work.org.units()}
    texts = sample_texts(view.kind, Names(engine.settings.timezone, units), engine.clock.now())
    return render_word(content, texts, what=view.kind.title, fonts=replacements(fonts))


def compare_templates(engine: Engine, actor: Actor, code: str, old: int, new: int) -> tuple[str, ...]:
    """The lines that two versions do not share, as in a diff: `-` gone, `+` new, ` ` around. Raises NotFound."""
    before, after = (words_of(template_file(engine, actor, code, version)) for version in (old, new))
    lines = list(unified_diff(before, after, lineterm="", n=1))
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def upload_template(engine: Engine, actor: Actor, code: str, name: str, content: bytes, *, note: str = "") -> int:
    """Checks a Word file and puts it in force; returns its version's number.

    Raises Forbidden (audited), NotFound, InvalidTemplate with all findings, Conflict where another was faster.
    """
    _require_admin(engine, actor, "upload_template", code)
    view = read_kind(engine, actor, code)
    findings = check_template(content, view.kind.template_fields, path=name[:80])
    if findings:
        raise InvalidTemplate(findings)
    # what the check has let through is rendered once before anybody relies on it
    render_word(content, sample_texts(view.kind, Names(engine.settings.timezone), engine.clock.now()),
                what=name[:80], fonts={})  # fmt: skip
    return _keep(engine, actor, code, content, name=name, note=note)


def restore_template(engine: Engine, actor: Actor, code: str, version: int) -> int:
    """Brings a version back, as a new one; returns its number. Raises as `upload_template`."""
    _require_admin(engine, actor, "restore_template", code)
    content = template_file(engine, actor, code, version)
    note = "恢复流程自带的模板" if version == SHIPPED else f"恢复第 {version} 版"
    return _keep(engine, actor, code, content, name=f"{code}.docx", note=note)


def fonts_in_force(engine: Engine) -> dict[str, str]:
    """The office's fonts by role; the usual ones where it has chosen none."""
    with engine.store.read() as work:
        chosen = dict(work.registers.mark(MARK) or {})
    return {role: str(chosen.get(role) or usual) for role, usual in ROLES.items()}


def set_fonts(engine: Engine, actor: Actor, chosen: Mapping[str, str]) -> None:
    """The fonts of papers whose files are made from now on. Raises Forbidden (audited), InvalidState."""
    _require_admin(engine, actor, "set_fonts", "")
    kept = {role: chosen.get(role, "").strip() for role in ROLES}
    for font in kept.values():
        if len(font) > _LONGEST_FONT or not all(c.isalnum() or c in " _-." for c in font):
            raise InvalidState(
                Message(
                    f"字体名“{font[:_LONGEST_FONT]}”不对。请填 Word 中显示的字体名。",
                    f"“{font[:_LONGEST_FONT]}” is no name of a font. Give it as Word shows it.",
                )
            )
    with engine.store.write() as work:
        work.registers.set_mark(MARK, {role: font for role, font in kept.items() if font})
        record_event(work, "PaperFontsSet", kept, actor=actor.person_id, at=engine.clock.now())


def sample_texts(kind: Kind, names: Names, now: datetime) -> dict[str, str]:
    """Every field of the kind with something in it."""
    due = now + _SAMPLE_AFTER
    fields = {f.key: _sample(f.sample, f.type, now, due) for f in kind.fields}
    paper = Paper(
        paper_id="",
        case_id="",
        instance_id="",
        kind=kind.code,
        title=kind.title,
        number=f"{kind.word or kind.name.zh}〔{now.astimezone(names.zone).year}〕1 号" if kind.numbered else None,
        fields=fields,
        state="issued",
        issued_at=now,
        issued_by=None,
        signed_by="张主任",
        context={
            "number": "XF2025-00001",
            "query_code": "ABCD234567",
            "title": "征地补偿款未足额发放",
            "unit": "xfj",
            "registered_at": now,
            "registered_by": "李登记",
            "channel": "letter",
            "persons_count": 3,
            "occurred_place": "城关街道",
            "claim": "补足补偿款差额",
            "facts": "被征收水田三亩二分，只按三亩发放。",
        },
    )
    return texts_of(kind, paper, names, Party("", "", True, "陈某某", "139 0000 0000", "", "城关街道示例路1号"))


def _sample(sample: object, kind: FieldType, now: datetime, due: datetime) -> Value:
    match sample:
        case "date":
            return now.date()
        case "due":
            return due
        case None:
            return "（示例）" if kind in {FieldType.TEXT, FieldType.ANY} else None
    return sample


def _keep(engine: Engine, actor: Actor, code: str, content: bytes, *, name: str, note: str) -> int:
    now, digest = engine.clock.now(), sha256(content).hexdigest()
    with engine.store.write() as work:
        newest = work.papers.newest_template(code)
        if newest is not None and newest.sha256 == digest:
            raise InvalidState(
                Message("与现用模板完全相同，没有保存。", "It is the very template in force; nothing was saved.")
            )
        template = PaperTemplate(
            template_id=str(uuid4()),
            kind=code,
            version=(newest.version if newest else SHIPPED) + 1,
            name=name[:120],
            sha256=digest,
            uploaded_at=now,
            uploaded_by=actor.person_id,
            note=note.strip()[:LONGEST_NOTE],
        )
        work.papers.add_template(template, content)
        detail = {"kind": code, "version": template.version, "sha256": digest, "note": template.note}
        record_event(work, "PaperTemplateSaved", detail, actor=actor.person_id, at=now)
    return template.version


def _issued(work: UnitOfWork, now: datetime) -> dict[str, list[tuple[str, PaperCall | None]]]:
    """Kinds that the procedures in force issue or have a template for: procedure and call."""
    found: dict[str, list[tuple[str, PaperCall | None]]] = {}
    for summary in work.definitions.list(now):
        if not summary.is_current:
            continue
        definition = load_procedure(work, summary.definition_id).definition
        for file in definition.files:
            if file.path == f"{definition.key}.bpmn":
                for call in paper_calls(read_diagram(file.content, file.path)):
                    if call.kind is not None:
                        found.setdefault(call.kind, []).append((definition.key, call))
            elif file.path.startswith(DOCUMENTS) and file.path.endswith(".docx"):
                code = file.path.removeprefix(DOCUMENTS).removesuffix(".docx")
                found.setdefault(code, []).append((definition.key, None))
    return found


def _view(
    work: UnitOfWork,
    code: str,
    issued: list[tuple[str, PaperCall | None]] | None,
    versions: tuple[PaperTemplate, ...],
) -> KindView:
    calls = [call for _, call in issued or () if call is not None]
    kind = kind_of(code, title=next((call.title for call in calls if call.title), ""), keys=keys_given(calls, code))
    procedures = tuple(dict.fromkeys(key for key, _ in issued or ()))
    people = {t.uploaded_by: work.org.person(t.uploaded_by) for t in versions}
    has_own = any(call is None for _, call in issued or ())
    return KindView(
        kind=kind,
        procedures=procedures,
        has_shipped=has_own or kind.procedure is not None,
        versions=versions,
        by={code: person.name for code, person in people.items() if person is not None},
    )


def _shipped(work: UnitOfWork, view: KindView, now: datetime) -> bytes | None:
    for key in view.procedures:
        definition = work.definitions.current(key, now)
        if definition is not None:
            found = load_procedure(work, definition.definition_id).file(template_path(view.kind.code))
            if found is not None:
                return found
    return shipped_template(view.kind)


def _require_admin(engine: Engine, actor: Actor, attempted: str, code: str) -> None:
    if not actor.is_admin:
        record_refusal(engine, actor, attempted, {"kind": code[:40]})
        raise Forbidden(
            Message(
                "只有流程管理员可以修改文书模板。请联系流程管理员。",
                "Only a process admin may change templates of papers. Ask one.",
            )
        )


def _unknown(code: str) -> NotFound:
    return NotFound(Message("文书模板", "paper template"), code[:40])
