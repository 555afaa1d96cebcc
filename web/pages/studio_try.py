"""Trying a draft: played on the real calendar beside its drawing, held to its scenarios, kept as one of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from engine.definitions.drafts import open_draft
from engine.definitions.read import list_definitions
from engine.definitions.studio_read import read_draft
from engine.errors import EngineError, InvalidDiagram, InvalidForm
from engine.kernel.diagram import read_diagram
from engine.org.people import list_people
from engine.records.definition import Definition
from engine.scenarios.errors import InvalidScenario
from engine.scenarios.load import read_scenario
from engine.scenarios.model import Scenario
from engine.simulation.drafts import (
    check_recording,
    draft_to_play,
    drop_scenario,
    record_scenario,
    scenario_text,
    version_to_play,
)
from engine.simulation.from_scenario import answers_of, done_in
from engine.simulation.model import Answers, Delay
from engine.simulation.trying import Trial, scenario_files
from web.current import actor, engine, language, now
from web.form_page import shown_errors
from web.i18n import text
from web.try_asked import AWAY_ROWS, PACES, Asked, Given, key_of, packed, read_asked, shown, usual_start
from web.try_jobs import Job, Played, PlayJob, ScenarioJob
from web.try_timeline import days_of, differences
from web.working import worked

studio_try = Blueprint("studio_try", __name__, url_prefix="/studio")

LINES = "application/x-ndjson"
PEOPLE_KINDS = frozenset({"userTask", "manualTask"})


@studio_try.get("/<draft_id>/try")
def show(draft_id: str) -> str:
    return _page(draft_id)


@studio_try.post("/<draft_id>/try")
def play(draft_id: str) -> AnyResponse:
    """Plays; told line by line to the page's script, as a whole page without it."""

    def prepare() -> tuple[Job, Callable[[Any], Mapping[str, Any]]]:
        asked = _asked()
        return _play_job(draft_id, asked), lambda played: _result(draft_id, asked, played)

    return _answer(draft_id, prepare, "studio/try_result.html")


@studio_try.post("/<draft_id>/try/scenarios")
def scenarios(draft_id: str) -> AnyResponse:
    """Plays the draft's scenarios, or the one that is asked for."""

    def prepare() -> tuple[Job, Callable[[Any], Mapping[str, Any]]]:
        files = scenario_files(open_draft(engine(), actor(), draft_id).files)
        only = request.form.get("only", "")
        files = {path: content for path, content in files.items() if only in {"", path}}
        given = draft_to_play(engine(), actor(), draft_id)
        return ScenarioJob(engine(), actor(), given, files), lambda done: _trials(draft_id, given, done)

    return _answer(draft_id, prepare, "studio/try_trials.html")


@studio_try.post("/<draft_id>/try/record")
def record(draft_id: str) -> AnyResponse:
    """The same play once more, kept as a scenario of the draft; told line by line to a script."""
    name, title = request.form.get("name", "").strip(), request.form.get("title", "").strip()
    there = url_for("studio_try.show", draft_id=draft_id, recorded=name, _anchor="scenarios")

    def prepare() -> tuple[Job, Callable[[Any], Mapping[str, Any]]]:
        asked = _asked()
        check_recording(name, title)
        return _play_job(draft_id, asked, alone=True), keep

    def keep(played: Played) -> Mapping[str, Any]:
        record_scenario(engine(), actor(), draft_id, played.draft, name=name, title=title)
        return {"go": there}

    if _by_lines():
        return Response(stream_with_context(_lines(prepare, None)), mimetype=LINES)
    try:
        job, kept = prepare()
        kept(_whole(job))
    except InvalidForm as error:
        return make_response(_page(draft_id, wrong=shown_errors(error.errors)), 422)
    return redirect(there)


