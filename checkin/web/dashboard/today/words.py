"""Codes in plain words: causes, steps of a timeline, what comes next, tasks, why something may not be done."""

from collections.abc import Mapping
from typing import Any

from checkin.domain.escalation import Ending
from checkin.store.overview import Names
from checkin.web.dashboard.language import _, lazy, ngettext


def first_name(name: str) -> str:
    """What somebody is called among us."""
    return name.split(" ")[0] or _("Somebody")


CAUSES: Mapping[str, Any] = {
    "crisis": lazy("words of crisis"),
    "distress": lazy("words of distress"),
    "asked": lazy("asked for a person"),
    "missed": lazy("did not answer"),
}

_STATES: Mapping[str, Any] = {
    "offering": lazy("Nobody has it yet: volunteers are asked."),
    "with_coordinators": lazy("It waits for a coordinator."),
    "handing_off": lazy("%(who)s has taken it; the two are being brought together."),
    "held": lazy("%(who)s holds it: the call was not answered."),
    "in_touch": lazy("%(who)s talks with them now."),
    "talked": lazy("%(who)s has talked with them; how it went is not known yet."),
    "closed": lazy("It is closed."),
}

NEXT: Mapping[str, Any] = {
    "next_volunteer": lazy("the next volunteer is asked"),
    "next_round": lazy("volunteers are asked again"),
    "offers_begin": lazy("volunteers are asked, when contact hours open"),
    "offer_by_hand_ends": lazy("the volunteer whom you chose has not answered by then"),
    "hold_ends": lazy("it goes to others, if nothing follows"),
    "taken_back": lazy("it goes to others, if they are not joined by then"),
    "they_talk": lazy("They talk. How it went is asked afterwards."),
    "outcome_asked": lazy("they are asked how it went"),
    "outcome_missing": lazy("coordinators are told that nobody said how it went"),
    "outcome_awaited": lazy("It stays open until somebody says how it went."),
    "acknowledgement_lapses": lazy("the acknowledgement ends, and everybody is asked again, if nothing follows"),
    "coordinators_rung": lazy("coordinators are rung"),
    "coordinators_texted": lazy("coordinators are texted"),
    "member_told": lazy("the member is told that nobody has come yet"),
}

WHY: Mapping[str, Any] = {
    "no_answer": lazy("no answer"),
    "no_key": lazy("picked up, pressed nothing"),
    "busy": lazy("the line was busy"),
    "failed": lazy("the call did not go through"),
    "canceled": lazy("the call was stopped"),
    "silence": lazy("nothing was heard of the call"),
    "hung_up": lazy("put it down"),
    "passed": lazy("passed"),
    "left": lazy("left it to others"),
    "held": lazy("holds it for a while"),
    "buddy": lazy("their buddy"),
    "spoke_last": lazy("spoke with them last"),
    "shared_topics": lazy("shares a topic"),
    "asked_for": lazy("as they asked for"),
    "other_circle": lazy("of another circle"),
    "over_daily_limit": lazy("over the daily limit"),
    "daily_limit": lazy("over the daily limit"),
    "was_resting": lazy("was resting"),
    "resting": lazy("resting after a hard call"),
    "least_recently_called": lazy("not called for the longest time"),
    "chosen_by_hand": lazy("chosen by a coordinator"),
    "off_shift": lazy("not on shift"),
    "no_common_language": lazy("no language in common"),
    "no_consent": lazy("has said STOP to us"),
    "excluded": lazy("the two are to be kept apart"),
    "busy_with_another": lazy("is in another case"),
    "is_the_member": lazy("is the member"),
    "member_asleep": lazy("it is outside the member's contact hours"),
    "coordinator": lazy("the volunteer asks for a coordinator"),
    "emergency": lazy("the volunteer says that it is an emergency"),
    "coordinators_only": lazy("the member said STOP, or was silent too often"),
    "opted_out": lazy("the member said STOP"),
    "missed_again": lazy("silent once more"),
}

ENDINGS: Mapping[str, Any] = {
    Ending.SETTLED: lazy("Settled: they are all right for now"),
    Ending.FOLLOW_UP: lazy("Follow up: somebody must look again"),
    Ending.EMERGENCY: lazy("Emergency: emergency services have it"),
    Ending.NOT_REACHED: lazy("Not reached: other ways were tried"),
    Ending.MISTAKE: lazy("No need: it was read wrongly"),
}

