"""Words: what is texted and said, in a circle's own words; seen on a phone while they are typed, tried, put back."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.terms import PersonId
from checkin.handlers import words_looked as looking
from checkin.handlers.words_changed import NoSuchText, Unfit, check_place, tidy, word_put_back, word_set
from checkin.handlers.words_tried import CannotTry, why_not, word_tried
from checkin.messages.catalogue import Entry, catalogue
from checkin.messages.difference import difference
from checkin.messages.occasions import occasion, section_of, sections
from checkin.messages.own_words import Place
from checkin.store import wordings as store
from checkin.store.session import reading
from checkin.store.tables import CircleRow, PersonRow, WordingRow
from checkin.store.wordings import WrittenMeanwhile
from checkin.web.dashboard import wordings_said as words
from checkin.web.dashboard.access_words import by
from checkin.web.dashboard.door import Door, Need, by_htmx, go
from checkin.web.dashboard.language import LANGUAGES, _, language
from checkin.web.dashboard.signed import signed
from checkin.web.dashboard.today.forms import new_token
from checkin.wiring import Services

_PROGRAMME = "programme"
_TEXT = "/words/<place>/<kind>/<key>/<spoken>"


@dataclass(frozen=True)
class _Whose:
    """Whose words a page is about. `may_write`: whether whoever looks may change them."""

    name: str
    circle: int | None
    title: str
    may_write: bool


@dataclass(frozen=True)
class _Draft:
    """What stands in the text area, which version it was begun from, and what to say above it."""

    text: str
    seen: int
    notice: str = ""
    kind: str = ""
    theirs: WordingRow | None = None
    status: int = 200


def wordings(services: Services) -> Door:
    """The pages below /words."""
    door, handbook = Door("wordings", services), services.handbook

    def whose(session: Session, name: str) -> _Whose:
        if name == _PROGRAMME:
            return _Whose(name, None, _("Whole programme"), signed().may(Need.ADMIN))
        circle = session.get(CircleRow, int(name)) if name.isdecimal() and len(name) < 10 else None
        if circle is None or not signed().answers_for(circle.id):
            abort(404)
        return _Whose(name, circle.id, circle.name, True)

    def place_of(session: Session, name: str, kind: str, key: str, spoken: str) -> tuple[_Whose, Place, Entry]:
        here = whose(session, name)
        entry = catalogue().get((kind, key))
        place = (here.circle, kind, spoken, key)
        try:
            check_place(session, handbook, place)
        except NoSuchText:
            abort(404)
        assert entry is not None  # noqa: S101 - check_place knows
        return here, place, entry

    def _list(name: str) -> ResponseReturnValue:
        kind = "voice" if request.args.get("kind") == "voice" else "sms"
        with reading(services.engine) as session:
            here, own = whose(session, name), handbook.words(session, None).own
            spoken = [
                each
                for each in looking.languages_of(session, handbook, own, here.circle)
                if kind == "sms" or handbook.messages.speaks(each)
            ]
            listed = [
                (section, [
                    (each, catalogue()[kind, each.key],
                     [looking.held(handbook, own, (here.circle, kind, code, each.key)) for code in spoken])
                    for each in section.occasions
                ])
                for section in sections() if section.kind == kind
            ]  # fmt: skip
            circles = _circles(session)
        return render_template(
            "words/words.html", here=here, kind=kind, spoken=spoken, listed=listed, circles=circles, **_words()
        )

    @door.get("/words", Need.WORDS)
    def words_page() -> ResponseReturnValue:
        shown = signed().shown
        return _list(str(next(iter(shown))) if shown is not None and len(shown) == 1 else _PROGRAMME)

    @door.get("/words/<place>", Need.WORDS)
    def words_of_page(place: str) -> ResponseReturnValue:
        return _list(place)

    def page(name: str, kind: str, key: str, spoken: str, draft: _Draft | None = None) -> ResponseReturnValue:
        with reading(services.engine) as session:
            here, place, entry = place_of(session, name, kind, key, spoken)
            own = handbook.words(session, here.circle).own
            past, holds = store.versions(session, place), looking.held(handbook, own, place)
            if draft is None:
                text = "" if holds.whose is looking.Whose.MISSING else holds.text
                draft = _Draft(text, past[0].version if past else 0)
            about: dict[str, Any] = {
                "here": here,
                "kind": kind,
                "key": key,
                "spoken": spoken,
                "entry": entry,
                "when": _in_reader(occasion(kind, key).when),
                "section": _in_reader(section_of(kind, key).name),
                "draft": draft,
                "look": looking.look(session, handbook, place, tidy(draft.text)) if draft.text.strip() else None,
            }
            if by_htmx():
                return render_template("words/_look.html", **about, **_words())
            below = looking.held(handbook, own, place, beneath=True)
            tried = why_not(session, PersonId(signed().person), services.now()) if kind == "sms" else None
            others = [
                looking.held(handbook, own, (here.circle, kind, each, key))
                for each in looking.languages_of(session, handbook, own, here.circle)
                if kind == "sms" or handbook.messages.speaks(each)
            ]
            about |= {
                "holds": holds,
                "below": below,
                "versions": _told(session, past, below.text),
                "theirs": _theirs(session, draft),
                "offered": looking.offered_with(session, handbook, place),
                "readers": looking.speakers(session, here.circle, spoken),
                "others": others,
                "cannot_try": words.why_not(tried) if tried is not None else "",
                "token": new_token(),
            }
            return render_template("words/text.html", **about, **_words()), draft.status

    @door.get(_TEXT, Need.WORDS)
    def wording_page(place: str, kind: str, key: str, spoken: str) -> ResponseReturnValue:
        return page(place, kind, key, spoken)

    @door.post(_TEXT, Need.WORDS)
    def wording(place: str, kind: str, key: str, spoken: str) -> ResponseReturnValue:
        do, text, seen, me = request.form.get("do", "look"), request.form.get("text", ""), _seen(), signed()

        def shows(notice: str = "", kind_of: str = "", status: int = 200, **more: Any) -> ResponseReturnValue:
            draft = _Draft(text, more.pop("seen", seen), notice, kind_of, status=status, **more)
            return page(place, kind, key, spoken, draft)

        with reading(services.engine) as session:
            here, at, _entry = place_of(session, place, kind, key, spoken)
        if do != "look" and not here.may_write:
            abort(403)
        try:
            if do == "save":
                now = services.now()
                kept = services.act(lambda session: word_set(session, handbook, at, text, seen, me.who, now))
                flash(_("Saved. Texts that are written from now on have these words.") if kept is not None
                      else _("These words are used already. Nothing was changed."))  # fmt: skip
                return go(f"/words/{place}/{kind}/{key}/{spoken}")
            if do == "test":
                token, now = request.form.get("token", ""), services.now()
                who = PersonId(me.person)
                services.act(lambda session: word_tried(session, handbook, at, text, who, token, now))
                return shows(_("A test is on its way to your phone. Nothing is saved yet."), "good")
        except Unfit:
            return shows(_refused(do), "bad", 422)
        except CannotTry as error:
            return shows(words.why_not(error.why), "bad", 422)
        except WrittenMeanwhile as meanwhile:
            with reading(services.engine) as session:
                theirs = store.versions(session, at)[0]
                session.expunge(theirs)
            return shows("", "bad", 409, seen=meanwhile.version, theirs=theirs)
        return shows()

    @door.post(f"{_TEXT}/back", Need.WORDS)
    def wording_back(place: str, kind: str, key: str, spoken: str) -> ResponseReturnValue:
        version, seen, me, now = request.form.get("version", ""), _seen(), signed(), services.now()
        with reading(services.engine) as session:
            here, at, _entry = place_of(session, place, kind, key, spoken)
            past = {row.version: row.text for row in store.versions(session, at)}
        if not here.may_write:
            abort(403)
        back = int(version) if version.isdecimal() and len(version) < 10 else -1
        if back != 0 and back not in past:
            abort(404)
        try:
            services.act(lambda session: word_put_back(session, handbook, at, back, seen, me.who, now))
        except Unfit:
            notice = _refused("save")
            draft = _Draft(past.get(back) or "", seen, notice, "bad", status=422)
            return page(place, kind, key, spoken, draft)
        except WrittenMeanwhile:
            flash(_("Somebody wrote a new version meanwhile. Look at it first."), "error")
        else:
            flash(_("Put back. Texts that are written from now on have these words."))
        return go(f"/words/{place}/{kind}/{key}/{spoken}")

    def _circles(session: Session) -> list[tuple[int, str]]:
        query = select(CircleRow.id, CircleRow.name).order_by(CircleRow.name)
        return [(circle, name) for circle, name in session.execute(query) if signed().answers_for(circle)]

    return door


def _seen() -> int:
    seen = request.form.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


def _refused(do: str) -> str:
    what = _("It was not sent:") if do == "test" else _("It was not saved:")
    rest = _("what to mend stands beside the text. All that you typed is still here.")
    return f"{what} {rest}"


def _words() -> dict[str, Any]:
    """What the templates say."""
    return {"whose_words": words.WHOSE, "problem": words.said, "named": _named, "in_reader": _in_reader}


def _in_reader(sentences: Any) -> str:
    return str(sentences.get(language()) or sentences["en"])


def _named(code: str) -> str:
    """A language by its name, such as "Español"; its code where the pages do not know it."""
    return LANGUAGES.get(code, code)


def _theirs(session: Session, draft: _Draft) -> dict[str, Any] | None:
    """The version that somebody else wrote meanwhile, and what sets it apart from the draft."""
    if draft.theirs is None:
        return None
    text = draft.theirs.text
    changes = difference(text, tidy(draft.text)) if text is not None else []
    return {"row": draft.theirs, "by": by(draft.theirs.by, _names(session, [draft.theirs])), "changes": changes}


def _told(session: Session, past: list[WordingRow], below: str) -> list[dict[str, Any]]:
    """The versions, the newest first: who, when, and what each changed of the one before."""
    names, told = _names(session, past), []
    for place, row in enumerate(past):
        before = past[place + 1].text if place + 1 < len(past) else None
        changes = difference(before if before is not None else below, row.text) if row.text is not None else []
        told.append({"row": row, "by": by(row.by, names), "changes": changes, "now": place == 0})
    return told


def _names(session: Session, rows: list[WordingRow]) -> dict[int, str]:
    persons = {int(number) for row in rows for kind, _blank, number in [row.by.partition(" ")] if kind == "person"}
    found = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(persons)))
    return {person: name for person, name in found}
