"""The properties panel: what it writes is what the server reads, and opening a diagram changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lxml import etree
from playwright.sync_api import Page, expect

from engine.definitions.builtin import builtin_procedures
from engine.definitions.drafts import create_draft, draft_findings, open_draft
from engine.kernel.diagram import read_diagram
from tests.browser.desk import Desk
from tests.browser.office import Office

DRAWING = "http://www.omg.org/spec/BPMN/20100524/DI"
DEFAULTS = {("isSequential", "false")}
FOREIGN = """<spiffworkflow:unitTests xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">
<spiffworkflow:unitTest id="one">
<spiffworkflow:inputJson>{"a": 1}</spiffworkflow:inputJson></spiffworkflow:unitTest>
</spiffworkflow:unitTests>"""
SELECT = """id => {
  const editor = document.querySelector(".studio-editor").editor;
  const element = editor.get("elementRegistry").get(id);
  editor.get("selection").select(element);
  editor.get("canvas").scrollToElement(element);
}"""
ROUND_TRIP = """async xml => {
  const editor = document.querySelector(".studio-editor").editor;
  const [bus, moddle] = [editor.get("eventBus"), editor.get("moddle")];
  bus.fire("import.parse.start", { xml });
  const read = await moddle.fromXML(xml, "bpmn:Definitions");
  bus.fire("import.parse.complete", { definitions: read.rootElement, ...read });
  return { xml: (await moddle.toXML(read.rootElement)).xml, warnings: read.warnings.map(each => each.message) };
}"""
"""As the editor opens and saves a file, without drawing it."""
SAVED = "async () => (await document.querySelector('.studio-editor').editor.saveXML({ format: true })).xml"


def opened(office: Office, desk_of: Callable[[str], Desk], key: str) -> tuple[Page, str]:
    """The editor with a draft of a procedure that ships."""
    with office.engine.store.read() as work:
        base = work.definitions.current(key, office.clock.now())
    assert base is not None
    draft = create_draft(office.engine, office.actor("admin"), key, base_id=base.definition_id)
    page = desk_of("admin").open(f"/studio/{draft.draft_id}/diagram")
    expect(page.locator(".studio-editor[data-ready='1']")).to_be_visible()
    return page, draft.draft_id


def meaning(content: bytes) -> tuple[Any, ...]:
    """All that a file says, but for its drawing, the order of siblings, and what is so by default."""
    root = etree.fromstring(content, etree.XMLParser(remove_comments=True, resolve_entities=False))
    return _said(root)


def _said(node: Any) -> tuple[Any, ...]:
    children = sorted(repr(_said(child)) for child in node if not child.tag.startswith(f"{{{DRAWING}}}"))
    said = sorted(item for item in node.attrib.items() if item not in DEFAULTS)
    return (node.tag, said, (node.text or "").strip(), children)


def field(page: Page, name: str) -> Any:
    return page.locator(f"#bio-properties-panel-duban-{name}")


def open_group(page: Page, name: str) -> None:
    head = page.locator(f"[data-group-id='group-duban-{name}'] .bio-properties-panel-group-header")
    if "open" not in (head.get_attribute("class") or "").split():
        head.click()


def nothing_that_matters_changes(page: Page) -> None:
    """Opens and saves every diagram that ships, and one with an extension that nobody knows."""
    files: Mapping[str, bytes] = {key: own[f"{key}.bpmn"] for key, own in builtin_procedures().items()}
    begins = b"<bpmn:extensionElements>"
    strange = files["joint_signing"].replace(begins, begins + FOREIGN.encode(), 1)
    assert strange != files["joint_signing"]
    for key, before in {**files, "strange": strange}.items():
        after = page.evaluate(ROUND_TRIP, before.decode())
        assert after["warnings"] == [], key
        assert meaning(after["xml"].encode()) == meaning(before), key
    assert len(files) == len(list((Path(__file__).parents[2] / "workflows").glob("*/*.bpmn")))


def test_the_panel_writes_what_the_server_reads_and_nothing_else(
    office: Office, desk_of: Callable[[str], Desk]
) -> None:
    page, draft_id = opened(office, desk_of, "petition_main")
    assert meaning(page.evaluate(SAVED).encode()) == meaning(
        builtin_procedures()["petition_main"]["petition_main.bpmn"]
    )
    page.evaluate(SELECT, "register")

    # a name that is not known is said, with the one that was meant; the list completes it
    open_group(page, "work")
    field(page, "role").fill("regisrar")
    expect(page.locator("[data-entry-id='duban-role'] .duban-problem")).to_contain_text("registrar")
    field(page, "role").fill("deput")
    expect(page.get_by_role("option", name="deputy")).to_be_visible()
    field(page, "role").press("Enter")
    expect(field(page, "role")).to_have_value("deputy")

    # FEEL is checked by the server's own bundle while it is typed, and completed at the caret
    unit = field(page, "unit")
    said = page.locator("[data-entry-id='duban-unit'] .duban-problem")
    unit.fill("if major then")
    expect(said).to_have_class("duban-problem is-error")
    unit.fill("case_unti")
    expect(said).to_contain_text("case_unit")
    unit.fill("")
    unit.press_sequentially("case_un")
    unit.press("Enter")
    expect(unit).to_have_value("case_unit")
    expect(said).to_have_count(0)

    field(page, "priority").fill("urgent")
    open_group(page, "access")
    page.locator("[id='duban-access-*']").select_option("readonly")
    open_group(page, "deadline")
    page.locator("#duban-deadline-add").select_option("T8")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(field(page, "rule")).to_have_value("T8")
    field(page, "rule-start").fill("completed_at")
    field(page, "rule-start").press("Tab")
    expect(field(page, "time")).to_have_value('deadline("T8", completed_at)')
    # days of its own take the rule's place, and a rule theirs
    field(page, "days").fill("3")
    field(page, "days").press("Tab")
    expect(field(page, "time")).to_have_value("working days(3, completed_at)")
    expect(field(page, "rule")).to_have_value("")
    field(page, "days-calendar").check()
    expect(field(page, "time")).to_have_value("calendar days(3, completed_at)")
    expect(field(page, "only-reminds")).not_to_be_checked()
    field(page, "rule").fill("T8")
    field(page, "rule").press("Tab")
    expect(field(page, "time")).to_have_value('deadline("T8", completed_at)')
    expect(field(page, "days")).to_have_value("")

    page.evaluate(SELECT, "issue_l3")
    field(page, "param-title").fill('"转送函"')
    field(page, "param-title").press("Tab")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved", timeout=15_000)

    content = open_draft(office.engine, office.actor("admin"), draft_id).files["petition_main.bpmn"]
    diagram = read_diagram(content)
    register = diagram.elements["register"]
    assert {name: register.properties[name] for name in ("role", "unit", "fields", "priority")} == {
        "role": "deputy", "unit": "case_unit", "fields": "*: readonly", "priority": "urgent",
    }  # fmt: skip
    (timer,) = diagram.boundary_events("register")
    assert not timer.interrupting
    assert [each.text for each in timer.timers] == ['deadline("T8", completed_at)']
    assert diagram.elements["issue_l3"].service is not None
    assert diagram.elements["issue_l3"].service.params["title"] == '"转送函"'
    assert list(diagram.elements["issue_l3"].service.params) == ["kind", "title", "fields", "number"]
    assert [
        f.message.zh for f in draft_findings(office.engine, office.actor("admin"), draft_id) if f.is_error
    ] == []

    nothing_that_matters_changes(page)
