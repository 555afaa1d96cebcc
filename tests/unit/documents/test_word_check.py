"""What may be a template, and what may not: by content, part by part."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from engine.documents.kinds import Kind, declared_kinds
from engine.documents.word_check import check_template
from tools.paper_templates import template_of

WORKFLOWS = Path(__file__).parents[3] / "workflows"
L5 = declared_kinds()["L5"]
SHIPPED = (WORKFLOWS / "petition_main" / "documents" / "L5.docx").read_bytes()
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEXT = "{{信访人}}"


def changed(*edits: tuple[str, str, str], more: dict[str, bytes] | None = None) -> bytes:
    """The shipped template with texts of its parts replaced, and further parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHIPPED)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in source.infolist():
            content = source.read(entry).decode("utf-8", "surrogateescape")
            for part, old, put in edits:
                if entry.filename == part:
                    assert old in content, (part, old)
                    content = content.replace(old, put, 1)
            new.writestr(entry.filename, content.encode("utf-8", "surrogateescape"))
        for name, body in (more or {}).items():
            new.writestr(name, body)
    return target.getvalue()


def says(text: str) -> bytes:
    return changed(("word/document.xml", TEXT, text))


def related(kind: str, target: str, mode: str = "") -> bytes:
    relation = f'<Relationship Id="rX" Type="{RELATION}/{kind}" Target="{target}"{mode}/></Relationships>'
    return changed(("word/_rels/document.xml.rels", "</Relationships>", relation))


def field(instruction: str) -> bytes:
    """A field of Word's, its name scattered over two runs."""
    half = len(instruction) // 2
    runs = "".join(
        f"<w:r>{inner}</w:r>"
        for inner in (
            '<w:fldChar w:fldCharType="begin"/>',
            f"<w:instrText>{instruction[:half]}</w:instrText>",
            f"<w:instrText>{instruction[half:]}</w:instrText>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return changed(("word/document.xml", "<w:sectPr", f"<w:p>{runs}</w:p><w:sectPr"))


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("no-word-file", b"%PDF-1.7"),
        ("no-word-file", b""),
        ("no-word-file", SHIPPED[: len(SHIPPED) // 2]),
        ("no-word-file", changed(("[Content_Types].xml", "document.main+xml", "document.macroEnabled.main+xml"))),
        ("no-word-file", changed(("word/styles.xml", "<w:styles", '<!DOCTYPE x [<!ENTITY a "b">]><w:styles'))),
        ("too-large", SHIPPED + b"\0" * (2 * 1024 * 1024)),
        ("too-large", changed(more={"word/media/a.png": b"\0" * (13 * 1024 * 1024)})),
        ("foreign-part", changed(more={"word/vbaProject.bin": b"x"})),
        ("foreign-part", changed(more={"word/embeddings/oleObject1.bin": b"x"})),
        ("foreign-part", changed(more={"word/activeX/activeX1.xml": b"<x/>"})),
        ("external-link", related("image", "http://example.org/x.png", ' TargetMode="External"')),
        ("external-link", related("hyperlink", "https://example.org", ' TargetMode="External"')),
        ("external-link", related("image", "\\\\host\\share\\x.png")),
        ("embedded", related("attachedTemplate", "other.dotx")),
        ("embedded", changed(("word/document.xml", "<w:sectPr", '<w:altChunk/><w:sectPr'))),
        ("word-field", field(' INCLUDETEXT "c:\\x" ')),
        ("word-field", field(" DDEAUTO cmd ")),
        ("template-language", says("{{ ''.__class__ }}")),
        ("template-language", says("{{ cycler() }}")),
        ("template-language", says("{% for c in 事由 %}{{c}}{% endfor %}")),
        ("template-language", says("{% include 'x' %}")),
        ("template-language", says("{% set a = 1 %}")),
        ("template-language", says("{{ 事由|upper }}")),
        ("template-language", says("{% if 事由 %}")),
        ("unknown-field", says("{{ 身份证号 }}")),
        ("unknown-field", says("{% if 法条 %}x{% endif %}")),
        ("unknown-field", changed(("docProps/core.xml", "</cp:core", "<dc:type>{{ 密码 }}</dc:type></cp:core"))),
    ],
)  # fmt: skip
def test_what_a_template_must_not_hold_is_found(rule: str, content: bytes) -> None:
    assert rule in {finding.rule for finding in check_template(content, L5.template_fields, path="x.docx")}


def test_conditions_page_numbers_and_a_preview_picture_are_fine() -> None:
    content = says("{% if 信访人 and not 依据 %}{{信访人}}{% else %}信访人{% endif %}")
    assert check_template(content, L5.template_fields, path="x.docx") == ()
    assert check_template(field(" NUMPAGES "), L5.template_fields, path="x.docx") == ()
    preview = changed(more={"docProps/thumbnail.jpeg": b"\xff\xd8\xff"})  # as Word saves one where it is asked to
    assert check_template(preview, L5.template_fields, path="x.docx") == ()


@pytest.mark.parametrize("kind", declared_kinds().values(), ids=lambda kind: kind.code)
def test_the_shipped_templates_are_those_that_are_declared(kind: Kind) -> None:
    shipped = (WORKFLOWS / str(kind.procedure) / "documents" / f"{kind.code}.docx").read_bytes()
    assert shipped == template_of(kind), "run: python -m tools.paper_templates"
    assert check_template(shipped, kind.template_fields, path=kind.code) == ()
