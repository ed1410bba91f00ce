"""What is ill now: one look at every part. Each finding says what is wrong and how to mend it, and names no person."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.domain.illness import Ailment, Part, Severity
from checkin.domain.illness_policy import IllnessPolicy
from checkin.domain.terms import Lane, PersonId, Phone
from checkin.handlers import coverage_told, people_file_waits
from checkin.handlers.words_changed import errors
from checkin.illness.broken import PROMISES
from checkin.illness.carrier_signs import carrier_ailments
from checkin.messages.catalogue import catalogue
from checkin.messages.lint import lint_own
from checkin.settings import SAMPLE_PHONES
from checkin.store import (
    accounts,
    backups,
    erasures,
    illness,
    paging,
    people,
    restored,
    signs,
    system,
    unfinished,
    words_kept,
)
from checkin.store.migrate import NewerDatabase, WrongDatabase, check
from checkin.store.session import reading
from checkin.store.trouble import DAMAGED, is_damaged
from checkin.wiring import Services

PROCESSES = ("web", "clock", "worker_urgent", "worker_reply", "worker_checkin", "worker_bulk", "auditor")
IN_THE_DATABASE = frozenset(
    {Part.PROCESS, Part.LANE, Part.CHECK_IN, Part.CARRIER, Part.PEOPLE, Part.BACKUP, Part.PROMISE}
)
"""Parts that only the database can tell of."""

_WAKES = frozenset({"web", "clock", "worker_urgent", "worker_reply"})
_AUDITED = frozenset({Part.ACCOUNT, Part.PROMISE, Part.ALERTS})
_MEGABYTE = 1_000_000
_HOUSEKEEPING = (
    *(erasures.SWEEPING, erasures.LISTING, words_kept.DELETING, coverage_told.TELLING),
    *(people_file_waits.DELETING, accounts.DELETING_TRIES),
)
_OWED_FOR_LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Findings:
    """What is ill, and which parts could not be judged."""

    ill: tuple[Ailment, ...]
    unknown: frozenset[Part] = frozenset()

    @property
    def is_well(self) -> bool:
        """Whether the database was seen, the promises are asked of it, and nothing serious is ill."""
        asked = all(ailment.key != PROMISES for ailment in self.ill)
        return asked and not self.serious and Part.LANE not in self.unknown

    @property
    def serious(self) -> tuple[Ailment, ...]:
        """What may keep somebody waiting in vain."""
        return tuple(ailment for ailment in self.ill if ailment.severity is Severity.SERIOUS)


def look(services: Services) -> Findings:
    """All that is ill, as any process sees it: what the auditor alone can judge is taken from what it has found."""
    outside = [*redis_ailments(services), *disk_ailments(services)]
    try:
        with reading(services.engine) as session:
            inside = [*row_ailments(session, services), *_found_by_the_auditor(session)]
        inside.extend(version_ailments(services))
    except SQLAlchemyError as error:
        return Findings((*outside, database_ailment(error)), IN_THE_DATABASE)
    return Findings((*outside, *inside))


def version_ailments(services: Services) -> list[Ailment]:
    """Whether the database is at this version."""
    try:
        if check(services.engine):
            return []
    except NewerDatabase as error:
        return [_database(str(error))]
    return [_database("The database is not at this version: run `checkin migrate`.")]


def database_ailment(error: Exception) -> Ailment:
    """The database was asked in vain, or did not take a write."""
    if is_damaged(error):
        return _database(DAMAGED)
    if isinstance(error, WrongDatabase) and not isinstance(error.__cause__ or error.__context__, SQLAlchemyError):
        return _database(str(error))
    reason = str(getattr(error, "orig", "")).lower()
    if any(sign in reason for sign in ("full", "no space", "disk i/o")):
        return _database("The database takes no more writes because its disk is full: free space on it now.")
    if "no such table" in reason or "does not exist" in reason:
        return _database("The database is not at this version: run `checkin migrate`.")
    return _database("The database cannot be used: see that it runs, DATABASE_URL, and whether its disk is full.")


def _database(what: str) -> Ailment:
    return Ailment("database", Part.DATABASE, Severity.SERIOUS, what)


def redis_ailments(services: Services) -> list[Ailment]:
    """Without Redis work goes on from the database, half a second later: nobody is woken for it."""
    sentence = services.queue.ping()
    return [] if sentence is None else [Ailment("redis", Part.REDIS, Severity.MILD, sentence)]


def disk_ailments(services: Services) -> list[Ailment]:
    """Whether the disk of the data folder has room."""
    policy = services.handbook.policy(None).illness
    try:
        free = shutil.disk_usage(services.settings.data_dir).free // _MEGABYTE
    except OSError as error:
        what = f"The data folder cannot be looked at ({type(error).__name__}): see CHECKIN_DATA_DIR."
        return [Ailment("disk", Part.DISK, Severity.SERIOUS, what)]
    if free >= policy.disk_mild_mb:
        return []
    severity = Severity.SERIOUS if free < policy.disk_serious_mb else Severity.MILD
    return [Ailment("disk", Part.DISK, severity, f"{free} MB are left on the data folder's disk: free space on it.")]


def row_ailments(session: Session, services: Services) -> list[Ailment]:
    """All that the rows tell."""
    now, policy, beats = services.now(), services.handbook.policy(None).illness, system.heartbeats(session)
    return [
        *_silent(beats, now, policy),
        *_unasked(beats.get(PROMISES) or system.installed_at(session), now, policy),
        *_late_lanes(session, now, policy),
        *_late_check_ins(session, now, policy),
        *carrier_ailments(session, now, policy),
        *_nobody_to_page(session),
        *sample_ailments(session, services),
        *_held_or_unsaved(session, services),
        *_unfit_words(session, services),
    ]


def _silent(beats: Mapping[str, datetime], now: datetime, policy: IllnessPolicy) -> Iterable[Ailment]:
    allowed = timedelta(seconds=policy.silent_after)
    for process in PROCESSES:
        longest = allowed + timedelta(seconds=policy.look_every) if process == "auditor" else allowed
        if process not in beats or now - beats[process] > longest:
            severity = Severity.SERIOUS if process in _WAKES else Severity.MILD
            what = f"{process} has not been seen for {policy.silent_after} s: start it again (`checkin up` does)."
            yield Ailment(process, Part.PROCESS, severity, what)


def _unasked(asked_at: datetime, now: datetime, policy: IllnessPolicy) -> Iterable[Ailment]:
    """Of the part `process`, for it is a thread of the auditor's: of the promises themselves nothing is known."""
    if now - asked_at > timedelta(seconds=policy.promises_late_after):
        what = (
            f"The promises have not been asked of the database for {policy.promises_late_after} s, so that nobody sees "
            "one broken: see why in the auditor's log (promises_not_asked)."
        )
        yield Ailment(PROMISES, Part.PROCESS, Severity.MILD, what)


