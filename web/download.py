"""Files that the pages hand out: never opened in the page, with their name in Chinese."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from engine.documents.sheets import MEDIA_TYPE


def download(content: bytes, name: str, media_type: str = MEDIA_TYPE) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
