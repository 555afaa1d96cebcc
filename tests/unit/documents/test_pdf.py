"""PDF from HTML: made of what is given, fetched from nowhere."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from engine.documents import pdf
from engine.errors import InvalidState


def test_pdf_holds_the_text_and_nothing_from_disk(tmp_path: Path) -> None:
    (tmp_path / "secret.css").write_text("p::after { content: 'SECRET' }")
    (tmp_path / "secret.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>SECRET</text></svg>")
    html = (
        f"<link rel=stylesheet href='{(tmp_path / 'secret.css').as_uri()}'><p>supervision order</p>"
        f"<img src='{(tmp_path / 'secret.svg').as_uri()}' alt='seal'><img src='http://127.0.0.1:9/x' alt='x'>"
    )
    content = pdf.pdf_of_html(html, [f"@import url('{(tmp_path / 'secret.css').as_uri()}'); p {{ color: red }}"])
    text = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "supervision order" in text
    assert "SECRET" not in text


def test_without_the_extra_it_is_said_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_weasyprint", lambda: None)
    assert not pdf.has_pdf()
    with pytest.raises(InvalidState, match="没有安装 PDF"):
        pdf.pdf_of_html("<p>x</p>")
