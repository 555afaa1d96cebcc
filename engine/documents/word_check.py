"""Whether a Word file may be a template: by its content, part by part. Nothing in it runs, fetches or embeds.

What is refused: other files than .docx, macros, OLE and ActiveX, embedded files, links to elsewhere (pictures,
templates, hyperlinks), Word fields that fetch or compute, DTDs, archives that unfold too large, and template
language beyond the fields of the kind.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml import etree

from engine.documents.word_jinja import PaperLanguage, names_in
from engine.errors import InvalidFile, Message
from engine.kernel.findings import Finding, Severity

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_PARTS: Final = 120
MOST_UNPACKED: Final = 12 * 1024 * 1024
_MAIN: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART: Final = re.compile(
    r"^(\[Content_Types\]\.xml|_rels/\.rels|docProps/((app|core|custom)\.xml|thumbnail\.(png|jpe?g))|customXml/[\w/.-]+\.(xml|rels)"
    r"|word/[\w.-]+\.xml|word/theme/[\w.-]+\.xml|word/_rels/[\w.-]+\.rels|word/media/[\w.-]+\.(png|jpe?g|gif))$"
)
_LINKS: Final = (
    "oleObject",
    "package",
    "attachedTemplate",
    "aFChunk",
    "frame",
    "subDocument",
    "control",
    "vbaProject",
)
_FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
"""Word's own fields that only count pages."""
_ACTIVE: Final = frozenset({f"{_W}object", f"{_W}altChunk", f"{_W}control", f"{_W}subDoc", f"{_W}attachedTemplate"})
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError),
    *(RuntimeError, ValueError, EOFError, OSError),
)
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)


class InvalidTemplate(InvalidFile):
    """A template that is refused. `findings` lists everything found."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        listed = "；".join(f.message.zh for f in findings[:3])
        listed_en = "; ".join(f.message.en for f in findings[:3])
        super().__init__(
            Message(
                f"模板有 {len(findings)} 处问题，没有保存：{listed}",
                f"The template has {len(findings)} problem(s) and was not saved: {listed_en}",
            )
        )


def check_template(content: bytes, allowed: Mapping[str, str], *, path: str) -> tuple[Finding, ...]:
    """All findings, each an error. `allowed` are the fields of the kind; `path` is where findings say they are."""
    try:
        parts = _parts(content)
        found = [*_outside(parts), *_inside(parts)]
        if not found:
            found += _language(content, parts, allowed)
    except _Refused as refused:
        found = [refused.args]
    return tuple(Finding(Severity.ERROR, rule, Message(zh, en), path) for rule, zh, en in found)


_Said = tuple[str, str, str]
"""Rule, and what is wrong in Chinese and English."""


class _Refused(Exception):
    """The file cannot be looked at any further; its arguments are a `_Said`."""

    args: _Said


def _parts(content: bytes) -> dict[str, bytes]:
    if len(content) > MOST_BYTES:
        raise _Refused(*_too_large())
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise _Refused(*_too_large())
            return {entry.filename: _unpacked(archive, entry) for entry in entries if not entry.is_dir()}
    except _BROKEN as error:
        raise _Refused(*_no_word()) from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What the header promises is not believed."""
    with archive.open(entry) as stream:
        content = stream.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise _Refused(*_too_large())
    return content


def _outside(parts: Mapping[str, bytes]) -> Iterator[_Said]:
    """The kind of file, and the parts that it may have."""
    types = parts.get("[Content_Types].xml", b"")
    if "word/document.xml" not in parts or _MAIN not in types:
        yield _no_word()
        return
    for name in parts:
        if not _PART.match(name):
            yield (
                "foreign-part",
                f"文件里有不允许的部分“{name[:60]}”（宏、嵌入对象等）。请在 Word 中删除，另存为普通 .docx。",
                f"It holds a part that is not allowed, “{name[:60]}” (macros, embedded objects). Remove it in Word "
                "and save it as a plain .docx.",
            )


def _inside(parts: Mapping[str, bytes]) -> Iterator[_Said]:
    for name, content in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise _Refused(*_no_word())
        try:
            tree = etree.fromstring(content, _PARSER)
        except etree.XMLSyntaxError as error:
            raise _Refused(*_no_word()) from error
        yield from _relations(tree) if name.endswith(".rels") else _content(tree)


