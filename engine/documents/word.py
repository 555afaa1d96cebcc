"""Word files from templates. With `word_check` the only module that knows docxtpl."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import TemplateError, UndefinedError

from engine.documents.word_jinja import PaperLanguage
from engine.errors import InvalidState, Message

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FACES = re.compile(rb'(?<==")[^"<>&]*(?=")')


def render_word(template: bytes, texts: Mapping[str, str], *, what: str, fonts: Mapping[str, str]) -> bytes:
    """The template with its fields filled in. `what` names the paper in errors; `fonts` replaces fonts by name.

    A line end in a text begins a new paragraph. Raises InvalidState naming the paper and the field.
    """
    document: Any = DocxTemplate(io.BytesIO(template))
    # \a: docxtpl begins a paragraph like the one it stands in
    values = {name: text.replace("\n", "\a") for name, text in texts.items()}
    try:
        document.render(values, PaperLanguage(), autoescape=True)
    except UndefinedError as error:
        raise _failed(
            what, f"模板用了没有的字段：{error}", f"the template uses an unknown field: {error}"
        ) from error
    except TemplateError as error:
        raise _failed(what, f"模板有误：{error}", f"the template is wrong: {error}") from error
    content = io.BytesIO()
    document.save(content)
    return with_fonts(content.getvalue(), fonts)


def words_of(content: bytes) -> tuple[str, ...]:
    """The lines of a Word file's body, in order, table cells too: to compare and to preview."""
    document: Any = DocxTemplate(io.BytesIO(content)).get_docx()
    lines = []
    for paragraph in document.element.body.iter(f"{_W}p"):
        line = "".join(node.text or "" for node in paragraph.iter(f"{_W}t")).strip()
        if line:
            lines.append(line)
    return tuple(lines)


def with_fonts(content: bytes, fonts: Mapping[str, str]) -> bytes:
    """The same file with these fonts in place of those."""
    changed = {old.encode(): new.encode() for old, new in fonts.items() if old != new}
    if not changed:
        return content
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename.endswith(".xml"):
                part = _FACES.sub(lambda match: changed.get(match.group(), match.group()), part)
            new.writestr(entry.filename, part)
    return target.getvalue()


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _failed(what: str, zh: str, en: str) -> InvalidState:
    return InvalidState(
        Message(
            f"“{what}”的 Word 文件没有生成：{zh}。请在“文书模板”中更正该模板。",
            f"The Word file of “{what}” was not made: {en}. Correct its template under Paper templates.",
        )
    )
