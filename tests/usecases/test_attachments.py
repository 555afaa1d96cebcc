"""Attachments of a case: who may add them, versions, and what a merged case brings along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.file_read import open_file
from engine.cases.start import start_case
from engine.documents.attachments import add_attachment, open_attachment
from engine.errors import Conflict, Forbidden, NotFound
from engine.records.case import CaseFile
from tests.worlds import World

PDF = b"%PDF-1.7 one"


@pytest.fixture
def case(either: World) -> CaseFile:
    return start_case(
        either.engine, either.actor("jiedai"), "two_steps", {"title": "反映征地补偿", "name": "陈某某"}
    )


def test_versions_of_a_document_all_stay(either: World, case: CaseFile) -> None:
    engine, dengji = either.engine, either.actor("dengji")
    first = add_attachment(engine, dengji, case.case_id, "答复.pdf", PDF)
    second = add_attachment(
        engine, either.actor("jiedai"), case.case_id, "答复2.pdf", b"%PDF-1.7 two", replaces=first.attachment_id
    )
    with pytest.raises(Conflict):
        add_attachment(engine, dengji, case.case_id, "答复3.pdf", PDF, replaces=first.attachment_id)
    third = add_attachment(engine, dengji, case.case_id, "答复3.pdf", PDF, replaces=second.attachment_id)
    either.clock.advance(timedelta(seconds=1))
    alone = add_attachment(engine, dengji, case.case_id, "照片.pdf", PDF)

    file = open_file(engine, dengji, case.case_id)
    assert [(a.attachment_id, a.version) for a in file.current] == [
        (third.attachment_id, 3),
        (alone.attachment_id, 1),
    ]
    assert [a.version for a in file.earlier(file.current[0])] == [2, 1]
    assert open_attachment(engine, dengji, first.attachment_id)[1] == PDF
    assert either.events(case)[-4:] == [
        "AttachmentAdded",
        "AttachmentReplaced",
        "AttachmentReplaced",
        "AttachmentAdded",
    ]
    assert verify_chain(engine, case.case_id) == []


def test_who_only_reads_adds_nothing(either: World, case: CaseFile) -> None:
    engine = either.engine
    with pytest.raises(Forbidden):
        add_attachment(engine, either.actor("shenji"), case.case_id, "a.pdf", PDF)
    with pytest.raises(NotFound):
        add_attachment(engine, either.actor("zrzyj.banli"), case.case_id, "a.pdf", PDF)
    assert either.events(case)[-1] == "AccessRefused"
    assert open_file(engine, either.actor("shenji"), case.case_id).may_add is False
    assert open_file(engine, either.actor("shenji"), case.case_id).attachments == ()


def test_a_file_for_a_field_is_for_whoever_has_the_open_task(either: World, case: CaseFile) -> None:
    engine, check = either.engine, either.task(case, "check")
    given = add_attachment(
        engine, either.actor("dengji"), case.case_id, "a.pdf", PDF, task_id=check.task_id, field="proof"
    )
    assert (given.task_id, given.field) == (check.task_id, "proof")
    for task_id in (check.task_id, "no-such-task"):
        with pytest.raises(Forbidden):
            add_attachment(
                engine, either.actor("jiedai"), case.case_id, "a.pdf", PDF, task_id=task_id, field="proof"
            )
    with pytest.raises(NotFound):
        add_attachment(engine, either.actor("dengji"), case.case_id, "a.pdf", PDF, replaces="no-such-one")
