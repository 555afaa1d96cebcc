"""Drafts of procedures: nobody overwrites anybody, a second person publishes, versions begin, end and come back."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy.exc import DatabaseError

from engine.cases.start import start_case
from engine.definitions import shipped
from engine.definitions.deploy import deploy_procedure
from engine.definitions.draft_source import draft_procedure
from engine.definitions.drafts import (
    DraftConflict,
    create_draft,
    draft_findings,
    list_drafts,
    open_draft,
    save_draft,
)
from engine.definitions.packages import MANIFEST, export_draft, export_version, import_package
from engine.definitions.reviewing import (
    OpenWarnings,
    discard_draft,
    review_draft,
    submit_draft,
    waive,
    withdraw_draft,
)
from engine.definitions.versions import Standing, procedure_versions, retire_version, roll_back
from engine.errors import Conflict, Forbidden, InvalidDiagram, InvalidFile, InvalidState, NotFound
from engine.records.definition import Definition
from engine.records.studio import DraftState, ProcedureDraft
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, two_steps

KEY = "two_steps"
DRAWING = f"{KEY}.bpmn"


def events(world: World) -> list[str]:
    with world.engine.store.read() as work:
        return [entry.event for entry in work.registers.audit_of(None)]


def told(world: World, username: str) -> list[str]:
    """The first halves of what somebody was told of reviews, the newest first."""
    with world.engine.store.read() as work:
        person = work.org.person_by_username(username)
        assert person is not None
        entries = work.registers.inbox_messages(person.person_id, unread_only=False, limit=9)
    return [
        entry.text_zh.removeprefix("【流程审核】").rstrip("。").split("，请")[0].split("，意见")[0]
        for entry in entries
    ]


def renamed(name: str, *, excused: bool = True, form: str = "check") -> bytes:
    """The diagram with another name of its second step; `excused`: it says why its steps have no deadlines."""
    properties = {"no_deadline": "当场办结"} if excused else {}
    return (
        Bpmn(KEY, name="两步办理")
        .lane("reception", role="receptionist")
        .lane("registry", role="registrar")
        .lane("leader", role="duty_leader")
        .start("start", form="intake", lane="reception", name="来访")
        .user("check", name=name, form=form, lane="registry", properties=properties)
        .user("sign", name="签批", form="sign", lane="leader", properties=properties)
        .end("end", name="办结", lane="leader")
        .xml()
    )


def in_force(world: World) -> Definition | None:
    with world.engine.store.read() as work:
        return work.definitions.current(KEY, world.clock.now())


def a_draft(world: World, name: str = "改过") -> ProcedureDraft:
    """A draft of the version in force with another diagram, saved by `admin`."""
    base, admin = in_force(world), world.actor("admin")
    assert base is not None
    draft = create_draft(world.engine, admin, KEY, base_id=base.definition_id)
    return save_draft(world.engine, admin, draft.draft_id, seen=1, put={DRAWING: renamed(name)})


def published(world: World, draft: ProcedureDraft, **how: object) -> Definition:
    submit_draft(world.engine, world.actor("admin"), draft.draft_id, changelog="改名", **how)  # type: ignore[arg-type]
    definition = review_draft(world.engine, world.actor("shenhe"), draft.draft_id, approve=True, note="")
    assert definition is not None
    return definition


def test_a_draft_saved_by_somebody_else_is_not_overwritten(either: World) -> None:
    draft = a_draft(either)
    saved = save_draft(
        either.engine, either.actor("shenhe"), draft.draft_id, seen=2, put={DRAWING: renamed("别人的")}
    )

    with pytest.raises(DraftConflict) as caught:
        save_draft(either.engine, either.actor("admin"), draft.draft_id, seen=2, put={DRAWING: renamed("我的")})

    assert (caught.value.draft, caught.value.by) == (saved, "p-shenhe")
    view = open_draft(either.engine, either.actor("duban"), draft.draft_id)
    assert "别人的" in view.files[DRAWING].decode()
    assert saved.revision == 3
    same = save_draft(
        either.engine, either.actor("admin"), draft.draft_id, seen=3, put={DRAWING: renamed("别人的")}
    )
    assert same.revision == 3, "what changes nothing is no revision"


def test_a_second_person_publishes_and_new_cases_take_the_version(either: World) -> None:
    admin, second = either.actor("admin"), either.actor("shenhe")
    before = start_case(either.engine, either.actor("jiedai"), KEY, {"title": "T"})
    draft = a_draft(either, "再核对")
    submit_draft(either.engine, admin, draft.draft_id, changelog="把核对改名")
    with pytest.raises(InvalidState):
        save_draft(either.engine, admin, draft.draft_id, seen=2, put={DRAWING: renamed("趁送审再改")})
    with pytest.raises(Forbidden):
        review_draft(either.engine, admin, draft.draft_id, approve=True, note="")
    with pytest.raises(Conflict):
        review_draft(either.engine, second, draft.draft_id, approve=True, note="", seen=1)

    version = review_draft(either.engine, second, draft.draft_id, approve=True, note="同意", seen=2)

    assert version is not None
    assert (version.version, version.deployed_by, version.reviewed_by) == (2, "p-admin", "p-shenhe")
    assert version.changelog == "把核对改名"
    after = start_case(either.engine, either.actor("jiedai"), KEY, {"title": "T"})
    assert [task.name for task in either.tasks(before)] == ["核对"]
    assert [task.name for task in either.tasks(after)] == ["再核对"]
    told = events(either)
    assert told[-1] == "ProcedureDeployed"
    assert [told.count(f"ProcedureDraft{e}") for e in ("Created", "Saved", "Submitted")] == [1, 1, 1]
    assert told.count("AccessRefused") == 1
    with either.engine.store.read() as work:
        assert work.registers.audit_of(None)[-1].detail["sha256"] == version.sha256
        assert [entry.event for entry in work.registers.procedure_events(2)] == [
            "ProcedureDeployed",
            "ProcedureDraftSubmitted",
        ]
        stored = work.studio.of_definition(version.definition_id)
    assert stored is not None
    assert stored.state is DraftState.PUBLISHED


def test_the_others_are_told_of_a_review_and_the_submitter_of_its_end(two: World) -> None:
    draft = a_draft(two)
    submit_draft(two.engine, two.actor("admin"), draft.draft_id, changelog="改名")
    review_draft(two.engine, two.actor("shenhe"), draft.draft_id, approve=False, note="请再核")
    published(two, draft)

    assert told(two, "shenhe") == ["系统管理员送审“两步办理”"] * 2
    assert told(two, "admin") == ["顾衡审核通过，“两步办理”第 2 版已发布", "顾衡退回了“两步办理”的草稿"]
    assert told(two, "duban") == []


def test_whoever_changed_a_draft_last_does_not_review_it(two: World) -> None:
    draft = a_draft(two)
    second = two.actor("shenhe")
    save_draft(two.engine, second, draft.draft_id, seen=2, put={DRAWING: renamed("审核人自己改的")})
    submit_draft(two.engine, two.actor("admin"), draft.draft_id, changelog="改名")

    for actor in (second, two.actor("admin"), two.actor("juzhang"), two.actor("dengji")):
        with pytest.raises(Forbidden):
            review_draft(two.engine, actor, draft.draft_id, approve=True, note="")


def test_errors_block_and_an_unchanged_draft_is_not_submitted(two: World) -> None:
    admin = two.actor("admin")
    draft = a_draft(two)
    broken = renamed("核对", form="no_such_form")
    broke = save_draft(two.engine, admin, draft.draft_id, seen=2, put={DRAWING: broken})
    assert any(f.is_error and f.element_id == "check" for f in draft_findings(two.engine, admin, draft.draft_id))
    with pytest.raises(InvalidDiagram):
        submit_draft(two.engine, admin, draft.draft_id, changelog="x")
    with two.engine.store.read() as work, pytest.raises(InvalidDiagram):
        draft_procedure(two.engine, work, draft.draft_id)
    for content in (b"", b"<a/>", b"\xff\xfe not xml"):
        broke = save_draft(two.engine, admin, draft.draft_id, seen=broke.revision, put={DRAWING: content})
        assert any(finding.is_error for finding in draft_findings(two.engine, admin, draft.draft_id))
    save_draft(two.engine, admin, draft.draft_id, seen=broke.revision, put={DRAWING: two_steps().xml()})
    with pytest.raises(InvalidState) as refused:
        submit_draft(two.engine, admin, draft.draft_id, changelog="没有改动")
    assert "完全相同" in refused.value.message.zh
    with pytest.raises(InvalidState):
        submit_draft(two.engine, admin, draft.draft_id, changelog="  ")


def test_a_warning_stands_with_a_reason_that_the_version_keeps(two: World) -> None:
    admin = two.actor("admin")
    draft = a_draft(two)
    put = {DRAWING: renamed("改过", excused=False)}
    save_draft(two.engine, admin, draft.draft_id, seen=2, put=put)
    warnings = [f for f in draft_findings(two.engine, admin, draft.draft_id) if not f.is_error]
    assert {"check", "sign"} <= {finding.element_id for finding in warnings}
    with pytest.raises(OpenWarnings):
        submit_draft(two.engine, admin, draft.draft_id, changelog="改名")
    for each in warnings:
        waive(
            two.engine,
            admin,
            draft.draft_id,
            code=each.rule,
            element=each.element_id or each.file,
            reason="下一版用",
        )
    waive(two.engine, admin, draft.draft_id, code="gone", element="nothing", reason="已无此提醒")

    version = published(two, draft)

    assert {kept["text"] for kept in version.waivers.values()} == {"下一版用"}
    again = create_draft(two.engine, admin, KEY, base_id=version.definition_id)
    assert again.waivers == version.waivers


def test_a_version_begins_on_its_day(either: World) -> None:
    day = either.clock.now() + timedelta(days=5)
    draft = a_draft(either, "新步骤")
    with pytest.raises(InvalidState):
        submit_draft(
            either.engine,
            either.actor("admin"),
            draft.draft_id,
            changelog="x",
            effective_at=either.clock.now() - timedelta(days=1),
        )
    version = published(either, draft, effective_at=day)

    assert version.effective_at == day
    assert (found := in_force(either)) is not None
    assert found.version == 1
    standings = [line.standing for line in procedure_versions(either.engine, either.actor("dengji"), KEY).lines]
    assert standings == [Standing.SCHEDULED, Standing.IN_FORCE]
    either.clock.move_to(day)
    assert (found := in_force(either)) is not None
    assert found.version == 2
    standings = [line.standing for line in procedure_versions(either.engine, either.actor("dengji"), KEY).lines]
    assert standings == [Standing.IN_FORCE, Standing.SUPERSEDED]


def test_a_version_is_sent_back_taken_back_and_discarded(two: World) -> None:
    admin, second = two.actor("admin"), two.actor("shenhe")
    draft = a_draft(two)
    submit_draft(two.engine, admin, draft.draft_id, changelog="改名")
    with pytest.raises(InvalidState):
        review_draft(two.engine, second, draft.draft_id, approve=False, note=" ")
    assert review_draft(two.engine, second, draft.draft_id, approve=False, note="名称不妥") is None
    back = open_draft(two.engine, admin, draft.draft_id).draft
    assert (back.state, back.review_note) == (DraftState.EDITING, "名称不妥")
    submit_draft(two.engine, admin, draft.draft_id, changelog="改名")
    withdraw_draft(two.engine, admin, draft.draft_id)
    with pytest.raises(InvalidState):
        review_draft(two.engine, second, draft.draft_id, approve=True, note="")
    discard_draft(two.engine, admin, draft.draft_id)
    assert list_drafts(two.engine, admin) == ()
    with pytest.raises(InvalidState):
        discard_draft(two.engine, admin, draft.draft_id)
    assert events(two)[-2:] == ["ProcedureDraftWithdrawn", "ProcedureDraftDiscarded"]


def test_retiring_brings_the_one_before_back_or_ends_the_procedure(two: World) -> None:
    admin = two.actor("admin")
    first = in_force(two)
    version = published(two, a_draft(two))
    running = start_case(two.engine, two.actor("jiedai"), KEY, {"title": "T"})

    assert retire_version(two.engine, admin, version.definition_id, reason="有误") == first
    with pytest.raises(InvalidState):
        retire_version(two.engine, admin, version.definition_id, reason="再来")
    assert first is not None
    assert retire_version(two.engine, admin, first.definition_id, reason="不再受理", whole=True) is None
    with pytest.raises(NotFound):
        start_case(two.engine, two.actor("jiedai"), KEY, {"title": "T"})
    assert two.view(running).instances[0].definition_id == version.definition_id
    restored = published(two, roll_back(two.engine, admin, version.definition_id))
    assert (restored.version, restored.files) == (3, version.files)
    assert in_force(two) == restored


def test_a_package_comes_back_whole_or_not_at_all(two: World) -> None:
    admin = two.actor("admin")
    draft = a_draft(two)
    save_draft(two.engine, admin, draft.draft_id, seen=2, put={"scenarios/one.yaml": b"name: one\n"})
    version = published(two, draft)
    package = export_version(two.engine, two.actor("dengji"), version.definition_id)
    again = export_version(two.engine, admin, version.definition_id)
    assert (package.file_name, package.content) == ("two_steps-v2.zip", again.content)
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert json.loads(files[MANIFEST])["sha256"] == version.sha256

    taken = import_package(two.engine, admin, "any", files)

    view = open_draft(two.engine, admin, taken.draft_id)
    assert (taken.key, taken.changelog) == (KEY, "改名")
    assert view.files == open_draft(two.engine, admin, draft.draft_id).files
    assert export_draft(two.engine, admin, taken.draft_id).file_name == "two_steps-draft-1.zip"
    less = {path: content for path, content in files.items() if path != DRAWING}
    for bad in (
        {**files, DRAWING: renamed("改动过的包")},
        less,
        {**files, "forms/more.form.json": b"{}"},
        {**files, MANIFEST: b"[1]"},
        {**files, MANIFEST: b"[" * 9000},
    ):
        with pytest.raises(InvalidFile):
            import_package(two.engine, admin, KEY, bad)
    with pytest.raises(InvalidDiagram):
        import_package(two.engine, admin, "other", {DRAWING: files[DRAWING], "case.dmn": b"<a/>"})


@pytest.mark.parametrize(
    "path", ["../x.bpmn", "/x.bpmn", "shared/lights.dmn", "x.exe", "a//b.dmn", ".x.bpmn", "x" * 300]
)
def test_a_draft_holds_no_odd_paths(two: World, path: str) -> None:
    draft = a_draft(two)
    with pytest.raises(InvalidFile):
        save_draft(two.engine, two.actor("admin"), draft.draft_id, seen=2, put={path: b""})


def test_only_admins_change_drafts_and_leaders_look(two: World) -> None:
    draft = a_draft(two)
    for username in ("duban", "juzhang", "shenji"):
        assert open_draft(two.engine, two.actor(username), draft.draft_id).draft == draft
        with pytest.raises(Forbidden):
            save_draft(two.engine, two.actor(username), draft.draft_id, seen=2, put={})
    for username in ("dengji", "jiedai", "zjj.banli"):
        with pytest.raises(Forbidden):
            open_draft(two.engine, two.actor(username), draft.draft_id)
        with pytest.raises(Forbidden):
            create_draft(two.engine, two.actor(username), "own")
    assert events(two).count("AccessRefused") == 9
    with pytest.raises(NotFound):
        open_draft(two.engine, two.actor("admin"), "none")


def test_a_new_procedure_begins_with_a_diagram_that_can_be_published(two: World) -> None:
    admin = two.actor("admin")
    draft = create_draft(two.engine, admin, "fresh", name="新“流程”<1>")
    assert not any(f.is_error and f.article is None for f in draft_findings(two.engine, admin, draft.draft_id))
    with two.engine.store.read() as work:
        procedure = draft_procedure(two.engine, work, draft.draft_id)
        assert procedure is draft_procedure(two.engine, work, draft.draft_id)
    assert procedure.definition.name == "新“流程”<1>"
    for key in ("", "九", "a b", "x" * 80, "../x"):
        with pytest.raises(InvalidFile):
            create_draft(two.engine, admin, key)


def test_what_ships_does_not_undo_what_the_office_published(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    original = {file.path: file.content for file in in_force(two).files}  # type: ignore[union-attr]
    files = {path: content for path, content in original.items() if not path.startswith("shared/")}
    monkeypatch.setattr(shipped, "builtin_procedures", lambda: {KEY: files})
    own = published(two, a_draft(two))

    assert shipped.deploy_builtin(two.engine) == (own,)
    assert list_drafts(two.engine, two.actor("admin")) == ()
    files[DRAWING] = renamed("升级后的名称")
    for _ in range(2):
        assert shipped.deploy_builtin(two.engine) == (own,)
    (offered,) = list_drafts(two.engine, two.actor("admin"))
    assert "升级后的名称" in open_draft(two.engine, two.actor("admin"), offered.draft_id).files[DRAWING].decode()

    deploy_procedure(two.engine, None, KEY, files)
    files[DRAWING] = renamed("再升级")
    (newest,) = shipped.deploy_builtin(two.engine)
    assert newest.version == 4


def test_a_published_version_is_never_changed(either: World) -> None:
    version = published(either, a_draft(either))
    for statement in (
        "UPDATE definition SET sha256 = 'x'",
        "UPDATE definition_file SET content = ''",
    ):
        with pytest.raises(DatabaseError), either.engine.store.write() as work:
            work.studio._connection.exec_driver_sql(statement)  # type: ignore[attr-defined]
    assert in_force(either) == version
