"""Files of other tools through the page: a draft, a question, or what is wrong with them; never half of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from engine.definitions.drafts import list_drafts, open_draft
from tests.browser.office import Office
from tests.unit.kernel.foreign import exports
from tests.web.visitor import Visitor

Visit = Callable[[str], Visitor]
EXPORTS = exports()


def send(admin: Visitor, name: str, content: bytes) -> tuple[int, str]:
    answer = admin.post("/studio/import", {"file": (io.BytesIO(content), name)}, token_from="/studio")
    if answer.status_code == 302:
        return 302, admin.get(answer.headers["Location"]).text
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", ["camunda7", "signavio", "adonis", "bpmn.io", "gb18030", "utf16", "undrawn"])
def test_a_file_of_another_tool_becomes_a_draft_with_findings(office: Office, visit: Visit, name: str) -> None:
    export, admin = EXPORTS[name], visit("admin")
    status, page = send(admin, f"{name}.bpmn", export.content)

    if 'name="carried"' in page:
        carried = re.search(r'name="carried" value="([^"]+)"', page)
        assert carried is not None
        form = {"carried": carried.group(1), "name": f"{name}.bpmn", "key": "shenqing"}
        answer = admin.post("/studio/import", form, token_from="/studio")
        status, page = answer.status_code, admin.get(answer.headers["Location"]).text
    assert status == 302
    (draft,) = list_drafts(office.engine, office.actor("admin"))
    text = open_draft(office.engine, office.actor("admin"), draft.draft_id).files[f"{draft.key}.bpmn"].decode()
    assert all(piece in text for piece in export.kept)
    assert "受理审核" in page, "its findings name the step"


def test_of_several_pools_the_page_asks_which_one_runs(office: Office, visit: Visit) -> None:
    admin = visit("admin")
    two = EXPORTS["bizagi"].content.replace(
        b'<process id="Id_77aa" name="\xe6\x9d\xa5\xe4\xbf\xa1\xe4\xba\xba"/>',
        b'<process id="Id_77aa"><startEvent id="s9"/><endEvent id="e9"/></process>',
    )
    status, page = send(admin, "b.bpmn", two)
    assert status == 200
    assert re.findall(r'name="process" value="([^"]+)"', page) == ["Id_2f1c", "Id_77aa"]
    assert list_drafts(office.engine, office.actor("admin")) == ()

    carried = re.search(r'name="carried" value="([^"]+)"', page)
    assert carried is not None
    form = {"carried": carried.group(1), "name": "b.bpmn", "process": "Id_77aa", "key": "laixin"}
    answer = admin.post("/studio/import", form, token_from="/studio")
    assert answer.status_code == 302
    assert "另外 1 个泳池" in admin.get(answer.headers["Location"]).text
    (draft,) = list_drafts(office.engine, office.actor("admin"))
    assert draft.key == "laixin"


def test_what_is_no_diagram_is_refused_with_what_to_do(office: Office, visit: Visit) -> None:
    admin = visit("admin")
    for content in (b"<html/>", b"", b"\x89PNG", b"<definitions", "流程".encode("utf-16")):
        status, page = send(admin, "x.bpmn", content)
        assert status == 422
        assert "这个文件打不开" in page
    assert list_drafts(office.engine, office.actor("admin")) == ()


def test_only_a_process_admin_takes_diagrams_in(office: Office, visit: Visit) -> None:
    status, _ = send(visit("juzhang"), "x.bpmn", EXPORTS["gb18030"].content)
    assert status == 403
    assert list_drafts(office.engine, office.actor("admin")) == ()
