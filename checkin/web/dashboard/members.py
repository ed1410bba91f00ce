"""Members: the list, with search, filters, order and pages. What is searched for is posted: it is in no address."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId
from checkin.store import members_shown, people
from checkin.store.directory import Directory, found
from checkin.store.members_shown import Filter, Order
from checkin.store.session import reading
from checkin.web.dashboard.door import Door, Need, by_htmx, go
from checkin.web.dashboard.language import _
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What of the list is wanted."""

    words: str
    filter: Filter
    order: Order
    page: int


def members(services: Services) -> Door:
    """The pages /members."""
    door, directory = Door("members", services), Directory()

    @door.get("/members", Need.WORDS)
    def members_page() -> ResponseReturnValue:
        return listed(Asked("", _filter(request.args), _order(request.args), _page(request.args)))

    @door.post("/members", Need.WORDS)
    def members_found() -> ResponseReturnValue:
        asked = Asked(
            request.form.get("words", "").strip()[:80], _filter(request.form), _order(request.form), _page(request.form)
        )
        if not asked.words and not by_htmx():
            return go(f"/members?filter={asked.filter}&order={asked.order}")
        return listed(asked)

    def listed(asked: Asked) -> ResponseReturnValue:
        now = services.now()
        with reading(services.engine) as session:
            numbers, total = _numbers(session, asked)
            rows = members_shown.shown(session, numbers)
        looked(services, "members listed", count=len(rows))
        pages = max(1, -(-total // PAGE))
        template = "members/_list.html" if by_htmx() else "members/members.html"
        return render_template(
            template, rows=rows, total=total, asked=asked, pages=pages, filters=_filters(), orders=_orders(), now=now
        )

    def _numbers(session: Session, asked: Asked) -> tuple[list[int], int]:
        """The members on this page, and how many there are on all of them."""
        me, now, start = signed(), services.now(), (asked.page - 1) * PAGE
        if asked.words and (phone := _phone(asked.words)):
            person = people.by_phone(session, phone)
            member = people.member_of(session, PersonId(person.id)) if person is not None else None
            numbers = [member.id] if member is not None and _is_shown(member.circle_id) else []
            return numbers, len(numbers)
        if asked.order is not Order.NAME and not asked.words and asked.filter is Filter.ALL:
            return members_shown.in_order(session, asked.order, me.shown, start, PAGE)
        entries = list(directory.by_name(session, me.shown, now))
        if asked.words:
            entries = found(entries, asked.words)
        if asked.filter is not Filter.ALL:
            left = members_shown.ids(session, asked.filter, me.shown, now)
            entries = [entry for entry in entries if entry.member in left]
        if asked.order is Order.JOINED:
            entries.sort(key=lambda entry: -entry.member)
        return [entry.member for entry in entries[start : start + PAGE]], len(entries)

    def _is_shown(circle: int) -> bool:
        me = signed()
        return me.shown is None or circle in me.shown

    def _phone(words: str) -> Any:
        if sum(sign.isdecimal() for sign in words) < 7:
            return None
        try:
            return parse_phone(words, services.settings.default_region)
        except BadPhone:
            return None

    return door


def _filter(given: Any) -> Filter:
    wanted = given.get("filter", "")
    return Filter(wanted) if wanted in set(Filter) else Filter.ALL


def _order(given: Any) -> Order:
    wanted = given.get("order", "")
    return Order(wanted) if wanted in set(Order) else Order.NAME


def _page(given: Any) -> int:
    wanted = given.get("page", "1")
    return max(1, int(wanted)) if wanted.isdecimal() and len(wanted) < 7 else 1


def _filters() -> list[tuple[Filter, str]]:
    return [
        (Filter.ALL, _("everybody")),
        (Filter.CASE, _("with an open case")),
        (Filter.CONCERN, _("words of need in the last week")),
        (Filter.SILENT, _("did not answer the last check-in")),
        (Filter.INVITED, _("invited, no answer yet")),
        (Filter.OUT, _("said stop: no longer watched")),
        (Filter.PAUSED, _("paused")),
        (Filter.RESTING, _("without a schedule")),
    ]


def _orders() -> list[tuple[Order, str]]:
    return [
        (Order.NAME, _("by name")),
        (Order.JOINED, _("newest first")),
        (Order.MISSES, _("most check-ins missed first")),
    ]
