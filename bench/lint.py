"""What checking a procedure costs while it is drawn: the shipped main procedure, grown to 200 elements.

Forty of what is added are gateways that ask twenty questions, so that a case can take a million ways through them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Row, at_most, none_of, say, timed
from engine.definitions.builtin import builtin_procedures
from engine.definitions.deploy import check_procedure, deploy_procedure
from engine.definitions.legal import legal_findings
from engine.kernel.diagram import read_diagram
from engine.kernel.findings import Finding
from tests.worlds import World, a_world

ELEMENTS = 200
KEY = "petition_main"
PATH = f"{KEY}.bpmn"
REPETITIONS = 20
WHOLE, LEGAL = 1_500.0, 400.0
"""Milliseconds: an editor asks when somebody has stopped drawing for a moment."""
_BLOCK = (
    '<bpmn:exclusiveGateway id="q{n}" name="问{n}？" default="q{n}_no"/><bpmn:scriptTask id="a{n}" name="甲{n}">'
    "<bpmn:script>{{ a{n}: 1 }}</bpmn:script></bpmn:scriptTask>"
    '<bpmn:scriptTask id="b{n}" name="乙{n}"><bpmn:script>{{ b{n}: 1 }}</bpmn:script></bpmn:scriptTask>'
    '<bpmn:exclusiveGateway id="m{n}"/>'
    '<bpmn:sequenceFlow id="q{n}_yes" sourceRef="q{n}" targetRef="a{n}">'
    "<bpmn:conditionExpression>persons_count &gt; {n}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    '<bpmn:sequenceFlow id="q{n}_no" sourceRef="q{n}" targetRef="b{n}"/>'
    '<bpmn:sequenceFlow id="a{n}_m" sourceRef="a{n}" targetRef="m{n}"/>'
    '<bpmn:sequenceFlow id="b{n}_m" sourceRef="b{n}" targetRef="m{n}"/>'
    '<bpmn:sequenceFlow id="m{n}_on" sourceRef="m{n}" targetRef="{then}"/>'
)
_INTO = 'sourceRef="closure_prepare" targetRef="closure_review"'
_PLACE = '    <bpmn:sequenceFlow id="flow_start_prepare"'


def rows(repetitions: int = REPETITIONS) -> Iterator[Row]:
    files = grown()
    count = len(read_diagram(files[PATH], PATH).elements)
    with TemporaryDirectory() as home:
        world = a_world(Path(home))
        try:
            say("deploying what it calls …")
            deploy_procedure(world.engine, None, "supervision_order", builtin_procedures()["supervision_order"])
            whole, legal = partial(_checked, world, files), partial(_legal, world, files)
            times = timed("lint", [whole, legal], repetitions)
            yield at_most(f"check of a diagram of {count} elements", "ms", times[0], WHOLE)
            yield at_most("  of it the law, on every path", "ms", times[1], LEGAL)
            yield none_of("  findings that block", sum(finding.is_error for finding in whole()))
        finally:
            world.close()


def grown(elements: int = ELEMENTS) -> dict[str, bytes]:
    """The main procedure with as many blocks of a question put before the closure as it takes."""
    files = dict(builtin_procedures()[KEY])
    text = files[PATH].decode()
    blocks = max(0, (elements - len(read_diagram(files[PATH], PATH).elements) + 3) // 4)
    if blocks:
        more = "".join(
            _BLOCK.format(n=n, then=f"q{n + 1}" if n + 1 < blocks else "closure_review") for n in range(blocks)
        )
        text = text.replace(_INTO, 'sourceRef="closure_prepare" targetRef="q0"').replace(_PLACE, more + _PLACE)
    return {**files, PATH: text.encode()}


def _checked(world: World, files: dict[str, bytes]) -> tuple[Finding, ...]:
    return check_procedure(world.engine, KEY, files)


def _legal(world: World, files: dict[str, bytes]) -> tuple[Finding, ...]:
    with world.engine.store.read() as work:
        return legal_findings(world.engine, work, KEY, files, world.clock.now())
