"""The public query and evaluation: who gets what, by the same work for everybody else."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from engine.cases.read import open_case
from engine.errors import EngineError, InvalidState
from engine.public import factors
from engine.public.evaluation import Given, evaluate
from engine.public.query import PER_ADDRESS, PER_CODE, WINDOW, NotFoundHere, TooOften, ask, network_of
from engine.records.case import Party
from engine.store.statements import count_statements
from tests.conftest import START
from tests.matters import CODE, L1_AT, L5_AT, a_matter
from tests.worlds import World


def asked(world: World, code: str = CODE, factor: str = "8000", address: str = "10.0.0.1") -> Any:
    return ask(world.engine, code, factor, address)


def test_the_dates_and_the_unit_and_nothing_else(either: World) -> None:
    case = a_matter(either)
    either.clock.move_to(L5_AT + timedelta(days=1))
    for factor in ("8000", "８０００", "陈某某", "李 四", "4567"):
        progress = asked(either, factor=factor, address=f"10.0.1.{len(factor)}")
    zone = either.engine.settings.timezone
    assert [(n.what, n.at.astimezone(zone).date()) for n in progress.nodes] == [
        ("registered", date(2025, 9, 26)),
        ("forwarded", date(2025, 9, 30)),
        ("notice", date(2025, 10, 9)),
        ("reply", date(2025, 10, 26)),
    ]
    assert (progress.office, progress.unit, progress.open_subjects) == (
        "青山县信访局",
        "自然资源局",
        ("office", "unit"),
    )
    assert progress.until == datetime(2025, 12, 26, tzinfo=zone)
    shown = repr(progress)
    assert not any(word in shown for word in ("陈", "征地", "补发", "答复内容", case.case_id))


@pytest.mark.parametrize("code", ["abcde-23456", " ABCDE 23456 "])
def test_a_code_is_read_however_it_is_typed(two: World, code: str) -> None:
    a_matter(two)
    assert asked(two, code).nodes


WRONG = [("ZZZZZ99999", "8000"), (CODE, "8001"), (CODE, ""), (CODE, "1380013800 0"), (CODE, "陈某"), ("", "")]


def test_every_other_answer_costs_the_same_and_says_the_same(
    either: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_matter(either)
    a_matter(either, "SECRET2345", confidential=True)
    hashes: list[bytes] = []
    real = factors.hashed
    monkeypatch.setattr(factors, "hashed", lambda key, value: hashes.append(b"") or real(key, value))

    def cost(code: str, factor: str, address: str) -> tuple[int, int, str]:
        hashes.clear()
        said = "found"
        with count_statements(either.engine.store) as statements:
            try:
                asked(either, code, factor, address)
            except EngineError as refusal:
                said = str(refusal.message)
        return statements.count, len(hashes), said

    costs = {cost(code, factor, f"10.1.0.{n}") for n, (code, factor) in enumerate(WRONG)}
    costs.add(cost("SECRET2345", "8001", "10.2.0.1"))
    assert len(costs) == 1, costs
    found = cost(CODE, "8000", "10.3.0.1")
    assert found[:2] == next(iter(costs))[:2]
    assert found[2] == "found"


@pytest.mark.parametrize("columns", [{"confidential": True}, {"accused_units": ("cgjd",)}, {"purpose": "4"}])
def test_of_what_is_confidential_only_that_it_was_forwarded(two: World, columns: dict[str, Any]) -> None:
    case = a_matter(two, **columns)
    two.clock.move_to(L5_AT + timedelta(days=1))
    progress = asked(two)
    assert progress.is_withheld
    assert (progress.nodes, progress.unit, progress.office, progress.open_subjects) == ((), "", "", ())
    with pytest.raises(InvalidState):
        evaluate(two.engine, case.case_id, {"office": Given("satisfied")})


def test_attempts_are_limited_for_an_address_and_for_a_code_and_forgotten(either: World) -> None:
    a_matter(either)
    for n in range(PER_CODE):
        with pytest.raises(NotFoundHere):
            asked(either, factor="0000", address=f"10.9.0.{n}")
    with pytest.raises(TooOften):
        asked(either, address="10.9.1.1")
    for n in range(PER_ADDRESS):
        with pytest.raises(NotFoundHere):
            asked(either, f"WRONG{n:05}", address="2001:db8:1:1::1")
    with pytest.raises(TooOften):
        asked(either, "WRONG99999", address="2001:db8:1:1:ffff::2")
    with either.engine.store.read() as work:
        buckets = [row[0] for row in work.connection.exec_driver_sql("SELECT bucket FROM query_attempt")]
    assert all(re.fullmatch("[0-9a-f]{32}", bucket) for bucket in buckets), "neither addresses nor codes are kept"
    # staff work on: what is limited is a question, not the case
    assert open_case(either.engine, either.actor("dengji"), _case_id(either)).case.query_code == CODE
    either.clock.advance(WINDOW)
    assert asked(either, address="10.9.1.1").nodes
    either.clock.advance(timedelta(days=2))
    assert asked(either, address="10.9.1.1").nodes
    with either.engine.store.read() as work:
        assert len(list(work.connection.exec_driver_sql("SELECT * FROM query_attempt"))) == 2


def _case_id(world: World) -> str:
    with world.engine.store.read() as work:
        found = work.public.matter(CODE)
    assert found is not None
    return found.case.case_id


def test_each_is_evaluated_once_for_good_and_in_time(either: World) -> None:
    case, early = a_matter(either), a_matter(either, "EARLY23456", until=L1_AT)
    either.clock.move_to(L5_AT + timedelta(days=60))
    with pytest.raises(InvalidState):
        evaluate(either.engine, early.case_id, {"office": Given("satisfied")})
    for wrong in ({}, {"office": Given("")}, {"office": Given("great")}, {"office": Given("fair", "长" * 501)}):
        with pytest.raises(InvalidState):
            evaluate(either.engine, case.case_id, wrong)
    assert evaluate(either.engine, case.case_id, {"office": Given("fair", " 慢 ")}).open_subjects == ("unit",)
    with pytest.raises(InvalidState, match="只能评价一次"):
        evaluate(either.engine, case.case_id, {"office": Given("satisfied"), "unit": Given("satisfied")})
    evaluate(either.engine, case.case_id, {"unit": Given("satisfied")})
    with either.engine.store.read() as work:
        kept = {e.subject: (e.score, e.text) for e in work.public.evaluations(case.case_id)}
    assert kept == {"office": ("fair", "慢"), "unit": ("satisfied", "")}
    with pytest.raises(Exception, match="append-only"), either.engine.store.write() as work:
        work.connection.exec_driver_sql("UPDATE evaluation SET score = 'satisfied'")
    told = [e.detail for e in either.view(case).audit if e.event == "PetitionerEvaluated"]
    assert told == [{"office": "fair"}, {"unit": "satisfied"}]
    late = a_matter(either, "LATER23456")
    either.clock.advance(timedelta(days=1))
    with pytest.raises(InvalidState):
        evaluate(either.engine, late.case_id, {"office": Given("satisfied")})


def test_a_name_of_nobody_and_a_short_number_match_nothing() -> None:
    anonymous = Party("p", "c", True, "", "12345")
    assert not factors.is_of_a_party("", [anonymous])
    assert not factors.is_of_a_party("2345", [anonymous])
    assert not factors.is_of_a_party("\0nobody", [])
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1")
    assert START
