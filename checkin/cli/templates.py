"""`checkin templates`: are the texts fit to be sent, how do they look, and words of one's own."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.handlers.words_changed import NoSuchText, Unfit, check_place, word_put_back, word_set
from checkin.handlers.words_looked import held
from checkin.messages import BadTemplate
from checkin.messages.catalogue import catalogue
from checkin.messages.lint import lint, lint_names
from checkin.messages.occasions import sections
from checkin.messages.own_words import Place
from checkin.messages.preview import Preview, preview
from checkin.messages.text_rules import Severity
from checkin.settings import load
from checkin.store import wordings
from checkin.store.tables import CircleRow
from checkin.wiring import Get, Services, handbook

_T = TypeVar("_T")
_WHO = "command line"


@click.group()
def command() -> None:
    """Texts and prompts: check them, look at them."""


@command.command("lint")
@click.option("--json", "as_json", is_flag=True)
def lint_templates(as_json: bool) -> None:
    """Say what is wrong with the texts and how to mend it. Exit code 1 when one must be mended."""
    settings = load()
    findings = lint(settings.templates_root)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        policy = handbook(settings).policy(None)
        findings += lint_names([policy.programme, policy.discreet_name])
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            mark = "" if finding.severity is Severity.ERROR else " (to weigh)"
            click.echo(f"{finding.file}: {finding.rule}{mark}: {finding.what}; {finding.mend}.")
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        click.echo(f"{len(catalogue())} messages: {errors} to mend, {len(findings) - errors} to weigh.")
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise click.exceptions.Exit(1)


@command.command("preview")
@click.argument("key")
@click.option("--language", default="en", show_default=True)
@click.option(
    "--kind",
    type=click.Choice(["sms", "voice"]),
    default=None,
    help="by default the text, else the prompt",
)
@click.option("--json", "as_json", is_flag=True)
def preview_template(key: str, language: str, kind: str | None, as_json: bool) -> None:
    """Show a text with ordinary values, and its size with the longest ones."""
    settings = load()
    kinds = [kind] if kind is not None else ["sms", "voice"]
    found = next((each for each in kinds if (each, key) in catalogue()), None)
    if found is None:
        raise click.ClickException(
            f"There is no message '{key[:40]}': see the files in {settings.templates_root}.",
        )
    try:
        shown = preview(settings.templates_root, found, key, language)
    except BadTemplate as error:
        raise click.ClickException(f"{str(error).rstrip('.')}: see `checkin templates lint`.") from None
    click.echo(json.dumps(asdict(shown), indent=2) if as_json else _words(shown, language))


def _words(shown: Preview, language: str) -> str:
    lines = [shown.body]
    if shown.language != language:
        lines.append(f"It does not exist in '{language}', so it comes in '{shown.language}'.")
    if shown.kind == "sms":
        size = f"{shown.units} of {shown.room} signs ({shown.encoding})"
        lines.append(
            f"With the longest values: {size}, {shown.segments} segment{'s' if shown.segments > 1 else ''}.",
        )
    else:
        lines.append(f"With the longest values: {shown.units} signs, about {shown.seconds} seconds.")
    return "\n".join(lines)


def _of_place(command: Callable[..., None]) -> Callable[..., None]:
    """What names one wording: a key, and whose, in which language, texted or said."""
    kinds = click.Choice(["sms", "voice"])
    command = click.option("--kind", type=kinds, default="sms", show_default=True)(command)
    command = click.option("--language", default="en", show_default=True)(command)
    command = click.option("--circle", help="the circle's name; without it, the whole programme's words")(command)
    command = click.argument("key")(command)
    return click.pass_obj(command)


@command.command("list")
@click.option("--circle", help="the circle's name; without it, the whole programme's words")
@click.option("--language", default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_templates(get: Get, circle: str | None, language: str, as_json: bool) -> None:
    """List all texts and prompts in the order of a member's life, with the words that hold."""
    here = get()

    def work(session: Session) -> list[dict[str, Any]]:
        number = _circle(session, circle)
        own = here.handbook.words(session, number).own
        rows = []
        for section in sections():
            for each in section.occasions:
                holds = held(here.handbook, own, (number, each.kind, language, each.key))
                whose = f"{holds.whose}" + (f" ({holds.language})" if holds.language != language else "")
                rows.append({"kind": each.kind, "key": each.key, "words": whose, "text": holds.text})
        return rows

    show(here.act(work), as_json, "There are none.")


@command.command("show")
@_of_place
def show_template(get: Get, key: str, circle: str | None, language: str, kind: str) -> None:
    """Print the words that hold, as they are written."""
    here = get()

    def work(session: Session, place: Place) -> str:
        return held(here.handbook, here.handbook.words(session, place[0]).own, place).text

    click.echo(_at(here, circle, kind, language, key, work))


@command.command("history")
@click.option("--json", "as_json", is_flag=True)
@_of_place
def history(get: Get, key: str, circle: str | None, language: str, kind: str, as_json: bool) -> None:
    """List the versions, the newest first."""

    def work(session: Session, place: Place) -> list[dict[str, Any]]:
        return [
            {"version": row.version, "at": row.at, "by": row.by, "text": row.text or "(put back)"}
            for row in wordings.versions(session, place)
        ]

    show(_at(get(), circle, kind, language, key, work), as_json, "There are no own words.")


@command.command("set")
@_of_place
@click.argument("text")
def set_template(get: Get, key: str, text: str, circle: str | None, language: str, kind: str) -> None:
    """Use TEXT from now on; `-` reads it from the standard input. What fails the linter is refused."""
    here = get()
    words = sys.stdin.read() if text == "-" else text

    def work(session: Session, place: Place) -> int | None:
        row = word_set(session, here.handbook, place, words, _newest(session, place), _WHO, here.now())
        return row.version if row is not None else None

    _say(_at(here, circle, kind, language, key, work))


@command.command("put-back")
@_of_place
@click.argument("version", type=click.IntRange(min=0), default=0)
def put_back(get: Get, key: str, version: int, circle: str | None, language: str, kind: str) -> None:
    """Let VERSION hold again; without it, what holds without own words."""
    here = get()

    def work(session: Session, place: Place) -> int | None:
        row = word_put_back(session, here.handbook, place, version, _newest(session, place), _WHO, here.now())
        return row.version if row is not None else None

    _say(_at(here, circle, kind, language, key, work))


def _say(version: int | None) -> None:
    click.echo(f"Version {version} holds now." if version is not None else "These words hold already.")


def _newest(session: Session, place: Place) -> int:
    past = wordings.versions(session, place)
    return past[0].version if past else 0


def _at(
    here: Services, circle: str | None, kind: str, language: str, key: str, work: Callable[[Session, Place], _T]
) -> _T:
    """Do it in a transaction; what is wrong is one sentence."""

    def whole(session: Session) -> _T:
        place = (_circle(session, circle), kind, language, key)
        check_place(session, here.handbook, place)
        return work(session, place)

    try:
        return here.act(whole)
    except NoSuchText as error:
        raise click.ClickException(str(error)) from None
    except Unfit as error:
        raise click.ClickException(f"These words cannot be used: {error}.") from None


def _circle(session: Session, name: str | None) -> int | None:
    if name is None:
        return None
    found = session.scalar(select(CircleRow.id).where(CircleRow.name == name))
    if found is None:
        raise click.ClickException("There is no circle of this name: see `checkin export`, or the page Circles.")
    return found
