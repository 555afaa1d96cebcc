"""Comments: who may add them, who may be mentioned, who is told; they stay."""

from __future__ import annotations

import pytest

from engine.audit.verify import verify_chain
from engine.cases.comments import add_comment
from engine.cases.file_read import open_file
from engine.cases.start import start_case
from engine.errors import Forbidden, InvalidState, NotFound
from engine.notifications.messages import list_messages
from engine.records.case import CaseFile
from engine.records.work import Recusal
from tests.worlds import World


@pytest.fixture
def case(either: World) -> CaseFile:
    return start_case(
        either.engine, either.actor("jiedai"), "two_steps", {"title": "反映征地补偿", "name": "陈某某"}
    )


def test_who_is_mentioned_is_told_in_neutral_words(either: World, case: CaseFile) -> None:
    dengji = either.actor("dengji")
    comment = add_comment(
        either.engine, dengji, case.case_id, " 请核对面积\r\n谢谢 ", ["p-jiedai", "p-jiedai", "p-dengji"]
    )

    assert (comment.text, comment.mentions) == ("请核对面积\n谢谢", ("p-jiedai",))
    (message,) = [m for m in list_messages(either.engine, either.actor("jiedai")) if m.topic == "mention"]
    assert "请核对" not in message.text_zh
    assert "征地" not in message.text_zh
    assert not [m for m in list_messages(either.engine, dengji) if m.topic == "mention"]
    assert open_file(either.engine, dengji, case.case_id).comments == (comment,)
    assert verify_chain(either.engine, case.case_id) == []


def test_whoever_may_not_see_the_case_is_refused_by_name(either: World, case: CaseFile) -> None:
    with either.engine.store.write() as work:
        work.stand_ins.add_recusal(Recusal(case.case_id, "p-jiedai", "亲属", either.clock.now(), "p-dengji"))
    blind = [either.actor(u).name for u in ("zrzyj.banli", "jiedai")]
    with pytest.raises(InvalidState) as refused:
        add_comment(either.engine, either.actor("dengji"), case.case_id, "请看", ["p-zrzyj.banli", "p-jiedai"])
    assert all(name in refused.value.message.zh for name in blind)
    assert open_file(either.engine, either.actor("dengji"), case.case_id).comments == ()


def test_readers_may_not_comment_until_they_are_asked(either: World, case: CaseFile) -> None:
    auditor = either.actor("shenji")
    with pytest.raises(Forbidden):
        add_comment(either.engine, auditor, case.case_id, "看过")
    assert "AccessRefused" in either.events(case)
    add_comment(either.engine, either.actor("dengji"), case.case_id, "请审计看一下", ["p-shenji"])
    add_comment(either.engine, auditor, case.case_id, "看过")
    with pytest.raises(NotFound):
        add_comment(either.engine, either.actor("zrzyj.banli"), case.case_id, "看过")


@pytest.mark.parametrize("text", ["", "  \n", "长" * 2001, "a\0b"])
def test_a_comment_says_something_and_not_too_much(two: World, text: str) -> None:
    case = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "题"})
    with pytest.raises(InvalidState):
        add_comment(two.engine, two.actor("dengji"), case.case_id, text)
