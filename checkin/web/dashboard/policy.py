"""A circle's numbers: explained, changed, put back; and what would happen by them, before they are saved."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from checkin.domain.contact_hours import local_instant
from checkin.domain.exercise import Step
from checkin.domain.policy import BadPolicy, Policy
from checkin.domain.terms import Cause
from checkin.handlers.calls_compared import calls_compared
from checkin.handlers.exercised import Played, anybody, exercised
from checkin.handlers.policy_changed import (
    ChangedMeanwhile,
    own_values,
    policy_changed,
    seen_in,
    tried,
    value_in,
    with_values,
)
from checkin.handlers.policy_words import GROUPS, meanings
from checkin.store import member_record
from checkin.store.session import reading
from checkin.store.tables import CircleRow
from checkin.web.dashboard import policy_words as words
from checkin.web.dashboard.door import Door, Need, by_htmx, go
from checkin.web.dashboard.language import LANGUAGES, _, ngettext
from checkin.web.dashboard.policy_fields import (
    PolicyField,
    field_of,
    in_words,
    label,
    read,
    say_what_does_not_fit,
    say_what_was_saved_meanwhile,
)
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


@dataclass(frozen=True)
class _When:
    """The moment that is played through, on the reader's clock, and what is known of the member."""

    at: datetime
    day: str
    clock: str
    language: str
    error: str = ""
    topic: str = ""
    buddy: int = 0


def policy(services: Services) -> Door:
    """The pages /policy and /circles/<id>/policy."""
    door = Door("policy", services)
    handbook = services.handbook

    def circle_of(number: int) -> CircleRow:
        with reading(services.engine) as session:
            circle = session.get(CircleRow, number)
            if circle is None or not signed().answers_for(number):
                abort(404)
            session.expunge(circle)
        return circle

    def fields_of(circle: CircleRow, group: str) -> list[PolicyField]:
        own, fields = own_values(circle, group), []
        for meaning in meanings(group):
            default = value_in(handbook.policy_data, group, meaning.name)
            fields.append(field_of(meaning, own.get(meaning.name, default), default))
        return fields

    @door.get("/policy", Need.WORDS)
    def policy_page() -> ResponseReturnValue:
        shown = signed().shown
        with reading(services.engine) as session:
            rows = session.scalars(select(CircleRow).order_by(CircleRow.name))
            listed = [(row, _changed(row)) for row in rows if shown is None or row.id in shown]
        return render_template("policy/circles.html", listed=listed)

    @door.get("/circles/<int:number>/policy", Need.WORDS)
    def circle_policy_page(number: int) -> ResponseReturnValue:
        circle = circle_of(number)
        groups = [(name, *words.GROUPS[name], fields_of(circle, name)) for name in GROUPS]
        return render_template("policy/policy.html", circle=circle, groups=groups, unfit=_unfit(circle))

    def _unfit(circle: CircleRow) -> bool:
        """Whether the circle's own values no longer fit the programme's, so that the programme's hold."""
        try:
            tried(handbook, circle.policy)
        except BadPolicy:
            return True
        return False

    def played(circle: CircleRow, group: str, when: _When, by: list[Policy]) -> list[Played]:
        if when.error or group not in list(Cause):
            return []
        with reading(services.engine) as session:
            whose = anybody(handbook, circle.id, when.language, [when.topic] if when.topic else [], when.buddy or None)
            return [exercised(session, handbook, whose, one, Cause(group), when.at) for one in by]

    def whom(circle: CircleRow) -> tuple[list[str], dict[int, str]]:
        """Topics and buddies that a member of this circle may have: those of its volunteers."""
        with reading(services.engine) as session:
            found = member_record.volunteers(session, circle.id)
        topics = {str(topic) for row, _person in found for topic in row.topics}
        return sorted(topics), {row.id: person.name for row, person in found}

    def page(
        circle: CircleRow, group: str, fields: list[PolicyField], changed: Policy | None, status: int = 200
    ) -> ResponseReturnValue:
        now = handbook.policy(circle)
        topics, buddies = whom(circle)
        when = _known(_when(services.now()), topics, buddies)
        by = [now] if changed is None or changed == now else [now, changed]
        name, sentence = words.GROUPS[group]
        stories = played(circle, group, when, by)
        about: dict[str, Any] = {
            "circle": circle,
            "group": group,
            "name": name,
            "sentence": sentence,
            "fields": fields,
            "seen": seen_in(circle.policy, group),
            "meanwhile": any(field.meanwhile for field in fields) or status == 409,
            "wrong": sum(bool(field.error) for field in fields),
            "when": when,
            "topics": topics,
            "buddies": buddies,
            "plays": group in list(Cause),
            "stories": [_story(one, when.at) for one in stories],
            "glance": _glance(stories, when.at),
            "named": words.named,
            "counted": words.counted,
            "told": words.TOLD,
            "sections": words.SECTIONS if group in list(Cause) else {},
            "spoken": LANGUAGES,
            "readings": _readings(circle, fields) if group == "reading" else None,
        }
        return render_template("policy/_look.html" if by_htmx() else "policy/group.html", **about), status

    def _readings(circle: CircleRow, fields: list[PolicyField]) -> dict[str, Any]:
        """What each choice would have meant lately, with its words."""
        with reading(services.engine) as session:
            found = calls_compared(session, circle.id, services.now())
        said = dict(fields[0].choices)
        rows = [(said[would.calls.value].partition(":")[0], would) for would in found.would]
        return {"texts": found.texts, "unknown": found.unknown, "rows": rows}

    @door.get("/circles/<int:number>/policy/<group>", Need.WORDS)
    def policy_group_page(number: int, group: str) -> ResponseReturnValue:
        circle = circle_of(number)
        if group not in GROUPS:
            abort(404)
        return page(circle, group, fields_of(circle, group), None)

    @door.post("/circles/<int:number>/policy/<group>", Need.WORDS)
    def policy_group(number: int, group: str) -> ResponseReturnValue:
        circle, who, now = circle_of(number), signed().who, services.now()
        if group not in GROUPS:
            abort(404)
        fields, do = fields_of(circle, group), request.form.get("do", "look")
        back = do.removeprefix("back:")
        if do != back and any(field.meaning.name == back for field in fields):
            values = {back: value_in(handbook.policy_data, group, back)}
        else:
            values = read(fields, request.form)
        if any(field.error for field in fields):
            return page(circle, group, fields, None, 200 if by_htmx() else 422)
        try:
            if do in ("save", f"back:{back}"):
                changes = services.act(
                    lambda session: policy_changed(
                        session, handbook, number, group, values, who, now, request.form.get("seen", "")
                    )
                )
                flash(_saved(len(changes)))
                return go(f"/circles/{number}/policy/{group}")
            return page(circle, group, fields, tried(handbook, with_values(handbook, circle.policy, group, values)))
        except ChangedMeanwhile:
            circle = circle_of(number)
            say_what_was_saved_meanwhile(fields, fields_of(circle, group))
            return page(circle, group, fields, None, 409)
        except BadPolicy as error:
            say_what_does_not_fit(fields, error.value)
            return page(circle, group, fields, None, 200 if by_htmx() else 422)

    return door


