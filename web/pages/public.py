"""The public page: the progress of one's own petition, and what one thinks of it. No login, session or script."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import EngineError, InvalidState, Message
from engine.public.evaluation import LONGEST_TEXT, SCORES, Given, evaluate, evaluations_of, shown_again
from engine.public.progress import SUBJECTS, Progress
from engine.public.query import TooOften, ask
from engine.records.work import Evaluation
from web.current import actor, engine, now
from web.i18n import text
from web.security import csrf

public = Blueprint("public", __name__)
# nothing here acts for somebody who is logged in: a query only reads, an evaluation needs the query's own token
csrf.exempt(public)

TOKEN_LASTS = timedelta(minutes=30)
_SALT = "public evaluation"
_INSTANT = timedelta(microseconds=1)


@public.get("/query")
def show() -> str:
    return _page()


@public.get("/public")
def old_address() -> AnyResponse:
    return redirect(url_for("public.show"))


@public.post("/query")
def query() -> AnyResponse:
    code, factor = (request.form.get(name, "")[:100] for name in ("code", "factor"))
    try:
        progress = ask(engine(), code, factor, request.remote_addr or "")
    except TooOften as refusal:
        return make_response(_page(refused=refusal.message), 429)
    except EngineError as refusal:
        return make_response(_page(refused=refusal.message), 404)
    return make_response(_page(progress=progress, token=_token(progress)))


@public.post("/query/evaluation")
def give() -> AnyResponse:
    token = request.form.get("token", "")
    case_id = _case_of(token)
    if case_id is None:
        return make_response(_page(refused=_stale()), 403)
    given = {
        subject: Given(
            request.form.get(f"score_{subject}", "")[:20], request.form.get(f"text_{subject}", "")[:5000]
        )
        for subject in SUBJECTS
    }
    try:
        progress = evaluate(engine(), case_id, given)
    except InvalidState as refusal:
        # the result and what was written stay; the token lasts no longer for it
        shown = shown_again(engine(), case_id)
        return make_response(_page(progress=shown, refused=refusal.message, token=token, given=given), 422)
    return make_response(_page(progress=progress, token=_token(progress), is_thanked=True))


@public.app_template_global("evaluations_of")
def evaluations_shown(case_id: str) -> tuple[Evaluation, ...]:
    """For a case's page, whose reader may see it."""
    return evaluations_of(engine(), actor(), case_id)


def both(key: str, /, **values: object) -> Markup:
    """A text in Chinese, and after it in English; days as each language writes them."""
    in_chinese = {name: written(value) if isinstance(value, date) else value for name, value in values.items()}
    return Markup('{} <span class="en" lang="en">{}</span>').format(
        text(f"public.{key}", "zh", **in_chinese), text(f"public.{key}", "en", **values)
    )


def written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _page(
    *,
    progress: Progress | None = None,
    refused: Message | None = None,
    token: str = "",
    given: Mapping[str, Given] | None = None,
    is_thanked: bool = False,
) -> str:
    zone = engine().settings.timezone

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    return render_template(
        "public/query.html",
        progress=progress,
        refused=refused,
        token=token,
        given=given or {},
        is_thanked=is_thanked,
        is_larger=request.values.get("size") == "larger",
        both=both,
        day=day,
        written=written,
        printed_on=day(now()),
        last_day=day(progress.until - _INSTANT) if progress and progress.until else None,
        scores=SCORES,
        longest=LONGEST_TEXT,
    )


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=_SALT)


def _token(progress: Progress) -> str:
    """Proves for half an hour that the query was answered; "" where there is nothing to evaluate."""
    if not progress.open_subjects:
        return ""
    return str(_signer().dumps([progress.case_id, int((now() + TOKEN_LASTS).timestamp())]))


def _case_of(token: str) -> str | None:
    try:
        case_id, until = _signer().loads(token[:1000])
    except (BadSignature, ValueError):
        return None
    return str(case_id) if now().timestamp() < until else None


def _stale() -> Message:
    return Message(
        "页面打开时间太长了。请重新查询，再评价。", "The page was open too long. Ask again, then evaluate."
    )
