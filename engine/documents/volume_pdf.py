"""The archive volume as one PDF: an index with page numbers, the case's sheet, papers, pictures, PDF attachments.

What cannot become pages (a spreadsheet, a PDF that is encrypted or broken) stands in the index with the reason; the
ZIP volume has it. Foreign pages lose their scripts and actions.
"""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import BinaryIO

from pypdf import PdfReader

from engine.documents.growing_pdf import GrowingPdf, Page
from engine.documents.paper_file import paper_file
from engine.documents.pdf import pdf_of_html
from engine.documents.volume import Entry, Sheets, Volume, content_of
from engine.errors import EngineError
from engine.ports.engine import Engine
from engine.records.org import Actor

MOST_PAGES = 2_000
"""Of one attachment."""
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_PDF = "application/pdf"


@dataclass(frozen=True)
class _Part:
    entry: Entry
    pages: tuple[Page, ...]


def volume_pdf(engine: Engine, actor: Actor, volume: Volume, sheets: Sheets, *, purpose: str) -> BinaryIO:
    """The whole volume in a nameless file of its own, at its beginning: never more than one part is in memory.

    Raises InvalidState where PDF is not installed, InvalidFile where a file was changed.
    """
    out = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with ExitStack() as undo:
        undo.callback(out.close)
        growing = GrowingPdf(out)
        binding = _Binding(engine, actor, volume, purpose, growing)
        parts = [binding.part(entry) for entry in volume.entries]
        entries, index = _indexed(sheets, parts, growing)
        pages = [*index, *(page for part in parts for page in part.pages)]
        outline = [(f"{entry.number} {entry.title}", entry.page - 1) for entry in entries if entry.page is not None]
        info = {"/Title": volume.name, "/Producer": "Duban", "/Keywords": volume.manifest_sha256}
        growing.finish(pages, outline, info)
        out.seek(0)
        undo.pop_all()
    return out


def _indexed(sheets: Sheets, parts: Sequence[_Part], growing: GrowingPdf) -> tuple[list[Entry], tuple[Page, ...]]:
    """The index with the pages on which things begin; its own length counts among them."""
    first = pdf_of_html(sheets.index(_paged(parts, 0)))
    entries = _paged(parts, len(PdfReader(io.BytesIO(first)).pages))
    return entries, _own(growing, sheets.index(entries))


def _paged(parts: Sequence[_Part], offset: int) -> list[Entry]:
    entries, page = [], offset + 1
    for part in parts:
        entries.append(replace(part.entry, page=page if part.pages else None))
        page += len(part.pages)
    return entries


@dataclass(frozen=True)
class _Binding:
    """What goes into the file that grows, one entry after the other."""

    engine: Engine
    actor: Actor
    volume: Volume
    purpose: str
    growing: GrowingPdf

    def part(self, entry: Entry) -> _Part:
        if entry.sha256 is None:
            return _Part(entry, ())
        if entry.kind == "paper":
            return self._paper(entry)
        content = content_of(self.engine, self.actor, self.volume, entry)
        if entry.kind == "sheet":
            return _Part(entry, _own(self.growing, content.decode()))
        return self._attachment(entry, content)

    def _paper(self, entry: Entry) -> _Part:
        try:
            content = paper_file(self.engine, self.actor, entry.source_id, "pdf", purpose=self.purpose)[1]
        except EngineError as error:
            return _Part(replace(entry, note=error.message.zh), ())
        return _Part(entry, self.growing.take(content, sys.maxsize) or ())

    def _attachment(self, entry: Entry, content: bytes) -> _Part:
        """One file's trouble is its own: its reason stands in the index."""
        if entry.media_type not in {_PDF, *_PICTURES}:
            return _Part(replace(entry, note="见压缩包卷"), ())
        try:
            if entry.media_type in _PICTURES:
                content = pdf_of_html(_picture(entry, content))
            pages = self.growing.take(content, MOST_PAGES)
        except Exception as error:  # noqa: BLE001
            return _Part(replace(entry, note=f"不能并入（{type(error).__name__}），见压缩包卷"), ())
        if pages is None:
            return _Part(replace(entry, note=f"超过 {MOST_PAGES} 页，见压缩包卷"), ())
        return _Part(entry, pages)


def _own(growing: GrowingPdf, html: str) -> tuple[Page, ...]:
    """What we lay out ourselves, however long."""
    return growing.take(pdf_of_html(html), sys.maxsize) or ()


def _picture(entry: Entry, content: bytes) -> str:
    data = base64.b64encode(content).decode()
    style = "@page { size: A4; margin: 15mm } img { max-width: 100%; max-height: 240mm } p { font-size: 10pt }"
    title = html.escape(f"{entry.number} {entry.title}")
    return f'<style>{style}</style><p>{title}</p><img src="data:{entry.media_type};base64,{data}">'
