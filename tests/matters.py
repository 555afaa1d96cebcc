"""A registered petition with its papers, as the public page finds it: written straight into the store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.audit.record import record_event
from engine.cases.start import start_case
from engine.records.case import CaseFile, Party
from engine.records.step import CaseUpdate, Paper
from engine.store.repositories.step_writer import update_case
from tests.conftest import START
from tests.worlds import World

CODE = "ABCDE23456"
L3_AT, L1_AT, L5_AT = START + timedelta(days=4), START + timedelta(days=13), START + timedelta(days=30)


def a_matter(world: World, code: str = CODE, *, until: datetime = L5_AT, **columns: Any) -> CaseFile:
    """Registered at START by 陈某某 (…8000); L3, L1 and L5 as far as they lie before `until`, inclusive."""
    case = start_case(
        world.engine, world.actor("jiedai"), "two_steps", {"title": "反映<b>征地</b>补偿", "demand": "补发"}
    )
    with world.engine.store.write() as work:
        instance_id = work.cases.view(case.case_id).instances[0].instance_id
        update_case(work.connection, CaseUpdate(case.case_id, number=f"XF2025-{code}", query_code=code, **columns))
        people = [("p1", True, "陈 某某", "138 0013 8000"), ("p2", False, "李四", "0551-1234567")]
        work.cases.add_parties([Party(f"{code}-{i}", case.case_id, first, n, c) for i, first, n, c in people])
        record_event(work, "CaseRegistered", {}, actor="p-dengji", at=START, case_id=case.case_id)
        for kind, at, fields in (
            ("L3", L3_AT, {"unit": "zrzyj"}),
            ("L1", L1_AT, {}),
            ("L5", L5_AT, {"secret": "答复内容"}),
        ):
            if at <= until:
                state, served = ("issued", None) if kind == "L3" else ("served", at)
                paper = Paper(
                    f"{code}-{kind}",
                    case.case_id,
                    instance_id,
                    kind,
                    "文书",
                    None,
                    fields,
                    state,
                    at,
                    "p-dengji",
                    served,
                )
                work.papers.add(paper)
    return case
