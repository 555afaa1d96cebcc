"""The file of a paper: made once, of what the paper kept when it was issued, and then kept under the seal.

Rendering happens outside of any transaction. The PDF is laid out in HTML of the same fields; the Word file counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import visible_case
from engine.cases.handling import handling_right
from engine.cases.read import checked_purpose
from engine.definitions.builtin import builtin_procedures
from engine.definitions.content import template_path
from engine.definitions.sources import Procedure, load_procedure
from engine.documents.kinds import FieldType, Kind, kind_of
from engine.documents.paper_fonts import MARK, replacements
from engine.documents.paper_html import paper_css, paper_document
from engine.documents.paper_states import PaperState, named, state_of
from engine.documents.paper_values import Names, texts_of
from engine.documents.pdf import pdf_of_html
from engine.documents.word import render_word
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, Party
from engine.records.org import Actor
from engine.records.step import Paper


@dataclass(frozen=True)
class PaperSource:
    """Everything that a paper's file is made of. `template` None: no Word template of its kind exists."""

    paper: Paper
    kind: Kind
    case: CaseFile
    names: Names
    addressee: Party | None
    template: bytes | None
    fonts: Mapping[str, object]
    file: bytes | None

    def texts(self, *, masked: bool) -> dict[str, str]:
        return texts_of(self.kind, self.paper, self.names, self.addressee, masked=masked)


def paper_file(
    engine: Engine, actor: Actor, paper_id: str, kind: str = "docx", *, purpose: str = ""
) -> tuple[str, bytes]:
    """The name and the content of the Word file, or of its PDF (`kind` = `pdf`).

    A paper that may name the petitioner opens for those who handle the case only, for a purpose that the audit
    trail keeps. Raises NotFound, Forbidden (audited), InvalidState (no purpose, a draft, no template, no PDF here).
    Source: 信访工作条例 art. 30, 46(5).
    """
    source = read_source(engine, actor, paper_id)
    acted_for = require_reader(engine, actor, source, "paper_file")
    said = checked_purpose(purpose) if source.kind.party else ""
    if state_of(source.paper) in {PaperState.DRAFTED, PaperState.SIGNED}:
        raise InvalidState(
            Message(
                f"“{source.paper.title}”还没有编号印发，没有正式文件。请先印发。",
                f"“{source.paper.title}” has not been issued: there is no file yet. Issue it first.",
            )
        )
    content = _pdf(source) if kind == "pdf" else word_file(engine, source)
    if source.kind.party:
        log_opening(engine, actor, source, purpose=said, form=kind, acted_for=acted_for)
    return f"{file_name(source.paper)}.{'pdf' if kind == 'pdf' else 'docx'}", content


def require_reader(engine: Engine, actor: Actor, source: PaperSource, attempted: str) -> str | None:
    """For whom the actor reads (None: itself). Raises Forbidden (audited) where the paper names the petitioner."""
    if not source.kind.party:
        return None
    with engine.store.read() as work:
        right = handling_right(actor, source.case, work.dossier.tasks_of_case(source.case.case_id))
    if right is None:
        case_id = source.case.case_id
        record_refusal(engine, actor, attempted, {"paper_id": source.paper.paper_id}, case_id=case_id)
        raise Forbidden(
            Message(
                "这份文书写有信访人信息，只有本案的经办人员可以打开。请向经办人员了解。",
                "This paper names the petitioner: only those who handle the case may open it. Ask its handlers.",
            )
        )
    return right.acted_for


def word_file(engine: Engine, source: PaperSource) -> bytes:
    """The kept file, or else a new one that is kept from now on. Raises InvalidState where no template exists."""
    if source.file is not None:
        return source.file
    if source.template is None:
        raise InvalidState(
            Message(
                f"“{source.paper.title}”没有 Word 模板。请按网页版式打印，或请管理员在“文书模板”中上传模板。",
                f"“{source.paper.title}” has no Word template. Print its page, or ask an admin to upload one.",
            )
        )
    what, fonts = named(source.paper), replacements(source.fonts)
    content = render_word(source.template, source.texts(masked=False), what=what, fonts=fonts)
    with engine.store.write() as work:
        return work.papers.keep_file(source.paper.paper_id, content)


def log_opening(engine: Engine, actor: Actor, source: PaperSource, **said: str | None) -> None:
    """The trail keeps who saw the petitioner's details, what for (`purpose`), as what (`form`) and for whom."""
    detail = {"paper_id": source.paper.paper_id, **{name: value for name, value in said.items() if value}}
    with engine.store.write() as work:
        at, case_id = engine.clock.now(), source.case.case_id
        record_event(work, "PaperOpened", detail, actor=actor.person_id, at=at, case_id=case_id)


def read_source(engine: Engine, actor: Actor, paper_id: str) -> PaperSource:
    """Raises NotFound, also where the actor may not know of the case."""
    with engine.store.read() as work:
        paper = work.papers.get(paper_id)
        if paper is None:
            raise unknown_paper(paper_id)
        case = visible_case(work, actor, paper.case_id)
        kind = kind_of(paper.kind, title=paper.title, keys=paper.fields)
        file = work.papers.file(paper_id)
        return PaperSource(
            paper=paper,
            kind=kind,
            case=case,
            names=names_for(engine, work, paper, kind),
            addressee=work.papers.addressee(paper_id) if kind.party else None,
            template=_template(work, paper, kind) if file is None else None,
            fonts=dict(work.registers.mark(MARK) or {}),
            file=file,
        )


def names_for(engine: Engine, work: UnitOfWork, paper: Paper, kind: Kind) -> Names:
    """The names of the units and persons that a paper's fields may be."""
    codes = {paper.signed_by, (paper.context or {}).get("registered_by")}
    codes |= {paper.fields.get(f.key) for f in kind.fields if f.type is FieldType.PERSON}
    people = (work.org.person(str(code)) for code in codes if code)
    return Names(
        zone=engine.settings.timezone,
        units={unit.code: unit.name for unit in work.org.units()},
        people={person.person_id: person.name for person in people if person is not None},
    )


def file_name(paper: Paper) -> str:
    """For a download, without its suffix."""
    return " ".join(part for part in (paper.title, (paper.number or "").replace(" ", "")) if part)


def unknown_paper(paper_id: str) -> NotFound:
    return NotFound(Message("文书", "paper"), paper_id)


def _template(work: UnitOfWork, paper: Paper, kind: Kind) -> bytes | None:
    """The office's own of then; else that of the procedure's version, or of what it calls; else the shipped one."""
    if paper.template_id is not None:
        found = work.papers.template(paper.template_id)
        if found is not None:
            return found[1]
    path = template_path(paper.kind)
    view = work.cases.view(paper.case_id)
    definition_id = next(
        (i.definition_id for i in (view.instances if view else ()) if i.instance_id == paper.instance_id), None
    )
    own = _file_in(load_procedure(work, definition_id), path) if definition_id is not None else None
    return own or shipped_template(kind)


def _file_in(procedure: Procedure, path: str) -> bytes | None:
    own = procedure.file(path)
    if own is not None:
        return own
    return next((found for called in procedure.called.values() if (found := _file_in(called, path))), None)


def shipped_template(kind: Kind) -> bytes | None:
    """The template that comes with Duban."""
    return builtin_procedures().get(kind.procedure or "", {}).get(template_path(kind.code))


def _pdf(source: PaperSource) -> bytes:
    html = paper_document(source.kind, source.paper, source.texts(masked=False))
    return pdf_of_html(html, [paper_css(source.fonts)])
