"""The pages of notifications: what one chooses, who stands in, what did not arrive, and the feed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import icalendar
import pytest

from engine.errors import DeliveryFailed, Message
from engine.notifications.deliver import deliver_notices
from engine.notifications.preferences import own_preference
from engine.records.step import OutboxEntry
from tests.browser.office import Office
from tests.usecases.notifying import Recorder
from tests.web.visitor import Visitor
from web.app import create_app

Visit = Callable[[str], Visitor]
WAYS = "/profile/notifications"
SECRET = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-secret"


def tell(office: Office, username: str, *levels: str) -> None:
    person, now = office.actor(username).person_id, office.clock.now()
    entries = [
        OutboxEntry(f"o{n}", f"k{n}", person, None, None, "t", f"【提醒】第{n}条", f"[Note] {n}", now, level=level)
        for n, level in enumerate(levels)
    ]
    with office.engine.store.write() as work:
        work.deliveries.add(entries)


def test_a_robot_is_named_shown_masked_and_removed(office: Office, visit: Visit) -> None:
    me = visit("jingban")
    assert me.post(f"{WAYS}/robot", {"robot": SECRET}).status_code == 302
    page = me.get(WAYS).text
    assert "企业微信" in page
    assert "…cret" in page
    assert "693a91f6" not in page
    refused = me.post(f"{WAYS}/robot", {"robot": "http://127.0.0.1/typed-secret"})
    assert refused.status_code == 422
    assert "DUBAN_WEBHOOK_HOSTS" in refused.text
    assert "typed-secret" not in refused.text
    me.post(f"{WAYS}/robot", {"robot": ""})
    assert own_preference(office.engine, office.actor("jingban")).robot == ""


@pytest.mark.parametrize(
    ("begins", "ends", "status"),
    [("22:00", "07:00", 302), ("", "", 302), ("22:00", "", 422), ("25:00", "07:00", 422)],
)
def test_quiet_hours_are_both_or_neither(visit: Visit, begins: str, ends: str, status: int) -> None:
    answer = visit("jingban").post(WAYS, {"wanted": "robot", "quiet_from": begins, "quiet_until": ends})
    assert answer.status_code == status


def test_channels_that_are_not_ticked_are_muted(office: Office, visit: Visit) -> None:
    me = visit("jingban")
    me.post(WAYS, {"quiet_from": "", "quiet_until": ""})
    assert own_preference(office.engine, office.actor("jingban")).muted == ("robot",)
    me.post(WAYS, {"wanted": "robot", "quiet_from": "", "quiet_until": ""})
    assert own_preference(office.engine, office.actor("jingban")).muted == ()


def test_a_test_message_tells_how_far_it_has_come(office: Office, visit: Visit) -> None:
    me = visit("jingban")
    page = me.post(f"{WAYS}/test")
    shown = me.get(page.location.split("#")[0]).text
    assert "正在发送" in shown
    part = re.search(r'hx-get="([^"]+)"', shown)
    assert part
    deliver_notices(
        office.engine, [Recorder(DeliveryFailed(Message("占线", "busy"), retryable=False), name="robot")]
    )
    assert "占线" in me.get(part.group(1)).text
    assert "占线" not in visit("jiedai").get(part.group(1)).text


def test_the_feed_opens_without_a_login_until_it_is_revoked(visit: Visit, stranger: Visitor) -> None:
    me = visit("jingban")
    made = me.post(f"{WAYS}/feed").text
    path = re.search(r'value="(/feeds/[^"]+\.ics)"', made)
    assert path
    assert path.group(1) not in me.get(WAYS).text, "shown once"
    answer = stranger.get(path.group(1))
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    icalendar.Calendar.from_ical(answer.data)
    me.post(f"{WAYS}/feed/revocation")
    gone = stranger.get(path.group(1))
    assert gone.status_code == 404
    assert path.group(1)[7:20] not in gone.text


def test_an_absence_is_entered_and_cleared(office: Office, visit: Visit) -> None:
    me, deputy = visit("jingban"), office.actor("dengji").person_id
    page = "/profile/absence"
    days = {"starts_on": "2025-09-29", "ends_on": "2025-10-08", "deputy_id": deputy, "note": "<b>休假</b>"}
    assert me.post(page, days).status_code == 302
    shown = me.get(page).text
    assert "2025-09-29" in shown
    assert "2025-10-08" in shown
    assert "<b>休假" not in shown
    again = me.post(page, days)
    assert again.status_code == 422
    assert "已登记过代理人" in again.text
    assert me.post(page, {**days, "starts_on": "soon"}).status_code == 422
    assert "不在岗" in visit("dengji").get("/messages").text
    end = re.search(r'action="(/profile/absence/[^"]+/end)"', shown)
    assert end
    assert visit("dengji").post(end.group(1)).status_code == 403
    me.post(end.group(1))
    assert "已登记</h2>" not in me.get(page).text


def test_whoever_goes_where_a_message_leads_has_read_it(office: Office, visit: Visit) -> None:
    me, deputy = visit("jingban"), visit("dengji")
    days = {"starts_on": "2025-09-29", "ends_on": "2025-10-08", "deputy_id": office.actor("dengji").person_id}
    me.post("/profile/absence", {**days, "note": ""})
    link = re.search(r'href="(/messages/open\?[^"]+)"', deputy.get("/messages").text)
    assert link
    path = link.group(1).replace("&amp;", "&")
    me.get(path)
    assert deputy.get("/messages/unread").get_json() == {"unread": 1}, "nobody reads for another"
    assert deputy.get(path).location == "/inbox?box=deputised"
    assert deputy.get("/messages/unread").get_json() == {"unread": 0}
    assert deputy.get("/messages/open?entry=x&to=//elsewhere.example/").location == "/"


def test_messages_show_levels_digests_and_what_is_unread_first(office: Office, visit: Visit) -> None:
    me = visit("jingban")
    tell(office, "jingban", "info", "overdue", "info", "urgent")
    office.clock.advance(timedelta(minutes=1))
    deliver_notices(office.engine, ())
    assert me.get("/messages/unread").get_json() == {"unread": 2}
    page = me.get("/messages").text
    assert "展开 3 条" in page
    assert "【提醒】" not in page, "the pill says it"
    urgent = me.get("/messages?level=urgent").text
    assert "展开" not in urgent
    assert "第3条" in urgent
    me.post("/messages/read", {"entry_id": "o3"})
    assert me.get("/messages/unread").get_json() == {"unread": 1}
    assert "第3条" not in me.get("/messages?unread=1").text
    assert me.get("/messages").text.index("展开 3 条") < me.get("/messages").text.index("第3条")
    me.post("/messages/read")
    assert me.get("/messages/unread").get_json() == {"unread": 0}
    back = me.post("/messages/read", {"entry_id": "o1", "unread": "1", "level": "overdue"})
    assert back.location == "/messages?unread=1&level=overdue"
    assert me.get("/messages?page=99999999").status_code == 200


def test_the_badge_says_nothing_to_whom_is_not_logged_in(stranger: Visitor) -> None:
    assert stranger.get("/messages/unread").status_code == 302


def test_dead_letters_are_for_admins_to_move_and_for_supervisors_to_read(office: Office, visit: Visit) -> None:
    tell(office, "jingban", "overdue", "urgent")
    refusing = Recorder(*[DeliveryFailed(Message("<查无此人>", "nobody"), retryable=False)] * 2, name="mail")
    deliver_notices(office.engine, [refusing])
    admin, supervisor = visit("admin"), visit("duban")
    page = admin.get("/deliveries").text
    assert "&lt;查无此人&gt;" in page
    assert "全部重发" in page
    assert "全部重发" not in supervisor.get("/deliveries").text
    assert visit("jiedai").get("/deliveries").status_code == 403
    assert "/deliveries" not in visit("jiedai").get("/inbox").text
    one = {"entry_id": "o0", "channel": "mail"}
    assert supervisor.post("/deliveries/retry", one).status_code == 403
    assert admin.post("/deliveries/discard", one).status_code == 302
    assert admin.post("/deliveries/discard", one).status_code == 404
    assert admin.post("/deliveries/retry").status_code == 400
    assert admin.post("/deliveries/retry-all").status_code == 302
    assert "没有未送达的通知" in admin.get("/deliveries").text
    assert "电子邮件" in admin.get("/deliveries?state=waiting").text


def test_a_feed_is_asked_for_twenty_times_a_minute_and_other_feeds_go_on(office: Office, visit: Visit) -> None:
    paths = []
    for name in ("jingban", "dengji"):
        made = re.search(r'value="(/feeds/[^"]+\.ics)"', visit(name).post(f"{WAYS}/feed").text)
        assert made
        paths.append(made.group(1))
    client = create_app(office.engine).test_client()
    assert [client.get(paths[0]).status_code for _ in range(21)] == [200] * 20 + [429]
    assert client.get(paths[1]).status_code == 200
