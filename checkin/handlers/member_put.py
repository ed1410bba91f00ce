"""One member is added or changed by another program: as one line of a file would do it, by the same rules."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.sheet import BadFile, write_sheet
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import people_imported, read_people


class BadMember(ValueError):
    """What was given cannot be used. `reasons`: each with the name of its field, a colon, and what is wrong."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def put_member(session: Session, handbook: Handbook, cells: Mapping[str, str], now: datetime, *, who: str) -> Report:
    """Write what the cells say, named as the columns of a file; what is not named stays. Raises BadMember."""
    try:
        file = read_people(Kind.MEMBERS, write_sheet(list(cells), [dict(cells)]).encode(), handbook, now)
    except BadFile as error:
        raise BadMember((str(error),)) from None
    if file.bad:
        raise BadMember(file.bad[0].reasons)
    report = people_imported(session, handbook, file, now, who=who, traced=False)
    if report.bad:
        raise BadMember(report.bad[0].reasons)
    return report
