"""What a caller hears: worked out from the row of their call, so that any process can say it, and say it again.

The names and the words in it are those of the whole programme. A circle's own would tell a forger whose number it is.
"""

from sqlalchemy.orm import Session

from checkin.domain.call_script import Ask, CallScript, GoOn, HangUp, Pause, Record, Say
from checkin.domain.incoming import LISTENS, Call, Step
from checkin.domain.terms import PersonId, Role
from checkin.handlers.handbook import Handbook
from checkin.store import people
from checkin.store.tables import PersonRow

_QUESTION = {
    Step.MEMBER: "incoming_member",
    Step.VOLUNTEER: "incoming_volunteer",
    Step.COORDINATOR: "incoming_for_coordinator",
    Step.STRANGER: "incoming_unknown",
    Step.CHECK_IN: "incoming_check_in",
    Step.RECORD: "incoming_record",
    Step.PIN: "incoming_pin",
    Step.SHIFT: "incoming_shift",
    Step.OUTCOME: "outcome_ask",
}
_LONGEST_PIN = 8


def script_of(session: Session, handbook: Handbook, person: PersonRow | None, call: Call) -> CallScript:
    """What is said at this point of a call, and asked."""
    policy, step = handbook.policy(None), f"{call.step}.{call.turn}"
    standing, own = _standing(session, handbook, person, call.language), handbook.words(session, None)

    def say(key: str, **values: str) -> str:
        return own.say(key, call.language, {**standing, **values}).body

    lead = say(call.lead, **call.values) if call.lead else ""
    match call.step:
        case Step.OVER:
            return CallScript(call.language, (Say(lead), HangUp()))
        case Step.LANGUAGE:
            return _languages(session, handbook, person, call, step)
        case Step.ROLE:
            roles = {role.value: key for key, role in zip("123", Role, strict=True) if role in call.roles}
            words = say("incoming_role", **{role.value: roles.get(role.value, "") for role in Role})
        case Step.RECORD:
            voicemail = policy.voicemail
            transcribed = voicemail.transcribe and call.language.startswith("en")  # all that Twilio's machine knows
            record = Record(step, voicemail.longest, transcribed=transcribed)
            return CallScript(call.language, (Say(_both(lead, say(_QUESTION[Step.RECORD]))), record, GoOn(step)))
        case _:
            words = say(_QUESTION[call.step])
    pin = call.step is Step.PIN
    ask = Ask(
        _both(lead, words),
        step,
        policy.incoming.wait,
        digits=_LONGEST_PIN if pin else 1,
        ends_on="#" if pin else "",
        listens=call.step in LISTENS,
    )
    rest = (Pause(policy.incoming.pin_rest),) if call.lead == "incoming_pin_wrong" else ()
    return CallScript(call.language, (*rest, ask))


def _languages(session: Session, handbook: Handbook, person: PersonRow | None, call: Call, step: str) -> CallScript:
    """Each language asks for its own key, in its own voice."""
    said = []
    for key, language in enumerate(call.languages, 1):
        values = {**_standing(session, handbook, person, language), "key": str(key)}
        words = handbook.words(session, None).say("incoming_language", language, values).body
        said.append(Say(words, handbook.messages.voice(language)))
    wait = min(handbook.policy(None).incoming.wait, 6)
    return CallScript(call.languages[0], (Ask(said[0].words, step, wait, more=tuple(said[1:])),))


def _standing(session: Session, handbook: Handbook, person: PersonRow | None, language: str) -> dict[str, str]:
    """Who this is, as everybody who rings hears it; discreet for whoever asked that it be."""
    policy = handbook.policy(None)
    member = people.member_of(session, PersonId(person.id)) if person is not None else None
    country = person.country if person is not None and person.country else handbook.region
    return {
        "programme": policy.discreet_name if member is not None and member.discreet else policy.programme,
        "line": handbook.lines.phrase(country, language),
        "emergency": handbook.lines.emergency(country),
    }


def _both(lead: str, words: str) -> str:
    return f"{lead} {words}" if lead else words
