"""Papers and their templates."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import sqlalchemy as sa

from engine.errors import Conflict, Message
from engine.records.case import Party
from engine.records.paper import PaperTemplate
from engine.records.step import Paper
from engine.store.repositories.paper_writer import write_papers
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.exchange import attachment_content, paper, paper_template

_CHANGING = (
    *("title", "number", "fields", "state", "issued_at", "issued_by", "served_at", "series", "year", "sequence"),
    *("signed_at", "signed_by", "receipt", "voided_at", "voided_by", "void_reason"),
)
_GONE = ("void", "drafted", "signed")
_PAPER = columns_of(Paper, paper)


class Papers:
    """Implements `PapersRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def get(self, paper_id: str) -> Paper | None:
        row = self._connection.execute(sa.select(*_PAPER).where(paper.c.paper_id == paper_id)).one_or_none()
        return None if row is None else record_of(Paper, row, paper)

    def newest(self, case_id: str, kind: str) -> Paper | None:
        of_kind = sa.select(*_PAPER).where(paper.c.case_id == case_id, paper.c.kind == kind)  # ix_paper_of_case
        issued = of_kind.where(paper.c.state.not_in(_GONE))
        row = self._connection.execute(
            issued.order_by(paper.c.issued_at.desc(), paper.c.paper_id.desc()).limit(1)
        ).one_or_none()
        return None if row is None else record_of(Paper, row, paper)

    def of_case(self, case_id: str) -> tuple[Paper, ...]:
        statement = sa.select(*_PAPER).where(paper.c.case_id == case_id)  # ix_paper_of_case
        rows = self._connection.execute(statement.order_by(paper.c.issued_at, paper.c.paper_id))
        return tuple(record_of(Paper, row, paper) for row in rows)

    def add(self, paper: Paper) -> None:
        write_papers(self._connection, (paper,))

    def change(self, changed: Paper, *, expected: str) -> None:
        values = {name: getattr(changed, name) for name in _CHANGING}
        statement = sa.update(paper).where(paper.c.paper_id == changed.paper_id, paper.c.state == expected)
        if self._connection.execute(statement.values(**values)).rowcount != 1:
            raise Conflict(
                Message(
                    "这份文书刚刚已由他人处理，本次操作未生效。请刷新页面，查看最新情况。",
                    "Somebody else has just dealt with this paper, so nothing was changed. Reload the page.",
                )
            )

    def addressee(self, paper_id: str) -> Party | None:
        row = self._connection.execute(
            sa.select(paper.c.case_id, paper.c.addressee_id, paper.c.addressee_sealed).where(
                paper.c.paper_id == paper_id, paper.c.addressee_sealed.is_not(None)
            )
        ).one_or_none()
        if row is None:
            return None
        return self._sealer.open(
            row.addressee_sealed, party_id=row.addressee_id, case_id=row.case_id, is_primary=True
        )

    def file(self, paper_id: str) -> bytes | None:
        sealed = self._connection.scalar(
            sa.select(attachment_content.c.content)
            .join(paper, paper.c.file_sha256 == attachment_content.c.sha256)
            .where(paper.c.paper_id == paper_id)
        )
        return None if sealed is None else self._sealer.open_file(sealed, owner=_owner(paper_id))

    def keep_file(self, paper_id: str, content: bytes) -> bytes:
        kept = self.file(paper_id)
        if kept is not None:
            return kept
        sealed = self._sealer.seal_file(content, owner=_owner(paper_id))
        digest = sha256(sealed).hexdigest()
        self._connection.execute(sa.insert(attachment_content), {"sha256": digest, "content": sealed})
        statement = sa.update(paper).where(paper.c.paper_id == paper_id, paper.c.file_sha256.is_(None))
        hashes = {"file_sha256": digest, "file_hash": sha256(content).hexdigest()}
        if self._connection.execute(statement.values(**hashes)).rowcount == 1:
            return content
        # another was faster: its file is the one
        made_twice = attachment_content.c.sha256 == digest
        self._connection.execute(sa.delete(attachment_content).where(made_twice))
        return self.file(paper_id) or content

    def newest_template(self, kind: str) -> PaperTemplate | None:
        return next(iter(self.templates(kind)), None)

    def newest_templates(self) -> Mapping[str, PaperTemplate]:
        # a few dozen rows in all
        rows = self._connection.execute(sa.select(paper_template).order_by(paper_template.c.version))
        return {row.kind: record_of(PaperTemplate, row, paper_template) for row in rows}

    def templates(self, kind: str) -> tuple[PaperTemplate, ...]:
        newest_first = paper_template.c.version.desc()  # uq_paper_template_kind
        rows = self._connection.execute(
            sa.select(paper_template).where(paper_template.c.kind == kind).order_by(newest_first)
        )
        return tuple(record_of(PaperTemplate, row, paper_template) for row in rows)

    def template(self, template_id: str) -> tuple[PaperTemplate, bytes] | None:
        row = self._connection.execute(
            sa.select(paper_template, attachment_content.c.content)
            .select_from(paper_template.join(attachment_content))
            .where(paper_template.c.template_id == template_id)
        ).one_or_none()
        return None if row is None else (record_of(PaperTemplate, row, paper_template), row.content)

    def add_template(self, template: PaperTemplate, content: bytes) -> None:
        once = upsert(self._connection, attachment_content, ["sha256"], None)
        self._connection.execute(once, {"sha256": template.sha256, "content": content})
        self._connection.execute(sa.insert(paper_template), values_of(template))


def _owner(paper_id: str) -> str:
    return f"paper:{paper_id}"
