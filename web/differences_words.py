"""What differs, in the words of the page: kinds of things and names of their properties."""

from __future__ import annotations

from engine.definitions.comparing import Side
from engine.definitions.differences import Aspect, Change
from engine.definitions.differences_files import FileDifference, FileKind
from web.current import language
from web.i18n import label, text

ICONS = {
    Change.ADDED: "plus-lg",
    Change.REMOVED: "x-lg",
    Change.CHANGED: "arrow-repeat",
    Change.MOVED: "arrow-down-up",
}
LIGHTS = {Change.ADDED: "ok", Change.REMOVED: "red", Change.CHANGED: "blue", Change.MOVED: ""}
FILE_ICONS = {
    FileKind.DIAGRAM: "diagram-3",
    FileKind.TABLE: "sliders",
    FileKind.FORM: "clipboard-check",
    FileKind.PAPER: "file-earmark-text",
    FileKind.TEXT: "journal-text",
}
LONGEST = 2000
"""Characters of one value; the file itself holds the rest."""
_OWN_NAMES = ("property", "parameter", "extension", "foreign", "event")


def kind_words(kind: str) -> str:
    """`userTask` → 用户任务; what has no word is called as in the file."""
    return label("compare_kind", kind, language())


def aspect_words(aspect: Aspect) -> str:
    """`property:form` → 表单; `cell:途径` → 途径; `parameter:series` → 参数 series."""
    lang = language()
    sort, _, name = aspect.name.partition(":")
    if not name:
        return label("compare_aspect", aspect.name, lang)
    if sort == "cell":
        return name
    known = label("compare_aspect", aspect.name, lang)
    if known != aspect.name or sort not in _OWN_NAMES:
        return known
    return text(f"compare.of_{sort}", lang, name=name)


def value_words(value: str) -> str:
    """As in the file, cut where it is long; ✓ and ✗ for yes and no."""
    if value in {"true", "false"}:
        return text("compare.yes" if value == "true" else "compare.no", language())
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def side_words(side: Side) -> str:
    """第 3 版, or 草稿."""
    if side.version is None:
        return text("compare.draft", language())
    return text("compare.version", language(), n=side.version)


def file_words(file: FileDifference) -> str:
    """表单 approve_reply."""
    name = file.path.rpartition("/")[2].partition(".")[0]
    return f"{text(f'compare.file_{file.kind.value}', language())} {name}"
