"""The linter of templates: what it finds, and that our own words pass."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.messages import parse_source
from checkin.messages.catalogue import catalogue
from checkin.messages.lint import lint, lint_names, lint_wording
from checkin.messages.segments import segments
from checkin.messages.source import compiled
from checkin.messages.text_rules import Severity
from checkin.messages.wording import wording
from checkin.settings import ROOT

HEAD = "{# values: programme (max 20) #}\n"
OURS = sorted((ROOT / "templates").glob("[sv][mo][si]*/*/*.txt"))


def rules(
    text: str,
    key: str = "thanks_ok",
    language: str = "en",
    kind: str = "sms",
    head: str = HEAD,
) -> list[str]:
    return [finding.rule for finding in lint_wording(kind, language, key, head + text)]


def test_our_own_words_have_nothing_to_mend() -> None:
    assert lint(ROOT / "templates") == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_language_that_we_ship_has_every_message(language: str) -> None:
    here = {(path.parts[-3], path.stem) for path in OURS if path.parts[-2] == language}
    assert here == set(catalogue())


@pytest.mark.parametrize("path", OURS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_text_fits_one_segment_with_its_longest_values(path: Path) -> None:
    source = parse_source(path.read_text(encoding="utf-8"))
    assert source is not None
    body = compiled(source.text).render({name: "W" * size for name, size in source.values.items()})
    assert path.parts[-3] == "voice" or segments(body).count == 1


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{{ programme }}: Thank you, addict.", "kind words"),
        ("{{ programme }}: You had a relapse.", "kind words"),
        ("{{ programme }}: He committed suicide.", "kind words"),
        ("{{ programme }}: Your case is open.", "lock screen"),
        ("{{ programme }}: Your recovery group meets.", "lock screen"),
        ("Thank you, it is {{ programme }}.", "sender"),
        ("{{ programme }}: See https://oak.example", "links"),
        ("{{ programme }}: See oak.org", "links"),
        ("{{ programme }}: CALL NOW please", "capitals"),
        ("{{ programme }}: Reply YES if you are well.", "reserved words"),
        ("{{ programme }}: Reply yes if you are well.", "reserved words"),
        ('{{ programme }}: Say "end" to hang up.', "reserved words"),
        ("{{ programme }}: Reply STOP if you feel bad.", "reserved words"),
        ("{{ programme }}: Reply CANCEL to move it.", "reserved words"),
        ("{{ programme }}: You\u2019re welcome.", "alphabet"),
        ("{{ programme }}: Well \u2014 thank you.", "alphabet"),
        ("{{ programme }}: Thank you \U0001f600", "alphabet"),
        ("{{ programme }}: " + "word " * 40, "one segment"),
        (
            "{{ programme }}: Notwithstanding considerable organisational complications, coordination "
            "continues uninterruptedly everywhere again.",
            "plain words",
        ),
        ("{{ programme }}: {{ first_name }}", "values"),
        ("thank you", "values"),
        ("{{ programme", "form"),
        ("{{ programme.__class__ }}: hello", "form"),
        ("{{ programme }}: {% for i in range(100000000) %}x{% endfor %}", "form"),
        ("{{ programme }}: {{ 'x' * 1000000000 }}", "form"),
        ("", "values"),
    ],
)
def test_a_wording_that_hurts_costs_or_breaks_is_found(text: str, rule: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ programme }}: Thank you. Reply HELP for help, STOP to end.",
        "{{ programme }}: Reply START to come back.",
        "{{ programme }}: That is a good start, and no end.",
        "{{ programme }}: Reply CALL for a peer, PAUSE, LATER or FORGET ME.",
    ],
)
def test_a_plain_wording_passes(text: str) -> None:
    assert rules(text) == []


def test_the_invitation_alone_may_ask_for_yes() -> None:
    text = "{{ programme }}: Two a week. Reply YES. Msg rates may apply. HELP for help, STOP to end."
    assert rules(text, "invite") == []
    assert "reserved words" in rules(text, "help")


@pytest.mark.parametrize("left_out", ["{{ programme }}: ", "STOP", "HELP", "rates may apply", "a week"])
def test_a_first_message_says_who_how_often_what_it_costs_and_how_to_leave(left_out: str) -> None:
    whole = "{{ programme }}: Some texts a week. Msg rates may apply. HELP for help, STOP to end."
    assert "first message" not in rules(whole, "welcome")
    assert rules(whole.replace(left_out, ""), "welcome") != []


def test_a_spanish_text_does_without_the_accents_that_gsm_lacks() -> None:
    assert "alphabet" in rules("{{ programme }}: Aquí estamos.", language="es")
    assert rules("{{ programme }}: ¿Qué tal, mañana? ¡Adelante!", language="es") == []


def test_another_alphabet_may_use_its_own_seventy_signs() -> None:
    assert rules("{{ programme }}: Спасибо, что ответили.", language="ru") == []
    found = lint_wording("sms", "ru", "thanks_ok", HEAD + "{{ programme }}: " + "спасибо " * 10)
    assert [finding.rule for finding in found] == ["one segment"]
    assert "of 70" in found[0].what


def test_a_text_that_stands_without_the_name_says_why() -> None:
    bare = {key for (kind, key), entry in catalogue().items() if kind == "sms" and entry.nameless}
    assert bare == {"relay_to_member", "relay_to_volunteer", "wrong_person"}
    assert "sender" in rules("{{ programme }}: Sorry.", "wrong_person")


def test_a_value_that_is_declared_shorter_than_the_code_passes_is_found() -> None:
    head = "{# values: programme (max 5) #}\n"
    assert rules("{{ programme }}: Thank you.", head=head) == ["values"]


def test_a_first_line_that_cannot_be_read_is_found() -> None:
    assert rules("{{ programme }}: Thank you.", head="{# values: programme (20) #}\n") == ["form"]
    assert rules("{{ programme }}: Thank you.", head="") == ["form"]


def test_a_message_that_no_code_sends_is_found() -> None:
    assert rules("{{ programme }}: Hi.", key="chek_in") == ["values"]


def test_a_call_says_first_who_rings_and_is_short() -> None:
    assert "who rings" in rules("Hello. This is {{ programme }}.", "offer", kind="voice")
    assert "prompt length" in rules("{{ programme }}. " + "word " * 60, "offer", kind="voice")


def test_a_language_that_lacks_a_message_falls_back_and_is_told_so(tmp_path: Path) -> None:
    for path in OURS:
        copy = tmp_path.joinpath(*path.parts[-3:])
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "sms" / "fr").mkdir()
    (tmp_path / "sms" / "fr" / "declined.txt").write_text(HEAD + "{{ programme }}: Bien, nous arrêtons.")
    (tmp_path / "sms" / "es" / "help.txt").unlink()
    found = lint(tmp_path)
    french = [finding for finding in found if "/fr/" in finding.file]
    assert {finding.severity for finding in french} == {Severity.WARNING}
    assert "sms/fr/help.txt" in {finding.file for finding in french}
    assert [(f.file, f.severity) for f in found if "/fr/" not in f.file] == [
        ("sms/es/help.txt", Severity.ERROR),
    ]


def test_a_file_that_is_no_text_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "sms" / "en").mkdir(parents=True)
    (tmp_path / "sms" / "en" / "help.txt").write_bytes(b"\xff\xfe\x00h")
    assert any(finding.rule == "form" and "UTF-8" in finding.what for finding in lint(tmp_path))


def test_a_programme_whose_name_halves_every_text_is_told() -> None:
    assert lint_names(["Oak", "Ñandú"])[0].severity is Severity.WARNING
    assert lint_names(["Oak", "Niño"]) == []


@given(st.text(max_size=200))
def test_no_wording_makes_the_linter_fail(text: str) -> None:
    lint_wording("sms", "en", "thanks_ok", HEAD + text)


@given(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", "{#", "#}", "if x", "endif", "else", "programme", " ", "("],
    ).flatmap(
        lambda first: st.lists(
            st.sampled_from(["{{", "}}", "{%", "%}", " if ", "endif", "programme", "(", "x"]),
        ).map(lambda rest: first + " ".join(rest))
    )
)
def test_no_broken_jinja_makes_the_linter_fail(text: str) -> None:
    lint_wording("voice", "en", "offer", HEAD + text)


def test_each_word_to_avoid_comes_with_a_kinder_one() -> None:
    for language in wording().languages.values():
        assert all(kinder for _, kinder in (*language.kinder, *language.hidden))
