"""Trying a draft: which version is played, and what is kept of a simulation. Cases are never touched."""

from __future__ import annotations

from engine.definitions.content import is_scenario
from engine.definitions.draft_source import draft_procedure
from engine.definitions.drafts import open_draft, save_draft
from engine.definitions.sources import load_procedure
from engine.errors import FieldError, InvalidForm, Message, NotFound
from engine.ports.engine import Engine
from engine.records.definition import Definition
from engine.records.org import Actor
from engine.records.studio import ProcedureDraft
from engine.simulation.model import Simulation
from engine.simulation.recording import checked_title, recorded, scenario_path
from engine.simulation.simulate import demand_player


def draft_to_play(engine: Engine, actor: Actor, draft_id: str) -> Definition:
    """The draft made ready to run. Raises Forbidden (audited), NotFound, InvalidDiagram with all findings."""
    demand_player(engine, actor, "try_draft", draft_id)
    with engine.store.read() as work:
        return draft_procedure(engine, work, draft_id).definition


def version_to_play(engine: Engine, actor: Actor, key: str, definition_id: str) -> Definition:
    """A version of this procedure to play beside the draft. Raises Forbidden (audited), NotFound."""
    demand_player(engine, actor, "try_draft", key)
    with engine.store.read() as work:
        found = load_procedure(work, definition_id).definition
    if found.key != key:
        said = Message("请选择同一流程的版本来对比。", "Choose a version of the same procedure to compare.")
        raise InvalidForm([FieldError("against", said)])
    return found


def check_recording(name: str, title: str) -> None:
    """Before minutes of play: whether it could be kept so. Raises InvalidForm."""
    scenario_path(name)
    checked_title(title)


def record_scenario(
    engine: Engine, actor: Actor, draft_id: str, simulation: Simulation, *, name: str, title: str
) -> ProcedureDraft:
    """Keeps a simulation in the draft as `scenarios/NAME.yaml`; one of that name is replaced.

    Raises Forbidden (audited), NotFound, InvalidForm, InvalidState, DraftConflict.
    """
    path = scenario_path(name)
    content = recorded(simulation, title, engine.settings.timezone)
    seen = open_draft(engine, actor, draft_id).draft.revision
    return save_draft(engine, actor, draft_id, seen=seen, put={path: content})


def scenario_text(engine: Engine, actor: Actor, draft_id: str, path: str) -> str:
    """A scenario of the draft as it is written. Raises Forbidden (audited), NotFound."""
    files = open_draft(engine, actor, draft_id).files
    if not is_scenario(path) or path not in files:
        raise NotFound(Message("情景", "scenario"), path[:80])
    return files[path].decode("utf-8", "replace")


def drop_scenario(engine: Engine, actor: Actor, draft_id: str, path: str, *, seen: int) -> ProcedureDraft:
    """Takes a scenario out of the draft; versions keep theirs. Raises NotFound, and as `save_draft`."""
    scenario_text(engine, actor, draft_id, path)
    return save_draft(engine, actor, draft_id, seen=seen, put={}, drop=[path])