def _late_lanes(session: Session, now: datetime, policy: IllnessPolicy) -> Iterable[Ailment]:
    for lane, seconds in (
        (Lane.URGENT, policy.urgent_late_after),
        (Lane.REPLY, policy.reply_late_after),
        (Lane.CHECKIN, policy.routine_late_after),
        (Lane.BULK, policy.routine_late_after),
    ):
        count, oldest = signs.oldest_waiting(session, lane, now)
        if count and oldest > timedelta(seconds=seconds):
            what = (
                f"Texts or calls of the {lane.value} lane wait longer than {seconds} s: "
                "see the worker of that lane, and the carrier."
            )
            severity = Severity.SERIOUS if lane in (Lane.URGENT, Lane.REPLY) else Severity.MILD
            yield Ailment(f"lane_{lane.value}", Part.LANE, severity, what)


def _late_check_ins(session: Session, now: datetime, policy: IllnessPolicy) -> Iterable[Ailment]:
    late = signs.check_ins_due(session, now - timedelta(seconds=policy.check_ins_late_after))
    if late:
        what = "Check-ins are late: see that the clock runs, and its log for rows that fail."
        yield Ailment("check_ins_late", Part.CHECK_IN, Severity.MILD, what)


def _found_by_the_auditor(session: Session) -> Iterable[Ailment]:
    """The account, the promises, the alert addresses."""
    for spell in illness.open_spells(session):
        if spell.part in _AUDITED and spell.is_ill:
            yield Ailment(spell.key, spell.part, spell.severity, spell.what)