def _known(when: _When, topics: list[str], buddies: dict[int, str]) -> _When:
    """With the topic and buddy that were chosen, where there are such."""
    topic, buddy = request.form.get("topic", ""), request.form.get("buddy", "")
    number = next((known for known in buddies if str(known) == buddy), 0)
    return replace(when, topic=topic if topic in topics else "", buddy=number)


def _story(played: Played, start: datetime) -> list[tuple[timedelta, Step, str]]:
    """Each step, how long after the cry, and the names of whom it concerns."""
    nameless = _("somebody without a name")
    return [
        (step.at - start, step, ", ".join(played.names.get(person) or nameless for person in step.persons))
        for step in played.steps
    ]


def _glance(stories: list[Played], start: datetime) -> list[tuple[str, list[str]]]:
    """What comes first, and when, in each of the stories."""
    columns = [words.firsts(one.steps, start, one.until) for one in stories]
    return [(row[0][0], [span for _words, span in row]) for row in zip(*columns, strict=True)]


def _saved(count: int) -> str:
    if not count:
        return _("Nothing was changed.")
    saved = ngettext("%(num)s setting is changed.", "%(num)s settings are changed.", count)
    return f"{saved} {_('Escalations that are open keep the settings with which they began.')}"


def _changed(circle: CircleRow) -> list[str]:
    """What a circle changed, as `Crisis: Ring for 40 s`."""
    found = []
    for group in GROUPS:
        own = own_values(circle, group)
        found += [
            f"{words.GROUPS[group][0]}: {label(meaning)} {in_words(meaning, own[meaning.name])}"
            for meaning in meanings(group)
            if meaning.name in own
        ]
    return found


def _when(now: datetime) -> _When:
    """What was chosen to be played through; the coming night at three where nothing was."""
    local = now.astimezone(signed().zone)
    night = local.date() + timedelta(days=int(local.time() >= time(3)))
    day, clock = request.form.get("day") or night.isoformat(), request.form.get("clock") or "03:00"
    language = request.form.get("language", "en")
    language = language if language in LANGUAGES else "en"
    try:
        chosen = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock).replace(tzinfo=None))
    except ValueError:
        return _When(now, day, clock, language, _("Write the day like 2026-12-24 and the time like 03:00."))
    if abs(chosen.date() - local.date()) > timedelta(days=366):
        return _When(now, day, clock, language, _("Choose a day within a year."))
    return _When(local_instant(chosen, signed().zone).astimezone(UTC), day, clock, language)
