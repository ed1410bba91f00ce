"""Members: list, look for, add, change, pause, opt out. By the rules by which a file of members comes in."""

from datetime import datetime

from checkin.domain.consent import Consent, How
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.scopes import Scope
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.member_erased import CannotErase, erase_member
from checkin.handlers.member_put import BadMember, put_member
from checkin.handlers.members_kept import paused_by
from checkin.store import pages, people, system
from checkin.store.people import Known
from checkin.store.tables import PersonRow, VolunteerRow
from checkin.web.api.member_values import (
    Member,
    MemberChange,
    MemberPage,
    MemberQuery,
    NewMember,
    NumberSought,
    OptOut,
    Pause,
    cells_of,
    member_shown,
)
from checkin.web.api.operation import Asked, Operations
from checkin.web.api.problems import FieldProblem, Problem, bad_field, bad_fields, not_found, sentence
from checkin.web.api.values import page

members = Operations("Members")


@members.get("/members", Scope.MEMBERS_READ, MemberPage, query=MemberQuery)
def list_members(asked: Asked) -> MemberPage:
    """Members, in parts. That each was looked at is recorded."""
    query: MemberQuery = asked.query
    found = pages.members(
        asked.session,
        asked.circles(query.circle),
        query.after,
        query.limit,
        asked.now,
        consent=Consent(query.consent) if query.consent is not None else None,
        channel=query.channel,
        language=query.language,
        paused=query.paused,
    )
    asked.saw(known.person.id for known in found[: query.limit])
    shown: MemberPage = page(MemberPage, [member_shown(known, asked.key) for known in found], query.limit)
    return shown


@members.get("/members/{member}", Scope.MEMBERS_READ, Member, tagged=True, problems=(404,))
def get_member(asked: Asked) -> Member:
    """One member. That they were looked at is recorded."""
    return _shown(asked, known_member(asked))


@members.post("/members/search", Scope.MEMBERS_READ, MemberPage, body=NumberSought, writes=False)
def search_members(asked: Asked) -> MemberPage:
    """The member who has this number, if there is one. A question by POST, so that no number stands in an address."""
    phone = _phone(asked, asked.body.phone)
    person = people.by_phone(asked.session, phone)
    member = people.member_of(asked.session, PersonId(person.id)) if person is not None else None
    if member is None or not asked.key.answers_for(member.circle_id):
        return MemberPage(items=[], next=None)
    known = pages.member(asked.session, member.id)
    return MemberPage(items=[_shown(asked, known)] if known is not None else [], next=None)


@members.post("/members", Scope.MEMBERS_WRITE, Member, body=NewMember, status=201, tagged=True, problems=(409,))
def add_member(asked: Asked) -> Member:
    """Add a member. Without consent they are invited first, and get nothing else until they agree."""
    given: NewMember = asked.body
    phone = _phone(asked, given.phone)
    _require_new(asked, phone)
    number = given.circle if "circle" in given.model_fields_set else _only_circle(asked)
    circle = _circle(asked, number)
    made = _put(asked, {"phone": phone, **cells_of(asked, given, circle, _buddy(asked, given))})
    asked.headers["Location"] = f"/api/v1/members/{made.id}"
    return made


@members.patch("/members/{member}", Scope.MEMBERS_WRITE, Member, body=MemberChange, tagged=True, problems=(404, 412))
def change_member(asked: Asked) -> Member:
    """Change what is named; the rest stays. Give If-Match with the ETag that you read, so that no change is lost."""
    known, given = known_member(asked), asked.body
    asked.require_match(member_shown(known, asked.key))
    circle = _circle(asked, given.circle) if "circle" in given.model_fields_set else None
    return _put(asked, {"phone": known.person.phone, **cells_of(asked, given, circle, _buddy(asked, given))})


@members.post("/members/{member}/pause", Scope.MEMBERS_WRITE, Member, body=Pause, tagged=True, problems=(404, 409))
def pause_member(asked: Asked) -> Member:
    """Ask a member nothing until then. What is open is called off."""
    known_member(asked)
    if asked.body.until <= asked.now:
        raise bad_field("until", "It is not in the future")
    _require_schedule(asked)
    _pause(asked, asked.body.until)
    return _shown(asked, known_member(asked))


@members.post("/members/{member}/resume", Scope.MEMBERS_WRITE, Member, tagged=True, problems=(404, 409))
def resume_member(asked: Asked) -> Member:
    """Ask a member again from now on, by their schedule."""
    _require_schedule(asked)
    _pause(asked, None)
    return _shown(asked, known_member(asked))


