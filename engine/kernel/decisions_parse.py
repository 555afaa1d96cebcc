"""Bytes of a DMN file to its decisions, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions_model import Aggregation, Decision, HitPolicy, Input, Output, Rule
from engine.kernel.decisions_types import base_type
from engine.kernel.diagram_xml import parse_xml
from engine.kernel.feel import Feel
from engine.kernel.findings import Finding, Severity

MAX_BYTES: Final = 2 * 1024 * 1024
NAMESPACES: Final = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
}


def parse_decisions(content: bytes, file: str, feel: Feel | None = None) -> tuple[Decision, ...]:
    """The file's decisions in its order. Raises InvalidDiagram with all findings."""
    if len(content) > MAX_BYTES:
        message = Message("决策表文件超过 2 MB。请拆分后重新上传。", "The DMN file exceeds 2 MB. Split it.")
        raise InvalidDiagram([Finding(Severity.ERROR, "dmn-size", message, file)])
    return _decisions(content, file, feel)


@lru_cache(maxsize=64)
def _decisions(content: bytes, file: str, feel: Feel | None) -> tuple[Decision, ...]:
    """A decision does not change, and the tables that every procedure shares are asked for at every check."""
    reader = _Reader(parse_xml(content, file), file)
    decisions = reader.read()
    findings = [*reader.findings, *_feel_findings(reader.expressions, file, feel or Feel())]
    if findings:
        raise InvalidDiagram(sorted(findings, key=lambda finding: finding.line or 0))
    return decisions


