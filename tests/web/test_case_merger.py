"""Merging on its page: the clocks of both are shown, and what was confirmed is what was shown."""

from __future__ import annotations

import re
from datetime import timedelta

from engine.cases.start import start_case
from engine.definitions.deploy import deploy_procedure
from tests.security.conftest import Enter, app, enter  # noqa: F401 - fixtures of a small office
from tests.security.entering import token
from tests.usecases.conftest import office_home, two, world  # noqa: F401
from tests.usecases.test_links import INTAKE, timed
from tests.worlds import World, files_of

SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


def test_a_merger_is_looked_at_then_confirmed_as_it_was_shown(enter: Enter, two: World) -> None:  # noqa: F811
    deploy_procedure(two.engine, None, "timed", files_of(timed(), intake=INTAKE))
    dengji = two.actor("dengji")
    main = start_case(two.engine, dengji, "timed", {"title": "青山村征地补偿"})
    two.clock.advance(timedelta(days=1))
    repeat = start_case(two.engine, dengji, "timed", {"title": "再次反映征地补偿"})
    path, me = f"/cases/{repeat.case_id}/merger", enter("dengji")

    page = me.get(f"{path}?into={main.case_id}").text
    assert "由主件接续" in page
    assert "待认领" in page
    seen = SEEN.search(page)
    assert seen
    given = {"csrf_token": token(me), "other": main.case_id, "note": "同一诉求"}
    stale = me.post(path, data={**given, "seen": "0" * 32})
    assert (stale.status_code, 'value="同一诉求"' in stale.text) == (409, True)
    assert SEEN.findall(stale.text) == [seen.group(1)]
    assert me.get(f"/cases/{main.case_id}/merger?into={repeat.case_id}").text.count("只能并入登记在先") == 1
    done = me.post(path, data={**given, "seen": seen.group(1)})
    assert done.location == f"/cases/{main.case_id}/links"
    assert two.view(repeat).case.merged_into == main.case_id
    assert enter("shenji").get(f"{path}?into={main.case_id}").status_code == 403


def test_a_number_that_is_wrong_is_said_at_its_field(enter: Enter, two: World) -> None:  # noqa: F811
    deploy_procedure(two.engine, None, "timed", files_of(timed(), intake=INTAKE))
    case = start_case(two.engine, two.actor("dengji"), "timed", {"title": "青山村征地补偿"})
    tab, me = f"/cases/{case.case_id}/links", enter("dengji")
    me.get(tab)
    said = {"csrf_token": token(me), "other": "XF2099-1", "kind": "repeat", "note": "同村"}
    wrong = me.post(tab, data=said)
    assert (wrong.status_code, "没有案号为“XF2099-1”的事项" in wrong.text) == (404, True)
    assert 'value="XF2099-1"' in wrong.text
    assert 'value="同村"' in wrong.text
    itself = me.post(tab, data={**said, "other": case.case_id})
    assert (itself.status_code, "不能与本件自身关联" in itself.text) == (422, True)
    looked = me.get(f"/cases/{case.case_id}/merger?into=XF2099-1")
    assert (looked.status_code, 'id="into-error"' in looked.text) == (404, True)
    assert me.get("/cases/unknown/merger?into=XF2099-1").status_code == 404
