"""The register of cases: what the actor may see, by procedure, state and text."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.cases.read import register
from web.choices import procedure_names
from web.current import actor, engine

register_pages = Blueprint("register", __name__)

PAGE_SIZE = 20


@register_pages.get("/cases")
def index() -> str:
    given = request.args
    procedure, state = given.get("procedure") or None, given.get("state") or None
    words = given.get("q", "").strip()[:100]
    page_number = max(1, min(given.get("page", 1, type=int), 10_000))
    page = register(
        engine(), actor(), procedure=procedure, text=words, state=state, page=page_number, page_size=PAGE_SIZE
    )
    return render_template(
        "register.html",
        page=page,
        page_number=page_number,
        pages=max(1, -(-page.total // PAGE_SIZE)),
        chosen={"procedure": procedure, "text": words, "state": state},
        procedures=procedure_names(),
    )
