"""PDF from HTML, where the optional extra `pdf` is installed. The only module that knows WeasyPrint.

Nothing is fetched: neither from the network nor from files. Pictures and styles come inside the HTML (`data:`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from engine.errors import InvalidState, Message

_MEDIA = "print"


@cache
def _weasyprint() -> Any:
    """None where the extra is not installed, or Pango is missing beneath it."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    return weasyprint


def has_pdf() -> bool:
    """Whether this installation can make PDF files."""
    return _weasyprint() is not None


def pdf_of_html(html: str, css: Sequence[str] = ()) -> bytes:
    """The PDF of a whole HTML document; `css` are further style sheets, as text.

    What refers to anything but `data:` is left out. Raises InvalidState where PDF is not installed.
    """
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise InvalidState(
            Message(
                "本机没有安装 PDF 组件。请下载 Word 文件，或请管理员安装（pip install 'duban[pdf]'，需要 Pango）。",
                "PDF is not installed here. Download the Word file, or ask an admin to install it "
                "(pip install 'duban[pdf]'; needs Pango).",
            )
        )
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    document: Any = weasyprint.HTML(string=html, base_url=None, url_fetcher=fetcher, media_type=_MEDIA)
    sheets = [weasyprint.CSS(string=text, url_fetcher=fetcher) for text in css]
    content: bytes = document.write_pdf(stylesheets=sheets)
    return content
