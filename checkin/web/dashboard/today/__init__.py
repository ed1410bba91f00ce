"""Today, the first page; a case's own page and what is done there; what needs reading."""

from checkin.web.dashboard.today.acts import acts
from checkin.web.dashboard.today.cases import cases
from checkin.web.dashboard.today.page import today
from checkin.web.dashboard.today.tasks import tasks

__all__ = ["acts", "cases", "tasks", "today"]
