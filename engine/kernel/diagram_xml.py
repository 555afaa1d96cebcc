"""Bytes to an XML tree, safely: no document type, no entity, no network, bounded size, depth and count.

Comments and processing instructions are dropped, because SpiffWorkflow's parser stumbles over them; they are kept
only for whoever edits a file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from engine.errors import InvalidDiagram, Message
from engine.kernel.findings import Finding, Severity

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 20_000
_CHUNK = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A file without a byte order mark that starts "<?" in two bytes a character.
_BARE_UTF16 = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION = re.compile(r"""^(\s*<\?xml[^>]{0,200}?encoding\s*=\s*["'])[A-Za-z0-9._:-]{1,40}(["'])""")
# What Chinese and Western editors really write; anything else is refused rather than guessed.
_ENCODINGS = {
    "utf8", "utf16", "gb18030", "gbk", "gb2312", "cp936", "big5", "ascii", "usascii", "iso88591", "latin1",
    "windows1252",
}  # fmt: skip


def parse_xml(content: bytes, file: str, *, keep_comments: bool = False) -> Any:
    """The root element of an XML file. Raises InvalidDiagram with everything that the parser says."""
    text = _text_of(content, file)
    if _has_document_type(text):
        raise _refused(
            "xml-doctype",
            file,
            "文件含有 DOCTYPE 或实体定义，出于安全不予接受。请删除 <!DOCTYPE …> 部分后重新上传。",
            "The file has a DOCTYPE or entities, which are refused for safety. Delete the <!DOCTYPE …> part.",
        )
    return _tree(text.encode(), file, keep_comments)


def as_utf8(content: bytes, file: str) -> bytes:
    """The same XML, line by line, in UTF-8 without a mark: what editors in a browser can read and write.

    Raises InvalidDiagram for what is empty, too large, not XML, or in an encoding that is not known.
    """
    text = _text_of(content, file)
    return _DECLARATION.sub(r"\1UTF-8\2", text, count=1).encode()


def _tree(content: bytes, file: str, keep_comments: bool) -> Any:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=not keep_comments,
        remove_pis=not keep_comments,
    )
    bounds = _Bounds(file)
    try:
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
            bounds.watch(parser.read_events())
        root = parser.close()
        bounds.watch(parser.read_events())
    except etree.XMLSyntaxError as error:
        # What was read before the parser gave up may already show a bomb, which is the better message.
        bounds.watch(parser.read_events())
        logged = [(entry.line, entry.message) for entry in parser.feed_error_log]
        listed = logged or [(error.lineno or 1, error.msg or str(error))]
        raise InvalidDiagram(_syntax_findings(listed, file)) from error
    return root


class _Bounds:
    """Counts elements and depth while the file is being read, so that a bomb is dropped early."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0
        self._depth = 0

    def watch(self, events: Any) -> None:
        for event, element in events:
            if event == "end":
                self._depth -= 1
                continue
            self._depth += 1
            self._count += 1
            if self._depth > MAX_DEPTH:
                raise _refused(
                    "xml-depth",
                    self._file,
                    f"元素嵌套超过 {MAX_DEPTH} 层。请检查文件是否损坏，或减少嵌套后重新导出。",
                    f"Elements are nested more than {MAX_DEPTH} deep. Check whether the file is damaged.",
                    element.sourceline,
                )
            if self._count > MAX_ELEMENTS:
                raise _refused(
                    "xml-elements",
                    self._file,
                    f"元素超过 {MAX_ELEMENTS} 个。请把流程拆成几个，用调用活动连接。",
                    f"There are more than {MAX_ELEMENTS} elements. Split the procedure and use call activities.",
                    element.sourceline,
                )


def _text_of(content: bytes, file: str) -> str:
    if not content.strip():
        raise _refused("xml-empty", file, "文件是空的。请重新导出流程图。", "The file is empty. Export it again.")
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise _refused(
            "xml-size",
            file,
            f"文件有 {size:.1f} MB，超过 {MAX_BYTES // 1024 // 1024} MB 的上限。请拆分流程，或去掉内嵌的图片。",
            f"The file has {size:.1f} MB; {MAX_BYTES // 1024 // 1024} MB is the limit. Split it, or drop pictures.",
        )
    encoding = _encoding_of(content, file)
    if encoding == "utf-8" and not content.lstrip().startswith(b"<"):
        raise _not_xml(file)
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise _refused(
            "xml-encoding",
            file,
            f"文件不是有效的 {encoding} 编码。请另存为 UTF-8 后重新上传。",
            f"The file is not valid {encoding}. Save it as UTF-8 and upload it again.",
        ) from error
    if "\x00" in text or not text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise _not_xml(file)
    return text.lstrip("\ufeff")


def _encoding_of(content: bytes, file: str) -> str:
    for mark, encoding in (*_BOMS, *_BARE_UTF16):
        if content.startswith(mark):
            return encoding
    declared = _DECLARED.match(content)
    if declared is None:
        return "utf-8"
    name = declared.group(1).decode("ascii")
    if re.sub(r"[^a-z0-9]", "", name.lower()) not in _ENCODINGS:
        raise _refused(
            "xml-encoding",
            file,
            f"不支持文件声明的编码“{name}”。请另存为 UTF-8 后重新上传。",
            f"The declared encoding “{name}” is not supported. Save the file as UTF-8 and upload it again.",
        )
    # Declared as UTF-16 but readable as ASCII: the declaration is a leftover of a conversion.
    return "utf-8" if name.lower().startswith("utf-16") else name


def _has_document_type(text: str) -> bool:
    """Whether a DOCTYPE stands before the root element; comments before it are stepped over."""
    position = 0
    while True:
        position = text.find("<", position)
        if position < 0:
            return False
        if text.startswith("<!--", position):
            end = text.find("-->", position + 4)
        elif text.startswith("<?", position):
            end = text.find("?>", position)
        else:
            return text.startswith("<!", position)
        if end < 0:
            return False
        position = end + 2


def _syntax_findings(entries: Iterable[tuple[int, str]], file: str) -> list[Finding]:
    return [
        Finding(
            Severity.ERROR,
            "xml-syntax",
            Message(
                f"XML 在第 {line} 行损坏（{text}）。请用 BPMN 编辑器重新导出，或修正这一行。",
                f"The XML is broken at line {line} ({text}). Export it again from the editor, or mend that line.",
            ),
            file,
            line,
        )
        for line, text in dict.fromkeys(entries)
    ]


def _not_xml(file: str) -> InvalidDiagram:
    return _refused(
        "xml-not-xml",
        file,
        "这不是 XML 文件。请上传 BPMN 编辑器导出的 .bpmn 文件。",
        "This is not an XML file. Upload the .bpmn file that a BPMN editor exported.",
    )


def _refused(rule: str, file: str, zh: str, en: str, line: int | None = None) -> InvalidDiagram:
    return InvalidDiagram([Finding(Severity.ERROR, rule, Message(zh, en), file, line)])
