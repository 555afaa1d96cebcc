"""One's own phrases for opinions: the page that keeps them, and the list that text boxes ask for."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidState
from engine.tasks.phrases import LONGEST, add_phrase, drop_phrase, edit_phrase, list_phrases, move_phrase
from web.current import actor, engine, language
from web.i18n import text

phrase_pages = Blueprint("phrase_pages", __name__, url_prefix="/profile/phrases")


@phrase_pages.get("")
def index() -> str:
    return render_template("profile/phrases.html", phrases=list_phrases(engine(), actor()), longest=LONGEST)


@phrase_pages.get("/list")
def listed() -> Response:
    return jsonify(phrases=[phrase.text for phrase in list_phrases(engine(), actor())])


@phrase_pages.post("")
def add() -> AnyResponse:
    return _saved(lambda: add_phrase(engine(), actor(), _text()))


@phrase_pages.post("/<phrase_id>")
def change(phrase_id: str) -> AnyResponse:
    """`act` is save, up, down or drop."""
    match request.form.get("act"):
        case "up":
            move_phrase(engine(), actor(), phrase_id, -1)
        case "down":
            move_phrase(engine(), actor(), phrase_id, 1)
        case "drop":
            drop_phrase(engine(), actor(), phrase_id)
        case _:
            return _saved(lambda: edit_phrase(engine(), actor(), phrase_id, _text()))
    return redirect(url_for("phrase_pages.index"))


def _saved(save: Callable[[], None]) -> AnyResponse:
    try:
        save()
    except InvalidState as error:
        flash(error.message.in_language(language()), "error")
    else:
        flash(text("phrase.saved", language()))
    return redirect(url_for("phrase_pages.index"))


def _text() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")[: LONGEST + 1]
