"""Every page of the product once, by somebody who may open it: what axe checks and the screenshots show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Never
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from engine.cases.read import open_case, register
from engine.definitions.drafts import create_draft, list_drafts, open_draft
from engine.definitions.read import list_definitions
from engine.documents.sheets import MEDIA_TYPE, Sheet, write_workbook
from engine.errors import StoreAway
from engine.org.coming_back import tell_returned
from engine.records.case import CaseFile
from engine.records.reach import Absence
from engine.records.views import InboxQuery, RegisterQuery
from engine.tasks.inbox import inbox
from tests.browser.office import PASSWORD, Office
from tests.browser.story_moving import tried_run
from tests.browser.story_studio import submitted_draft
from tests.browser.story_trouble import open_incident, suspended

DUPLICATE = "try/scenario?path=scenarios/duplicate.yaml#l30"
FILE_FIELD = {
    "type": "filepicker",
    "id": "Field_photos",
    "key": "photos",
    "label": "随附材料",
    "description": "现场照片、代表推选记录等，一次可选几个",
    "multiple": True,
    "accept": ".jpg,.png,.pdf",
    "validate": {"required": True},
}
WITH_FILES = """async (field) => {
  const form = document.getElementById('form').officeForm;
  const { schema, values } = JSON.parse(document.getElementById('form-page').textContent);
  await form.importSchema({ ...schema, components: [...schema.components, field] }, values);
}"""


@dataclass(frozen=True)
class Stop:
    """A page of the tour. `username` None: before login. `act` is done on the page before it is looked at."""

    name: str
    username: str | None
    path: str
    act: Callable[[Page], None] | None = None


_YEAR = "since=2025-01-01&until=2025-12-31"


def tour_of(office: Office) -> list[Stop]:
    """The stops, in the order in which a newcomer would meet them."""
    order = _case(office, "jingban", "征地补偿款少付", "petition_main")
    onsite = _case(office, "zjj.zhiban", "拖欠工资")
    closed = _case(office, "dengji", "过期种子")
    main = next(d for d in list_definitions(office.engine, office.actor("admin")) if d.key == "petition_main")
    return [
        Stop("login", None, "/login"),
        Stop("login-refused", None, "/login", _log_in_wrongly),
        Stop("inbox", "zrzyj.banli", "/inbox?box=claimable", _select_first),
        Stop("inbox-onsite", "zjj.zhiban", "/inbox?box=claimable", _select_first),
        Stop("inbox-mine", "jingban", "/inbox"),
        Stop("inbox-filters", "zrzyj.banli", "/inbox?box=claimable&due=month&category=1401", _more_filters),
        Stop("inbox-batch", "zrzyj.banli", "/inbox?box=claimable", _tick_and_transfer),
        Stop("inbox-started", "jiedai", "/inbox?box=started", _select_first),
        Stop("inbox-done", "dengji", "/inbox?box=done"),
        Stop("inbox-deputised", "jtj.lingdao", "/inbox?box=deputised", _select_first),
        Stop("inbox-back", _back(office), "/inbox"),
        Stop("keys", "jingban", "/inbox", lambda page: page.keyboard.press("?")),
        Stop("task", "zrzyj.banli", f"/tasks/{_task(office, 'zrzyj.banli')}", _form),
        Stop("task-acts", "zrzyj.banli", f"/tasks/{_task(office, 'zrzyj.banli')}", _open_acts),
        Stop("task-act", "zrzyj.banli", f"/tasks/{_task(office, 'zrzyj.banli')}/acts/add_signers"),
        Stop("phrases", "zrzyj.banli", "/profile/phrases"),
        Stop("task-onsite", "zjj.zhiban", f"/tasks/{_task(office, 'zjj.zhiban')}"),
        Stop("start-petition", "jiedai", "/new/petition_main", _form),
        Stop("start-petition-errors", "jiedai", "/new/petition_main", _send_empty),
        Stop("start-onsite", "lxb.zhuren", "/new/onsite_response", _form),
        Stop("start-signing", "jingban", "/new/joint_signing", _form),
        Stop("start-draft", "zjj.zhiban", "/new/onsite_response", _draft_found),
        Stop("start-files", "zjj.zhiban", "/new/onsite_response", _choose_files),
        Stop("task-changed", "dengji", f"/tasks/{_task(office, 'dengji')}", _changed_meanwhile),
        Stop("register", "duban", "/cases"),
        Stop("register-receptions", "jiedai", "/cases?form=f02&since=2025-09-01"),
        Stop("register-print", "duban", "/cases?form=f01", _print_register),
        Stop("import", "jiedai", "/imports/petition_main", _import_badly),
        Stop("report-receptions", "duban", f"/reports/receptions?channel=all&{_YEAR}"),
        Stop("report-scores", "duban", f"/reports/scores?{_YEAR}"),
        Stop("case", "jingban", f"/cases/{order.case_id}"),
        Stop("case-parties", "jingban", f"/cases/{order.case_id}", _reveal),
        Stop("case-clocks", "jingban", f"/cases/{order.case_id}/clocks"),
        Stop("case-clocks-pause", "jingban", f"/cases/{order.case_id}/clocks", _turn_a_clock),
        Stop("deadline", "zrzyj.banli", f"/deadlines/{_deadline(office, 'zrzyj.banli', 'T2')}"),
        Stop("deadline-long", "jingban", f"/deadlines/{_deadline(office, 'jingban', 'T4')}", _days_listed),
        Stop("deadline-onsite", "zjj.zhiban", f"/deadlines/{_deadline(office, 'zjj.zhiban', 'T10')}"),
        Stop("inbox-why", "zrzyj.banli", "/inbox?box=claimable", _whole_card),
        Stop("case-timeline", "jingban", f"/cases/{order.case_id}/timeline"),
        Stop("case-diagram", "jingban", f"/cases/{order.case_id}/diagram?process=supervision_order", _drawing),
        Stop("case-diagram-onsite", "zjj.zhiban", f"/cases/{onsite.case_id}/diagram", _drawing),
        Stop("case-papers", "jingban", f"/cases/{order.case_id}/papers"),
        Stop("paper", "jingban", f"/cases/{order.case_id}/papers", _first_paper),
        Stop("paper-shown", "dengji", f"/cases/{closed.case_id}/papers", _shown_paper),
        Stop("paper-draft", "jingban", f"/cases/{order.case_id}/papers/new/F02"),
        Stop("paper-templates", "admin", "/papers/templates"),
        Stop("paper-template", "admin", "/papers/templates/L5"),
        Stop("paper-template-version", "admin", "/papers/templates/L5/0"),
        Stop("case-attachments", "jingban", f"/cases/{order.case_id}/attachments"),
        Stop("case-comments", "jingban", f"/cases/{order.case_id}/comments"),
        Stop("case-links", "jingban", f"/cases/{order.case_id}/links"),
        Stop("case-merger", "jingban", _merger(office)),
        Stop("case-print", "jingban", f"/cases/{order.case_id}/print"),
        Stop("case-volume", "jingban", f"/cases/{order.case_id}/volume"),
        Stop("case-archived", "dengji", f"/cases/{closed.case_id}"),
        Stop("definitions", "admin", "/definitions"),
        Stop("definition", "admin", f"/definitions/{main.definition_id}", _drawing),
        Stop("studio-review", "shenhe", f"/studio/{submitted_draft(office)}/review"),
        Stop("studio", "admin", "/studio"),
        Stop("studio-try", "admin", f"/studio/{_draft(office, 'onsite_response')}/try", _try_out),
        Stop("studio-scenario", "admin", f"/studio/{_draft(office)}/{DUPLICATE}"),
        Stop("studio-draft", "admin", f"/studio/{_draft(office)}"),
        Stop("studio-versions", "shenhe", "/studio/procedures/joint_signing"),
        Stop("studio-files", "admin", f"/studio/{_draft(office)}/file"),
        Stop("studio-table", "admin", f"/studio/{_draft(office)}/file?path=intake_path.dmn", _editor),
        Stop("studio-form", "admin", f"/studio/{_draft(office)}/file?path=forms/screen.form.json", _editor),
        Stop(
            "studio-form-preview",
            "admin",
            f"/studio/{_draft(office)}/form-preview?path=forms/screen.form.json",
            _form,
        ),
        Stop("studio-compare", "admin", _comparison(office), _compared),
        Stop("studio-diagram", "admin", f"/studio/{_draft(office)}/diagram", _select_a_step),
        Stop("dry-run", "admin", f"/studio/{_draft(office)}/dry-run"),
        Stop("dry-run-done", "admin", f"/moves/{tried_run(office, _draft(office))}"),
        Stop("migrate", "admin", f"/definitions/{main.definition_id}/migrate"),
        Stop("tables", "admin", "/tables"),
        Stop("table-rules", "admin", "/tables/deadline_rules", _open_row),
        Stop("table-refused", "admin", "/tables/deadline_rules", _lengthen),
        Stop("table-changes", "admin", "/tables/deadline_rules", _shorten),
        Stop("table-lights", "admin", "/tables/lights", _open_row),
        Stop("table-versions", "admin", "/tables/deadline_rules/versions"),
        Stop("table-read", "shenji", "/tables/deadline_rules", _open_row),
        Stop("timers", "admin", "/timers"),
        Stop("timers-fired", "duban", "/timers?state=fired"),
        Stop("outage", "duban", f"/timers/outages/{_outage(office)}"),
        Stop("calendar", "admin", "/calendar?year=2026"),
        Stop("calendar-day", "admin", "/calendar?year=2025", _edit_a_day),
        Stop("calendar-missing", "admin", "/calendar?year=2027"),
        Stop("calendar-preview", "admin", "/calendar?year=2025&day=2025-10-15", _preview_a_holiday),
        Stop("incidents", "admin", "/incidents"),
        Stop("incident", "admin", f"/incidents/{open_incident(office)}", _drawing),
        Stop("operate", "admin", "/operate", _suspending),
        Stop("operate-live", "admin", "/operate/petition_main", _drawing),
        Stop("operate-halted", "admin", f"/operate/{suspended(office)}", _drawing),
        Stop(
            "studio-scenario", "admin", f"/studio/{_draft(office)}/try/scenario?path=scenarios/duplicate.yaml#l30"
        ),
        Stop("operate-standing", "juzhang", "/operate/petition_main/unit_review"),
        Stop("operate-instance", "admin", f"/instances/{_instance(office, order)}"),
        Stop("operate-repair", "admin", f"/instances/{_instance(office, order)}", _preview_a_move),
        Stop("messages", "zjj.lingdao", "/messages"),
        Stop("messages-digest", "zjj.lingdao", "/messages", _open_digest),
        Stop("profile", "jingban", "/profile"),
        Stop("ways", "jingban", "/profile/notifications"),
        Stop("ways-feed", "zjj.lingdao", "/profile/notifications", _make_feed),
        Stop("absence", "jingban", "/profile/absence"),
        Stop("absence-office", "admin", f"/absences?person={office.actor('dengji').person_id}", _some_procedures),
        Stop("office", "admin", "/org?unit=xzf"),
        Stop("office-person", "admin", f"/org/people/{office.actor('jingban').person_id}", _asked_to_reset),
        Stop("office-unit", "admin", "/org/units/zrzyj"),
        Stop("handover", "jingban", "/handover"),
        Stop("leavers", "juzhang", "/leaving"),
        Stop("leaving", "juzhang", f"/leaving/{office.actor('jingban').person_id}"),
        Stop("recusal", "jingban", f"/cases/{order.case_id}/recusal"),
        Stop("query", None, "/query"),
        Stop("query-refused", None, "/query?size=larger", _asking("ABCDE23456", "0000", "没有查到")),
        Stop("query-found", None, "/query", _asking(*_receipt(office, closed), "办理进度")),
        Stop("deliveries", "admin", "/deliveries"),
        Stop("deliveries-waiting", "duban", "/deliveries?state=waiting"),
        Stop("not-found", "jingban", "/cases/unknown"),
        Stop("not-allowed", "jingban", "/timers"),
        Stop("away", None, "/login", _log_in_while_it_is_away(office)),
    ]


def _turn_a_clock(page: Page) -> None:
    page.locator(".clock-turn > summary").first.click()
    expect(page.locator(".clock-turn[open] form").first).to_be_visible()


def _case(office: Office, username: str, words: str, procedure: str | None = None) -> CaseFile:
    found = register(office.engine, office.actor(username), RegisterQuery(text=words, procedure=procedure))
    return found.rows[0].case


def _back(office: Office) -> str:
    """Who has come back from an absence this morning."""
    now = office.clock.now()
    absence = Absence(
        "tour", *(office.actor(u).person_id for u in ("dengji", "jiedai")), now - timedelta(days=5), now
    )
    with office.engine.store.write() as work:
        work.reach.add_absence(absence)
    tell_returned(office.engine)
    return "dengji"


def _merger(office: Office) -> str:
    """The newest open petition into an earlier one."""
    found = register(office.engine, office.actor("jingban"), RegisterQuery(procedure="petition_main")).rows
    case, *earlier = [row.case for row in found if not row.case.closed_at]
    return f"/cases/{case.case_id}/merger?into={earlier[-1].case_id}"


def _draft(office: Office, key: str = "petition_main") -> str:
    """A draft of a procedure: the story's, else one that is begun now."""
    admin = office.actor("admin")
    found = [d for d in list_drafts(office.engine, admin) if d.key == key]
    base = next(d for d in list_definitions(office.engine, admin) if d.key == key)
    made = found or [create_draft(office.engine, admin, key, base_id=base.definition_id)]
    return made[0].draft_id


