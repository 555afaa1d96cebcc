"""What is accepted as an attachment, by content."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.documents import media
from engine.documents.attachments import sanitised_name
from engine.documents.media import media_type_of
from engine.errors import InvalidFile


def archive(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for member in members:
            file.writestr(member, "<x/>")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("决定.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("照片.JPG", b"\xff\xd8\xff\xe0abc", "image/jpeg"),
        ("图.png", b"\x89PNG\r\n\x1a\n..", "image/png"),
        ("图.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("说明.txt", "情况说明".encode(), "text/plain"),
        ("旧文.txt", "情况说明".encode("gb18030"), "text/plain"),
        ("公文.ofd", archive("OFD.xml"), "application/ofd"),
        (
            "表.xlsx",
            archive("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("函.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_accepted(name: str, content: bytes, media_type: str) -> None:
    assert media_type_of(name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.pdf", b""),
        ("页面.html", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("页面.txt", b"\xef\xbb\xbf  <html><script>alert(1)</script>"),
        ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("程序.exe", b"MZ\x90\0"),
        ("程序.pdf", b"MZ\x90\0"),
        ("程序.txt", b"\x7fELF\x02"),
        ("脚本.txt", b"#!/bin/sh\nrm -rf /"),
        ("图.png", b"%PDF-1.7"),
        ("包.zip", archive("a.txt")),
        ("包.docx", archive("a.txt")),
        ("坏.docx", b"PK\x03\x04 not an archive"),
        ("宏.docx", archive("word/document.xml", "word/vbaProject.bin")),
        ("无后缀", b"%PDF-1.7"),
        ("乱码.txt", b"\x01\x02\xff\xfe\x03"),
    ],
)
def test_refused(name: str, content: bytes) -> None:
    with pytest.raises(InvalidFile):
        media_type_of(name, content)


def test_a_file_that_is_not_what_its_name_says_is_told_so() -> None:
    with pytest.raises(InvalidFile, match="内容不是 PDF，或已损坏"):
        media_type_of("扫描件.pdf", b"\x00\x01 half of it")


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\桌面\\决定.pdf", "决定.pdf"),
        ('a<b>"c|.pdf', "abc.pdf"),
        ("a\x00\n\u202eb.pdf", "ab.pdf"),
        ("...", "附件"),
        (".pdf", "pdf"),
    ],
)
def test_names_are_sanitised(given: str, clean: str) -> None:
    assert sanitised_name(given) == clean


def test_a_long_name_keeps_its_suffix() -> None:
    clean = sanitised_name("长" * 500 + ".pdf")

    assert len(clean) <= 120
    assert clean.endswith(".pdf")


def crowded(members: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("word/document.xml", "x")
        for number in range(members):
            opened.writestr(f"{number:x}", b"")
    return buffer.getvalue()


def test_an_archive_of_very_many_entries_is_refused_by_its_end_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    content = crowded(6_000)
    lying = bytearray(content)
    lying[-12:-10] = lying[-14:-12] = (5).to_bytes(2, "little")  # the count lies, the length cannot

    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("the list was parsed")

    monkeypatch.setattr(zipfile, "ZipFile", parsed)
    monkeypatch.setattr(media, "LONGEST_DIRECTORY", 100_000)
    for given in (content, bytes(lying), content[:-22] + b"PK\x06\x07" + bytes(16) + content[-22:]):
        with pytest.raises(InvalidFile):
            media_type_of("多.docx", given)


def test_an_archive_that_claims_to_unpack_to_much_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("word/document.xml", bytes(media.MOST_UNPACKED // 100))
        entry = opened.infolist()[0]
        entry.file_size = media.MOST_UNPACKED + 1
    with pytest.raises(InvalidFile):
        media_type_of("大.docx", buffer.getvalue())
