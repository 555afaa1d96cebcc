"""What goes over the wire, compressed: the server in front of the pages does not do it by itself.

Built files never change under their address, so each is compressed once and kept. Pages are padded by a random
length: what a stranger could make a page repeat must not be guessed from its size.
"""

from __future__ import annotations

import gzip
import io
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, request

from web.assets import DIST, manifest

SMALLEST: Final = 1024
"""Bytes; less is not worth the trouble."""
_TEXTS: Final = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
)
_PADDING: Final = 64


def install(app: Flask) -> None:
    """Compresses pages and built files for whoever says that it can read them so."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in _TEXTS or response.status_code not in {200, 404, 422}:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or (response.is_streamed and request.endpoint != "static"):
        return response
    content = _of_file() if request.endpoint == "static" else _of_page(response)
    if content is None or response.content_encoding:
        return response
    if close := getattr(response.response, "close", None):
        close()  # the file that would have been sent as it lies there
    response.direct_passthrough = False
    response.set_data(content)
    response.content_encoding = "gzip"
    for name in ("Accept-Ranges", "ETag"):  # they speak of the bytes as they lie there
        response.headers.pop(name, None)
    return response


def _of_page(response: Response) -> bytes | None:
    content = response.get_data()
    if len(content) < SMALLEST:
        return None
    packed = io.BytesIO()
    name = "x" * (1 + secrets.randbelow(_PADDING))
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=6, fileobj=packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def _of_file() -> bytes | None:
    """Only of built files asked for by their hash: nobody else's names fill the memory."""
    name = str((request.view_args or {}).get("filename", "")).removeprefix("dist/")
    known = manifest().get(name)
    if known is None or request.range is not None or request.args.get("v") != known[:12]:
        return None
    return _packed(DIST / name, known)


@lru_cache(maxsize=64)
def _packed(path: Path, _sha256: str) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