class _Reader:
    """Reads one file. `expressions` collects (text, is unary, line, element id, element name) for FEEL's check."""

    def __init__(self, root: Any, file: str) -> None:
        self.findings: list[Finding] = []
        self.expressions: list[tuple[str, bool, int | None, str, str]] = []
        self._root = root
        self._file = file
        self._namespace = etree.QName(root).namespace or ""
        self._types: dict[str, Any] = {}

    def read(self) -> tuple[Decision, ...]:
        if self._namespace not in NAMESPACES or etree.QName(self._root).localname != "definitions":
            self._find(
                self._root,
                "dmn-namespace",
                "这不是 DMN 1.1、1.2 或 1.3 的文件。请用编辑器另存为 DMN 1.3。",
                "This is not a DMN 1.1, 1.2 or 1.3 file. Save it as DMN 1.3.",
            )
            return ()
        self._types = {item.get("name", ""): item for item in self._children(self._root, "itemDefinition")}
        decisions = [self._decision(each) for each in self._children(self._root, "decision")]
        if not decisions:
            self._find(
                self._root,
                "dmn-empty",
                "文件中没有决策。请添加一个决策表。",
                "The file has no decision. Add a table.",
            )
        found = [decision for decision in decisions if decision is not None]
        self._refuse_repeated(self._root, [each.decision_id for each in found], "决策编号", "decision id")
        return tuple(found)

    def _decision(self, element: Any) -> Decision | None:
        self._check_decision(element)
        table = self._child(element, "decisionTable")
        if table is None:
            return None
        decision_id = element.get("id", "")
        policy, aggregation = self._policy(table)
        inputs = tuple(self._input(each) for each in self._children(table, "input"))
        outputs = self._outputs(table, element, policy)
        rules = tuple(
            self._rule(each, number, inputs, outputs)
            for number, each in enumerate(self._children(table, "rule"), start=1)
        )
        self._check_columns(table, outputs, policy, aggregation)
        return Decision(
            decision_id=decision_id,
            name=element.get("name") or decision_id,
            hit_policy=policy,
            aggregation=aggregation,
            inputs=inputs,
            outputs=outputs,
            rules=rules,
            line=element.sourceline,
            file=self._file,
        )

    def _check_decision(self, element: Any) -> None:
        if self._child(element, "decisionTable") is None:
            self._find(
                element,
                "dmn-table",
                "决策没有决策表；只支持决策表。请改为决策表。",
                "The decision has no decision table, and only tables run. Make it a table.",
            )
        if any(self._child(each, "requiredDecision") is not None for each in self._requirements(element)):
            self._find(
                element,
                "dmn-requirement",
                "决策依赖另一个决策，这不会自动计算。请在流程图中先后用两个业务规则任务。",
                "The decision requires another one, which is not run. Use two business rule tasks in the diagram.",
            )
        if not element.get("id"):
            self._find(element, "dmn-id", "决策没有 id。请填写。", "The decision has no id. Give it one.")

    def _policy(self, table: Any) -> tuple[HitPolicy, Aggregation | None]:
        policy, aggregation = table.get("hitPolicy", "UNIQUE"), table.get("aggregation")
        if policy not in {each.value for each in HitPolicy}:
            self._find(
                table,
                "dmn-hit-policy",
                f"没有命中策略“{policy}”。请从标准的七种中选择，例如 UNIQUE、FIRST 或 COLLECT。",
                f"There is no hit policy “{policy}”. Choose one of the standard's.",
            )
            policy = "UNIQUE"
        if aggregation and (policy != "COLLECT" or aggregation not in {each.value for each in Aggregation}):
            self._find(
                table,
                "dmn-aggregation",
                f"聚合“{aggregation}”不可用；只有 COLLECT 可以用 SUM、MIN、MAX、COUNT。",
                f"Aggregation “{aggregation}” is not possible: only COLLECT takes SUM, MIN, MAX or COUNT.",
            )
            aggregation = None
        return HitPolicy(policy), Aggregation(aggregation) if aggregation else None

    def _input(self, element: Any) -> Input:
        expression = self._child(element, "inputExpression")
        text = self._text(expression)
        label = element.get("label") or text
        if not text:
            self._find(
                element,
                "dmn-input",
                f"输入列“{label}”没有表达式。请填写变量名。",
                f"Input column “{label}” has no expression. Name a variable.",
            )
            text = "null"
        self._keep(expression if expression is not None else element, text, label, is_unary=False)
        type_ref, allowed = self._typed(expression, self._child(element, "inputValues"), label)
        return Input(element.get("id", ""), label, text, type_ref, allowed, element.sourceline)

    def _outputs(self, table: Any, decision: Any, policy: HitPolicy) -> tuple[Output, ...]:
        elements = self._children(table, "output")
        if not elements:
            self._find(table, "dmn-output", "决策表没有输出列。请添加。", "The table has no output. Add one.")
        return tuple(self._output(each, decision, len(elements) == 1, policy) for each in elements)

    def _output(self, element: Any, decision: Any, is_only: bool, policy: HitPolicy) -> Output:
        variable = self._child(decision, "variable")
        fallback = (variable.get("name") if variable is not None else None) or decision.get("id", "")
        name = element.get("name") or (fallback if is_only else "")
        label = element.get("label") or name
        if not name.isidentifier():
            self._find(
                element,
                "dmn-output-name",
                f"输出列“{label}”的名称“{name}”不能用作变量名。请只用文字、数字和下划线。",
                f"The name “{name}” of output “{label}” is no variable name. Use letters, digits and underscores.",
            )
        type_ref, allowed = self._typed(element, self._child(element, "outputValues"), label)
        if policy.needs_priorities and allowed is not None:
            self._keep(element, f"[{allowed}]", label, is_unary=False)
        default = self._text(self._child(element, "defaultOutputEntry")) or None
        if default is not None:
            self._keep(element, default, label, is_unary=False)
        return Output(element.get("id", ""), label, name, type_ref, allowed, default, element.sourceline)

    def _typed(self, typed: Any, values: Any, label: str) -> tuple[str | None, str | None]:
        """The basic type and the allowed values of a column, those of its item definition included."""
        type_ref = typed.get("typeRef") if typed is not None else None
        allowed = self._text(values) or None
        item = self._types.get((type_ref or "").rpartition(":")[2])
        if item is not None:
            type_ref = self._text_of_child(item, "typeRef")
            allowed = allowed or self._text(self._child(item, "allowedValues")) or None
        if type_ref and base_type(type_ref) is None:
            self._find(
                typed,
                "dmn-type",
                f"“{label}”的类型“{type_ref}”不存在。请用 string、number、boolean、date、time 等。",
                f"The type “{type_ref}” of “{label}” does not exist. Use string, number, boolean, date, time, ….",
            )
        if allowed is not None:
            self._keep(values if values is not None else typed, allowed, label, is_unary=True)
        return type_ref, allowed

    def _rule(self, element: Any, number: int, inputs: tuple[Input, ...], outputs: tuple[Output, ...]) -> Rule:
        tests, entries = self._children(element, "inputEntry"), self._children(element, "outputEntry")
        if len(tests) != len(inputs) or len(entries) != len(outputs):
            self._find(
                element,
                "dmn-rule",
                f"第 {number} 条规则的单元格数与列数不符。请重新编辑这一行。",
                f"Rule {number} has not as many cells as there are columns. Edit the row again.",
            )
        label = f"第 {number} 条规则"
        cells = [self._text(each) or "-" for each in tests]
        results = [self._text(each) for each in entries]
        for element_of, text in zip(tests, cells, strict=True):
            self._keep(element_of, text, label, is_unary=True)
        for element_of, text in zip(entries, results, strict=True):
            if not text:
                self._find(
                    element_of,
                    "dmn-entry",
                    f"第 {number} 条规则有空的输出。没有值时请写 null。",
                    f"Rule {number} has an empty output. Write null for none.",
                )
            else:
                self._keep(element_of, text, label, is_unary=False)
        return Rule(element.get("id", ""), number, tuple(cells), tuple(results), element.sourceline)

    def _check_columns(
        self, table: Any, outputs: tuple[Output, ...], policy: HitPolicy, aggregation: Aggregation | None
    ) -> None:
        self._refuse_repeated(table, [output.name for output in outputs], "输出列名称", "output name")
        if policy.needs_priorities and all(output.allowed is None for output in outputs):
            self._find(
                table,
                "dmn-priority",
                f"命中策略 {policy.value} 需要输出列按优先级列出允许值，高的在前。",
                f"Hit policy {policy.value} needs an output with allowed values, highest priority first.",
            )
        if aggregation is not None and len(outputs) > 1:
            self._find(
                table,
                "dmn-aggregation",
                "聚合只能用于一个输出列。请拆成几个决策表。",
                "An aggregation needs exactly one output. Split the table.",
            )

    def _refuse_repeated(self, element: Any, names: list[str], zh: str, en: str) -> None:
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            self._find(
                element, "dmn-repeated", f"{zh}“{name}”重复。请改名。", f"The {en} “{name}” is repeated. Rename it."
            )

    def _keep(self, element: Any, text: str, label: str, *, is_unary: bool) -> None:
        language = element.get("expressionLanguage", "")
        if language and "feel" not in language.lower():
            self._find(
                element,
                "dmn-language",
                f"“{label}”使用了 {language}；只支持 FEEL。",
                f"“{label}” is written in {language}; only FEEL runs.",
            )
            return
        self.expressions.append((text, is_unary, element.sourceline, element.get("id", ""), label))

    def _requirements(self, element: Any) -> Iterator[Any]:
        yield from self._children(element, "informationRequirement")

    def _children(self, element: Any, name: str) -> list[Any]:
        return list(element.iterchildren(f"{{{self._namespace}}}{name}"))

    def _child(self, element: Any, name: str) -> Any:
        return element.find(f"{{{self._namespace}}}{name}")

    def _text_of_child(self, element: Any, name: str) -> str:
        child = self._child(element, name)
        return "" if child is None else (child.text or "").strip()

    def _text(self, element: Any) -> str:
        return "" if element is None else self._text_of_child(element, "text")

    def _find(self, element: Any, rule: str, zh: str, en: str) -> None:
        self.findings.append(
            Finding(
                Severity.ERROR,
                rule,
                Message(zh, en),
                self._file,
                element.sourceline,
                element.get("id"),
                element.get("name") or element.get("label"),
            )
        )


def _feel_findings(
    expressions: list[tuple[str, bool, int | None, str, str]], file: str, feel: Feel
) -> Iterator[Finding]:
    errors = feel.check_many([(text, is_unary) for text, is_unary, *_ in expressions])
    for (_, _, line, element_id, label), error in zip(expressions, errors, strict=True):
        if error is not None:
            message = Message(f"{label}：{error.message.zh}", f"{label}: {error.message.en}")
            yield Finding(Severity.ERROR, "dmn-feel", message, file, line, element_id, label)