_OUTCOMES: Mapping[str, Any] = {
    "1": lazy("settled"),
    "2": lazy("follow up"),
    "3": lazy("needs a coordinator"),
    "4": lazy("emergency"),
}

_STEPS: Mapping[str, Any] = {
    "acknowledged": lazy("%(person)s said: I have it."),
    "acknowledgement_lapsed": lazy("Nothing followed on it: everybody is asked again."),
    "answered_on_a_call": lazy("They answered a check-in call."),
    "asked_for_call_back": lazy("They waited on the line, and would rather be called back."),
    "by_api": lazy("That was done by another system, in a coordinator's name."),
    "call_not_placed": lazy("A call was not placed: %(why)s."),
    "closed": lazy("Closed: %(how)s."),
    "closed_before": lazy("%(volunteer)s said it of case %(number)s, which was closed."),
    "coordinators_rung": lazy("Coordinators were rung and texted."),
    "coordinators_texted": lazy("Coordinators were texted."),
    "handoff_over": lazy("The call between %(volunteer)s and the member ended (%(seconds)s of talk)."),
    "joined": lazy("%(volunteer)s and the member were joined."),
    "invited_wrote": lazy("Wrote before saying yes"),
    "member_not_reached": lazy("The member was not reached: %(why)s."),
    "member_pressed_1": lazy("The member picked up and pressed 1."),
    "member_rung": lazy("The member's phone rang."),
    "member_waited_on_the_line": lazy("The member was waiting on the line."),
    "messaged": lazy("%(by)s sent the member a text."),
    "missed_again": lazy("Another check-in was not answered."),
    "nobody_on_shift": lazy("Nobody could be asked."),
    "no_coordinator": lazy("There is no coordinator whom we may contact."),
    "noted": lazy("%(by)s wrote a note."),
    "offer_failed": lazy("%(volunteer)s did not take it: %(why)s."),
    "offered": lazy("%(volunteer)s was asked: %(why)s."),
    "offered_by_hand": lazy("%(by)s had %(volunteer)s called: %(why)s."),
    "opened": lazy("Opened: %(cause)s."),
    "outcome": lazy("%(volunteer)s said how it went: %(outcome)s."),
    "outcome_asked": lazy("%(volunteer)s was asked how it went."),
    "outcome_missing": lazy("Nobody has said how it went; coordinators were told."),
    "passed": lazy("%(volunteer)s passed."),
    "raised": lazy("It got worse: %(cause)s."),
    "relayed": lazy("A text was passed on between the two."),
    "round_over": lazy("Everybody on shift was asked."),
    "rung_again": lazy("The line dropped; the one who was missing was rung again."),
    "said_again": lazy("The member wrote again."),
    "says_mistake": lazy("The member wrote that a text was a mistake."),
    "taken": lazy("%(volunteer)s took it."),
    "taken_back": lazy("%(volunteer)s had it, and nothing followed: it went on to others."),
    "taken_by_coordinator": lazy("%(by)s took it, to talk with them."),
    "text_not_delivered": lazy("A text did not arrive."),
    "third_asked": lazy("The volunteer asked for a third person; the member was asked."),
    "third_joined": lazy("A coordinator joined their talk."),
    "third_not_reached": lazy("No coordinator could be reached to join them."),
    "third_nobody": lazy("There was nobody to join them."),
    "third_refused": lazy("The member would rather have no third person."),
    "third_silent": lazy("The member pressed nothing: nobody was rung to join them."),
    "third_unasked": lazy(
        "One of the two was off the line before the member had answered: nobody was rung to join them."
    ),
    "to_coordinators": lazy("Given to the coordinators: %(why)s."),
    "told_the_truth": lazy("The member was told that nobody has come yet."),
    "voicemail_left": lazy("The member left a voice message."),
    "voicemail_read": lazy("A voice message of the member was written down and read."),
}

