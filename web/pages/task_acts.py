"""What can be done with a task beside completing it: each act a dialog, and a page where there is no script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as AnyResponse

from engine.cases.consequences import Consequence, consequences
from engine.cases.returning import Returns, return_task, returns_of
from engine.cases.withdrawing import withdraw_task
from engine.errors import Conflict, EngineError, Forbidden, InvalidState, Message
from engine.records.task import SignMode
from engine.records.task_desk import TaskDesk
from engine.records.views import TaskView
from engine.tasks.acting import LONGEST_TEXT
from engine.tasks.copies import copy_task
from engine.tasks.delegate import delegate_task, give_back_task, recall_task
from engine.tasks.desk import names_of, read_desk
from engine.tasks.following import follow_case, unfollow_case
from engine.tasks.read import open_task
from engine.tasks.signers import add_signers, remove_signer, sign
from engine.tasks.suspend import resume_task, suspend_task
from engine.tasks.transfer import transfer_task
from engine.tasks.urging import urge_task
from web.current import actor, engine, language
from web.errors import trouble_of
from web.frame import office_time
from web.i18n import text
from web.pages.people import offered
from web.task_page import task_page

task_acts = Blueprint("task_acts", __name__, url_prefix="/tasks")


@dataclass(frozen=True)
class Given:
    """What the dialog's form sent."""

    form: ImmutableMultiDict[str, str]

    def words(self, name: str) -> str:
        return self.form.get(name, "").replace("\r\n", "\n")[: LONGEST_TEXT + 1]

    @property
    def person(self) -> str:
        return self.form.get("person", "")

    @property
    def people(self) -> list[str]:
        return [person for person in self.form.getlist("people") if person]

    @property
    def mode(self) -> SignMode:
        try:
            return SignMode(self.form.get("mode", ""))
        except ValueError:
            raise InvalidState(Message("请选择何时签署。", "Choose when they are to sign.")) from None

    @property
    def until(self) -> datetime | None:
        """The office's midnight at which the chosen day begins."""
        chosen = self.form.get("until", "")
        if not chosen:
            return None
        try:
            return datetime.combine(date.fromisoformat(chosen), time(), office_time().zone)
        except ValueError:
            raise InvalidState(Message("恢复日期不对。请重新选择。", "This is no date. Choose it again.")) from None


@dataclass(frozen=True)
class Act:
    """`do` carries it out. `purpose` is for whom the picker looks. `leaves`: the task is somebody else's then."""

    do: Callable[[str, Given], None]
    purpose: str = ""
    leaves: bool = False
    icon: str = "arrow-right"


def _transfer(task_id: str, given: Given) -> None:
    transfer_task(engine(), actor(), task_id, given.person, given.words("reason"))


def _delegate(task_id: str, given: Given) -> None:
    delegate_task(engine(), actor(), task_id, given.person, given.words("reason"))


def _give_back(task_id: str, given: Given) -> None:
    give_back_task(engine(), actor(), task_id, given.words("reason"))


def _add_signers(task_id: str, given: Given) -> None:
    add_signers(engine(), actor(), task_id, given.people, mode=given.mode, request=given.words("reason"))


def _remove_signer(_task_id: str, given: Given) -> None:
    remove_signer(engine(), actor(), given.form.get("signer", ""), given.words("reason"))


def _return(task_id: str, given: Given) -> None:
    straight_back = given.form.get("straight_back") == "1"
    return_task(
        engine(),
        actor(),
        task_id,
        to=given.form.get("to", ""),
        reason=given.words("reason"),
        straight_back=straight_back,
    )


def _withdraw(task_id: str, given: Given) -> None:
    withdraw_task(engine(), actor(), task_id, given.words("reason"))


def _copy(task_id: str, given: Given) -> None:
    copy_task(engine(), actor(), task_id, given.people, given.words("reason"))


def _urge(task_id: str, given: Given) -> None:
    urge_task(engine(), actor(), task_id, given.words("reason"))


def _suspend(task_id: str, given: Given) -> None:
    suspend_task(engine(), actor(), task_id, given.words("reason"), given.until)


def _recall(task_id: str, _given: Given) -> None:
    recall_task(engine(), actor(), task_id)


def _resume(task_id: str, _given: Given) -> None:
    resume_task(engine(), actor(), task_id)