@studio_try.get("/<draft_id>/try/scenario")
def scenario(draft_id: str) -> str:
    """The scenario that `path` names, by lines."""
    path = request.args.get("path", "")
    written = scenario_text(engine(), actor(), draft_id, path)
    try:
        known = read_scenario(written.encode(), path, engine().settings.timezone)
    except InvalidScenario:
        known = None
    page = read_draft(engine(), actor(), draft_id, checking=False)
    return render_template("studio/scenario.html", page=page, path=path, scenario=known, lines=written.splitlines())


@studio_try.post("/<draft_id>/try/scenario/removal")
def drop(draft_id: str) -> AnyResponse:
    path, seen = request.form.get("path", ""), request.form.get("revision", default=0, type=int)
    drop_scenario(engine(), actor(), draft_id, path, seen=seen)
    flash(text("studio_try.dropped", language(), path=path))
    return redirect(url_for("studio_try.show", draft_id=draft_id, _anchor="scenarios"))


@studio_try.get("/<draft_id>/try/drawing.bpmn")
def drawing(draft_id: str) -> Response:
    """The draft's own drawing, for the viewer."""
    view = open_draft(engine(), actor(), draft_id)
    response = Response(view.files.get(f"{view.draft.key}.bpmn", b""), mimetype="application/xml")
    response.headers["Content-Disposition"] = "attachment"
    return response


def _asked() -> Asked:
    return read_asked(request.form, engine().settings.timezone, now())


def _answer(
    draft_id: str, prepare: Callable[[], tuple[Job, Callable[[Any], Mapping[str, Any]]]], template: str
) -> AnyResponse:
    """The result: line by line for a script, as a whole page without one."""
    if _by_lines():
        return Response(stream_with_context(_lines(prepare, template)), mimetype=LINES)
    try:
        job, shows = prepare()
        context = {"asked": _asked() if "start" in request.form else None, **shows(_whole(job))}
        return make_response(_page(draft_id, **context))
    except InvalidForm as error:
        return make_response(_page(draft_id, wrong=shown_errors(error.errors)), 422)


def _by_lines() -> bool:
    return request.accept_mimetypes.best == LINES


def _lines(
    prepare: Callable[[], tuple[Job, Callable[[Any], Mapping[str, Any]]]], template: str | None
) -> Iterator[str]:
    """What is told on the way, then the result: a part of the page, or what `prepare` says where there is none."""
    try:
        job, shows = prepare()
        for kind, what in worked(job):
            if kind == "told":
                yield _line(what)
            else:
                shown = shows(what)
                yield _line({"html": render_template(template, **shown)} if template else shown)
    except EngineError as error:
        yield _line({"error": _said(error)})


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _said(error: EngineError) -> str:
    if isinstance(error, InvalidDiagram):
        return text("studio_try.draft_has_errors", language(), n=sum(f.is_error for f in error.findings))
    return error.message.in_language(language())


def _whole(job: Job) -> Any:
    """The result alone, however long it takes."""
    return next(what for kind, what in worked(job) if kind == "done")


def _play_job(draft_id: str, asked: Asked, *, alone: bool = False) -> PlayJob:
    """Everything is looked up here, within the request; the job itself only plays."""
    given = draft_to_play(engine(), actor(), draft_id)
    against = version_to_play(engine(), actor(), given.key, asked.against) if asked.against and not alone else None
    answers = asked.answers(_basis(draft_id, asked))
    return PlayJob(engine(), actor(), given, against, asked, answers)


def _basis(draft_id: str, asked: Asked) -> Answers | None:
    """The answers of the scenario that was chosen; none where it is gone or cannot be read."""
    found = dict(_scenarios(draft_id)).get(asked.basis)
    if found is None:
        return None
    usernames = {person.username for person in list_people(engine(), actor())}
    return answers_of(found, asked.start.date(), Delay(asked.pace, "W"), usernames)


def _scenarios(draft_id: str) -> Iterator[tuple[str, Scenario | None]]:
    """By path; None where the file cannot be read."""
    files = scenario_files(open_draft(engine(), actor(), draft_id).files)
    for path, content in files.items():
        try:
            yield path, read_scenario(content, path, engine().settings.timezone)
        except InvalidScenario:
            yield path, None


