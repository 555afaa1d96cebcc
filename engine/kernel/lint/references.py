"""Rules on what a diagram refers to outside itself: forms, actions, decisions, called procedures."""

from __future__ import annotations

from collections.abc import Iterator

from engine.kernel.diagram_values import Element, ServiceCall
from engine.kernel.findings import Finding
from engine.kernel.lint.nearest import hint
from engine.kernel.lint.subject import Subject, called
from engine.kernel.ports import ActionSignature


def forms_exist(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.elements.values():
        form = element.properties.get("form")
        if form is not None and form not in subject.forms:
            zh, en = hint(form, subject.forms)
            yield subject.error(
                "unknown-form",
                element,
                f"“{called(element)}”的表单“{form}”不存在（应为 forms/{form}.form.json）。{zh}",
                f"The form “{form}” of “{called(element)}” does not exist (forms/{form}.form.json). {en}",
            )
        elif form is None and element.kind == "userTask":
            yield subject.error(
                "no-form",
                element,
                f"用户任务“{called(element)}”没有表单。请写 form 属性；不需要填写的步骤请改成手工任务。",
                f"The user task “{called(element)}” has no form. Give it one, or make it a manual task.",
            )


def actions_exist(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.of_kind("serviceTask"):
        if element.service is None or not element.service.action:
            yield subject.error(
                "no-action",
                element,
                f"服务任务“{called(element)}”没有写动作。请选择一个服务器动作。",
                f"The service task “{called(element)}” names no action. Choose a server action.",
            )
            continue
        call = element.service
        signature = subject.actions.get(call.action)
        if signature is None:
            zh, en = hint(call.action, subject.actions)
            yield subject.error(
                "unknown-action",
                element,
                f"“{called(element)}”的动作“{call.action}”不存在。{zh}",
                f"The action “{call.action}” of “{called(element)}” does not exist. {en}",
                line=call.line,
            )
            continue
        yield from _parameters(subject, element, call, signature)


def _parameters(
    subject: Subject, element: Element, call: ServiceCall, signature: ActionSignature
) -> Iterator[Finding]:
    for name in call.params:
        if name not in signature.params:
            zh, en = hint(name, signature.params)
            yield subject.error(
                "unknown-parameter",
                element,
                f"动作“{call.action}”没有参数“{name}”。{zh}",
                f"The action “{call.action}” has no parameter “{name}”. {en}",
                line=call.line,
            )
    for name, is_required in signature.params.items():
        if is_required and not call.params.get(name, "").strip():
            yield subject.error(
                "missing-parameter",
                element,
                f"动作“{call.action}”缺少必填参数“{name}”。请补上。",
                f"The action “{call.action}” needs the parameter “{name}”. Add it.",
                line=call.line,
            )


def decisions_exist(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.of_kind("businessRuleTask"):
        if not element.decision:
            yield subject.error(
                "no-decision",
                element,
                f"规则任务“{called(element)}”没有写决策表。请写 calledDecisionId。",
                f"The business rule task “{called(element)}” names no decision. Give calledDecisionId.",
            )
        elif element.decision not in subject.tables:
            zh, en = hint(element.decision, subject.tables)
            yield subject.error(
                "unknown-decision",
                element,
                f"“{called(element)}”调用的决策表“{element.decision}”不存在。{zh}",
                f"The decision “{element.decision}” of “{called(element)}” does not exist. {en}",
            )


def called_processes_exist(subject: Subject) -> Iterator[Finding]:
    for element in subject.diagram.of_kind("callActivity"):
        if not element.called:
            yield subject.error(
                "no-called-process",
                element,
                f"调用活动“{called(element)}”没有写被调用的流程。请填写流程标识。",
                f"The call activity “{called(element)}” names no procedure. Give its process id.",
            )
        elif element.called == subject.diagram.process_id:
            yield subject.error(
                "calls-itself",
                element,
                f"“{called(element)}”调用了流程自己，会无穷重复。请改用回到前面步骤的连线。",
                f"“{called(element)}” calls its own procedure, without end. Draw a flow back to an earlier step.",
            )
        elif element.called not in subject.known_processes:
            zh, en = hint(element.called, subject.known_processes)
            yield subject.error(
                "unknown-called-process",
                element,
                f"“{called(element)}”调用的流程“{element.called}”没有部署。请先部署它。{zh}",
                f"The procedure “{element.called}” that “{called(element)}” calls is not deployed. Deploy it"
                f" first. {en}",
            )
