"""A member as other programs see one, and as they send one."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from checkin.domain.consent import Consent
from checkin.domain.scopes import Scope
from checkin.domain.terms import Phone
from checkin.handlers.people_files.cells import NOTHING
from checkin.handlers.people_listed import masked
from checkin.store.people import Known
from checkin.web.api.operation import Asked, Key
from checkin.web.api.values import CirclePageQuery, Id, Model, Moment, Page, Words

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
Topic = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^;\x00-\x1f\x7f]+$", strict=True)]
Number = Annotated[str, StringConstraints(min_length=3, max_length=30, pattern=r"^[^\x00-\x1f\x7f]+$", strict=True)]


class ConsentShown(Model):
    """The newest consent record. `none`: there is none, and nothing is sent."""

    state: Literal["none", "invited", "in", "out"]
    how: str | None
    at: Moment | None


class ScheduleShown(Model):
    """When a member is asked, in their own time. `rule`: an RFC 5545 rule or weekdays with a time."""

    rule: str
    next_at: Moment | None
    paused_until: Moment | None
    skips: list[str]
    follows_circle: bool = Field(description="it is the circle's, and moves with it")


class Member(Model):
    """A person who is checked in on. `phone` is masked without the scope numbers:read. `buddy`: a volunteer's id."""

    id: int
    circle: int
    name: str
    phone: str
    language: str
    timezone: str | None
    channel: Literal["sms", "voice"]
    topics: list[str]
    prefers: str
    buddy: int | None
    discreet: bool
    misses: int = Field(description="check-ins that were missed in a row")
    consent: ConsentShown
    schedule: ScheduleShown | None
    created_at: Moment


class MemberPage(Page[Member]):
    """A part of the list of members."""


class MemberQuery(CirclePageQuery):
    """Which members."""

    consent: Literal["none", "invited", "in", "out"] | None = None
    channel: Literal["sms", "voice"] | None = None
    language: Language | None = None
    paused: Annotated[bool, BeforeValidator(lambda value: _true_or_false(value))] | None = None


def _true_or_false(value: Any) -> Any:
    if value not in ("true", "false", True, False, None):
        raise ValueError("it is not true or false")
    return value in ("true", True) if value is not None else None


class ConsentGiven(Model):
    """How and when the member agreed. `source` STOP: they said stop."""

    source: Annotated[Words, Field(max_length=40)]
    at: Moment


class MemberChange(Model):
    """What is to change; what is not named stays. null takes away, where that can be."""

    circle: Id = Field(default=None, description="the id of a circle that this key is for")  # type: ignore[assignment]
    name: Annotated[Words, Field(max_length=80)] = Field(default=None)  # type: ignore[assignment]
    language: Language = Field(default=None)  # type: ignore[assignment]
    timezone: Annotated[Words, Field(max_length=60)] = Field(default=None)  # type: ignore[assignment]
    channel: Literal["sms", "voice"] = Field(default=None)  # type: ignore[arg-type]
    schedule: Words | None = Field(default=None, description="such as `TU,TH 18:00`, in the member's own time")
    topics: Annotated[list[Topic], Field(max_length=20)] | None = None
    prefers: Annotated[Words, Field(max_length=60)] | None = None
    buddy: Id | None = Field(default=None, description="the id of a volunteer")
    discreet: Annotated[bool, Field(strict=True)] = Field(default=None)  # type: ignore[assignment]
    consent: ConsentGiven = Field(default=None)  # type: ignore[assignment]

    @model_validator(mode="before")
    @classmethod
    def _leave_no_null(cls, given: Any) -> Any:
        """A null where nothing can be taken away is a mistake, and said."""
        if isinstance(given, dict):
            for name in ("circle", "name", "language", "timezone", "channel", "discreet", "consent", "phone"):
                if name in cls.model_fields and name in given and given[name] is None:
                    raise ValueError(f"{name} cannot be null; leave it out, and it stays as it is")
        return given


class NewMember(MemberChange):
    """A member to add. Without `consent` they are invited first, once, and get nothing else until they agree."""

    phone: Number = Field(description="as it is dialled in the programme's region, or with + and country code")


class NumberSought(Model):
    """A number to look for: it does not stand in an address."""

    phone: Number


class Pause(Model):
    """Until when a member is asked nothing: half a year at most."""

    until: Moment


class OptOut(Model):
    """That a member wants no more contact. `wording`: what they said, for the consent record."""

    wording: Words | None = None


def member_shown(known: Known, key: Key) -> Member:
    """A member as this key may see one."""
    person, member, schedule = known.person, known.member, known.schedule
    if member is None:
        raise LookupError(f"person {person.id} is no member")
    has_record = known.consent is not Consent.NONE
    return Member(
        id=member.id,
        circle=member.circle_id,
        name=person.name,
        phone=person.phone if key.may(Scope.NUMBERS_READ) else masked(Phone(person.phone)),
        language=person.language,
        timezone=person.timezone,
        channel=member.channel,  # type: ignore[arg-type]
        topics=member.topics,
        prefers=member.prefers,
        buddy=member.buddy_id,
        discreet=member.discreet,
        misses=member.misses,
        consent=ConsentShown(
            state=known.consent.value,
            how=known.consent_how if has_record else None,
            at=known.consent_at if has_record else None,
        ),
        schedule=None
        if schedule is None
        else ScheduleShown(
            rule=schedule.rule,
            next_at=schedule.next_action_at,
            paused_until=schedule.paused_until,
            skips=[str(day) for day in schedule.skip],
            follows_circle=schedule.follows,
        ),
        created_at=member.created_at,
    )


def cells_of(asked: Asked, given: MemberChange, circle: str | None, buddy: Phone | None) -> dict[str, str]:
    """What was given, as the cells of one line of a file. `circle`: its name; `buddy`: their number."""
    named = given.model_fields_set
    cells: dict[str, str] = {
        name: getattr(given, name) for name in ("name", "language", "timezone", "channel") if name in named
    }
    if circle is not None:
        cells["circle"] = circle
    if "schedule" in named:
        cells["schedule"] = given.schedule or NOTHING
    if "topics" in named:
        cells["topics"] = ";".join(given.topics or ()) or NOTHING
    if "prefers" in named:
        cells["prefers"] = given.prefers or NOTHING
    if "buddy" in named:
        cells["buddy"] = buddy or NOTHING
    if "discreet" in named:
        cells["discreet"] = "yes" if given.discreet else "no"
    if "consent" in named:
        cells |= {"consent_source": given.consent.source, "consent_at": given.consent.at.isoformat()}
    return cells
