"""One module a resource; each offers a blueprint."""

from web.pages.attachments import attachments
from web.pages.cases import cases
from web.pages.deadlines import deadlines
from web.pages.definitions import definitions
from web.pages.inbox import inbox_pages
from web.pages.incidents import incidents
from web.pages.messages import messages
from web.pages.preferences import preferences
from web.pages.profile import profile
from web.pages.register import register_pages
from web.pages.session import session_pages
from web.pages.starts import starts
from web.pages.tasks import tasks
from web.pages.timers import timers

PAGES = (
    session_pages,
    preferences,
    inbox_pages,
    tasks,
    starts,
    register_pages,
    cases,
    deadlines,
    attachments,
    definitions,
    timers,
    incidents,
    messages,
    profile,
)
