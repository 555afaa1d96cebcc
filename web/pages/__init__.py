"""One module a resource; each offers a blueprint."""

from web.pages.absences import absences
from web.pages.attachments import attachments
from web.pages.batch import batch
from web.pages.calendar import calendar_pages
from web.pages.case_acts import case_acts
from web.pages.case_comments import case_comments
from web.pages.case_links import case_links
from web.pages.case_merger import case_merger
from web.pages.case_print import case_print
from web.pages.cases import cases
from web.pages.deadlines import deadlines
from web.pages.definitions import definitions
from web.pages.deliveries import deliveries
from web.pages.feeds import feeds
from web.pages.handover import handovers
from web.pages.imports import imports
from web.pages.inbox import inbox_pages
from web.pages.incidents import incidents
from web.pages.messages import messages
from web.pages.monitor import monitor
from web.pages.moving import moving
from web.pages.operate import operate
from web.pages.operate_instance import instances
from web.pages.org import org
from web.pages.org_units import org_units
from web.pages.paper_templates import paper_templates
from web.pages.papers import papers
from web.pages.pausing import pausing
from web.pages.people import people
from web.pages.phrases import phrase_pages
from web.pages.preferences import preferences
from web.pages.profile import profile
from web.pages.public import public
from web.pages.recusal import recusals
from web.pages.register import register_pages
from web.pages.reports import reports
from web.pages.session import session_pages
from web.pages.starts import starts
from web.pages.studio import studio
from web.pages.studio_compare import studio_compare
from web.pages.studio_editor import studio_editor
from web.pages.studio_files import studio_files
from web.pages.studio_json import studio_json
from web.pages.studio_try import studio_try
from web.pages.studio_vocabulary import studio_vocabulary
from web.pages.tables import tables
from web.pages.task_acts import task_acts
from web.pages.tasks import tasks
from web.pages.timers import timers
from web.pages.views import view_pages
from web.pages.ways import way_pages

PAGES = (
    session_pages,
    preferences,
    inbox_pages,
    view_pages,
    batch,
    tasks,
    task_acts,
    people,
    phrase_pages,
    starts,
    register_pages,
    reports,
    imports,
    cases,
    case_acts,
    case_print,
    case_comments,
    case_links,
    case_merger,
    deadlines,
    pausing,
    attachments,
    paper_templates,
    papers,
    definitions,
    studio,
    studio_json,
    moving,
    studio_vocabulary,
    studio_editor,
    timers,
    monitor,
    calendar_pages,
    tables,
    incidents,
    operate,
    instances,
    messages,
    profile,
    way_pages,
    absences,
    org,
    org_units,
    handovers,
    public,
    recusals,
    feeds,
    deliveries,
    studio_compare,
    studio_files,
    studio_try,
)
