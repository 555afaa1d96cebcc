"""The case file as its page shows it: what `CaseView` has, and what people have put beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.records.attachment import Attachment
from engine.records.case import CaseFile
from engine.records.operating import Halt
from engine.records.views import CaseView
from engine.records.work import CaseLink, Comment


@dataclass(frozen=True)
class LinkedCase:
    """A link with the other case as it stands: only ever made where the reader may see that case."""

    link: CaseLink
    number: str | None
    title: str
    state: str
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class FileView:
    """`may_add`: the reader may add to the file. `may_reveal`: it may read the parties, for a purpose.

    `attachments` are all versions in the order in which they came, those of `merged` (the cases that this one has
    taken in and the reader may see) too. `halt` is what stops a procedure of the case for now.
    """

    view: CaseView
    comments: tuple[Comment, ...]
    attachments: tuple[Attachment, ...]
    links: tuple[LinkedCase, ...]
    may_add: bool
    may_reveal: bool
    may_link: bool
    merged: tuple[CaseFile, ...] = ()
    halt: Halt | None = None

    @property
    def case(self) -> CaseFile:
        return self.view.case

    @property
    def current(self) -> tuple[Attachment, ...]:
        """The newest version of each document, in the order in which the documents came."""
        newest: dict[str, Attachment] = {}
        for attachment in self.attachments:
            document = attachment.series_id or attachment.attachment_id
            if document not in newest or newest[document].version < attachment.version:
                newest[document] = attachment
        return tuple(newest.values())

    def earlier(self, attachment: Attachment) -> tuple[Attachment, ...]:
        """The older versions of a document, newest first."""
        if attachment.series_id is None:
            return ()
        same = [a for a in self.attachments if a.series_id == attachment.series_id and a is not attachment]
        return tuple(sorted(same, key=lambda a: -a.version))
