"""What the office does during the storm: procedures with timers of seconds, whose effects can be counted.

`storm`: a task that reminds once after 2 s, again every second for 3 s, climbs a rung of its deadline's ladder
after 5 s, and closes itself after 14 s; whoever completes it sends, a second later, a message that starts `echo`
in the same case, which reports at once and once more after a second. `calm` waits for a person, and reminds after
3 s.
"""

from __future__ import annotations

import re
from hashlib import sha256

from engine.deadlines.calendar import seed_calendar
from engine.definitions.builtin import shipped_table
from engine.definitions.deploy import deploy_procedure
from engine.org.setup import NewPerson, set_up_office
from engine.ports.engine import Engine
from engine.records.org import Grant, Unit
from engine.records.tables import TableVersion
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import a_field, a_form, files_of

CLERK, PASSWORD = "jingban", "chaos-password-7"
LEADERS = ("ling1", "ling2")
UNIT = "xfj"

SCORE_OF = {
    "remind": "remind",
    "again": "again",
    "closes": "closed",
    "echo_wait": "echo_late",
    "nudge": "nudge",
}
"""The score that follows when the timer of an element fires."""
NOTICE_OF = {"remind": "remind", "nudge": "nudge"}
"""The topic that the leaders are told of then."""
RUNG, RUNG_SECONDS = "chaos.rung", 5
"""A row of the ladder of the three hours on `handle`, and when it climbs: a score, which is its effect."""
TELLS = "settle"
"""The timer after which `storm` sends its message."""


def storm() -> Bpmn:
    diagram = (
        Bpmn("storm", name="风暴")
        .message("told", "storm.told")
        .lane("desk", role="receptionist")
        .start("start", form="intake", lane="desk")
        .service("number", "register_case", {"series": '"CX"'}, lane="desk")
        .user("handle", form="work", lane="desk")
        .catch_timer("settle", "PT1S", lane="desk")
        .throw_message("tell", "told", "{ case_id: case_id }", lane="desk")
        .end("done", lane="desk")
    )
    diagram.timer_boundary("remind", on="handle", expression="PT2S", interrupting=False, lane="desk")
    _score(diagram, "remind").service("tell_leaders", *_notice("remind", "urgent"), lane="desk").end("reminded")
    diagram.timer_boundary("again", on="handle", expression="R3/PT1S", interrupting=False, kind="timeCycle")
    _score(diagram, "again").end("repeated")
    diagram.timer_boundary("three_hours", on="handle", expression='deadline("T10")', interrupting=False)
    diagram.end("too_late")
    diagram.timer_boundary("closes", on="handle", expression="PT14S", lane="desk")
    return _score(diagram, "closed").end("closed_end")


def echo() -> Bpmn:
    diagram = Bpmn("echo", name="回声").message("told", "storm.told").lane("desk", role="receptionist")
    diagram.node(
        "begin",
        "startEvent",
        after=(),
        properties={"case": "same", "inputs": "case_id"},
        lane="desk",
        body='<messageEventDefinition messageRef="told" />',
    )
    _score(diagram, "echo").service("tell_leaders", *_notice("echo", "overdue"), lane="desk")
    diagram.catch_timer("echo_wait", "PT1S", lane="desk")
    return _score(diagram, "echo_late").end("end", lane="desk")


def calm() -> Bpmn:
    diagram = (
        Bpmn("calm", name="平静")
        .lane("desk", role="receptionist")
        .start("start", form="intake", lane="desk")
        .user("wait", form="work", lane="desk")
        .end("done", lane="desk")
    )
    diagram.timer_boundary("nudge", on="wait", expression="PT3S", interrupting=False, lane="desk")
    _score(diagram, "nudge").service("tell_leaders", *_notice("nudge", "urgent"), lane="desk").end("nudged")
    return diagram


def set_up(engine: Engine) -> None:
    """The office with one clerk and two leaders who are reached by mail, and the procedures."""
    clerk = NewPerson(CLERK, "经办", UNIT, PASSWORD, (Grant("receptionist", UNIT),))
    leaders = [
        NewPerson(name, name, UNIT, None, (Grant("duty_leader", UNIT),), f"{name}@office.example")
        for name in LEADERS
    ]
    set_up_office(engine, [Unit(UNIT, "青山县信访局", "Petition Office")], [clerk, *leaders])
    seed_calendar(engine)
    _add_rung(engine)
    forms = {"intake": a_form(a_field("title", required=True)), "work": a_form(a_field("opinion"))}
    for diagram in (echo(), storm(), calm()):
        used = {} if diagram.process_id == "echo" else forms
        deploy_procedure(engine, None, diagram.process_id, files_of(diagram, **used))


def _score(diagram: Bpmn, code: str) -> Bpmn:
    given = {"code": f'"{code}"', "points": "1", "reason": '"chaos"'}
    return diagram.service(f"score_{code}", "record_score", given, lane="desk")


def _notice(topic: str, level: str) -> tuple[str, dict[str, str]]:
    return "notify", {"role": '"duty_leader"', "topic": f'"{topic}"', "level": f'"{level}"'}


def _add_rung(engine: Engine) -> None:
    """The office's own ladders: those that ship, and one row that climbs within seconds."""
    shipped = (shipped_table("escalations") or b"").decode()
    (example,) = re.findall(r'<rule id="escalations_duty_yellow">.*?</rule>', shipped, re.DOTALL)
    row = example.replace("escalations_duty_yellow", "escalations_chaos")
    given = {
        "in": '"T10"',
        "rung": f'"{RUNG}"',
        "when": f'"share {RUNG_SECONDS / (3 * 3600):.6f}"',
        "what": '"score"',
        "to": "null",
        "code": '"rung"',
        "points": "1",
    }
    for column, value in given.items():
        cell = rf'(id="escalations_chaos_{column}"><text>).*?(</text>)'
        row, found = re.subn(cell, lambda m, value=value: f"{m[1]}{value}{m[2]}", row)  # type: ignore[misc]
        assert found == 1, column
    content = shipped.replace(example, example + row).encode()
    with engine.store.write() as work:
        digest = sha256(content).hexdigest()
        work.tables.add(TableVersion("escalations", 1, 0, digest, engine.clock.now(), CLERK, "chaos", content))
