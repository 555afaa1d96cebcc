"""Importing a register: a dry run that lists every bad cell, then all lines or none.

Each line starts a case of the procedure, through the same form and the same step as the page that starts one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from engine.audit.record import record_event
from engine.cases.messages import deliver_sent
from engine.cases.start import check_entry, open_desk, write_entry
from engine.casework.categories import categories
from engine.documents.sheets import Sheet, read_rows, write_workbook
from engine.errors import InvalidForm, InvalidState, Message, StepFailed
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.report import RegisterImport
from engine.reports.columns import Options, columns_of, shape_of
from engine.reports.dry_run import HEADING_ROW, MOST_FAULTS, MOST_LINES, Fault, Line, form_faults, read_lines
from engine.values import Value

_WIDTH = 18
_WIDE = 40


@dataclass(frozen=True)
class DryRun:
    """`import_id` is to be confirmed; None where there are faults, of which at most MOST_FAULTS are listed."""

    name: str
    lines: int
    faults: tuple[Fault, ...]
    fault_count: int
    import_id: str | None
    titles: tuple[str, ...] = ()


def import_template(engine: Engine, actor: Actor, procedure: str) -> bytes:
    """A workbook to fill in: the headings, and a sheet that says what each column takes. Raises as `dry_run`."""
    desk = open_desk(engine, actor, procedure)
    columns = columns_of(desk.schema, _options(engine))
    wide = {"textarea"}
    headings = [
        (f"{c.heading}{'*' if c.is_required else ''}", _WIDE if c.kind in wide else _WIDTH) for c in columns
    ]
    told = [
        (c.heading, "必填" if c.is_required else "", shape_of(c).zh, str(c.field.get("description") or ""))
        for c in columns
    ]
    notes = [
        (f"每行一件，从第 {HEADING_ROW + 1} 行填起，一次最多 {MOST_LINES} 行。", "", "", ""),
        ("信访人的姓名、联系方式等加密保存；导入完成后请妥善保管或删除本文件。", "", "", ""),
    ]
    sheets = [
        Sheet(desk.version.outline.name, headings, []),
        Sheet("填写说明", [("列", _WIDTH), ("", 8), ("可以填写", _WIDE), ("说明", _WIDE)], [*told, *notes]),
    ]
    return write_workbook(sheets, engine.settings.timezone)


def dry_run(engine: Engine, actor: Actor, procedure: str, name: str, content: bytes) -> DryRun:
    """Reads and checks the sheet; where nothing is wrong it is kept, sealed, for the confirmation.

    Raises NotFound, Forbidden (audited) where the actor may not start the procedure, InvalidFile for what is no
    such sheet.
    """
    now = engine.clock.now()
    desk = open_desk(engine, actor, procedure)
    columns = columns_of(desk.schema, _options(engine))
    most_columns = len(columns) + 20
    rows = read_rows(name, content, most_rows=MOST_LINES + HEADING_ROW, most_columns=most_columns)
    reading = read_lines(rows, columns)
    faults = [*reading.faults, *form_faults(engine, actor, desk, reading, now)]
    with engine.store.read() as work:
        prints = work.reports.fingerprints([line.data for line in reading.lines])
        known = work.reports.known_submissions([_key(procedure, print_) for print_ in prints])
    bad = {fault.line for fault in reading.faults}  # of those it is not known what they say
    faults += (fault for fault in _repeated(procedure, reading.lines, prints, known) if fault.line not in bad)
    faults.sort(key=Fault.place)
    titles = tuple(str(line.data.get("title", "")) for line in reading.lines)
    if faults:
        return DryRun(name, len(reading.lines), tuple(faults[:MOST_FAULTS]), len(faults), None, titles)
    lines = [line.data for line in reading.lines]
    waiting = RegisterImport(str(uuid4()), actor.person_id, procedure, name, now, lines)
    with engine.store.write() as work:
        work.reports.save_import(waiting)
    return DryRun(name, len(lines), (), 0, waiting.import_id, titles)


def confirm_import(engine: Engine, actor: Actor, procedure: str, import_id: str) -> int:
    """Starts a case for every line, all in one transaction; returns how many.

    Raises InvalidState where the import is gone (done already, too old, replaced by a later one), InvalidForm where
    the form has changed meanwhile, Forbidden, StepFailed naming the line: nothing is kept then, but the import.
    """
    now = engine.clock.now()
    desk = open_desk(engine, actor, procedure)
    batches = []
    with engine.store.write() as work:
        waiting = work.reports.take_import(import_id, actor.person_id)
        if waiting is None or waiting.procedure != procedure:
            raise _gone()
        prints = work.reports.fingerprints(waiting.lines)
        for index, (line, print_) in enumerate(zip(waiting.lines, prints, strict=True), start=1):
            key = _key(waiting.procedure, print_)
            if work.cases.by_submission_key(key) is not None:
                raise _already(index)
            try:
                entry = check_entry(engine, actor, desk, line, now)
                batches.append(write_entry(engine, work, actor, entry, submission_key=key, now=now))
            except (InvalidForm, StepFailed) as error:
                raise _failed(index, str(line.get("title", "")), error.message) from error
        detail = {"procedure": waiting.procedure, "file": waiting.name, "lines": len(batches)}
        record_event(work, "RegisterImported", detail, actor=actor.person_id, at=now)
    for batch in batches:
        deliver_sent(engine, batch)
    return len(batches)


def _repeated(
    procedure: str, lines: Sequence[Line], prints: Sequence[str], known: dict[str, str]
) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for line, print_ in zip(lines, prints, strict=True):
        earlier = first.setdefault(print_, line.number)
        number = known.get(_key(procedure, print_))
        if earlier != line.number:
            zh, en = (
                f"与第 {earlier} 行完全相同。请删去一行。",
                f"is the same as line {earlier}. Delete one of them.",
            )
            yield Fault(line.number, "", "", Message(zh, en))
        elif number is not None:
            zh = f"这一行已经导入过（{number}）。请删去这一行。"
            yield Fault(line.number, "", "", Message(zh, f"has been imported before ({number}). Delete this line."))


def _key(procedure: str, fingerprint: str) -> str:
    """A case's submission key: the same line starts one case, whoever imports it again."""
    return f"import:{procedure}:{fingerprint}"


def _options(engine: Engine) -> Options:
    with engine.store.read() as work:
        units: dict[str, Value] = {unit.name: unit.code for unit in work.org.units()}
    return {"units": units, "all_units": units, "categories": {c.name: c.code for c in categories()}}


def _gone() -> InvalidState:
    return InvalidState(
        Message(
            "这次导入已经完成、过期或被后来上传的文件取代。请到登记簿核对，需要时重新上传。",
            "This import is done, too old, or replaced by a later file. Look at the register; upload again if you "
            "need to.",
        )
    )


def _already(index: int) -> InvalidState:
    return InvalidState(
        Message(
            f"第 {index} 件刚刚已由他人导入，本次没有导入任何一件。请重新上传，按提示删去重复的行。",
            f"Item {index} has just been imported by somebody else; nothing was imported. Upload the sheet again.",
        )
    )


def _failed(index: int, title: str, why: Message) -> InvalidState:
    return InvalidState(
        Message(
            f"第 {index} 件“{title}”没有办成：{why.zh} 本次没有导入任何一件。",
            f"Item {index} “{title}” failed: {why.en} Nothing was imported.",
        )
    )
