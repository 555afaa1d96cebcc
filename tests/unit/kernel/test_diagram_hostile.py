"""Broken, hostile and huge files: always findings that say what to do, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidDiagram
from engine.kernel.diagram import read_diagram
from engine.kernel.diagram_xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS
from tests.unit.kernel.bpmn_builder import Bpmn

GOOD = Bpmn("p", name="信访").lane("L", role="registrar").start().user("a", lane="L").end().xml()
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>'
)
EXTERNAL = b'<?xml version="1.0"?>\n<!-- x --><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'


def refusal(content: bytes) -> tuple[str, ...]:
    with pytest.raises(InvalidDiagram) as refused:
        read_diagram(content, "bad.bpmn")
    findings = refused.value.findings
    assert findings
    assert all(f.file == "bad.bpmn" and f.message.zh and f.message.en for f in findings)
    return tuple(f.rule for f in findings)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        pytest.param(b"", "xml-empty", id="nothing"),
        pytest.param(b" \r\n\t ", "xml-empty", id="blank"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "xml-not-xml", id="picture"),
        pytest.param(b"PK\x03\x04" + bytes(range(256)), "xml-not-xml", id="zip"),
        pytest.param(b'{"type": "default"}', "xml-not-xml", id="json"),
        pytest.param("流程说明".encode(), "xml-not-xml", id="text"),
        pytest.param(b"<html><body/></html>", "not-bpmn", id="html"),
        pytest.param(b"<!DOCTYPE html><html></html>", "xml-doctype", id="html with type"),
        pytest.param(LAUGHS, "xml-doctype", id="billion laughs"),
        pytest.param(EXTERNAL, "xml-doctype", id="external entity"),
        pytest.param(b"\xff\xfe" + LAUGHS.decode().encode("utf-16-le"), "xml-doctype", id="laughs in UTF-16"),
        pytest.param(b"<a>\x00</a>", "xml-not-xml", id="zero byte"),
        pytest.param(b"<a>" * 100_000, "xml-depth", id="depth bomb"),
        pytest.param(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "xml-depth", id="just too deep"),
        pytest.param(b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>", "xml-elements", id="too many"),
        pytest.param(b"<a>" + b"x" * (10 * 1024 * 1024) + b"</a>", "xml-size", id="10 MB"),
        pytest.param(b"<a b='" + b"x" * (MAX_BYTES - 20) + b"'/>", "not-bpmn", id="huge attribute"),
        pytest.param(b'<?xml version="1.0" encoding="utf-7"?><a/>', "xml-encoding", id="odd encoding"),
        pytest.param(b'<?xml version="1.0" encoding="g.b.k"?><a/>', "xml-encoding", id="misspelt encoding"),
        pytest.param('<a name="信"/>'.encode("gb18030"), "xml-encoding", id="undeclared GB 18030"),
        pytest.param(b'<?xml version="9.0"?><a/>', "xml-syntax", id="odd version"),
        pytest.param(GOOD.replace("信访".encode(), b"&who;"), "xml-syntax", id="undefined entity"),
        pytest.param(b"<!-- never closed", "xml-syntax", id="open comment"),
        pytest.param(b"<?xml never closed", "xml-syntax", id="open instruction"),
        pytest.param(
            b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"/>',
            "no-process",
            id="no process",
        ),
    ],
)
def test_hostile_files_are_refused(content: bytes, rule: str) -> None:
    assert refusal(content)[0] == rule


def test_a_syntax_error_says_its_line_and_not_an_older_one() -> None:
    refusal(GOOD[:400])
    with pytest.raises(InvalidDiagram) as refused:
        read_diagram(b"<a>\n\n<b></c>\n</a>")
    assert {f.line for f in refused.value.findings} == {3}


def test_what_is_sound_passes() -> None:
    assert read_diagram(GOOD).name == "信访"


def read_or_refuse(content: bytes) -> None:
    """Anything but a Diagram or findings fails the test."""
    try:
        read_diagram(content)
        return
    except InvalidDiagram as refused:
        findings = refused.findings
    assert findings


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1))
def test_truncated_files(length: int) -> None:
    read_or_refuse(GOOD[:length])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_mutated_bytes(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for position, byte in changes:
        content[position] = byte
    read_or_refuse(bytes(content))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes(content: bytes) -> None:
    read_or_refuse(content)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(GOOD)), st.sampled_from(["<", ">", "&", '"', "<![CDATA[", "<process>", " id=''", "<lane/>"])
)
def test_inserted_markup(position: int, text: str) -> None:
    read_or_refuse(GOOD[:position] + text.encode() + GOOD[position:])
