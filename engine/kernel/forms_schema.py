"""form-js schemas: what a form may hold, read safely, with everything that is wrong in it.

Source: form-js-viewer 2.0 (schema version 19).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.errors import InvalidDiagram, Message
from engine.kernel.feel import Feel
from engine.kernel.findings import Finding, Severity

Schema = Mapping[str, Any]
"""A component, or the whole form, as in the JSON."""

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 8
MAX_COMPONENTS: Final = 500

TEXTS: Final = frozenset({"textfield", "textarea"})
CHOICES: Final = frozenset({"radio", "select"})
MULTIPLE: Final = frozenset({"checklist", "taglist"})
KEYED: Final = TEXTS | CHOICES | MULTIPLE | {"number", "checkbox", "datetime", "expression", "filepicker"}
CONTAINERS: Final = frozenset({"group", "dynamiclist"})
DISPLAYS: Final = frozenset({"text", "image", "spacer", "separator", "button", "table"})
SUBTYPES: Final = frozenset({"date", "time", "datetime"})
REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "iframe": ("会载入其他网站的页面", "it would load another site's page"),
    "html": ("可能夹带脚本", "it may carry scripts"),
    "documentPreview": ("会从其他地址载入文件", "it would load files from elsewhere"),
}
"""Components of form-js that are no part of a form here, and why."""
CHECKS: Final = frozenset({"resident_id", "credit_code", "mobile", "phone", "id_number", "uscc"})
LISTS: Final = frozenset({"categories", "units", "all_units"})
"""Lists of the office that a choice may offer: `units` without those that the case accuses."""
LIMITS: Final = ("min", "max", "minLength", "maxLength")
_SHAPES: Final[Mapping[str, type]] = {
    **dict.fromkeys(("type", "id", "key", "path", "label", "description", "text", "valuesKey", "subtype"), str),
    **dict.fromkeys(("validate", "properties", "conditional", "layout"), dict),
    **dict.fromkeys(("components", "values"), list),
}
"""What these entries of a component are where they are there at all: who reads a deployed form relies on it."""
_ELSEWHERE: Final = re.compile(
    r"!\[[^\]]*\]\(\s*(https?:)?//|<\s*(img|script|iframe|object|embed|link|style)\b", re.IGNORECASE
)
_KEY: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def is_repeating(component: Schema) -> bool:
    return component.get("type") == "dynamiclist" or component.get("isRepeating") is True


def feel_of(value: object) -> str | None:
    """The FEEL of a property that may hold it (`=a > 3`), None for a plain value."""
    return value[1:] if isinstance(value, str) and value.startswith("=") else None


def hide_condition(component: Schema) -> str | None:
    conditional = component.get("conditional")
    hide = conditional.get("hide") if isinstance(conditional, Mapping) else None
    return hide.removeprefix("=") if isinstance(hide, str) and hide else None


def list_of(component: Schema) -> str | None:
    """The list of the office that a choice offers (`LISTS`), None where the form says itself what it offers."""
    name = (component.get("properties") or {}).get("options")
    return name if isinstance(name, str) and name else None


def options_of(component: Schema) -> list[Any] | None:
    """The values of static options, None where they come from a variable or an expression."""
    listed = component.get("values")
    if not isinstance(listed, list):
        return None
    return [option.get("value") if isinstance(option, Mapping) else option for option in listed]


def parse_form(content: bytes) -> dict[str, Any]:
    """The schema. Raises InvalidDiagram where the bytes are no form at all."""
    schema, finding = _load(content, "")
    if finding is not None:
        raise InvalidDiagram([finding])
    return schema


def check_form(content: bytes, file: str, feel: Feel | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with a form; empty where nothing is."""
    schema, finding = _load(content, file)
    if finding is not None:
        return (finding,)
    checker = _Checker(content.decode("utf-8-sig"), file)
    checker.check_level(schema["components"], set(), 1, in_list=False)
    checker.check_expressions(feel or Feel())
    return tuple(checker.findings)


