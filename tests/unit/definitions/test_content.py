"""What identifies a version, and what its diagram says about starting it."""

from __future__ import annotations

from engine.definitions.builtin import builtin_procedures, shared_tables
from engine.definitions.content import content_hash, executable_files, form_path
from engine.definitions.outline import outline_of
from engine.kernel.diagram import read_diagram
from tests.unit.kernel.bpmn_builder import Bpmn


def test_only_what_runs_belongs_to_a_version() -> None:
    files = {"p.bpmn": b"", "t.dmn": b"", "forms/a.form.json": b"", "README.md": b"", "scenarios/x.yaml": b""}

    assert set(executable_files(files)) == {"p.bpmn", "t.dmn", "forms/a.form.json"}


def test_the_hash_changes_with_a_byte_a_name_and_what_is_called() -> None:
    hashes = {
        content_hash({"a": b"1", "b": b"2"}, {}),
        content_hash({"a": b"1", "b": b"3"}, {}),
        content_hash({"a": b"12", "b": b""}, {}),
        content_hash({"a": b"1", "c": b"2"}, {}),
        content_hash({"a": b"1", "b": b"2"}, {"q": "x"}),
        content_hash({"a": b"1", "b": b"2"}, {"q": "y"}),
    }

    assert len(hashes) == 6
    assert content_hash({"b": b"2", "a": b"1"}, {}) in hashes


def test_a_form_is_named_by_its_file() -> None:
    assert form_path("screen") == form_path("forms/screen.form.json") == "forms/screen.form.json"


def test_the_outline_tells_who_starts_it_and_how() -> None:
    diagram = (
        Bpmn("p", name="流程")
        .message("m", "petition.received")
        .lane("l", role="registrar")
        .start("by_hand", form="intake", lane="l", name="来访")
        .call("c", "called", lane="l")
        .end("e", lane="l")
        .node(
            "by_message",
            "startEvent",
            after=(),
            lane="l",
            properties={"case": "same", "role": "chief"},
            body='<messageEventDefinition messageRef="m" />',
        )
        .flow("by_message", "c")
    )

    outline = outline_of(read_diagram(diagram.xml()))

    assert (outline.process_id, outline.name, outline.calls) == ("p", "流程", ("called",))
    plain, message = outline.plain_start, outline.message_start("petition.received")
    assert plain is not None
    assert (plain.form, plain.role, plain.name) == ("intake", "registrar", "来访")
    assert message is not None
    assert (message.case, message.role) == ("same", "chief")
    assert outline.message_start("other") is None


def test_the_built_in_procedures_are_found_beside_the_package() -> None:
    found = builtin_procedures()

    assert {"petition_main", "supervision_order", "onsite_response"} <= set(found)
    assert "shared" not in found
    assert "deadline_rules.dmn" in shared_tables()
