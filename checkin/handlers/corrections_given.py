"""Coordinators' corrections of readings as rows by which the reader can be tested: nobody can be told from them.

A row goes nowhere by itself: an admin looks at them and takes them out as a file (field rule R65: no member's words to
anybody else without a decision that is written down).
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from checkin.domain.nobody_named import nobody_named, tokens_of
from checkin.domain.terms import Level
from checkin.store import system
from checkin.store.session import Act, reading
from checkin.store.tables import CorrectionRow, InboundRow, PersonRow

COLUMNS = ("text", "level", "lang", "category", "source", "licence", "read_as")
"""As sets of texts for the reader have them (`level` is what is right), and how it was read."""

_ORIGIN = ("correction", "coordinators", "not to be given on")
_LEVELS = {Level.CRISIS: "CRISIS", Level.DISTRESS: "DISTRESS", Level.CONCERN: "GREY", Level.OK: "OK"}
"""A concern is what need not be distress and must not be crisis: GREY."""


@dataclass(frozen=True)
class Corrected:
    """A text that was read otherwise than a coordinator says. `text`: without numbers and names."""

    number: int
    text: str
    language: str
    read_as: Level
    should_be: Level
    at: datetime


@dataclass(frozen=True)
class Corrections:
    """Those whose text is still kept, oldest first; `without_words`: how many have been deleted with time."""

    rows: Sequence[Corrected]
    without_words: int


def corrections(session: Session) -> Corrections:
    """The newest correction of each text that has one."""
    newest = select(func.max(CorrectionRow.id)).group_by(CorrectionRow.inbound_id)
    query = (
        select(CorrectionRow, InboundRow, PersonRow.language)
        .join(InboundRow, InboundRow.id == CorrectionRow.inbound_id)
        .join(PersonRow, PersonRow.id == InboundRow.person_id)
        .where(CorrectionRow.id.in_(newest))
        .order_by(CorrectionRow.id)
    )
    found = session.execute(query).all()
    names = tokens_of(session.scalars(select(PersonRow.name))) if found else frozenset()
    rows = [
        Corrected(
            row.id, nobody_named(text.body, names), language, Level(text.level), Level(row.level), row.at
        )
        for row, text, language in found
        if text.body
    ]  # fmt: skip
    return Corrections(rows, len(found) - len(rows))


def corrections_looked_at(engine: Engine, act: Act, who: str, now: datetime, *, taken: bool) -> Corrections:
    """The same; that they were listed, or taken out as a file, is in the access log before anybody has them."""
    with reading(engine) as session:
        found = corrections(session)
    what = "corrections exported" if taken else "corrections listed"
    act(lambda session: system.audit(session, who, what, now, count=len(found.rows)))
    return found


def corrections_file(found: Corrections) -> str:
    """The same as CSV."""
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(COLUMNS)
    for row in found.rows:
        level, read_as = _LEVELS[row.should_be], _LEVELS[row.read_as]
        sheet.writerow(
            [_cell(row.text), level, row.language, "correction", "coordinators", "not to be given on", read_as]
        )
    return text.getvalue()


def _cell(text: str) -> str:
    """One line; and nothing that a spreadsheet would take for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line[:1] in ("=", "+", "-", "@") else line
