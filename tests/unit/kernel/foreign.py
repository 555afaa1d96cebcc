"""Files as other tools export them: their namespaces, extensions, shapes of ids, pools and encodings.

Written by hand after what each tool's files look like; the procedure is the same small one everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DDI = "http://www.omg.org/spec/DD/20100524/DI"


@dataclass(frozen=True)
class Export:
    """`content` as the tool writes it, who it says it is, and pieces of it that must survive a round trip."""

    tool: str
    content: bytes
    kept: tuple[str, ...]
    processes: int = 1


def exports() -> dict[str, Export]:
    return {
        "camunda7": Export("Camunda Modeler", _camunda7().encode(), ("formKey", "candidateGroups", "taskListener")),
        "camunda8": Export("Camunda Modeler", _camunda8().encode(), ("ioMapping", "assignmentDefinition")),
        "flowable": Export("Flowable Open Source Modeler", _flowable().encode(), ("formFieldValidation",)),
        "signavio": Export("Signavio Process Editor", _signavio().encode(), ("signavioMetaData", "signavioLabel")),
        "bizagi": Export("Bizagi Modeler", _bizagi().encode("utf-8-sig"), ("BizagiProperty",), 2),
        "adonis": Export("ADONIS", _adonis().encode(), ("modelattributes", "adonis:instance")),
        "bpmn.io": Export("bpmn-js (https://demo.bpmn.io)", _bpmn_io().encode(), ("bioc:stroke",)),
        "gb18030": Export("", _plain("GB18030").encode("gb18030"), ()),
        "utf16": Export("", _plain("UTF-16").encode("utf-16"), ()),
        "undrawn": Export("", _plain("UTF-8", drawn=False).encode(), ()),
    }


def _file(
    body: str,
    *,
    process: str,
    spaces: str = "",
    exporter: str = "",
    prefix: str = "",
    encoding: str = "UTF-8",
    before: str = "",
    drawing: str | None = None,
) -> str:
    p = f"{prefix}:" if prefix else ""
    xmlns = f'xmlns:{prefix}="{MODEL}"' if prefix else f'xmlns="{MODEL}"'
    said = f' exporter="{exporter}" exporterVersion="1"' if exporter else ""
    drawn = _drawing(process) if drawing is None else drawing
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- exported -->\n'
        f'<{p}definitions {xmlns} xmlns:bpmndi="{DI}" xmlns:dc="{DC}" xmlns:di="{DDI}" {spaces}'
        f' id="defs_1" targetNamespace="http://example.org/office"{said}>\n{before}{body}\n{drawn}</{p}definitions>\n'
    )


def _drawing(
    process: str, elements: tuple[str, ...] = ("s", "a", "e"), flows: tuple[str, ...] = ("f1", "f2")
) -> str:
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">'
        f'<dc:Bounds x="{160 + 150 * n}" y="100" width="{100 if name == "a" else 36}"'
        f' height="{80 if name == "a" else 36}"/></bpmndi:BPMNShape>\n'
        for n, name in enumerate(elements)
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}"><di:waypoint x="{196 + 150 * n}" y="118"/>'
        f'<di:waypoint x="{310 + 150 * n}" y="118"/></bpmndi:BPMNEdge>\n'
        for n, name in enumerate(flows)
    )
    plane = f'<bpmndi:BPMNPlane id="plane_1" bpmnElement="{process}">\n{shapes}{edges}</bpmndi:BPMNPlane>'
    return f'<bpmndi:BPMNDiagram id="diagram_1">{plane}</bpmndi:BPMNDiagram>\n'


def _steps(task: str, prefix: str = "") -> str:
    p = f"{prefix}:" if prefix else ""
    return (
        f'<{p}startEvent id="s" name="收到申请"><{p}outgoing>f1</{p}outgoing></{p}startEvent>\n'
        f'<{p}sequenceFlow id="f1" sourceRef="s" targetRef="a"/>\n{task}\n'
        f'<{p}sequenceFlow id="f2" sourceRef="a" targetRef="e"/>\n'
        f'<{p}endEvent id="e" name="办结"><{p}incoming>f2</{p}incoming></{p}endEvent>'
    )


def _plain(encoding: str, *, drawn: bool = True) -> str:
    body = f'<process id="apply" name="申请办理" isExecutable="true">{_steps(_task())}</process>'
    return _file(body, process="apply", encoding=encoding, drawing=None if drawn else "")


def _task(attributes: str = "", inside: str = "", kind: str = "userTask", prefix: str = "") -> str:
    p = f"{prefix}:" if prefix else ""
    return (
        f'<{p}{kind} id="a" name="受理审核"{attributes}>{inside}<{p}incoming>f1</{p}incoming>'
        f"<{p}outgoing>f2</{p}outgoing></{p}{kind}>"
    )


def _camunda7() -> str:
    inside = (
        '<bpmn:extensionElements><camunda:taskListener class="org.office.Tell" event="create"/>'
        '<camunda:formData><camunda:formField id="reason" label="理由" type="string"/></camunda:formData>'
        "</bpmn:extensionElements>"
    )
    attributes = ' camunda:formKey="embedded:app:forms/a.html" camunda:candidateGroups="clerks"'
    body = (
        '<bpmn:process id="apply" name="申请办理" isExecutable="true" camunda:historyTimeToLive="180">'
        f"{_steps(_task(attributes, inside, prefix='bpmn'), 'bpmn')}</bpmn:process>"
    )
    spaces = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    return _file(body, process="apply", spaces=spaces, exporter="Camunda Modeler", prefix="bpmn")


def _camunda8() -> str:
    inside = (
        '<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="clerks"/>'
        '<zeebe:ioMapping><zeebe:input source="=case.id" target="id"/></zeebe:ioMapping></bpmn:extensionElements>'
    )
    body = (
        '<bpmn:process id="apply" name="申请办理" isExecutable="true">'
        f"{_steps(_task('', inside, prefix='bpmn'), 'bpmn')}</bpmn:process>"
    )
    spaces = (
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
        ' modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.5.0"'
    )
    return _file(body, process="apply", spaces=spaces, exporter="Camunda Modeler", prefix="bpmn")


def _flowable() -> str:
    inside = (
        "<extensionElements><flowable:formFieldValidation>true</flowable:formFieldValidation>"
        "<modeler:initiator-can-complete><![CDATA[false]]></modeler:initiator-can-complete></extensionElements>"
    )
    task = _task(' flowable:assignee="${initiator}"', inside)
    body = f'<process id="apply" name="申请办理" isExecutable="true">{_steps(task)}</process>'
    spaces = 'xmlns:flowable="http://flowable.org/bpmn" xmlns:modeler="http://flowable.org/modeler"'
    return _file(body, process="apply", spaces=spaces, exporter="Flowable Open Source Modeler")


def _signavio() -> str:
    data = '<signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/>'
    label = '<signavio:signavioLabel align="left" ref="text_name" x="4" y="2"/>'
    inside = f"<extensionElements>{data}{label}</extensionElements>"
    task = _task(' completionQuantity="1" isForCompensation="false" startQuantity="1"', inside, "task")
    body = (
        '<process id="sid-4d5f0a" isClosed="false" isExecutable="false" name="申请办理" processType="None">'
        f"{_steps(task)}</process>"
    )
    exporter = "Signavio Process Editor, http://www.signavio.com"
    spaces = 'xmlns:signavio="http://www.signavio.com"'
    return _file(body, process="sid-4d5f0a", spaces=spaces, exporter=exporter)


def _bizagi() -> str:
    """Two pools, the second one empty; extensions in a namespace of their own without a prefix."""
    properties = (
        '<extensionElements><BizagiExtensions xmlns="http://www.bizagi.com/bpmn20"><BizagiProperties>'
        '<BizagiProperty name="bgColor" value="#ECEFFF"/></BizagiProperties></BizagiExtensions></extensionElements>'
    )
    pools = (
        '<collaboration id="collab_1"><participant id="pool_1" name="信访局" processRef="Id_2f1c"/>'
        '<participant id="pool_2" name="来信人" processRef="Id_77aa"/></collaboration>\n'
    )
    body = (
        f'<process id="Id_77aa" name="来信人"/>\n<process id="Id_2f1c" name="Process 1">'
        f"{_steps(_task('', properties, 'task'))}</process>"
    )
    return _file(body, process="collab_1", exporter="Bizagi Modeler", before=pools)


def _adonis() -> str:
    inside = "<extensionElements><adonis:instance/></extensionElements>"
    inputs = '<ioSpecification id="io_1"><inputSet/><outputSet/></ioSpecification>'
    task = (
        f'<task id="a" name="受理审核" isForCompensation="false">{inside}<incoming>f1</incoming>'
        f"<outgoing>f2</outgoing>{inputs}</task>"
    )
    body = (
        '<process id="process_37201" name="申请办理" isExecutable="false"><extensionElements>'
        f'<adonis:modelattributes/></extensionElements><laneSet id="laneSet_37201"/>{_steps(task)}</process>'
    )
    spaces = 'xmlns:adonis="http://www.boc-group.com"'
    return _file(body, process="process_37201", spaces=spaces, exporter="ADONIS")


def _bpmn_io() -> str:
    body = f'<process id="Process_0x1" isExecutable="false">{_steps(_task(kind="task"))}</process>'
    spaces = (
        'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"'
        ' xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0"'
    )
    drawing = _drawing("Process_0x1").replace(
        'bpmnElement="a">', 'bpmnElement="a" bioc:stroke="#0d4372" color:border-color="#0d4372">'
    )
    exporter = "bpmn-js (https://demo.bpmn.io)"
    return _file(body, process="Process_0x1", spaces=spaces, exporter=exporter, drawing=drawing)
