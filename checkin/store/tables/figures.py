"""Kept sums of what happened, by circle and day: results of a year are read from few rows."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class DayFigureRow(Row):
    """How often one thing happened in one circle, on one day or (`span` month) in one whole month.

    `what` and `part` are those of `domain/results`; `people` stands beside them: different members who were asked.
    Days are those of the zone under which they were counted. Made anew whenever a day is counted: nothing else
    writes here.
    """

    __tablename__ = "day_figure"
    __table_args__ = (Index("ix_day_figure_span_month_circle_id", "span", "month", "circle_id"),)
    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    month: Mapped[date] = mapped_column(Date)
    count: Mapped[int] = mapped_column(BigInteger)


class CountedDayRow(Row):
    """One day, and when it is counted (again). `counted_at` null: not yet, so that it is counted when looked at.

    `zone`: whose day it was. Under another zone it is another day, and counted anew.
    """

    __tablename__ = "counted_day"
    __table_args__ = (Index("ix_counted_day_next_action_at", "next_action_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, unique=True)
    zone: Mapped[str] = mapped_column(String(60))
    counted_at: Mapped[datetime | None]
    next_action_at: Mapped[datetime | None]


class CountedMonthRow(Row):
    """A month of which every day is counted, and whose sums are kept."""

    __tablename__ = "counted_month"
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    zone: Mapped[str] = mapped_column(String(60))
