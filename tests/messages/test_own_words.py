"""What a wording of one's own may not lose, in every case of its conditions; and what changed between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.messages.catalogue import catalogue
from checkin.messages.difference import difference
from checkin.messages.lint import lint_own
from checkin.messages.occasions import sections
from checkin.messages.own_words import NO_WORDS, Wording
from checkin.messages.source import BadTemplate, cases

CRISIS = "{{ programme }}: Thank you. You can {{ line }}. In danger? Call {{ emergency }}."


def rules(text: str, key: str = "crisis_first", kind: str = "sms", language: str = "en") -> list[str]:
    return [str(problem.rule) for problem in lint_own(kind, language, key, text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CRISIS, []),
        (CRISIS.replace("{{ line }}", "call 988"), ["must keep"]),
        (CRISIS.replace("Call {{ emergency }}", "Call 911"), ["must keep"]),
        (CRISIS.replace("You can {{ line }}.", "{% if first_name %}You can {{ line }}.{% endif %}"), ["must keep"]),
        (CRISIS.replace("{{ line }}", "{% if emergency %}{{ line }}{% endif %}"), []),
        (CRISIS + " {{ number }}", ["values"]),
        (CRISIS + " {{ nobody }}", ["values"]),
        ("x" * 1001, ["length"]),
        ("", ["form"]),
        (CRISIS + "{% for x in line %}{% endfor %}", ["form"]),
        (CRISIS + "{%if " + "not " * 200 + "line%}{%endif%}", ["form"]),
        (CRISIS + "{% if line %}{% else %}" + "word " * 30 + "{% endif %}", ["one segment"]),
    ],
)
def test_a_text_in_danger_keeps_the_lines_to_call(text: str, found: list[str]) -> None:
    assert rules(text) == found


@pytest.mark.parametrize(
    ("kind", "key", "language", "text", "missing"),
    [
        ("sms", "check_in", "en", "{{ programme }}: How are you? 1 to 5, 0 for a person.", ""),
        ("sms", "check_in", "en", "{{ programme }}: How are you? 1 to 5.", "'0'"),
        ("sms", "check_in", "en", "{{ programme }}: How are you? 10 to 50.", "'1', '5', '0'"),
        ("sms", "help", "en", "{{ programme }}: You can {{ line }}. Reply CALL.", "'STOP'"),
        ("sms", "volunteer_offer", "en", "{{ programme }}: Reply TAKE {{ number }}.", "'PASS'"),
        ("sms", "volunteer_offer", "en", "{{ programme }}: TAKE or PASS.", "{{ number }}"),
        ("voice", "offer", "en", "{{ programme }}. Press 1 to take it.", "'2'"),
    ],
)
def test_nobody_is_left_without_an_answer(kind: str, key: str, language: str, text: str, missing: str) -> None:
    lacks = [problem.about["missing"] for problem in lint_own(kind, language, key, text) if problem.rule == "must keep"]
    assert lacks == ([missing] if missing else [])


def test_the_invitation_asks_for_the_word_of_its_language() -> None:
    spanish = "{{ programme }}: Mensajes por semana. {} para unirte. Pueden cobrarte. HELP: ayuda. STOP: salir."
    assert rules(spanish.replace("{}", "SI"), "invite", language="es") == []
    assert rules(spanish.replace("{}", "Responde"), "invite", language="es") == ["must keep"]


def test_each_message_has_its_place_in_a_life() -> None:
    told = [(each.kind, each.key) for section in sections() for each in section.occasions]
    assert sorted(told) == sorted(catalogue())
    assert all(each.when["en"] and each.when["es"] for section in sections() for each in section.occasions)


def test_what_is_kept_is_a_value_that_the_code_passes_or_a_word() -> None:
    for entry in catalogue().values():
        assert {word for word in entry.keeps if word.islower()} <= set(entry.values)


def test_a_text_with_conditions_is_seen_in_each_case() -> None:
    text = "{% if a %}A{% else %}-{% endif %}{% if b and a %}B{% endif %}"
    assert sorted(cases(text, {"a": "1", "b": "1"})) == ["-", "-", "A", "AB"]
    assert sorted(cases(text, {"a": "1", "b": "1"}, always=["a"])) == ["A", "AB"]
    with pytest.raises(BadTemplate):
        cases("".join(f"{{% if v{n} %}}x{{% endif %}}" for n in range(7)), {f"v{n}": "1" for n in range(7)})


def test_an_older_look_is_not_changed_by_newer_words() -> None:
    place = (None, "sms", "en", "thanks_ok")
    old = NO_WORDS.with_newer([Wording(3, place, "{{ programme }}: Old.")])
    new = old.with_newer([Wording(5, place, "{{ programme }}: New.")])
    values = {"programme": "Oak"}
    assert old.rendered(1, "sms", "en", "thanks_ok", values) == ("Oak: Old.", 3)
    assert new.rendered(1, "sms", "en", "thanks_ok", values) == ("Oak: New.", 5)
    assert (NO_WORDS.stamp, old.stamp, new.stamp) == (0, 3, 5)
    assert new.with_newer([Wording(6, place, None)]).rendered(1, "sms", "en", "thanks_ok", values) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_all_words_of_both(before: str, after: str) -> None:
    found = difference(before, after)
    assert " ".join(words for what, words in found if what != "new") == " ".join(before.split())
    assert " ".join(words for what, words in found if what != "gone") == " ".join(after.split())


@given(st.text(alphabet="{}%( )ifendlsx'\"programe", max_size=120))
def test_no_draft_makes_the_linter_fail(text: str) -> None:
    lint_own("sms", "en", "thanks_ok", text)
