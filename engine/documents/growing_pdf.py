"""A PDF that grows in a file, part by part: of each part only what its pages are stays in memory.

A part's objects are copied under new numbers as soon as it comes, and its pages when all are there and can be
numbered. What a page or an annotation would do by itself is left out. A part that breaks off leaves nothing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

_FONT = "/DubanPageNumber"
_SIZE, _FOOT = 9, 20
"""Of the page number, in points; and how far it stands above the page's edge."""
_PARENT, _CONTENTS = NameObject("/Parent"), NameObject("/Contents")
_ACTS = ("/A", "/AA", "/PA")
_ABOVE = ("/Pages", "/Catalog")
_WIDTHS, _DIGIT = {" ": 278, "/": 278, "—": 1000}, 556
"""Of the characters of a page number, in thousandths of its size."""


@dataclass(frozen=True)
class Page:
    """A page of the file: the number of its object, and what it is, without its number."""

    number: int
    entry: DictionaryObject
    box: tuple[float, float, float, float]
    turned: int


@dataclass
class GrowingPdf:
    """`out` is empty, can be written and cut."""

    out: BinaryIO
    _places: list[int] = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        self.out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._root, self._catalog, self._font, self._opening = (self._number() for _ in range(4))

    def take(self, content: bytes, most: int) -> tuple[Page, ...] | None:
        """Copies a whole PDF, and gives its pages; None where it has more than `most`.

        Raises whatever a broken file makes the reader raise; then the file is as before.
        """
        end, known = self.out.tell(), len(self._places)
        stream = io.BytesIO(content)
        # a reader and its objects hold each other: they may stay for a while
        with closing(stream), ExitStack() as undo:
            undo.callback(self._cut_off, end, known)
            reader = PdfReader(stream)
            if reader.is_encrypted:
                raise ValueError("encrypted")
            if len(reader.pages) > most:
                return None
            pages = _Copying(self, reader).pages()
            reader.resolved_objects.clear()
            undo.pop_all()
        return pages

    def _cut_off(self, end: int, known: int) -> None:
        self.out.seek(end)
        self.out.truncate()
        del self._places[known:]

    def finish(self, pages: Sequence[Page], outline: Sequence[tuple[str, int]], info: dict[str, str]) -> None:
        """Writes the pages in their order, each with its number; `outline` are titles and the index of a page."""
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
        self._write(self._font, _names(font))
        self._write(self._opening, _stream(b"q\n"))
        for index, page in enumerate(pages, start=1):
            stamp = self._add(_stream(_stamp(page, f"— {index} / {len(pages)} —")))
            self._write(page.number, self._numbered(page, stamp))
        tree = _names({"/Type": "/Pages"})
        tree[NameObject("/Kids")] = ArrayObject([_ref(page.number) for page in pages])
        tree[NameObject("/Count")] = NumberObject(len(pages))
        self._write(self._root, tree)
        catalog = _names({"/Type": "/Catalog"})
        catalog[NameObject("/Pages")] = _ref(self._root)
        if outline:
            catalog[NameObject("/Outlines")] = _ref(self._outline(outline, pages))
        self._write(self._catalog, catalog)
        told = DictionaryObject({NameObject(key): TextStringObject(text) for key, text in info.items()})
        self._trailer(self._add(told))

    def _numbered(self, page: Page, stamp: int) -> DictionaryObject:
        entry = DictionaryObject(page.entry)
        resources = DictionaryObject(_within(entry, "/Resources"))
        fonts = DictionaryObject(_within(resources, "/Font"))
        fonts[NameObject(_FONT)] = _ref(self._font)
        resources[NameObject("/Font")] = fonts
        own = entry.raw_get("/Contents")
        entry[NameObject("/Resources")] = resources
        entry[_CONTENTS] = ArrayObject([_ref(self._opening), *own, _ref(stamp)])
        entry[_PARENT] = _ref(self._root)
        return entry

    def _outline(self, outline: Sequence[tuple[str, int]], pages: Sequence[Page]) -> int:
        root, items = self._number(), [self._number() for _ in outline]
        for at, (title, index) in enumerate(outline):
            item = DictionaryObject({NameObject("/Title"): TextStringObject(title), _PARENT: _ref(root)})
            item[NameObject("/Dest")] = ArrayObject([_ref(pages[index].number), NameObject("/Fit")])
            if at:
                item[NameObject("/Prev")] = _ref(items[at - 1])
            if at + 1 < len(items):
                item[NameObject("/Next")] = _ref(items[at + 1])
            self._write(items[at], item)
        whole = _names({"/Type": "/Outlines"})
        whole |= {NameObject("/First"): _ref(items[0]), NameObject("/Last"): _ref(items[-1])}
        whole[NameObject("/Count")] = NumberObject(len(items))
        self._write(root, whole)
        return root

    def _trailer(self, info: int) -> None:
        start = self.out.tell()
        self.out.write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._places))
        for place in self._places[1:]:
            self.out.write(b"%010d 00000 %c \n" % (place, b"n" if place else b"f"))
        trailer = DictionaryObject({NameObject("/Size"): NumberObject(len(self._places))})
        trailer |= {NameObject("/Root"): _ref(self._catalog), NameObject("/Info"): _ref(info)}
        self.out.write(b"trailer\n")
        trailer.write_to_stream(self.out)
        self.out.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)

    def _number(self) -> int:
        """Of an object that is still to be written."""
        self._places.append(0)
        return len(self._places) - 1

    def _add(self, what: Any) -> int:
        number = self._number()
        self._write(number, what)
        return number

    def _write(self, number: int, what: Any) -> None:
        self._places[number] = self.out.tell()
        self.out.write(b"%d 0 obj\n" % number)
        what.write_to_stream(self.out)
        self.out.write(b"\nendobj\n")


