"""What the linter finds in a wording, and why a test is not sent, in the reader's language."""

from typing import Any

from checkin.handlers.words_looked import Whose
from checkin.handlers.words_tried import MOST_AN_HOUR, WhyNot
from checkin.messages.text_rules import Problem
from checkin.web.dashboard.language import _, lazy

_PROBLEMS: dict[str, Any] = {
    "form": lazy("It cannot be read. Write text and the values that are offered, each brace closed again."),
    "form:empty": lazy("There is no text. Write the message."),
    "length": lazy("It is too long. Write %(most)s characters at most."),
    "values": lazy("Nothing is known of “%(word)s” here. Use one of the values that are offered."),
    "kind words": lazy("“%(word)s” can hurt. Say instead: %(instead)s."),
    "lock screen": lazy("“%(word)s” tells too much to whoever sees the phone. Say instead: %(instead)s."),
    "links": lazy("Leave out the link (%(word)s): carriers filter it, and basic phones cannot open it."),
    "plain words": lazy(
        "It reads like grade %(grade)s of school; %(most)s is the most. Use shorter sentences and shorter words."
    ),
    "must keep": lazy("It lacks %(missing)s. It must stand there, or nobody can answer or be helped."),
    "one segment": lazy("With the longest values it takes %(count)s texts. Shorten it by %(over)s characters."),
    "alphabet": lazy("%(odd)s leaves the whole text 70 characters instead of 160. Do without it."),
    "sender": lazy("It must say first who it is from: begin with {{ programme }}:"),
    "sender:bare": lazy("The programme's name must not stand at the start of this text. Leave it out."),
    "first message": lazy("The first text to a number must say %(missing)s."),
    "capitals": lazy("“%(word)s” stands in capitals and is no command. Write it in small letters."),
    "reserved words": lazy("“%(word)s” belongs to the carrier, who acts on it. Offer another word."),
    "prompt length": lazy(
        "It has %(count)s characters with the longest values; %(most)s is the most that one keeps in mind."
    ),
    "who rings": lazy("Its first sentence must say who rings: begin with {{ programme }}."),
    "names": lazy("“%(word)s” names the programme, also to those who want it discreet. Write {{ programme }} instead."),
    "numbers": lazy("It holds the number of somebody in the programme. Leave it out."),
}
WHOSE = {
    Whose.CIRCLE: lazy("the circle's own"),
    Whose.PROGRAMME: lazy("the programme's own"),
    Whose.PACKAGED: lazy("packaged"),
    Whose.MISSING: lazy("missing"),
}
_WHY_NOT = {
    WhyNot.STOPPED: lazy("Your number said STOP, so nothing is sent to it. Text START to us first."),
    WhyNot.NOT_TEXTABLE: lazy("Your number cannot be texted. An admin can give you another one."),
    WhyNot.UNCONFIRMED: lazy("We do not know yet that your number is yours. Text us STATUS from it first."),
    WhyNot.SPOKEN: lazy("What is said on calls cannot be sent as a text."),
}


def said(problem: Problem) -> str:
    """What is wrong and how to mend it, in one or two sentences."""
    found = _PROBLEMS.get(f"{problem.rule}:{problem.code}") or _PROBLEMS[str(problem.rule)]
    return str(found) % problem.about if problem.about else str(found)


def why_not(why: WhyNot) -> str:
    """Why no test is sent."""
    if why is WhyNot.TOO_OFTEN:
        return _("You have sent yourself %(most)s tests in an hour. Wait a little.", most=MOST_AN_HOUR)
    return str(_WHY_NOT[why])