ACTS: Mapping[str, Act] = {
    "transfer": Act(_transfer, purpose="transfer", leaves=True, icon="arrow-left-right"),
    "delegate": Act(_delegate, purpose="delegate", icon="person-check"),
    "recall": Act(_recall, icon="arrow-return-left"),
    "give_back": Act(_give_back, leaves=True, icon="arrow-return-left"),
    "add_signers": Act(_add_signers, purpose="sign", icon="people"),
    "remove_signer": Act(_remove_signer, icon="person-dash"),
    "return": Act(_return, leaves=True, icon="arrow-90deg-left"),
    "withdraw": Act(_withdraw, leaves=True, icon="arrow-counterclockwise"),
    "copy": Act(_copy, purpose="copy", icon="send"),
    "urge": Act(_urge, icon="megaphone"),
    "suspend": Act(_suspend, icon="pause-circle"),
    "resume": Act(_resume, icon="play-circle"),
}


@dataclass(frozen=True)
class ActPage:
    """One act's dialog. `given` is what was typed and refused, `trouble` why."""

    act: str
    view: TaskView
    desk: TaskDesk
    offered: Sequence[Mapping[str, str]] = ()
    effects: Sequence[Consequence] = ()
    returns: Returns | None = None
    effects_to: Mapping[str, Sequence[Consequence]] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    trouble: str = ""


@task_acts.get("/<task_id>/acts/<act>")
def show(task_id: str, act: str) -> str:
    return _page(_act_page(task_id, act))


@task_acts.post("/<task_id>/acts/<act>")
def do(task_id: str, act: str) -> AnyResponse:
    known = ACTS.get(act) or abort(404)
    given = Given(request.form)
    try:
        known.do(task_id, given)
    except (InvalidState, Conflict, Forbidden) as error:
        return _refused(task_id, act, error)
    flash(text(f"act_done.{act}", language()))
    return redirect(url_for("inbox.index") if known.leaves else url_for("tasks.show", task_id=task_id))


@task_acts.post("/<task_id>/opinion")
def give_opinion(task_id: str) -> AnyResponse:
    opinion = Given(request.form).words("opinion")
    try:
        sign(engine(), actor(), task_id, request.form.get("verdict", ""), opinion)
    except (InvalidState, Conflict) as error:
        trouble = trouble_of(error)
        page = task_page(open_task(engine(), actor(), task_id), trouble=trouble.message, opinion=opinion)
        return make_response(page, trouble.status)
    flash(text("act_done.sign", language()))
    return redirect(url_for("inbox.index"))


@task_acts.post("/<task_id>/follow")
def follow(task_id: str) -> AnyResponse:
    case_id = open_task(engine(), actor(), task_id).case.case_id
    is_on = request.form.get("follow") == "1"
    (follow_case if is_on else unfollow_case)(engine(), actor(), case_id)
    flash(text("act_done.follow" if is_on else "act_done.unfollow", language()))
    return redirect(url_for("tasks.show", task_id=task_id))


def _refused(task_id: str, act: str, error: EngineError) -> AnyResponse:
    """The dialog again, as a page, with what was typed; the error's page where the task cannot be seen any more."""
    try:
        page = _act_page(task_id, act, trouble=error.message.in_language(language()))
    except EngineError:
        raise error from None
    return make_response(_page(page), trouble_of(error).status)


def _act_page(task_id: str, act: str, *, trouble: str = "") -> ActPage:
    known = ACTS.get(act) or abort(404)
    view = open_task(engine(), actor(), task_id)
    desk = read_desk(engine(), actor(), view.task, view.case)
    given = request.form.to_dict() | {"people": request.form.getlist("people")} if request.method == "POST" else {}
    if "signer" in request.args:
        given |= {"signer": request.args["signer"]}
    # nobody is looked for where the act is not offered anyway
    people = offered(known.purpose, task_id=task_id) if known.purpose and desk.may(act) else []
    returns: Returns | None = None
    effects: tuple[Consequence, ...] = ()
    effects_to: dict[str, tuple[Consequence, ...]] = {}
    if act == "return":
        returns = returns_of(engine(), actor(), task_id)
        names = names_of(engine(), [target.person for target in returns.targets])
        desk = replace(desk, people={**desk.people, **names})
        effects_to = {
            target.element_id: _effects(task_id, act, target.element_id) for target in returns.targets[:8]
        }
    else:
        effects = _effects(task_id, act)
    return ActPage(
        act=act,
        view=view,
        desk=desk,
        offered=people,
        effects=effects,
        returns=returns,
        effects_to=effects_to,
        given=given,
        trouble=trouble,
    )


def _effects(task_id: str, act: str, to: str | None = None) -> tuple[Consequence, ...]:
    """Nothing where it cannot be said: the act itself then says why."""
    try:
        return consequences(engine(), actor(), task_id, act, to=to)
    except (InvalidState, Conflict, Forbidden):
        return ()


def _page(page: ActPage) -> str:
    is_fragment = bool(request.headers.get("HX-Request"))
    return render_template(
        "acts/body.html" if is_fragment else "acts/page.html", page=page, icon=ACTS[page.act].icon
    )