@members.post("/members/{member}/opt-out", Scope.MEMBERS_WRITE, Member, body=OptOut, tagged=True, problems=(404,))
def opt_member_out(asked: Asked) -> Member:
    """A member wants no more contact. It is confirmed to them once, and a coordinator gets a task: STOP is not "well".

    A second time changes nothing. They come back by their own word alone, or by a consent that is later than this.
    """
    person = known_member(asked).person
    opt_out(asked.session, asked.services.handbook, person, How.API, asked.body.wording or "", asked.now)
    system.audit(asked.session, asked.key.who, "member opted out", asked.now, person=person.id)
    return _shown(asked, known_member(asked))


@members.delete("/members/{member}", Scope.MEMBERS_ERASE, problems=(404, 409))
def erase_one_member(asked: Asked) -> None:
    """Erase a member for good: their number, name and every word, everywhere. What stays counts, and names nobody.

    A fingerprint of the number stays, so that nobody texts it again before its owner texts START. While they have an
    open case, or are on the line, it is refused with 409.
    """
    known = known_member(asked)
    if known.member is None:
        raise not_found("member")
    try:
        erase_member(asked.session, asked.services.handbook, known.member.id, asked.key.who, asked.now)
    except CannotErase as error:
        raise Problem(409, error.why.value, str(error)) from None


# --- shared -----------------------------------------------------------------------------------------------------------


def known_member(asked: Asked) -> Known:
    """The member whose id stands in the address. Raises Problem, too for one of another circle."""
    known = pages.member(asked.session, asked.ids["member"])
    if known is None or known.member is None or not asked.key.answers_for(known.member.circle_id):
        raise not_found("member")
    return known


def put_cells(asked: Asked, cells: dict[str, str]) -> None:
    """Write one line, by the rules of a file. Raises Problem that names the fields."""
    try:
        put_member(asked.session, asked.services.handbook, cells, asked.now, who=asked.key.who)
    except BadMember as error:
        raise bad_fields([_field_problem(reason) for reason in error.reasons]) from None
    asked.session.flush()


_FIELDS = {"consent_source": "consent.source", "consent_at": "consent.at"}


def _field_problem(reason: str) -> FieldProblem:
    name, found, words = reason.partition(": ")
    if not found:
        name, words = "body", reason
    return FieldProblem(field=_FIELDS.get(name, name), place="body", detail=sentence(words))


def _shown(asked: Asked, known: Known) -> Member:
    asked.saw([known.person.id])
    return member_shown(known, asked.key)


def _put(asked: Asked, cells: dict[str, str]) -> Member:
    put_cells(asked, cells)
    known = people.known_by_phone(asked.session, [Phone(cells["phone"])])[Phone(cells["phone"])]
    if known.member is None:
        raise LookupError(f"person {known.person.id} is no member")
    asked.ids["member"] = known.member.id
    return _shown(asked, known_member(asked))


def _pause(asked: Asked, until: datetime | None) -> None:
    """Let their check-ins rest until then, or (None) go on."""
    paused_by(asked.session, asked.services.handbook, asked.ids["member"], until, asked.key.who, asked.now)
    asked.session.flush()


def _require_schedule(asked: Asked) -> None:
    if known_member(asked).schedule is None:
        raise Problem(409, "no_schedule", "This member has no schedule, so there is nothing to pause.")


def _phone(asked: Asked, given: str) -> Phone:
    try:
        return parse_phone(given, asked.services.handbook.region)
    except BadPhone as error:
        raise bad_field("phone", str(error)) from None


def _require_new(asked: Asked, phone: Phone) -> None:
    """A member is added once. Nobody who belongs to a circle of others is changed by being added."""
    known = people.known_by_phone(asked.session, [phone]).get(phone)
    if known is None:
        return
    if known.member is not None:
        here = asked.key.answers_for(known.member.circle_id)
        where = f" Their id is {known.member.id}." if here else ""
        raise Problem(409, "is_member", f"Somebody with this number is a member already.{where}")
    roles = [each.circle_id for each in (known.volunteer, known.coordinator) if each is not None]
    if not all(asked.key.answers_for(circle) for circle in roles):
        raise Problem(409, "is_known", "Somebody with this number has a part in another circle; ask an admin.")


def _only_circle(asked: Asked) -> int:
    if asked.key.circles is not None and len(asked.key.circles) == 1:
        return next(iter(asked.key.circles))
    raise bad_field("circle", "It is missing; this key is for several circles")


def _circle(asked: Asked, number: int) -> str:
    """The name of a circle that the key is for."""
    circle = people.circle_by_id(asked.session, number) if asked.key.answers_for(number) else None
    if circle is None:
        raise bad_field("circle", "This key is for no such circle")
    return circle.name


def _buddy(asked: Asked, given: MemberChange) -> Phone | None:
    """The number of the volunteer who is named."""
    if given.buddy is None:
        return None
    volunteer = asked.session.get(VolunteerRow, given.buddy)
    if volunteer is None or not asked.key.answers_for(volunteer.circle_id):
        raise bad_field("buddy", "This key is for no such volunteer")
    return Phone(asked.session.get_one(PersonRow, volunteer.person_id).phone)