def _try_out(page: Page) -> None:
    page.fill("#try-start", "2026-10-01T09:20")
    page.click("#try-form button[type=submit]")
    expect(page.locator("#try-canvas[data-ready='1']")).to_be_visible(timeout=60_000)
    page.locator("#try-days .try-line.is-answered .line-go").nth(1).click()
    expect(page.locator("#try-days [aria-current]")).to_have_count(1)


def _task(office: Office, username: str) -> str:
    for box in ("mine", "claimable"):
        page = inbox(office.engine, office.actor(username), InboxQuery(box=box))
        if page.rows:
            return page.rows[0].key
    raise AssertionError(f"{username} has nothing to do")


def _deadline(office: Office, username: str, rule: str) -> str:
    """An open deadline of that rule, in a case that the person may see."""
    for row in register(office.engine, office.actor(username), RegisterQuery(page_size=50)).rows:
        for deadline in open_case(office.engine, office.actor(username), row.case.case_id).deadlines:
            if deadline.rule == rule and deadline.is_open:
                return deadline.deadline_id
    raise AssertionError(f"{username} sees no open {rule}")


def _outage(office: Office) -> str:
    with office.engine.store.read() as work:
        return work.outages.newest(1)[0].outage_id


def _days_listed(page: Page) -> None:
    page.locator(".why-list summary").click()
    expect(page.locator(".why-list table")).to_be_visible()


