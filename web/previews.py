"""How a file is looked at without fetching it: a picture, the browser's PDF viewer, or the beginning of a text."""

from __future__ import annotations

from dataclasses import dataclass

from engine.records.attachment import Attachment

LONGEST_TEXT = 40_000


@dataclass(frozen=True)
class Preview:
    """`kind` is picture, pdf, text or none; `text` the beginning of a text, `is_cut` where it goes on."""

    kind: str
    text: str = ""
    is_cut: bool = False


def preview_of(attachment: Attachment, content: bytes) -> Preview:
    match attachment.media_type:
        case "image/png" | "image/jpeg":
            return Preview("picture")
        case "application/pdf":
            return Preview("pdf")
        case "text/plain":
            start = _decoded(content[: LONGEST_TEXT * 4])
            return Preview("text", start[:LONGEST_TEXT], len(start) > LONGEST_TEXT)
    return Preview("none")


def _decoded(content: bytes) -> str:
    """As it was accepted: UTF-8, else GB 18030; a character cut in two at the end is left out."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > len(content) - 4:
            return content[: error.start].decode("utf-8-sig")
    return content.decode("gb18030", errors="replace")