@dataclass
class _Copying:
    """The objects of one file on their way into another. `waiting` are those that were referred to."""

    into: GrowingPdf
    reader: PdfReader
    known: dict[tuple[int, int], int] = field(default_factory=dict)
    waiting: list[IndirectObject] = field(default_factory=list)

    def pages(self) -> tuple[Page, ...]:
        found = [(page, self.into._number()) for page in self.reader.pages]
        for page, number in found:
            if page.indirect_reference is not None:
                self.known[_key(page.indirect_reference)] = number
        made = tuple(self._page(page, number) for page, number in found)
        while self.waiting:
            reference = self.waiting.pop()
            self.into._write(self.known[_key(reference)], self._copied(self.reader.get_object(reference)))
        return made

    def _page(self, page: Any, number: int) -> Page:
        entry = DictionaryObject()
        for key, value in page.items():
            if key not in {"/Parent", "/AA", "/Contents", "/Resources"}:
                entry[NameObject(key)] = self._copied(value)
        entry[NameObject("/Resources")] = self._resources(page)
        entry[_CONTENTS] = self._contents(page)
        box = page.cropbox
        edges = (float(box.left), float(box.bottom), float(box.right), float(box.top))
        return Page(number, entry, edges, int(page.rotation) % 360)

    def _resources(self, page: Any) -> DictionaryObject:
        """In the page itself, as are its fonts' names: the page number's joins them."""
        found = DictionaryObject()
        for key, value in _within(page, "/Resources").items():
            inner = value.get_object() if key == "/Font" else value
            found[NameObject(key)] = self._copied(inner)
        return found

    def _contents(self, page: Any) -> ArrayObject:
        if "/Contents" not in page:
            return ArrayObject()
        given = page.raw_get("/Contents")
        whole = given.get_object()
        if isinstance(whole, ArrayObject):
            return ArrayObject([self._copied(each) for each in whole])
        return ArrayObject([self._copied(given)] if isinstance(whole, StreamObject) else [])

    def _copied(self, value: Any) -> Any:
        match value:
            case IndirectObject():
                return self._referred(value)
            case StreamObject():
                made = StreamObject()
                made.update(self._entries(value))
                made._data = value._data
                return made
            case DictionaryObject():
                return self._entries(value)
            case ArrayObject():
                return ArrayObject([self._copied(each) for each in value])
            case None:
                return NullObject()
            case _:
                return value

    def _entries(self, value: DictionaryObject) -> DictionaryObject:
        """Neither an annotation nor a field keeps what it would do."""
        left_out = {"/Length"} if isinstance(value, StreamObject) else set()
        if not {"/Rect", "/FT", "/Kids"}.isdisjoint(value):
            left_out = {*left_out, *_ACTS}
        return DictionaryObject(
            {NameObject(key): self._copied(each) for key, each in value.items() if key not in left_out}
        )

    def _referred(self, reference: IndirectObject) -> Any:
        key = _key(reference)
        if key not in self.known:
            found = self.reader.get_object(reference)
            if isinstance(found, DictionaryObject) and found.get("/Type") in _ABOVE:
                return NullObject()  # the other file as a whole
            self.known[key] = self.into._number()
            self.waiting.append(reference)
        return _ref(self.known[key])


def _within(page: Any, key: str) -> DictionaryObject:
    found = page.raw_get(key).get_object() if key in page else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _key(reference: IndirectObject) -> tuple[int, int]:
    return reference.idnum, reference.generation


def _ref(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)


def _names(entries: dict[str, str]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in entries.items()})


def _stream(content: bytes) -> StreamObject:
    made = StreamObject()
    made._data = content
    return made


def _stamp(page: Page, text: str) -> bytes:
    """The page's number at the middle of the edge that is below when the page is looked at."""
    left, bottom, right, top = page.box
    half = sum(_WIDTHS.get(char, _DIGIT) for char in text) * _SIZE / 2000
    across, up = (left + right) / 2, (bottom + top) / 2
    match page.turned:
        case 90:
            at = (0, 1, -1, 0, right - _FOOT, up - half)
        case 180:
            at = (-1, 0, 0, -1, across + half, top - _FOOT)
        case 270:
            at = (0, -1, 1, 0, left + _FOOT, up + half)
        case _:
            at = (1, 0, 0, 1, across - half, bottom + _FOOT)
    matrix = " ".join(f"{number:.2f}" for number in at)
    shown = f"\nQ q 0 g BT {_FONT} {_SIZE} Tf {matrix} Tm (".encode()
    return shown + text.encode("cp1252") + b") Tj ET Q\n"