def _whole_card(page: Page) -> None:
    _select_first(page)
    if page.viewport_size and page.viewport_size["width"] > 1180:
        page.locator("#panel .why-more summary").first.click()
        expect(page.locator("#panel .why-full").first).to_be_visible()


def _open_acts(page: Page) -> None:
    _form(page)
    page.locator(".menu.is-up summary").last.click()
    page.locator("a[data-act]").first.click()
    expect(page.locator("#act-dialog[open] .act")).to_be_visible()


def _form(page: Page) -> None:
    expect(page.locator("#form[data-ready='1']")).to_be_visible()


def _comparison(office: Office) -> str:
    """The story's draft that waits for its review, and the version that it began from."""
    draft_id = submitted_draft(office)
    base = open_draft(office.engine, office.actor("admin"), draft_id).draft.base_id
    return f"/studio/compare?left={base}&right={draft_id}"


def _compared(page: Page) -> None:
    expect(page.locator("#compare[data-ready='1']")).to_be_visible()


def _editor(page: Page) -> None:
    expect(page.locator(".studio-editor[data-ready='1']")).to_be_visible()


def _draft_found(page: Page) -> None:
    _form(page)
    expect(page.locator(".draft-found")).to_be_visible()


def _changed_meanwhile(page: Page) -> None:
    _form(page)
    expect(page.locator("#form-changes li")).to_have_count(2)


