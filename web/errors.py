"""The one place where the engine's errors become pages: a status, what is wrong, and what to do now."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from engine.errors import (
    Conflict,
    EngineError,
    Forbidden,
    InvalidDiagram,
    InvalidFile,
    InvalidForm,
    InvalidState,
    NotFound,
    StepFailed,
    StoreAway,
)
from web.away import away_page
from web.current import actor_or_none, language
from web.i18n import catalogue, text
from web.security import page_asked_for

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[EngineError], int, str], ...] = (
    (NotFound, 404, "missing"),
    (Forbidden, 403, "forbidden"),
    (Conflict, 409, "conflict"),
    (InvalidState, 409, "past"),
    (InvalidForm, 422, "form"),
    (InvalidDiagram, 422, "diagram"),
    (InvalidFile, 422, "file"),
    (StepFailed, 422, "step"),
)
"""Error, status, and the section's key of what its page says to do."""


@dataclass(frozen=True)
class Trouble:
    """What an error page shows. `advice` is what to do.

    `again`, where not None: to be done after logging in, on that page ("" for the first one).
    """

    status: int
    title: str
    message: str
    advice: str
    detail: str = ""
    again: str | None = None


def trouble_of(error: EngineError) -> Trouble:
    """The page of a deliberate error."""
    lang = language()
    status, kind = next(((s, k) for cls, s, k in STATUS if isinstance(error, cls)), (422, "refused"))
    detail = ""
    if isinstance(error, StepFailed):
        detail = text("error.step_where", lang, name=error.element_name or error.element_id, id=error.element_id)
    return Trouble(
        status=status,
        title=text(f"error.{kind}_title", lang),
        message=error.message.in_language(lang),
        advice=text(f"error.{kind}_advice", lang),
        detail=detail,
    )


def answer(trouble: Trouble) -> Response:
    """A whole page, a fragment for htmx, or JSON for a script: whatever asked."""
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        response = jsonify(error=trouble.message or trouble.title, advice=trouble.advice)
    elif request.headers.get("HX-Request"):
        response = make_response(render_template("parts/trouble.html", trouble=trouble))
    else:
        response = make_response(render_template("error.html", trouble=trouble))
    response.status_code = trouble.status
    return response


def install(app: Flask) -> None:
    """Registers the handlers."""
    app.register_error_handler(EngineError, _on_engine_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)


def _on_engine_error(error: EngineError) -> Response:
    return answer(trouble_of(error))


def _on_csrf_error(_error: HTTPException) -> Response:
    lang = language()
    if actor_or_none() is not None:
        response = answer(_known(400, "csrf"))
    else:
        title, advice = text("session.title", lang), text("session.advice", lang)
        response = answer(Trouble(400, title, "", advice, again=page_asked_for() or ""))
    response.headers["X-Session"] = "over"
    return response


def _on_http_error(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, StoreAway):
        # the database went away while the page of another error was being made
        return away_page(error.original_exception)
    status = error.code or 500
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        where = "/feeds/…" if request.endpoint == "feeds.show" else request.path  # that address is a secret
        log.error("%s %s failed", request.method, where, exc_info=error.original_exception)
    response = answer(_known(status, f"http{status}"))
    for name, value in error.get_headers(request.environ):
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _known(status: int, kind: str) -> Trouble:
    lang = language()
    if f"error.{kind}_title" not in catalogue(lang):
        kind = "http500" if status >= 500 else "http400"
    message = text(f"error.{kind}_title", lang)
    return Trouble(status=status, title=message, message="", advice=text(f"error.{kind}_advice", lang))
