"""Links of a case: stub."""

from __future__ import annotations

from flask import Blueprint

case_links = Blueprint("case_links", __name__, url_prefix="/cases")