def _choose_files(page: Page) -> None:
    """No procedure that ships asks for files: the form is given a field for them, and its draft is not kept."""
    _form(page)
    page.route("**/draft", lambda route: route.fulfill(json={"saved_at": "11:16"}))
    page.evaluate(WITH_FILES, FILE_FIELD)
    page.locator("#form [id$='-Field_photos']").set_input_files(
        [
            {"name": "现场照片 1.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8"},
            {"name": "业主代表推选记录（八人签名）.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
            {"name": "现场录像.exe", "mimeType": "application/x-exe", "buffer": b"MZ"},
        ]
    )
    expect(page.locator(".office-files-list li")).to_have_count(2)
    expect(page.locator(".office-files-busy")).to_contain_text("现场录像.exe")
    page.locator(".office-files").evaluate("(field) => field.scrollIntoView({block: 'center'})")


def _instance(office: Office, case: CaseFile) -> str:
    return open_case(office.engine, office.actor("jingban"), case.case_id).instances[0].instance_id


def _suspending(page: Page) -> None:
    page.locator(".halt-form > summary").first.click()
    expect(page.locator(".halt-form[open] textarea").first).to_be_visible()


def _preview_a_move(page: Page) -> None:
    page.locator("#to").select_option(index=2)
    page.locator("form:has(input[value=move]) button").click()
    expect(page.locator(".preview-box")).to_be_visible()


def _drawing(page: Page) -> None:
    expect(page.locator("#canvas[data-ready='1']")).to_be_visible()


def _select_a_step(page: Page) -> None:
    """A step whose properties are in sight, and the findings of the server below."""
    expect(page.locator(".studio-editor[data-ready='1']")).to_be_visible()
    expect(page.locator("#findings[data-ready]")).to_be_visible()
    page.evaluate(
        "(id) => { const editor = document.querySelector('.studio-editor').editor;"
        " editor.get('selection').select(editor.get('elementRegistry').get(id)); }",
        "register",
    )
    expect(page.locator(".bio-properties-panel-header-label")).to_have_text("登记")


def _select_first(page: Page) -> None:
    if page.viewport_size and page.viewport_size["width"] > 1180:
        page.locator("tr[data-task] td.step").first.click()
        expect(page.locator("#panel h2")).to_be_visible()


def _print_register(page: Page) -> None:
    page.get_by_role("button", name="打印").click()
    expect(page.locator(".register-lines")).to_be_visible()


def _import_badly(page: Page) -> None:
    """A sheet with a cell that cannot be."""
    columns = ("事由", "来源", "信访目的", "内容分类", "人数", "诉求")
    line = ("村口路灯不亮", "飞鸽", "求决", "没有这一类", "许多", "修好")
    sheet = Sheet("登记", [(heading, 12) for heading in columns], [line])
    content = write_workbook([sheet], ZoneInfo("Asia/Shanghai"))
    page.set_input_files("#file", {"name": "三月.xlsx", "mimeType": MEDIA_TYPE, "buffer": content})
    page.get_by_role("button", name="检查").click()
    expect(page.locator("#faults")).to_be_visible()


def _more_filters(page: Page) -> None:
    page.click("#more-filters summary")
    expect(page.locator(".more-grid")).to_be_visible()


def _tick_and_transfer(page: Page) -> None:
    page.locator("tr[data-task] .tick input").first.check()
    page.locator("tr[data-task] .tick input").nth(1).check()
    page.click("#batch-transfer > summary")
    expect(page.locator("#batch-transfer .menu-sheet")).to_be_visible()


def _log_in_wrongly(page: Page) -> None:
    page.fill("#username", "jingban")
    page.fill("#password", "wrong")
    page.click("main button.is-main")
    expect(page.locator("#login-error")).to_be_visible()


def _log_in_while_it_is_away(office: Office) -> Callable[[Page], None]:
    """What was sent while the database was away: that page does not ask again by itself."""

    def send(page: Page) -> None:
        with _no_store(office):
            page.fill("#username", "jingban")
            page.fill("#password", PASSWORD)
            page.click("main button.is-main")
            expect(page.locator(".error-code")).to_have_text("503")

    return send


@contextmanager
def _no_store(office: Office) -> Iterator[None]:
    def away() -> Never:
        raise StoreAway("connection refused")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("read", "write", "shared_reading"):
            patch.setattr(office.engine.store, name, away)
        yield


def _send_empty(page: Page) -> None:
    _form(page)
    page.click("#completion button[type=submit]")
    expect(page.locator("#error-list")).to_be_visible()


def _reveal(page: Page) -> None:
    page.fill("#purpose", "送达处理意见书")
    page.locator("#parties button").click()
    expect(page.locator("#parties dl")).to_be_visible()


def _edit_a_day(page: Page) -> None:
    page.focus("[data-day='2025-10-01']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#editor form input[name=day]")).to_have_value("2025-10-09")
    expect(page.locator("#editor input[type=radio]:checked")).to_be_focused()


