"""How I am told: channels, quiet hours, my robot, a message to try them, and my calendar feed."""

from __future__ import annotations

from datetime import time

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidForm
from engine.notifications.feed import feed_made_at, make_feed, revoke_feed
from engine.notifications.preferences import (
    choose_ways,
    deliveries_of_test,
    name_robot,
    own_preference,
    send_test,
    ways,
)
from engine.notifications.robots import parse_robot
from engine.org.people import own_email
from web.current import actor, engine, language
from web.i18n import text
from web.security import limiter

way_pages = Blueprint("ways", __name__, url_prefix="/profile/notifications")


@way_pages.get("")
def show() -> str:
    return _page(test=request.args.get("test", "")[:64])


@way_pages.post("")
def choose() -> AnyResponse:
    wanted = set(request.form.getlist("wanted"))
    try:
        begins, ends = (_clock(request.form.get(name, "")) for name in ("quiet_from", "quiet_until"))
        muted = [way for way in ways(engine().settings) if way not in wanted]
        choose_ways(engine(), actor(), muted=muted, quiet_from=begins, quiet_until=ends)
    except InvalidForm as refusal:
        return _refused(refusal)
    flash(text("ways.saved", language()))
    return redirect(url_for("ways.show"))


@way_pages.post("/robot")
@limiter.limit("20 per minute")
def robot() -> AnyResponse:
    """Names one, or removes it where the field is empty."""
    address = request.form.get("robot", "")[:2000]
    try:
        name_robot(engine(), actor(), address)
    except InvalidForm as refusal:
        return _refused(refusal)
    flash(text("ways.robot_saved" if address.strip() else "ways.robot_removed", language()))
    return redirect(url_for("ways.show", _anchor="robot"))


@way_pages.post("/test")
@limiter.limit("5 per minute")
def test() -> AnyResponse:
    return redirect(url_for("ways.show", test=send_test(engine(), actor()), _anchor="try"))


@way_pages.get("/test/<entry_id>")
def outcome(entry_id: str) -> str:
    """How far the test message has come: the part of the page that asks until it knows."""
    found = deliveries_of_test(engine(), actor(), entry_id)
    return render_template("parts/test_outcome.html", test=entry_id, deliveries=found)


@way_pages.post("/feed")
@limiter.limit("10 per minute")
def feed() -> AnyResponse:
    """A new address, shown on this answer only: nothing but its hash is kept."""
    path = url_for("feeds.show", secret=make_feed(engine(), actor()))
    return make_response(_page(feed_address=f"{engine().settings.public_url}{path}"))


@way_pages.post("/feed/revocation")
def revoke() -> AnyResponse:
    revoke_feed(engine(), actor())
    flash(text("feed.revoked", language()))
    return redirect(url_for("ways.show", _anchor="feed"))


def _page(*, test: str = "", feed_address: str = "", errors: dict[str, str] | None = None) -> str:
    preference = own_preference(engine(), actor())
    settings = engine().settings
    return render_template(
        "profile/ways.html",
        preference=preference,
        ways=ways(settings),
        email=own_email(engine(), actor()),
        robot=_masked(preference.robot),
        test=test,
        deliveries=deliveries_of_test(engine(), actor(), test) if test else None,
        feed_made_at=feed_made_at(engine(), actor()),
        feed_address=feed_address,
        is_absolute=bool(settings.public_url),
        errors=errors or {},
    )


def _masked(address: str) -> tuple[str, str] | None:
    """Kind and mask of the robot, None where there is none. One whose host is no longer allowed is still shown."""
    if not address:
        return None
    try:
        found = parse_robot(address, engine().settings.webhook_hosts)
    except InvalidForm:
        return "webhook", text("ways.robot_not_allowed", language())
    return found.kind, found.masked


def _refused(refusal: InvalidForm) -> AnyResponse:
    errors = {error.path: error.message.in_language(language()) for error in refusal.errors}
    return make_response(_page(errors=errors), 422)


def _clock(given: str) -> time | None:
    """The time typed, None for none; what is no time counts as one missing."""
    try:
        return time.fromisoformat(given[:5]) if given else None
    except ValueError:
        return None
