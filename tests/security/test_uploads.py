"""Uploads as weapons: archives, drawings, attachments."""

from __future__ import annotations

import io
import random
import zipfile
from time import perf_counter

import pytest
from werkzeug.test import TestResponse

from engine.documents.attachments import sanitised_name
from engine.documents.media import media_type_of
from engine.errors import InvalidFile
from engine.records.case import CaseFile
from tests.security.conftest import Enter
from tests.security.entering import token
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form, files_of
from web.upload_folder import read_folder

NASTY = "<img src=x onerror=alert(1)>\"'{{7*7}}"


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_damaged_archive_is_refused_in_words(compression: int) -> None:
    whole = archive({"p/p.bpmn": b"<x>" * 200, "p/forms/a.form.json": b"{}" * 100}, compression)
    damage = random.Random(1)
    refused = 0
    for _ in range(600):
        content = bytearray(whole)
        for _ in range(damage.randint(1, 4)):
            content[damage.randrange(len(content))] = damage.randrange(256)
        for take in (lambda: read_folder("a.zip", bytes(content)), lambda: media_type_of("a.docx", bytes(content))):  # noqa: B023
            try:
                take()
            except InvalidFile:
                refused += 1
    assert refused > 600


@pytest.mark.parametrize(
    "content", [b"<process " * 50_000, b"<a:process " + b"x " * 200_000, b"<" + b"a" * 400_000], ids=range(3)
)
def test_no_upload_keeps_the_server_busy(enter: Enter, content: bytes) -> None:
    client = enter("admin")
    fields = {"csrf_token": token(client), "intent": "check", "file": (io.BytesIO(content), "x.bpmn")}
    began = perf_counter()
    assert client.post("/definitions", data=fields, buffered=True).status_code in {200, 422}
    assert perf_counter() - began < 10


def added(enter: Enter, case: CaseFile, name: str, content: bytes) -> TestResponse:
    client = enter("dengji")
    fields = {"csrf_token": token(client), "file": (io.BytesIO(content), name)}
    client.post(f"/cases/{case.case_id}/attachments", data=fields)
    page = client.get(f"/cases/{case.case_id}/attachments").text
    start = page.index('href="/attachments/') + len('href="')
    return client.get(page[start : page.index("/view", start)])


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("信.pdf", b"%PDF-1.7 <script>alert(1)</script>", "inline"),
        ("p.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "inline"),
        ("p.gif", b"GIF89a/*<script>alert(1)</script>*/", "attachment"),
        ("t.txt", "说明 <script>alert(1)</script>".encode(), "attachment"),
    ],
)
def test_an_attachment_is_what_it_is_and_never_a_page(
    case: CaseFile, enter: Enter, name: str, content: bytes, shown: str
) -> None:
    answer = added(enter, case, name, content)
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith(f"{shown}; filename*=UTF-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype in {"application/pdf", "image/png", "application/octet-stream"}
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'" if name == "信.pdf" else "sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == ("SAMEORIGIN" if name == "信.pdf" else "DENY")


def test_a_preview_frames_a_pdf_and_quotes_a_text(case: CaseFile, enter: Enter) -> None:
    client = enter("dengji")
    for name, content in (("信.pdf", b"%PDF-1.7 x"), ("t.txt", "说明 <script>alert(1)</script>".encode())):
        fields = {"csrf_token": token(client), "file": (io.BytesIO(content), name)}
        json = {"Accept": "application/json"}
        given = client.post(f"/cases/{case.case_id}/attachments", data=fields, headers=json).get_json()
        page = client.get(f"/attachments/{given['attachment_id']}/view")
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "<script>alert" not in page.text
        fetched = client.get(f"/attachments/{given['attachment_id']}?download=1")
        assert fetched.headers["Content-Disposition"].startswith("attachment;")
        assert fetched.mimetype == "application/octet-stream"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\x00.pdf", "a.pdf"),
        ("a\ud800.pdf", "a.pdf"),
        ('a"; filename="b.pdf', "a; filename=b.pdf"),
        ("." * 50 + "pdf", "附件.pdf"),
        ("名" * 500 + ".pdf", "名" * 116 + ".pdf"),
    ],
)
def test_the_name_of_an_attachment_is_harmless(given: str, kept: str) -> None:
    assert sanitised_name(given) in {kept, kept.replace("附件.", "")}


def test_a_name_cannot_write_headers(case: CaseFile, enter: Enter) -> None:
    answer = added(enter, case, "a;b=c'é“.pdf", b"%PDF-1.7")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.isascii()
    assert disposition.count(";") == 1


def test_labels_of_drawings_and_forms_are_text(two: World, enter: Enter) -> None:
    diagram = (
        Bpmn("nasty", name=NASTY)
        .lane("l", role="receptionist", name=NASTY)
        .start("s", form="intake", lane="l", name=NASTY)
        .user("u", form="intake", lane="l", name=NASTY)
        .end("e", lane="l")
    )
    form = a_form(a_field("title", label=NASTY), a_field("other", label=NASTY, description=NASTY))
    two.deploy(diagram, intake=form)
    client = enter("jiedai")
    sent = {"csrf_token": token(client), "payload": '{"title": "<i x>\\u003c/script>{{7*7}}", "other": "<script>"}'}
    case = client.post("/new/nasty", data=sent).location
    with two.engine.store.read() as work:
        task_id = work.cases.view(case.rsplit("/", 1)[1]).tasks[0].task_id  # type: ignore[union-attr]
    tabs = [f"{case}/{tab}" for tab in ("facts", "clocks", "timeline", "diagram", "papers", "attachments")]
    refused = client.post(f"/tasks/{task_id}/completion", data={**sent, "payload": f'{{"{NASTY[:5]}": 1}}'})
    assert refused.status_code == 422
    pages = [client.get(page).text for page in ("/new/nasty", f"/tasks/{task_id}", "/inbox?box=claimable", *tabs)]
    for text in (*pages, refused.text, client.get("/definitions").text, client.get("/cases?q=<i x>").text):
        assert "<img src=x" not in text
        assert "<i x>" not in text
        assert "<script>" not in text


def test_a_drawing_is_downloaded_never_opened(two: World, enter: Enter) -> None:
    with two.engine.store.read() as work:
        definition = work.definitions.list(two.engine.clock.now())[0].definition_id
    answer = enter("jiedai").get(f"/definitions/{definition}/diagram.bpmn")
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_archive_deploys_only_by_a_name_that_fits(enter: Enter) -> None:
    client = enter("admin")
    diagram = Bpmn("fine").lane("l", role="registrar").start("s", lane="l").manual("m", lane="l").end("e", lane="l")
    (content,) = files_of(diagram).values()
    for folder in ("other", "x" * 300, "<i x>", "shared", "fine/deeper"):
        upload = io.BytesIO(archive({f"{folder}/fine.bpmn": content}))
        fields = {"csrf_token": token(client), "intent": "deploy", "file": (upload, "x.zip")}
        answer = client.post("/definitions", data=fields)
        assert answer.status_code == 422, folder
        assert "<i x>" not in answer.text
    sent = {"csrf_token": token(client), "intent": "deploy", "file": (io.BytesIO(content), "新版 v2.bpmn")}
    assert client.post("/definitions", data=sent).status_code == 302
