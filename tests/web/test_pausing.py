"""The two buttons on a case's clocks, and what everybody else sees of a clock that stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.cases.read import open_case
from engine.cases.start import start_case
from engine.definitions.deploy import deploy_procedure
from engine.records.time import Deadline
from tests.browser.office import Office
from tests.usecases.test_pausing import handling
from tests.web.visitor import Visitor
from tests.worlds import files_of

Visit = Callable[[str], Visitor]


@pytest.fixture
def deadline(office: Office) -> Deadline:
    """Of a case in the registrar's hands, whose clock may stand."""
    diagram = handling()
    deploy_procedure(office.engine, None, diagram.process_id, files_of(diagram))
    case = start_case(office.engine, office.actor("dengji"), diagram.process_id, {})
    return open_case(office.engine, office.actor("dengji"), case.case_id).deadlines[-1]


def test_the_clock_is_stopped_and_goes_on_from_the_clocks_of_the_case(visit: Visit, deadline: Deadline) -> None:
    clerk, clocks = visit("dengji"), f"/cases/{deadline.case_id}/clocks"
    page = clerk.get(clocks).text
    assert "暂停计时" in page
    assert '<option value="supplement">要求信访人补充材料</option>' in page
    assert "hearing" not in page

    answer = clerk.post(f"/deadlines/{deadline.deadline_id}/pause", {"reason": "supplement", "note": "请补交合同"})
    assert (answer.status_code, answer.location) == (302, clocks)
    page = clerk.get(clocks).text
    assert "已暂停" in page
    assert "恢复计时" in page
    assert "请补交合同" in clerk.get(f"/deadlines/{deadline.deadline_id}").text
    assert "已暂停" in clerk.get("/inbox?box=claimable").text
    assert "已暂停" in clerk.get("/cases").text

    assert clerk.post(f"/deadlines/{deadline.deadline_id}/resume").location == clocks
    assert "恢复计时</summary>" not in clerk.get(clocks).text


def test_who_may_not_turn_the_clock_sees_no_button_and_is_refused(visit: Visit, deadline: Deadline) -> None:
    reader = visit("shenji")
    assert "clock-turn" not in reader.get(f"/cases/{deadline.case_id}/clocks").text
    answer = reader.post(f"/deadlines/{deadline.deadline_id}/pause", {"reason": "supplement"})
    assert answer.status_code in {403, 404}
    assert visit("zrzyj.banli").post(f"/deadlines/{deadline.deadline_id}/pause").status_code == 404


@pytest.mark.parametrize("fields", [{}, {"reason": "hearing"}, {"reason": "supplement", "note": "长" * 201}])
def test_a_reason_that_the_rule_does_not_know_is_answered_in_words(
    visit: Visit, deadline: Deadline, fields: dict[str, str]
) -> None:
    answer = visit("dengji").post(f"/deadlines/{deadline.deadline_id}/pause", fields)
    assert answer.status_code == 409
    assert "请" in answer.text
