"""How outcomes of dry runs and migrations look and read, and their workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.cases.moving.read import RunView
from engine.deadlines.own import shown_rule
from engine.documents.sheets import Cell, Sheet
from engine.records.moving import MoveLine, Outcome, RunKind
from web.i18n import text

LIGHTS: Mapping[Outcome, str] = {
    Outcome.WAITING: "",
    Outcome.UNCHANGED: "ok",
    Outcome.MOVES: "blue",
    Outcome.CHOICE: "yellow",
    Outcome.CANNOT: "red",
    Outcome.MOVED: "ok",
    Outcome.REFUSED: "red",
    Outcome.UNDONE: "blue",
}
ICONS: Mapping[Outcome, str] = {
    Outcome.WAITING: "hourglass-split",
    Outcome.UNCHANGED: "check-circle-fill",
    Outcome.MOVES: "arrow-right",
    Outcome.CHOICE: "question-circle",
    Outcome.CANNOT: "exclamation-octagon-fill",
    Outcome.MOVED: "check-circle-fill",
    Outcome.REFUSED: "exclamation-octagon-fill",
    Outcome.UNDONE: "arrow-counterclockwise",
}
EFFECT_ICONS: Mapping[str, str] = {
    "kept": "check2",
    "rearmed": "arrow-clockwise",
    "closed": "x-lg",
    "new": "plus-lg",
}
ORDER: Mapping[RunKind, tuple[Outcome, ...]] = {
    RunKind.DRY: (Outcome.UNCHANGED, Outcome.MOVES, Outcome.CHOICE, Outcome.CANNOT, Outcome.WAITING),
    RunKind.REAL: (Outcome.MOVED, Outcome.REFUSED, Outcome.UNDONE, Outcome.WAITING),
}
_BY_REASON = frozenset({Outcome.CANNOT, Outcome.REFUSED})


@dataclass(frozen=True)
class Shared:
    """One thing that the cases of a group have in common: a place with what follows it, or a reason."""

    before: str
    after: str = ""
    is_reason: bool = False


def shared(outcome: Outcome, gist: str, lang: str) -> tuple[Shared, ...]:
    """What a gist says (`engine.cases.moving.told`)."""
    found = []
    for line in filter(None, gist.split("\n")):
        parts = [*line.split("\t"), "", ""]
        if outcome in _BY_REASON:
            found.append(Shared(parts[1] if lang == "en" and parts[1] else parts[0], is_reason=True))
        elif outcome is Outcome.CHOICE:
            found.append(Shared(parts[1] or parts[0]))
        else:
            found.append(Shared(parts[0], parts[1] if parts[1] != parts[0] else ""))
    return tuple(found)


def sheets(view: RunView, lines: Iterable[MoveLine], lang: str) -> list[Sheet]:
    """The workbook: groups with their counts, then every case, then every deadline."""
    every = list(lines)

    def head(*columns: tuple[str, int]) -> list[tuple[str, int]]:
        return [(text(f"moving_sheet.{key}", lang), width) for key, width in columns]

    groups: list[list[Cell]] = [
        [text(f"moving_outcome.{outcome.value}", lang), _told(outcome, gist, lang), many]
        for outcome, gist, many in view.groups
    ]
    return [
        Sheet(text("moving_sheet.groups", lang), head(("outcome", 14), ("what", 70), ("cases", 10)), groups),
        Sheet(
            text("moving_sheet.each_case", lang),
            head(("number", 24), ("title", 50), ("outcome", 14), ("what", 50), ("reason", 60)),
            list(_cases(every, lang)),
        ),
        Sheet(
            text("moving_sheet.deadlines", lang),
            head(("number", 24), ("rule", 10), ("deadline", 30), ("effect", 14), ("before", 18), ("after", 18)),
            list(_deadlines(every, lang)),
        ),
    ]


def reasons(detail: Mapping[str, object], lang: str) -> list[str]:
    """Why, in the reader's language: of the whole case, and of each place."""
    found = [*_listed(detail, "reasons"), *_listed(detail, "places")]
    words = [str(each.get(lang) or each.get("zh") or "") for each in found]
    return list(dict.fromkeys(filter(None, words)))


def _cases(lines: Iterable[MoveLine], lang: str) -> Iterator[list[Cell]]:
    for line in lines:
        item = line.item
        places = [p for p in _listed(item.detail, "places") if p.get("from_name")]
        what = "；".join(
            f"{p['from_name']} → {p['to_name']}" if p.get("to_name") else str(p["from_name"]) for p in places
        )
        yield [
            line.case_number or text("moving.hidden", lang),
            line.title or "",
            text(f"moving_outcome.{item.outcome.value}", lang),
            what,
            "；".join(reasons(item.detail, lang)),
        ]


def _deadlines(lines: Iterable[MoveLine], lang: str) -> Iterator[list[Cell]]:
    for line in lines:
        for deadline in _listed(line.item.detail, "deadlines"):
            yield [
                line.case_number or text("moving.hidden", lang),
                shown_rule(str(deadline["rule"])),
                deadline["name_en" if lang == "en" else "name"],
                text(f"moving_effect.{deadline['effect']}", lang),
                deadline["before"],
                deadline["after"],
            ]


def _told(outcome: Outcome, gist: str, lang: str) -> str:
    return "；".join(f"{s.before} → {s.after}" if s.after else s.before for s in shared(outcome, gist, lang))


def _listed(detail: Mapping[str, object], key: str) -> list[dict[str, Cell]]:
    found = detail.get(key)
    return found if isinstance(found, list) else []
