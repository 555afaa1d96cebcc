"""Writes workflows/*/documents/*.docx: the Word templates that ship, from engine/documents/shipped/*.yaml.

    python -m tools.paper_templates

Laid out after GB/T 9704-2012: A4, margins 37/28/35/26 mm, 22 lines of 28 characters, the body in 三号 FangSong, the
title in 二号 XiaoBiaoSong, the issuing body's mark in red above a red line, the date in Arabic numerals, page
numbers 四号 at the outer edge. Fonts are named, never contained.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from engine.documents.kinds import Block, Kind, Style, declared_kinds
from engine.documents.paper_fonts import BODY, HEADING, LATIN, TITLE

ROOT = Path(__file__).parents[1] / "workflows"
RED = RGBColor(0xFF, 0, 0)
THREE, TWO, FOUR = Pt(16), Pt(22), Pt(14)
LINE = Pt(28.95)
"""225 mm in 22 lines."""
STAMP = (1980, 1, 1, 0, 0, 0)


def main() -> None:
    for kind in declared_kinds().values():
        path = ROOT / str(kind.procedure) / "documents" / f"{kind.code}.docx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(template_of(kind))
        sys.stdout.write(f"{path.relative_to(ROOT.parent)} {path.stat().st_size // 1024} KB\n")


def template_of(kind: Kind) -> bytes:
    """The Word file. The same for the same declaration, to the byte."""
    document = Document()
    _page(document)
    _base(document)
    if kind.style is Style.SHEET:
        _sheet(document, kind)
    else:
        _head(document, kind)
        for block in kind.body:
            _block(document, block)
        _close(document, kind)
    _page_numbers(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", kind.name.zh, ""
    content = io.BytesIO()
    document.save(content)
    return _repacked(content.getvalue())


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")


def _base(document: Any) -> None:
    style = document.styles["Normal"]
    _face(style, BODY)
    style.font.size = THREE
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = LINE
    for paragraph in list(document.paragraphs):
        paragraph._p.getparent().remove(paragraph._p)


def _face(owner: Any, font: str) -> None:
    """The Chinese font, and the one of Latin letters and figures beside it."""
    owner.font.name = LATIN
    properties = owner.element.get_or_add_rPr() if hasattr(owner, "element") else owner._r.get_or_add_rPr()
    faces = properties.find(qn("w:rFonts"))
    for side, name in (("w:eastAsia", font), ("w:ascii", LATIN), ("w:hAnsi", LATIN), ("w:cs", LATIN)):
        faces.set(qn(side), name)
    for themed in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        faces.attrib.pop(qn(themed), None)


def _write(document: Any, text: str, **look: Any) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    _face(run, look.get("font", BODY))
    run.font.size = look.get("size", THREE)
    if look.get("colour") is not None:
        run.font.color.rgb = look["colour"]
    paragraph.alignment = look.get("align")
    indent = look.get("indent", 0)
    if indent:
        _indent(paragraph, firstLineChars=indent * 100, firstLine=int(indent * 320))
    if look.get("exactly"):
        paragraph.paragraph_format.line_spacing = look["exactly"]
    return paragraph


def _indent(paragraph: Any, **sides: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.find(qn("w:ind"))
    if indent is None:
        indent = OxmlElement("w:ind")
        properties.append(indent)
    for name, value in sides.items():
        indent.set(qn(f"w:{name}"), str(value))


def _line_below(paragraph: Any, kind: str, size: int, space: int) -> None:
    """The red line of the mark."""
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", kind), ("sz", str(size)), ("space", str(space)), ("color", "FF0000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _head(document: Any, kind: Kind) -> None:
    centre, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    if kind.style is Style.ORDER:
        mark = "{{发文机关}}{{标题}}"
        _write(document, mark, font=TITLE, size=Pt(36), colour=RED, align=centre, exactly=Pt(54))
        _write(document, "")
        number = _write(document, "{{文号}}", align=centre)
        _line_below(number, "single", 18, 8)
        _write(document, "")
    else:
        head = _write(document, "{{发文机关}}", font=TITLE, size=Pt(32), colour=RED, align=centre, exactly=Pt(50))
        _line_below(head, "thickThinSmallGap", 24, 6)
        if kind.numbered:
            _write(document, "{{文号}}", align=right)
        _write(document, "")
        _write(document, "{{标题}}", font=TITLE, size=TWO, align=centre, exactly=Pt(34))
        _write(document, "")
    if kind.to:
        _write(document, f"{kind.to}：")


def _block(document: Any, block: Block) -> None:
    condition = block.when or (f"not {block.unless}" if block.unless else None)
    if condition:
        _write(document, f"{{%p if {condition} %}}")
    _write(document, block.text, font=HEADING if block.is_heading else BODY, indent=2)
    if condition:
        _write(document, "{%p endif %}")


def _close(document: Any, kind: Kind) -> None:
    """Room for the seal, the issuing body above its date: the date four characters from the right."""
    right = WD_ALIGN_PARAGRAPH.RIGHT
    _write(document, "")
    if kind.signer:
        _write(document, f"{{%p if {kind.signer} %}}")
        signer = _write(document, f"签发人：{{{{{kind.signer}}}}}", align=right)
        _indent(signer, rightChars=400, right=1280)
        _write(document, "{%p endif %}")
    _write(document, "")
    body = _write(document, "{{发文机关}}", align=right)
    _indent(body, rightChars=400, right=1280)
    day = _write(document, "{{成文日期}}", align=right)
    _indent(day, rightChars=400, right=1280)
    for paragraph in (body, day):
        paragraph.paragraph_format.keep_together = True
    body.paragraph_format.keep_with_next = True


def _sheet(document: Any, kind: Kind) -> None:
    _write(document, "{{标题}}", font=TITLE, size=TWO, align=WD_ALIGN_PARAGRAPH.CENTER, exactly=Pt(40))
    _write(document, "")
    rows = [row for block in kind.body for row in block.table]
    table = document.add_table(rows=len(rows), cols=4)
    table.style = "Table Grid"
    table.autofit = False
    widths = (Mm(28), Mm(50), Mm(28), Mm(50))
    for index, row in enumerate(rows):
        cells = table.rows[index].cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        if len(row) == 2:
            cells[1].merge(cells[3])
        table.rows[index].height = Mm(26 if len(row) == 2 and row[0] in {"诉求", "事实与理由", "答复意见"} else 11)
        for cell, text, is_label in _cells(cells, row):
            _fill(cell, text, is_label=is_label)
    if kind.numbered:
        _write(document, "文号：{{文号}}", size=FOUR)


def _cells(cells: Any, row: tuple[str, ...]) -> list[tuple[Any, str, bool]]:
    if len(row) == 2:
        return [(cells[0], row[0], True), (cells[1], row[1], False)]
    return [(cells[i], row[i], i % 2 == 0) for i in range(4)]


def _fill(cell: Any, text: str, *, is_label: bool) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    _face(run, HEADING if is_label else BODY)
    run.font.size = Pt(12)
    paragraph.paragraph_format.line_spacing = Pt(20)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if is_label else None
    cell.vertical_alignment = 1


def _page_numbers(document: Any) -> None:
    """— 1 —, 四号, one character from the outer edge: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, align, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        _indent(paragraph, **{f"{side}Chars": 100, side: 280})
        for piece in ("— ", "PAGE", " —"):
            run = paragraph.add_run("" if piece == "PAGE" else piece)
            _face(run, "宋体")
            run.font.size = FOUR
            if piece == "PAGE":
                for kind in ("begin", None, "end"):
                    run._r.append(_field_part(kind))


def _field_part(kind: str | None) -> Any:
    if kind is None:
        text = OxmlElement("w:instrText")
        text.set(qn("xml:space"), "preserve")
        text.text = " PAGE "
        return text
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _repacked(content: bytes) -> bytes:
    """Without the hour at which it was written, and without python-docx's picture of its own template."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "docProps/thumbnail.jpeg":
                continue
            if entry.filename == "_rels/.rels":
                part = b"".join(piece for piece in _relationships(part) if b"thumbnail" not in piece)
            new.writestr(zipfile.ZipInfo(entry.filename, STAMP), part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _relationships(part: bytes) -> list[bytes]:
    return (
        part.replace(b"<Relationship ", b"\0<Relationship ")
        .replace(b"</Relationships>", b"\0</Relationships>")
        .split(b"\0")
    )


if __name__ == "__main__":
    main()
