"""The page on which a draft is tried: with and without a script, changed answers, scenarios, refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.definitions.drafts import create_draft, open_draft, save_draft
from engine.errors import Message
from engine.simulation.model import Entry, Simulation
from tests.browser.office import Office
from tests.web.visitor import Visitor
from tests.worlds import files_of, two_step_forms, two_steps
from web.try_timeline import ICONS, days_of
from web.working import MOST_AT_ONCE, _room

ASKED = {"start": "2026-09-29T09:00", "pace": "1", "basis": "", "against": ""}


@pytest.fixture
def draft_id(office: Office) -> str:
    files = files_of(two_steps("tried"), **two_step_forms())
    return create_draft(office.engine, office.actor("admin"), "tried", files=files).draft_id


def _lines(visitor: Visitor, path: str, fields: dict[str, str]) -> list[dict[str, str]]:
    data = {"csrf_token": visitor.token(), **fields}
    answer = visitor.client.post(path, data=data, headers={"Accept": "application/x-ndjson"})
    assert answer.mimetype == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_draft_is_played_kept_and_held_to_it(
    office: Office, visit: Callable[[str], Visitor], draft_id: str
) -> None:
    admin, path = visit("admin"), f"/studio/{draft_id}/try"
    assert admin.get(path).status_code == 200
    *told, last = _lines(admin, path, ASKED)
    assert [line["at"] for line in told][-1] == "2026-10-08 09:00"
    assert "休 7 天" in last["html"]
    assert "已办结" in last["html"]
    packed = re.findall(r'name="t" value="([^"]+)"', last["html"])
    assert len(packed) == 3
    check = packed[1].replace("&#34;", '"')
    changed = {**ASKED, "t": check, "f0:opinion": "不同意", "lies0": "3"}
    asked_again = admin.post(f"{path}/record", {**changed, "name": "late", "title": "晚了三天"})
    assert asked_again.status_code == 302, asked_again.text
    kept = open_draft(office.engine, office.actor("admin"), draft_id).files["scenarios/late.yaml"].decode()
    assert "opinion: 不同意" in kept
    assert "2026-10-09 09:00" in kept
    *counted, trials = _lines(admin, f"{path}/scenarios", {})
    assert counted == [{"n": 1, "of": 1, "path": "scenarios/late.yaml", "went": "ok"}]
    assert "1 个情景全部相符" in trials["html"]

    *_, recorded = _lines(admin, f"{path}/record", {**ASKED, "name": "usual", "title": "照常"})
    assert "情景“照常”" in admin.get(recorded["go"]).text
    *counted, trials = _lines(admin, f"{path}/scenarios", {"only": "scenarios/usual.yaml"})
    assert [(line["path"], line["of"]) for line in counted] == [("scenarios/usual.yaml", 1)]
    assert 'class="is-waiting" data-scenario="scenarios/late.yaml"' in trials["html"]


def test_a_scenario_is_read_and_taken_out(office: Office, visit: Callable[[str], Visitor], draft_id: str) -> None:
    admin, path = visit("admin"), f"/studio/{draft_id}/try"
    written = "title: 半个情景\nsteps: 3\n".encode()
    save_draft(office.engine, office.actor("admin"), draft_id, seen=1, put={"scenarios/half.yaml": written})
    assert "无法读取" in admin.get(path).text
    page = admin.get(f"{path}/scenario?path=scenarios/half.yaml").text
    assert '<li id="l2"><span>steps: 3</span></li>' in page
    for gone in ("tried.bpmn", "scenarios/none.yaml"):
        assert admin.get(f"{path}/scenario?path={gone}").status_code == 404
        assert admin.post(f"{path}/scenario/removal", {"path": gone, "revision": "2"}).status_code == 404
    asked = {"path": "scenarios/half.yaml", "revision": "1"}
    assert admin.post(f"{path}/scenario/removal", asked).status_code == 409
    assert visit("jiedai").post(f"{path}/scenario/removal", {**asked, "revision": "2"}).status_code == 403
    admin.post(f"{path}/scenario/removal", {**asked, "revision": "2"})
    assert "scenarios/half.yaml" not in open_draft(office.engine, office.actor("admin"), draft_id).files


def test_what_is_refused_is_said(office: Office, visit: Callable[[str], Visitor], draft_id: str) -> None:
    admin, path = visit("admin"), f"/studio/{draft_id}/try"
    (wrong,) = _lines(admin, path, {**ASKED, "away0": "dengji", "from0": "2026-10-02", "to0": "2026-10-01"})
    assert "末日早于首日" in wrong["error"]
    assert admin.post(path, {**ASKED, "start": "soon"}).status_code == 422
    assert admin.post(f"{path}/record", {**ASKED, "start": "soon"}).status_code == 422
    broken = create_draft(
        office.engine, office.actor("admin"), "broken", files={"broken.bpmn": b"<definitions/>"}
    ).draft_id
    (said,) = _lines(admin, f"/studio/{broken}/try", ASKED)
    assert "处错误" in said["error"]
    assert admin.get(f"/studio/{broken}/try").status_code == 200
    assert visit("jiedai").get(path).status_code == 403
    for _ in range(MOST_AT_ONCE):
        assert _room.acquire(blocking=False)
    try:
        (busy,) = _lines(admin, path, ASKED)
    finally:
        _room.release(MOST_AT_ONCE)
    assert "两项试运行" in busy["error"]


def test_a_deadline_that_was_met_late_has_no_tick() -> None:
    at = datetime(2026, 9, 29, 1, tzinfo=UTC)
    met = Entry(at, "met", Message("T1 登记转送交办 逾期办结", "T1 met late"), is_late=True)
    played = Simulation(
        procedure="p",
        name="p",
        start=at,
        until=at,
        entries=(met, replace(met, is_late=False)),
        days={},
        blocked=(),
        filled=(),
        is_sample=False,
        reached_limit=False,
    )
    ((late, in_time),) = [day.lines for day in days_of(played, "zh", ZoneInfo("Asia/Shanghai"))]
    assert (late.is_late, in_time.is_late) == (True, False)
    assert late.icon == ICONS["due"]
    assert in_time.icon == ICONS["met"]
