"""The ledger's pages, the report of an outage, and what monitors read without a login."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.cases.start import start_case
from engine.deadlines.fire import fire_due_timers, reconcile
from engine.deadlines.ledger import read_ledger
from engine.definitions.deploy import deploy_procedure
from engine.records.ledger import LedgerQuery, Place, TouchedTimer
from engine.records.time import TimerState
from engine.store.statements import count_statements
from tests.browser.office import Office
from tests.builders import a_timer
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.web.conftest import START
from tests.web.visitor import Visitor
from tests.worlds import a_field, a_form, files_of
from web import ledger_lines
from web.app import create_app
from web.moments import OfficeTime

Visit = Callable[[str], Visitor]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def onsite(office: Office) -> None:
    """A case with a timer event after an hour and a quarter."""
    diagram = Bpmn("watched").lane("l", role="registrar").start("s", form="intake", lane="l")
    diagram.manual("handle", lane="l").end("e", lane="l")
    diagram.timer_boundary("urge", on="handle", expression="PT75M", interrupting=False, name="催办", lane="l")
    diagram.end("urged", lane="l")
    form = a_form(a_field("title", label="标题", required=True))
    deploy_procedure(office.engine, None, "watched", files_of(diagram, intake=form))
    start_case(office.engine, office.actor("dengji"), "watched", {"title": "拖欠工资"})


def outage_of(office: Office) -> str:
    fire_due_timers(office.engine, worker="w1")
    office.clock.advance(3 * DAY)
    reconcile(office.engine, worker="w2")
    (outage,) = read_ledger(office.engine, office.actor("shenji"), LedgerQuery()).outages
    return outage.outage_id


def test_the_page_shows_what_waits_and_who_looks(office: Office, visit: Visit) -> None:
    onsite(office)
    fire_due_timers(office.engine, worker="host-a:17")
    page = visit("duban").get("/timers").text
    assert "host-a:17" in page
    assert "心跳正常" in page
    for path in ("/timers?state=fired", "/timers?state=all&kind=rung&late=1", "/timers?after=nonsense&state=x"):
        assert visit("duban").get(path).status_code == 200


def test_the_page_says_that_the_heart_has_stopped(office: Office, visit: Visit) -> None:
    assert "还没有任何进程" in visit("duban").get("/timers").text
    fire_due_timers(office.engine, worker="w1")
    office.clock.advance(HOUR)
    assert "心跳已停" in visit("duban").get("/timers").text


def test_pages_follow_by_key_without_gap_or_double(office: Office) -> None:
    for _ in range(4):
        onsite(office)
    actor = office.actor("shenji")
    office.clock.advance(2 * HOUR)
    fire_due_timers(office.engine, worker="w1")
    for _ in range(4):
        onsite(office)
    for state in (TimerState.WAITING, TimerState.FIRED, None):
        whole = read_ledger(office.engine, actor, LedgerQuery(state=state, size=500)).rows
        assert len(whole) >= 4
        seen, query = [], LedgerQuery(state=state, size=3)
        while True:
            ledger = read_ledger(office.engine, actor, query)
            seen += [row.timer.timer_id for row in ledger.rows]
            if ledger.following is None:
                break
            query = replace(query, after=ledger_lines.read(ledger_lines.written(ledger.following)))
        assert seen == [row.timer.timer_id for row in whole]


def test_a_page_takes_as_many_statements_whatever_is_in_the_ledger(office: Office) -> None:
    def statements() -> int:
        with count_statements(office.engine.store) as counted:
            read_ledger(office.engine, office.actor("shenji"), LedgerQuery())
        return counted.count

    onsite(office)
    few = statements()
    for _ in range(5):
        onsite(office)
    assert statements() == few


def test_an_outage_has_a_report_and_a_file(office: Office, visit: Visit) -> None:
    onsite(office)
    outage_id = outage_of(office)
    page = visit("shenji").get(f"/timers/outages/{outage_id}").text
    assert "停机报告" in page
    assert "拖欠工资" in page
    answer = visit("shenji").get(f"/timers/outages/{outage_id}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows
    assert {row["标题"] for row in rows} == {"拖欠工资"}
    assert all(float(row["迟延"]) > 0 for row in rows)
    assert visit("jiedai").get(f"/timers/outages/{outage_id}").status_code == 403
    assert visit("shenji").get("/timers/outages/none").status_code == 404


def test_cells_of_the_file_are_no_formulas() -> None:
    row = TouchedTimer(a_timer(name="=1+1"), True, "XF1", "@SUM(A1)", ("+甲",), (), (("registrar", "局"),))
    time = OfficeTime(zone=START.tzinfo, now=START, language="zh")  # type: ignore[arg-type]
    text = ledger_lines.touched_csv([row], time, lambda _section, value: value)
    assert "'=1+1" in text
    assert "'@SUM(A1)" in text
    assert "'+甲" in text


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0 秒"), (3.25, "3.2 秒"), (42, "42 秒"), (119, "119 秒"), (180, "3 分")]
)
def test_short_spans_are_told_in_seconds(seconds: float, words: str) -> None:
    time = OfficeTime(zone=START.tzinfo, now=START, language="zh")  # type: ignore[arg-type]
    assert ledger_lines.span(seconds, time).startswith(words.split(maxsplit=1)[0])


@pytest.mark.parametrize("words", ["", "~", "2025-09-26~x", "yesterday~x", "2025-09-26T01:00:00+00:00~"])
def test_what_is_no_place_begins_at_the_start(words: str) -> None:
    assert ledger_lines.read(words) is None


def test_a_place_survives_its_address() -> None:
    place = Place(START, "m1:2~3")
    assert ledger_lines.read(ledger_lines.written(place)) == place


def test_health_goes_red_with_the_heartbeat_and_with_the_ledger(office: Office, stranger: Visitor) -> None:
    def told() -> tuple[int, list[str]]:
        answer = stranger.get("/health")
        return answer.status_code, json.loads(answer.data)["unwell"]

    onsite(office)
    assert told() == (503, ["heartbeat"]), "nobody has looked yet"
    fire_due_timers(office.engine, worker="w1")
    assert told() == (200, [])
    office.clock.advance(timedelta(seconds=61))
    assert told() == (503, ["heartbeat"])
    office.clock.advance(DAY)
    fire_due_timers(office.engine, worker="w1", limit=0)
    assert told() == (503, ["ledger"]), "looked, but did not fire"
    fire_due_timers(office.engine, worker="w1")
    assert told() == (200, [])


def test_what_monitors_read_names_nobody(office: Office, stranger: Visitor) -> None:
    onsite(office)
    fire_due_timers(office.engine, worker="w1")
    answer = stranger.get("/metrics")
    assert answer.status_code == 200
    assert re.search(r"^duban_timers_waiting [1-9]", answer.text, re.MULTILINE)
    assert 'duban_timers_fired_total{worker="w1"}' in answer.text
    for text in (answer.text, stranger.get("/health").text):
        assert "拖欠工资" not in text
        assert "XF2025" not in text


def test_metrics_are_for_this_host_or_for_the_token(office: Office, stranger: Visitor) -> None:
    far = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert stranger.get("/metrics", **far).status_code == 403
    assert stranger.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    guarded = replace(office.engine, settings=replace(office.engine.settings, metrics_token="geheim"))
    client = Visitor(create_app(guarded, testing=True).test_client())
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer geheim"}, **far).status_code == 200
