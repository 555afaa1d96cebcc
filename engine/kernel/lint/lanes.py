"""Rules on lanes and roles: every user task belongs to somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from engine.kernel.diagram_elements import BPMN, text_of
from engine.kernel.diagram_values import Element, Lane
from engine.kernel.findings import Finding
from engine.kernel.lint.nearest import hint
from engine.kernel.lint.subject import Subject, called


def user_tasks_have_a_role(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.of_kind("userTask", "manualTask"):
        lane = subject.diagram.lane_of(element.id)
        if element.properties.get("role") or element.properties.get("assignee") or (lane and lane.role):
            continue
        where = f"泳道“{called(lane)}”没有 role 属性" if lane else "它不在任何泳道里"
        where_en = f"its lane “{called(lane)}” has no property role" if lane else "it stands in no lane"
        yield subject.error(
            "no-role",
            element,
            f"没有人能办“{called(element)}”：{where}。请把它放进带 role 的泳道，或给任务写 role。",
            f"Nobody can do “{called(element)}”: {where_en}. Put it into a lane with a role, or give it a role.",
        )


def roles_are_known(subject: Subject) -> Iterator[Finding]:
    if subject.roles is None:
        return
    owners: list[Lane | Element] = [*subject.diagram.lanes.values(), *subject.diagram.elements.values()]
    for owner in owners:
        role = owner.properties.get("role")
        if role is not None and role not in subject.roles:
            zh, en = hint(role, subject.roles)
            yield subject.error(
                "unknown-role",
                owner,
                f"“{called(owner)}”的角色“{role}”没有人担任，也不是标准角色。{zh}若是本单位自设的角色，"
                "请先授予某人。",
                f"Nobody holds the role “{role}” of “{called(owner)}”, and it is no standard role. {en}"
                " If it is your office's own, grant it to somebody first.",
            )


def lanes_are_unambiguous(subject: Subject) -> Iterator[Finding]:
    """SpiffWorkflow knows a lane by its name only."""
    by_name: defaultdict[str, list[Lane]] = defaultdict(list)
    for lane in subject.diagram.lanes.values():
        by_name[lane.name].append(lane)
        if not lane.name:
            yield subject.error(
                "lane-name",
                lane,
                f"泳道“{lane.id}”没有名称。请写上岗位名称。",
                f"The lane “{lane.id}” has no name. Name it after its role.",
            )
    for name, lanes in by_name.items():
        if name and len({(lane.role, lane.unit) for lane in lanes}) > 1:
            yield subject.error(
                "lane-name",
                lanes[1],
                f"有几个泳道都叫“{name}”，但角色或单位不同，任务会派错人。请改成不同的名称。",
                f"Several lanes are called “{name}” but differ in role or unit: tasks would go astray. Rename one.",
            )


def elements_stand_in_one_lane(subject: Subject) -> Iterator[Finding]:
    lanes_of: defaultdict[str, list[Lane]] = defaultdict(list)
    for lane in subject.diagram.lanes.values():
        for reference in lane.node.findall(BPMN + "flowNodeRef"):
            lanes_of[text_of(reference)].append(lane)
    for element_id, lanes in lanes_of.items():
        element = subject.diagram.elements.get(element_id)
        if element is None:
            yield subject.warning(
                "lane-content",
                lanes[0],
                f"泳道“{called(lanes[0])}”里登记的元素“{element_id}”不存在。请在编辑器里重新保存。",
                f"The lane “{called(lanes[0])}” lists “{element_id}”, which does not exist. Save it again in"
                " the editor.",
            )
        elif any(not _contains(lanes[0], lane) for lane in lanes[1:]):
            yield subject.error(
                "lane-content",
                element,
                f"“{called(element)}”同时在几个泳道里。请在编辑器里把它移动一下，只放在一个泳道。",
                f"“{called(element)}” stands in several lanes. Move it so that it stands in one.",
            )


def _contains(outer: Lane, inner: Lane) -> bool:
    """Whether one lane is nested in the other: editors list an element in both."""
    return outer.node in inner.node.iterancestors() or inner.node in outer.node.iterancestors()