def _load(content: bytes, file: str) -> tuple[dict[str, Any], Finding | None]:
    def refuse(rule: str, zh: str, en: str, line: int | None = None) -> tuple[dict[str, Any], Finding]:
        return {}, Finding(Severity.ERROR, rule, Message(zh, en), file, line)

    if len(content) > MAX_BYTES:
        return refuse("form-size", "表单文件超过 1 MB。请拆分表单。", "The form exceeds 1 MB. Split it.")
    try:
        schema = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return refuse("form-encoding", "表单不是 UTF-8 编码。请另存为 UTF-8。", "The form is not UTF-8.")
    except json.JSONDecodeError as error:
        zh, en = f"表单不是有效的 JSON（{error.msg}）。", f"The form is not valid JSON ({error.msg})."
        return refuse("form-json", zh + "请用表单编辑器重新导出。", en + " Export it again.", error.lineno)
    except (RecursionError, ValueError):
        return refuse("form-depth", "表单嵌套太深或数字太长。", "The form is nested too deeply.")
    if not isinstance(schema, dict) or schema.get("type") != "default":
        return refuse("form-type", "这不是 form-js 表单。请用表单编辑器导出。", "This is no form-js form.", 1)
    if not isinstance(schema.get("components"), list):
        return refuse(
            "form-components", "表单没有 components 列表。请重新导出。", "There is no components list.", 1
        )
    return schema, None


class _Checker:
    def __init__(self, text: str, file: str) -> None:
        self.findings: list[Finding] = []
        self._text = text
        self._file = file
        self._ids: set[str] = set()
        self._expressions: list[tuple[str, Schema]] = []
        self._patterns: list[tuple[str, Schema]] = []

    def check_level(self, components: Any, paths: set[str], depth: int, *, in_list: bool) -> None:
        """`paths` are the value paths taken in the scope: the form, or the items of one list."""
        for component in components if isinstance(components, list) else []:
            if not isinstance(component, dict):
                self._find({}, "form-component", "组件必须是对象。", "A component must be an object.")
                continue
            if len(self.findings) > MAX_COMPONENTS or len(self._ids) > MAX_COMPONENTS:
                self._find({}, "form-size", "组件太多。请拆分表单。", "There are too many components. Split it.")
                return
            misshapen = _misshapen(component)
            if misshapen is None:
                self._check_component(component, paths, depth, in_list=in_list)
            else:
                zh = f"组件的“{misshapen}”类型不对。请用表单编辑器重新导出。"
                self._find({}, "form-component", zh, f"“{misshapen}” of a component has a wrong type.")

    def check_expressions(self, feel: Feel) -> None:
        errors = feel.check_many([(text, False) for text, _ in self._expressions])
        for (_, component), error in zip(self._expressions, errors, strict=True):
            if error is not None:
                self._find(component, "form-feel", error.message.zh, error.message.en)
        for pattern, component in self._patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                zh, en = f"正则表达式“{pattern}”有误（{error}）。", f"The pattern “{pattern}” is wrong ({error})."
                self._find(component, "form-pattern", zh + "请修正。", en)

    def _check_component(self, component: Schema, paths: set[str], depth: int, *, in_list: bool) -> None:
        kind, identity = component.get("type"), str(component.get("id", ""))
        if identity in self._ids:
            self._find(component, "form-id", f"id“{identity}”重复。请改为唯一。", f"Id “{identity}” is repeated.")
        self._ids.add(identity)
        condition = hide_condition(component)
        if condition is not None:
            self._expressions.append((condition, component))
        must = (component.get("properties") or {}).get("must")
        if must:
            self._expressions.append((str(must), component))
        if kind in CONTAINERS:
            self._check_container(component, paths, depth, in_list=in_list)
        elif kind in KEYED:
            self._check_field(component, paths, in_list=in_list)
        else:
            self._check_display(component)

    def _check_display(self, component: Schema) -> None:
        kind = str(component.get("type"))
        if kind in REFUSED:
            zh, en = REFUSED[kind]
            zh = f"组件类型“{kind}”{zh}，不能使用。请换成文本（text）或文件（filepicker）组件。"
            self._find(component, "form-type", zh, f"“{kind}” is refused: {en}. Use text or a filepicker.")
        elif kind not in DISPLAYS:
            self._find(
                component,
                "form-type",
                f"不支持组件类型“{kind}”。请换成文本框、选择、日期等。",
                f"Component type “{kind}” is not supported. Use a text field, a choice, a date, ….",
            )
        source, text = str(component.get("source") or ""), str(component.get("text") or "")
        if (kind == "image" and not source.startswith("data:image/")) or _ELSEWHERE.search(text):
            self._find(
                component,
                "form-external",
                "不能引用其他地址的图片或嵌入 HTML 元素。请把图片嵌入表单（data:image/…），文字用 Markdown。",
                "It refers to a picture elsewhere or embeds HTML. Embed it (data:image/…); write Markdown.",
            )

    def _check_container(self, component: Schema, paths: set[str], depth: int, *, in_list: bool) -> None:
        if depth >= MAX_DEPTH or len(self._ids) > MAX_COMPONENTS:
            self._find(component, "form-depth", "表单太深或太大。请拆分。", "The form is too large. Split it.")
            return
        path = component.get("path")
        repeats = is_repeating(component)
        if repeats != (component.get("type") == "dynamiclist" and component.get("isRepeating") is True):
            zh = "只有 dynamiclist 可以重复，且须写明 isRepeating 为 true。"
            self._find(component, "form-list", zh, "Only a dynamiclist repeats, and it says isRepeating: true.")
        if path or repeats:
            self._take_path(component, path, paths)
        scope = set() if path or repeats else paths
        self.check_level(component.get("components"), scope, depth + 1, in_list=in_list or repeats)

    def _check_field(self, component: Schema, paths: set[str], *, in_list: bool) -> None:
        self._take_path(component, component.get("key"), paths)
        validate, properties = component.get("validate") or {}, component.get("properties") or {}
        self._expressions += [(text, component) for name in LIMITS if (text := feel_of(validate.get(name)))]
        expression = feel_of(component.get("expression"))
        if expression is not None:
            self._expressions.append((expression, component))
        if validate.get("pattern"):
            self._patterns.append((str(validate["pattern"]), component))
        for rule, zh, en in _field_problems(component, validate, properties, in_list):
            self._find(component, rule, zh, en)

    def _take_path(self, component: Schema, path: object, paths: set[str]) -> None:
        if not isinstance(path, str) or not _KEY.fullmatch(path):
            self._find(
                component,
                "form-key",
                f"字段的键“{path}”不能用作变量名。请只用文字、数字和下划线。",
                f"The key “{path}” is no variable name. Use letters, digits and underscores.",
            )
        elif path in paths:
            self._find(component, "form-key", f"键“{path}”重复。请改名。", f"Key “{path}” is repeated. Rename it.")
        else:
            paths.add(path)

    def _find(self, component: Schema, rule: str, zh: str, en: str) -> None:
        identity = component.get("id")
        position = self._text.find(f'"{identity}"') if identity else -1
        line = self._text.count("\n", 0, position) + 1 if position >= 0 else None
        name = str(component.get("label") or identity or "")
        message = Message(f"“{name}”：{zh}" if name else zh, f"“{name}”: {en}" if name else en)
        self.findings.append(Finding(Severity.ERROR, rule, message, self._file, line, str(identity or ""), name))