TASKS: Mapping[str, Any] = {
    "account": lazy("The carrier's account needs a look"),
    "ask_consent_by_call": lazy("Ask for consent by telephone"),
    "asked_for_help_text": lazy("Wrote HELP, or asks who we are"),
    "asks_for_coordinator": lazy("Asks for a coordinator"),
    "asks_for_time": lazy("Asks to be asked at another time: change their schedule"),
    "asks_to_be_forgotten": lazy("Asks to be forgotten"),
    "away_with_shifts": lazy("Off in hours of their shifts: look who is on call then"),
    "bad_number": lazy("The number cannot be reached: ask for another"),
    "check_in_skipped": lazy("A check-in was left out"),
    "swap_empty": lazy("A shift has nobody who can be rung"),
    "swap_open": lazy("A shift is on offer and nobody has taken it yet"),
    "swap_too_soon": lazy("Cannot take a shift that begins soon"),
    "swap_unfilled": lazy("Nobody took a shift that was on offer"),
    "contact_asks_who": lazy("A contact asks who wrote"),
    "cried_on_a_call": lazy("Rang us in need, and is no member"),
    "delivery_unsure": lazy("It is not known whether a text arrived"),
    "filtered": lazy("Texts to this number are filtered"),
    "follow_up": lazy("Look again after a case"),
    "meant_stop_or_gives_up": lazy("Meant to stop, or gives up?"),
    "invited_wrote": lazy("Wrote before saying yes"),
    "member_not_reached": lazy("Could not be reached: ask for another number"),
    "member_rang": lazy("Rang us and left no word"),
    "no_coordinator": lazy("A case has no coordinator whom we may contact"),
    "no_longer_watched": lazy("Said STOP: no longer watched"),
    "nobody_on_call": lazy("Nobody is on call at these times"),
    "not_taken_in": lazy("Something came in that could not be taken in"),
    "not_understood": lazy("Not understood"),
    "opted_out_wrote": lazy("Wrote after STOP"),
    "outcome_missing": lazy("Nobody said how it went"),
    "pause_unclear": lazy("Paused, but until when? Read what they wrote"),
    "pin_locked": lazy("A PIN is locked after wrong tries"),
    "says_mistake": lazy("Says that a text was a mistake: look all the same"),
    "schedule_failed": lazy("A schedule could not be read"),
    "sent_a_picture": lazy("Sent a picture"),
    "text_loop": lazy("Sends the same text again and again"),
    "to_read": lazy("To read"),
    "too_many_texts": lazy("Sends very many texts"),
    "unknown_rang": lazy("An unknown number rang"),
    "unknown_wrote": lazy("An unknown number wrote"),
    "voicemail": lazy("A voice message"),
    "voicemail_lost": lazy("A voice message that the carrier lost"),
    "volunteer_rang": lazy("A volunteer or coordinator rang"),
    "volunteer_wrote": lazy("A volunteer or coordinator wrote"),
    "webhook_disabled": lazy("Another system is told nothing any more: look at API keys"),
    "webhook_event_failed": lazy("Another system has not taken something for three days: look at API keys"),
    "wrote_before_erased": lazy("Wrote before they were erased, and may need a person: found late"),
}

UNANSWERED: Mapping[str, Any] = {
    "asked": lazy("asked, no answer yet"),
    "reminded": lazy("reminded, no answer yet"),
    "called": lazy("called, no answer yet"),
    "missed": lazy("missed"),
    "unreached": lazy("not delivered"),
}

REFUSED: Mapping[str, Any] = {
    "about_you": lazy("This case is about you. Another coordinator acts on it."),
    "cannot_answer": lazy("There is nothing here that could be answered."),
    "closed": lazy("This case was closed meanwhile. Nothing was done."),
    "done_already": lazy("Somebody has seen to this already."),
    "empty": lazy("Write some words first."),
    "excluded": lazy("You and this member are to be kept apart. Another coordinator can take it."),
    "form_too_old": lazy("This page had been open for too long. Write it once more."),
    "holds_a_number": lazy("These words hold the phone number of somebody here. Leave it out."),
    "names_the_programme": lazy(
        "This member gets texts that do not name the programme. Leave its name out of your words."
    ),
    "no_such_volunteer": lazy("There is no such volunteer any more."),
    "not_textable": lazy("Their line takes no texts. Call them instead."),
    "not_yours": lazy("This belongs to a circle that is not yours."),
    "note_needed": lazy("Write what was done: whoever reads this next must know."),
    "rings_already": lazy("Their phone is ringing for this case already."),
    "said_stop": lazy("They said STOP to our number: we neither text nor ring them. You may call from your own phone."),
    "somebody_has_it": lazy("Somebody has this case just now. Look who, and what comes next."),
    "too_long": lazy("That is too long for a text: shorten it."),
    "volunteer_busy_with_another": lazy("This volunteer is in another case just now."),
    "volunteer_excluded": lazy("This volunteer and the member are to be kept apart."),
    "volunteer_is_the_member": lazy("This volunteer is the member."),
    "volunteer_no_consent": lazy("This volunteer has said STOP to our number: we do not call them."),
    "volunteer_other_circle": lazy("This volunteer belongs to another circle. They may be called in a crisis only."),
    "you_are_busy": lazy("You are in another case just now. Say how that one went first."),
    "you_said_stop": lazy("You have said STOP to our number, so we cannot ring you. Text START to it first."),
}

