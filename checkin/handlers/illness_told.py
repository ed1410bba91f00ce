"""The service is ill, or well again: the admins are told by text, and rung for what is serious and lasts.

Only what is serious may reach them in the night (promise P5); the rest waits for their contact hours, and is not said
at all when it has passed by then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.domain.consent import Purpose, may_contact
from checkin.domain.delivery import Kind, State
from checkin.domain.effects import PlaceCall, SendText, Subject
from checkin.domain.illness import Part, Severity, Spell, may_ring
from checkin.domain.terms import Lane, PersonId
from checkin.handlers.apply import apply
from checkin.handlers.handbook import Handbook
from checkin.store import consent, outbox, paging
from checkin.store.tables import DeliveryRow, PersonRow

_TEXT_LASTS = timedelta(minutes=30)
_CALL_LASTS = timedelta(minutes=10)
_STILL_UP = timedelta(hours=1)
"""Who was told of something serious so recently is awake, and is told at once that it is well."""
_RING_FOR = timedelta(seconds=25)

_TEMPLATES = {Severity.SERIOUS: "coordinator_not_well", Severity.MILD: "coordinator_not_well_mild"}
_WORDS = {
    Part.DATABASE: ("the database", "la base de datos"),
    Part.REDIS: ("the work queue", "la cola de tareas"),
    Part.DISK: ("disk space", "espacio en disco"),
    Part.PROCESS: ("a stopped program", "un programa parado"),
    Part.LANE: ("calls and texts wait", "mensajes en espera"),
    Part.CHECK_IN: ("late check-ins", "preguntas con retraso"),
    Part.CARRIER: ("the phone company", "la empresa telefónica"),
    Part.ACCOUNT: ("the phone account", "la cuenta telefónica"),
    Part.PEOPLE: ("no one to call", "nadie a quien llamar"),
    Part.PROMISE: ("a broken promise", "una promesa rota"),
    Part.ALERTS: ("alert addresses", "los avisos"),
    Part.BACKUP: ("the backup", "la copia de datos"),
}
_WORDS_OF = {
    "sample": ("sample people", "personas de ejemplo"),
    "words": ("words of a text", "palabras de un mensaje"),
    "promises": ("a check that fails", "un control que falla"),
}
"""Of single ailments. A part of its own would be one that an older auditor beside us cannot read."""


def tell(session: Session, handbook: Handbook, spells: Sequence[Spell], now: datetime) -> tuple[Spell, ...]:
    """Write the texts and calls that these spells call for, and return the spells as they now stand.

    Several that are told at once are one text. Keys are those of the first spell and its telling, so that two
    auditors, or one that died half way, never make two.
    """
    admins, policy = paging.admins(session), handbook.policy(None).illness
    for severity in (Severity.SERIOUS, Severity.MILD):
        told = [spell for spell in spells if _lacks_text(spell) and spell.severity is severity]
        if told:
            _ill(session, handbook, admins, told, severity, now)
        well = [spell for spell in spells if spell.well_told_at == now and spell.told_as is severity]
        if well and not any(spell.is_told and spell.is_ill and spell.told_as is severity for spell in spells):
            _well(session, handbook, admins, well[0], severity, now)
    ringing = [spell for spell in spells if may_ring(spell, now, policy)]
    if ringing:
        _ring(session, handbook, admins, ringing[0], now)
    rung = {spell.key for spell in ringing}
    return tuple(
        replace(
            spell,
            texted=spell.tellings if _lacks_text(spell) else spell.texted,
            rung_at=now if spell.key in rung else spell.rung_at,
        )
        for spell in spells
    )


def _lacks_text(spell: Spell) -> bool:
    return spell.is_told and spell.is_ill and spell.texted < spell.tellings


def _key(spell: Spell, telling: int) -> str:
    return f"illness:{spell.key}:{spell.since:%Y%m%d%H%M%S}:{telling}"


def _ill(
    session: Session,
    handbook: Handbook,
    admins: Iterable[PersonId],
    spells: Sequence[Spell],
    severity: Severity,
    now: datetime,
) -> None:
    serious, template = severity is Severity.SERIOUS, _TEMPLATES[severity]
    for person in admins:
        key = f"{_key(spells[0], spells[0].tellings)}:{person}"
        _text(session, handbook, person, template, key, spells[0], now, at_once=serious)


def _well(
    session: Session,
    handbook: Handbook,
    admins: Iterable[PersonId],
    spell: Spell,
    severity: Severity,
    now: datetime,
) -> None:
    """Whoever has the text that it is ill gets one that it is well; a text that still waits is taken back."""
    for person in admins:
        row = session.scalar(
            select(DeliveryRow)
            .where(
                DeliveryRow.person_id == person,
                DeliveryRow.template == _TEMPLATES[severity],
                DeliveryRow.created_at >= spell.since,
            )
            .order_by(DeliveryRow.id.desc())
            .limit(1)
        )
        if row is None:
            continue
        if row.state == State.QUEUED.value:
            _take_back(session, row.id)
        elif row.state not in (State.CANCELLED.value, State.EXPIRED.value):
            up = severity is Severity.SERIOUS and now - row.created_at < _STILL_UP
            key = f"illness:well:{row.id}"
            _text(session, handbook, person, "coordinator_well_again", key, spell, now, at_once=up)


def _take_back(session: Session, delivery: int) -> None:
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery, DeliveryRow.state == State.QUEUED.value)
        .values(state=State.CANCELLED.value, next_action_at=None),
        execution_options={"synchronize_session": False},
    )


def _text(
    session: Session,
    handbook: Handbook,
    to: PersonId,
    template: str,
    key: str,
    spell: Spell,
    now: datetime,
    *,
    at_once: bool,
) -> None:
    person = session.get_one(PersonRow, to)
    words = _WORDS_OF.get(spell.key) or _WORDS[spell.part]
    values = {"part": words[person.language.startswith("es")]}
    if at_once:
        text = SendText(to, template, key, Lane.URGENT, values, expires_at=now + _TEXT_LASTS)
        apply(session, handbook, [text], now)
        return
    if not person.textable or not may_contact(consent.current(session, to), Purpose.ESCALATION):
        return
    # Not routine by consent (they answer for the service), but by the hour.
    hours = handbook.policy(None).contact_hours
    opens = handbook.next_allowed(person, hours, now)
    said = {**handbook.standing_values(person, None, False), "number": "", "first_name": "", **values}
    rendered = handbook.words(session, None).text(template, person.language, said)
    outbox.put(
        session,
        key,
        kind=Kind.TEXT.value,
        lane=Lane.CHECKIN.value,
        person_id=to,
        template=template,
        wording_id=rendered.wording,
        body=rendered.body,
        state=State.QUEUED.value,
        created_at=now,
        deadline_at=handbook.closes_at(person, hours, opens),
        next_action_at=opens,
    )


def _ring(session: Session, handbook: Handbook, admins: Iterable[PersonId], spell: Spell, now: datetime) -> None:
    key = _key(spell, spell.tellings)
    apply(
        session,
        handbook,
        [
            PlaceCall(
                person,
                Subject.SERVICE,
                f"{key}:{person}:call",
                Lane.URGENT,
                _RING_FOR,
                expires_at=now + _CALL_LASTS,
            )
            for person in admins
        ],
        now,
    )
