"""What a file is, by its content. Pure; the name is never believed.

Accepted: PDF, PNG, JPEG, GIF, WebP, DOCX, XLSX, OFD, plain text. Whatever a browser or an office could execute
(HTML, SVG, scripts, macros, programs) is refused.
"""

from __future__ import annotations

import io
import zipfile

from engine.errors import InvalidFile, Message

MOST_MEMBERS = 5_000
LONGEST_DIRECTORY = 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
"""Of an archive (DOCX, XLSX, OFD): entries, bytes of their list, bytes that they claim to unpack to."""
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
_END, _END_BYTES, _LONGEST_COMMENT = b"PK\x05\x06", 22, 1 << 16
_LOCATOR_64, _LOCATOR_BYTES = b"PK\x06\x07", 20
_LAYOUT = dict.fromkeys(map(ord, "\r\n\t\f　"))
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
    suffix = name.rpartition(".")[2].lower()
    if media_type is None and any(suffix in known for known in _SUFFIXES.values()):
        raise InvalidFile(
            Message(
                f"文件“{name}”打不开：内容不是 {suffix.upper()}，或已损坏。请用原来的程序打开检查，另存后再上传。",
                f"“{name}” cannot be read: it is no {suffix.upper()} file, or damaged. Open it and save it anew.",
            )
        )
    if media_type is None:
        raise InvalidFile(
            Message(
                f"不接受“{name}”这种文件。可以上传 PDF、图片（PNG、JPEG、GIF、WebP）、DOCX、XLSX、OFD 和纯文本。",
                f"Files like “{name}” are not accepted. Upload PDF, PNG, JPEG, GIF, WebP, DOCX, XLSX, OFD or text.",
            )
        )
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
    if not _is_modest(content):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        return None
    names = {member.filename for member in members}
    if any(name.endswith(_MACROS) for name in names):
        return None
    return next((media_type for member, media_type in _MEMBERS.items() if member in names), None)


def _is_modest(content: bytes) -> bool:
    """Whether the list of entries is short, by the archive's own end record: before anything is parsed.

    Archives in the large format (ZIP64) are none of an office's documents.
    """
    end = len(content) - _END_BYTES
    if end < 0 or not content.startswith(_END, end) or not content.endswith(b"\0\0"):
        end = content.rfind(_END, max(0, len(content) - _END_BYTES - _LONGEST_COMMENT))
    if end < 0 or content.startswith(_LOCATOR_64, max(0, end - _LOCATOR_BYTES)):
        return False
    members = int.from_bytes(content[end + 10 : end + 12], "little")
    directory = int.from_bytes(content[end + 12 : end + 16], "little")
    return members <= MOST_MEMBERS and directory <= LONGEST_DIRECTORY


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
    return text.translate(_LAYOUT).isprintable()
