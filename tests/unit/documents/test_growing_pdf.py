"""A PDF that grows part by part: readable, numbered, disarmed, and never in memory as a whole."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from engine.documents.growing_pdf import GrowingPdf, Page
from engine.documents.pdf import pdf_of_html

INFO = {"/Title": "归档卷"}


def bound(*parts: bytes) -> pypdf.PdfReader:
    out = io.BytesIO()
    growing = GrowingPdf(out)
    pages: list[Page] = []
    for part in parts:
        pages += growing.take(part, 100) or ()
    growing.finish(pages, [("第一件", 0)], INFO)
    return pypdf.PdfReader(out, strict=True)


def turned(angle: int) -> bytes:
    """One page of A5 that does something when it is opened and has a link that does."""
    writer = pypdf.PdfWriter()
    page = writer.add_page(pypdf.PdfReader(io.BytesIO(pdf_of_html("<p>横排</p>"))).pages[0])
    page.rotate(angle)
    script = names({"/S": "/JavaScript"})
    script[NameObject("/JS")] = TextStringObject("x()")
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    link = names({"/Type": "/Annot", "/Subtype": "/Link"})
    link[NameObject("/Rect")] = ArrayObject([FloatObject(n) for n in (0, 0, 9, 9)])
    link[NameObject("/A")] = writer._add_object(script)
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    return written(writer)


def names(entries: dict[str, str]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in entries.items()})


def written(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pages_are_numbered_in_their_order_with_an_outline() -> None:
    two = pdf_of_html("<p>协议</p><p style='break-before: page'>第二页")
    reader = bound(two, turned(90))
    texts = [page.extract_text() for page in reader.pages]
    assert ["协议" in texts[0], "第二页" in texts[1], "横排" in texts[2]] == [True] * 3
    assert [f"— {n} / 3 —" in text for n, text in enumerate(texts, 1)] == [True] * 3
    assert [item.title for item in reader.outline] == ["第一件"]
    assert reader.get_destination_page_number(reader.outline[0]) == 0
    assert reader.metadata is not None
    assert reader.metadata.title == "归档卷"


def test_nothing_is_done_by_itself() -> None:
    reader = bound(turned(0))
    whole = reader.stream
    whole.seek(0)
    content = whole.read()
    assert "/Annots" in reader.pages[0]
    assert b"JavaScript" not in content
    assert b"/AA" not in content


@pytest.mark.parametrize(("angle", "at"), [(90, (0, 1)), (180, (-1, 0)), (270, (0, -1))])
def test_the_number_stands_upright_on_a_turned_page(angle: int, at: tuple[int, int]) -> None:
    page = bound(turned(angle)).pages[0]
    seen: list[Sequence[float]] = []
    page.extract_text(visitor_text=lambda text, _cm, tm, *_: seen.append(tm) if "1 / 1" in text else None)
    assert [round(n) for n in seen[0][:2]] == list(at)


def test_a_part_that_breaks_off_or_is_too_long_leaves_nothing() -> None:
    out = io.BytesIO()
    growing = GrowingPdf(out)
    good = growing.take(pdf_of_html("<p>好"), 100)
    assert good
    size = out.tell()
    broken = pdf_of_html("<p>坏").replace(b"/Contents", b"/Contentz").replace(b"endobj", b"endobx")
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the reader says
        growing.take(broken[: len(broken) // 2], 100)
    writer = pypdf.PdfWriter(io.BytesIO(pdf_of_html("<p>密")))
    writer.encrypt("geheim")
    with pytest.raises(ValueError, match="encrypted"):
        growing.take(written(writer), 100)
    assert growing.take(pdf_of_html("<p>1</p><p style='break-before: page'>2"), 1) is None
    assert out.tell() == size
    growing.finish(good, [], INFO)
    assert len(pypdf.PdfReader(out, strict=True).pages) == 1


def a_scan(seed: int, size: int) -> bytes:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    picture = DecodedStreamObject()
    picture.set_data(random.Random(seed).randbytes(size))
    picture.update(names({"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceGray"}))
    picture.update({NameObject("/Width"): NumberObject(size), NameObject("/Height"): NumberObject(1)})
    pictures = DictionaryObject({NameObject("/I"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    return written(writer)


def test_a_volume_of_many_scans_needs_the_memory_of_one(tmp_path: Path) -> None:
    size, many = 500_000, 24
    with (tmp_path / "out.pdf").open("w+b") as out:
        growing = GrowingPdf(out)
        scans = [a_scan(seed, size) for seed in range(many)]
        tracemalloc.start()
        pages = [page for scan in scans for page in growing.take(scan, 10) or ()]
        growing.finish(pages, [], INFO)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert out.tell() > many * size
        assert peak < 6 * size
        reader = pypdf.PdfReader(out)
        assert len(reader.pages) == many