def _nobody_to_page(session: Session) -> Iterable[Ailment]:
    circles = paging.circles_without_coordinator(session)
    if circles:
        numbers = ", ".join(map(str, circles[:5]))
        what = (
            f"Nobody can be paged for circle {numbers}: it has no coordinator, or all of them said STOP. "
            "Add one with `checkin coordinators add`."
        )
        yield Ailment("nobody_to_page", Part.PEOPLE, Severity.MILD, what)


def sample_ailments(session: Session, services: Services) -> Iterable[Ailment]:
    """Who was made to be looked at is rung and told in place of somebody real. Simulated phones may ring them."""
    if services.settings.carrier_is_here:
        return
    found = [people.by_phone(session, Phone(number)) for _label, number in SAMPLE_PHONES]
    if any(person is not None and people.roles_of(session, PersonId(person.id)) for person in found):
        what = (
            "People of the sample circle are here in real use: they are rung and told before somebody real is, and "
            "nobody has their numbers. Begin with a new data folder (CHECKIN_DATA_DIR), or erase them on their pages "
            "and let the sample's coordinator go."
        )
        yield Ailment("sample", Part.PEOPLE, Severity.MILD, what)


def _unfit_words(session: Session, services: Services) -> Iterable[Ailment]:
    """Own words that the linter of this version refuses; where they cannot be used at all, the packaged are said."""
    own = services.handbook.words(session, None).own
    unfit = sorted(
        f"{'programme' if circle is None else f'circle {circle}'} {kind}/{language}/{key}"
        for (circle, kind, language, key), wording in own.newest.items()
        if wording.text is not None and (kind, key) in catalogue()
        and errors(lint_own(kind, language, key, wording.text))
    )  # fmt: skip
    if unfit:
        more = f" and {len(unfit) - 3} more" if len(unfit) > 3 else ""
        what = (
            f"Own words do not pass: {', '.join(unfit[:3])}{more}. What cannot be used is said in the packaged words: "
            "write them anew on the page Words, or run `checkin templates put-back`."
        )
        yield Ailment("words", Part.PEOPLE, Severity.MILD, what)


def _held_or_unsaved(session: Session, services: Services) -> Iterable[Ailment]:
    """After a restore, what is still to be read; and backups that are no longer made."""
    since = restored.catch_up_from(session)
    if since is not None:
        what = (
            f"Routine texts are held back until what came in since {since:%Y-%m-%d %H:%M} UTC has been read from the "
            "carrier; where that does not happen by itself, read its log and run `checkin restore --trust`."
        )
        yield Ailment("restored", Part.BACKUP, Severity.MILD, what)
    if services.settings.backup_keep and backups.is_overdue(session, services.now()):
        what = "No backup has been made for two days: run `checkin backup` and see what it says."
        yield Ailment("backup", Part.BACKUP, Severity.MILD, what)
    now = services.now()
    owed = [work for work in _HOUSEKEEPING if unfinished.is_owed_for(session, work, _OWED_FOR_LONG, now)]
    if words_kept.DELETING not in owed and words_kept.is_overdue(session, now):
        owed.append(words_kept.DELETING)
    if owed:
        what = (
            f"What is due beside the clock has not been done for an hour ({', '.join(owed)}): see why in the clock's "
            "log (housekeeping_failed), and that the folder for backups can be written."
        )
        yield Ailment("housekeeping", Part.BACKUP, Severity.MILD, what)