def _preview_a_holiday(page: Page) -> None:
    page.check("#editor input[value=local]")
    page.fill("#note", "县庆")
    page.click("#editor button[type=submit]")
    expect(page.locator(".calendar-confirm")).to_be_visible()


def _first_paper(page: Page) -> None:
    page.locator(".grid-table a").first.click()
    expect(page.locator(".gw")).to_be_visible()


def _shown_paper(page: Page) -> None:
    """The decision, its addressee shown for a purpose."""
    page.get_by_role("link", name="处理意见书").click()
    page.fill("#purpose", "送达处理意见书")
    page.get_by_role("button", name="显示").click()
    expect(page.locator(".gw-to")).not_to_contain_text("×××")


def _asked_to_reset(page: Page) -> None:
    page.locator(".org-ask summary").click()
    expect(page.locator(".org-ask button")).to_be_visible()


def _some_procedures(page: Page) -> None:
    page.check("input[name=scope][value=some]")
    expect(page.locator("input[name=procedures]").first).to_be_visible()


def _receipt(office: Office, case: CaseFile) -> tuple[str, str]:
    """The code and the name that the petitioner would give."""
    with office.engine.store.read() as work:
        return case.query_code or "", work.cases.parties(case.case_id)[0].name


def _asking(code: str, factor: str, answer: str) -> Callable[[Page], None]:
    def ask(page: Page) -> None:
        page.fill("#code", code)
        page.fill("#factor", factor)
        page.click("button[type=submit]")
        expect(page.locator("h1#result")).to_contain_text(answer)

    return ask


def _open_digest(page: Page) -> None:
    page.locator(".digest summary").first.click()
    expect(page.locator(".digest li").first).to_be_visible()


def _make_feed(page: Page) -> None:
    page.locator("#feed button").first.click()
    expect(page.locator("#feed-address")).to_be_visible()


def _open_row(page: Page) -> None:
    page.locator(".rows summary").nth(1).click()
    expect(page.locator(".rows .row-body").nth(1)).to_be_visible()


def _lengthen(page: Page) -> None:
    _enter_t4(page, "90")
    expect(page.locator("#faults")).to_be_visible()


def _shorten(page: Page) -> None:
    _enter_t4(page, "45")
    expect(page.locator("#note")).to_be_visible()


def _enter_t4(page: Page, days: str) -> None:
    page.locator("#row-deadline_rules_T4 summary").click()
    page.fill("#cell-deadline_rules_T4-amount", days)
    page.click(".save-bar button")