def _relations(tree: Any) -> Iterator[_Said]:
    for relation in tree.iter("{*}Relationship"):
        target, kind = relation.get("Target", ""), relation.get("Type", "").rpartition("/")[2]
        if relation.get("TargetMode") == "External" or "://" in target or target.startswith("\\"):
            yield (
                "external-link",
                f"文件链接到外部“{target[:80]}”。请在 Word 中断开链接（图片请改为嵌入）。",
                f"It links to “{target[:80]}”. Break the link in Word (embed pictures).",
            )
        elif kind in _LINKS:
            yield (
                "embedded",
                f"文件里有嵌入对象（{kind}）。请在 Word 中删除。",
                f"It embeds an object ({kind}). Remove it in Word.",
            )


def _content(tree: Any) -> Iterator[_Said]:
    for element in tree.iter(*_ACTIVE):
        name = str(element.tag).rpartition("}")[2]
        yield (
            "embedded",
            f"文件里有嵌入对象（{name}）。请在 Word 中删除。",
            f"It embeds an object ({name}). Remove it in Word.",
        )
    for instruction in _instructions(tree):
        word = instruction.split()[0].upper() if instruction.split() else ""
        if word not in _FIELDS:
            yield (
                "word-field",
                f"不允许 Word 域“{instruction.strip()[:60]}”。只可用页码（PAGE、NUMPAGES）。",
                f"The Word field “{instruction.strip()[:60]}” is not allowed. Only page numbers are.",
            )


def _instructions(tree: Any) -> Iterator[str]:
    """Word's fields, put together from the runs that they are scattered over."""
    for simple in tree.iter(f"{_W}fldSimple"):
        yield simple.get(f"{_W}instr", "")
    written: list[str] = []
    for element in tree.iter(f"{_W}fldChar", f"{_W}instrText"):
        if element.tag == f"{_W}instrText":
            written.append(element.text or "")
        elif element.get(f"{_W}fldCharType") != "begin":
            if written:
                yield "".join(written)
            written = []
    if written:
        yield "".join(written)


def _language(content: bytes, parts: Mapping[str, bytes], allowed: Mapping[str, str]) -> Iterator[_Said]:
    language = PaperLanguage()
    document: Any = DocxTemplate(io.BytesIO(content))
    document.init_docx()
    unknown: dict[str, None] = {}
    for name, part in parts.items():
        if not name.startswith(("word/", "docProps/")) or not name.endswith(".xml"):
            continue
        text = part.decode("utf-8", errors="replace")
        if "{" not in text:
            continue
        try:
            tree = language.parse(document.patch_xml(text))
        except TemplateError as error:
            yield (
                "template-language",
                f"模板语言不认识：{error}。只可写 {{{{ 字段 }}}} 和 {{% if 字段 %}}…{{% endif %}}。",
                f"Not understood: {error}. Write {{{{ field }}}} and {{% if field %}}…{{% endif %}} only.",
            )
            continue
        unknown |= dict.fromkeys(sorted(names_in(tree) - set(allowed)))
    for name in unknown:
        near = get_close_matches(name, allowed, 1)
        hint, hint_en = (f"是否“{near[0]}”？", f"Did you mean “{near[0]}”? ") if near else ("", "")
        listed = "、".join(allowed)
        yield (
            "unknown-field",
            f"没有字段“{name}”。{hint}本类文书可用：{listed}。",
            f"There is no field “{name}”. {hint_en}A paper of this kind has: {listed}.",
        )


def _no_word() -> _Said:
    return (
        "no-word-file",
        "这不是能读的 Word 文件（.docx）。请在 Word 中另存为“Word 文档 (*.docx)”。",
        "This is no Word file (.docx) that can be read. Save it in Word as “Word document (*.docx)”.",
    )


def _too_large() -> _Said:
    return (
        "too-large",
        f"模板太大：最多 {MOST_BYTES >> 20} MB，解开后最多 {MOST_UNPACKED >> 20} MB。请压缩图片。",
        f"Too large: at most {MOST_BYTES >> 20} MB, {MOST_UNPACKED >> 20} MB unpacked. Compress its pictures.",
    )
