"""Expectations about the case file, its papers, its path, its trail."""

from __future__ import annotations

from engine.clock.lights import light_at
from engine.errors import Message
from engine.records.case import InstanceState
from engine.records.time import DeadlineState
from engine.scenarios.matching import AnyOf, Containing, Found, Matcher, differences, fits, show
from engine.scenarios.model import Entry, Expectation
from engine.scenarios.scene import Scene

SEVERITY = ("normal", "blue", "yellow", "red")


def check_case(scene: Scene, expectation: Expectation) -> list[Message]:
    found = _found_case(scene)
    wanted: Entry = expectation.wanted
    return [_differs("case", key, wanted[key], found[key], scene) for key in differences(wanted, found)]


def check_facts(scene: Scene, expectation: Expectation) -> list[Message]:
    facts = scene.view.case.facts
    return [
        _differs("facts", key, wanted, facts.get(key), scene)
        for key, wanted in expectation.wanted.values.items()
        if not fits(wanted, facts.get(key))
    ]


def check_ended(scene: Scene, expectation: Expectation) -> list[Message]:
    ended = [i for i in scene.view.instances if i.state is not InstanceState.RUNNING]
    running = [i for i in scene.view.instances if i.state is InstanceState.RUNNING]
    if expectation.wanted is False:
        if running:
            return []
        names = ", ".join(i.outcome_name or i.outcome or "" for i in ended)
        return [Message(f"ended：已经结束于“{names}”", f"ended: it has ended at “{names}”")]
    if any(expectation.wanted in (i.outcome, i.outcome_name) for i in ended):
        return []
    actual = ", ".join(f"{i.outcome_name}（{i.outcome}）" for i in ended)
    return [
        Message(
            f"ended：应结束于“{expectation.wanted}”，实际是 {actual or '尚未结束'}",
            f"ended: not at “{expectation.wanted}” but {actual or 'still running'}",
        )
    ]


def check_papers(scene: Scene, expectation: Expectation) -> list[Message]:
    found = [
        {"kind": p.kind, "number": p.number or "", "title": p.title, "state": p.state, "served_at": p.served_at}
        for p in scene.view.papers
    ]
    return Matcher("papers", "kind", scene.zone).each(expectation.wanted, found)


def check_no_papers(scene: Scene, expectation: Expectation) -> list[Message]:
    return [
        Message(f"不应有文书：{paper.kind}", f"there must be no paper {paper.kind}")
        for paper in scene.view.papers
        if paper.kind in expectation.wanted
    ]


def check_passed(scene: Scene, expectation: Expectation) -> list[Message]:
    passed = _passed(scene)
    return [
        Message(f"没有走过：{name}", f"{name} has not been passed")
        for name in expectation.wanted
        if name not in passed
    ]


def check_not_passed(scene: Scene, expectation: Expectation) -> list[Message]:
    passed = _passed(scene)
    return [
        Message(f"不应走过：{name}", f"{name} must not have been passed")
        for name in expectation.wanted
        if name in passed
    ]


def check_audited(scene: Scene, expectation: Expectation) -> list[Message]:
    found: list[Found] = [
        {"event": entry.event, "by": AnyOf((scene.username(entry.actor) or "", entry.actor)), "at": entry.at}
        for entry in scene.view.audit
    ]
    return Matcher("audited", "event", scene.zone).each(expectation.wanted, found)


def check_scores(scene: Scene, expectation: Expectation) -> list[Message]:
    found = [dict(entry.detail) for entry in scene.view.audit if entry.event == "ScoreRecorded"]
    return Matcher("scores", "code", scene.zone).each(expectation.wanted, found)


def check_notified(scene: Scene, expectation: Expectation) -> list[Message]:
    return Matcher("notified", "who", scene.zone).each(expectation.wanted, _found_messages(scene, expectation))


def check_not_notified(scene: Scene, expectation: Expectation) -> list[Message]:
    return Matcher("not notified", "who", scene.zone).none(expectation.wanted, _found_messages(scene, expectation))


def _found_messages(scene: Scene, expectation: Expectation) -> list[Found]:
    """The messages of the people that the entries name."""
    named = {entry.values.get("who") for entry in expectation.wanted}
    return [
        {
            "who": username,
            "topic": message.topic,
            "text": Containing((message.text_zh, message.text_en)),
            "at": message.created_at,
        }
        for person_id, username in scene.users.items()
        if username in named
        for message in scene.messages_of(person_id)
    ]


def _found_case(scene: Scene) -> Found:
    case = scene.view.case
    return {
        "state": case.state,
        "number": case.number,
        "query_code": case.query_code,
        "title": case.title,
        "unit": case.unit,
        "category": case.category,
        "purpose": case.purpose,
        "channel": case.channel,
        "persons_count": case.persons_count,
        "confidential": case.confidential,
        "accused_units": case.accused_units,
        "light": _case_light(scene),
    }


def _case_light(scene: Scene) -> str:
    """The worst light of the running deadlines."""
    lights = [
        light_at(scene.now, blue_at=d.blue_at, yellow_at=d.yellow_at, red_at=d.red_at)
        for d in scene.view.deadlines
        if d.state is DeadlineState.RUNNING
    ]
    return max(lights, key=SEVERITY.index, default="normal")


def _passed(scene: Scene) -> set[str]:
    entries = [entry for entry in scene.view.path if entry.closure == "completed"]
    return {entry.element_id for entry in entries} | {entry.name for entry in entries}


def _differs(what: str, key: str, wanted: object, found: object, scene: Scene) -> Message:
    shown, actual = show(wanted, scene.zone), show(found, scene.zone)
    return Message(f"{what}：{key} 应为 {shown}，实际是 {actual}", f"{what}: {key} is {actual}, not {shown}")
