"""Uploads: broken, hostile and huge ones are refused with what is wrong; good ones are taken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine.definitions.read import list_definitions
from tests.browser.office import Office
from tests.web.visitor import Visitor
from tests.worlds import files_of, two_step_forms, two_steps

Visit = Callable[[str], Visitor]
BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="two_steps" name="&b;"/>
</definitions>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="two_steps" name="&f;"/>
</definitions>"""


def send(visitor: Visitor, name: str, content: bytes, intent: str = "deploy") -> TestResponse:
    data: Mapping[str, Any] = {"intent": intent, "file": (io.BytesIO(content), name)}
    return visitor.post("/definitions", data)


def packed(files: Mapping[str, bytes], folder: str = "two_steps") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(f"{folder}/{path}" if folder else path, content)
    return buffer.getvalue()


def versions(office: Office) -> int:
    return len(list_definitions(office.engine, office.actor("admin")))


def test_a_folder_is_checked_and_kept_as_a_draft(office: Office, visit: Visit) -> None:
    before = versions(office)
    files = packed(files_of(two_steps(), **two_step_forms()))
    checked = send(visit("admin"), "two_steps.zip", files, "check")
    assert "没有期限" in checked.text
    assert versions(office) == before
    kept = send(visit("admin"), "two_steps.zip", files)
    assert kept.status_code == 302
    assert "/studio/" in kept.location
    assert versions(office) == before


def test_findings_name_element_and_line(office: Office, visit: Visit) -> None:
    before = versions(office)
    files = files_of(two_steps(), **two_step_forms())
    files.pop("forms/check.form.json")
    answer = send(visit("admin"), "two_steps.zip", packed(files), "check")
    assert "核对" in answer.text
    assert "two_steps.bpmn:" in answer.text
    assert versions(office) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("two_steps.bpmn", b"<definitions"),
        ("two_steps.bpmn", b""),
        ("two_steps.bpmn", b"\x00\xff" * 2000),
        ("two_steps.bpmn", BOMB),
        ("two_steps.bpmn", OUTSIDE),
        ("two_steps.bpmn", b"<a>" * 100_000),
    ],
)
def test_broken_and_hostile_diagrams_are_findings(office: Office, visit: Visit, name: str, content: bytes) -> None:
    before = versions(office)
    answer = send(visit("admin"), name, content)
    assert answer.status_code == 422
    assert "打不开" in answer.text
    assert "root:" not in answer.text
    assert versions(office) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("two_steps.exe", b"MZ"),
        ("two_steps.zip", b"PK\x03\x04 not a zip"),
        ("two_steps.zip", packed({"../../etc/cron.d/x.bpmn": b"x"}, "")),
        ("two_steps.zip", packed({"two_steps.bpmn": b"x", "run.py": b"import os"})),
        ("two_steps.zip", packed({"big.bpmn": b"\x00" * 30_000_000})),
        ("two_steps.zip", packed({f"{n}.md": b"x" for n in range(300)})),
        ("two_steps.zip", packed({"README.md": b"only words"})),
    ],
)
def test_archives_that_are_not_a_folder_are_refused(
    office: Office, visit: Visit, name: str, content: bytes
) -> None:
    before = versions(office)
    answer = send(visit("admin"), name, content)
    assert answer.status_code == 422
    assert "文件不能接受" in answer.text
    assert versions(office) == before


def test_only_an_admin_deploys(office: Office, visit: Visit) -> None:
    before = versions(office)
    answer = send(visit("jiedai"), "two_steps.zip", packed(files_of(two_steps(), **two_step_forms())))
    assert answer.status_code == 403
    assert versions(office) == before
    assert 'name="intent"' not in visit("jiedai").get("/definitions").text


def test_nothing_chosen_is_said(visit: Visit) -> None:
    assert "没有选择文件" in visit("admin").post("/definitions", {"intent": "check"}).text
    case = visit("jiedai").start_case()
    assert "没有选择文件" in visit("jiedai").post(f"/cases/{case}/attachments").text


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("照片.png", b"MZ\x90\x00 a program", 422),
        ("报告.pdf", b"<html><script>alert(1)</script>", 422),
        ("空.pdf", b"", 422),
        ("大.pdf", b"%PDF-1.7\n" + b"x" * (2 * 1024 * 1024), 422),
        ("更大.pdf", b"%PDF-1.7\n" + b"x" * (5 * 1024 * 1024), 413),
    ],
)
def test_attachments_that_are_not_what_they_say_are_refused(
    visit: Visit, name: str, content: bytes, status: int
) -> None:
    reception = visit("jiedai")
    case = reception.start_case()
    answer = reception.post(f"/cases/{case}/attachments", {"file": (io.BytesIO(content), name)})
    assert answer.status_code == status
    assert "还没有附件" in reception.get(f"/cases/{case}/attachments").text


def test_an_attachment_comes_back_as_it_went(visit: Visit) -> None:
    reception = visit("jiedai")
    case = reception.start_case()
    content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    reception.post(f"/cases/{case}/attachments", {"file": (io.BytesIO(content), "../../来信 原件.pdf")})
    page = reception.get(f"/cases/{case}/attachments").text
    link = page.split('href="/attachments/')[1].split('/view"')[0]
    answer = reception.get(f"/attachments/{link}")
    assert answer.data == content
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith("%E6%9D%A5%E4%BF%A1%20%E5%8E%9F%E4%BB%B6.pdf")
