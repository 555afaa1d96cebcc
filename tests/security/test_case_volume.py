"""Print and archive volume of a case: whole for its handlers, redacted for others, checked afterwards."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pypdf
import pytest

from engine.cases.start import start_case
from engine.documents.attachments import add_attachment
from engine.documents.pdf import pdf_of_html
from engine.documents.volume import MANIFEST, verify_volume
from engine.errors import InvalidFile
from engine.records.case import CaseFile
from tests.security.conftest import Enter
from tests.security.entering import token
from tests.worlds import World

NAME, PHONE = "陈某某", "13800138000"


@pytest.fixture
def case(two: World) -> CaseFile:
    data = {"title": "反映征地补偿", "demand": "补发", "name": NAME, "contact": PHONE}
    made = start_case(two.engine, two.actor("jiedai"), "two_steps", data)
    dengji = two.actor("dengji")
    files = {
        "协议.pdf": pdf_of_html("<p>协议</p><p style='break-before: page'>2"),
        "../记录.txt": "来电记录".encode(),
        "坏.pdf": b"%PDF-1.7 broken",
    }
    for name, content in files.items():
        two.clock.advance(timedelta(minutes=1))
        add_attachment(two.engine, dengji, made.case_id, name, content)
    return made


def made(enter: Enter, username: str, case: CaseFile, **given: str) -> bytes:
    client = enter(username)
    answer = client.post(f"/cases/{case.case_id}/volume", data={"csrf_token": token(client), **given})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return answer.data


def test_a_volume_is_numbered_and_found_out_when_changed(enter: Enter, two: World, case: CaseFile) -> None:
    content = made(enter, "dengji", case, form="zip", with_parties="1", purpose="归档存查")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        told = json.loads(archive.read(MANIFEST))
        front = archive.read("001 案卷.html").decode()
        index = archive.read("目录.html").decode()
    assert names == [MANIFEST, "目录.html", "001 案卷.html", "002 协议.pdf", "003 记录.txt", "004 坏.pdf"]
    assert NAME in front
    assert PHONE in front
    assert all(file["sha256"] in index for file in told["files"])
    verified = verify_volume(two.engine, io.BytesIO(content))
    assert (verified.files, verified.problems, verified.is_recorded) == (4, (), True)

    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(changed, "w") as other:
        for name in names[:-1]:
            other.writestr(name, b"x" if name == "003 记录.txt" else archive.read(name))
        other.writestr("夹带.txt", b"x")
    problems = [p.zh for p in verify_volume(two.engine, changed).problems]
    assert [p.partition("：")[0] for p in problems] == ["文件已被改动", "缺少文件", "目录之外的文件"]
    with pytest.raises(InvalidFile):
        verify_volume(two.engine, io.BytesIO(b"PK"))


def test_the_redacted_one_names_nobody_and_the_whole_one_is_for_handlers(
    enter: Enter,
    two: World,
    case: CaseFile,
) -> None:
    content = made(enter, "shenji", case, form="zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist() if not name.startswith("003"))
    assert NAME.encode() not in texts
    assert PHONE.encode() not in texts
    client = enter("shenji")
    fields = {"csrf_token": token(client), "with_parties": "1", "purpose": "审计需要"}
    assert client.post(f"/cases/{case.case_id}/volume", data=fields).status_code == 403
    assert two.events(case)[-2:] == ["ArchiveVolumeMade", "AccessRefused"]
    assert enter("zrzyj.banli").get(f"/cases/{case.case_id}/volume").status_code == 404
    assert client.post(f"/cases/{case.case_id}/volume", data={**fields, "purpose": ""}).status_code == 422


def test_one_pdf_with_an_index_of_pages(enter: Enter, case: CaseFile) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(enter, "dengji", case, form="pdf")))
    titles = [item.title for item in reader.outline]
    assert titles == ["1 案卷", "2 协议.pdf"]
    assert "协议" in reader.pages[reader.get_destination_page_number(reader.outline[1])].extract_text()
    index = reader.pages[0].extract_text()
    assert "见压缩包卷" in index
    assert f"1 / {len(reader.pages)}" in index


def test_the_print_page_lists_the_parties_for_a_purpose_only(enter: Enter, two: World, case: CaseFile) -> None:
    client = enter("dengji")
    page = f"/cases/{case.case_id}/print"
    assert NAME not in client.get(page).text
    assert client.post(page, data={"csrf_token": token(client), "purpose": " "}).status_code == 422
    shown = client.post(page, data={"csrf_token": token(client), "purpose": "送达告知书"}).text
    assert NAME in shown
    assert two.events(case)[-1] == "PartiesRevealed"
    assert enter("shenji").post(page, data={"csrf_token": "x", "purpose": "审计需要"}).status_code in {400, 403}
