"""What is wrong with the papers of a procedure: found when it is checked or deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from engine.documents.kinds import declared_kinds, kind_of
from engine.documents.paper_calls import PaperCall, paper_calls
from engine.documents.word_check import check_template
from engine.errors import InvalidDiagram, Message
from engine.kernel.diagram import read_leniently
from engine.kernel.findings import Finding, Severity

FOLDER = "documents/"


def paper_findings(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Of templates and of the calls that issue papers. A diagram that cannot be read is the linter's to report."""
    path = next((path for path in sorted(files) if path.endswith(".bpmn")), None)
    calls: tuple[PaperCall, ...] = ()
    if path is not None:
        try:
            calls = tuple(paper_calls(read_leniently(files[path], path)[0]))
        except InvalidDiagram:
            return ()
    return (*_of_calls(calls, files, path or ""), *_of_templates(calls, files))


def keys_given(calls: Sequence[PaperCall], kind: str) -> tuple[str, ...]:
    """The fields that the calls give to papers of a kind."""
    return tuple(dict.fromkeys(key for call in calls if call.kind == kind for key in call.keys or ()))


def _of_calls(calls: Sequence[PaperCall], files: Mapping[str, bytes], path: str) -> Iterator[Finding]:
    for call in calls:
        if call.kind is None:
            continue
        declared = declared_kinds().get(call.kind)
        if declared is None and f"{FOLDER}{call.kind}.docx" not in files:
            message = Message(
                f"文书“{call.kind}”没有 Word 模板（documents/{call.kind}.docx），只能按网页版式打印。"
                "可在流程文件夹中放入模板，或在“文书模板”中上传。",
                f"The paper “{call.kind}” has no Word template (documents/{call.kind}.docx): it is printed "
                "from its page only. Put one into the folder, or upload one under Paper templates.",
            )
            yield _warning("no-paper-template", message, path, call)
        for key in (call.keys or ()) if declared is not None else ():
            if declared is not None and declared.field(key) is None:
                known = "、".join(field.key for field in declared.fields)
                message = Message(
                    f"“{declared.name.zh}”没有字段“{key}”，不会印出。可用：{known}。",
                    f"“{declared.name.en}” has no field “{key}”: it is not printed. There are: {known}.",
                )
                yield _warning("unknown-paper-field", message, path, call)


def _of_templates(calls: Sequence[PaperCall], files: Mapping[str, bytes]) -> Iterator[Finding]:
    for path, content in files.items():
        if path.startswith(FOLDER) and path.endswith(".docx"):
            code = path.removeprefix(FOLDER).removesuffix(".docx")
            kind = kind_of(code, keys=keys_given(calls, code))
            yield from _checked(content, tuple(kind.template_fields), path)


@lru_cache(maxsize=256)
def _checked(content: bytes, allowed: tuple[str, ...], path: str) -> tuple[Finding, ...]:
    """A procedure is deployed far more often than its templates change."""
    return check_template(content, dict.fromkeys(allowed, ""), path=path)


def _warning(rule: str, message: Message, path: str, call: PaperCall) -> Finding:
    element = call.element
    return Finding(Severity.WARNING, rule, message, path, element.line, element.id, element.name or None)
