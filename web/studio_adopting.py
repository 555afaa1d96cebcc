"""Taking in a lone diagram: what of it is to run is asked where the file does not say."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.adopting import Drawn, adopt, look_into
from engine.errors import InvalidDiagram
from engine.kernel.findings import Finding
from web.current import actor, engine, language
from web.i18n import text

CARRIED = 200_000
"""Bytes of a file that the page with the question carries; a longer one is to be chosen once more."""
MOST_FINDINGS = 100


def carried_file() -> tuple[str, bytes] | None:
    """The file that the page with the question brings back; None where it brings none."""
    if not (carried := request.form.get("carried", "")):
        return None
    try:
        return request.form.get("name", "")[:200], b64decode(carried, validate=True)
    except (NotBase64, ValueError):
        return None


def taken_in(name: str, content: bytes) -> AnyResponse:
    """The draft's page; the question; or what is wrong with the file."""
    process, key = request.form.get("process", "").strip(), request.form.get("key", "").strip()
    try:
        drawn = look_into(engine(), actor(), name, content)
        if drawn.asks and not (process or key):
            return make_response(_page(name, content, drawn))
        draft, adopted = adopt(engine(), actor(), name, content, process=process or None, key=key or None)
    except InvalidDiagram as refused:
        return make_response(_page(name, content, None, refused.findings), 422)
    lang = language()
    flash(text("studio.imported", lang, name=draft.name))
    if adopted.tool:
        flash(text("studio_adopt.from_tool", lang, tool=adopted.tool))
    if len(adopted.processes) > 1:
        flash(text("studio_adopt.only_one_runs", lang, name=adopted.name, n=len(adopted.processes) - 1))
    if not adopted.is_drawn:
        flash(text("studio_adopt.not_drawn", lang))
    return redirect(url_for("studio.show", draft_id=draft.draft_id))


def _page(name: str, content: bytes, drawn: Drawn | None, findings: tuple[Finding, ...] = ()) -> str:
    return render_template(
        "studio/adopt.html",
        name=name,
        drawn=drawn,
        findings=findings[:MOST_FINDINGS],
        carried=b64encode(content).decode("ascii") if len(content) <= CARRIED else "",
    )
