"""The archive volume as one PDF: an index with page numbers, the case's sheet, papers, pictures, PDF attachments.

What cannot become pages (a spreadsheet, a PDF that is encrypted or broken) stands in the index with the reason; the
ZIP volume has it. Foreign pages lose their scripts and actions.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject

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
_A4 = "@page { size: A4; margin: 0 }"


@dataclass(frozen=True)
class _Part:
    entry: Entry
    pages: tuple[PageObject, ...]


def volume_pdf(engine: Engine, actor: Actor, volume: Volume, sheets: Sheets, *, purpose: str) -> bytes:
    """The whole volume. Raises InvalidState where PDF is not installed, InvalidFile where a file was changed."""
    parts = [_part(engine, actor, volume, entry, purpose) for entry in volume.entries]
    entries, index = _indexed(sheets, parts)
    pages = [*index, *(page for part in parts for page in part.pages)]
    writer = PdfWriter()
    stamps = PdfReader(io.BytesIO(pdf_of_html(_stamps(len(pages)))))
    for page, stamp in zip(pages, stamps.pages, strict=True):
        added = writer.add_page(page)
        _disarm(added)
        added.merge_page(stamp)
    for entry in entries:
        if entry.page is not None:
            writer.add_outline_item(title=f"{entry.number} {entry.title}", page_number=entry.page - 1)
    writer.add_metadata({"/Title": volume.name, "/Producer": "Duban", "/Keywords": volume.manifest_sha256})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _indexed(sheets: Sheets, parts: Sequence[_Part]) -> tuple[list[Entry], list[PageObject]]:
    """The index with the pages on which things begin; its own length counts among them."""
    entries = _paged(parts, 0)
    length = len(_pages(pdf_of_html(sheets.index(entries))))
    entries = _paged(parts, length)
    return entries, _pages(pdf_of_html(sheets.index(entries)))


def _paged(parts: Sequence[_Part], offset: int) -> list[Entry]:
    entries, page = [], offset + 1
    for part in parts:
        entries.append(replace(part.entry, page=page if part.pages else None))
        page += len(part.pages)
    return entries


def _part(engine: Engine, actor: Actor, volume: Volume, entry: Entry, purpose: str) -> _Part:
    if entry.sha256 is None:
        return _Part(entry, ())
    if entry.kind == "paper":
        try:
            return _Part(
                entry, tuple(_pages(paper_file(engine, actor, entry.source_id, "pdf", purpose=purpose)[1]))
            )
        except EngineError as error:
            return _Part(replace(entry, note=error.message.zh), ())
    content = content_of(engine, actor, volume, entry)
    if entry.kind == "sheet":
        return _Part(entry, tuple(_pages(pdf_of_html(content.decode()))))
    return _attachment(entry, content)


def _attachment(entry: Entry, content: bytes) -> _Part:
    """One file's trouble is its own: its reason stands in the index."""
    if entry.media_type not in {_PDF, *_PICTURES}:
        return _Part(replace(entry, note="见压缩包卷"), ())
    try:
        if entry.media_type in _PICTURES:
            return _Part(entry, tuple(_pages(pdf_of_html(_picture(entry, content)))))
        pages = _pages(content)
    except Exception as error:  # noqa: BLE001
        return _Part(replace(entry, note=f"不能并入（{type(error).__name__}），见压缩包卷"), ())
    if len(pages) > MOST_PAGES:
        return _Part(replace(entry, note=f"超过 {MOST_PAGES} 页，见压缩包卷"), ())
    return _Part(entry, tuple(pages))


def _pages(content: bytes) -> list[PageObject]:
    reader = PdfReader(io.BytesIO(content))
    return [reader.pages[i] for i in range(min(len(reader.pages), MOST_PAGES + 1))]


def _picture(entry: Entry, content: bytes) -> str:
    data = base64.b64encode(content).decode()
    style = "@page { size: A4; margin: 15mm } img { max-width: 100%; max-height: 240mm } p { font-size: 10pt }"
    title = html.escape(f"{entry.number} {entry.title}")
    return f'<style>{style}</style><p>{title}</p><img src="data:{entry.media_type};base64,{data}">'


def _stamps(count: int) -> str:
    style = f"{_A4} div {{ break-after: page; height: 290mm; position: relative }} "
    style += "p { position: absolute; bottom: 0; width: 100%; margin: 0; text-align: center; font-size: 9pt }"
    pages = "".join(f"<div><p>— {number} / {count} —</p></div>" for number in range(1, count))
    last = f'<div class="last"><p>— {count} / {count} —</p></div>'
    return f"<style>{style} .last {{ break-after: auto }}</style>{pages}{last}"


def _disarm(page: PageObject) -> None:
    """What a page would do by itself is left out."""
    page.pop("/AA", None)
    annotations = page.get("/Annots")
    if annotations is None:
        return
    for reference in annotations.get_object() if not isinstance(annotations, ArrayObject) else annotations:
        annotation = reference.get_object()
        if isinstance(annotation, DictionaryObject):
            annotation.pop("/A", None)
            annotation.pop("/AA", None)