def _misshapen(component: Schema) -> str | None:
    """The first entry whose JSON type no form editor would write."""
    for name, kind in _SHAPES.items():
        if name in component and not isinstance(component[name], kind):
            return name
    if component.get("components") and component.get("type") not in CONTAINERS:
        return "components"
    options = component.get("values", [])
    if all(isinstance(o, dict) and isinstance(o.get("value"), str | int | float | bool) for o in options):
        return None
    return "values"


def _field_problems(
    component: Schema, validate: Schema, properties: Schema, in_list: bool
) -> Iterator[tuple[str, str, str]]:
    kind = component.get("type")
    if kind in CHOICES | MULTIPLE and not (
        options_of(component)
        or component.get("valuesKey")
        or component.get("valuesExpression")
        or properties.get("options")
    ):
        yield "form-options", "没有选项。请添加选项。", "There are no options. Add some."
    if kind == "datetime" and component.get("subtype") not in SUBTYPES:
        yield (
            "form-subtype",
            "日期组件的类型须为 date、time 或 datetime。",
            "The subtype is date, time or datetime.",
        )
    if properties.get("check") not in CHECKS | {None}:
        listed = "resident_id、credit_code、mobile 或 phone"
        yield "form-check", f"check 只能是 {listed}。", "check is resident_id, credit_code, mobile or phone."
    if properties.get("options") not in LISTS | {None}:
        yield "form-list-name", "options 只能是 categories、units 或 all_units。", "options must be a known list."
    if in_list and (component.get("readonly") or component.get("disabled") or kind == "filepicker"):
        yield (
            "form-list",
            "重复列表中不能有只读字段和文件字段。请移到列表之外。",
            "A repeated list takes no read-only field and no file field. Move it out of the list.",
        )
    if properties.get("store") not in {"party", None}:
        yield "form-store", "store 只能是 party。", "store must be party."
    if properties.get("store") == "party" and in_list:
        yield "form-store", "当事人信息不能放在重复列表中。", "A party's field cannot stand in a repeated list."
    if validate.get("validationType") not in {"email", "phone", "custom", "", None}:
        yield "form-validation", "validationType 只能是 email 或 phone。", "validationType must be email or phone."
