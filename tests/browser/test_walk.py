"""The main pipeline through the pages, from the letter to the archive, by the people who do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ZONE
from tests.browser.desk import Desk
from tests.browser.office import Office

pytestmark = pytest.mark.browser

TITLE = "反映征地补偿款未足额发放"
LETTER = {
    "title": TITLE,
    "channel": "letter",
    "purpose": "3",
    "category": "1402",
    "name": "陈某",
    "contact": "13800000000",
    "persons_count": 1,
    "occurred_place": "青山乡东河村",
    "claim": "补足征地补偿款",
    "facts": "二〇二四年征地，补偿款少付",
}
CLOSURE = [
    "facts_clear",
    "conclusion_correct",
    "lawful",
    "handled",
    "opinions_executed",
    "duty_fixed",
    "problem_solved",
    "risk_removed",
    "channel_open",
]
Step = tuple[str, str, str, Mapping[str, Any]]
STEPS: tuple[Step, ...] = (
    (
        "2025-09-26 09:20",
        "jiedai",
        "甄别",
        {"entered": "yes", "legal_path": "petition", "contactable": True, "screen_reason": "属于职权范围"},
    ),
    ("2025-09-26 09:40", "dengji", "登记", {"purpose": "3", "category": "1402"}),
    ("2025-09-29 10:00", "jingban", "拟定承办单位", {"resp_unit": "zrzyj", "propose_reason": "属于该单位职责"}),
    ("2025-09-30 15:00", "jingban", "转送交办", {"forward_note": "请依法办理", "forward_mode": "system"}),
    (
        "2025-10-09 09:30",
        "zrzyj.banli",
        "审查是否受理",
        {"review_decision": "accept", "review_reason": "属于本单位职权", "review_basis": "第二十三条"},
    ),
    (
        "2025-10-09 10:30",
        "jingban",
        "拟制督办令",
        {
            "resp_unit": "zrzyj",
            "requirement": "一、核对补偿标准；二、补足差额",
            "close_by": "2025-12-05",
            "order_opinion": "请依法办理",
            "feedback_mode": "written",
        },
    ),
    ("2025-10-09 16:00", "zhiban", "签发督办令", {"sign_decision": "sign", "sign_note": "按要求办理"}),
    ("2025-10-10 09:00", "dengji", "交责任单位", {"dispatch_mode": "system"}),
    ("2025-10-10 10:00", "zrzyj.banli", "签收督办令", {}),
    (
        "2025-12-01 10:00",
        "zrzyj.banli",
        "逐项办理",
        {"order_outcome": "done", "item_results": [{"item": "补足差额", "result": "已足额发放"}]},
    ),
    (
        "2025-12-01 15:00",
        "zrzyj.lingdao",
        "审核并报回",
        {"return_approved": "yes", "completion_report": "已按要求逐项办理"},
    ),
    (
        "2025-12-02 09:00",
        "dengji",
        "登记办理结果",
        {"evidence": ["report", "proof"], "result_summary": "差额已补足"},
    ),
    ("2025-12-02 11:00", "zhiban", "向签发领导反馈", {"result_accepted": "yes"}),
    (
        "2025-12-03 10:00",
        "zrzyj.banli",
        "起草处理意见书",
        {
            "reply_facts": "经查，补偿款少发",
            "reply_basis": "《土地管理法》第四十八条",
            "reply_opinion": "补足差额",
            "review_rights": "如不服，可以自收到之日起 30 日内请求复查。",
        },
    ),
    ("2025-12-03 16:00", "zrzyj.lingdao", "审批处理意见书", {"reply_approved": "yes"}),
    (
        "2025-12-04 16:00",
        "zrzyj.banli",
        "送达处理意见书",
        {"service_mode": "direct", "reply_received_on": "2025-12-04", "service_proof": "回执"},
    ),
    (
        "2025-12-05 09:00",
        "jingban",
        "整理案卷征询意见",
        {
            "petitioner_opinion": "satisfied",
            "opinion_record": "电话征询，如实记录",
            "file_checks": ["file_complete", "procedures_complete", "papers_served"],
        },
    ),
    ("2025-12-05 11:00", "fenguan", "办结审查", {"closure_checks": CLOSURE, "leader_opinion": "同意办结"}),
    ("2025-12-05 15:00", "dengji", "归档", {"volume_number": "2025-信-001", "volume_pages": 36}),
)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def test_a_letter_becomes_an_archived_file(office: Office, desk_of: Callable[[str], Desk]) -> None:
    reception = desk_of("jiedai")
    reception.open("/new/petition_main")
    reception.fill(LETTER)
    reception.send()
    expect(reception.page.locator("h1")).to_have_text(TITLE)
    case_url = reception.page.url

    for when, who, step, values in STEPS:
        office.move_to(at(when))
        desk_of(who).do(step, values)

    reception.page.goto(case_url)
    expect(reception.page.locator(".page-head")).to_contain_text("归档")
    expect(reception.page.locator(".page-head")).to_contain_text("XF2025-00001")
    reception.page.goto(f"{case_url}/papers")
    for paper in ("督办令", "受理告知书", "处理意见书"):
        expect(reception.page.locator("main")).to_contain_text(paper)
    reception.page.goto(f"{case_url}/clocks")
    expect(reception.page.locator("main")).to_contain_text("2025-12-08 24:00")
    reception.page.goto(f"{case_url}/timeline")
    expect(reception.page.locator("main")).to_contain_text("办完步骤 签发督办令")
    reception.page.locator(".pager a").last.click()
    expect(reception.page.locator("main")).to_contain_text("办完步骤 甄别")


def test_an_on_site_notice_runs_to_the_arrival(office: Office, desk_of: Callable[[str], Desk]) -> None:
    joint = desk_of("lxb.zhuren")
    joint.open("/new/onsite_response")
    joint.fill(
        {
            "title": "反映拖欠工资",
            "resp_unit": "zjj",
            "place_level": "district",
            "notified_at": "2025-09-26 09:00",
            "venue": "区信访局接待大厅",
            "persons_count": 4,
            "issue": "反映拖欠工程款和工资",
        }
    )
    joint.send()
    office.move_to(at("2025-09-26 11:20"))
    desk = desk_of("zjj.zhiban")
    desk.find("接报确认")
    expect(desk.page.locator(".page-head .pill")).to_contain_text("即将到时")
    expect(desk.page.locator(".page-head")).to_contain_text("今天 12:00 · 还有 40 分")
    desk.do("接报确认")
    desk.do("派出领导", {"leader_name": "石坚", "leader_rank": "deputy"})
    office.move_to(at("2025-09-26 12:20"))
    desk.find("登记到场")
    expect(desk.page.locator(".page-head .pill")).to_contain_text("已超期")
    expect(desk.page.locator(".page-head")).to_contain_text("超 20 分")