CALLS: Mapping[str, Any] = {
    "offer": lazy("volunteer, asked to take it"),
    "volunteer_leg": lazy("has it"),
    "member_leg": lazy("member"),
    "coordinator": lazy("coordinator, asked to look"),
    "third_leg": lazy("coordinator, asked to join the talk"),
}

WHY_TASKS: Mapping[tuple[str, str], Any] = {
    ("check_in_skipped", "hours"): lazy("It was due outside their contact hours, and too late once these began."),
    ("check_in_skipped", "late"): lazy("The service was behind, and by then it was too late to ask."),
    ("cried_on_a_call", "withheld"): lazy(
        "They did not show their number. They were asked to leave it in a voice message."
    ),
    ("not_taken_in", "text"): lazy(
        "A text that nobody here has read. Look for %(sid)s in the carrier's log of messages, and answer its writer."
    ),
    ("not_taken_in", "call"): lazy(
        "A call. Look for %(sid)s in the carrier's log of calls, and ring back whoever rang."
    ),
    ("not_taken_in", "recording"): lazy(
        "A voice message that nobody has heard. Look for %(sid)s in the carrier's list of recordings."
    ),
}
"""Why something waits, by the task and the code of its reason, with what the task's details hold."""


def state_words(state: str, who: str, *, held: bool, talked: bool) -> str:
    """Where a case stands, in a sentence."""
    code = "held" if state == "handing_off" and held else "talked" if state == "in_touch" and talked else state
    return str(_STATES[code]) % {"who": first_name(who)}


def step_words(what: str, detail: Mapping[str, Any], names: Names) -> str:
    """One step of a timeline in a sentence; a step that a newer version wrote is shown by its code."""
    code = "offered_by_hand" if what == "offered" and "by" in detail else what
    if code not in _STEPS:
        return what.replace("_", " ")
    by = detail.get("by") if isinstance(detail.get("by"), int) else detail.get("person")
    words = str(_STEPS[code]) % {
        "by": first_name(names.person(by)) if isinstance(by, int) else "",
        "cause": str(CAUSES.get(str(detail.get("cause")), detail.get("cause", ""))),
        "how": how_words(str(detail.get("how", ""))),
        "number": detail.get("number", ""),
        "outcome": str(_OUTCOMES.get(str(detail.get("outcome")), "")),
        "person": first_name(names.person(detail.get("person"))),
        "seconds": ngettext("%(num)s second", "%(num)s seconds", int(detail.get("seconds", 0))),
        "volunteer": first_name(names.volunteer(detail.get("volunteer"))),
        "why": reasons(str(detail.get("why", "")).split(", ")),
    }
    if what == "nobody_on_shift":
        counted = ((code, count) for code, count in detail.items() if code in WHY)
        return " ".join([words, *(f"{WHY[code]}: {count}." for code, count in counted)])
    return words


class _Anybody(Names):
    """Names nobody: for what goes out to the member."""

    def person(self, number: int | None) -> str:
        """A coordinator. As one word, for of a name only the first is said."""
        return _("a coordinator").replace(" ", "\u00a0")

    def volunteer(self, number: int | None) -> str:
        """A volunteer."""
        return _("a volunteer").replace(" ", "\u00a0")


def step_without_names(what: str, detail: Mapping[str, Any]) -> str:
    """The same of a step whose people must not be named."""
    words = step_words(what, detail, _Anybody({}, {}, {}))
    return words[:1].upper() + words[1:]


def how_words(how: str) -> str:
    """How a case ended; what an older version wrote in its own words is shown as it is."""
    known = {str(each): words for each, words in ENDINGS.items()}
    more = {"replied": lazy("the member answered"), "coordinator": WHY["coordinator"]}
    named = {**more, **known}.get(how)
    return how if named is None else str(named).split(":")[0]


def reasons(codes: "list[str] | tuple[str, ...]") -> str:
    """Reasons, one after the other."""
    return ", ".join(str(WHY.get(code, code.replace("_", " "))) for code in codes if code)


def refusal(why: str) -> str:
    """Why something was not done."""
    return str(REFUSED.get(why, _("That cannot be done now. Load the page again, and look.")))
