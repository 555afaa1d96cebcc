"""What a file is, by its content. Pure; the name is never believed.

Accepted: PDF, PNG, JPEG, GIF, WebP, DOCX, XLSX, OFD, plain text. Whatever a browser or an office could execute
(HTML, SVG, scripts, macros, programs) is refused.
"""

from __future__ import annotations

import io
import zipfile

from engine.errors import InvalidFile, Message

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_SUFFIXES = {
    "application/pdf": {"pdf"},
    "image/png": {"png"},
    "image/jpeg": {"jpg", "jpeg"},
    "image/gif": {"gif"},
    "image/webp": {"webp"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"xlsx"},
    "application/ofd": {"ofd"},
    "text/plain": {"txt", "csv", "md", "log"},
}
_MEMBERS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "OFD.xml": "application/ofd",
}
_MACROS = "vbaProject.bin"
_ACTIVE_STARTS = (b"<", b"#!", b"MZ", b"\x7fELF")


def media_type_of(name: str, content: bytes) -> str:
    """The media type. Raises InvalidFile for an empty file, a type that is not accepted, or a misleading suffix."""
    if not content:
        raise InvalidFile(
            Message(
                f"文件“{name}”是空的。请检查后重新上传。",
                f"The file “{name}” is empty. Check it and upload it again.",
            )
        )
    media_type = _sniff(content)
    if media_type is None:
        raise InvalidFile(
            Message(
                f"不接受“{name}”这种文件。可以上传 PDF、图片（PNG、JPEG、GIF、WebP）、DOCX、XLSX、OFD 和纯文本。",
                f"Files like “{name}” are not accepted. Upload PDF, PNG, JPEG, GIF, WebP, DOCX, XLSX, OFD or text.",
            )
        )
    suffix = name.rpartition(".")[2].lower()
    if suffix not in _SUFFIXES[media_type]:
        raise InvalidFile(
            Message(
                f"文件“{name}”的内容（{media_type}）与后缀不符。请用正确的后缀保存后再上传。",
                f"The content of “{name}” is {media_type}, which its suffix denies. Save it with the right suffix.",
            )
        )
    return media_type


def _sniff(content: bytes) -> str | None:
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _sniff_archive(content)
    return "text/plain" if _is_plain_text(content) else None


def _sniff_archive(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(member.endswith(_MACROS) for member in members):
        return None
    return next((media_type for member, media_type in _MEMBERS.items() if member in members), None)


def _is_plain_text(content: bytes) -> bool:
    if b"\0" in content or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_ACTIVE_STARTS):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _decodes(content, "gb18030")
    return True


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\r\n\t\f　" for character in text)
