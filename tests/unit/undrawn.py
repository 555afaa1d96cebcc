"""A foreign collaboration without a drawing: pools (one closed), nested lanes, a subprocess, data, a note."""

UNDRAWN = """<?xml version="1.0" encoding="UTF-8"?>
<sem:definitions xmlns:sem="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
targetNamespace="http://example.org">
<sem:message id="m1" name="来件"/>
<sem:collaboration id="c">
<sem:participant id="P0" name="信访人"/>
<sem:participant id="P1" name="信访局" processRef="A"/>
<sem:participant id="P2" name="承办单位" processRef="B"/>
<sem:messageFlow id="mf0" sourceRef="P0" targetRef="a_start"/>
<sem:messageFlow id="mf1" name="转送" sourceRef="a_send" targetRef="b_start"/>
<sem:messageFlow id="mf2" name="答复" sourceRef="b_reply" targetRef="a_wait"/>
<sem:messageFlow id="mf3" name="告知" sourceRef="a_tell" targetRef="P0"/>
</sem:collaboration>
<sem:process id="A" isExecutable="true">
<sem:laneSet id="ls">
<sem:lane id="l1" name="接待员">
<sem:flowNodeRef>a_start</sem:flowNodeRef>
<sem:flowNodeRef>a_look</sem:flowNodeRef></sem:lane>
<sem:lane id="l2" name="登记员">
<sem:childLaneSet id="cs">
<sem:lane id="l21" name="早班">
<sem:flowNodeRef>a_send</sem:flowNodeRef>
<sem:flowNodeRef>a_gw</sem:flowNodeRef></sem:lane>
<sem:lane id="l22" name="晚班">
<sem:flowNodeRef>a_wait</sem:flowNodeRef>
<sem:flowNodeRef>a_tell</sem:flowNodeRef>
<sem:flowNodeRef>a_end</sem:flowNodeRef>
<sem:flowNodeRef>a_no</sem:flowNodeRef></sem:lane></sem:childLaneSet></sem:lane>
<sem:lane id="l3" name="空"/></sem:laneSet>
<sem:startEvent id="a_start" name="来信"/>
<sem:userTask id="a_look" name="看信">
<sem:dataOutputAssociation id="do1"><sem:targetRef>letter</sem:targetRef></sem:dataOutputAssociation></sem:userTask>
<sem:exclusiveGateway id="a_gw" name="属于本局职责范围吗？"/>
<sem:sendTask id="a_send" name="转送"/>
<sem:receiveTask id="a_wait" name="等答复"/>
<sem:boundaryEvent id="a_t" name="到期" attachedToRef="a_wait"
cancelActivity="false">
<sem:timerEventDefinition id="td"/></sem:boundaryEvent>
<sem:userTask id="a_urge" name="催办"/>
<sem:endEvent id="a_e2"/>
<sem:userTask id="a_tell" name="告知信访人"/>
<sem:endEvent id="a_end"/>
<sem:endEvent id="a_no" name="不受理"/>
<sem:dataObject id="dobj"/>
<sem:dataObjectReference id="letter" name="来信" dataObjectRef="dobj"/>
<sem:sequenceFlow id="f1" sourceRef="a_start" targetRef="a_look"/>
<sem:sequenceFlow id="f2" sourceRef="a_look" targetRef="a_gw"/>
<sem:sequenceFlow id="f3" name="是" sourceRef="a_gw" targetRef="a_send"/>
<sem:sequenceFlow id="f4" name="否" sourceRef="a_gw" targetRef="a_no"/>
<sem:sequenceFlow id="f5" sourceRef="a_send" targetRef="a_wait"/>
<sem:sequenceFlow id="f6" sourceRef="a_wait" targetRef="a_tell"/>
<sem:sequenceFlow id="f7" sourceRef="a_tell" targetRef="a_end"/>
<sem:sequenceFlow id="f8" sourceRef="a_t" targetRef="a_urge"/>
<sem:sequenceFlow id="f9" sourceRef="a_urge" targetRef="a_e2"/>
<sem:sequenceFlow id="f10" name="退回重看" sourceRef="a_gw" targetRef="a_look"/>
<sem:textAnnotation id="note"><sem:text>看信时先核对是否重复来信，重复的并入原件。</sem:text></sem:textAnnotation>
<sem:association id="as1" sourceRef="a_look" targetRef="note"/>
</sem:process>
<sem:process id="B">
<sem:startEvent id="b_start"><sem:messageEventDefinition id="md" messageRef="m1"/></sem:startEvent>
<sem:subProcess id="b_sub" name="调查">
<sem:startEvent id="s1"/>
<sem:userTask id="s2" name="约谈"/>
<sem:parallelGateway id="s3"/>
<sem:userTask id="s4" name="现场"/>
<sem:userTask id="s5" name="取证"/>
<sem:parallelGateway id="s6"/>
<sem:endEvent id="s7"/>
<sem:sequenceFlow id="g1" sourceRef="s1" targetRef="s2"/>
<sem:sequenceFlow id="g2" sourceRef="s2" targetRef="s3"/>
<sem:sequenceFlow id="g3" sourceRef="s3" targetRef="s4"/>
<sem:sequenceFlow id="g4" sourceRef="s3" targetRef="s5"/>
<sem:sequenceFlow id="g5" sourceRef="s4" targetRef="s6"/>
<sem:sequenceFlow id="g6" sourceRef="s5" targetRef="s6"/>
<sem:sequenceFlow id="g7" sourceRef="s6" targetRef="s7"/></sem:subProcess>
<sem:sendTask id="b_reply" name="答复"/>
<sem:endEvent id="b_end"/>
<sem:sequenceFlow id="h1" sourceRef="b_start" targetRef="b_sub"/>
<sem:sequenceFlow id="h2" sourceRef="b_sub" targetRef="b_reply"/>
<sem:sequenceFlow id="h3" sourceRef="b_reply" targetRef="b_end"/>
</sem:process>
</sem:definitions>
"""
