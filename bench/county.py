"""A county's petition work after years: cases, tasks and people, written row by row, not by the use cases.

Some sixty units. Of the open tasks a tenth lies unclaimed with the registrar of the petition office; its head has
three hundred, whom a deputy stands in for; the registrar has done four in a hundred of all tasks. One case in
thirty accuses a unit, one in thirty is confidential.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import sqlalchemy as sa

from bench.backlog import REMINDER, STARTED_AT, Office, case_rows, insert_rows
from bench.report import progress
from engine.cases.start import start_case
from engine.records.case import Party
from engine.records.org import Actor, Grant, Person, Unit
from engine.records.reach import Absence
from engine.store.case_words import doc_row, insert_doc
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.party_tokens import write_tokens
from engine.store.tables.org import absence
from engine.store.types import Codes, UtcDateTime
from engine.store.unit_of_work import SqlStore

TASKS_A_CASE: Final = 5
LEADERS_TASKS: Final = 300
SURE_TASKS: Final = 40
"""Of a clerk, and of a unit, and what the head follows: more than a page, however small the county."""
UNIT: Final = "t03"
OTHER_UNITS: Final = 50
RARE: Final = "瑾"
"""A character that one case in five thousand has."""
PETITIONER: Final = "欧阳明玉"
"""Of one case in two thousand."""
_CHUNK: Final = 2_000
_PLACES = [
    f"{first}{second}{kind}"
    for first in ("清河", "石桥", "青山", "白马", "黄泥", "长乐", "双龙", "永丰", "新塘", "东风")
    for second in ("", "上", "下")
    for kind in ("村", "镇", "社区", "街道")
]
_MATTERS = (
    *("征地补偿款未足额发放", "拖欠农民工工资", "噪声扰民长期无人处理", "自来水水质浑浊", "农村道路年久失修"),
    *("宅基地审批迟迟不办", "物业收费不透明", "拆迁安置房交付延期", "养老保险关系转移受阻", "学校周边违章建筑"),
    *("河道采砂影响堤防", "退役士兵安置问题", "医疗费用报销比例争议", "林权证登记有误", "低保资格被取消"),
    *("企业排放废气", "燃气管道改造收费", "公交线路调整不便", "村务公开不及时", "土地承包合同纠纷"),
)
_SENTENCES = (
    *(
        "来访人称多次向有关部门反映未得到答复。",
        "经核实情况基本属实，正在协调相关单位。",
        "请依法依规处理并及时回复来访人。",
    ),
    *(
        "涉及群众二十余户，情绪较为激动。",
        "此前已有三次来信，均转交责任单位办理。",
        "希望按照合同约定支付剩余款项。",
    ),
    *("责任单位已派员到现场查看。", "按照规定应当在十五日内告知受理情况。", "来访人要求书面答复并说明理由。"),
)
_STEPS = (
    ("register", "信访登记"),
    ("accept", "受理审核"),
    ("handle", "责任单位办理"),
    ("review", "结果审核"),
    ("archive", "归档"),
)
_CATEGORIES = ("land", "labour", "housing", "environment", "transport", "welfare", "education", "other")
_PURPOSES = ("complaint", "request", "suggestion", "report")
_CHANNELS = ("visit", "letter", "web", "phone")


def populate(office: Office, tasks: int, name: str) -> None:
    """`tasks` tasks, a tenth of them open, five in a case."""
    units = _people(office)
    template = _template(office)
    chance = Random(tasks)
    cases = tasks // TASKS_A_CASE
    with office.database.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -500000")
        writer = _Writer(connection, template, chance, units, tasks // 10)
        for first in progress(f"{name}: cases, {_CHUNK} each", range(0, cases, _CHUNK)):
            writer.write(range(first, min(first + _CHUNK, cases)))
        writer.write_parties(office, cases)
    with office.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # what the databases do by themselves in time
        connection.exec_driver_sql("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE")


def person_of(office: Office, username: str) -> Actor:
    with office.engine.store.read() as work:
        person = work.org.person_by_username(username)
        actor = work.org.actor(person.person_id, office.engine.clock.now()) if person else None
    assert actor is not None
    return actor


def _people(office: Office) -> list[tuple[str, str]]:
    """More units, each with one who handles; who stands in for the head. Returns (unit, person) of all handlers."""
    with office.engine.store.write() as work:
        work.org.add_units(
            [Unit(f"t{n:02}", f"{_PLACES[n]}人民政府", f"Town {n}", "xfj") for n in range(OTHER_UNITS)]
        )
        for n in range(OTHER_UNITS):
            person = Person(f"t{n:02}-banli", f"t{n:02}.banli", f"经办{n}", f"t{n:02}", "-")
            work.org.add_person(person, [Grant("resp_dept", person.unit)])
        people = {person.username: person.person_id for person in work.org.people()}
        grants = work.org.grants()
        away = Absence(
            "away",
            people["juzhang"],
            people["zhiban"],
            STARTED_AT - timedelta(days=1),
            STARTED_AT + timedelta(days=9),
        )
        row = {
            name: getattr(away, name) for name in ("absence_id", "person_id", "deputy_id", "starts_at", "ends_at")
        }
        assert hasattr(work, "connection")
        work.connection.execute(sa.insert(absence), {**row, "note": "", "procedures": ()})
    return [(g.unit, person) for person, held in grants.items() for g in held if g.role == "resp_dept"]


def _template(office: Office) -> dict[str, dict[str, Any]]:
    """A row of each table, as the driver gives it, of a case that the engine started."""
    case_id = start_case(office.engine, person_of(office, "dengji"), REMINDER, {}).case_id
    with office.database.begin() as connection:
        rows = {table: case_rows(connection, table, case_id)[0] for table in ("case_file", "instance", "user_task")}
        for table in ("timer", "deadline"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = '{case_id}'")
        connection.exec_driver_sql(f"UPDATE user_task SET state = 'cancelled' WHERE case_id = '{case_id}'")
    return rows


class _Writer:
    """Writes cases by number; the same number is the same case on every database."""

    def __init__(
        self,
        connection: sa.Connection,
        template: dict[str, dict[str, Any]],
        chance: Random,
        units: list[tuple[str, str]],
        still_open: int,
    ) -> None:
        self._connection = connection
        self._template = template
        self._chance = chance
        self._units = units
        self._opened = 0
        self._still_open = still_open
        self._people = dict(connection.execute(sa.text("SELECT username, person_id FROM person")).all())  # type: ignore[arg-type]

    def write(self, numbers: range) -> None:
        cases: list[dict[str, Any]] = []
        tasks: list[dict[str, Any]] = []
        for number in numbers:
            case = self._case(number)
            cases.append(case)
            tasks += self._tasks(number, case)
        docs = [doc_row(self._connection, c["case_id"], c["number"], c["title"], c["facts_text"]) for c in cases]
        instances = [
            {**self._template["instance"], "instance_id": f"i{c['case_id']}", "case_id": c["case_id"]}
            for c in cases
        ]
        insert_rows(self._connection, "case_file", cases)
        insert_rows(self._connection, "instance", instances)
        insert_rows(self._connection, "user_task", tasks)
        self._connection.execute(insert_doc(self._connection), docs)
        notes = list(self._notes(cases))
        insert_rows(self._connection, "copy_note", [row for table, row in notes if table == "copy_note"])
        insert_rows(self._connection, "follow", [row for table, row in notes if table == "follow"])

    def write_parties(self, office: Office, cases: int) -> None:
        """A petitioner of one name, once in two thousand cases."""
        store = office.engine.store
        assert isinstance(store, SqlStore)
        parties = [
            Party(f"p{n}", f"{n:08x}", True, PETITIONER, f"1380000{n % 10_000:04}") for n in range(0, cases, 2_000)
        ]
        rows = [{"party_id": p.party_id, "case_id": p.case_id, "is_primary": True, "sealed": b"-"} for p in parties]
        insert_rows(self._connection, "party", rows)
        write_tokens(self._connection, PartyTokens(store._sealer), parties)

    def _at(self, at: datetime) -> Any:
        return UtcDateTime().process_bind_param(at, self._connection.dialect)

    def _case(self, number: int) -> dict[str, Any]:
        pick = self._chance
        place, matter = pick.choice(_PLACES), pick.choice(_MATTERS)
        rare = RARE if number % 5_000 == 7 else ""
        said = "".join(pick.sample(_SENTENCES, 5))
        registered = STARTED_AT - timedelta(minutes=11 * number + 60)
        accused = (pick.choice(self._units)[0],) if number % 30 == 3 else ()
        created_by = pick.choices(("dengji", "jiedai", "shenji"), (5, 15, 80))[0]
        return {
            **self._template["case_file"],
            "case_id": f"{number:08x}",
            "title": f"反映{place}{matter}{rare}",
            "number": f"XF2025-{number:06}",
            "query_code": f"q{number}",
            "submission_key": None,
            "created_at": self._at(registered),
            "created_by": self._people[created_by],
            "unit": "xfj",
            "category": pick.choice(_CATEGORIES),
            "purpose": pick.choice(_PURPOSES),
            "channel": pick.choice(_CHANNELS),
            "confidential": _flag(self._connection, number % 30 == 5),
            "accused_units": Codes().process_bind_param(accused, self._connection.dialect),
            "facts_text": f"{place}群众反映：{matter}，涉及金额{number % 977}元。{said}{matter}的情况说明见附件。",
        }

    def _tasks(self, number: int, case: dict[str, Any]) -> Iterator[dict[str, Any]]:
        pick = self._chance
        registered = STARTED_AT - timedelta(minutes=11 * number + 60)
        stands_at = TASKS_A_CASE - 1 if number % 2 == 0 else None
        for position, (element, words) in enumerate(_STEPS):
            opened = min(registered + timedelta(days=3 * position), STARTED_AT - timedelta(minutes=5))
            due = STARTED_AT + timedelta(minutes=pick.randrange(-14_400, 57_600))
            is_open = position == stands_at
            row = {
                **self._template["user_task"],
                "task_id": f"{case['case_id']}-{position}",
                "instance_id": f"i{case['case_id']}",
                "case_id": case["case_id"],
                "procedure": "petition_main" if number % 4 else "supervision_order",
                "element_id": element,
                "name": words,
                "opened_at": self._at(opened),
                "case_created_at": case["created_at"],
                "due_at": self._at(due),
                "blue_at": self._at(due - timedelta(days=15)),
                "yellow_at": self._at(due - timedelta(days=3)),
                "red_at": self._at(due + timedelta(microseconds=1)),
                "state": "open",
                "data": '{"opinion": "' + "情况属实，请按规定办理。" * 20 + '"}',
                **{
                    name: case[name] for name in ("category", "purpose", "channel", "confidential", "accused_units")
                },
            }
            yield {**row, **(self._open() if is_open else self._done(opened))}

    def _open(self) -> dict[str, Any]:
        """Whose it is: the head's first, then by lot."""
        self._opened += 1
        if self._opened <= LEADERS_TASKS:
            return {"role": "chief", "unit": "xfj", "assignee": self._people["juzhang"]}
        if self._opened <= LEADERS_TASKS + SURE_TASKS:
            return {"role": "case_officer", "unit": "xfj", "assignee": self._people["jingban"]}
        if self._opened <= LEADERS_TASKS + 2 * SURE_TASKS:
            return {"role": "resp_dept", "unit": UNIT, "assignee": None}
        share = self._chance.random()
        if share < 0.1:
            return {"role": "registrar", "unit": "xfj", "assignee": None}
        if share < 0.11:
            return {"role": "case_officer", "unit": "xfj", "assignee": self._people["jingban"]}
        unit, person = self._chance.choice(self._units)
        return {"role": "resp_dept", "unit": unit, "assignee": person if share < 0.6 else None}

    def _done(self, opened: datetime) -> dict[str, Any]:
        share = self._chance.random()
        unit, person = self._chance.choice(self._units)
        role = "resp_dept"
        if share < 0.04:
            unit, person, role = "xfj", self._people["dengji"], "registrar"
        elif share < 0.08:
            unit, person, role = "xfj", self._people["jingban"], "case_officer"
        return {
            "role": role,
            "unit": unit,
            "assignee": person,
            "state": "completed",
            "closed_by": person,
            "closed_at": self._at(min(opened + timedelta(days=2), STARTED_AT)),
        }

    def _notes(self, cases: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
        head, officer = self._people["juzhang"], self._people["jingban"]
        for case in cases:
            number = int(case["case_id"], 16)
            if number % 100 == 1:
                given = {"copy_id": f"n{number}", "case_id": case["case_id"], "task_id": None, "sender": officer}
                read_at = None if number % 200 == 1 else case["created_at"]
                yield (
                    "copy_note",
                    {**given, "receiver": head, "note": "请阅", "at": case["created_at"], "read_at": read_at},
                )
            if number % 500 == 2 or number < SURE_TASKS:
                yield "follow", {"person_id": head, "case_id": case["case_id"], "since": case["created_at"]}


def _flag(connection: sa.Connection, value: bool) -> Any:
    return int(value) if connection.dialect.name == "sqlite" else value