def _page(draft_id: str, asked: Asked | None = None, **more: Any) -> str:
    page = read_draft(engine(), actor(), draft_id, checking=False)
    found = list(_scenarios(draft_id))
    context: dict[str, Any] = {"wrong": (), "result": None, "compared": None, "trials": None, **more}
    return render_template(
        "studio/try.html",
        page=page,
        asked=asked or _usual(found),
        scenarios=found,
        versions=[d for d in list_definitions(engine(), actor()) if d.key == page.draft.key],
        people=[person for person in list_people(engine(), actor()) if person.active],
        paces=PACES,
        away_rows=AWAY_ROWS,
        recorded=dict(found).get(f"scenarios/{request.args.get('recorded', '')}.yaml"),
        **context,
    )


def _usual(found: list[tuple[str, Scenario | None]]) -> Asked:
    """From this morning on, with the answers of the scenario that goes furthest."""
    readable = [(path, scenario) for path, scenario in found if scenario is not None]
    furthest = max(readable, key=lambda pair: done_in(pair[1]), default=None)
    start = usual_start(now(), engine().settings.timezone)
    return Asked(start, basis=furthest[0] if furthest else "")


def _result(draft_id: str, asked: Asked, played: Played) -> dict[str, Any]:
    zone, lang = engine().settings.timezone, language()
    processes = {act.procedure for act in played.draft.acts} - {played.draft.procedure}
    drawings = {d.key: d.definition_id for d in list_definitions(engine(), actor()) if d.is_current}
    island = {
        "urls": {
            played.draft.procedure: url_for("studio_try.drawing", draft_id=draft_id),
            **{
                key: url_for("definitions.diagram", definition_id=drawings[key])
                for key in sorted(processes & drawings.keys())
            },
        },
        "own": played.draft.procedure,
        "texts": _texts(),
    }
    return {
        "asked": asked,
        "result": played.draft,
        "compared": played.against,
        "days": days_of(played.draft, lang, zone),
        "other_days": days_of(played.against, lang, zone) if played.against else (),
        "differs": differences(played.against, played.draft, lang, zone) if played.against else (),
        "island": island,
        "blocked": "、".join(dict.fromkeys(act.name for act in played.draft.acts if not act.username)),
        "staff": [person for person in list_people(engine(), actor()) if person.active],
        "given_of": lambda act: asked.given.get((key_of(act), act.nth), Given()),
        "packed": lambda act: packed(act, asked.given.get((key_of(act), act.nth))),
        "shown_value": shown,
        "person_names": {person.username: person.name for person in list_people(engine(), actor())},
        "open_form_paces": PACES,
    }


def _trials(draft_id: str, given: Definition, done: list[Trial]) -> dict[str, Any]:
    content = next(file.content for file in given.files if file.path == f"{given.key}.bpmn")
    elements = read_diagram(content).elements
    steps = {id_: e.name or id_ for id_, e in elements.items() if e.kind in PEOPLE_KINDS}
    passed = frozenset[str]().union(*(trial.passed for trial in done))
    faults = {fault.element for trial in done for fault in trial.faults if fault.element}
    played = {trial.path for trial in done}
    return {
        "trials": done,
        "unplayed": [pair for pair in _scenarios(draft_id) if pair[0] not in played],
        "names": {id_: e.name or id_ for id_, e in elements.items()},
        "never": {id_: name for id_, name in steps.items() if id_ not in passed},
        "n_steps": len(steps),
        "trial_island": {
            "url": url_for("studio_try.drawing", draft_id=draft_id),
            "texts": _texts(),
            "passed": sorted(passed & elements.keys()),
            "faults": sorted(faults),
        },
    }


def _texts() -> dict[str, str]:
    names = ("open_here", "late_here", "failed_drawing", "no_drawing", "passed_here", "fault_here")
    return {name: text(f"studio_try.{name}", language()) for name in names}
