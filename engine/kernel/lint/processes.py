"""Rules on the file as a whole: one executable process, where it starts, where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from engine.kernel.diagram_values import Element
from engine.kernel.findings import Finding
from engine.kernel.lint.subject import Subject, called


def one_executable_process(subject: Subject) -> Iterator[Finding]:
    executable = [process for process in subject.diagram.processes if process.is_executable]
    if not executable:
        yield subject.error(
            "no-executable-process",
            subject.diagram.processes[0],
            "流程没有勾选“可执行”。请在流程属性中勾选 Executable。",
            "The process is not executable. Tick “Executable” in the process's properties.",
        )
    for process in executable:
        if process.id == subject.diagram.process_id:
            continue
        yield subject.error(
            "several-executable-processes",
            process,
            f"一个文件只能有一个可执行流程，这里多出“{process.name}”。请移到单独的文件，用调用活动连接。",
            f"A file holds one executable process; “{process.name}” is one too many. Move it to a file of its own.",
        )


def process_named_like_its_file(subject: Subject) -> Iterator[Finding]:
    stem = PurePosixPath(subject.diagram.file).stem
    main = next(p for p in subject.diagram.processes if p.id == subject.diagram.process_id)
    if main.id != stem:
        yield subject.error(
            "process-id",
            main,
            f"流程标识“{main.id}”与文件名“{stem}.bpmn”不一致。请改成相同，其他流程按此标识调用它。",
            f"The process id “{main.id}” differs from the file's name “{stem}.bpmn”. Make them the same.",
        )


def nothing_outside_the_process(subject: Subject) -> Iterator[Finding]:
    diagram = subject.diagram
    executable = {process.id for process in diagram.processes if process.is_executable} | {diagram.process_id}
    for process in diagram.processes:
        count = sum(1 for e in diagram.elements.values() if e.process_id == process.id)
        if process.id not in executable and count:
            yield subject.warning(
                "never-run",
                process,
                f"流程“{process.name}”不可执行，其中 {count} 个元素永远不会运行。若需要运行，请移到单独的文件。",
                f"“{process.name}” is not executable: its {count} elements never run. Move them to a file of"
                " their own.",
            )


def starts(subject: Subject) -> Iterator[Finding]:
    """One plain start event at most, at least one of any kind; in a subprocess exactly one plain one."""
    diagram = subject.diagram
    main = next(p for p in diagram.processes if p.id == diagram.process_id)
    if not diagram.starts:
        yield subject.error(
            "no-start",
            main,
            "流程没有开始事件。请加上一个开始事件并连到第一步。",
            "The process has no start event. Add one and connect it to the first step.",
        )
    plain = [start for start in diagram.starts if not start.events]
    for start in plain[1:]:
        yield subject.error(
            "several-starts",
            start,
            f"多出一个普通开始事件“{called(start)}”：引擎会同时走几个开始，再取消其余的。请只留一个。",
            f"“{called(start)}” is a second plain start event; the engine would enter several. Keep one.",
        )
    for start in diagram.starts:
        if start.events and start.event != "message":
            yield subject.error(
                "start-kind",
                start,
                f"开始事件“{called(start)}”的类型不受支持。请用普通开始事件或消息开始事件。",
                f"The start event “{called(start)}” is of an unsupported type. Use a plain or a message start"
                " event.",
            )
    for scope in _scopes(subject):
        yield from _subprocess_starts(subject, scope)


def ends(subject: Subject) -> Iterator[Finding]:
    diagram = subject.diagram
    main = next(p for p in diagram.processes if p.id == diagram.process_id)
    if not any(element.kind == "endEvent" for element in diagram.within(main.id)):
        yield subject.error(
            "no-end",
            main,
            "流程没有结束事件。请在每条路径的末尾加上结束事件。",
            "The process has no end event. Add one at the end of every path.",
        )
    for scope in _scopes(subject):
        if not any(element.kind == "endEvent" for element in diagram.within(scope.id)):
            yield subject.error(
                "no-end",
                scope,
                f"子流程“{called(scope)}”没有结束事件。请加上。",
                f"The subprocess “{called(scope)}” has no end event. Add one.",
            )


def _scopes(subject: Subject) -> Iterator[Element]:
    """Subprocesses that flows run through; event and ad-hoc subprocesses are refused elsewhere."""
    for element in subject.diagram.of_kind("subProcess", "transaction"):
        if element.node.get("triggeredByEvent", "false") != "true":
            yield element


def _subprocess_starts(subject: Subject, scope: Element) -> Iterator[Finding]:
    found = [element for element in subject.diagram.within(scope.id) if element.kind == "startEvent"]
    if len(found) != 1:
        yield subject.error(
            "subprocess-start",
            scope,
            f"子流程“{called(scope)}”必须恰好有一个开始事件，现在有 {len(found)} 个。请增减。",
            f"The subprocess “{called(scope)}” needs exactly one start event; it has {len(found)}.",
        )
    for start in found:
        if start.events:
            yield subject.error(
                "subprocess-start",
                start,
                f"子流程里的开始事件“{called(start)}”必须是普通开始事件，否则子流程不会开始。请改类型。",
                f"“{called(start)}” must be a plain start event, or the subprocess never starts. Change its type.",
            )
